//! The balancer's task: it turns what happens into inputs, and outputs into what happens.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use super::hub::{Directive, Event, Hub};
use super::{Observation, Protocol, ProxyError, Settings, bounds, http, tcp};
use crate::host::driver::{Clock, Driver};
use crate::load_manager::{
    Answer, Balancer, Command, Delivery, Message, Policy, Request, RequestId, Server,
};
use crate::machine::{Nonce, Output, OutputOf};

/// How many clients' addresses are kept for them, where that is the policy.
const MOST_KEPT: usize = 1 << 16;

/// How many requests were answered how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// By a server.
    pub done: u64,
    /// By a server's failure.
    pub failed: u64,
    /// There was no room.
    pub shed: u64,
    /// There was no server.
    pub no_server: u64,
    /// The server was lost, and it was not to be tried again.
    pub lost: u64,
    /// An order ended it.
    pub cut_off: u64,
    /// The client went away.
    pub abandoned: u64,
    /// With an address.
    pub referred: u64,
    /// Attempts after the first of a request.
    pub retries: u64,
}

/// How a proxy is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Answers so far.
    pub totals: Totals,
    /// Requests that wait.
    pub queue: usize,
    /// Requests that servers have.
    pub active: usize,
    /// Servers to which new traffic may go.
    pub eligible: u32,
    /// Of so many.
    pub servers: u32,
}

/// The balancer, and all that waits for it.
#[derive(Debug)]
pub(super) struct Engine {
    driver: Driver<Balancer>,
    clock: Clock,
    settings: Settings,
    hub: Hub,
    waiting: BTreeMap<RequestId, UnboundedSender<Directive>>,
    /// The addresses that clients were given, and until when they keep to them.
    kept: BTreeMap<IpAddr, (Server, Instant)>,
    /// The clients whose address is being looked up.
    asking: BTreeMap<RequestId, IpAddr>,
    totals: Totals,
    told: Instant,
}

impl Engine {
    pub(super) fn new(settings: &Settings, hub: Hub) -> Result<Self, ProxyError> {
        Ok(Self {
            driver: Driver::new(Balancer::new(settings.config.clone())?),
            clock: Clock::start(),
            settings: settings.clone(),
            hub,
            waiting: BTreeMap::new(),
            kept: BTreeMap::new(),
            asking: BTreeMap::new(),
            totals: Totals::default(),
            told: Instant::now(),
        })
    }

