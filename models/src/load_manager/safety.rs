//! The claims about states.

use crate::engine::{Claim, Form};

use super::options::Ejection;
use super::property::someone_waits;
use super::state::{Request, Server, State};
use super::{Switch, reason};

/// The claims about the states of this switch.
pub(super) fn claims(switch: &Switch) -> Vec<Claim<Switch>> {
    let mut claims = vec![EVERY_REQUEST_IS_ACCOUNTED_FOR, COUNTS_ARE_TRUE, HEALTH_IS_IN_RANGE];
    if switch.may_wait() {
        claims.extend([NO_QUEUED_REQUEST_HAS_A_CANDIDATE, QUEUED_REQUESTS_HAVE_A_SERVER]);
    }
    if switch.budget.writes > 0 {
        claims.push(WRITES_ARE_SENT_ONCE);
    }
    if switch.budget.stops() > 0 && switch.policy.is_managed() {
        claims.push(TRIES_ARE_WITHIN_BUDGET);
    }
    if switch.budget.outliers > 0 {
        claims.push(EJECTIONS_ARE_UNDER_THE_CEILING);
    }
    claims
}

type Holds = fn(&Switch, &State) -> bool;

const fn always(
    name: &'static str,
    sentence: &'static str,
    source: &'static str,
    when: Option<Holds>,
    holds: Holds,
) -> Claim<Switch> {
    Claim::new(name, sentence, source, Form::Always { when, holds })
}

const EVERY_REQUEST_IS_ACCOUNTED_FOR: Claim<Switch> = always(
    "every_request_is_accounted_for",
    "What arrived is answered, refused, failed, given up, queued, or at a server: once each.",
    "LOAD_MANAGER-1",
    Some(|switch, state| arrived(switch, state) > 0),
    |switch, state| arrived(switch, state) == accounted(state),
)
.because(reason::lost_request);

/// How many requests have arrived.
pub(super) const fn arrived(switch: &Switch, state: &State) -> u8 {
    switch.budget.arrivals() - state.left.arrivals()
}

/// How many requests can be found, or had an end.
pub(super) fn accounted(state: &State) -> u8 {
    let ended = state.done + state.refused + state.failed + state.aborted;
    ended + state.requests().count() as u8
}

const COUNTS_ARE_TRUE: Claim<Switch> = always(
    "counts_are_true",
    "The manager counts exactly the connections of each server, and they are within its capacity.",
    "LOAD_MANAGER-10",
    Some(|_, state| state.servers.iter().any(|server| !server.connections.is_empty())),
    |switch, state| state.servers.iter().all(|server| is_counted(switch, server)),
)
.because(reason::wrong_count);

pub(super) fn is_counted(switch: &Switch, server: &Server) -> bool {
    let connections = server.connections.len();
    i16::from(server.count) == i16::from(connections) && connections <= switch.capacity
}

const HEALTH_IS_IN_RANGE: Claim<Switch> = always(
    "health_is_in_range",
    "Each health counter is between zero and rise + fall - 1.",
    "LOAD_MANAGER-2",
    None,
    |switch, state| state.servers.iter().all(|s| s.health < switch.rise + switch.fall),
);

const NO_QUEUED_REQUEST_HAS_A_CANDIDATE: Claim<Switch> = always(
    "no_queued_request_has_a_candidate",
    "While a request waits, no server that may take it has room: work is conserved.",
    "LOAD_MANAGER-8",
    Some(someone_waits),
    |switch, state| state.queue.iter().all(|&request| has_no_candidate(switch, state, request)),
)
.because(reason::idle_server);

pub(super) fn has_no_candidate(switch: &Switch, state: &State, request: Request) -> bool {
    switch.candidates_for(state, request) == 0
}

const QUEUED_REQUESTS_HAVE_A_SERVER: Claim<Switch> = always(
    "queued_requests_have_a_server",
    "While a request waits, there is an eligible server that it waits for.",
    "LOAD_MANAGER-8",
    Some(someone_waits),
    |switch, state| state.queue.iter().all(|&request| switch.eligible_for(state, request) != 0),
)
.because(reason::waiting_for_nobody);

const WRITES_ARE_SENT_ONCE: Claim<Switch> = always(
    "writes_are_sent_once",
    "A request that must not be done twice is not tried again.",
    "LOAD_MANAGER-9",
    Some(|_, state| state.requests().any(|request| request.is_write)),
    |_, state| state.requests().all(|request| !request.is_write || request.tries == 0),
);

const TRIES_ARE_WITHIN_BUDGET: Claim<Switch> = always(
    "tries_are_within_budget",
    "No request is tried again more often than its budget says.",
    "LOAD_MANAGER-9",
    Some(|_, state| !state.is_quiet()),
    |switch, state| state.requests().all(|request| request.tries <= switch.retries),
);

const EJECTIONS_ARE_UNDER_THE_CEILING: Claim<Switch> = always(
    "ejections_are_under_the_ceiling",
    "No more servers are ejected than the ceiling allows, the last one included.",
    "LOAD_MANAGER-19",
    Some(|_, state| ejected(state) > 0),
    |switch, state| is_under_ceiling(switch.ejection, ejected(state), switch.servers),
)
.because(reason::too_many_ejected);

pub(super) fn ejected(state: &State) -> u32 {
    state.servers.iter().map(|server| u32::from(server.is_ejected)).sum()
}

fn is_under_ceiling(ejection: Ejection, ejected: u32, servers: u8) -> bool {
    let is_within = ejected * 100 <= u32::from(ejection.percent) * u32::from(servers);
    is_within || ejection.always_one && ejected <= 1
}
