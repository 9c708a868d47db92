//! How often each step happens, and the rest of what the engine asks of the model.

use std::fmt;

use serde_json::Value;

use crate::engine::{Action as _, Fairness, Mutant, Refusal, Specification};

use super::identifier::Id;
use super::options::{Granularity, Protocol, Repair};
use super::{Action, Chord, Fault, State, guard, mutant, picture, traced, upper};

/// The repairs that count as one for fairness, such as "rectify at 3".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Constraint {
    procedure: &'static str,
    node: Id,
    from: Option<Id>,
    key: Option<Id>,
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.procedure, self.node)?;
        if let Some(key) = self.key {
            write!(f, " of key {key}")?;
        }
        match (self.from, self.key) {
            (Some(to), Some(_)) => write!(f, " to {to}"),
            (Some(from), None) => write!(f, " from {from}"),
            (None, _) => Ok(()),
        }
    }
}

impl Constraint {
    const fn new(procedure: &'static str, node: Id) -> Self {
        Self { procedure, node, from: None, key: None }
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
            Action::Join { .. }
            | Action::Fail(_)
            | Action::Leave(_)
            | Action::Put { .. }
            | Action::HandOver { .. }
            | Action::Suspect { .. }
            | Action::StaleNotice { .. } => Fairness::Finite,
            Action::Lookup { .. } => Fairness::Unfair,
            // Whichever way it goes on, it does.
            Action::Hop { .. } | Action::Answer { .. } => {
                Fairness::Weak(Constraint::new("look-up", 0))
            }
            Action::Copy { to, key, .. } => {
                Fairness::Weak(Constraint { from: Some(to), key: Some(key), ..constraint })
            }
            Action::Delete { key, .. } => {
                Fairness::Weak(Constraint { key: Some(key), ..constraint })
            }
            Action::Refute { target, .. } => {
                Fairness::Weak(Constraint { from: Some(target), ..constraint })
            }
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
        let fail = (!self.layers.without_failures).then_some("fail");
        let churn = ["join"].into_iter().chain(fail).chain(self.leave.then_some("leave"));
        churn.chain(repairs.iter().copied()).chain(self.layers.repertoire()).collect()
    }

    /// The rotation by one, where every rotation of the first ring is a beginning.
    fn generators(&self, state: &State) -> Vec<State> {
        if self.rotations { vec![state.rotated(self.nodes)] } else { Vec::new() }
    }

    fn parameters(&self) -> Value {
        traced::parameters(self)
    }

    fn alphabet(&self) -> Vec<Action> {
        let mut alphabet = guard::alphabet(self);
        alphabet.extend(upper::guard::alphabet(self));
        alphabet
    }

    fn refusal(&self, state: &State, action: &Action) -> Option<Refusal> {
        let by_faithful = || upper::guard::check(self, state, *action).err();
        let is_faulty = self.fault.is_some() || self.layers.fault.is_some();
        if is_faulty { Refusal::by_faulty(self, state, action, by_faithful) } else { by_faithful() }
    }

    fn picture(&self, path: &[(Option<Action>, State)]) -> Option<String> {
        Some(picture::picture(self, path))
    }

    fn mutants() -> &'static [Mutant] {
        const ALL: &[Mutant; mutant::MUTANTS.len() + upper::MUTANTS.len()] = &mutant::all();
        ALL
    }

    fn mutate(&self, mutant: &str) -> Option<Self> {
        match upper::Fault::named(mutant) {
            Some(fault) => fault.put_into(self),
            None => Fault::named(mutant)?.put_into(self),
        }
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
