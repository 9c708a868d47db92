//! `run load-manager`: a proxy, until it is told to end.

use std::io::{self, BufRead};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use straightedge_impl::host::load_manager::{
    Control, Figures, Observation, Protocol, Proxy, Settings,
};
use straightedge_impl::load_manager::{Config, Event, Policy, Server};
use straightedge_models::engine::Outcome;

use super::order::{Order, parse};
use crate::cli::Console;
use crate::cli::progress::Display;
use crate::error::Error;
use crate::report::figure::{count, duration, plural};

/// How a server is chosen.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Name {
    /// Addresses in turn, which clients keep for --lifetime; blind to failures, without a queue
    RoundRobinDns,
    /// The next after the last
    RoundRobin,
    /// The one with the fewest connections
    LeastConnections,
    /// Of two by chance, the one with fewer
    TwoChoices,
    /// By the remainder of the client's address
    IpHashModulo,
    /// The one that attracts the client most: who leaves moves only its own
    IpHashRendezvous,
    /// By a table of --entries: nearly as stable, and one look
    IpHashMaglev,
    /// By the path that is asked for, to those that have its part of --partitions
    ContentAware,
}

/// What is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Spoken {
    /// HTTP/1: request by request, and what is idempotent is tried again
    Http,
    /// Anything over TCP: connection by connection
    Tcp,
}

/// What `run load-manager` is asked for.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The servers, as address and port
    #[arg(long, value_name = "ADDRESS", num_args = 1.., required = true)]
    backend: Vec<SocketAddr>,
    /// Where to listen; port 0 for any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// How a server is chosen
    #[arg(long, value_enum, default_value = "round_robin")]
    policy: Name,
    /// What is spoken
    #[arg(long, value_enum, default_value = "http")]
    protocol: Spoken,
    /// The path that a server which is up answers without an error [default: connecting will do]
    #[arg(long, value_name = "PATH")]
    check: Option<String>,
    /// Milliseconds from one check of a server to the next
    #[arg(long, value_name = "MS", default_value_t = 2000,
        value_parser = clap::value_parser!(u64).range(1..=86_400_000))]
    interval: u64,
    /// So many checks passed in a row make a server count as up
    #[arg(long, value_name = "N", default_value_t = 2,
        value_parser = clap::value_parser!(u8).range(1..))]
    rise: u8,
    /// So many failed in a row make it count as down
    #[arg(long, value_name = "N", default_value_t = 3,
        value_parser = clap::value_parser!(u8).range(1..))]
    fall: u8,
    /// Connections of a server at a time
    #[arg(long, value_name = "N", default_value_t = 256,
        value_parser = clap::value_parser!(u32).range(1..))]
    capacity: u32,
    /// Requests that wait at a time
    #[arg(long, value_name = "N", default_value_t = 1024)]
    queue: u32,
    /// How often a request is tried again
    #[arg(long, value_name = "N", default_value_t = 3)]
    retries: u8,
    /// Health is ignored if of a hundred servers fewer are healthy
    #[arg(long, value_name = "PERCENT", default_value_t = 50,
        value_parser = clap::value_parser!(u8).range(0..=100))]
    panic: u8,
    /// Seconds until a server that came back takes as much as it can
    #[arg(long, value_name = "S", default_value_t = 10,
        value_parser = clap::value_parser!(u64).range(0..=86_400))]
    slow_start: u64,
    /// Seconds for which clients keep an address that they were given
    #[arg(long, value_name = "S", default_value_t = 60,
        value_parser = clap::value_parser!(u64).range(0..=86_400))]
    lifetime: u64,
    /// Entries of Maglev's table: a prime number, a hundred times as many as servers or more
    #[arg(long, value_name = "M", default_value_t = 65_537)]
    entries: u32,
    /// How many parts the data have
    #[arg(long, value_name = "P", default_value_t = 1)]
    partitions: u32,
    /// Take orders from the standard input, a line each: `drain 0`, `maintain 0`, `ready 0`,
    /// `upgrade rolling 2` (or `fast`, `big_flip`), `replaced 0`
    #[arg(long)]
    orders: bool,
    /// Nothing but errors
    #[arg(long)]
    quiet: bool,
}

/// Serves until it is interrupted.
pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<Outcome, Error> {
    let proxy = Proxy::bind(settings(arguments)?)?;
    console.listen();
    let policy = arguments.policy.to_possible_value().map(|name| name.get_name().to_owned());
    let mut teller = Teller {
        display: Display::new(console, arguments.quiet),
        orders: arguments.orders.then(|| listen_to_orders(proxy.control())),
        backends: &arguments.backend,
        quiet: arguments.quiet,
        failure: None,
        console,
    };
    teller.display.begin("run load-manager");
    teller.say(&format!(
        "listening on {}: {}, {}",
        proxy.address(),
        plural(arguments.backend.len(), "server"),
        policy.unwrap_or_default(),
    ));
    let start = Instant::now();
    let stop = Arc::clone(&teller.console.stop);
    let result = proxy.run(&stop, &mut |observation| teller.tell(observation));
    teller.display.clear();
    let figures = result?;
    teller.say(&summary(&figures, start.elapsed()));
    teller.failure.map_or(Ok(Outcome::AsDeclared), Err)
}

