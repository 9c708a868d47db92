//! The rules of the paper, one function each.

use super::identifier::Id;
use super::options::Counting;
use super::peers::{Network, Peers};
use super::state::Peer;
use super::store::{Entry, List, is_full};

/// Whether a node is loaded, the request that asks included.
///
/// Source: CORAL-10, CORAL-11.
#[must_use]
pub const fn is_loaded(peer: &Peer, list: usize, counting: Counting, leakage: u8) -> bool {
    match counting {
        Counting::Leaky => peer.passed[list] >= leakage,
        Counting::Literal => peer.seen[0] + peer.seen[1] > leakage,
    }
}

/// Whether the forward phase ends at a node.
///
/// Source: CORAL-12.
#[must_use]
pub const fn ends_forward(full: bool, loaded: bool) -> bool {
    full && loaded
}

/// Whether a node that was contacted may be asked to store.
///
/// Source: CORAL-13.
#[must_use]
pub const fn is_stacked(full: bool, loaded: bool) -> bool {
    !(full && loaded)
}

/// The node to be asked next to store.
///
/// Source: CORAL-13, CORAL-14.
#[must_use]
pub fn top(network: &Network, key: Id, stack: Peers) -> Option<Id> {
    network.closest(key, stack)
}

/// Whether a node takes a value.
///
/// Source: CORAL-8, CORAL-15.
#[must_use]
pub fn accepts(list: List, value: u8, ttl: u8, capacity: u8) -> bool {
    let is_refresh = list.live_entry(value).is_some();
    is_refresh || !is_full(list, capacity, ttl)
}

/// The entry that makes way for a new value where there is no room: the one with the least left, of
/// equals the smaller value.
///
/// Source: CORAL-15.
#[must_use]
pub fn victim(list: List) -> Option<Entry> {
    list.live().min_by_key(|entry| (entry.left, entry.value))
}

/// The list with room for a value: without what has expired, without an entry of the same value,
/// and, if there are still so many, without the victim.
///
/// Source: CORAL-8, CORAL-15.
#[must_use]
pub fn make_room(list: List, value: u8, capacity: u8) -> List {
    let list = list.purged();
    if let Some(own) = list.live_entry(value) {
        return list.without(own);
    }
    match victim(list) {
        Some(entry) if list.count() >= capacity => list.without(entry),
        _ => list,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[(u8, u8)]) -> List {
        let entries = entries.iter().map(|&(value, left)| Entry { value, left });
        entries.fold(List::default(), List::with)
    }

    #[test]
    fn the_shortest_makes_way_and_the_same_value_replaces_its_own() {
        let full = list(&[(0, 2), (1, 5)]);
        assert!(!accepts(full, 2, 4, 2) && accepts(full, 2, 5, 2));
        assert_eq!(make_room(full, 2, 2), list(&[(1, 5)]));
        assert!(accepts(full, 1, 1, 2), "a refresh, though it is full");
        assert_eq!(make_room(full, 1, 2), list(&[(0, 2)]));
        assert_eq!(make_room(list(&[(0, 0), (1, 5)]), 2, 2), list(&[(1, 5)]));
    }

    #[test]
    fn only_what_is_both_ends_a_forward_phase_and_is_not_stacked() {
        for (full, loaded) in [(false, false), (false, true), (true, false), (true, true)] {
            assert_eq!(ends_forward(full, loaded), full && loaded);
            assert_eq!(is_stacked(full, loaded), !full || !loaded);
        }
    }

    #[test]
    fn a_leaky_node_lets_so_many_through_and_a_literal_one_counts_all() {
        let mut peer = Peer { passed: [1, 2], seen: [1, 1], ..Peer::default() };
        assert!(
            !is_loaded(&peer, 0, Counting::Leaky, 2) && is_loaded(&peer, 1, Counting::Leaky, 2)
        );
        assert!(!is_loaded(&peer, 0, Counting::Literal, 2));
        peer.seen = [2, 1];
        assert!(is_loaded(&peer, 0, Counting::Literal, 2));
    }
}
