//! Successor lists, and what a repair makes of them.
//!
//! The step functions and the inductive check call the same functions, so that what the one
//! explores is what the other decides for every size of ring.

use std::fmt;

use serde::{Serialize, Serializer};

use super::identifier::{Id, Set};

/// The mark of an entry that is not there.
const NONE: u16 = 0xF;

/// A list of up to four successors, nearest first. Entries may be dead.
///
/// Source: CHORD-3.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct List(u16);

impl List {
    /// The longest list that fits.
    pub const CAPACITY: usize = 4;

    /// The list without entries.
    pub const EMPTY: Self = Self(u16::MAX);

    /// The list of these entries; those beyond the capacity are dropped.
    #[must_use]
    pub fn new(entries: &[Id]) -> Self {
        entries.iter().fold(Self::EMPTY, |list, &id| list.push(id))
    }

    /// The list as four bits for each entry, the head lowest; all ones where there is no entry.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// The list whose bits these are.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// How many entries the list has.
    #[must_use]
    pub const fn len(self) -> usize {
        let mut length = 0;
        while length < Self::CAPACITY && self.raw(length) != NONE {
            length += 1;
        }
        length
    }

    /// Whether the list has no entry.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.raw(0) == NONE
    }

    /// The entry at that position, the head being at 0.
    #[must_use]
    pub const fn get(self, position: usize) -> Option<Id> {
        if position >= Self::CAPACITY {
            return None;
        }
        let raw = self.raw(position);
        if raw == NONE { None } else { Some(raw as Id) }
    }

    /// The first entry.
    #[must_use]
    pub const fn head(self) -> Option<Id> {
        self.get(0)
    }

    /// The last entry.
    #[must_use]
    pub const fn last(self) -> Option<Id> {
        match self.len() {
            0 => None,
            length => self.get(length - 1),
        }
    }

    /// The list with one more entry at its end; the same list if it is full.
    #[must_use]
    pub const fn push(self, id: Id) -> Self {
        match self.len() {
            Self::CAPACITY => self,
            length => self.set(length, id),
        }
    }

    /// The list without its head.
    #[must_use]
    pub const fn tail(self) -> Self {
        Self(self.0 >> 4 | NONE << 12)
    }

    /// The list of the first `length` entries.
    #[must_use]
    pub const fn truncate(self, length: usize) -> Self {
        if length >= Self::CAPACITY { self } else { Self(self.0 | u16::MAX << (4 * length)) }
    }

    /// The list with another entry at a position that it has, or one past its end.
    #[must_use]
    const fn set(self, position: usize, id: Id) -> Self {
        let shift = 4 * position;
        Self(self.0 & !(NONE << shift) | (id as u16) << shift)
    }

    const fn raw(self, position: usize) -> u16 {
        self.0 >> (4 * position) & NONE
    }

    /// Whether the identifier is an entry.
    #[must_use]
    pub fn contains(self, id: Id) -> bool {
        self.iter().any(|entry| entry == id)
    }

    /// The entries as a set.
    #[must_use]
    pub const fn set_of(self) -> Set {
        let mut set = Set::EMPTY;
        let mut rest = self;
        while let Some(entry) = rest.head() {
            set = set.with(entry);
            rest = rest.tail();
        }
        set
    }

    /// The entries, nearest first.
    #[must_use]
    pub const fn iter(self) -> Entries {
        Entries(self)
    }

    /// The adjacent pairs of the extended list, which is the owner followed by the list.
    ///
    /// Source: CHORD-3.
    pub fn pairs(self, owner: Id) -> impl Iterator<Item = (Id, Id)> {
        std::iter::once(owner).chain(self).zip(self)
    }

    /// The identifiers of a circle of `n` that the owner's extended list skips: those strictly
    /// between two adjacent entries.
    ///
    /// Source: CHORD-3.
    #[must_use]
    pub const fn skipped(self, owner: Id, n: Id) -> Set {
        let mut skipped = Set::EMPTY;
        let (mut before, mut rest) = (owner, self);
        while let Some(entry) = rest.head() {
            skipped = skipped.union(Set::wide_arc(before, entry));
            (before, rest) = (entry, rest.tail());
        }
        skipped.intersection(Set::circle(n))
    }
}