    /// The first checks.
    pub(super) fn begin(&mut self, observe: &mut dyn FnMut(&Observation<'_>)) {
        let mut outputs = Vec::new();
        self.driver.machine().start(&mut outputs);
        let rest = self.driver.take(self.clock.now(), outputs);
        self.carry_out(rest, observe);
    }

    pub(super) fn until_next(&self) -> Option<Duration> {
        self.driver.until_next(self.clock.now())
    }

    /// Lets the timers run out whose time has come.
    pub(super) fn wake(&mut self, observe: &mut dyn FnMut(&Observation<'_>)) {
        let now = self.clock.now();
        while let Some(outputs) = self.driver.wake(now) {
            self.carry_out(outputs, observe);
        }
    }

    pub(super) fn take(&mut self, event: Event, observe: &mut dyn FnMut(&Observation<'_>)) {
        let now = self.clock.now();
        let outputs = match event {
            Event::Arrived { request, client, directives } => {
                match self.arrive(request, client, directives) {
                    Some(command) => self.driver.command(now, command),
                    None => return,
                }
            }
            Event::Gone(request) => {
                self.waiting.remove(&request);
                self.driver.command(now, Command::Abort(request))
            }
            Event::From { server, message } => self.driver.message(now, server, message),
            Event::Order { server, admin } => {
                self.driver.command(now, Command::Order { server, admin })
            }
            Event::Upgrade { strategy, version, is_compatible } => {
                self.driver.command(now, Command::Upgrade { strategy, version, is_compatible })
            }
            Event::Replaced(server) => self.driver.command(now, Command::Replaced(server)),
        };
        self.carry_out(outputs, observe);
    }

    /// The balancer is asked, unless the client has an address that it keeps to.
    fn arrive(
        &mut self,
        request: Request,
        client: IpAddr,
        directives: UnboundedSender<Directive>,
    ) -> Option<Command> {
        if matches!(self.settings.config.policy, Policy::RoundRobinDns { .. }) {
            let kept = self.kept.get(&client).filter(|(_, until)| Instant::now() < *until);
            if let Some(&(server, _)) = kept {
                self.refer(server, &directives);
                return None;
            }
            self.asking.insert(request.id, client);
        }
        self.waiting.insert(request.id, directives);
        Some(Command::Serve(request))
    }

    fn refer(&mut self, server: Server, directives: &UnboundedSender<Directive>) {
        self.totals.referred += 1;
        if let Some(address) = self.address(server) {
            let _ = directives.send(Directive::Referred { address });
        }
    }

    fn address(&self, server: Server) -> Option<SocketAddr> {
        self.settings.backends.get(server.0 as usize).copied()
    }

    fn carry_out(
        &mut self,
        outputs: Vec<OutputOf<Balancer>>,
        observe: &mut dyn FnMut(&Observation<'_>),
    ) {
        for output in outputs {
            match output {
                Output::Send { to, message } => self.send(to, message),
                Output::Deliver(delivery) => self.deliver(delivery, observe),
                // Late messages of what is over; timers are the driver's.
                Output::Ignored(_) | Output::SetTimer { .. } | Output::CancelTimer { .. } => {}
            }
        }
    }

    fn send(&mut self, to: Server, message: Message) {
        let Some(address) = self.address(to) else { return };
        match message {
            Message::Forward { attempt, .. } => {
                self.totals.retries += u64::from(attempt.number > 0);
                let directive = Directive::Connect { server: to, address, attempt };
                self.direct(attempt.request, directive);
            }
            Message::Cut { attempt } => self.direct(attempt.request, Directive::Cut),
            Message::Probe { nonce } => self.probe(to, address, nonce),
            _ => {}
        }
    }

    /// A task that is gone has said so, or is about to.
    fn direct(&self, request: RequestId, directive: Directive) {
        if let Some(directives) = self.waiting.get(&request) {
            let _ = directives.send(directive);
        }
    }

    fn probe(&self, server: Server, address: SocketAddr, nonce: Nonce) {
        let (hub, protocol) = (self.hub.clone(), self.settings.protocol.clone());
        let most = self.settings.config.timings.probe;
        let bounds = http::Bounds { answer: most, ..bounds(&self.settings) };
        tokio::spawn(async move {
            let passed = match protocol {
                Protocol::Http { check: Some(path) } => http::probe(address, &path, bounds).await,
                Protocol::Tcp | Protocol::Http { check: None } => {
                    tcp::connect(address, most).await.is_ok()
                }
            };
            hub.tell(Event::From { server, message: Message::Probed { nonce, passed } });
        });
    }

    fn deliver(&mut self, delivery: Delivery, observe: &mut dyn FnMut(&Observation<'_>)) {
        match delivery {
            Delivery::Answered { request, answer } => {
                self.direct(request, Directive::Answered(answer));
                self.waiting.remove(&request);
                self.tally(answer);
            }
            Delivery::Referred { request, server, lifetime } => {
                if let Some(client) = self.asking.remove(&request) {
                    self.keep(client, server, lifetime);
                }
                if let Some(directives) = self.waiting.remove(&request) {
                    self.refer(server, &directives);
                }
            }
            Delivery::Turned { server, event } => observe(&Observation::Turned(server, event)),
            Delivery::Replace { server, version } => {
                observe(&Observation::Replace { server, version });
            }
            Delivery::Upgraded { version } => observe(&Observation::Upgraded(version)),
        }
    }

    fn keep(&mut self, client: IpAddr, server: Server, lifetime: Duration) {
        let now = Instant::now();
        if self.kept.len() >= MOST_KEPT {
            self.kept.retain(|_, (_, until)| now < *until);
        }
        if self.kept.len() < MOST_KEPT {
            self.kept.insert(client, (server, now + lifetime));
        }
    }

    const fn tally(&mut self, answer: Answer) {
        let totals = &mut self.totals;
        *match answer {
            Answer::Done(_) => &mut totals.done,
            Answer::Failed(_) => &mut totals.failed,
            Answer::Shed => &mut totals.shed,
            Answer::NoServer => &mut totals.no_server,
            Answer::Lost(_) => &mut totals.lost,
            Answer::CutOff(_) => &mut totals.cut_off,
            Answer::Abandoned => &mut totals.abandoned,
        } += 1;
    }

    pub(super) fn figures(&self) -> Figures {
        let balancer = self.driver.machine();
        let servers = balancer.config().servers;
        let eligible = (0..servers).filter(|server| balancer.is_eligible(Server(*server)));
        Figures {
            totals: self.totals,
            queue: balancer.queue().len(),
            active: balancer.connections().len(),
            eligible: eligible.count() as u32,
            servers,
        }
    }

    /// Tells how it is doing, if it is time.
    pub(super) fn tell_figures(
        &mut self,
        every: Duration,
        observe: &mut dyn FnMut(&Observation<'_>),
    ) {
        if self.told.elapsed() >= every {
            self.told = Instant::now();
            observe(&Observation::Figures(&self.figures()));
        }
    }
}
