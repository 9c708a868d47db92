//! Look-ups over every network of three and of four bits, function by function: where they end, how
//! long they are, and what the course's rule does.

use std::collections::BTreeMap;

use straightedge_models::coral::Policy;
use straightedge_models::coral::walk::{LookUp, Move, Tables, Walk};

/// The longest path from every beginning, over all tables; every look-up ends at the closest node.
fn longest(walk: Walk) -> (u64, u8) {
    let (mut beginnings, mut longest) = (0, 0);
    let mut known = BTreeMap::new();
    let mut network = 0;
    for beginning in walk.beginnings() {
        if beginning.nodes != network {
            known.clear();
            network = beginning.nodes;
        }
        beginnings += 1;
        longest = longest.max(hops(walk, beginning, &mut known));
    }
    (beginnings, longest)
}

/// The most hops that a look-up can still make.
fn hops(walk: Walk, look_up: LookUp, known: &mut BTreeMap<(u8, u8), u8>) -> u8 {
    let place = (look_up.at, look_up.target);
    if let Some(&hops) = known.get(&place) {
        return hops;
    }
    let mut moves: Vec<Move> =
        walk.tables_at(look_up).into_iter().map(|table| walk.step_with(look_up, table)).collect();
    moves.sort_unstable();
    moves.dedup();
    let mut most = 0;
    for step in moves {
        match step {
            Move::End => assert_eq!(u32::from(look_up.at), look_up.nodes.trailing_zeros()),
            Move::Hop(at, target) => {
                assert!(at < look_up.at, "from {look_up:?} to {at}");
                let next = LookUp { at, target, ..look_up };
                most = most.max(1 + hops(walk, next, known));
            }
        }
    }
    known.insert(place, most);
    most
}

#[test]
fn greedy_and_splice_make_at_most_as_many_hops_as_there_are_bits() {
    for (width, beginnings) in [(3, 1_024), (4, 524_288)] {
        for policy in [Policy::Greedy, Policy::Splice(1), Policy::Splice(2)] {
            let one = longest(Walk::new(width, policy, Tables::OneContact));
            assert_eq!(one, (beginnings, width), "{policy:?}");
            let (_, full) = longest(Walk::new(width, policy, Tables::Full));
            let most = match policy {
                Policy::Greedy => 1,
                _ => width,
            };
            assert!(full <= most, "{policy:?}: {full} hops");
        }
    }
}

#[test]
fn the_rule_of_half_the_distance_makes_six_and_ten_hops() {
    assert_eq!(longest(Walk::new(3, Policy::Half, Tables::OneContact)).1, 6);
    assert_eq!(longest(Walk::new(4, Policy::Half, Tables::OneContact)).1, 10);
}
