//! The bounded instances, with the reason for each bound.
//!
//! A circle of `r + 2` identifiers is the smallest on which a member fails while `r + 1`
//! principals remain; on `r + 3`, two members are dead or outside the ring at once.

use crate::engine::System;

use super::options::{Granularity, Pending, Repair};
use super::original::Assembly;
use super::{Chord, inductive, mutant, property, traced, upper};

/// The system: its instances and its mutants.
#[must_use]
pub fn system() -> System {
    System {
        name: "chord",
        summary: "A ring of nodes that keeps itself in order while nodes join and fail.",
        instances: rows()
            .chain(upper::instance::rows())
            .map(Row::instance)
            .chain(inductive::instances())
            .chain(upper::instance::fingers())
            .collect(),
        mutants: [
            mutant::MUTANTS,
            upper::MUTANTS,
            inductive::MUTANTS,
            upper::finger::rings::MUTANTS,
            upper::finger::fixing::MUTANTS,
        ]
        .concat(),
        traced: Some(traced::TRACED),
    }
}

/// The models of the ring in the ci tier, with the names of their instances.
#[must_use]
pub fn models() -> Vec<(&'static str, Chord)> {
    rows().filter_map(Row::of_ci).collect()
}

fn rows() -> impl Iterator<Item = Row> {
    corrected()
        .into_iter()
        .chain(rotations())
        .chain(pending())
        .chain(original())
        .chain(original_from_a_ring())
        .chain(nightly_corrected())
        .chain(nightly_original())
}

type Row = crate::engine::Row<Chord>;

/// An instance of the ci tier with all claims.
const fn row(name: &'static str, chord: Chord, reason: &'static str) -> Row {
    Row::new("chord", name, chord, property::claims, reason)
}

/// Every notification under way is looked at, if it can be for ever.
const EACH_MESSAGE: Repair = Repair::Weak(Granularity::Argument);
const STRONG: Repair = Repair::Strong(Granularity::Operation);
const STRONG_FOR_EACH_NOTIFIER: Repair = Repair::Strong(Granularity::Argument);

/// The useful properties that the corrected protocol loses on circles of `r + 3` and more.
const LOST_AND_REPAIRED: &[&str] = &["ordered_merges", "valid_successor_list"];

fn corrected() -> Vec<Row> {
    vec![
        row(
            "corrected_four_nodes_two_successors",
            Chord::corrected(4, 2),
            "Three principals and one node that joins and fails again and again: the smallest \
             circle on which every procedure takes every branch.",
        )
        .violating(&["valid_successor_list"]),
        row(
            "corrected_three_nodes_one_successor",
            Chord::corrected(3, 1),
            "Lists of one are the degenerate case: no list ever holds a dead head, and no \
             principal may fail. A smoke test.",
        )
        .vacuous(&["loss_of_principal"]),
        row(
            "corrected_five_nodes_two_successors",
            Chord::corrected(5, 2),
            "Two nodes besides the principals, which join and fail again and again; liveness too.",
        )
        .violating(LOST_AND_REPAIRED),
        row(
            "corrected_four_nodes_two_successors_without_rejoin",
            Chord::corrected(4, 2).without_rejoin(),
            "Each node joins and fails once: the smallest space, for faults that make it large.",
        ),
        row(
            "corrected_four_nodes_with_leave",
            Chord::corrected(4, 2).with_leave(),
            "To its peers a member that leaves has failed: as many states as without leaving.",
        )
        .violating(&["valid_successor_list"]),
        row(
            "corrected_five_nodes_two_successors_without_rejoin",
            Chord::corrected(5, 2).without_rejoin(),
            "Two nodes besides the principals: lists whose entries are all dead, if the guard were \
             not, and two nodes that join at the same place.",
        )
        .violating(LOST_AND_REPAIRED),
        row(
            "corrected_five_nodes_three_successors",
            Chord::corrected(5, 3),
            "Lists of three with nodes that join again: a tail travels over three hops.",
        )
        .violating(&["valid_successor_list"]),
        row(
            "corrected_six_nodes_three_successors_without_rejoin",
            Chord::corrected(6, 3).without_rejoin(),
            "The smallest circle on which a list begins with two dead entries.",
        )
        .violating(LOST_AND_REPAIRED),
    ]
}

