//! How often each step happens, and the rest of what the engine asks of the model.

use std::fmt;

use crate::engine::{Action as _, Fairness, Mutant, Specification};

use super::identifier::Id;
use super::options::{Granularity, Protocol, Repair};
use super::{Action, Chord, Fault, State, mutant, picture};

/// The repairs that count as one for fairness, such as "rectify at 3".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Constraint {
    procedure: &'static str,
    node: Id,
    from: Option<Id>,
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.procedure, self.node)?;
        match self.from {
            Some(from) => write!(f, " from {from}"),
            None => Ok(()),
        }
    }
}

impl Constraint {
    const fn new(procedure: &'static str, node: Id) -> Self {
        Self { procedure, node, from: None }
    }
}

impl Specification for Chord {
    type Constraint = Constraint;

    /// Churn ends; every repair is fair.
    ///
    /// Source: CHORD-26.
    fn fairness(&self, action: &Action) -> Fairness<Constraint> {
        let constraint = Constraint::new(action.name(), action.node());
        match *action {
            Action::Join { .. } | Action::Fail(_) | Action::Leave(_) => Fairness::Finite,
            Action::Rectify { from, .. } => match self.repair {
                Repair::Weak(Granularity::Operation) => Fairness::Weak(constraint),
                Repair::Strong(Granularity::Operation) => Fairness::Strong(constraint),
                Repair::Weak(Granularity::Argument) => {
                    Fairness::Weak(Constraint { from: Some(from), ..constraint })
                }
                Repair::Strong(Granularity::Argument) => {
                    Fairness::Strong(Constraint { from: Some(from), ..constraint })
                }
            },
            Action::StabilizeFromSuccessor(_)
            | Action::StabilizeFromPredecessor(_)
            | Action::Stabilize(_)
            | Action::Reconcile(_)
            | Action::Update(_)
            | Action::Flush(_) => match self.repair {
                Repair::Weak(_) => Fairness::Weak(constraint),
                Repair::Strong(_) => Fairness::Strong(constraint),
            },
        }
    }

    fn assumptions(&self) -> String {
        let (strength, granularity) = match self.repair {
            Repair::Weak(granularity) => ("weakly", granularity),
            Repair::Strong(granularity) => ("strongly", granularity),
        };
        let unit = match granularity {
            Granularity::Operation => "each repair of each node",
            Granularity::Argument => "each repair of each node, and each notifier by itself,",
        };
        format!("joins and failures end; {unit} is {strength} fair")
    }

    fn repertoire(&self) -> Vec<&'static str> {
        let repairs: &[&str] = match self.protocol {
            Protocol::Corrected(_) => {
                &["stabilize_from_successor", "stabilize_from_predecessor", "rectify"]
            }
            Protocol::Original(_) => &["stabilize", "reconcile", "update", "flush"],
        };
        let churn = ["join", "fail"].into_iter().chain(self.leave.then_some("leave"));
        churn.chain(repairs.iter().copied()).collect()
    }

    /// The rotation by one, where every rotation of the first ring is a beginning.
    fn generators(&self, state: &State) -> Vec<State> {
        if self.rotations { vec![state.rotated(self.nodes)] } else { Vec::new() }
    }

    fn picture(&self, path: &[(Option<Action>, State)]) -> Option<String> {
        Some(picture::picture(self.nodes, path))
    }

    fn mutants() -> &'static [Mutant] {
        mutant::MUTANTS
    }

    fn mutate(&self, mutant: &str) -> Option<Self> {
        Fault::named(mutant)?.put_into(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn churn_ends_and_a_repair_is_fair_at_each_node() {
        let chord = Chord::corrected(4, 2);
        assert_eq!(chord.fairness(&Action::Fail(1)), Fairness::Finite);
        assert_eq!(chord.fairness(&Action::Join { node: 3, via: 2 }), Fairness::Finite);
        let Fairness::Weak(constraint) = chord.fairness(&Action::Rectify { node: 3, from: 1 })
        else {
            unreachable!("repairs are weakly fair by default")
        };
        assert_eq!(constraint.to_string(), "rectify at 3");
    }

    #[test]
    fn each_notifier_can_be_fair_by_itself() {
        let chord = Chord::corrected(4, 2).repair(Repair::Strong(Granularity::Argument));
        let of = |from| chord.fairness(&Action::Rectify { node: 3, from });
        assert_ne!(of(1), of(2));
        let Fairness::Strong(constraint) = of(1) else {
            unreachable!("repairs are strongly fair here")
        };
        assert_eq!(constraint.to_string(), "rectify at 3 from 1");
    }
}
