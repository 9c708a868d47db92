//! Replays evidence, and shares no code with the search that found it.
//!
//! Everything is asked of the model again: which states are initial, which actions a state
//! offers, where they lead, how often they must be taken.

use std::collections::BTreeSet;

use super::property::{Claim, Fairness, Form, Predicate, Specification};
use super::trace::Trace;
use super::verdict::Verdict;

/// States that are looked at to see that no goal can be reached; beyond, the path alone counts.
const LOOKED_AT: usize = 10_000;

/// Replays a trace step by step and checks that it decides the claim as the verdict says.
///
/// # Errors
///
/// The first thing that is not so.
pub fn validate<M: Specification>(
    model: &M,
    claim: &Claim<M>,
    verdict: &Verdict,
    trace: &Trace<M::State, M::Action>,
) -> Result<(), String> {
    let is_witness = matches!(claim.form, Form::Sometimes(_));
    match verdict {
        Verdict::Holds if is_witness => {}
        Verdict::Violated if !is_witness => {}
        verdict => return Err(format!("no trace can show that {} is {verdict}", claim.name)),
    }
    replay(model, trace)?;
    if claim.form.is_liveness() {
        let loop_start = trace.loop_start.ok_or("a liveness claim needs a loop")?;
        close(trace, loop_start)?;
        fair(model, trace, loop_start)?;
        return breaks_for_ever(model, &claim.form, trace, loop_start);
    }
    if trace.loop_start.is_some() {
        return Err("only a liveness claim has a loop".into());
    }
    decides(model, &claim.form, trace)
}

fn ensure(is_so: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(otherwise()) }
}

/// Every step is one that the model takes.
fn replay<M: Specification>(model: &M, trace: &Trace<M::State, M::Action>) -> Result<(), String> {
    let is_initial = model.init_states().contains(&trace.initial);
    ensure(is_initial, || format!("{:?} is not initial", trace.initial))?;
    let mut state = &trace.initial;
    for (index, (action, next)) in trace.steps.iter().enumerate() {
        let step = index + 1;
        ensure(model.within_boundary(state), || format!("step {step} begins past the boundary"))?;
        match action {
            None => {
                let is_in_loop = trace.loop_start.is_some_and(|start| index >= start);
                ensure(is_in_loop, || format!("step {step} stutters outside a loop"))?;
                ensure(next == state, || format!("step {step} stutters but changes the state"))?;
            }
            Some(action) => {
                let mut offered = Vec::new();
                model.actions(state, &mut offered);
                let is_offered = offered.contains(action);
                ensure(is_offered, || format!("step {step}: {action} is not offered"))?;
                let leads_there = model.next_state(state, action.clone()).as_ref() == Some(next);
                ensure(leads_there, || format!("step {step}: {action} leads elsewhere"))?;
            }
        }
        state = next;
    }
    ensure(model.within_boundary(state), || "the path ends past the boundary".into())
}

/// The last state is the one in which the loop begins.
fn close<S: PartialEq, A>(trace: &Trace<S, A>, loop_start: usize) -> Result<(), String> {
    ensure(loop_start < trace.steps.len(), || "the loop has no step".into())?;
    let is_closed = trace.state(loop_start) == Some(trace.last());
    ensure(is_closed, || "the loop does not return to where it begins".into())
}

/// Going round the loop for ever is fair.
fn fair<M: Specification>(
    model: &M,
    trace: &Trace<M::State, M::Action>,
    loop_start: usize,
) -> Result<(), String> {
    let mut taken = BTreeSet::new();
    let mut enabled_somewhere = BTreeSet::new();
    let mut enabled_everywhere: Option<BTreeSet<_>> = None;
    for index in loop_start..trace.steps.len() {
        let (action, next) = &trace.steps[index];
        let before = trace.state(index).ok_or("the loop begins after its end")?;
        let changing_action = action.as_ref().filter(|_| next != before);
        let fairness = changing_action.map(|action| model.fairness(action));
        ensure(fairness != Some(Fairness::Finite), || {
            format!("step {} recurs for ever but is to end", index + 1)
        })?;
        taken.extend(fairness);
        let enabled = enabled_in(model, before);
        enabled_somewhere.extend(enabled.iter().copied());
        enabled_everywhere = Some(match enabled_everywhere {
            None => enabled,
            Some(others) => others.intersection(&enabled).copied().collect(),
        });
    }
    for fairness in enabled_everywhere.unwrap_or_default() {
        if let Fairness::Weak(constraint) = fairness
            && !taken.contains(&fairness)
        {
            return Err(format!("the loop neglects {constraint}, which is always enabled"));
        }
    }
    for fairness in enabled_somewhere {
        if let Fairness::Strong(constraint) = fairness
            && !taken.contains(&fairness)
        {
            return Err(format!("the loop neglects {constraint}, which is enabled in it"));
        }
    }
    Ok(())
}