/// The corrected protocol on a circle without a first identifier.
fn rotations() -> Vec<Row> {
    vec![
        row(
            "corrected_four_nodes_every_rotation",
            Chord::corrected(4, 2).every_rotation(),
            "The circle has no first identifier: whole, to be held against its quotient.",
        )
        .violating(&["valid_successor_list"]),
        row(
            "corrected_four_nodes_up_to_rotation",
            Chord::corrected(4, 2),
            "The quotient of the instance above by rotations: as many orbits as it has states.",
        )
        .with(Chord::every_rotation)
        .up_to_symmetry()
        .claiming(property::safety_claims)
        .violating(&["valid_successor_list"]),
    ]
}

/// The corrected protocol with other ideas of what waits at a node.
fn pending() -> Vec<Row> {
    let four = Chord::corrected(4, 2);
    let shared = four.pending(Pending::SharedSlot);
    let overwritten = four.pending(Pending::OverwrittenSlot);
    let set = four.pending(Pending::NotifierSet);
    let livelock: &[&str] = &["ideal", "valid_successor_list"];
    vec![
        row(
            "corrected_four_nodes_shared_slot",
            shared.repair(STRONG),
            "The published model's single slot. A control: under strong fairness of each repair of \
             each node, a worse notifier displaces the better one for ever.",
        )
        .violating(livelock),
        row(
            "corrected_four_nodes_shared_slot_each_notifier",
            shared.repair(STRONG_FOR_EACH_NOTIFIER),
            "The single slot is live if fairness is asked for each notifier by itself.",
        )
        .violating(&["valid_successor_list"]),
        row(
            "corrected_four_nodes_overwritten_slot",
            overwritten.repair(STRONG),
            "A slot for the query alone does not help: the livelock is in overwriting notifiers.",
        )
        .violating(livelock),
        row(
            "corrected_four_nodes_overwritten_slot_each_notifier",
            overwritten.repair(STRONG_FOR_EACH_NOTIFIER),
            "Two slots are live if fairness is asked for each notifier by itself.",
        )
        .violating(&["valid_successor_list"]),
        row(
            "corrected_four_nodes_notifier_set",
            set.repair(EACH_MESSAGE),
            "Notifications as messages under way: live if each message is looked at in the end.",
        )
        .violating(&["valid_successor_list"]),
        row(
            "corrected_four_nodes_notifier_set_any_notifier",
            set.repair(STRONG),
            "A control: if only some message is looked at, again and again, the better notifier \
             may wait for ever.",
        )
        .violating(livelock),
    ]
}

/// What breaks in every assembly of the original protocol, and is repaired.
const USEFUL: &[&str] = &["ordered_merges", "ordered_appendages", "valid_successor_list"];
/// What breaks in every assembly of the original protocol, for good.
const SPLIT: &[&str] = &["at_most_one_ring", "ring_recoverable"];
/// What breaks without FIX-J or without FIX-S, for good.
const CUT_OFF: &[&str] = &["one_live_successor", "at_least_one_ring", "connected_appendages"];

fn original() -> Vec<Row> {
    let four = |assembly| Chord::original(4, assembly).without_rejoin();
    vec![
        row(
            "original_four_nodes",
            four(Assembly::RAW),
            "The protocol as published, and the fewest nodes on which the ring splits without a \
             node that joins twice.",
        )
        .violating(USEFUL)
        .violating(SPLIT)
        .violating(CUT_OFF),
        row(
            "original_four_nodes_fixed",
            four(Assembly::FIXED),
            "With FIX-J and FIX-S members are no longer cut off, but the ring still splits.",
        )
        .violating(USEFUL)
        .violating(SPLIT),
        row(
            "original_four_nodes_fixed_published_failures",
            four(Assembly::FIXED.published_failures()),
            "The failure rule of the published model lets a list of twice the same node pass, and \
             with it what the fixes had mended breaks again.",
        )
        .violating(USEFUL)
        .violating(SPLIT)
        .violating(CUT_OFF),
        row(
            "original_four_nodes_best",
            four(Assembly::BEST),
            "The best that can be made of the published procedures splits too.",
        )
        .violating(USEFUL)
        .violating(SPLIT),
        row(
            "original_five_nodes_best",
            Chord::original(5, Assembly::BEST).without_rejoin(),
            "On five nodes the ring of the best assembly is not only split but out of order.",
        )
        .violating(USEFUL)
        .violating(SPLIT)
        .violating(&["ordered_ring"]),
    ]
}

