//! The rules for large circles are the model's, where the model is large enough.

use std::collections::BTreeSet;

use stateright::Model;
use straightedge::conformance::chord::CircleId;
use straightedge::conformance::chord::observed::{from_model, to_model};
use straightedge::conformance::chord::rules::{self, Step};
use straightedge_models::chord::{self, Action, Chord, Pending, between};
use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::run::unattended;

use crate::limits;

fn rule(circle: u8, action: Action) -> Option<Step> {
    let id = |number| CircleId::wrapped(circle, u64::from(number));
    Some(match action {
        Action::Join { node, via } => Step::Join { node: id(node), via: id(via) },
        Action::StabilizeFromSuccessor(node) => Step::StabilizeFromSuccessor(id(node)),
        Action::StabilizeFromPredecessor(node) => Step::StabilizeFromPredecessor(id(node)),
        Action::Rectify { node, from } => Step::Rectify { node: id(node), from: id(from) },
        Action::Fail(node) => Step::Fail(id(node)),
        _ => return None,
    })
}

/// Every step that anyone could think of.
fn candidates(n: u8) -> Vec<Action> {
    let pairs = (0..n).flat_map(|a| (0..n).map(move |b| (a, b)));
    let with_two = pairs.flat_map(|(node, other)| {
        [Action::Join { node, via: other }, Action::Rectify { node, from: other }]
    });
    let with_one = (0..n).flat_map(|node| {
        [
            Action::StabilizeFromSuccessor(node),
            Action::StabilizeFromPredecessor(node),
            Action::Fail(node),
        ]
    });
    with_two.chain(with_one).collect()
}

fn compare(model: &Chord) -> u64 {
    let circle = model.nodes;
    let graph = unattended(limits(), |run| Graph::build(model, Build::default(), run));
    let (mut taken, mut refused) = (0, 0);
    for state in graph.states() {
        let observed = from_model(circle, state);
        assert_eq!(to_model(&observed), *state);
        for action in candidates(circle) {
            let expected = model.next_state(state, action);
            let step = rule(circle, action).unwrap();
            let next = rules::next(&observed, step, model.successors);
            assert_eq!(next.map(|next| to_model(&next)), expected, "{action} in {state:?}");
            let count = if expected.is_some() { &mut taken } else { &mut refused };
            *count += 1;
        }
    }
    assert_eq!(taken, graph.transitions(), "every step of the graph");
    refused
}

#[test]
fn the_rules_take_and_refuse_the_steps_of_the_model() {
    let three = compare(&Chord::corrected(3, 1).pending(Pending::NotifierSet));
    let four = compare(&Chord::corrected(4, 2).pending(Pending::NotifierSet));
    assert!(three + four > 400_000, "{three} and {four} refusals");
}

#[test]
fn what_is_met_on_a_walk_is_what_lies_between() {
    let id = |number| CircleId::wrapped(7, u64::from(number));
    for a in 0..7 {
        for b in 0..7 {
            for c in 0..7 {
                let is_met = rules::is_met(id(a), id(b), id(c));
                assert_eq!(is_met, between(a, b, c), "{a} {b} {c}");
            }
        }
    }
}

#[test]
fn a_wrong_rule_would_be_seen() {
    let model = Chord::corrected(3, 1).pending(Pending::NotifierSet);
    let id = |number| CircleId::wrapped(3, number);
    let start = from_model(3, &model.initial_state());
    let step = Step::StabilizeFromSuccessor(id(0));
    let next = rules::next(&start, step, 1).unwrap();
    assert_ne!(to_model(&next), model.initial_state(), "it leaves its name");
    let named: BTreeSet<_> =
        candidates(3).into_iter().filter_map(|action| rule(3, action)).collect();
    assert_eq!(named.len(), 2 * 9 + 3 * 3);
    let seen: chord::State =
        to_model(&rules::next(&next, Step::Rectify { node: id(1), from: id(0) }, 1).unwrap());
    assert_eq!(seen, model.initial_state());
}
