//! The claims: what is claimed of which switch, and the claims about paths. Those about states are
//! in `safety`, those about steps in `order`, the cases that must come up in `case`.

use crate::engine::{Claim, Form};

use super::state::{Administration, Server, State};
use super::{Action, Policy, Switch, case, order, safety};

/// All that is claimed of this switch.
#[must_use]
pub fn claims(switch: &Switch) -> Vec<Claim<Switch>> {
    let mut claims = safety_claims(switch);
    claims.extend(liveness(switch));
    claims
}

/// The claims that are read off the states and steps alone, for instances too large to keep every
/// edge.
#[must_use]
pub fn safety_claims(switch: &Switch) -> Vec<Claim<Switch>> {
    let mut claims = safety::claims(switch);
    claims.extend(order::claims(switch));
    claims.extend(case::cases(switch));
    claims
}

/// The claims about paths.
fn liveness(switch: &Switch) -> Vec<Claim<Switch>> {
    let mut claims = vec![EVERYTHING_IS_ANSWERED, ALL_CAN_BE_ANSWERED, NO_DEAD_END];
    if switch.policy.is_managed() && switch.may_wait() {
        claims.push(THE_QUEUE_EMPTIES);
    }
    if switch.budget.stops() > 0 {
        claims.push(BELIEFS_BECOME_TRUE);
    }
    if switch.budget.recoveries > 0 && switch.policy.is_managed() {
        claims.push(RECOVERED_SERVERS_ARE_USED);
    }
    claims
}

impl Switch {
    /// How many servers are left at least when all has gone wrong that may.
    const fn left_at_least(&self) -> u8 {
        let budget = self.budget;
        let lied_down = budget.lies / self.fall;
        let ejections = self.ejection.ceiling(self.servers);
        let ejected = if budget.outliers < ejections { budget.outliers } else { ejections };
        let unhealthy = if self.panic > 0 { 0 } else { budget.stops().saturating_add(lied_down) };
        self.servers
            .saturating_sub(budget.orders())
            .saturating_sub(unhealthy)
            .saturating_sub(ejected)
    }

    /// How many requests the servers that are left can hold; of one client only one of them, where
    /// the client decides.
    const fn room_at_least(&self) -> u8 {
        let is_by_client = self.policy.is_by_hash() || matches!(self.policy, Policy::ContentAware);
        let servers = self.left_at_least();
        self.capacity * if is_by_client && servers > 1 { 1 } else { servers }
    }

    /// Whether a request may come to wait.
    pub(super) const fn may_wait(&self) -> bool {
        let is_down_at_times = self.budget.stops() > 0;
        let room = self.room_at_least();
        let room = if self.panic > 0 && is_down_at_times { self.capacity } else { room };
        self.policy.is_managed() && self.queue > 0 && self.budget.arrivals() > room
    }

    /// Whether a request may come to be refused.
    pub(super) const fn may_refuse(&self) -> bool {
        if !self.policy.is_managed() {
            return self.budget.arrivals() > self.capacity;
        }
        self.left_at_least() == 0 || self.budget.arrivals() > self.room_at_least() + self.queue
    }
}

const EVERYTHING_IS_ANSWERED: Claim<Switch> = Claim::new(
    "everything_is_answered",
    "Once nothing arrives any more, no request is on its way at last.",
    "LOAD_MANAGER-27",
    Form::EventuallyAlways(is_quiet),
);

const ALL_CAN_BE_ANSWERED: Claim<Switch> = Claim::new(
    "all_can_be_answered",
    "From every reachable state manager and servers can answer all without any luck.",
    "LOAD_MANAGER-27",
    Form::Recoverable { goal: is_quiet, using: Action::is_work },
);

const NO_DEAD_END: Claim<Switch> = Claim::new(
    "no_dead_end",
    "Something can happen as long as a request is on its way.",
    "LOAD_MANAGER-27",
    Form::NoDeadlock { terminal: is_quiet },
);

const THE_QUEUE_EMPTIES: Claim<Switch> = Claim::new(
    "the_queue_empties",
    "When requests wait, a moment comes at which none does.",
    "LOAD_MANAGER-27",
    Form::LeadsTo(someone_waits, |_, state: &State| state.queue.is_empty()),
);

const BELIEFS_BECOME_TRUE: Claim<Switch> = Claim::new(
    "beliefs_become_true",
    "At last each server that is checked is believed to be what it is.",
    "LOAD_MANAGER-2",
    Form::EventuallyAlways(|switch: &Switch, state: &State| {
        let is_true = |server: &Server| switch.is_believed_up(server) == server.is_up();
        let is_checked = |server: &&Server| server.administration != Administration::Maintenance;
        state.servers.iter().filter(is_checked).all(is_true)
    }),
);

const RECOVERED_SERVERS_ARE_USED: Claim<Switch> = Claim::new(
    "recovered_servers_are_used",
    "A server that runs and is ready, and is not eligible, is eligible later, or does not stay so.",
    "LOAD_MANAGER-6",
    Form::LeadsTo(someone_is_left_out, |switch, state| !someone_is_left_out(switch, state)),
);

/// Whether no request is on its way.
///
/// Source: LOAD_MANAGER-1.
#[must_use]
pub fn is_quiet(_: &Switch, state: &State) -> bool {
    state.is_quiet()
}

pub(super) fn someone_waits(_: &Switch, state: &State) -> bool {
    !state.queue.is_empty()
}

fn someone_is_left_out(switch: &Switch, state: &State) -> bool {
    let eligible = switch.eligible(state);
    let is_sound = |server: Server| server.is_up() && server.is_ready() && !server.is_ejected;
    state.identifiers().any(|server| is_sound(state.server(server)) && eligible >> server & 1 == 0)
}
