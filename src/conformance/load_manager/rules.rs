//! The steps of the model anew, for any number of servers and requests: plain and slow.
//!
//! Where the model is large enough, a test shows that they are its steps. Who is at home where is
//! not said here but for the remainder (LOAD_MANAGER-58).

use std::collections::VecDeque;

use straightedge_models::load_manager::{
    Action, Administration, Connection, Draw, Machine, Phase, Policy, Request, Switch,
};

use super::observed::{Observed, Seen};
use super::place::Kept;

/// What comes of that step; `None` where it is not possible.
#[must_use]
pub fn next(switch: &Switch, now: &Observed, step: Action) -> Option<Observed> {
    let mut work = Work { switch, now: now.clone() };
    work.take(step)?;
    let is_by_name = !switch.policy.is_managed();
    let leaves_the_queue =
        matches!(step, Action::Establish(..) | Action::Probe(_)) || is_outside(step);
    if !is_by_name && !leaves_the_queue {
        work.wake();
    }
    Some(work.now)
}

const fn is_outside(step: Action) -> bool {
    matches!(step, Action::Crash(_) | Action::Kill(_) | Action::Recover(_))
}

/// What is ordered of a server: of which, whether it is possible, and what it does.
type Ordered = (u8, fn(&Seen) -> bool, fn(&mut Seen));

/// Who gets a request.
enum Choice {
    Server(u32),
    Nobody,
}

/// A state that is being worked on.
struct Work<'a> {
    switch: &'a Switch,
    now: Observed,
}

impl Work<'_> {
    fn take(&mut self, step: Action) -> Option<()> {
        match step {
            Action::Arrive { client, is_write, draw } => {
                let request = Request { client, is_write, tries: 0 };
                match self.switch.policy {
                    Policy::RoundRobinDns { uses } if draw == Draw::None => {
                        self.arrive_by_name(request, uses)
                    }
                    Policy::RoundRobinDns { .. } => None,
                    _ => self.arrive(request, draw),
                }
            }
            Action::Establish(server, place) => {
                let open = self.out_of(server, place, Phase::Opening)?;
                self.at(server)?.put(Connection { phase: Phase::Open, ..open });
                Some(())
            }
            Action::Complete(server, place) => {
                self.out_of(server, place, Phase::Open)?;
                self.at(server)?.count -= 1;
                self.now.tally.done += 1;
                Some(())
            }
            Action::Reset { server, connection, draw } => self.reset(server, connection, draw),
            Action::Abort(server, place) => {
                let at = self.at(server)?;
                let has_it = usize::from(place) < at.connections.len();
                has_it.then(|| at.connections.remove(usize::from(place)))?;
                at.count -= 1;
                self.now.tally.aborted += 1;
                Some(())
            }
            Action::Abandon(place) => {
                self.now.queue.remove(usize::from(place))?;
                self.now.tally.aborted += 1;
                Some(())
            }
            Action::Check(server) => self.check(server, false),
            Action::Lie(server) => self.check(server, true),
            Action::Probe(server) => {
                let at = self.at(server)?;
                let is_free = at.late_result.is_none() && at.is_checked();
                at.late_result = is_free.then_some(at.machine == Machine::Up);
                is_free.then_some(())
            }
            Action::HearProbe(server) => {
                let passed = self.at(server)?.late_result.take()?;
                self.result(server, passed)
            }
            other => self.take_other(other),
        }
    }

    /// What passes with time, what is ordered, and what happens to servers.
    fn take_other(&mut self, step: Action) -> Option<()> {
        use Administration::{Draining, Maintenance, Ready};
        let (window, rise) = (u32::from(self.switch.window), u16::from(self.switch.rise));
        let ejected = self.now.servers.iter().filter(|seen| seen.is_ejected).count();
        let ceiling = usize::from(self.switch.ejection.ceiling(self.switch.servers));
        let (server, is_possible, effect): Ordered = match step {
            Action::Warm(server) => {
                let at = self.at(server)?;
                let is_cold = at.health >= rise && at.warmth < window;
                return is_cold.then(|| at.warmth += 1);
            }
            Action::Outlier(server) => {
                let at = self.at(server)?;
                let may_be = !at.is_ejected && at.administration == Ready;
                at.is_ejected |= may_be && ejected < ceiling;
                return may_be.then_some(());
            }
            Action::Maintain(server) => {
                let at = self.at(server)?;
                let is_in = at.administration != Maintenance;
                at.administration = Maintenance;
                at.count = 0;
                let cut_off = std::mem::take(&mut at.connections).len() as u32;
                self.now.tally.failed += cut_off;
                return is_in.then_some(());
            }
            Action::Reinstate(s) => (s, |at| at.is_ejected, |at| at.is_ejected = false),
            Action::Drain(s) => {
                (s, |at| at.administration == Ready, |at| at.administration = Draining)
            }
            Action::Retire(s) => (
                s,
                |at| at.administration == Draining && at.connections.is_empty(),
                |at| at.administration = Maintenance,
            ),
            Action::MakeReady(s) => {
                (s, |at| at.administration != Ready, |at| at.administration = Ready)
            }
            Action::Crash(s) => (s, Seen::is_up, |at| at.go_down(Machine::Down)),
            Action::Kill(s) => (s, Seen::is_up, |at| at.go_down(Machine::Killed)),
            Action::Recover(s) => (s, |at| !at.is_up(), |at| at.machine = Machine::Up),
            _ => return None,
        };
        let at = self.at(server)?;
        is_possible(at).then(|| effect(at))
    }

    fn at(&mut self, server: u8) -> Option<&mut Seen> {
        self.now.servers.get_mut(usize::from(server))
    }

    /// Takes a connection away, if it is so far.
    fn out_of(&mut self, server: u8, place: u8, phase: Phase) -> Option<Connection> {
        let at = self.at(server)?;
        let is_so_far = at.connections.get(usize::from(place))?.phase == phase;
        is_so_far.then(|| at.connections.remove(usize::from(place)))
    }

    fn check(&mut self, server: u8, is_lie: bool) -> Option<()> {
        let at = self.at(server)?;
        let passed = at.is_up() != is_lie;
        if at.is_checked() { self.result(server, passed) } else { None }
    }

    fn result(&mut self, server: u8, passed: bool) -> Option<()> {
        let (rise, fall) = (u16::from(self.switch.rise), u16::from(self.switch.fall));
        let (top, window) = (rise + fall - 1, u32::from(self.switch.window));
        let at = self.at(server)?;
        let was_up = at.health >= rise;
        let counted = if passed { at.health + 1 } else { at.health.saturating_sub(1) };
        let is_up = counted >= rise;
        at.health = match (passed, is_up) {
            (true, true) => top,
            (false, false) => 0,
            _ => counted,
        };
        if was_up != is_up {
            at.warmth = if is_up { 0 } else { window };
        }
        Some(())
    }
}

