//! The plain check: every step from every state of the invariant, as far as lists go.
//!
//! Slower than the check of lists, and bounded; but it looks at whole states, so it also sees the
//! guard on principals, and that no principal is lost but by its own failure.
//!
//! Source: CHORD-18, CHORD-25.

use std::ops::ControlFlow;

use super::findings::{Counterexample, Findings};
use super::jobs::Meter;
use super::rules::{Operation, Rules, Step};
use super::space::Space;
use crate::chord::shape::Shape;
use crate::chord::{Id, Set};

pub(super) const INVARIANT: usize = 0;
pub(super) const PRINCIPALS: usize = 1;
pub(super) const CLAIMS: usize = 2;

/// The steps from one state, each with the state after it, in a fixed order. A member may be
/// about to ask any candidate at all: what its predecessors and slots say is not looked at.
pub(super) fn successors(rules: Rules, shape: &Shape) -> Vec<(Step, Shape)> {
    let mut steps = Vec::new();
    for node in 0..rules.n {
        if shape.members().contains(node) {
            stabilize_from_successor(rules, shape, node, &mut steps);
            stabilize_from_predecessor(rules, shape, node, &mut steps);
            fail(rules, shape, node, &mut steps);
        } else {
            join(rules, shape, node, &mut steps);
        }
    }
    steps
}

fn stabilize_from_successor(rules: Rules, shape: &Shape, node: Id, steps: &mut Vec<(Step, Shape)>) {
    let own = shape.list(node);
    let Some(head) = own.head() else { return };
    let is_alive = shape.members().contains(head);
    let mut write = |operation, list| {
        let step = Step { operation, node, other: None };
        steps.push((step, rules.rewrite(shape, shape.members(), &[(node, list)])));
    };
    if is_alive {
        let list = rules.adopt_successor(head, shape.list(head));
        write(Operation::StabilizeFromSuccessor, list);
    }
    if rules.may_drop_head(is_alive) {
        write(Operation::DropDeadHead, rules.drop_head(own));
    }
}

fn stabilize_from_predecessor(
    rules: Rules,
    shape: &Shape,
    node: Id,
    steps: &mut Vec<(Step, Shape)>,
) {
    let own = shape.list(node);
    let Some(head) = own.head() else { return };
    for candidate in (0..rules.n).filter(|&q| rules.may_ask(node, q, head)) {
        let is_alive = shape.members().contains(candidate);
        let answer = is_alive.then(|| shape.list(candidate));
        let Some(list) = rules.ask_candidate(candidate, answer, own) else { continue };
        let step =
            Step { operation: Operation::StabilizeFromPredecessor, node, other: Some(candidate) };
        steps.push((step, rules.rewrite(shape, shape.members(), &[(node, list)])));
    }
}

fn join(rules: Rules, shape: &Shape, node: Id, steps: &mut Vec<(Step, Shape)>) {
    for via in shape.members() {
        let its_list = shape.list(via);
        if rules.may_join(node, via, its_list) {
            let step = Step { operation: Operation::Join, node, other: Some(via) };
            let members = shape.members().with(node);
            steps.push((step, rules.rewrite(shape, members, &[(node, its_list)])));
        }
    }
}

fn fail(rules: Rules, shape: &Shape, node: Id, steps: &mut Vec<(Step, Shape)>) {
    if rules.may_fail(shape, node) {
        let step = Step { operation: Operation::Fail, node, other: None };
        steps.push((step, rules.rewrite(shape, shape.members().without(node), &[])));
    }
}

/// Checks every step from every state of one part of a space.
pub(super) fn check(rules: Rules, space: &Space, part: usize, meter: &Meter) -> Findings {
    let mut found = Findings::new(CLAIMS, Operation::ALL.len());
    let _ = space.visit(part, &mut |shape| {
        found.states += 1;
        let before = found.transitions();
        for (step, after) in successors(rules, shape) {
            check_step(rules, shape, step, &after, &mut found);
        }
        meter.add(1, found.transitions() - before);
        if meter.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    found
}

fn check_step(rules: Rules, before: &Shape, step: Step, after: &Shape, found: &mut Findings) {
    found.count(step.operation as usize, before != after);
    let counterexample = |because: String| Counterexample::step(*before, step, *after, because);
    found.ask(INVARIANT, rules.invariant(after), || {
        let lonely = after.without_live_successor();
        let principals = after.principals();
        counterexample(if lonely.is_empty() {
            format!("only {principals} are principals, and {} are needed", rules.r + 1)
        } else {
            format!("no live successor is listed by {lonely}")
        })
    });
    let expected_loss = match step.operation {
        Operation::Fail => before.principals().intersection(Set::of(step.node)),
        _ => Set::EMPTY,
    };
    let loss = before.principals().minus(after.principals());
    found.ask(PRINCIPALS, loss == expected_loss, || {
        counterexample(format!("{loss} are no longer principals"))
    });
}
