//! Named faults: each changes one procedure, as a real implementation or a shortcut did.

mod belief;
mod order;
mod table;
mod traffic;

use super::options::Policy;
use super::turn::Turn;
use super::{Action, State, Switch, step};

pub use table::{Fault, MUTANTS};

impl Fault {
    /// The switch with this fault, or `None` if it has no such procedure.
    pub(super) fn put_into(self, switch: &Switch) -> Option<Switch> {
        let (policy, budget) = (switch.policy, switch.budget);
        let is_managed = policy.is_managed();
        let has_procedure = match self {
            Self::RoundRobinResetOnChange => policy == Policy::RoundRobin,
            Self::LeastConnectionsIgnoresPending => {
                policy == Policy::LeastConnections && switch.opens_slowly
            }
            Self::TwoChoicesTakesTheFirst => policy == Policy::TwoChoices,
            Self::StaleSlotAfterDown | Self::HashByArrival => policy.is_by_hash(),
            Self::ModuloHash => policy == Policy::Rendezvous,
            Self::ContentBlind => policy == Policy::ContentAware,
            Self::SlowStartSkipped => switch.window > 0,
            Self::PanicOff => switch.panic > 0,
            Self::EjectionPrecheck => budget.outliers > 0,
            Self::MonkeyWithoutGuard | Self::MonkeyNeverKills => budget.kills > 0,
            Self::LateProbeRevivesMaintenance => budget.late_results > 0,
            Self::MaintenanceKeepsQueue => budget.maintenances > 0 && is_managed,
            Self::DoubleDecrement | Self::QueueLeakOnAbort => budget.aborts > 0,
            fault => fault.is_of_switch() && is_managed,
        };
        has_procedure.then(|| self.set_up(switch))
    }

    /// Faults that are another setting.
    fn set_up(self, switch: &Switch) -> Switch {
        let mutant = Switch { fault: Some(self), ..*switch };
        match self {
            Self::ModuloHash => Switch { policy: Policy::Modulo, ..mutant },
            _ => mutant,
        }
    }
}

/// The step as this fault has it; the faithful one where the fault does not change the procedure.
pub(super) fn step(switch: &Switch, fault: Fault, state: &State, action: Action) -> Option<Turn> {
    let faulty = match action {
        Action::Arrive { client, is_write, draw } => {
            traffic::arrive(switch, fault, state, (client, is_write), draw)
        }
        Action::Complete(server, place) => traffic::complete(switch, fault, state, server, place),
        Action::Reset { server, connection, draw } => {
            traffic::reset(switch, fault, state, (server, connection), draw)
        }
        Action::Abort(server, place) => traffic::abort(switch, fault, state, server, place),
        Action::Abandon(place) => traffic::abandon(switch, fault, state, place),
        Action::Check(server) | Action::Lie(server) | Action::HearProbe(server) => {
            belief::result(switch, fault, state, action, server)
        }
        Action::Outlier(server) => belief::outlier(switch, fault, state, server),
        Action::Drain(server) => order::drain(switch, fault, state, server),
        Action::Maintain(server) => order::maintain(switch, fault, state, server),
        Action::MakeReady(server) => order::make_ready(switch, fault, state, server),
        Action::Crash(server) => order::crash(fault, state, server),
        Action::Kill(server) => order::kill(fault, state, server),
        _ => Changed::No,
    };
    let turn = match faulty {
        Changed::No => step::faithful(switch, state, action),
        Changed::To(turn) => turn,
    }?;
    Some(afterwards(switch, fault, state, turn))
}

/// What a fault does after every step.
fn afterwards(switch: &Switch, fault: Fault, before: &State, turn: Turn) -> Turn {
    let has_changed = switch.eligible(before) != switch.eligible(&turn.state);
    if fault == Fault::RoundRobinResetOnChange && has_changed {
        return Turn { state: State { last: switch.servers - 1, ..turn.state }, ..turn };
    }
    turn
}

/// What a fault makes of a step.
enum Changed {
    /// What it is without the fault.
    No,
    /// This, or nothing: the step is disabled.
    To(Option<Turn>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found_by_its_name() {
        for mutant in MUTANTS {
            assert!(Fault::named(mutant.name).is_some(), "{}", mutant.name);
        }
        assert_eq!(Fault::named("no_such_fault"), None);
    }

    #[test]
    fn a_fault_is_put_only_into_a_switch_that_has_the_procedure() {
        let round_robin = Switch::new(Policy::RoundRobin, 2, 1, 3).with_crashes(1);
        let by_hash = Switch { policy: Policy::Rendezvous, ..round_robin };
        for fault in [Fault::ModuloHash, Fault::StaleSlotAfterDown, Fault::HashByArrival] {
            assert!(fault.put_into(&by_hash).is_some());
            assert_eq!(fault.put_into(&round_robin), None);
        }
        for fault in [Fault::PanicOff, Fault::SlowStartSkipped, Fault::MonkeyWithoutGuard] {
            assert_eq!(fault.put_into(&round_robin), None);
        }
        assert!(Fault::RoundRobinResetOnChange.put_into(&round_robin).is_some());
        assert_eq!(Fault::FlipServesBothVersions.put_into(&round_robin), None);
    }
}
