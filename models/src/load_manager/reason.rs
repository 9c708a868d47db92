//! Why a state breaks a claim, in one sentence with the values that were read.

use super::hash::members;
use super::safety::{accounted, arrived, ejected, has_no_candidate, is_counted};
use super::state::State;
use super::{Server, Switch};

fn nothing() -> String {
    "the state does not show it".to_owned()
}

pub(super) fn lost_request(switch: &Switch, state: &State) -> String {
    let (arrived, accounted) = (arrived(switch, state), accounted(state));
    format!("{arrived} requests have arrived, and {accounted} are accounted for")
}

pub(super) fn wrong_count(switch: &Switch, state: &State) -> String {
    let broken = |server: &(usize, &Server)| !is_counted(switch, server.1);
    let Some((number, server)) = state.servers.iter().enumerate().find(broken) else {
        return nothing();
    };
    let (count, connections) = (server.count, server.connections.len());
    format!("the manager counts {count} connections at s{number}, which has {connections}")
}

pub(super) fn idle_server(switch: &Switch, state: &State) -> String {
    let goes = |request: &&super::Request| !has_no_candidate(switch, state, **request);
    let Some(request) = state.queue.iter().find(goes) else { return nothing() };
    let free = members(switch.candidates_for(state, *request)).next().unwrap_or_default();
    format!("{request} waits, and s{free} has room for it")
}

pub(super) fn waiting_for_nobody(switch: &Switch, state: &State) -> String {
    let waits = |request: &&super::Request| switch.eligible_for(state, **request) == 0;
    let Some(request) = state.queue.iter().find(waits) else { return nothing() };
    format!("{request} waits, and no server is eligible for it")
}

pub(super) fn too_many_ejected(switch: &Switch, state: &State) -> String {
    let (servers, percent) = (switch.servers, switch.ejection.percent);
    format!("{} of {servers} servers are ejected, with a ceiling of {percent} %", ejected(state))
}
