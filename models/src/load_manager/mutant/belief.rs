//! Faults in what the manager believes.

use super::super::state::{Administration, Server, State};
use super::super::step::health::{ejected, is_checked, outlier_if, with_health};
use super::super::turn::Turn;
use super::super::{Action, Switch};
use super::{Changed, Fault};

/// A result as a faulty manager takes it.
pub(super) fn result(
    switch: &Switch,
    fault: Fault,
    state: &State,
    action: Action,
    server: u8,
) -> Changed {
    let Some((received, before, passed)) = received(state, action, server) else {
        return Changed::No;
    };
    let was_up = switch.is_believed_up(&before);
    let faithful = super::step::health::on_check(switch, &before, passed);
    let is_up = switch.is_believed_up(&faithful);
    let found = match fault {
        Fault::FlapCounterNotReset if !was_up && !passed => {
            with_health(switch, &before, before.health, passed)
        }
        Fault::HealthRunsOver if was_up && passed => Server { health: switch.top() + 1, ..before },
        Fault::StuckDown if !was_up && is_up => with_health(switch, &before, before.health, passed),
        Fault::SlowStartSkipped if is_up => Server { warmth: switch.window, ..faithful },
        Fault::LateProbeRevivesMaintenance if matches!(action, Action::HearProbe(_)) && passed => {
            Server { health: switch.top(), administration: Administration::Ready, ..faithful }
        }
        Fault::NoDequeueOnUp if !was_up && is_up => {
            let turn = Turn::from(received.with_server(server, faithful));
            return Changed::To(Some(switch.remembering(state, turn)));
        }
        Fault::NoFlushWhenLastServerLeaves if was_up && !is_up => {
            let turn = Turn::from(received.with_server(server, faithful));
            return Changed::To(Some(switch.remembering(state, turn)));
        }
        _ => return Changed::No,
    };
    let after = received.with_server(server, found);
    Changed::To(Some(super::step::health::received(switch, state, after, server)))
}

/// The state without what the result used up, the server, and whether its check passed.
fn received(state: &State, action: Action, server: u8) -> Option<(State, Server, bool)> {
    let at = state.server(server);
    match action {
        Action::Check(_) => {
            is_checked(state, server).map(|checked| (*state, checked, checked.is_up()))
        }
        Action::Lie(_) => {
            let checked = is_checked(state, server)?;
            let mut left = state.left;
            left.lies = left.lies.checked_sub(1)?;
            Some((State { left, ..*state }, checked, !checked.is_up()))
        }
        _ => at.late_result.map(|passed| (*state, Server { late_result: None, ..at }, passed)),
    }
}

/// An ejection with a look at the number before it.
pub(super) fn outlier(switch: &Switch, fault: Fault, state: &State, server: u8) -> Changed {
    if fault != Fault::EjectionPrecheck {
        return Changed::No;
    }
    let percent = u32::from(ejected(state)) * 100 / u32::from(switch.servers);
    let is_below = percent < u32::from(switch.ejection.percent);
    Changed::To(outlier_if(switch, state, server, is_below))
}
