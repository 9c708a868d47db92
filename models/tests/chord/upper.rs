//! What is above the ring: the table of errors, and facts about fingers.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;

use stateright::Model;
use straightedge_models::chord::upper::finger::{Policy, Ring};
use straightedge_models::chord::upper::instance::rows;
use straightedge_models::chord::upper::property::claims;
use straightedge_models::chord::{Chord, system};
use straightedge_models::engine::{Action, Expected, Form, Place, Tier, Walk};

use crate::common::guards;

const SPEC: &str = include_str!("../../../specs/chord.md");

/// What the checks of one and of two errors came to, which are pinned there.
const SNAPSHOTS: [[&str; 2]; 2] = [
    [
        include_str!("../../../snapshots/chord/four_nodes_one_suspicion.snap"),
        include_str!("../../../snapshots/chord/four_nodes_two_suspicions.snap"),
    ],
    [
        include_str!("../../../snapshots/chord/four_nodes_one_stale_notice.snap"),
        include_str!("../../../snapshots/chord/four_nodes_two_stale_notices.snap"),
    ],
];

/// The kinds of error, in the order of the table.
const KINDS: [&str; 2] = ["suspicion", "stale_notice"];

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

/// How many steps the shortest counterexample has in a snapshot.
fn steps(snapshot: &str, claim: &str) -> usize {
    let is_claim = |line: &&str| line.contains(&format!(" {claim}: violated"));
    let counterexample = snapshot.lines().skip_while(|line| !is_claim(line)).skip(1);
    counterexample.take_while(|line| line.starts_with("    ")).count()
}

#[test]
fn the_table_of_errors_says_what_the_instances_declare() {
    let section = SPEC.split("## CHORD-71").nth(1).unwrap().split("## CHORD-72").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| ")).skip(1);
    let mut count = 0;
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        for (kind, name) in KINDS.into_iter().enumerate() {
            let least: u8 = cells[1 + 2 * kind].parse().unwrap();
            assert_eq!(declared(name, least, cells[0]), Expected::Violated, "{row}");
            assert_eq!(declared(name, least - 1, cells[0]), Expected::Holds, "{row}");
            if let Some(snapshot) = SNAPSHOTS[kind].get(usize::from(least - 1)) {
                assert_eq!(cells[2 + 2 * kind], steps(snapshot, cells[0]).to_string(), "{row}");
            }
            count += 1;
        }
    }
    assert_eq!(count, 26);
}

/// The numbers of one cell of a table.
fn numbers(cell: &str) -> Vec<u8> {
    cell.split(',').map(|number| number.trim().parse().unwrap()).collect()
}

/// Source: CHORD-69.
#[test]
fn the_ring_of_the_course_has_the_tables_of_its_passage() {
    let section = SPEC.split("## CHORD-69").nth(1).unwrap().split("## CHORD-70").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| ")).skip(1);
    let rows: Vec<Vec<Vec<u8>>> =
        rows.map(|row| row.trim_end_matches('|').split('|').map(numbers).collect()).collect();
    let members = rows.iter().fold(0, |members, row| members | 1 << row[0][0]);
    let ring = Ring { bits: 3, members };
    let mut stale = Vec::new();
    for row in &rows {
        let [node, starts, fingers, printed] = &row[..] else { panic!("{row:?}") };
        let each = |of: fn(Ring, u8, u32) -> u8| [0, 1, 2].map(|finger| of(ring, node[0], finger));
        assert_eq!((&each(Ring::start)[..], &each(Ring::finger)[..]), (&starts[..], &fingers[..]));
        let differ = (0..3).filter(|&finger| fingers[finger] != printed[finger]);
        stale.extend(differ.map(|finger| (node[0], finger)));
    }
    assert_eq!(stale, [(0, 2)]);
    assert_eq!([7, 1, 2].map(|item| ring.owner(item)), [0, 1, 2]);
    assert_eq!(ring.look_up(Policy::Fingers, 1, 7, None), (1, 0));
    assert_eq!(ring.closest_before(2, 1, ring.members().filter(|&id| id == 6)), Some(6));
    let three = Ring { bits: 3, members: ring.members & !(1 << 2) | 1 << 3 };
    assert_eq!([0, 1, 2].map(|finger| three.start(3, finger)), [4, 5, 7]);
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
    let place = after(&*walk, steps);
    walk.standings(&place).into_iter().find(|it| it.claim == claim).unwrap().because
}

fn after(walk: &dyn Walk, steps: &[&str]) -> Place {
    let mut place = walk.beginnings().remove(0);
    for step in steps {
        let mut taken = walk.steps(&place, &|label| label.text == *step);
        place = taken.pop().unwrap_or_else(|| panic!("{step} is not taken")).1;
    }
    place
}

/// Source: CHORD-74.
#[test]
fn the_offer_on_the_way_to_a_lost_hand_over_is_not_made_with_restraint() {
    let steps = [
        "join(2, via 1)",
        "join(3, via 1)",
        "stabilize_from_successor(3)",
        "put(0, key 2)",
        "rectify(0, from 3)",
        "stabilize_from_successor(2)",
        "stabilize_from_predecessor(2)",
    ];
    let system = system();
    let offers = |instance: &str| {
        let walk = system.instance(instance).unwrap().walk(None).unwrap().unwrap();
        let place = after(&*walk, &steps);
        let offers = walk.steps(&place, &|label| label.text.starts_with("copy(0, "));
        offers.into_iter().map(|(label, _)| label.text).collect::<Vec<_>>()
    };
    let (to_owner, to_predecessor) = ("copy(0, to 2, key 2)", "copy(0, to 3, key 2)");
    assert_eq!(offers("keys_four_nodes_leave_with_handover"), [to_owner, to_predecessor]);
    let restrained = "keys_four_nodes_leave_with_handover_and_restraint";
    assert_eq!(offers(restrained), [to_predecessor]);
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
