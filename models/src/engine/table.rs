//! A table from states to their numbers, compared exactly.
//!
//! Each slot holds a number and 32 bits of the state's hash. The slot's own position is the upper
//! part of those bits, so that the table grows in one sequential pass without hashing anything
//! again, and only a slot whose bits all match sends the search to the state itself.

/// A slot that holds nothing. No state has the number `u32::MAX`.
const EMPTY: u64 = u64::MAX;

/// Slots of a table that is just made; a power of two.
const INITIAL_BITS: u32 = 12;

/// Open addressing with linear probing over `(tag, number)` pairs.
pub(super) struct Table {
    slots: Vec<u64>,
    bits: u32,
    used: usize,
}

/// Where a probe stands.
#[derive(Clone, Copy)]
pub(super) struct Probe(usize);

impl Table {
    pub(super) fn new() -> Self {
        Self { slots: vec![EMPTY; 1 << INITIAL_BITS], bits: INITIAL_BITS, used: 0 }
    }

    /// Bytes that the table holds.
    pub(super) fn bytes(&self) -> u64 {
        (self.slots.len() * size_of::<u64>()) as u64
    }

    /// Bytes that the table would hold, while it grows, after this many more insertions.
    pub(super) fn bytes_after(&self, insertions: usize) -> u64 {
        let mut slots = self.slots.len();
        while self.used + insertions > slots / 4 * 3 {
            slots *= 2;
        }
        let old = if slots == self.slots.len() { 0 } else { self.slots.len() };
        ((slots + old) * size_of::<u64>()) as u64
    }

    /// Makes room, so that this many insertions do not move anything.
    pub(super) fn reserve(&mut self, insertions: usize) {
        while self.used + insertions > self.slots.len() / 4 * 3 {
            self.grow();
        }
    }

    fn grow(&mut self) {
        assert!(self.bits < 32, "a table has at most 2^32 slots");
        self.bits += 1;
        let old = std::mem::replace(&mut self.slots, vec![EMPTY; 1 << self.bits]);
        for slot in old {
            if slot != EMPTY {
                let mut probe = self.probe((slot >> 32) as u32);
                while self.slots[probe.0] != EMPTY {
                    probe = self.next(probe);
                }
                self.slots[probe.0] = slot;
            }
        }
    }

    /// Where the search for a tag begins.
    #[inline]
    pub(super) fn probe(&self, tag: u32) -> Probe {
        Probe((u64::from(tag) >> (32 - self.bits)) as usize)
    }

    /// The slot after this one.
    #[inline]
    pub(super) fn next(&self, probe: Probe) -> Probe {
        Probe((probe.0 + 1) & (self.slots.len() - 1))
    }

    /// The raw slot; reading it ahead of time brings its line into the cache.
    #[inline]
    pub(super) fn touch(&self, probe: Probe) -> u64 {
        self.slots[probe.0]
    }

    /// The number at the first slot from here on whose tag matches, with the slot itself; or the
    /// empty slot that ends the search.
    #[inline]
    pub(super) fn seek(&self, mut probe: Probe, tag: u32) -> (Probe, Option<u32>) {
        loop {
            let slot = self.slots[probe.0];
            if slot == EMPTY {
                return (probe, None);
            }
            if (slot >> 32) as u32 == tag {
                return (probe, Some(slot as u32));
            }
            probe = self.next(probe);
        }
    }

    /// Fills the empty slot that a search has found. Room must have been reserved.
    #[inline]
    pub(super) fn fill(&mut self, probe: Probe, tag: u32, number: u32) {
        debug_assert_eq!(self.slots[probe.0], EMPTY, "a slot is filled once");
        self.slots[probe.0] = u64::from(tag) << 32 | u64::from(number);
        self.used += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(table: &Table, tag: u32, wanted: u32) -> bool {
        let mut probe = table.probe(tag);
        loop {
            match table.seek(probe, tag) {
                (_, None) => return false,
                (_, Some(number)) if number == wanted => return true,
                (at, Some(_)) => probe = table.next(at),
            }
        }
    }

    #[test]
    fn every_entry_is_found_again_after_growing() {
        let mut table = Table::new();
        let tag = |number: u32| number.wrapping_mul(0x9E37_79B9);
        for number in 0..100_000 {
            table.reserve(1);
            let (at, _) = {
                let mut probe = table.probe(tag(number));
                while table.touch(probe) != EMPTY {
                    probe = table.next(probe);
                }
                (probe, ())
            };
            table.fill(at, tag(number), number);
        }
        assert!((0..100_000).all(|number| find(&table, tag(number), number)));
        assert!(!find(&table, tag(5), 6));
    }

    #[test]
    fn equal_tags_share_the_table() {
        let mut table = Table::new();
        for number in 0..50 {
            table.reserve(1);
            let mut probe = table.probe(u32::MAX);
            while let (at, Some(_)) = table.seek(probe, u32::MAX) {
                probe = table.next(at);
            }
            let (at, _) = table.seek(probe, u32::MAX);
            table.fill(at, u32::MAX, number);
        }
        assert!((0..50).all(|number| find(&table, u32::MAX, number)));
        assert!(!find(&table, u32::MAX, 50));
    }
}
