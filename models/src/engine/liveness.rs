//! Eventually, leads-to, infinitely-often, eventually-always under weak and strong fairness.

use super::decision::Decision;
use super::graph::Graph;
use super::property::{Form, Specification};
use super::run::Run;
use super::verdict::Verdict;

/// Decides a liveness claim on a graph whose edges were kept.
#[must_use]
pub fn decide<M: Specification>(
    _model: &M,
    _graph: &Graph<M>,
    _form: &Form<M>,
    _run: &Run<'_>,
) -> Decision<M> {
    Decision::bare(Verdict::Inconclusive("not built yet".into()))
}
