//! Liveness on graphs that can be drawn on paper: the verdict, and the loop that is shown.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::common;

use crate::common::{Tiny, Way, decide, is_p, is_q, limits};
use straightedge_models::engine::Fairness::{Finite, Strong, Unfair, Weak};
use straightedge_models::engine::decision::Decision;
use straightedge_models::engine::{Form, Verdict};

fn tiny(ways: &[Way], p: &[u8]) -> Tiny {
    Tiny { initial: vec![0], ways: ways.to_vec(), p: p.to_vec(), ..Tiny::default() }
}

fn ask(model: &Tiny, form: Form<Tiny>) -> Decision<Tiny> {
    decide(model, form, limits(1))
}

fn verdict(model: &Tiny, form: Form<Tiny>) -> Verdict {
    ask(model, form).verdict
}

/// The lasso as text: the states before the loop, and those of the loop; `.` is a stutter.
fn lasso(decision: &Decision<Tiny>) -> String {
    let trace = decision.trace.as_ref().expect("a violated claim has a lasso");
    let mut text = trace.initial.to_string();
    for (index, (action, state)) in trace.steps.iter().enumerate() {
        let opening = if trace.loop_start == Some(index) { " (" } else { " " };
        let arrow = if action.is_some() { "" } else { "." };
        text = format!("{text}{opening}{arrow}{state}");
    }
    text + ")"
}

#[test]
fn a_cycle_that_never_reaches_the_goal_is_found() {
    let model = tiny(&[(0, 1, Weak(0)), (1, 2, Weak(1)), (2, 1, Weak(2))], &[3]);
    let decision = ask(&model, Form::Eventually(is_p));
    assert_eq!(decision.verdict, Verdict::Violated);
    assert_eq!(lasso(&decision), "0 1 (2 1)");
    assert_eq!(decision.fair_because, ["1: taken at step 2", "2: taken at step 3"]);
}

#[test]
fn one_branch_of_a_diamond_that_misses_the_goal_is_enough() {
    let both = [(0, 1, Weak(0)), (0, 2, Weak(0)), (1, 3, Weak(0)), (2, 3, Weak(0))];
    assert_eq!(verdict(&tiny(&both, &[1]), Form::Eventually(is_p)), Verdict::Violated);
    assert_eq!(lasso(&ask(&tiny(&both, &[1]), Form::Eventually(is_p))), "0 2 3 (.3)");
    assert_eq!(verdict(&tiny(&both, &[1, 2]), Form::Eventually(is_p)), Verdict::Holds);
    assert_eq!(verdict(&tiny(&both, &[3]), Form::Eventually(is_p)), Verdict::Holds);
}

#[test]
fn a_join_after_the_goal_was_missed_is_not_taken_for_a_success() {
    // 3 is reached over 1, which satisfies, and over 2, which does not.
    let ways = [(0, 1, Weak(0)), (1, 3, Weak(0)), (0, 2, Weak(0)), (2, 3, Weak(0))];
    let model = tiny(&ways, &[1]);
    assert_eq!(lasso(&ask(&model, Form::Eventually(is_p))), "0 2 3 (.3)");
}

#[test]
fn a_loop_that_neglects_an_enabled_action_is_not_fair() {
    let spin =
        |way_out| tiny(&[(0, 1, Unfair), (1, 0, Unfair), (0, 2, way_out), (1, 2, way_out)], &[2]);
    assert_eq!(verdict(&spin(Unfair), Form::Eventually(is_p)), Verdict::Violated);
    assert_eq!(verdict(&spin(Weak(7)), Form::Eventually(is_p)), Verdict::Holds);
    assert_eq!(verdict(&spin(Strong(7)), Form::Eventually(is_p)), Verdict::Holds);
}

#[test]
fn an_action_enabled_again_and_again_needs_strong_fairness() {
    // The way out is open in 0 and shut in 1; staying in 0 is barred by the step to 1.
    let spin = |way_out| tiny(&[(0, 1, Weak(0)), (1, 0, Weak(1)), (0, 2, way_out)], &[2]);
    let decision = ask(&spin(Weak(7)), Form::Eventually(is_p));
    assert_eq!(decision.verdict, Verdict::Violated);
    assert_eq!(lasso(&decision), "0 (1 0)");
    assert_eq!(
        decision.fair_because,
        ["0: taken at step 1", "7: disabled at step 1", "1: taken at step 2"]
    );
    assert_eq!(verdict(&spin(Strong(7)), Form::Eventually(is_p)), Verdict::Holds);
}

