//! A balancer among servers that crash, lie and answer late; and what somebody knows of it who
//! watches what goes in and comes out.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chance;
mod rules;
mod watch;

use std::collections::{BTreeMap, BTreeSet};

use straightedge_impl::load_manager::{
    Admin, Attempt, Balancer, Command, Config, Delivery, Message, Request, RequestId, Server,
    Strategy, Timer, invariant,
};
use straightedge_impl::machine::{Input, InputOf, Machine, Nonce, Output, OutputOf, Time};

pub(crate) use chance::{config, steps};
pub(crate) use watch::Watch;

/// Something happens: what, to whom, and how.
pub(crate) type Step = (u8, u16, u16);

/// A connection, as its server has it.
#[derive(Clone, Copy, Debug)]
struct Serving {
    server: Server,
    attempt: Attempt,
    is_open: bool,
}

/// The balancer and all around it.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) balancer: Balancer,
    pub(crate) watch: Watch,
    is_up: Vec<bool>,
    serving: Vec<Serving>,
    under_way: Vec<(Server, Message)>,
    timers: BTreeSet<Timer>,
    replacing: Vec<Server>,
    nonces: u64,
    requests: u64,
}

impl World {
    pub(crate) fn new(config: &Config) -> Self {
        let balancer = Balancer::new(config.clone()).unwrap();
        let mut outputs = Vec::new();
        balancer.start(&mut outputs);
        let mut world = Self {
            watch: Watch::new(config),
            balancer,
            is_up: vec![true; config.servers as usize],
            serving: Vec::new(),
            under_way: Vec::new(),
            timers: BTreeSet::new(),
            replacing: Vec::new(),
            nonces: 0,
            requests: 0,
        };
        world.carry_out(outputs);
        world
    }

    fn fresh(&mut self) -> Nonce {
        self.nonces += 1;
        Nonce(self.nonces)
    }

    pub(crate) fn give(&mut self, input: &InputOf<Balancer>) -> Vec<OutputOf<Balancer>> {
        let before = self.balancer.clone();
        let mut outputs = Vec::new();
        self.balancer.handle(Time::ORIGIN, input.clone(), &mut outputs);
        let is_ignored = outputs.iter().any(|output| matches!(output, Output::Ignored(_)));
        if is_ignored {
            assert_eq!(outputs.len(), 1, "what is ignored has no effect: {outputs:?}");
            assert_eq!(before, self.balancer, "{input:?} was ignored and changed something");
        }
        if let Err(assertion) = invariant::holds(&self.balancer) {
            panic!("{assertion}: after {input:?}, {:?}", self.balancer);
        }
        self.watch.see(&before, input, &outputs, &self.balancer);
        self.carry_out(outputs.clone());
        outputs
    }

    pub(crate) fn command(&mut self, command: Command) -> Vec<OutputOf<Balancer>> {
        let fresh = self.fresh();
        self.give(&Input::Command { command, fresh })
    }

    pub(crate) fn say(&mut self, from: Server, message: Message) -> Vec<OutputOf<Balancer>> {
        self.give(&Input::Message { from, message })
    }

    fn carry_out(&mut self, outputs: Vec<OutputOf<Balancer>>) {
        for output in outputs {
            match output {
                Output::Send { to, message } => self.reach(to, message),
                Output::SetTimer { timer, .. } => drop(self.timers.insert(timer)),
                Output::CancelTimer { timer } => drop(self.timers.remove(&timer)),
                Output::Deliver(Delivery::Replace { server, .. }) => self.replacing.push(server),
                Output::Deliver(_) | Output::Ignored(_) => {}
            }
        }
    }

    /// A server is sent something. One that is down answers as its operating system does.
    fn reach(&mut self, to: Server, message: Message) {
        let is_up = self.is_up[to.0 as usize];
        match message {
            Message::Forward { attempt, .. } if is_up => {
                self.serving.push(Serving { server: to, attempt, is_open: false });
            }
            Message::Forward { attempt, .. } => {
                let is_refused = attempt.request.0.is_multiple_of(2);
                let end = if is_refused {
                    Message::Refused { attempt }
                } else {
                    Message::Reset { attempt }
                };
                self.under_way.push((to, end));
            }
            Message::Cut { attempt } => self.serving.retain(|at| at.attempt != attempt),
            Message::Probe { nonce } => {
                self.under_way.push((to, Message::Probed { nonce, passed: is_up }));
            }
            other => panic!("the balancer says {other:?}"),
        }
    }

    pub(crate) fn arrive(&mut self, request: Request) -> Vec<OutputOf<Balancer>> {
        self.requests += 1;
        self.command(Command::Serve(Request { id: RequestId(self.requests), ..request }))
    }

    pub(crate) fn deliver(&mut self, at: usize) {
        let (from, message) = self.under_way.remove(at);
        self.say(from, message);
    }

    /// A server goes on with a connection: opens it, then answers.
    pub(crate) fn serve(&mut self, at: usize, fails: bool) {
        let serving = &mut self.serving[at];
        let (server, attempt) = (serving.server, serving.attempt);
        if !serving.is_open {
            serving.is_open = true;
            self.say(server, Message::Opened { attempt });
            return;
        }
        self.serving.remove(at);
        let end = if fails { Message::Failed { attempt } } else { Message::Done { attempt } };
        self.under_way.push((server, end));
    }

    pub(crate) fn fire(&mut self, timer: Timer) {
        if self.timers.remove(&timer) {
            let fresh = self.fresh();
            self.give(&Input::Timer { timer, fresh });
        }
    }