/// The fairness of every action that would change the state.
fn enabled_in<M: Specification>(model: &M, state: &M::State) -> BTreeSet<Fairness<M::Constraint>> {
    let mut offered = Vec::new();
    model.actions(state, &mut offered);
    let changing = offered.into_iter().filter(|action| {
        model.next_state(state, action.clone()).is_some_and(|next| next != *state)
    });
    changing.map(|action| model.fairness(&action)).collect()
}

/// Going round the loop for ever breaks the claim.
fn breaks_for_ever<M: Specification>(
    model: &M,
    form: &Form<M>,
    trace: &Trace<M::State, M::Action>,
    loop_start: usize,
) -> Result<(), String> {
    let states: Vec<&M::State> = (0..=trace.steps.len()).filter_map(|n| trace.state(n)).collect();
    let round = &states[loop_start..];
    let never = |predicate: Predicate<M>, states: &[&M::State]| {
        !states.iter().any(|state| predicate(model, state))
    };
    match *form {
        Form::Eventually(goal) => {
            ensure(never(goal, &states), || "the lasso does reach the goal".into())
        }
        Form::InfinitelyOften(goal) => {
            ensure(never(goal, round), || "the loop does reach the goal".into())
        }
        Form::EventuallyAlways(goal) => {
            let is_left = round.iter().any(|state| !goal(model, state));
            ensure(is_left, || "the loop stays where the claim wants it".into())
        }
        Form::LeadsTo(trigger, goal) => {
            ensure(never(goal, round), || "the loop does reach the goal".into())?;
            let is_unanswered =
                |at: usize| trigger(model, states[at]) && never(goal, &states[at..]);
            let any = (0..states.len()).any(is_unanswered);
            ensure(any, || "every trigger is followed by the goal".into())
        }
        _ => Err("not a liveness claim".into()),
    }
}

/// The last state, or the last step, decides the claim.
fn decides<M: Specification>(
    model: &M,
    form: &Form<M>,
    trace: &Trace<M::State, M::Action>,
) -> Result<(), String> {
    let last = trace.last();
    match *form {
        Form::Always { when, holds } => {
            let is_meant = when.is_none_or(|when| when(model, last));
            ensure(is_meant, || "the last state is not one that the claim means".into())?;
            ensure(!holds(model, last), || "the last state satisfies the claim".into())
        }
        Form::Sometimes(holds) => {
            ensure(holds(model, last), || "the last state is no witness".into())
        }
        Form::Step { when, holds } => {
            let Some((Some(action), next)) = trace.steps.last() else {
                return Err("the path has no last step".into());
            };
            let before = trace.state(trace.steps.len() - 1).ok_or("the path has no states")?;
            let is_meant = when(model, before, action, next);
            ensure(is_meant, || "the last step is not one that the claim means".into())?;
            let is_kept = holds(model, before, action, next);
            ensure(!is_kept, || "the last step satisfies the claim".into())
        }
        Form::NoDeadlock { terminal } => {
            ensure(!terminal(model, last), || "the last state is one that may be last".into())?;
            let is_stuck = enabled_in(model, last).is_empty();
            ensure(is_stuck, || "a step leaves the last state".into())
        }
        Form::Recoverable { goal, using } => unrecoverable(model, goal, using, last),
        _ => Err("not a claim about states or steps".into()),
    }
}

/// No goal can be reached from the state, as far as this looks.
fn unrecoverable<M: Specification>(
    model: &M,
    goal: Predicate<M>,
    using: fn(&M::Action) -> bool,
    from: &M::State,
) -> Result<(), String> {
    let mut seen = BTreeSet::from([from.clone()]);
    let mut unexplored = vec![from.clone()];
    while let Some(state) = unexplored.pop() {
        ensure(!goal(model, &state), || format!("the goal can be reached: {state:?}"))?;
        ensure(model.within_boundary(&state), || {
            format!("the boundary hides whether the goal can be reached from {state:?}")
        })?;
        let mut offered = Vec::new();
        model.actions(&state, &mut offered);
        for action in offered.into_iter().filter(using) {
            let next = model.next_state(&state, action);
            if let Some(next) = next
                && seen.len() < LOOKED_AT
                && seen.insert(next.clone())
            {
                unexplored.push(next);
            }
        }
    }
    Ok(())
}
