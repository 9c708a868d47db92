//! Always, sometimes, step claims and deadlock: decided state by state, shortest trace first.

use super::decision::{Decision, as_far_as_looked};
use super::graph::Graph;
use super::property::{Form, Predicate, Specification, StepPredicate};
use super::run::Run;
use super::verdict::Verdict;

/// States that are looked at between two looks at the clock.
const STRIDE: usize = 1 << 14;

/// Decides a claim whose truth is in states and single steps.
///
/// States are looked at in the order of their numbers, so that a counterexample is as short as
/// any, and is the same one at every number of threads.
#[must_use]
pub fn decide<M: Specification>(
    model: &M,
    graph: &Graph<M>,
    form: &Form<M>,
    run: &Run<'_>,
) -> Decision<M> {
    match *form {
        Form::Always { when, holds } => always(model, graph, when, holds, run),
        Form::Sometimes(holds) => sometimes(model, graph, holds, run),
        Form::Step { when, holds } => step(model, graph, when, holds, run),
        Form::NoDeadlock { terminal } => no_deadlock(model, graph, terminal, run),
        _ => Decision::bare(Verdict::Inconclusive("not a safety claim".into())),
    }
}

fn always<M: Specification>(
    model: &M,
    graph: &Graph<M>,
    when: Option<Predicate<M>>,
    holds: Predicate<M>,
    run: &Run<'_>,
) -> Decision<M> {
    let is_meant = |state: &M::State| when.is_none_or(|when| when(model, state));
    let breaks = |number: u32| {
        let state = graph.state(number);
        is_meant(state) && !holds(model, state)
    };
    match first(graph.len(), run, breaks) {
        Err(interrupted) => Decision::bare(interrupted),
        Ok(Some(number)) => Decision::violated(graph.path_to(model, number)),
        Ok(None) => {
            let triggered = when.is_none() || graph.states().iter().any(is_meant);
            let vacuous = !triggered || graph.is_empty();
            not_violated(graph, vacuous)
        }
    }
}

/// The answer where no counterexample was found.
fn not_violated<M: Specification>(graph: &Graph<M>, vacuous: bool) -> Decision<M> {
    Decision::bare(match as_far_as_looked(graph.bound()) {
        Verdict::Holds if vacuous => Verdict::Vacuous,
        Verdict::HoldsWithin(bound) if vacuous => {
            Verdict::Inconclusive(format!("not triggered before the {bound}"))
        }
        verdict => verdict,
    })
}

fn sometimes<M: Specification>(
    model: &M,
    graph: &Graph<M>,
    holds: Predicate<M>,
    run: &Run<'_>,
) -> Decision<M> {
    match first(graph.len(), run, |number| holds(model, graph.state(number))) {
        Err(interrupted) => Decision::bare(interrupted),
        // A witness is a witness, however little else was looked at.
        Ok(Some(number)) => Decision {
            verdict: Verdict::Holds,
            trace: Some(graph.path_to(model, number)),
            fair_because: Vec::new(),
        },
        Ok(None) => Decision::bare(match graph.bound() {
            None => Verdict::Violated,
            Some(bound) => Verdict::Inconclusive(format!("no witness before the {bound}")),
        }),
    }
}

fn step<M: Specification>(
    model: &M,
    graph: &Graph<M>,
    when: StepPredicate<M>,
    holds: StepPredicate<M>,
    run: &Run<'_>,
) -> Decision<M> {
    let mut triggered = false;
    let mut actions = Vec::new();
    let mut breaking_step = |state: &M::State| {
        actions.clear();
        model.actions(state, &mut actions);
        actions.drain(..).find_map(|action| {
            let next = model.next_state(state, action.clone())?;
            let is_meant = model.within_boundary(&next) && when(model, state, &action, &next);
            triggered |= is_meant;
            (is_meant && !holds(model, state, &action, &next)).then_some((action, next))
        })
    };
    let breaks = |number| breaking_step(graph.state(number)).is_some();
    match first(graph.expanded(), run, breaks) {
        Err(interrupted) => Decision::bare(interrupted),
        Ok(Some(number)) => {
            // In a quotient the path ends in another member of the orbit, which breaks the claim
            // by a step of its own.
            let mut trace = graph.path_to(model, number);
            let step = breaking_step(trace.last());
            trace.steps.extend(step.map(|(action, next)| (Some(action), next)));
            Decision::violated(trace)
        }
        Ok(None) => not_violated(graph, !triggered),
    }
}

fn no_deadlock<M: Specification>(
    model: &M,
    graph: &Graph<M>,
    terminal: Predicate<M>,
    run: &Run<'_>,
) -> Decision<M> {
    let is_stuck = |number: u32| {
        let state = graph.state(number);
        graph.is_complete(number)
            && !terminal(model, state)
            && model.next_states(state).iter().all(|next| next == state)
    };
    match first(graph.len(), run, is_stuck) {
        Err(interrupted) => Decision::bare(interrupted),
        Ok(Some(number)) => Decision::violated(graph.path_to(model, number)),
        Ok(None) => not_violated(graph, graph.is_empty()),
    }
}

/// The lowest number below `count` that satisfies the test; an interruption ends the search.
fn first(
    count: usize,
    run: &Run<'_>,
    mut test: impl FnMut(u32) -> bool,
) -> Result<Option<u32>, Verdict> {
    for begin in (0..count).step_by(STRIDE) {
        if let Some(bound) = run.interruption() {
            return Err(Verdict::Inconclusive(format!("the {bound} came first")));
        }
        let end = (begin + STRIDE).min(count);
        if let Some(number) = (begin..end).find(|&number| test(number as u32)) {
            return Ok(Some(number as u32));
        }
    }
    Ok(None)
}
