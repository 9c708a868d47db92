//! The bounded instances of what is above the ring, with the reason for each bound.

use super::finger::fixing;
use super::finger::rings::Rings;
use super::property::{self, ring_claims};
use crate::chord::{Chord, Set};
use crate::engine::Checkable;

type Row = crate::engine::Row<Chord>;

const fn row(name: &'static str, chord: Chord, reason: &'static str) -> Row {
    Row::new("chord", name, chord, property::claims, reason)
}

/// The instances with a state space.
#[must_use]
pub fn rows() -> Vec<Row> {
    let above = [keys(), leaving(), lookups(), restrained()].concat();
    above.into_iter().chain(errors()).chain(nightly()).collect()
}

/// The instances on fingers: enumerations of rings, and tables that are fixed.
#[must_use]
pub fn fingers() -> Vec<Box<dyn Checkable>> {
    let mut instances: Vec<Box<dyn Checkable>> = vec![
        Box::new(Rings::named("fingers_of_three_bits", 3)),
        Box::new(Rings::named("fingers_of_four_bits", 4)),
    ];
    instances.extend(fixing::rows().into_iter().map(crate::engine::Row::instance));
    instances
}

/// Each node joins and fails once.
const fn once(nodes: u8, r: usize) -> Chord {
    Chord::corrected(nodes, r).without_rejoin()
}

/// The identifier of a node that joins a ring of two.
const KEY: Set = Set::of(2);
/// The identifier of a node that joins a ring of three.
const KEY_OF_THREE: Set = Set::of(3);
/// That one, and the identifier before it.
const TWO_KEYS: Set = KEY_OF_THREE.with(2);
/// Two members answer for a key between a join and the rectification that follows.
const ANSWERED_TWICE: &[&str] = &["at_most_one_answers"];
/// With one replica: an owner that has taken the key over and has not copied it yet fails.
const ONE_IS_ENOUGH: &[&str] = &["kept_while_one_holder_failed"];
/// What a late acknowledgement breaks.
const LATE: &[&str] =
    &["kept_while_no_holder_failed", "kept_while_one_holder_failed", "transfers_leave_a_copy"];

fn keys() -> Vec<Row> {
    let prompt = |chord: Chord| chord.with_keys(KEY).prompt_acknowledgements();
    vec![
        row(
            "keys_four_nodes_one_successor",
            prompt(once(4, 1)),
            "An owner and one replica, two nodes that join; acknowledgements arrive before anyone \
             goes. The failure of a new owner before its first repair loses a key.",
        )
        .violating(ANSWERED_TWICE)
        .violating(ONE_IS_ENOUGH),
        row(
            "keys_four_nodes_two_successors",
            once(4, 2).with_keys(KEY_OF_THREE).prompt_acknowledgements(),
            "An owner and two replicas, and one node that joins and takes the key over.",
        )
        .violating(ANSWERED_TWICE),
        row(
            "keys_four_nodes_two_keys",
            once(4, 2).with_keys(TWO_KEYS).prompt_acknowledgements(),
            "Who joins takes one key over and is a replica of the other; who fails had both.",
        )
        .violating(ANSWERED_TWICE),
        row(
            "keys_four_nodes_late_acknowledgements",
            once(4, 1).with_keys(KEY),
            "A control: who acknowledged has failed before the acknowledgement arrives, and the \
             last copy is deleted.",
        )
        .violating(ANSWERED_TWICE)
        .violating(LATE),
        row(
            "keys_five_nodes_joining",
            Chord::corrected(5, 2).with_keys(KEY_OF_THREE).without_failures(),
            "Nobody goes: a transfer alone never leaves a key without a copy.",
        )
        .violating(ANSWERED_TWICE),
        row(
            "keys_four_nodes_answering_when_ready",
            prompt(once(4, 1)).answering_when_ready(),
            "A new member answers only when its successor counts it: after failures two may still \
             answer.",
        )
        .violating(ANSWERED_TWICE)
        .violating(ONE_IS_ENOUGH),
        row(
            "keys_four_nodes_joining_answering_when_ready",
            Chord::corrected(4, 1).with_keys(KEY).without_failures().answering_when_ready(),
            "Nobody goes, and still two answer: the successor counts a nearer node before the \
             farther one hears of it.",
        )
        .violating(ANSWERED_TWICE),
        row(
            "keys_four_nodes_two_successors_answering_when_ready",
            once(4, 2).with_keys(KEY_OF_THREE).prompt_acknowledgements().answering_when_ready(),
            "With one node that joins at a time, answering only when ready leaves one that \
             answers.",
        ),
    ]
}

fn leaving() -> Vec<Row> {
    let prompt = || once(4, 1).with_keys(KEY).without_failures().prompt_acknowledgements();
    vec![
        row(
            "keys_four_nodes_leave",
            prompt().with_leave(),
            "Members leave as if they failed: leaving alone loses a key.",
        )
        .violating(ANSWERED_TWICE)
        .violating(&["kept_while_no_holder_failed"]),
        row(
            "keys_four_nodes_leave_with_handover",
            prompt().leave_with_handover(),
            "The same with a hand-over before each leave: a key is lost only if a copy that was \
             handed over is deleted on an older acknowledgement.",
        )
        .violating(ANSWERED_TWICE)
        .violating(&["kept_while_no_holder_failed"]),
    ]
}