#[test]
fn strong_fairness_spares_a_loop_that_avoids_the_states_that_enable() {
    // The whole component neglects 7, but its part {1, 2} does not enable it.
    let ways =
        [(0, 1, Unfair), (1, 2, Weak(1)), (2, 1, Weak(2)), (2, 0, Unfair), (0, 3, Strong(7))];
    let decision = ask(&tiny(&ways, &[3]), Form::Eventually(is_p));
    assert_eq!(decision.verdict, Verdict::Violated);
    assert_eq!(lasso(&decision), "0 1 (2 1)");
}

#[test]
fn weak_fairness_is_judged_again_on_what_strong_fairness_leaves() {
    // In the whole component 5 is disabled in 0; in what remains without 0 it is always enabled.
    let ways = [
        (0, 1, Unfair),
        (1, 2, Unfair),
        (2, 1, Unfair),
        (2, 0, Unfair),
        (0, 3, Strong(7)),
        (1, 3, Weak(5)),
        (2, 3, Weak(5)),
    ];
    assert_eq!(verdict(&tiny(&ways, &[3]), Form::Eventually(is_p)), Verdict::Holds);
    let without_strong: Vec<Way> = ways.into_iter().filter(|way| way.2 != Strong(7)).collect();
    let decision = ask(&tiny(&without_strong, &[3]), Form::Eventually(is_p));
    assert_eq!(lasso(&decision), "0 (.0)");
}

#[test]
fn two_fair_actions_that_alternate_are_both_taken() {
    let ways = [(0, 1, Strong(0)), (1, 0, Strong(1))];
    let decision = ask(&tiny(&ways, &[2]), Form::InfinitelyOften(is_p));
    assert_eq!(lasso(&decision), "0 (1 0)");
    assert_eq!(decision.fair_because, ["0: taken at step 1", "1: taken at step 2"]);
    assert_eq!(verdict(&tiny(&ways, &[1]), Form::InfinitelyOften(is_p)), Verdict::Holds);
    // With one of them unfair, the other may wait for ever.
    let ways = [(0, 1, Strong(0)), (1, 0, Unfair)];
    let decision = ask(&tiny(&ways, &[0]), Form::InfinitelyOften(is_p));
    assert_eq!(lasso(&decision), "0 1 (.1)");
}

#[test]
fn actions_of_one_constraint_are_one_fair_action() {
    let ways = |way_out| [(0, 1, Weak(0)), (1, 0, Weak(0)), (0, 2, way_out), (1, 2, way_out)];
    assert_eq!(verdict(&tiny(&ways(Weak(0)), &[2]), Form::Eventually(is_p)), Verdict::Violated);
    assert_eq!(verdict(&tiny(&ways(Weak(1)), &[2]), Form::Eventually(is_p)), Verdict::Holds);
}

#[test]
fn a_terminal_state_stutters_for_ever() {
    let model = tiny(&[(0, 1, Weak(0))], &[0]);
    assert_eq!(lasso(&ask(&model, Form::InfinitelyOften(is_p))), "0 1 (.1)");
    assert_eq!(lasso(&ask(&model, Form::EventuallyAlways(is_p))), "0 1 (.1)");
    let model = tiny(&[(0, 1, Weak(0))], &[1]);
    assert_eq!(verdict(&model, Form::EventuallyAlways(is_p)), Verdict::Holds);
}

#[test]
fn a_step_that_changes_nothing_is_neither_enabled_nor_taken() {
    let decision = ask(&tiny(&[(0, 0, Strong(0)), (0, 0, Weak(1))], &[1]), Form::Eventually(is_p));
    assert_eq!(lasso(&decision), "0 (.0)");
    assert_eq!(decision.fair_because, ["no fair action is enabled in the loop"]);
    // The self-loop does not serve the constraint whose other action leads out.
    let model = tiny(&[(0, 0, Weak(0)), (0, 1, Weak(0))], &[1]);
    assert_eq!(verdict(&model, Form::Eventually(is_p)), Verdict::Holds);
}

