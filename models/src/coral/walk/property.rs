//! What is claimed of look-ups.

use crate::engine::{Claim, Form};

use super::super::identifier::distance;
use super::super::routing::Policy;
use super::{KEY, LookUp, Move, Walk, ids};

/// All that is claimed of look-ups with this rule.
pub(super) fn claims(walk: &Walk) -> Vec<Claim<Walk>> {
    let mut claims = vec![
        HOPS_GET_CLOSER,
        PATHS_ARE_SHORT,
        LOOK_UPS_END_AT_THE_CLOSEST,
        EVERY_HOP_HALVES_THE_DISTANCE,
    ];
    if matches!(walk.policy, Policy::Splice(_)) {
        claims.push(SPLICE_DIFFERS_FROM_GREEDY);
    }
    if walk.policy == Policy::Half {
        claims.push(A_PATH_IS_TWICE_AS_LONG);
    }
    claims
}

const HOPS_GET_CLOSER: Claim<Walk> = Claim::new(
    "hops_get_closer",
    "Each node that a look-up asks is closer to the key than the one that answered before.",
    "CORAL-7",
    Form::Step {
        when: |_, _, action, _| matches!(action, Move::Hop(..)),
        holds: |_, before, _, after| distance(after.at, KEY) < distance(before.at, KEY),
    },
);

const PATHS_ARE_SHORT: Claim<Walk> = Claim::new(
    "paths_are_short",
    "No look-up hops more often than an identifier has bits.",
    "CORAL-7",
    Form::Always {
        when: Some(has_ended),
        holds: |walk, look_up: &LookUp| look_up.hops <= walk.width,
    },
);

const LOOK_UPS_END_AT_THE_CLOSEST: Claim<Walk> = Claim::new(
    "look_ups_end_at_the_closest",
    "A look-up ends at the closest node of all.",
    "CORAL-7",
    Form::Always {
        when: Some(has_ended),
        holds: |_, look_up: &LookUp| ids(look_up.nodes).next() == Some(look_up.at),
    },
);

/// A control: it is true of the target of splice, not of the nodes.
const EVERY_HOP_HALVES_THE_DISTANCE: Claim<Walk> = Claim::new(
    "every_hop_halves_the_distance",
    "After each hop the distance is at most half of what it was.",
    "CORAL-7",
    Form::Step {
        when: |_, _, action, _| matches!(action, Move::Hop(..)),
        holds: |_, before, _, after| 2 * distance(after.at, KEY) <= distance(before.at, KEY),
    },
);

const SPLICE_DIFFERS_FROM_GREEDY: Claim<Walk> = Claim::new(
    "splice_differs_from_greedy",
    "With some table this rule goes elsewhere than to the contact closest to the key.",
    "CORAL-7",
    Form::Sometimes(|walk, look_up: &LookUp| {
        !look_up.ended
            && walk.tables_at(*look_up).into_iter().any(|table| {
                let closest = ids(table).next().filter(|&id| id < look_up.at);
                match walk.step_with(*look_up, table) {
                    Move::Hop(to, _) => closest != Some(to),
                    Move::End => false,
                }
            })
    }),
);

const A_PATH_IS_TWICE_AS_LONG: Claim<Walk> = Claim::new(
    "a_path_is_twice_as_long",
    "A look-up hops twice as often as an identifier has bits, or more.",
    "CORAL-6",
    Form::Sometimes(|walk, look_up: &LookUp| look_up.ended && look_up.hops >= 2 * walk.width),
);

fn has_ended(_: &Walk, look_up: &LookUp) -> bool {
    look_up.ended
}
