//! What the administrator orders.

use crate::load_manager::Switch;
use crate::load_manager::list::List;
use crate::load_manager::state::{Administration, Server, State};
use crate::load_manager::turn::Turn;

/// A server gets nothing new from here on.
///
/// Source: LOAD_MANAGER-4.
#[must_use]
pub fn drain(switch: &Switch, state: &State, server: u8) -> Option<Turn> {
    Some(switch.close(state, draining(state, server)?.into()))
}

/// A server drains; the queue is not looked at yet.
#[must_use]
pub fn draining(state: &State, server: u8) -> Option<State> {
    let ready = state.server(server);
    let mut left = state.left;
    left.drains = left.drains.checked_sub(1)?;
    ready.is_ready().then(|| {
        let drained = Server { administration: Administration::Draining, ..ready };
        State { left, ..*state }.with_server(server, drained)
    })
}

/// A server that drains and has nothing any more goes into maintenance.
///
/// Source: LOAD_MANAGER-4.
#[must_use]
pub fn retire(switch: &Switch, state: &State, server: u8) -> Option<Turn> {
    let drained = state.server(server);
    let is_draining = drained.administration == Administration::Draining;
    if !is_draining || !drained.connections.is_empty() {
        return None;
    }
    let retired = Server { administration: Administration::Maintenance, ..drained };
    Some(switch.close(state, state.with_server(server, retired).into()))
}

/// A server goes into maintenance at once: all that it had is answered with an error.
///
/// Source: LOAD_MANAGER-4.
#[must_use]
pub fn maintain(switch: &Switch, state: &State, server: u8) -> Option<Turn> {
    Some(switch.close(state, maintained(state, server)?.into()))
}

/// A server goes into maintenance; the queue is not looked at yet.
#[must_use]
pub fn maintained(state: &State, server: u8) -> Option<State> {
    let serving = state.server(server);
    if serving.administration == Administration::Maintenance {
        return None;
    }
    let mut left = state.left;
    left.maintenances = left.maintenances.checked_sub(1)?;
    let failed = state.failed + serving.connections.len();
    let administration = Administration::Maintenance;
    let emptied = Server { administration, connections: List::default(), count: 0, ..serving };
    Some(State { failed, left, ..*state }.with_server(server, emptied))
}

/// A server is put back.
///
/// Source: LOAD_MANAGER-4.
#[must_use]
pub fn make_ready(switch: &Switch, state: &State, server: u8) -> Option<Turn> {
    Some(switch.close(state, readied(state, server)?.into()))
}

/// A server is put back; the queue is not looked at yet.
#[must_use]
pub fn readied(state: &State, server: u8) -> Option<State> {
    let away = state.server(server);
    let back = Server { administration: Administration::Ready, ..away };
    (!away.is_ready()).then(|| state.with_server(server, back))
}
