//! What the deciding of one claim comes to, before it is rendered.

use stateright::Model;

use super::trace::Trace;
use super::verdict::{Bound, Verdict};

/// An answer with its evidence.
pub struct Decision<M: Model> {
    /// The answer.
    pub verdict: Verdict,
    /// A counterexample, or the witness of a `sometimes`.
    pub trace: Option<Trace<M::State, M::Action>>,
    /// For a lasso, why it is fair: one line a constraint.
    pub fair_because: Vec<String>,
}

impl<M: Model> Decision<M> {
    /// An answer without evidence.
    #[must_use]
    pub fn bare(verdict: Verdict) -> Self {
        Self { verdict, trace: None, fair_because: Vec::new() }
    }

    /// False, as this path or lasso shows.
    #[must_use]
    pub fn violated(trace: Trace<M::State, M::Action>) -> Self {
        Self { verdict: Verdict::Violated, trace: Some(trace), fair_because: Vec::new() }
    }
}

/// What "no counterexample found" means for a graph that was cut short, or was not.
#[must_use]
pub fn as_far_as_looked(bound: Option<&Bound>) -> Verdict {
    match bound {
        None => Verdict::Holds,
        Some(bound @ (Bound::Depth(_) | Bound::States(_) | Bound::Boundary(_))) => {
            Verdict::HoldsWithin(bound.clone())
        }
        Some(bound) => Verdict::Inconclusive(format!("no counterexample before the {bound}")),
    }
}