#[test]
fn enabledness_is_measured_outside_the_region_too() {
    // Inside the region of not-p nothing is enabled in 1; in the whole graph the step to 2 is.
    let model = tiny(&[(0, 1, Weak(0)), (1, 2, Weak(1))], &[2]);
    assert_eq!(verdict(&model, Form::Eventually(is_p)), Verdict::Holds);
    assert_eq!(verdict(&model, Form::InfinitelyOften(is_p)), Verdict::Holds);
}

#[test]
fn always_at_last_is_more_than_again_and_again() {
    let model = tiny(&[(0, 1, Weak(0)), (1, 0, Weak(1))], &[1]);
    assert_eq!(verdict(&model, Form::InfinitelyOften(is_p)), Verdict::Holds);
    let decision = ask(&model, Form::EventuallyAlways(is_p));
    assert_eq!(decision.verdict, Verdict::Violated);
    assert_eq!(lasso(&decision), "0 (1 0)");
}

#[test]
fn always_at_last_is_judged_again_after_states_are_deleted() {
    // The component {0, 1, 2} leaves p in 0 only; 0 enables 7, which no loop takes.
    let ways =
        [(0, 1, Weak(0)), (1, 2, Weak(1)), (2, 1, Weak(2)), (2, 0, Unfair), (0, 3, Strong(7))];
    assert_eq!(verdict(&tiny(&ways, &[1, 2, 3]), Form::EventuallyAlways(is_p)), Verdict::Holds);
    assert_eq!(verdict(&tiny(&ways, &[1, 3]), Form::EventuallyAlways(is_p)), Verdict::Violated);
}

#[test]
fn what_happens_finitely_often_is_in_no_loop() {
    let model = |back| tiny(&[(0, 1, Weak(0)), (1, 0, back)], &[1]);
    assert_eq!(verdict(&model(Unfair), Form::EventuallyAlways(is_p)), Verdict::Violated);
    assert_eq!(verdict(&model(Finite), Form::EventuallyAlways(is_p)), Verdict::Holds);
    // It may occur before the loop.
    let model = tiny(&[(0, 1, Finite), (1, 2, Weak(0)), (2, 1, Weak(1))], &[0]);
    assert_eq!(lasso(&ask(&model, Form::InfinitelyOften(is_p))), "0 1 (2 1)");
}

#[test]
fn the_way_to_the_loop_must_miss_the_goal_for_eventually_only() {
    let model = tiny(&[(0, 1, Weak(0)), (1, 2, Weak(1))], &[1]);
    assert_eq!(verdict(&model, Form::Eventually(is_p)), Verdict::Holds);
    assert_eq!(lasso(&ask(&model, Form::InfinitelyOften(is_p))), "0 1 2 (.2)");
}

#[test]
fn a_trigger_that_is_never_answered_breaks_leads_to() {
    let ways = [(0, 1, Weak(0)), (1, 2, Weak(0)), (2, 3, Weak(0))];
    let ask_with = |q: &[u8], p: &[u8]| {
        ask(&Tiny { q: q.to_vec(), ..tiny(&ways, p) }, Form::LeadsTo(is_q, is_p))
    };
    assert_eq!(ask_with(&[1], &[2]).verdict, Verdict::Holds);
    assert_eq!(lasso(&ask_with(&[2], &[1])), "0 1 2 3 (.3)");
    assert_eq!(ask_with(&[2], &[2]).verdict, Verdict::Holds);
    assert_eq!(ask_with(&[9], &[2]).verdict, Verdict::Vacuous);
}

#[test]
fn no_initial_state_makes_every_claim_vacuous() {
    for form in common::forms() {
        assert_eq!(verdict(&Tiny::default(), form), Verdict::Vacuous, "{}", form.name());
    }
}

