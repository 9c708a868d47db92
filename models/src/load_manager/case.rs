//! The cases that must come up: without them the claims would be true of nothing.

use crate::engine::{Claim, Form};

use super::Switch;
use super::property::someone_waits;
use super::state::{Machine, Phase, Server, State};

const fn sometimes(
    name: &'static str,
    sentence: &'static str,
    source: &'static str,
    holds: fn(&Switch, &State) -> bool,
) -> Claim<Switch> {
    Claim::new(name, sentence, source, Form::Sometimes(holds))
}

/// The cases that this instance must reach.
pub(super) fn cases(switch: &Switch) -> Vec<Claim<Switch>> {
    let budget = switch.budget;
    let mut cases = Vec::new();
    if switch.may_wait() {
        cases.push(SOMEONE_WAITS);
    }
    if budget.crashes > 0 {
        cases.push(A_DEAD_SERVER_IS_TRUSTED);
    }
    if budget.stops() > 0 && budget.reads > 0 && switch.retries > 0 && switch.policy.is_managed() {
        cases.push(A_REQUEST_IS_TRIED_AGAIN);
    }
    if budget.kills > 0 {
        cases.push(A_KILL_HITS_A_REQUEST);
    }
    cases
}

const SOMEONE_WAITS: Claim<Switch> =
    sometimes("someone_waits", "A request waits in the queue.", "LOAD_MANAGER-7", someone_waits);

const A_DEAD_SERVER_IS_TRUSTED: Claim<Switch> = sometimes(
    "a_dead_server_is_trusted",
    "A server is down, is believed to be up, and has a request that is lost there.",
    "LOAD_MANAGER-2",
    |switch, state| {
        let is_trusted = |server: &Server| !server.is_up() && switch.is_believed_up(server);
        state.servers.iter().any(|server| is_trusted(server) && has_cut(server))
    },
);

fn has_cut(server: &Server) -> bool {
    server.connections.iter().any(|connection| connection.phase == Phase::Cut)
}

const A_REQUEST_IS_TRIED_AGAIN: Claim<Switch> = sometimes(
    "a_request_is_tried_again",
    "A request is served by a second server after its first one broke.",
    "LOAD_MANAGER-9",
    |_, state| {
        let mut connections = state.servers.iter().flat_map(|server| server.connections.iter());
        connections.any(|c| c.phase != Phase::Cut && c.request.tries > 0)
    },
);

const A_KILL_HITS_A_REQUEST: Claim<Switch> = sometimes(
    "a_kill_hits_a_request",
    "A server is killed while it serves.",
    "LOAD_MANAGER-26",
    |_, state| {
        let is_hit = |server: &Server| server.machine == Machine::Killed && has_cut(server);
        state.servers.iter().any(is_hit)
    },
);
