//! Evidence that was tampered with is refused.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::common::{Take, Tiny, claim, decide, is_p, is_q, limits};
use straightedge_models::engine::Fairness::{Finite, Strong, Unfair, Weak};
use straightedge_models::engine::trace::Trace;
use straightedge_models::engine::validate::validate;
use straightedge_models::engine::{Form, Verdict};

type Path = Trace<u8, Take>;

/// 0 → 1 ⇄ 2, and from 2 a way out to 3 that must be taken if it stays open.
fn model() -> Tiny {
    Tiny {
        initial: vec![0],
        ways: vec![
            (0, 1, Weak(0)),
            (1, 2, Weak(1)),
            (2, 1, Weak(2)),
            (2, 3, Weak(3)),
            (1, 0, Finite),
        ],
        p: vec![3],
        q: vec![1],
        ..Tiny::default()
    }
}

fn take(way: usize) -> Take {
    Take { way, is_finite: way == 4 }
}

fn path(steps: &[(Option<usize>, u8)], loop_start: Option<usize>) -> Path {
    let steps = steps.iter().map(|&(way, state)| (way.map(take), state)).collect();
    Trace { initial: 0, steps, loop_start }
}

fn lasso() -> Path {
    path(&[(Some(0), 1), (Some(1), 2), (Some(2), 1)], Some(1))
}

fn refusal_with(model: &Tiny, form: Form<Tiny>, verdict: &Verdict, trace: &Path) -> String {
    validate(model, &claim(form), verdict, trace).expect_err("evidence that shows nothing passed")
}

fn refusal(form: Form<Tiny>, trace: &Path) -> String {
    refusal_with(&model(), form, &Verdict::Violated, trace)
}

const EVENTUALLY: Form<Tiny> = Form::Eventually(is_p);

#[test]
fn the_untouched_lasso_passes_and_is_the_one_found() {
    validate(&model(), &claim(EVENTUALLY), &Verdict::Violated, &lasso()).unwrap();
    let decision = decide(&model(), EVENTUALLY, limits(1));
    assert_eq!(decision.trace, Some(lasso()));
    for form in [Form::InfinitelyOften(is_p), Form::EventuallyAlways(is_p)] {
        validate(&model(), &claim(form), &Verdict::Violated, &lasso()).unwrap();
    }
    validate(&model(), &claim(Form::LeadsTo(is_q, is_p)), &Verdict::Violated, &lasso()).unwrap();
}

#[test]
fn a_start_that_is_not_initial_is_refused() {
    let trace = Trace { initial: 1, ..path(&[(Some(1), 2), (Some(2), 1)], Some(0)) };
    assert_eq!(refusal(EVENTUALLY, &trace), "1 is not initial");
}

#[test]
fn a_wrong_action_is_refused() {
    let mut trace = lasso();
    trace.steps[1].0 = Some(take(0));
    assert_eq!(refusal(EVENTUALLY, &trace), "step 2: take(0) is not offered");
    let mut trace = lasso();
    trace.steps[2].0 = Some(take(3));
    assert_eq!(refusal(EVENTUALLY, &trace), "step 3: take(3) leads elsewhere");
}

#[test]
fn a_wrong_state_is_refused() {
    let mut trace = lasso();
    trace.steps[1].1 = 0;
    assert_eq!(refusal(EVENTUALLY, &trace), "step 2: take(1) leads elsewhere");
}

#[test]
fn a_loop_that_does_not_close_is_refused() {
    let open = path(&[(Some(0), 1), (Some(1), 2)], Some(1));
    assert_eq!(refusal(EVENTUALLY, &open), "the loop does not return to where it begins");
    let late = Trace { loop_start: Some(3), ..lasso() };
    assert_eq!(refusal(EVENTUALLY, &late), "the loop has no step");
    let none = Trace { loop_start: None, ..lasso() };
    assert_eq!(refusal(EVENTUALLY, &none), "a liveness claim needs a loop");
    let never = Trace { loop_start: Some(usize::MAX), ..lasso() };
    assert_eq!(refusal(EVENTUALLY, &never), "the loop has no step");
}

#[test]
fn stutters_are_for_loops_and_change_nothing() {
    let early = path(&[(None, 0), (Some(0), 1), (Some(1), 2), (Some(2), 1)], Some(2));
    assert_eq!(refusal(EVENTUALLY, &early), "step 1 stutters outside a loop");
    let jump = path(&[(Some(0), 1), (None, 2), (Some(2), 1)], Some(1));
    assert_eq!(refusal(EVENTUALLY, &jump), "step 2 stutters but changes the state");
}

#[test]
fn an_unfair_loop_is_refused() {
    let idle = path(&[(Some(0), 1), (None, 1)], Some(1));
    assert_eq!(refusal(EVENTUALLY, &idle), "the loop neglects 1, which is always enabled");
    let mut model = model();
    model.ways[3].2 = Strong(3);
    let why = refusal_with(&model, EVENTUALLY, &Verdict::Violated, &lasso());
    assert_eq!(why, "the loop neglects 3, which is enabled in it");
    let ending = path(&[(Some(0), 1), (Some(4), 0)], Some(0));
    assert_eq!(refusal(EVENTUALLY, &ending), "step 2 recurs for ever but is to end");
}