fn settings(arguments: &Arguments) -> Result<Settings, Error> {
    let mut config = Config::new(arguments.backend.len() as u32, policy(arguments));
    config.hysteresis.rise = arguments.rise;
    config.hysteresis.fall = arguments.fall;
    config.panic_percent = arguments.panic;
    config.limits.capacity = arguments.capacity;
    config.limits.queue = arguments.queue;
    config.limits.retries = arguments.retries;
    config.limits.saturation = arguments.queue;
    config.timings.check = Duration::from_millis(arguments.interval);
    config.timings.probe = Duration::from_millis(arguments.interval.div_ceil(2));
    config.timings.slow_start = Duration::from_secs(arguments.slow_start);
    if arguments.slow_start == 0 {
        config.limits.stages = 0;
    }
    let protocol = match (arguments.protocol, &arguments.check) {
        (Spoken::Tcp, None) => Protocol::Tcp,
        (Spoken::Tcp, Some(_)) => {
            return Err(Error::Usage("--check asks by HTTP: not with --protocol tcp".to_owned()));
        }
        (Spoken::Http, None) => Protocol::Http { check: None },
        (Spoken::Http, Some(path)) => {
            let check = path.parse().ok().filter(|_| path.starts_with('/'));
            let wrong = || Error::Usage(format!("`{path}` is no path, such as /health"));
            Protocol::Http { check: Some(check.ok_or_else(wrong)?) }
        }
    };
    Ok(Settings::new(arguments.listen, arguments.backend.clone(), protocol, config))
}

const fn policy(arguments: &Arguments) -> Policy {
    match arguments.policy {
        Name::RoundRobinDns => {
            Policy::RoundRobinDns { lifetime: Duration::from_secs(arguments.lifetime) }
        }
        Name::RoundRobin => Policy::RoundRobin,
        Name::LeastConnections => Policy::LeastConnections,
        Name::TwoChoices => Policy::TwoChoices,
        Name::IpHashModulo => Policy::IpHashModulo,
        Name::IpHashRendezvous => Policy::IpHashRendezvous,
        Name::IpHashMaglev => Policy::IpHashMaglev { entries: arguments.entries },
        Name::ContentAware => Policy::ContentAware { partitions: arguments.partitions },
    }
}

/// Passes orders on as they come in; what is none comes back.
fn listen_to_orders(control: Control) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            let order = parse(&line);
            match order {
                Some(Order::Set(server, admin)) => control.order(server, admin),
                Some(Order::Upgrade(strategy, version)) => control.upgrade(strategy, version, true),
                Some(Order::Replaced(server)) => control.replaced(server),
                None if sender.send(line).is_err() => return,
                None => {}
            }
        }
    });
    receiver
}

/// Tells what is observed.
struct Teller<'a> {
    console: &'a mut Console,
    display: Display,
    orders: Option<Receiver<String>>,
    backends: &'a [SocketAddr],
    quiet: bool,
    /// Why nothing can be told any more.
    failure: Option<Error>,
}

impl Teller<'_> {
    fn tell(&mut self, observation: &Observation<'_>) {
        while let Some(Ok(line)) = self.orders.as_ref().map(Receiver::try_recv) {
            self.console.note(&format!("straightedge: `{line}` is no order; see --help"));
        }
        let line = match observation {
            Observation::Figures(figures) => {
                let (display, console) = (&mut self.display, &mut *self.console);
                display.tell("run load-manager", console, &|_| now(figures));
                return;
            }
            Observation::Turned(server, event) => {
                format!("{} {}", self.name(*server), became(*event))
            }
            Observation::Replace { server, version } => {
                format!("{} is to get version {version}", self.name(*server))
            }
            Observation::Upgraded(version) => format!("every server has version {version}"),
        };
        self.say(&line);
    }

    fn name(&self, server: Server) -> String {
        let address = self.backends.get(server.0 as usize).map(ToString::to_string);
        format!("server {} at {}", server.0, address.unwrap_or_default())
    }

    fn say(&mut self, line: &str) {
        if self.quiet {
            return;
        }
        self.display.clear();
        if let Err(failure) = self.console.print(&format!("{line}\n")) {
            // Nobody reads on: the proxy need not go on either.
            self.failure = Some(failure);
            self.console.stop.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    }
}

const fn became(event: Event) -> &'static str {
    match event {
        Event::Up => "is up",
        Event::Down => "is down",
        Event::Ejected => "fails too often, and is set aside for a while",
        Event::Reinstated => "is tried again",
        Event::Drained => "is drained",
    }
}

fn now(figures: &Figures) -> String {
    format!(
        "{} of {} eligible; {} served, {} waiting; {} answered, {} refused, {} lost",
        figures.eligible,
        plural(figures.servers as usize, "server"),
        figures.active,
        figures.queue,
        count(figures.totals.done + figures.totals.referred),
        count(figures.totals.shed + figures.totals.no_server),
        count(figures.totals.lost + figures.totals.cut_off),
    )
}

fn summary(figures: &Figures, elapsed: Duration) -> String {
    let totals = &figures.totals;
    format!(
        "ended after {}: {} answered, {} with a failure, {} tried again, {} without room, \
         {} without a server, {} lost, {} cut off, {} given up by their clients",
        duration(elapsed.as_secs_f64()),
        count(totals.done + totals.referred),
        count(totals.failed),
        count(totals.retries),
        count(totals.shed),
        count(totals.no_server),
        count(totals.lost),
        count(totals.cut_off),
        count(totals.abandoned),
    )
}
