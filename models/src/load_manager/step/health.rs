//! What the manager learns of its servers: checks, late results, the slow start, errors.

use crate::load_manager::Switch;
use crate::load_manager::state::{Administration, Server, State};
use crate::load_manager::turn::Turn;

/// The greatest number of contradicting results that the claims remember.
const REMEMBERED: u8 = 7;

/// The server after the result of a check.
///
/// Source: LOAD_MANAGER-2.
#[must_use]
pub fn on_check(switch: &Switch, server: &Server, passed: bool) -> Server {
    let health = if passed {
        let more = (server.health + 1).min(switch.top());
        if more >= switch.rise { switch.top() } else { more }
    } else {
        let less = server.health.saturating_sub(1);
        if less < switch.rise { 0 } else { less }
    };
    with_health(switch, server, health, passed)
}

/// The server with another health counter, after a result; the slow start begins when it counts
/// as up again.
///
/// Source: LOAD_MANAGER-2, LOAD_MANAGER-5.
#[must_use]
pub fn with_health(switch: &Switch, server: &Server, health: u8, passed: bool) -> Server {
    let was_up = switch.is_believed_up(server);
    let is_up = health >= switch.rise;
    let against = if passed == was_up || is_up != was_up { 0 } else { server.against + 1 };
    let warmth = match (was_up, is_up) {
        (false, true) => 0,
        (true, false) => switch.window,
        _ => server.warmth,
    };
    Server { health, against: against.min(REMEMBERED), warmth, ..*server }
}

/// The end of a step that brought a result: the queue is looked at if the belief has changed.
///
/// Source: LOAD_MANAGER-8.
#[must_use]
pub fn received(switch: &Switch, before: &State, after: State, server: u8) -> Turn {
    let is_up = |state: &State| switch.is_believed_up(&state.server(server));
    let has_changed = is_up(before) != is_up(&after);
    let turn = Turn::from(after);
    if has_changed { switch.close(before, turn) } else { switch.remembering(before, turn) }
}

/// A check finds what is so.
///
/// Source: LOAD_MANAGER-2.
#[must_use]
pub fn check(switch: &Switch, state: &State, server: u8) -> Option<Turn> {
    let checked = is_checked(state, server)?;
    let found = on_check(switch, &checked, checked.is_up());
    Some(received(switch, state, state.with_server(server, found), server))
}

/// A check finds what is not so.
///
/// Source: LOAD_MANAGER-3.
#[must_use]
pub fn lie(switch: &Switch, state: &State, server: u8) -> Option<Turn> {
    let checked = is_checked(state, server)?;
    let mut left = state.left;
    left.lies = left.lies.checked_sub(1)?;
    let found = on_check(switch, &checked, !checked.is_up());
    Some(received(switch, state, State { left, ..*state }.with_server(server, found), server))
}

/// The server, if it is one that is checked.
#[must_use]
pub fn is_checked(state: &State, server: u8) -> Option<Server> {
    let checked = state.server(server);
    (checked.administration != Administration::Maintenance).then_some(checked)
}

/// A check finds what is so, and its result is under way for a while.
///
/// Source: LOAD_MANAGER-3.
#[must_use]
pub fn probe(state: &State, server: u8) -> Option<Turn> {
    let checked = is_checked(state, server)?;
    if checked.late_result.is_some() {
        return None;
    }
    let mut left = state.left;
    left.late_results = left.late_results.checked_sub(1)?;
    let probed = Server { late_result: Some(checked.is_up()), ..checked };
    Some(State { left, ..*state }.with_server(server, probed).into())
}

/// A late result arrives. It moves the counter, and nothing that was ordered.
///
/// Source: LOAD_MANAGER-3.
#[must_use]
pub fn hear_probe(switch: &Switch, state: &State, server: u8) -> Option<Turn> {
    let probed = state.server(server);
    let passed = probed.late_result?;
    let found = Server { late_result: None, ..on_check(switch, &probed, passed) };
    Some(received(switch, state, state.with_server(server, found), server))
}

/// A unit of the slow start has passed.
///
/// Source: LOAD_MANAGER-5.
#[must_use]
pub fn warm(switch: &Switch, state: &State, server: u8) -> Option<Turn> {
    let cold = state.server(server);
    if !switch.is_believed_up(&cold) || cold.warmth >= switch.window {
        return None;
    }
    let warmer = Server { warmth: cold.warmth + 1, ..cold };
    Some(switch.close(state, state.with_server(server, warmer).into()))
}

/// How many servers are ejected.
#[must_use]
pub fn ejected(state: &State) -> u8 {
    state.servers.iter().filter(|server| server.is_ejected).count() as u8
}

/// A server gives too many errors: it is ejected, if the ceiling holds afterwards.
///
/// Source: LOAD_MANAGER-19.
#[must_use]
pub fn outlier(switch: &Switch, state: &State, server: u8) -> Option<Turn> {
    let is_under_ceiling = ejected(state) < switch.ejection.ceiling(switch.servers);
    outlier_if(switch, state, server, is_under_ceiling)
}

/// A server gives too many errors, and is ejected or not.
#[must_use]
pub fn outlier_if(switch: &Switch, state: &State, server: u8, is_ejected: bool) -> Option<Turn> {
    let erring = state.server(server);
    if erring.is_ejected || !erring.is_ready() {
        return None;
    }
    let mut left = state.left;
    left.outliers = left.outliers.checked_sub(1)?;
    let state_after = State { left, ..*state }.with_server(server, Server { is_ejected, ..erring });
    Some(switch.close(state, state_after.into()))
}

/// An ejection ends.
///
/// Source: LOAD_MANAGER-19.
#[must_use]
pub fn reinstate(switch: &Switch, state: &State, server: u8) -> Option<Turn> {
    let ejected = state.server(server);
    if !ejected.is_ejected {
        return None;
    }
    let back = Server { is_ejected: false, ..ejected };
    Some(switch.close(state, state.with_server(server, back).into()))
}
