//! Which node has which address.

use std::hash::{BuildHasher, Hash};

use foldhash::fast::FixedState;

use super::plan::NodeIndex;

/// Addresses and the nodes that have them: looked up for every message, and never gone through,
/// so that the order in which they are kept cannot be seen.
pub(crate) struct Directory<A> {
    /// Twice as many slots as addresses at least; an address is in the first slot from its own on
    /// that was free when it came.
    slots: Vec<Option<(A, NodeIndex)>>,
}

/// The same on every machine: nothing of a run depends on it, but its speed does.
const SEED: u64 = 1;

impl<A: Copy + Eq + Hash> Directory<A> {
    /// The directory of these addresses, of which no two are equal: the first belongs to node 0,
    /// and so on.
    pub(crate) fn new(addresses: &[A]) -> Self {
        let size = (addresses.len() * 2).next_power_of_two().max(2);
        let mut directory = Self { slots: vec![None; size] };
        for (node, &address) in (0..).zip(addresses) {
            let free = directory.slots_from(address).find(|&slot| directory.slots[slot].is_none());
            if let Some(slot) = free {
                directory.slots[slot] = Some((address, node));
            }
        }
        directory
    }

    /// The node that has this address.
    pub(crate) fn find(&self, address: A) -> Option<NodeIndex> {
        for slot in self.slots_from(address) {
            let (other, node) = self.slots[slot]?;
            if other == address {
                return Some(node);
            }
        }
        None
    }

    fn slots_from(&self, address: A) -> impl Iterator<Item = usize> + use<A> {
        let mask = self.slots.len() - 1;
        let first = FixedState::with_seed(SEED).hash_one(address) as usize;
        (0..=mask).map(move |step| first.wrapping_add(step) & mask)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_found_and_no_other() {
        for size in [0u64, 1, 2, 3, 1000] {
            let addresses: Vec<u64> = (0..size).map(|number| number * 3).collect();
            let directory = Directory::new(&addresses);
            for (node, &address) in (0..).zip(&addresses) {
                assert_eq!(directory.find(address), Some(node));
                assert_eq!(directory.find(address + 1), None);
            }
        }
    }
}
