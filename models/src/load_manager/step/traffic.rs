//! What becomes of a request: it arrives, is served, breaks, is tried again, is given up.

use crate::load_manager::Switch;
use crate::load_manager::action::Draw;
use crate::load_manager::options::Policy;
use crate::load_manager::policy::Pick;
use crate::load_manager::state::{Client, Connection, Phase, Request, State};
use crate::load_manager::turn::Turn;

/// One arrival less is left, of this kind.
#[must_use]
pub fn taken_from(state: &State, is_write: bool) -> Option<State> {
    let mut left = state.left;
    let of_kind = if is_write { &mut left.writes } else { &mut left.reads };
    *of_kind = of_kind.checked_sub(1)?;
    Some(State { left, ..*state })
}

/// A request arrives: it is sent to a server, queued, or refused.
///
/// Source: LOAD_MANAGER-7.
#[must_use]
pub fn arrive(
    switch: &Switch,
    state: &State,
    (client, is_write): (u8, bool),
    draw: Draw,
) -> Option<Turn> {
    let arrived = taken_from(state, is_write)?;
    let request = Request { client, is_write, tries: 0 };
    if let Policy::RoundRobinDns { uses } = switch.policy {
        return (draw == Draw::None).then(|| arrive_by_name(switch, &arrived, request, uses));
    }
    let candidates = switch.candidates_for(&arrived, request);
    let turn = match switch.pick(&arrived, candidates, draw) {
        Pick::Server(server) => switch.send(arrived.into(), server, request),
        Pick::Nobody => queued_or_refused(switch, &arrived, request).into(),
        Pick::OtherDraw => return None,
    };
    Some(switch.close(state, turn))
}

/// No server can take the request: it waits if there is a server that might, and room.
///
/// Source: LOAD_MANAGER-7.
#[must_use]
pub fn queued_or_refused(switch: &Switch, state: &State, request: Request) -> State {
    let has_server = switch.eligible_for(state, request) != 0;
    let has_room = state.queue.len() < switch.queue;
    if has_server && has_room {
        return State { queue: state.queue.with(request), ..*state };
    }
    State { refused: state.refused + 1, ..*state }
}

/// The client goes to the address that it has kept, or asks for one: the next in turn, whatever
/// its state. A server that is full refuses.
///
/// Source: LOAD_MANAGER-11.
#[must_use]
pub fn arrive_by_name(switch: &Switch, state: &State, request: Request, uses: u8) -> Turn {
    let client = state.clients.get(request.client).unwrap_or_default();
    let kept = client.address.filter(|_| client.uses > 0);
    let server = kept.unwrap_or((state.last + 1) % switch.servers);
    let uses = if kept.is_some() { client.uses } else { uses };
    let address = (uses > 1).then_some(server);
    let last = if kept.is_some() { state.last } else { server };
    let next = Client { address, uses: uses - 1, ..client };
    let asked = State { last, ..*state }.with_client(request.client, next);
    if asked.server(server).connections.len() >= switch.capacity {
        return State { refused: asked.refused + 1, ..asked }.into();
    }
    let turn = switch.send(asked.into(), server, request);
    Turn { state: State { last, ..turn.state }, ..turn }
}

fn connection(state: &State, server: u8, place: u8) -> Option<Connection> {
    state.server(server).connections.get(place)
}

/// A server that is up has set up a connection.
///
/// Source: LOAD_MANAGER-13.
#[must_use]
pub fn establish(state: &State, server: u8, place: u8) -> Option<Turn> {
    let opening = connection(state, server, place)?;
    if opening.phase != Phase::Opening {
        return None;
    }
    let mut changed = state.server(server);
    let open = Connection { phase: Phase::Open, ..opening };
    changed.connections = changed.connections.without(place).with(open).sorted();
    Some(state.with_server(server, changed).into())
}