    pub(crate) fn crash(&mut self, server: Server) {
        self.is_up[server.0 as usize] = false;
        let (gone, stay) =
            self.serving.iter().copied().partition(|serving| serving.server == server);
        self.serving = stay;
        let gone: Vec<Serving> = gone;
        self.under_way
            .extend(gone.into_iter().map(|at| (at.server, Message::Reset { attempt: at.attempt })));
    }

    pub(crate) fn recover(&mut self, server: Server) {
        self.is_up[server.0 as usize] = true;
    }

    fn replaced(&mut self, at: usize) {
        let server = self.replacing.remove(at);
        self.crash(server);
        self.recover(server);
        self.command(Command::Replaced(server));
    }

    pub(crate) fn step(&mut self, (what, whom, how): Step) {
        let server = Server(u32::from(whom) % self.balancer.config().servers);
        let among = |of: usize| usize::from(whom).checked_rem(of);
        match what {
            0..60 => drop(self.arrive(request(whom, how))),
            60..110 => {
                if let Some(at) = among(self.under_way.len()) {
                    self.deliver(at);
                }
            }
            110..170 => {
                if let Some(at) = among(self.serving.len()) {
                    self.serve(at, how % 4 == 0);
                }
            }
            170..200 => {
                let timer = among(self.timers.len());
                if let Some(timer) = timer.and_then(|at| self.timers.iter().nth(at).copied()) {
                    self.fire(timer);
                }
            }
            200..205 => self.crash(server),
            205..218 => self.recover(server),
            218..222 => self.lie(whom),
            222..232 => drop(self.command(Command::Order { server, admin: admin(how) })),
            232..238 => {
                let request = RequestId(u64::from(whom) % (self.requests + 1));
                self.command(Command::Abort(request));
            }
            238..242 => {
                if let Some(at) = among(self.under_way.len()) {
                    self.under_way.push(self.under_way[at]);
                }
            }
            242..244 => {
                let strategy = strategy(how);
                let is_compatible = how % 5 > 0;
                let version = u32::from(how % 3);
                self.command(Command::Upgrade { strategy, version, is_compatible });
            }
            244..252 => {
                if let Some(at) = among(self.replacing.len()) {
                    self.replaced(at);
                }
            }
            _ => {
                let attempt = Attempt {
                    request: RequestId(u64::from(how) % (self.requests + 2)),
                    number: (whom % 3) as u8,
                };
                self.say(server, nonsense(how, attempt));
            }
        }
    }

    /// The result of a check that is under way turns into its opposite.
    fn lie(&mut self, whom: u16) {
        let mut results: Vec<&mut bool> = self
            .under_way
            .iter_mut()
            .filter_map(|(_, message)| match message {
                Message::Probed { passed, .. } => Some(passed),
                _ => None,
            })
            .collect();
        if let Some(at) = usize::from(whom).checked_rem(results.len()) {
            *results[at] = !*results[at];
        }
    }

    /// Nothing more goes wrong, and nothing new comes: everything is answered, and every server
    /// serves.
    pub(crate) fn heal(&mut self) {
        for server in (0..self.balancer.config().servers).map(Server) {
            self.recover(server);
            self.command(Command::Order { server, admin: Admin::Ready });
        }
        let mut fuel = 50_000;
        while !self.is_at_rest() {
            while !self.under_way.is_empty() {
                self.deliver(0);
            }
            while !self.serving.is_empty() {
                self.serve(0, false);
            }
            while !self.replacing.is_empty() {
                self.replaced(0);
            }
            if self.under_way.is_empty() {
                for timer in self.timers.clone() {
                    self.fire(timer);
                }
            }
            fuel -= 1;
            assert!(fuel > 0, "no rest: {:?}", self.balancer);
        }
    }

    fn is_at_rest(&self) -> bool {
        let is_quiet = self.balancer.queue().is_empty() && self.balancer.connections().is_empty();
        let is_managed = !self.timers.is_empty();
        let all_serve = (0..self.balancer.config().servers)
            .all(|server| self.balancer.is_healthy(Server(server)))
            && self.balancer.backends().iter().all(|backend| backend.warmth.is_none());
        is_quiet && self.balancer.upgrade().is_none() && (all_serve || !is_managed)
    }

    /// A run: everything that happens, then rest, and every request is answered once.
    pub(crate) fn run(config: &Config, steps: &[Step]) -> Watch {
        let mut world = Self::new(config);
        for step in steps {
            world.step(*step);
        }
        world.heal();
        world.watch.assert_all_answered();
        world.watch
    }
}

fn request(whom: u16, how: u16) -> Request {
    Request {
        id: RequestId(0),
        client: u64::from(whom % 7),
        content: u64::from(whom / 7 % 11),
        is_idempotent: !how.is_multiple_of(3),
        priority: (how / 3 % 4) as u8,
        cost: u32::from(how / 12 % 8),
    }
}

fn admin(how: u16) -> Admin {
    match how % 9 {
        0 => Admin::Maintenance,
        1 | 2 => Admin::Draining,
        _ => Admin::Ready,
    }
}

fn strategy(how: u16) -> Strategy {
    match how / 5 % 3 {
        0 => Strategy::Fast,
        1 => Strategy::Rolling { at_once: u32::from(how / 15 % 3) },
        _ => Strategy::BigFlip,
    }
}

fn nonsense(how: u16, attempt: Attempt) -> Message {
    match how % 6 {
        0 => Message::Opened { attempt },
        1 => Message::Done { attempt },
        2 => Message::Cut { attempt },
        3 => Message::Probe { nonce: Nonce(u64::from(how)) },
        4 => Message::Probed { nonce: Nonce(u64::from(how)), passed: true },
        _ => Message::Reset { attempt },
    }
}

/// How often each kind of thing was seen in all runs.
pub(crate) type Tally = BTreeMap<&'static str, u64>;
