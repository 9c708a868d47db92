//! The counterexample of a liveness claim: a path to a fair component, and a loop inside it.

use super::cycle::{Cycle, Looper};
use super::decision::Decision;
use super::labels::Labelled;
use super::property::{Fairness, Specification};
use super::region::{Approach, Hop, Region};
use super::streett::{ALONE, Fair};
use super::trace::Trace;
use super::verdict::Verdict;
use super::watch::Watch;

/// Shows a fair loop of the region: the nearest component's, or a state that stutters for ever
/// if that makes the shorter lasso.
pub(super) fn counterexample<M: Specification>(
    model: &M,
    labelled: &Labelled<'_, M>,
    region: &Region,
    fair: &Fair,
    watch: &mut Watch<'_>,
) -> Result<Decision<M>, String> {
    let graph = labelled.graph;
    let approach = region.nearest(graph, watch, |number| fair.component(number).is_some())?;
    let approach = approach.ok_or("a fair component cannot be reached")?;
    let component = fair.component(approach.end()).unwrap_or(ALONE);
    let visiting = region.visiting.as_ref();
    let cycle = if component == ALONE {
        Cycle { lead: Vec::new(), hops: Vec::new() }
    } else {
        Looper::new(labelled, fair, visiting, watch, component).cycle(approach.end())?
    };
    let looping = lasso(model, labelled, &approach, &cycle)?;
    let may_stutter = |number| {
        visiting.is_none_or(|visiting| visiting.get(number))
            && labelled.enabled(number).next().is_none()
    };
    let resting = match region.nearest(graph, watch, may_stutter)? {
        Some(approach) => {
            let cycle = Cycle { lead: Vec::new(), hops: Vec::new() };
            Some((lasso(model, labelled, &approach, &cycle)?, cycle))
        }
        None => None,
    };
    let (trace, cycle) = match resting {
        Some((trace, rest)) if trace.steps.len() <= looping.steps.len() => (trace, rest),
        _ => (looping, cycle),
    };
    let fair_because = reasons(labelled, &trace, &cycle.hops);
    Ok(Decision { verdict: Verdict::Violated, trace: Some(trace), fair_because })
}

fn lasso<M: Specification>(
    model: &M,
    labelled: &Labelled<'_, M>,
    approach: &Approach,
    cycle: &Cycle,
) -> Result<Trace<M::State, M::Action>, String> {
    let graph = labelled.graph;
    let mut trace = graph.path_to(model, approach.root);
    for hop in approach.hops.iter().chain(&cycle.lead) {
        trace.steps.push(step(model, labelled, *hop)?);
    }
    trace.loop_start = Some(trace.steps.len());
    for hop in &cycle.hops {
        trace.steps.push(step(model, labelled, *hop)?);
    }
    if cycle.hops.is_empty() {
        let resting = trace.last().clone();
        trace.steps.push((None, resting));
    }
    Ok(trace)
}

/// A step as a trace shows it.
type Step<M> = (Option<<M as stateright::Model>::Action>, <M as stateright::Model>::State);

fn step<M: Specification>(
    model: &M,
    labelled: &Labelled<'_, M>,
    hop: Hop,
) -> Result<Step<M>, String> {
    let mut actions = Vec::new();
    model.actions(labelled.graph.state(hop.source), &mut actions);
    let action = actions.into_iter().nth(usize::from(hop.position));
    let action = action.ok_or("the model offers other actions than before")?;
    Ok((Some(action), labelled.graph.state(hop.target).clone()))
}

/// For each constraint that is enabled somewhere on the loop, why the loop is fair to it.
fn reasons<M: Specification>(
    labelled: &Labelled<'_, M>,
    trace: &Trace<M::State, M::Action>,
    hops: &[Hop],
) -> Vec<String> {
    let first = trace.loop_start.unwrap_or(0) + 1;
    let resting = || labelled.graph.number_of(trace.last());
    let states: Vec<u32> =
        if hops.is_empty() { resting().into_iter().collect() } else { targets(hops) };
    let mut tally = super::tally::Tally::new(labelled.class_count());
    for &number in &states {
        tally.visit(labelled.enabled(number));
    }
    let mut lines = Vec::new();
    for class in tally.relevant() {
        let Some(Fairness::Weak(constraint) | Fairness::Strong(constraint)) =
            labelled.constraint(class)
        else {
            continue;
        };
        let is_disabled = |number: &u32| !labelled.enabled(*number).any(|other| other == class);
        if let Some(taken) = hops.iter().position(|hop| hop.class == class) {
            lines.push(format!("{constraint}: taken at step {}", first + taken));
        } else if let Some(disabled) = states.iter().position(is_disabled) {
            lines.push(format!("{constraint}: disabled at step {}", first + disabled));
        }
    }
    if lines.is_empty() {
        lines.push("no fair action is enabled in the loop".into());
    }
    lines
}

fn targets(hops: &[Hop]) -> Vec<u32> {
    hops.iter().map(|hop| hop.target).collect()
}