/// The best assembly of the original protocol, started as the corrected one is.
fn original_from_a_ring() -> Vec<Row> {
    let base = |nodes| Chord::original(nodes, Assembly::BEST).initial_ring(3).permanent_base();
    vec![
        row(
            "original_four_nodes_best_with_initial_ring",
            Chord::original(4, Assembly::BEST).initial_ring(3),
            "Starting from r + 1 members is not enough as long as they may fail.",
        )
        .violating(USEFUL)
        .violating(SPLIT)
        .violating(&["ordered_ring"]),
        row(
            "original_four_nodes_best_with_permanent_base",
            base(4),
            "With r + 1 members that never fail, the best assembly keeps one ordered ring.",
        )
        .violating(&["valid_successor_list"]),
        row(
            "original_five_nodes_best_with_permanent_base",
            base(5),
            "The permanent base still holds with two nodes that come and go.",
        )
        .violating(&["ordered_merges", "valid_successor_list"]),
    ]
}

fn nightly_corrected() -> Vec<Row> {
    let five = Chord::corrected(5, 2);
    let six = Chord::corrected(6, 3).pending(Pending::SharedSlot);
    let rows = vec![
        row(
            "corrected_five_nodes_shared_slot",
            five.pending(Pending::SharedSlot).repair(STRONG),
            "The livelock of the single slot with two nodes besides the principals.",
        )
        .violating(LOST_AND_REPAIRED)
        .violating(&["ideal"]),
        row(
            "corrected_five_nodes_two_successors_up_to_rotation",
            five,
            "Five nodes with every rotation of the first ring, at a fifth of the states.",
        )
        .with(Chord::every_rotation)
        .up_to_symmetry()
        .claiming(property::safety_claims)
        .violating(LOST_AND_REPAIRED),
        row(
            "corrected_six_nodes_two_successors_without_rejoin",
            Chord::corrected(6, 2).without_rejoin(),
            "Three nodes besides the principals, each once; liveness too.",
        )
        .violating(LOST_AND_REPAIRED),
        row(
            "corrected_six_nodes_three_successors_shared_slot",
            six,
            "Lists of three, two nodes that join and fail again and again. Safety alone: the edges \
             do not fit in the memory of a small machine.",
        )
        .claiming(property::safety_claims)
        .violating(LOST_AND_REPAIRED),
    ];
    rows.into_iter().map(Row::nightly).collect()
}

fn nightly_original() -> Vec<Row> {
    let rejoining = |assembly| Chord::original(4, assembly);
    let rows = vec![
        row(
            "original_four_nodes_with_rejoin",
            rejoining(Assembly::RAW),
            "Nodes that come back make every counterexample shorter, and disorder needs only four.",
        )
        .violating(CUT_OFF),
        row(
            "original_four_nodes_fixed_with_rejoin",
            rejoining(Assembly::FIXED),
            "What the fixes mend stays mended when nodes come back.",
        ),
        row(
            "original_four_nodes_best_with_rejoin",
            rejoining(Assembly::BEST),
            "The best assembly when nodes come back.",
        ),
        row(
            "original_five_nodes",
            Chord::original(5, Assembly::RAW).without_rejoin(),
            "The fewest nodes on which the ring is out of order without a node that joins twice.",
        )
        .violating(CUT_OFF),
    ];
    let broken = |row: Row| row.nightly().violating(USEFUL).violating(SPLIT);
    rows.into_iter().map(|row| broken(row).violating(&["ordered_ring"])).collect()
}
