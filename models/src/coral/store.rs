//! What a node holds for one key: values with a remaining life.

use std::fmt;

/// The most entries that a list can hold: one more than a node may have, so that a fault can show.
pub const MAXIMUM_ENTRIES: usize = 3;

/// A value and its remaining life in ticks, zero once it has expired; both below 15.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// Which value.
    pub value: u8,
    /// How much is left of its life.
    pub left: u8,
}

impl Entry {
    /// Whether it counts.
    ///
    /// Source: CORAL-8.
    #[must_use]
    pub const fn is_live(self) -> bool {
        self.left > 0
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{} {} left", self.value, self.left)
    }
}

/// The entries of a node for one key, in the order of their values.
///
/// Source: CORAL-8.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct List([u8; MAXIMUM_ENTRIES]);

const fn pack(entry: Entry) -> u8 {
    (entry.value + 1) << 4 | entry.left
}

impl List {
    /// All entries, expired ones included.
    pub fn entries(self) -> impl Iterator<Item = Entry> + Clone {
        let words = self.0.into_iter().filter(|&word| word != 0);
        words.map(|word| Entry { value: (word >> 4) - 1, left: word & 15 })
    }

    /// The entries that count.
    pub fn live(self) -> impl Iterator<Item = Entry> + Clone {
        self.entries().filter(|entry| entry.is_live())
    }

    /// How many entries count.
    #[must_use]
    pub fn count(self) -> u8 {
        self.live().count() as u8
    }

    /// The least remaining life of an entry that counts; zero if none does.
    #[must_use]
    pub fn least(self) -> u8 {
        self.live().map(|entry| entry.left).min().unwrap_or_default()
    }

    /// The entry of that value that counts.
    #[must_use]
    pub fn live_entry(self, value: u8) -> Option<Entry> {
        self.live().find(|entry| entry.value == value)
    }

    /// The values that count, one bit each.
    #[must_use]
    pub fn live_values(self) -> u8 {
        self.live().fold(0, |values, entry| values | 1 << entry.value)
    }

    /// The list with one more entry; unchanged if it can hold no more.
    #[must_use]
    pub fn with(mut self, entry: Entry) -> Self {
        if let Some(free) = self.0.iter_mut().find(|word| **word == 0) {
            *free = pack(entry);
        }
        self.sorted()
    }

    /// The list without one entry that is just so.
    #[must_use]
    pub fn without(mut self, entry: Entry) -> Self {
        if let Some(found) = self.0.iter_mut().find(|word| **word == pack(entry)) {
            *found = 0;
        }
        self.sorted()
    }

    /// The list without what has expired.
    ///
    /// Source: CORAL-8.
    #[must_use]
    pub fn purged(self) -> Self {
        let expired = self.entries().filter(|entry| !entry.is_live());
        expired.fold(self, Self::without)
    }

    /// The list one tick later.
    ///
    /// Source: CORAL-27.
    #[must_use]
    pub fn aged(mut self) -> Self {
        for word in &mut self.0 {
            *word -= u8::from(*word & 15 > 0);
        }
        self.sorted()
    }

    /// The list with every entry changed.
    #[must_use]
    pub fn map(mut self, change: impl Fn(Entry) -> Entry) -> Self {
        let entries = self.entries();
        for (word, entry) in self.0.iter_mut().zip(entries) {
            *word = pack(change(entry));
        }
        self.sorted()
    }

    fn sorted(mut self) -> Self {
        // What is empty comes last.
        self.0.sort_unstable_by_key(|&word| (word == 0, word));
        self
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries()).finish()
    }
}

/// Whether a node with these entries is full for a new value of that life.
///
/// Source: CORAL-9.
#[must_use]
pub fn is_full(list: List, capacity: u8, ttl: u8) -> bool {
    reads_full(list.count(), list.least(), capacity, ttl)
}

/// The same from what a reply tells: the number of live entries, and their least remaining life.
///
/// Source: CORAL-9, CORAL-12.
#[must_use]
pub const fn reads_full(count: u8, least: u8, capacity: u8, ttl: u8) -> bool {
    let has_all = count >= capacity;
    let are_half_alive = 2 * least >= ttl;
    has_all && are_half_alive
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[(u8, u8)]) -> List {
        let entries = entries.iter().map(|&(value, left)| Entry { value, left });
        entries.fold(List::default(), List::with)
    }

    #[test]
    fn exactly_half_a_life_is_full_and_a_tick_less_is_not() {
        assert!(is_full(list(&[(0, 4), (1, 7)]), 2, 8));
        assert!(!is_full(list(&[(0, 3), (1, 7)]), 2, 8));
        assert!(is_full(list(&[(0, 4), (1, 7)]), 2, 7));
        assert!(!is_full(list(&[(0, 4), (1, 7)]), 2, 9));
        assert!(!is_full(list(&[(0, 7)]), 2, 1), "there is room");
        assert!(!is_full(list(&[(0, 0), (1, 7)]), 2, 1), "what has expired is room");
    }

    #[test]
    fn a_list_ages_and_is_purged_lazily() {
        let young = list(&[(2, 1), (0, 2)]);
        let old = young.aged();
        assert_eq!((old.entries().count(), old.count(), old.least()), (2, 1, 1));
        assert_eq!(old.live_values(), 0b001);
        assert_eq!(old.purged(), list(&[(0, 1)]));
        assert_eq!(old.aged().aged().count(), 0);
    }

    #[test]
    fn the_order_of_storing_makes_no_difference() {
        assert_eq!(list(&[(2, 1), (0, 2)]), list(&[(0, 2), (2, 1)]));
        let without = list(&[(2, 1), (0, 2)]).without(Entry { value: 0, left: 2 });
        assert_eq!(without, list(&[(2, 1)]));
        assert_eq!(format!("{:?}", list(&[(2, 1)])), "[v2 1 left]");
    }
}