fn lookups() -> Vec<Row> {
    vec![
        row(
            "lookup_four_nodes_two_successors",
            Chord::corrected(4, 2).with_lookup(Set::circle(4)),
            "Every identifier is looked up from every member, in the middle of joins and failures.",
        )
        .violating(&["own_answer_is_not_past_a_principal"]),
    ]
}

/// Members that do nothing in vain do enough.
///
/// Source: CHORD-74.
fn restrained() -> Vec<Row> {
    let leaving = once(4, 1).with_keys(KEY).without_failures().prompt_acknowledgements();
    vec![
        row(
            "keys_four_nodes_two_successors_with_restraint",
            once(4, 2).with_keys(KEY_OF_THREE).prompt_acknowledgements().with_restraint(),
            "Offers only to whom the member's own look-ups name, and one at a time.",
        )
        .violating(ANSWERED_TWICE),
        row(
            "keys_four_nodes_leave_with_handover_and_restraint",
            leaving.leave_with_handover().with_restraint(),
            "One hand-over, and of something, before each leave: no key is lost here.",
        )
        .violating(ANSWERED_TWICE),
        row(
            "lookup_four_nodes_two_successors_with_restraint",
            Chord::corrected(4, 2).with_lookup(Set::circle(4)).with_restraint(),
            "Look-ups that pass nobody by whom the member that is asked has in its list.",
        )
        .violating(&["own_answer_is_not_past_a_principal"]),
    ]
}

/// What one error breaks.
const ONE: &[&str] = &[
    "ordered_merges",
    "valid_successor_list",
    "sufficient_principals",
    "no_duplicates",
    "loss_of_principal",
];
/// What two errors break besides.
const TWO: &[&str] = &[
    "one_live_successor",
    "at_least_one_ring",
    "connected_appendages",
    "principals_in_ring",
    "ordered_successor_lists",
];
/// What three errors break besides.
const THREE: &[&str] = &[
    "at_most_one_ring",
    "ordered_ring",
    "ring_recoverable",
    "ideal_recoverable",
    "ordered_appendages",
    "ideal",
];

/// What one error breaks on five nodes besides.
const CUT_OFF: &[&str] =
    &["one_live_successor", "at_least_one_ring", "connected_appendages", "principals_in_ring"];

/// An instance of which the ring's own claims are asked.
///
/// Source: CHORD-71.
fn error(name: &'static str, chord: Chord, reason: &'static str) -> Row {
    row(name, chord, reason).claiming(ring_claims)
}

fn errors() -> Vec<Row> {
    vec![
        error(
            "four_nodes_one_suspicion",
            once(4, 2).suspicions(1),
            "One live node is taken for dead, once.",
        )
        .violating(ONE),
        error(
            "four_nodes_two_suspicions",
            once(4, 2).suspicions(2),
            "Two false suspicions: as many as a list is long.",
        )
        .violating(ONE)
        .violating(TWO),
        error(
            "four_nodes_one_stale_notice",
            once(4, 2).stale_notices(1),
            "One live node is reported dead, once.",
        )
        .violating(ONE),
        error(
            "four_nodes_two_stale_notices",
            once(4, 2).stale_notices(2),
            "Two stale notices: as many as a list is long.",
        )
        .violating(ONE)
        .violating(TWO),
    ]
}

fn nightly() -> Vec<Row> {
    let rows = vec![
        row(
            "keys_four_nodes_one_successor_with_rejoin",
            Chord::corrected(4, 1).with_keys(KEY).prompt_acknowledgements(),
            "Nodes come back, without their copies.",
        )
        .violating(ANSWERED_TWICE)
        .violating(ONE_IS_ENOUGH),
        row(
            "lookup_five_nodes_three_successors",
            Chord::corrected(5, 3).with_lookup(Set::circle(5)),
            "Look-ups over lists of three.",
        )
        .claiming(property::safety_claims)
        .violating(&["own_answer_is_not_past_a_principal"]),
        error(
            "four_nodes_one_suspicion_with_rejoin",
            Chord::corrected(4, 2).suspicions(1),
            "One false suspicion where nodes come back.",
        )
        .violating(ONE),
        error(
            "four_nodes_one_stale_notice_with_rejoin",
            Chord::corrected(4, 2).stale_notices(1),
            "One stale notice where nodes come back.",
        )
        .violating(ONE),
        error(
            "four_nodes_three_suspicions",
            once(4, 2).suspicions(3),
            "Three false suspicions: as many as there are principals.",
        )
        .violating(ONE)
        .violating(TWO)
        .violating(THREE),
        error(
            "four_nodes_three_stale_notices",
            once(4, 2).stale_notices(3),
            "Three stale notices: as many as there are principals.",
        )
        .violating(ONE)
        .violating(TWO)
        .violating(THREE),
        error(
            "four_nodes_two_suspicions_refuted",
            once(4, 2).suspicions(2).with_refutation(),
            "Two false suspicions, each of which is refuted in the end.",
        )
        .violating(ONE)
        .violating(TWO),
        error(
            "five_nodes_one_suspicion",
            once(5, 2).suspicions(1),
            "With two nodes besides the principals one false suspicion and failures that the \
             assumption allows leave a member without a live successor.",
        )
        .violating(ONE)
        .violating(CUT_OFF),
    ];
    rows.into_iter().map(Row::nightly).collect()
}
