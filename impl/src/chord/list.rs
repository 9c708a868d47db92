//! Successor lists, and what a repair makes of them.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::identifier::Identifier;

/// A list of at least one successor, nearest first. Entries may be dead or wrong.
///
/// Source: CHORD-3.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Successors<I> {
    head: I,
    rest: Vec<I>,
}

impl<I: Identifier> Successors<I> {
    /// The list of these entries, if there are any.
    #[must_use]
    pub fn new(entries: &[I]) -> Option<Self> {
        let (&head, rest) = entries.split_first()?;
        Some(Self { head, rest: rest.to_vec() })
    }

    /// How many entries the list has: one at least.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.rest.len() + 1
    }

    /// The first entry.
    #[must_use]
    pub fn head(&self) -> I {
        self.head
    }

    /// The last entry.
    #[must_use]
    pub fn last(&self) -> I {
        self.rest.last().copied().unwrap_or(self.head)
    }

    /// The entries, nearest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = I> + Clone {
        std::iter::once(self.head).chain(self.rest.iter().copied())
    }

    /// The entries, nearest first.
    #[must_use]
    pub fn to_vec(&self) -> Vec<I> {
        self.iter().collect()
    }

    /// What a member makes of the list of a live successor: that successor, then its list without
    /// the last entry.
    ///
    /// Source: CHORD-7, CHORD-8.
    #[must_use]
    pub fn adopt(head: I, its_list: &Self) -> Self {
        let kept = its_list.len() - 1;
        Self { head, rest: its_list.iter().take(kept).collect() }
    }

    /// What a member makes of its list when the head is dead: the tail, and at the end a made-up
    /// entry, the identifier next to the last, which keeps the length and skips nobody.
    ///
    /// Source: CHORD-7.
    #[must_use]
    pub fn without_dead_head(&self) -> Self {
        let pad = self.last().next();
        let mut tail = self.rest.iter().copied().chain([pad]);
        Self { head: tail.next().unwrap_or(pad), rest: tail.collect() }
    }

    /// The tail with this entry at its end: the fault `pad_with_self`.
    pub(super) fn without_head_but_with(&self, pad: I) -> Self {
        let mut tail = self.rest.iter().copied().chain([pad]);
        Self { head: tail.next().unwrap_or(pad), rest: tail.collect() }
    }

    /// The tail, as long as something is left: the fault `do_not_pad`.
    pub(super) fn shortened(&self) -> Self {
        Self::new(&self.rest).unwrap_or_else(|| self.clone())
    }

    /// The head and the identifiers next to it, as many as before: the fault
    /// `join_copies_head_only`.
    pub(super) fn head_and_pads(&self) -> Self {
        let mut pads = std::iter::successors(Some(self.head), |id| Some(id.next())).skip(1);
        Self { head: self.head, rest: pads.by_ref().take(self.rest.len()).collect() }
    }
}

/// The entries in brackets: `[1 2]`.
impl<I: fmt::Debug> fmt::Debug for Successors<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{:?}", self.head)?;
        self.rest.iter().try_for_each(|id| write!(f, " {id:?}"))?;
        f.write_str("]")
    }
}

impl<I: Identifier> Serialize for Successors<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