#[test]
fn a_boundary_is_inconclusive_unless_the_lasso_avoids_it() {
    let ways = [(0, 1, Weak(0)), (0, 2, Weak(0)), (2, 2, Unfair)];
    let cut = Tiny { outside: vec![1], ..tiny(&ways, &[9]) };
    assert_eq!(lasso(&ask(&cut, Form::Eventually(is_p))), "0 2 (.2)");
    let cut = Tiny { outside: vec![1], ..tiny(&ways, &[2]) };
    assert!(matches!(verdict(&cut, Form::Eventually(is_p)), Verdict::Inconclusive(_)));
    // The only way on leads past the boundary: it is enabled, so that resting in 0 is not fair.
    let cut = Tiny { outside: vec![1], ..tiny(&[(0, 1, Weak(0))], &[9]) };
    assert!(matches!(verdict(&cut, Form::Eventually(is_p)), Verdict::Inconclusive(_)));
}

#[test]
fn what_lies_behind_the_goal_is_of_no_interest_to_eventually() {
    let cut = Tiny { outside: vec![2], ..tiny(&[(0, 1, Weak(0)), (1, 2, Weak(0))], &[1]) };
    assert_eq!(verdict(&cut, Form::Eventually(is_p)), Verdict::Holds);
    assert!(matches!(verdict(&cut, Form::InfinitelyOften(is_p)), Verdict::Inconclusive(_)));
}

#[test]
fn the_nearest_component_is_shown_and_its_loop_is_short() {
    // A ring of six with a chord; the constraint 9 is served in 3, which the chord passes by.
    let ring: Vec<Way> = (0..6).map(|n| (n, (n + 1) % 6, Unfair)).collect();
    let ways = [&ring[..], &[(1, 5, Unfair), (5, 3, Unfair)]].concat();
    let ways = [&ways[..], &(0..6).map(|n| (n, n ^ 1, Weak(9))).collect::<Vec<_>>()].concat();
    let decision = ask(&tiny(&ways, &[9]), Form::Eventually(is_p));
    assert_eq!(lasso(&decision), "0 (1 0)");
    assert_eq!(decision.fair_because, ["9: taken at step 1"]);
}

#[test]
fn a_witness_that_turns_out_to_be_redundant_is_dropped() {
    // On the way to 2, where both constraints are served, 1 served the first of them.
    let ways = [(0, 1, Weak(1)), (1, 0, Unfair), (0, 2, Weak(2)), (2, 0, Weak(9)), (1, 3, Weak(2))];
    assert_eq!(lasso(&ask(&tiny(&ways, &[3]), Form::InfinitelyOften(is_p))), "0 (2 0)");
}

#[test]
fn a_detour_that_fairness_does_not_need_is_cut() {
    // 1 serves the first constraint, but so does 4, which is on the way from 0 to 0 without it.
    let ways = [
        (0, 1, Weak(1)),
        (1, 4, Unfair),
        (4, 0, Weak(2)),
        (0, 4, Unfair),
        (0, 3, Weak(2)),
        (1, 3, Weak(2)),
    ];
    assert_eq!(lasso(&ask(&tiny(&ways, &[3]), Form::Eventually(is_p))), "0 (4 0)");
}

#[test]
fn a_loop_need_not_return_to_where_its_component_was_entered() {
    let ways = [
        (0, 1, Unfair),
        (1, 0, Unfair),
        (1, 2, Unfair),
        (2, 1, Weak(6)),
        (0, 3, Weak(5)),
        (1, 3, Weak(5)),
    ];
    let decision = ask(&tiny(&ways, &[3]), Form::Eventually(is_p));
    assert_eq!(lasso(&decision), "0 1 (2 1)");
    assert_eq!(decision.fair_because, ["5: disabled at step 2", "6: taken at step 3"]);
}

#[test]
fn recovery_uses_only_the_actions_that_are_allowed() {
    let form = Form::Recoverable { goal: is_p, using: common::not_finite };
    let ways = |back| [(0, 1, Finite), (1, 2, Unfair), (2, 0, back)];
    assert_eq!(verdict(&tiny(&ways(Unfair), &[0]), form), Verdict::Holds);
    let decision = ask(&tiny(&ways(Finite), &[0]), form);
    assert_eq!(decision.verdict, Verdict::Violated);
    let trace = decision.trace.unwrap();
    assert_eq!((trace.steps.len(), *trace.last()), (1, 1));
}