#[test]
fn a_step_past_the_boundary_is_refused() {
    let model = Tiny { outside: vec![2], ..model() };
    let why = refusal_with(&model, EVENTUALLY, &Verdict::Violated, &lasso());
    assert_eq!(why, "step 3 begins past the boundary");
    let form = Form::Always { when: None, holds: is_q };
    let trace = path(&[(Some(0), 1), (Some(1), 2)], None);
    let why = refusal_with(&model, form, &Verdict::Violated, &trace);
    assert_eq!(why, "the path ends past the boundary");
}

#[test]
fn a_loop_that_keeps_the_claim_is_refused() {
    let out = path(&[(Some(0), 1), (Some(1), 2), (Some(3), 3), (None, 3)], Some(3));
    assert_eq!(refusal(EVENTUALLY, &out), "the lasso does reach the goal");
    assert_eq!(refusal(Form::InfinitelyOften(is_p), &out), "the loop does reach the goal");
    let stays = "the loop stays where the claim wants it";
    assert_eq!(refusal(Form::EventuallyAlways(is_p), &out), stays);
    assert_eq!(refusal(Form::LeadsTo(is_q, is_p), &out), "the loop does reach the goal");
    // Reached on the way, and then left for ever: fatal to `eventually` only.
    let model = Tiny { ways: vec![(0, 1, Weak(0)), (1, 2, Weak(0))], p: vec![1], ..model() };
    let passing = path(&[(Some(0), 1), (Some(1), 2), (None, 2)], Some(2));
    let check = |form| validate(&model, &claim(form), &Verdict::Violated, &passing);
    assert_eq!(check(EVENTUALLY).unwrap_err(), "the lasso does reach the goal");
    check(Form::InfinitelyOften(is_p)).unwrap();
    // Every state in which q is true, 1, satisfies p itself.
    let answered = check(Form::LeadsTo(is_q, is_p)).unwrap_err();
    assert_eq!(answered, "every trigger is followed by the goal");
}

#[test]
fn a_verdict_that_no_trace_can_show_is_refused() {
    let trace = path(&[], None);
    let always = Form::Always { when: None, holds: is_p };
    for verdict in [Verdict::Holds, Verdict::Vacuous, Verdict::Inconclusive("?".into())] {
        assert!(refusal_with(&model(), always, &verdict, &trace).starts_with("no trace can show"));
    }
    let why = refusal(Form::Sometimes(is_p), &trace);
    assert_eq!(why, "no trace can show that claim is violated");
    let looping = refusal(always, &lasso());
    assert_eq!(looping, "only a liveness claim has a loop");
}

#[test]
fn a_last_state_or_step_that_shows_nothing_is_refused() {
    let (there, here) = (path(&[(Some(0), 1)], None), path(&[], None));
    let always = Form::Always { when: Some(is_q), holds: is_q };
    assert_eq!(refusal(always, &here), "the last state is not one that the claim means");
    assert_eq!(refusal(always, &there), "the last state satisfies the claim");
    let witness = refusal_with(&model(), Form::Sometimes(is_q), &Verdict::Holds, &here);
    assert_eq!(witness, "the last state is no witness");
    validate(&model(), &claim(Form::Sometimes(is_q)), &Verdict::Holds, &there).unwrap();
    let step = |when, holds| Form::Step { when, holds };
    assert_eq!(
        refusal(step(|_, _, _, _| true, |_, _, _, _| false), &here),
        "the path has no last step"
    );
    let meant = refusal(step(|_, _, _, _| false, |_, _, _, _| false), &there);
    assert_eq!(meant, "the last step is not one that the claim means");
    let kept = refusal(step(|_, _, _, _| true, |_, from, _, to| to > from), &there);
    assert_eq!(kept, "the last step satisfies the claim");
    let deadlock = Form::NoDeadlock { terminal: is_q };
    assert_eq!(refusal(deadlock, &there), "the last state is one that may be last");
    assert_eq!(refusal(deadlock, &here), "a step leaves the last state");
}

#[test]
fn a_goal_that_can_be_reached_after_all_is_found() {
    let form = Form::Recoverable { goal: is_p, using: |_| true };
    let there = path(&[(Some(0), 1)], None);
    assert_eq!(refusal(form, &there), "the goal can be reached: 3");
    let hidden = Tiny { outside: vec![3], ..model() };
    let why = refusal_with(&hidden, form, &Verdict::Violated, &there);
    assert_eq!(why, "the goal can be reached: 3");
    let lost = Tiny { ways: vec![(0, 1, Unfair), (0, 3, Unfair)], ..model() };
    validate(&lost, &claim(form), &Verdict::Violated, &there).unwrap();
}