/// A request is answered, and its connection ends.
///
/// Source: LOAD_MANAGER-8.
#[must_use]
pub fn complete(switch: &Switch, state: &State, server: u8, place: u8) -> Option<Turn> {
    Some(switch.close(state, answered(state, server, place)?.into()))
}

/// A request is answered; the queue is not looked at yet.
#[must_use]
pub fn answered(state: &State, server: u8, place: u8) -> Option<State> {
    let is_open = connection(state, server, place)?.phase == Phase::Open;
    if !is_open || !state.server(server).is_up() {
        return None;
    }
    let ended = state.server(server).without_connection(place);
    Some(State { done: state.done + 1, ..*state }.with_server(server, ended))
}

/// The manager hears that a connection is broken. The request is tried again, or answered with an
/// error.
///
/// Source: LOAD_MANAGER-9.
#[must_use]
pub fn reset(
    switch: &Switch,
    state: &State,
    (server, place): (u8, u8),
    draw: Draw,
) -> Option<Turn> {
    let (freed, request) = broken(state, server, place)?;
    let turn = if may_be_tried_again(switch, request) {
        tried_again(switch, &freed, request, draw)?
    } else if draw == Draw::None {
        State { failed: freed.failed + 1, ..freed }.into()
    } else {
        return None;
    };
    Some(switch.close(state, turn))
}

/// A cut connection is taken away; what was asked on it.
#[must_use]
pub fn broken(state: &State, server: u8, place: u8) -> Option<(State, Request)> {
    let cut = connection(state, server, place)?;
    if cut.phase != Phase::Cut {
        return None;
    }
    let freed = state.with_server(server, state.server(server).without_connection(place));
    Some((freed, cut.request))
}

/// Whether a request whose connection broke is sent once more.
///
/// Source: LOAD_MANAGER-9.
#[must_use]
pub fn may_be_tried_again(switch: &Switch, request: Request) -> bool {
    let is_idempotent = !request.is_write;
    let is_within_budget = request.tries < switch.retries;
    switch.policy.is_managed() && is_idempotent && is_within_budget
}

/// A request is sent once more: to a candidate, else to the front of the queue; where that is not
/// possible it is answered with an error.
///
/// Source: LOAD_MANAGER-9.
#[must_use]
pub fn tried_again(switch: &Switch, state: &State, request: Request, draw: Draw) -> Option<Turn> {
    let again = Request { tries: request.tries + 1, ..request };
    match switch.pick(state, switch.candidates_for(state, again), draw) {
        Pick::Server(server) => Some(switch.send((*state).into(), server, again)),
        Pick::OtherDraw => None,
        Pick::Nobody => {
            let has_server = switch.eligible_for(state, again) != 0;
            let has_room = state.queue.len() < switch.queue;
            Some(if has_server && has_room {
                State { queue: state.queue.with_at(0, again), ..*state }.into()
            } else {
                State { failed: state.failed + 1, ..*state }.into()
            })
        }
    }
}

/// A client gives up a request that is at a server.
///
/// Source: LOAD_MANAGER-1, LOAD_MANAGER-10.
#[must_use]
pub fn abort(switch: &Switch, state: &State, server: u8, place: u8) -> Option<Turn> {
    connection(state, server, place)?;
    let mut left = state.left;
    left.aborts = left.aborts.checked_sub(1)?;
    let ended = state.server(server).without_connection(place);
    let given_up = State { left, aborted: state.aborted + 1, ..*state };
    Some(switch.close(state, given_up.with_server(server, ended).into()))
}

/// A client gives up a request that is queued.
///
/// Source: LOAD_MANAGER-1.
#[must_use]
pub fn abandon(switch: &Switch, state: &State, place: u8) -> Option<Turn> {
    state.queue.get(place)?;
    let mut left = state.left;
    left.aborts = left.aborts.checked_sub(1)?;
    let queue = state.queue.without(place);
    Some(switch.close(state, State { left, queue, aborted: state.aborted + 1, ..*state }.into()))
}
