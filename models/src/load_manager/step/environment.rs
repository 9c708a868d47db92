//! What happens to the servers: crashes, kills, recoveries.

use crate::load_manager::Switch;
use crate::load_manager::state::{Machine, Phase, Server, State};
use crate::load_manager::turn::Turn;

/// The server with all its connections cut. The manager does not know yet.
///
/// Source: LOAD_MANAGER-9.
#[must_use]
pub fn down(server: &Server, machine: Machine) -> Server {
    let mut connections = server.connections;
    for connection in &mut connections {
        connection.phase = Phase::Cut;
    }
    Server { machine, connections: connections.sorted(), ..*server }
}

/// A server crashes.
///
/// Source: LOAD_MANAGER-9.
#[must_use]
pub fn crash(state: &State, server: u8) -> Option<Turn> {
    let running = state.server(server);
    let mut left = state.left;
    left.crashes = left.crashes.checked_sub(1)?;
    let crashed = || State { left, ..*state }.with_server(server, down(&running, Machine::Down));
    running.is_up().then(|| crashed().into())
}

/// Whether somebody may kill one more server.
///
/// Source: LOAD_MANAGER-26.
#[must_use]
pub fn may_be_killed(switch: &Switch, state: &State) -> bool {
    let live = state.servers.iter().filter(|server| server.is_up()).count();
    let killed = state.servers.iter().filter(|server| server.machine == Machine::Killed).count();
    let is_enough_left = live > usize::from(switch.blast.least_live);
    is_enough_left && killed < usize::from(switch.blast.radius)
}

/// Somebody kills a server.
///
/// Source: LOAD_MANAGER-26.
#[must_use]
pub fn kill(switch: &Switch, state: &State, server: u8) -> Option<Turn> {
    if may_be_killed(switch, state) { killed(state, server) } else { None }
}

/// A server is killed, whatever is left.
#[must_use]
pub fn killed(state: &State, server: u8) -> Option<Turn> {
    let running = state.server(server);
    let mut left = state.left;
    left.kills = left.kills.checked_sub(1)?;
    let killed = || State { left, ..*state }.with_server(server, down(&running, Machine::Killed));
    running.is_up().then(|| killed().into())
}

/// A server that was down runs again. The manager does not know yet.
///
/// Source: LOAD_MANAGER-2.
#[must_use]
pub fn recover(state: &State, server: u8) -> Option<Turn> {
    let stopped = state.server(server);
    let mut left = state.left;
    left.recoveries = left.recoveries.checked_sub(1)?;
    let running = Server { machine: Machine::Up, ..stopped };
    (!stopped.is_up()).then(|| State { left, ..*state }.with_server(server, running).into())
}
