//! What is above the ring: the table of errors, and facts about fingers.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use stateright::Model;
use straightedge_models::chord::upper::finger::{Policy, Ring};
use straightedge_models::chord::upper::instance::rows;
use straightedge_models::chord::upper::property::claims;
use straightedge_models::chord::{Chord, system};
use straightedge_models::engine::{Action, Expected, Form, Tier};

use crate::common::guards;

const SPEC: &str = include_str!("../../../specs/chord.md");

/// What the instance with so many errors declares of the claim; without errors all hold.
fn declared(kind: &str, errors: u8, claim: &str) -> Expected {
    let number = match errors {
        0 => return Expected::Holds,
        1 => format!("one_{kind}"),
        2 => format!("two_{kind}s"),
        _ => format!("three_{kind}s"),
    };
    let system = system();
    let instance = system.instance(&format!("four_nodes_{number}")).unwrap();
    instance.claims().iter().find(|info| info.name == claim).unwrap().expected
}

#[test]
fn the_table_of_errors_says_what_the_instances_declare() {
    let section = SPEC.split("## CHORD-71").nth(1).unwrap().split("## CHORD-72").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| ")).skip(1);
    let mut count = 0;
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        for (kind, cell) in ["suspicion", "stale_notice"].into_iter().zip(&cells[1..]) {
            let least: u8 = cell.parse().unwrap();
            assert_eq!(declared(kind, least, cells[0]), Expected::Violated, "{row}");
            assert_eq!(declared(kind, least - 1, cells[0]), Expected::Holds, "{row}");
            count += 1;
        }
    }
    assert_eq!(count, 26);
}

/// Source: CHORD-69.
#[test]
fn the_ring_of_four_on_eight_identifiers_has_these_fingers() {
    let ring = Ring { bits: 3, members: 0b0100_0111 };
    let fingers = |node| [0, 1, 2].map(|finger| ring.finger(node, finger));
    assert_eq!([0, 1, 2, 6].map(fingers), [[1, 2, 6], [2, 6, 6], [6, 6, 6], [0, 0, 2]]);
    assert_eq!((ring.owner(7), ring.owner(2)), (0, 2));
    assert_eq!(ring.look_up(Policy::Fingers, 1, 7, None), (1, 0));
}

/// Traces name these actions, too, where they name an instance.
#[test]
fn fields_tell_the_actions_above_the_ring_apart() {
    let mut names = BTreeSet::new();
    for row in rows() {
        let mut actions = BTreeSet::new();
        for state in guards::some_states(&row.model, 5_000) {
            let mut offered = Vec::new();
            row.model.actions(&state, &mut offered);
            actions.extend(offered);
        }
        names.extend(actions.iter().map(Action::name));
        guards::assert_told_apart::<Chord>(row.name, &Vec::from_iter(actions));
    }
    let above = ["put", "copy", "delete", "hand_over", "lookup", "hop", "answer", "suspect"];
    for name in above.into_iter().chain(["stale_notice", "refute"]) {
        assert!(names.contains(name), "no state offers {name}");
    }
}

/// Why the claim is broken after those steps of the instance, each by its text.
fn why(instance: &str, steps: &[&str], claim: &str) -> Option<String> {
    let system = system();
    let walk = system.instance(instance).unwrap().walk(None).unwrap().unwrap();
    let mut place = walk.beginnings().remove(0);
    for step in steps {
        let mut taken = walk.steps(&place, &|label| label.text == *step);
        place = taken.pop().unwrap_or_else(|| panic!("{step} is not taken")).1;
    }
    walk.standings(&place).into_iter().find(|it| it.claim == claim).unwrap().because
}

/// Source: CHORD-62, CHORD-63.
#[test]
fn a_broken_claim_on_keys_says_why_with_what_was_read() {
    let instance = "keys_four_nodes_one_successor";
    let twice = "for key 2 answer 0, whose predecessor is 1, and 2, whose predecessor is 1";
    let because = why(instance, &["join(2, via 1)"], "at_most_one_answers");
    assert_eq!(because.as_deref(), Some(twice));
    assert_eq!(why(instance, &[], "at_most_one_answers"), None);
    let loss = [
        "join(2, via 1)",
        "put(0, key 2)",
        "put(2, key 2)",
        "join(3, via 1)",
        "stabilize_from_successor(3)",
        "rectify(0, from 3)",
        "stabilize_from_successor(2)",
        "stabilize_from_predecessor(2)",
        "copy(0, to 2, key 2)",
        "delete(0, key 2)",
        "fail(2)",
    ];
    let lost = "nobody holds key 2 any more, and one holder has failed since all had it who \
                are to have it";
    let because = why(instance, &loss, "kept_while_one_holder_failed");
    assert_eq!(because.as_deref(), Some(lost));
}

/// No claim on states that is broken is left without its reason.
#[test]
fn every_broken_state_says_what_breaks_it() {
    let mut told = BTreeSet::new();
    for row in rows().into_iter().filter(|row| row.tier == Tier::Ci) {
        for state in guards::some_states(&row.model, 2_000) {
            for claim in claims(&row.model) {
                let Form::Always { when, holds } = claim.form else { continue };
                let is_meant = when.is_none_or(|when| when(&row.model, &state));
                if is_meant && !holds(&row.model, &state) {
                    let because = claim.because.map(|because| because(&row.model, &state));
                    let because = because.unwrap_or_else(|| panic!("{} says nothing", claim.name));
                    assert!(!because.contains("does not show"), "{}: {because}", claim.name);
                    told.insert(claim.name);
                }
            }
        }
    }
    assert!(told.contains("at_most_one_answers") && told.len() > 1, "{told:?}");
}
