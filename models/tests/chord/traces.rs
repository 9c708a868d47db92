//! The published counterexamples to the original protocol, event by event, and how short a
//! counterexample can be.

#![allow(clippy::unwrap_used)]

use stateright::Model;
use straightedge_models::chord::property::claims;
use straightedge_models::chord::{Action, Assembly, Chord, Id, List, Member, State};
use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::{Action as _, Form, Limits};

/// The claims about single states that are false in this one.
fn broken(chord: &Chord, state: &State) -> Vec<&'static str> {
    let is_broken = |form: &Form<Chord>| match form {
        Form::Always { holds, .. } => !holds(chord, state),
        _ => false,
    };
    claims(chord).iter().filter(|claim| is_broken(&claim.form)).map(|claim| claim.name).collect()
}

/// The state that is written as `0:[1 3|3] 1:[0 -|0]`: successors, then the predecessor.
fn state(text: &str) -> State {
    let member = |text: &str| {
        let (id, rest) = text.split_once(":[").unwrap();
        let (list, predecessor) = rest.trim_end_matches(']').split_once('|').unwrap();
        let entries: Vec<Id> = list.split(' ').filter_map(|entry| entry.parse().ok()).collect();
        (id.parse().unwrap(), Member::new(List::new(&entries), predecessor.parse().ok()))
    };
    text.split_inclusive(']').map(|part| member(part.trim())).collect()
}

/// Runs events such as `J3 S3 N0`. A join may go through any member; a notification is part of
/// the stabilization before it, whose new successor it names.
fn replay(chord: &Chord, events: &str) -> Vec<State> {
    let events: Vec<(char, Id)> = events
        .split(' ')
        .map(|event| (event.chars().next().unwrap(), event[1..].parse().unwrap()))
        .collect();
    let mut states = vec![chord.initial_state()];
    for (at, &(letter, node)) in events.iter().enumerate() {
        let take = |state: &State| -> Vec<State> {
            let step = |action| chord.next_state(state, action);
            match letter {
                'J' => {
                    (0..chord.nodes).filter_map(|via| step(Action::Join { node, via })).collect()
                }
                'S' => step(Action::Stabilize(node)).into_iter().collect(),
                'R' => step(Action::Reconcile(node)).into_iter().collect(),
                'U' => step(Action::Update(node)).into_iter().collect(),
                // In the published sequences a flush may find nothing to forget.
                'L' => vec![step(Action::Flush(node)).unwrap_or(*state)],
                'F' => step(Action::Fail(node)).into_iter().collect(),
                'N' => {
                    let (before, notifier) = events[at - 1];
                    let is_notified = state.successors(notifier).head() == Some(node);
                    (before == 'S' && is_notified).then_some(*state).into_iter().collect()
                }
                other => panic!("no event is called {other}"),
            }
        };
        states = states.iter().flat_map(take).collect();
        states.sort();
        states.dedup();
        assert!(
            !states.is_empty(),
            "event {} of {} is not enabled: {letter}{node}",
            at + 1,
            events.len()
        );
    }
    states
}

/// Replays a published sequence and checks its end.
fn ends_in(assembly: Assembly, events: &str, end: &str, expected: &[&str]) {
    let chord = Chord::original(4, assembly);
    let states = replay(&chord, events);
    let end = state(end);
    assert!(states.contains(&end), "{states:?}\nwhere there should be\n{end:?}");
    assert_eq!(broken(&chord, &end), expected);
}

#[test]
fn ordered_merges_breaks_as_published() {
    ends_in(
        Assembly::FIXED,
        "J3 S3 N0 S0 N3 J1 J2 S1 N3 S2 N3 S0 N2",
        "0:[2 -|3] 1:[3 -|-] 2:[3 -|0] 3:[0 -|2]",
        &["ordered_merges"],
    );
}

#[test]
fn ordered_appendages_breaks_as_published() {
    ends_in(
        Assembly::FIXED,
        "J1 J2 J3 S2 N0 S0 N2 S3 N0 S1 N3 R2 R3 F0 U2 U3 L3 S3 N2",
        "1:[3 -|-] 2:[2 -|0] 3:[2 -|1]",
        &["ordered_appendages"],
    );
}

#[test]
fn valid_successor_list_breaks_as_published() {
    ends_in(
        Assembly::FIXED,
        "J2 S2 N0 S0 N2 J1 R1 J3 S3 N0 S2 N3 R0 S1 N2 S0 N1 F2 U1",
        "0:[1 3|3] 1:[0 -|0] 3:[0 -|2]",
        &["valid_successor_list"],
    );
}

#[test]
fn connected_appendages_breaks_as_published_without_fix_j() {
    let events = "J2 S2 N0 S0 N2 R0 F2 J1 U0";
    ends_in(
        Assembly { join_needs_live_successor: false, ..Assembly::FIXED },
        events,
        "0:[0 -|2] 1:[2 -|-]",
        &["one_live_successor", "connected_appendages"],
    );
}

#[test]
fn at_least_one_ring_breaks_as_published_without_fix_s() {
    ends_in(
        Assembly { stabilize_asks_candidate: false, ..Assembly::FIXED },
        "J2 S2 N0 S0 N2 J1 S1 N2 F1 S0 N1 L2",
        "0:[1 -|2] 2:[0 -|-]",
        &["one_live_successor", "at_least_one_ring", "connected_appendages"],
    );
}

