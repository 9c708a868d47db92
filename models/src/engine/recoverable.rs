//! From every reachable state the goal can be reached (`AG EF goal`).

use super::decision::Decision;
use super::graph::Graph;
use super::property::{Predicate, Specification};
use super::run::Run;
use super::verdict::Verdict;

/// Decides a `recoverable` claim on a graph whose edges were kept.
#[must_use]
pub fn decide<M: Specification>(
    _model: &M,
    _graph: &Graph<M>,
    _goal: Predicate<M>,
    _using: fn(&M::Action) -> bool,
    _run: &Run<'_>,
) -> Decision<M> {
    Decision::bare(Verdict::Inconclusive("not built yet".into()))
}
