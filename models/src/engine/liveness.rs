//! Eventually, leads-to, infinitely-often, eventually-always under weak and strong fairness.
//!
//! A claim is broken by a behaviour that loops for ever in the claim's `region` and is fair.
//! `streett` finds the components that hold such a loop, `lasso` shows one. Only steps that
//! change the state count as enabled and as taken; what is enabled is measured in the whole graph
//! and beyond its cut; every state may stutter. Steps that the graph lacks are never taken for
//! absent: without a counterexample they make the answer inconclusive.

use super::decision::Decision;
use super::graph::Graph;
use super::labels::Labelled;
use super::property::{Form, Specification};
use super::region::{self, Region};
use super::run::Run;
use super::verdict::Verdict;
use super::watch::Watch;
use super::{cycle, lasso, streett};

/// Decides a liveness claim on a graph whose edges were kept.
#[must_use]
pub fn decide<M: Specification>(
    model: &M,
    graph: &Graph<M>,
    form: &Form<M>,
    run: &Run<'_>,
) -> Decision<M> {
    let decided = attempt(model, graph, form, run);
    decided.unwrap_or_else(|why| Decision::bare(Verdict::Inconclusive(why)))
}

/// The answer, or why there is none.
fn attempt<M: Specification>(
    model: &M,
    graph: &Graph<M>,
    form: &Form<M>,
    run: &Run<'_>,
) -> Result<Decision<M>, String> {
    if graph.is_quotient() {
        return Err("symmetry is on, and a quotient forgets which process moved".into());
    }
    if graph.edge_count() as u64 != graph.transitions() {
        return Err("the graph was built without its edges".into());
    }
    let watch = &mut Watch::new(run);
    watch.afford(graph.bytes(), bytes(graph))?;
    let region = Region::new(model, graph, form, watch)?;
    let labelled = Labelled::new(model, graph, &region.inside, watch)?;
    let visiting = region.visiting.as_ref();
    match streett::fair_components(&labelled, &region.inside, visiting, watch)? {
        Some(fair) => lasso::counterexample(model, &labelled, &region, &fair, watch),
        None => no_counterexample(graph, &region),
    }
}

fn no_counterexample<M: Specification>(
    graph: &Graph<M>,
    region: &Region,
) -> Result<Decision<M>, String> {
    let bound = graph.bound().map_or_else(|| "search".into(), ToString::to_string);
    if !region.is_triggered && !region.is_whole {
        return Err(format!("not triggered before the {bound}"));
    }
    if !region.is_whole {
        return Err(format!("no fair loop was found, but one may run beyond the {bound}"));
    }
    Ok(Decision::bare(if region.is_triggered { Verdict::Holds } else { Verdict::Vacuous }))
}

/// The most bytes that deciding a claim holds beside the graph.
pub(super) fn bytes<M: Specification>(graph: &Graph<M>) -> u64 {
    let len = graph.len();
    let search = streett::bytes(len).max(region::bytes(len) + cycle::bytes(len));
    region::bytes(len) + Labelled::bytes(graph) + search
}