/// Who may be given work, and who is.
impl Work<'_> {
    fn eligible(&self) -> Vec<u32> {
        let servers = &self.now.servers;
        let is_ready = |seen: &&Seen| seen.administration == Administration::Ready;
        let rise = u16::from(self.switch.rise);
        let is_healthy = |seen: &Seen| seen.health >= rise && !seen.is_ejected;
        let ready = servers.iter().filter(is_ready).count();
        let healthy = servers.iter().filter(is_ready).filter(|seen| is_healthy(seen)).count();
        let is_panic = healthy * 100 < usize::from(self.switch.panic) * ready;
        let named = (0..).zip(servers);
        let of = named.filter(|(_, seen)| is_ready(seen) && (is_panic || is_healthy(seen)));
        of.map(|(server, _)| server).collect()
    }

    fn eligible_for(&self, request: Request) -> Vec<u32> {
        let eligible = self.eligible();
        let client = usize::from(request.client);
        match self.switch.policy {
            Policy::ContentAware => {
                let holder = (client % self.now.servers.len()) as u32;
                eligible.into_iter().filter(|server| *server == holder).collect()
            }
            Policy::Modulo if !eligible.is_empty() => vec![eligible[client % eligible.len()]],
            Policy::Rendezvous | Policy::Maglev => {
                let set = eligible.iter().fold(0, |set, server| set | 1 << server);
                self.switch.home(request.client, set).map(u32::from).into_iter().collect()
            }
            _ => eligible,
        }
    }

    fn candidates(&self, request: Request) -> Vec<u32> {
        let (capacity, window) = (u32::from(self.switch.capacity), u32::from(self.switch.window));
        let has_room = |server: &u32| {
            let seen = &self.now.servers[*server as usize];
            let is_warm = seen.warmth >= window;
            let admits = if is_warm { capacity } else { (capacity * seen.warmth / window).max(1) };
            seen.count < admits
        };
        self.eligible_for(request).into_iter().filter(has_room).collect()
    }

    /// Who is chosen; `None` if that cannot be drawn.
    fn chosen(&self, request: Request, draw: Draw) -> Option<Choice> {
        let candidates = self.candidates(request);
        let count = |server: &u32| self.now.servers[*server as usize].count;
        match (self.switch.policy, draw) {
            (Policy::TwoChoices, Draw::Two(first, second)) => {
                let (first, second) = (u32::from(first), u32::from(second));
                let are_there = candidates.contains(&first) && candidates.contains(&second);
                let lighter = if count(&second) < count(&first) { second } else { first };
                (are_there && first != second).then_some(Choice::Server(lighter))
            }
            (Policy::TwoChoices, Draw::None) => match candidates.as_slice() {
                [] => Some(Choice::Nobody),
                [only] => Some(Choice::Server(*only)),
                _ => None,
            },
            (Policy::LeastConnections, Draw::None) => {
                let least = candidates.iter().map(count).min();
                let equals = candidates.into_iter().filter(|server| Some(count(server)) == least);
                Some(self.next_of(equals))
            }
            (_, Draw::None) => Some(self.next_of(candidates.into_iter())),
            _ => None,
        }
    }

    fn next_of(&self, servers: impl Iterator<Item = u32>) -> Choice {
        let all = self.now.servers.len() as u32;
        let next = servers.min_by_key(|server| (server + all - self.now.last - 1) % all);
        next.map_or(Choice::Nobody, Choice::Server)
    }

    fn send(&mut self, server: u32, request: Request) {
        let opens_slowly = self.switch.opens_slowly;
        let Some(at) = self.now.servers.get_mut(server as usize) else { return };
        let phase = match (at.is_up(), opens_slowly) {
            (false, _) => Phase::Cut,
            (true, true) => Phase::Opening,
            (true, false) => Phase::Open,
        };
        at.put(Connection { phase, request });
        at.count += 1;
        if matches!(self.switch.policy, Policy::RoundRobin | Policy::LeastConnections) {
            self.now.last = server;
        }
    }

    fn arrive(&mut self, request: Request, draw: Draw) -> Option<()> {
        let has_room = self.now.queue.len() < self.switch.queue.into();
        match self.chosen(request, draw)? {
            Choice::Server(server) => self.send(server, request),
            Choice::Nobody if has_room && !self.eligible_for(request).is_empty() => {
                self.now.queue.push_back(request);
            }
            Choice::Nobody => self.now.tally.refused += 1,
        }
        Some(())
    }

    fn arrive_by_name(&mut self, request: Request, uses: u8) -> Option<()> {
        let all = self.now.servers.len() as u32;
        let kept = self.now.clients.get_mut(usize::from(request.client))?;
        let asked = (self.now.last + 1) % all;
        let is_kept = kept.address.is_some();
        let server = kept.address.unwrap_or(asked);
        let left = if is_kept { kept.uses } else { uses } - 1;
        *kept = Kept { address: (left > 0).then_some(server), uses: left };
        if !is_kept {
            self.now.last = asked;
        }
        let is_full = self.now.servers[server as usize].connections.len()
            >= usize::from(self.switch.capacity);
        if is_full {
            self.now.tally.refused += 1;
        } else {
            self.send(server, request);
        }
        Some(())
    }

    fn reset(&mut self, server: u8, place: u8, draw: Draw) -> Option<()> {
        let request = self.out_of(server, place, Phase::Cut)?.request;
        self.at(server)?.count -= 1;
        let is_managed = self.switch.policy.is_managed();
        let may_be = is_managed && !request.is_write && request.tries < self.switch.retries;
        let again = Request { tries: request.tries + 1, ..request };
        let has_room = self.now.queue.len() < self.switch.queue.into();
        if !may_be {
            self.now.tally.failed += 1;
            return (draw == Draw::None).then_some(());
        }
        match self.chosen(again, draw)? {
            Choice::Server(server) => self.send(server, again),
            Choice::Nobody if has_room && !self.eligible_for(again).is_empty() => {
                self.now.queue.push_front(again);
            }
            Choice::Nobody => self.now.tally.failed += 1,
        }
        Some(())
    }

    /// Who waits and can be sent is sent; who waits for nobody is refused.
    fn wake(&mut self) {
        let can_go = |work: &Self, request: Request| {
            let draw = work.chosen(request, Draw::None);
            // Several candidates at once come with panic alone, and nothing is drawn.
            match draw.unwrap_or_else(|| work.next_of(work.candidates(request).into_iter())) {
                Choice::Server(server) => Some(server),
                Choice::Nobody => None,
            }
        };
        while let Some((place, server)) = (0..self.now.queue.len())
            .find_map(|place| Some((place, can_go(self, self.now.queue[place])?)))
        {
            let Some(request) = self.now.queue.remove(place) else { break };
            self.send(server, request);
        }
        let before = self.now.queue.len();
        let stays = |request: &Request| !self.eligible_for(*request).is_empty();
        let queue: VecDeque<Request> =
            self.now.queue.iter().copied().filter(|request| stays(request)).collect();
        self.now.tally.refused += (before - queue.len()) as u32;
        self.now.queue = queue;
    }
}

impl Seen {
    fn is_up(&self) -> bool {
        self.machine == Machine::Up
    }

    fn is_checked(&self) -> bool {
        self.administration != Administration::Maintenance
    }

    fn put(&mut self, connection: Connection) {
        self.connections.push(connection);
        self.connections.sort_unstable();
    }

    fn go_down(&mut self, machine: Machine) {
        self.machine = machine;
        for connection in &mut self.connections {
            connection.phase = Phase::Cut;
        }
        self.connections.sort_unstable();
    }
}