/// What a member makes of the list of a live successor: that successor, then its list without
/// the last entry. The length is that of the adopted list.
///
/// Source: CHORD-7, CHORD-8.
#[must_use]
pub const fn adopt(head: Id, its_list: List) -> List {
    let longer = List(its_list.0 << 4 | head as u16);
    longer.truncate(its_list.len())
}

/// What a member makes of its list when the head is dead: the tail, and at the end a made-up
/// entry, the identifier next to the last on a circle of `n`, which keeps the length.
///
/// Source: CHORD-7.
#[must_use]
pub const fn drop_dead_head(list: List, n: Id) -> List {
    match list.last() {
        None => list,
        Some(farthest) => list.tail().push((farthest + 1) % n),
    }
}

/// Whether the owner's extended list passes over `p`: whether `p` lies strictly between two
/// adjacent entries of it.
///
/// Source: CHORD-3.
#[must_use]
pub fn skips(owner: Id, list: List, p: Id) -> bool {
    list.pairs(owner).any(|(a, b)| super::identifier::between(a, p, b))
}

/// The entries of a [`List`], nearest first.
#[derive(Clone, Debug)]
pub struct Entries(List);

impl Iterator for Entries {
    type Item = Id;

    fn next(&mut self) -> Option<Id> {
        let head = self.0.head()?;
        self.0 = self.0.tail();
        Some(head)
    }
}

impl IntoIterator for List {
    type Item = Id;
    type IntoIter = Entries;

    fn into_iter(self) -> Entries {
        self.iter()
    }
}

/// The entries with spaces between them: `1 2`.
impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, id) in self.into_iter().enumerate() {
            let separator = if position == 0 { "" } else { " " };
            write!(f, "{separator}{id}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{self}]")
    }
}

impl Serialize for List {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_gives_back_its_entries() {
        for entries in [vec![], vec![0], vec![14, 0], vec![3, 2, 1], vec![1, 1, 1, 1]] {
            let list = List::new(&entries);
            assert_eq!(list.iter().collect::<Vec<_>>(), entries);
            assert_eq!(list.len(), entries.len());
            assert_eq!(list.is_empty(), entries.is_empty());
            assert_eq!(
                (list.head(), list.last()),
                (entries.first().copied(), entries.last().copied())
            );
            assert_eq!(List::from_bits(list.bits()), list);
        }
        assert_eq!(List::new(&[1, 2, 3, 4]).push(5), List::new(&[1, 2, 3, 4]));
        assert_eq!(List::new(&[1, 2, 3]).truncate(2), List::new(&[1, 2]));
        assert_eq!(format!("{:?}", List::new(&[1, 2])), "[1 2]");
    }

    #[test]
    fn an_adopted_list_is_the_head_and_its_list_without_the_last_entry() {
        assert_eq!(adopt(1, List::new(&[2, 3])), List::new(&[1, 2]));
        assert_eq!(adopt(1, List::new(&[2, 3, 4, 5])), List::new(&[1, 2, 3, 4]));
        assert_eq!(adopt(1, List::new(&[2])), List::new(&[1]));
    }

    #[test]
    fn a_dead_head_is_dropped_and_the_end_padded_round_the_circle() {
        assert_eq!(drop_dead_head(List::new(&[1, 2]), 4), List::new(&[2, 3]));
        assert_eq!(drop_dead_head(List::new(&[2, 3]), 4), List::new(&[3, 0]));
        assert_eq!(drop_dead_head(List::new(&[3]), 4), List::new(&[0]));
        assert_eq!(drop_dead_head(List::new(&[1, 2, 3, 4]), 12), List::new(&[2, 3, 4, 5]));
        assert_eq!(drop_dead_head(List::EMPTY, 4), List::EMPTY);
    }

    #[test]
    fn what_a_list_skips_lies_between_adjacent_entries_of_the_extended_list() {
        let list = List::new(&[3, 0]);
        let skipped: Vec<Id> = (0..6).filter(|&p| skips(1, list, p)).collect();
        assert_eq!(skipped, [2, 4, 5]);
        for n in 1..8 {
            for owner in 0..n {
                for a in 0..n {
                    for b in 0..n {
                        let list = List::new(&[a, b]);
                        let one_by_one = (0..n).filter(|&p| skips(owner, list, p)).collect();
                        assert_eq!(list.skipped(owner, n), one_by_one);
                    }
                }
            }
        }
    }
}
