//! The procedures of clients, servers, manager, administrator and environment: guard first, effect
//! last.
//!
//! `None` means that the step is disabled in that state, and nothing else.

pub mod administration;
pub mod environment;
pub mod health;
pub mod traffic;

use super::turn::Turn;
use super::{Action, State, Switch};

/// The step as it is meant, or `None` where it is disabled.
pub(super) fn faithful(switch: &Switch, state: &State, action: Action) -> Option<Turn> {
    match action {
        Action::Arrive { client, is_write, draw } => {
            traffic::arrive(switch, state, (client, is_write), draw)
        }
        Action::Establish(server, place) => traffic::establish(state, server, place),
        Action::Complete(server, place) => traffic::complete(switch, state, server, place),
        Action::Reset { server, connection, draw } => {
            traffic::reset(switch, state, (server, connection), draw)
        }
        Action::Abort(server, place) => traffic::abort(switch, state, server, place),
        Action::Abandon(place) => traffic::abandon(switch, state, place),
        Action::Check(server) => health::check(switch, state, server),
        Action::Lie(server) => health::lie(switch, state, server),
        Action::Probe(server) => health::probe(state, server),
        Action::HearProbe(server) => health::hear_probe(switch, state, server),
        Action::Warm(server) => health::warm(switch, state, server),
        Action::Outlier(server) => health::outlier(switch, state, server),
        Action::Reinstate(server) => health::reinstate(switch, state, server),
        Action::Drain(server) => administration::drain(switch, state, server),
        Action::Retire(server) => administration::retire(switch, state, server),
        Action::Maintain(server) => administration::maintain(switch, state, server),
        Action::MakeReady(server) => administration::make_ready(switch, state, server),
        Action::Crash(server) => environment::crash(state, server),
        Action::Kill(server) => environment::kill(switch, state, server),
        Action::Recover(server) => environment::recover(state, server),
    }
}