#[test]
fn at_most_one_ring_breaks_as_published() {
    ends_in(
        Assembly::FIXED,
        "J2 S2 N0 S0 N2 R0 R2 J1 S1 N2 S0 N1 J3 S3 N0 S2 N3 F1 F3 U0 U2",
        "0:[0 -|3] 2:[2 -|1]",
        &["at_most_one_ring"],
    );
}

/// How many events away the nearest state is in which the test is true, a stabilization with its
/// notification being two events.
fn fewest_events(chord: &Chord, found: impl Fn(&[&'static str]) -> bool) -> Option<usize> {
    let limits = Limits { threads: 2, ..Limits::default() };
    let build = Build { edges: true, ..Build::default() };
    let graph = unattended(limits, |run| Graph::build(chord, build, run));
    assert_eq!(graph.bound(), None, "the whole graph is built");

    let mut settled = vec![false; graph.len()];
    let mut at_distance: Vec<Vec<u32>> = vec![(0..graph.initial_count() as u32).collect()];
    let mut distance = 0;
    while distance < at_distance.len() {
        let mut at = 0;
        while let Some(&number) = at_distance[distance].get(at) {
            at += 1;
            if std::mem::replace(&mut settled[number as usize], true) {
                continue;
            }
            if found(&broken(chord, graph.state(number))) {
                return Some(distance);
            }
            for edge in graph.edges(number) {
                let events =
                    if Action::NAMES[usize::from(edge.name)] == "stabilize" { 2 } else { 1 };
                at_distance.resize(at_distance.len().max(distance + events + 1), Vec::new());
                at_distance[distance + events].push(edge.target);
            }
        }
        distance += 1;
    }
    None
}

/// The fewest events after which that claim is false.
fn fewest(chord: &Chord, claim: &str) -> Option<usize> {
    fewest_events(chord, |broken| broken.contains(&claim))
}

#[test]
fn three_nodes_that_join_again_break_every_claim_of_the_raw_protocol() {
    let raw = Chord::original(3, Assembly::RAW);
    assert_eq!(fewest(&raw, "ordered_merges"), Some(6));
    assert_eq!(fewest(&raw, "connected_appendages"), Some(6));
    assert_eq!(fewest(&raw, "at_least_one_ring"), Some(6));
    assert_eq!(fewest(&raw, "valid_successor_list"), Some(12));
    assert_eq!(fewest(&raw, "ordered_appendages"), Some(11));
    assert_eq!(fewest(&raw, "at_most_one_ring"), Some(15));
    assert_eq!(fewest(&raw, "ordered_ring"), Some(17));
    let disordered =
        |broken: &[&str]| broken.contains(&"ordered_ring") && !broken.contains(&"at_most_one_ring");
    assert_eq!(fewest_events(&raw, disordered), Some(17));
}

#[test]
fn nodes_that_join_once_need_more_of_them_and_more_events() {
    let raw = Chord::original(4, Assembly::RAW).without_rejoin();
    assert_eq!(fewest(&raw, "ordered_appendages"), Some(13));
    assert_eq!(fewest(&raw, "at_most_one_ring"), Some(19));
    assert_eq!(fewest(&raw, "ordered_ring"), None);
}

#[test]
fn five_nodes_that_join_once_are_out_of_order() {
    let raw = Chord::original(5, Assembly::RAW).without_rejoin();
    assert_eq!(fewest(&raw, "ordered_ring"), Some(24));
    let fixed = Chord::original(5, Assembly::FIXED).without_rejoin();
    let disordered =
        |broken: &[&str]| broken.contains(&"ordered_ring") && !broken.contains(&"at_most_one_ring");
    assert_eq!(fewest_events(&fixed, disordered), Some(25));
}

#[test]
fn the_fixes_mend_what_cuts_members_off_under_the_strict_failure_rule_only() {
    let strict = Chord::original(3, Assembly::FIXED);
    assert_eq!(fewest(&strict, "connected_appendages"), None);
    assert_eq!(fewest(&strict, "at_least_one_ring"), None);
    assert_eq!(fewest(&strict, "at_most_one_ring"), Some(15));
    assert_eq!(fewest(&strict, "ordered_ring"), Some(17));
    let published = Chord::original(3, Assembly::FIXED.published_failures());
    assert_eq!(fewest(&published, "connected_appendages"), Some(11));
    assert_eq!(fewest(&published, "at_least_one_ring"), Some(12));
}

#[test]
fn the_best_assembly_splits_all_the_same() {
    let best = Chord::original(3, Assembly::BEST);
    assert_eq!(fewest(&best, "at_most_one_ring"), Some(15));
    assert_eq!(fewest(&best, "ordered_ring"), Some(17));
    let once = Chord::original(4, Assembly::BEST).without_rejoin();
    assert_eq!(fewest(&once, "at_most_one_ring"), Some(21));
    let from_a_ring = Chord::original(4, Assembly::BEST).initial_ring(3);
    assert_eq!(fewest(&from_a_ring, "at_most_one_ring"), Some(11));
    assert_eq!(fewest(&from_a_ring, "ordered_ring"), Some(11));
}
