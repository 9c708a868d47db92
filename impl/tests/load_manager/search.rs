//! Every interleaving of a small environment: the balancer is a value that a search can hold.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use straightedge_impl::load_manager::{
    Admin, Attempt, Balancer, Command, Config, Delivery, Hysteresis, Message, Policy, Request,
    RequestId, Server, Timer, invariant,
};
use straightedge_impl::machine::{Input, InputOf, Machine, Nonce, Output, Time};

/// A balancer, what is true of its servers, and what may still happen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct World {
    balancer: Balancer,
    is_up: Vec<bool>,
    /// Requests whose connection is broken, and the balancer has not heard of it.
    broken: BTreeSet<RequestId>,
    answered: BTreeSet<RequestId>,
    arrived: u64,
    arrivals: u64,
    crashes: u8,
    recoveries: u8,
    drains: u8,
}

impl World {
    fn new(policy: Policy, servers: u32) -> Self {
        let mut config = Config::new(servers, policy);
        config.hysteresis = Hysteresis { rise: 2, fall: 2 };
        config.ejection.failures = 0;
        config.panic_percent = 0;
        config.avoids_tried = false;
        config.limits.capacity = 1;
        config.limits.queue = 2;
        config.limits.retries = 1;
        config.limits.stages = 0;
        Self {
            balancer: Balancer::new(config).unwrap(),
            is_up: vec![true; servers as usize],
            broken: BTreeSet::new(),
            answered: BTreeSet::new(),
            arrived: 0,
            arrivals: 3,
            crashes: 1,
            recoveries: 1,
            drains: 1,
        }
    }

    fn with(&self, input: InputOf<Balancer>) -> Self {
        let mut world = self.clone();
        world.give(input);
        world
    }

    fn give(&mut self, input: InputOf<Balancer>) {
        let mut outputs = Vec::new();
        self.balancer.handle(Time::ORIGIN, input, &mut outputs);
        for output in outputs {
            match output {
                Output::Send { to, message: Message::Forward { attempt, .. } } => {
                    assert!(self.balancer.is_eligible(to), "{to:?} is not eligible");
                    self.broken.remove(&attempt.request);
                    if !self.is_up[to.0 as usize] {
                        self.broken.insert(attempt.request);
                    }
                }
                Output::Deliver(Delivery::Answered { request, .. }) => {
                    assert!(self.answered.insert(request), "{request:?} is answered twice");
                    self.broken.remove(&request);
                }
                _ => {}
            }
        }
        assert_eq!(invariant::holds(&self.balancer), Ok(()));
        let on_the_way = self.balancer.queue().len() + self.balancer.connections().len();
        assert_eq!(self.answered.len() + on_the_way, self.arrived as usize, "some are lost");
    }

    fn command(&self, command: Command) -> Self {
        self.with(Input::Command { command, fresh: Nonce(0) })
    }

    /// A check, from its question to its answer.
    fn check(&self, server: Server) -> Self {
        let fresh = Nonce(0);
        let asked = self.with(Input::Timer { timer: Timer::Check(server), fresh });
        let passed = self.is_up[server.0 as usize];
        let message = Message::Probed { nonce: fresh, passed };
        asked.with(Input::Message { from: server, message })
    }

    fn next(&self) -> Vec<Self> {
        let mut next = Vec::new();
        if self.arrived < self.arrivals {
            let id = RequestId(self.arrived);
            let is_idempotent = id.0 != 1;
            let before = Self { arrived: self.arrived + 1, ..self.clone() };
            let request = Request { id, client: id.0, is_idempotent, ..Request::default() };
            next.push(before.command(Command::Serve(request)));
        }
        for (&request, connection) in self.balancer.connections() {
            let attempt = Attempt { request, number: connection.pending.number };
            let message = if self.broken.contains(&request) {
                Message::Reset { attempt }
            } else {
                Message::Done { attempt }
            };
            next.push(self.with(Input::Message { from: connection.server, message }));
        }
        for server in (0..self.is_up.len() as u32).map(Server) {
            next.extend(self.next_of(server));
        }
        next.retain(|other| other != self);
        next
    }

    fn next_of(&self, server: Server) -> Vec<Self> {
        let at = server.0 as usize;
        let mut next = Vec::new();
        if self.balancer.backend(server).unwrap().admin != Admin::Maintenance {
            next.push(self.check(server));
        }
        if self.is_up[at] && self.crashes > 0 {
            let mut crashed = Self { crashes: self.crashes - 1, ..self.clone() };
            crashed.is_up[at] = false;
            let here = self.balancer.connections().iter();
            let here = here.filter(|(_, connection)| connection.server == server);
            crashed.broken.extend(here.map(|(request, _)| *request));
            next.push(crashed);
        }
        if !self.is_up[at] && self.recoveries > 0 {
            let mut recovered = Self { recoveries: self.recoveries - 1, ..self.clone() };
            recovered.is_up[at] = true;
            next.push(recovered);
        }
        let admin = self.balancer.backend(server).unwrap().admin;
        if admin == Admin::Ready && self.drains > 0 {
            let before = Self { drains: self.drains - 1, ..self.clone() };
            next.push(before.command(Command::Order { server, admin: Admin::Draining }));
        }
        if admin == Admin::Draining {
            next.push(self.command(Command::Order { server, admin: Admin::Ready }));
        }
        next
    }
}

/// How many states there are. Each of them keeps what is asserted, and from each of them every
/// request can still be answered.
fn explore(first: World) -> usize {
    let mut numbers = BTreeMap::from([(first.clone(), 0)]);
    let mut before: Vec<Vec<usize>> = vec![Vec::new()];
    let mut frontier = VecDeque::from([first]);
    let mut over = Vec::new();
    while let Some(world) = frontier.pop_front() {
        let at = numbers[&world];
        if world.answered.len() as u64 == world.arrivals {
            over.push(at);
        }
        for next in world.next() {
            let number = numbers.len();
            let known = *numbers.entry(next.clone()).or_insert(number);
            if known == number {
                before.push(Vec::new());
                frontier.push_back(next);
            }
            before[known].push(at);
        }
        assert!(numbers.len() < 200_000, "there is no end to it");
    }
    let mut can_end = vec![false; before.len()];
    while let Some(at) = over.pop() {
        if !std::mem::replace(&mut can_end[at], true) {
            over.extend(&before[at]);
        }
    }
    let stuck = numbers.iter().find(|(_, at)| !can_end[**at]);
    assert!(stuck.is_none(), "some request is never answered: {stuck:?}");
    numbers.len()
}

#[test]
fn in_every_interleaving_each_request_can_be_answered_once() {
    let maglev = Policy::IpHashMaglev { entries: 7 };
    let counts = [
        Policy::RoundRobin,
        Policy::LeastConnections,
        Policy::TwoChoices,
        Policy::IpHashModulo,
        Policy::IpHashRendezvous,
        maglev,
        Policy::ContentAware { partitions: 2 },
    ]
    .map(|policy| explore(World::new(policy, 2)));
    assert!(counts.iter().all(|count| *count > 900), "{counts:?}");
}
