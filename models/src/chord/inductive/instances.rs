//! The enumerations that are checked, and what each claims.

use super::controls::Controls;
use super::enumeration::{Enumeration, Kind};
use super::every_field::{Busy, EveryField};
use crate::chord::enumerable::Named;
use crate::chord::{Chord, Id, Pending};
use crate::engine::instance::ClaimInfo;
use crate::engine::{Checkable, Expected, Tier};

const fn claim(
    name: &'static str,
    form: &'static str,
    source: &'static str,
    sentence: &'static str,
) -> ClaimInfo {
    ClaimInfo { name, sentence, source, form, expected: Expected::Holds }
}

const LISTS: &[ClaimInfo] = &[
    claim(
        "lists_over_principals_are_in_order",
        "always",
        "CHORD-25",
        "A list that passes over none of r + 1 principals is distinct and in order, with its \
         owner in front.",
    ),
    claim(
        "stabilizing_from_successor_keeps_the_invariant",
        "step",
        "CHORD-25",
        "What a member makes of its live successor's list passes over no principal and has a live \
         entry.",
    ),
    claim(
        "dropping_a_dead_head_keeps_the_invariant",
        "step",
        "CHORD-25",
        "A list that loses its dead head and is padded passes over no principal and has a live \
         entry.",
    ),
    claim(
        "stabilizing_from_predecessor_keeps_the_invariant",
        "step",
        "CHORD-25",
        "What a member makes of its candidate passes over no principal and has a live entry, \
         whoever the candidate is.",
    ),
    claim(
        "joining_keeps_the_invariant",
        "step",
        "CHORD-25",
        "The list that a joining node copies passes over no principal and has a live entry.",
    ),
    claim(
        "failing_keeps_live_successors",
        "step",
        "CHORD-25",
        "A failure that the assumption on failures allows leaves every list a live entry.",
    ),
    claim(
        "lists_keep_their_length",
        "step",
        "CHORD-3",
        "Every list that a step writes has r entries.",
    ),
];

const STEPS: &[ClaimInfo] = &[
    claim(
        "every_step_keeps_the_invariant",
        "step",
        "CHORD-25",
        "Every step from every state of the invariant leads to a state of the invariant.",
    ),
    claim(
        "only_its_failure_loses_a_principal",
        "step",
        "CHORD-18",
        "A step takes nobody from the principals but the member that fails in it.",
    ),
];

const RING: &[ClaimInfo] = &[
    claim(
        "invariant_gives_no_duplicates",
        "always",
        "CHORD-13",
        "In every state of the invariant no extended list has an entry twice.",
    ),
    claim(
        "invariant_gives_ordered_lists",
        "always",
        "CHORD-14",
        "In every state of the invariant every extended list is in the order of the circle.",
    ),
    claim(
        "invariant_gives_a_ring",
        "always",
        "CHORD-16",
        "In every state of the invariant some member comes back to itself along best successors.",
    ),
    claim(
        "invariant_gives_at_most_one_ring",
        "always",
        "CHORD-16",
        "In every state of the invariant all ring members are in the same ring.",
    ),
    claim(
        "invariant_gives_an_ordered_ring",
        "always",
        "CHORD-16",
        "In every state of the invariant no ring member lies between another and its best \
         successor.",
    ),
    claim(
        "invariant_gives_connected_appendages",
        "always",
        "CHORD-17",
        "In every state of the invariant every member leads to a ring along best successors.",
    ),
    claim(
        "invariant_gives_principals_in_the_ring",
        "always",
        "CHORD-15",
        "In every state of the invariant every principal is in the ring.",
    ),
];

const WHY_LISTS: &str = "circles of up to 2r + 4 identifiers decide all circles (CHORD-25)";
const WHY_STEPS: &str = "room for r + 1 principals, a joining node, a failing one and a gap";
const WHY_RING: &str = "as far as takes seconds; the argument is for every size (CHORD-25)";
const WHY_NINE: &str = "as far as the published analysis went, and every state of it";

fn lists(name: &'static str, r: usize, largest: Id) -> Named<Enumeration> {
    let subject = Enumeration { kind: Kind::Lists, r, sizes: 2..=largest };
    Named { name, tier: Tier::Ci, reason: WHY_LISTS, claims: LISTS.to_vec(), subject }
}

fn steps(name: &'static str, r: usize) -> Named<Enumeration> {
    let subject = Enumeration { kind: Kind::Steps, r, sizes: 2..=6 };
    Named { name, tier: Tier::Ci, reason: WHY_STEPS, claims: STEPS.to_vec(), subject }
}

fn ring(
    name: &'static str,
    r: usize,
    sizes: std::ops::RangeInclusive<Id>,
    tier: Tier,
) -> Named<Enumeration> {
    let reason = if matches!(tier, Tier::Ci) { WHY_RING } else { WHY_NINE };
    let subject = Enumeration { kind: Kind::Ring, r, sizes };
    Named { name, tier, reason, claims: RING.to_vec(), subject }
}

/// One member's pending work takes every value, every set of notifiers included.
fn model_steps() -> Named<EveryField> {
    let chord = Chord::corrected(4, 2).pending(Pending::NotifierSet);
    Named {
        name: "every_model_step_keeps_invariant",
        tier: Tier::Ci,
        reason: "the smallest circle with a node that may join a ring of r + 1; any predecessors, \
                 and anything pending at one member at a time",
        claims: STEPS.to_vec(),
        subject: EveryField { chord, busy: Busy::One },
    }
}

/// Every value of every field at once, which the published model's single slot keeps few.
fn model_steps_shared_slot() -> Named<EveryField> {
    let chord = Chord::corrected(4, 2).pending(Pending::SharedSlot);
    Named {
        name: "every_model_step_keeps_invariant_shared_slot",
        tier: Tier::Nightly,
        reason: "the smallest circle with a node that may join a ring of r + 1; any predecessors, \
                 and anything pending at every member",
        claims: STEPS.to_vec(),
        subject: EveryField { chord, busy: Busy::All },
    }
}

/// What must fail.
fn controls() -> Named<Controls> {
    Named {
        name: "inductive_check_controls",
        tier: Tier::Ci,
        reason: "the smallest circles on which every fault shows",
        claims: Controls::claims(),
        subject: Controls,
    }
}

/// The instances of the inductive check.
#[must_use]
pub fn instances() -> Vec<Box<dyn Checkable>> {
    vec![
        Box::new(lists("invariant_is_inductive_two_successors", 2, 10)),
        Box::new(lists("invariant_is_inductive_three_successors", 3, 10)),
        Box::new(lists("invariant_is_inductive_four_successors", 4, 12)),
        Box::new(steps("every_step_keeps_invariant_two_successors", 2)),
        Box::new(steps("every_step_keeps_invariant_three_successors", 3)),
        Box::new(model_steps()),
        Box::new(model_steps_shared_slot()),
        Box::new(controls()),
        Box::new(ring("invariant_implies_ring_two_successors", 2, 2..=7, Tier::Ci)),
        Box::new(ring("invariant_implies_ring_three_successors", 3, 2..=7, Tier::Ci)),
        Box::new(ring("invariant_implies_ring_two_successors_nine", 2, 8..=9, Tier::Nightly)),
        Box::new(ring("invariant_implies_ring_three_successors_nine", 3, 8..=9, Tier::Nightly)),
    ]
}
