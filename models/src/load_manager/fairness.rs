//! How often each step happens, and the rest of what the engine asks of the switch.

use std::fmt;

use serde_json::Value;

use crate::engine::{Fairness, Mutant, Refusal, Specification};

use super::{Action, Fault, State, Switch, guard, mutant, picture, symmetry, traced};

/// The steps that count as one for fairness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Constraint {
    /// That server sets up some connection.
    Establish(u8),
    /// That server answers some request.
    Complete(u8),
    /// The manager hears of some broken connection of that server.
    Reset(u8),
    /// That server is checked.
    Check(u8),
    /// The late result of that server arrives.
    Hear(u8),
    /// The slow start of that server goes on.
    Warm(u8),
    /// The ejection of that server ends.
    Reinstate(u8),
    /// That server, once drained, goes into maintenance.
    Retire(u8),
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Establish(server) => write!(f, "establish at s{server}"),
            Self::Complete(server) => write!(f, "complete at s{server}"),
            Self::Reset(server) => write!(f, "reset from s{server}"),
            Self::Check(server) => write!(f, "check s{server}"),
            Self::Hear(server) => write!(f, "late result of s{server}"),
            Self::Warm(server) => write!(f, "slow start of s{server}"),
            Self::Reinstate(server) => write!(f, "reinstate s{server}"),
            Self::Retire(server) => write!(f, "retire s{server}"),
        }
    }
}

impl Specification for Switch {
    type Constraint = Constraint;

    /// Manager and servers are fair; the environment grows quiet.
    ///
    /// Source: LOAD_MANAGER-27.
    fn fairness(&self, action: &Action) -> Fairness<Constraint> {
        match *action {
            Action::Establish(server, _) => Fairness::Weak(Constraint::Establish(server)),
            Action::Complete(server, _) => Fairness::Weak(Constraint::Complete(server)),
            Action::Reset { server, .. } => Fairness::Weak(Constraint::Reset(server)),
            Action::Check(server) => Fairness::Weak(Constraint::Check(server)),
            Action::HearProbe(server) => Fairness::Weak(Constraint::Hear(server)),
            Action::Warm(server) => Fairness::Weak(Constraint::Warm(server)),
            Action::Reinstate(server) => Fairness::Weak(Constraint::Reinstate(server)),
            Action::Retire(server) => Fairness::Weak(Constraint::Retire(server)),
            Action::Arrive { .. }
            | Action::Abort(..)
            | Action::Abandon(_)
            | Action::Lie(_)
            | Action::Probe(_)
            | Action::Outlier(_)
            | Action::Drain(_)
            | Action::Maintain(_)
            | Action::MakeReady(_)
            | Action::Crash(_)
            | Action::Kill(_)
            | Action::Recover(_) => Fairness::Finite,
        }
    }

    fn parameters(&self) -> Value {
        traced::parameters(self)
    }

    fn alphabet(&self) -> Vec<Action> {
        guard::alphabet(self)
    }

    fn refusal(&self, state: &State, action: &Action) -> Option<Refusal> {
        let by_faithful = || guard::refusal(self, state, *action);
        match self.fault {
            None => by_faithful(),
            Some(_) => Refusal::by_faulty(self, state, action, by_faithful),
        }
    }

    fn assumptions(&self) -> String {
        "faults, orders and arrivals end; manager and servers are weakly fair".to_owned()
    }

    fn repertoire(&self) -> Vec<&'static str> {
        let budget = self.budget;
        let is_down_at_times = budget.stops() > 0;
        let orders = budget.orders() > 0;
        let may_come_back = is_down_at_times && budget.recoveries > 0;
        let waits = self.policy.is_managed() && self.queue > 0;
        let steps = [
            ("arrive", true),
            ("establish", self.opens_slowly),
            ("complete", true),
            ("reset", is_down_at_times),
            ("abort", budget.aborts > 0),
            ("abandon", budget.aborts > 0 && waits),
            ("check", self.has_checks()),
            ("lie", budget.lies > 0),
            ("probe", budget.late_results > 0),
            ("hear_probe", budget.late_results > 0),
            ("warm", self.window > 0 && (may_come_back || budget.lies >= self.fall)),
            ("outlier", budget.outliers > 0),
            ("reinstate", budget.outliers > 0 && self.ejection.ceiling(self.servers) > 0),
            ("drain", budget.drains > 0),
            ("retire", budget.drains > 0),
            ("maintain", budget.maintenances > 0),
            ("make_ready", orders),
            ("crash", budget.crashes > 0),
            ("kill", budget.kills > 0),
            ("recover", may_come_back),
        ];
        steps.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name).collect()
    }

    fn generators(&self, state: &State) -> Vec<State> {
        symmetry::images(self, state)
    }

    fn picture(&self, path: &[(Option<Action>, State)]) -> Option<String> {
        Some(picture::picture(self, path))
    }

    fn mutants() -> &'static [Mutant] {
        mutant::MUTANTS
    }

    fn mutate(&self, mutant: &str) -> Option<Self> {
        Fault::named(mutant)?.put_into(self)
    }
}
