//! What is claimed of fingers that are fixed one at a time.

use super::{Answer, BITS, Fixing, Id, Start, Step, Tables};
use crate::engine::{Claim, Form};

/// All that is claimed of fingers that are fixed from that start.
pub(super) fn claims(fixing: &Fixing) -> Vec<Claim<Fixing>> {
    let mut claims = vec![
        HOPS_WITH_STALE_FINGERS_APPROACH,
        STALE_FINGERS_NAME_THE_OWNER,
        A_FIX_PUTS_THE_OWNER_THERE,
        FINGERS_BECOME_CORRECT,
        CORRECT_TABLES_TAKE_AT_MOST_M_HOPS,
        STALE_TABLES_TAKE_AT_MOST_M_HOPS,
        FEWER_THAN_ALL_ARE_ASKED,
    ];
    if matches!(fixing.start, Start::Alone(_)) {
        claims.push(PRINTED_TABLES_COME_UP);
    }
    claims
}

const HOPS_WITH_STALE_FINGERS_APPROACH: Claim<Fixing> = Claim::new(
    "hops_with_stale_fingers_approach",
    "Whatever the tables hold, a member whom a look-up asks next is nearer to the identifier, and \
     not past it.",
    "CHORD-73",
    Form::Always {
        when: None,
        holds: |fixing, tables: &Tables| {
            let ring = tables.ring();
            every_look_up(tables, |at, key| match fixing.answer(tables, at, key) {
                Answer::Named(_) => true,
                Answer::Ask(to) => {
                    let is_past = ring.distance(at, to) >= ring.distance(at, key);
                    ring.contains(to) && to != at && !is_past
                }
            })
        },
    },
);

const STALE_FINGERS_NAME_THE_OWNER: Claim<Fixing> = Claim::new(
    "stale_fingers_name_the_owner",
    "Whatever the tables hold, a look-up on a ring at rest names the owner.",
    "CHORD-73",
    Form::Always {
        when: None,
        holds: |fixing, tables: &Tables| {
            every_look_up(tables, |from, key| {
                let named = fixing.look_up(tables, from, key).map(|(_, owner)| owner);
                named == Some(tables.ring().owner(key))
            })
        },
    },
);

const A_FIX_PUTS_THE_OWNER_THERE: Claim<Fixing> = Claim::new(
    "a_fix_puts_the_owner_there",
    "Whatever the tables hold, a fix makes its finger right and touches no other: as many fixes \
     as fingers are wrong suffice, in any order.",
    "CHORD-73",
    Form::Step {
        when: |_, _, step, _| matches!(step, Step::Fix { .. }),
        holds: |_, before, step, after| {
            let Step::Fix { node, finger } = *step else { return true };
            let finger = u32::from(finger);
            let right = before.ring().finger(node, finger);
            *after == before.with_finger(node, finger, right)
        },
    },
);

const FINGERS_BECOME_CORRECT: Claim<Fixing> = Claim::new(
    "fingers_become_correct",
    "In whatever order they are fixed, all fingers are right in the end and stay so.",
    "CHORD-73",
    Form::EventuallyAlways(|_, tables: &Tables| tables.are_correct()),
);

const CORRECT_TABLES_TAKE_AT_MOST_M_HOPS: Claim<Fixing> = Claim::new(
    "correct_tables_take_at_most_m_hops",
    "With the tables that the fixes end in a look-up asks at most as many other members as \
     identifiers have bits.",
    "CHORD-73",
    Form::Always {
        when: Some(|_, tables| tables.are_correct()),
        holds: |fixing, tables| asks_at_most(fixing, tables, BITS),
    },
);

/// False if members begin with nothing: then fingers are no help.
const STALE_TABLES_TAKE_AT_MOST_M_HOPS: Claim<Fixing> = Claim::new(
    "stale_tables_take_at_most_m_hops",
    "From the beginning until all fingers are right a look-up asks at most as many other members \
     as identifiers have bits.",
    "CHORD-73",
    Form::Always { when: None, holds: |fixing, tables| asks_at_most(fixing, tables, BITS) },
);

const FEWER_THAN_ALL_ARE_ASKED: Claim<Fixing> = Claim::new(
    "fewer_than_all_are_asked",
    "Whatever the tables hold, a look-up asks at most all other members.",
    "CHORD-73",
    Form::Always {
        when: None,
        holds: |fixing, tables: &Tables| {
            asks_at_most(fixing, tables, u32::from(tables.members).count_ones() - 1)
        },
    },
);

fn every_look_up(tables: &Tables, holds: impl Fn(Id, Id) -> bool) -> bool {
    let ring = tables.ring();
    ring.members().all(|from| ring.identifiers().all(|key| holds(from, key)))
}

fn asks_at_most(fixing: &Fixing, tables: &Tables, most: u32) -> bool {
    every_look_up(tables, |from, key| {
        fixing.look_up(tables, from, key).is_some_and(|(hops, _)| hops <= most)
    })
}

/// The tables as the course prints them: the members, and where their fingers lead.
const PRINTED: [(Id, [Id; 3]); 4] =
    [(0, [1, 2, 0]), (1, [2, 6, 6]), (2, [6, 6, 6]), (6, [0, 0, 2])];

/// Its last table of 0 is from before 6 joined.
const PRINTED_TABLES_COME_UP: Claim<Fixing> = Claim::new(
    "printed_tables_come_up",
    "The tables that the course prints come up, and one finger in them is not what it is to be: \
     the last one of 0.",
    "CHORD-69",
    Form::Sometimes(|_, tables: &Tables| {
        let is_printed = |&(node, fingers): &(Id, [Id; 3])| {
            tables.ring().contains(node) && tables.fingers[usize::from(node)] == fingers
        };
        PRINTED.iter().all(is_printed) && tables.wrong().eq([(0, 2)])
    }),
);
