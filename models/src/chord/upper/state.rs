//! What the network remembers above the ring.

use std::fmt;

use serde::Serialize;

use crate::chord::{Id, Set};

/// The largest circle that has room for more than the ring in its [`crate::chord::State`].
pub const MAXIMUM_UPPER_NODES: Id = 5;

/// How many keys there may be.
pub const MAXIMUM_KEYS: usize = 2;

const NODES: usize = MAXIMUM_UPPER_NODES as usize;

/// Who has copies of one key.
///
/// Source: CHORD-61.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Copies {
    /// The members that hold a copy.
    #[serde(skip_serializing_if = "is_nobody")]
    pub holders: Set,
    /// Those of them that were told by an owner that it has the key and does not count on them:
    /// the acknowledgement of their copy is under way.
    #[serde(skip_serializing_if = "is_nobody")]
    pub released: Set,
    /// How many members have failed with a copy since all that are to hold one last did; `None`
    /// if they never did, or if it was more than two. No member knows this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failures: Option<u8>,
}

/// A look-up under way.
///
/// Source: CHORD-65.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Lookup {
    /// What is looked up.
    pub key: Id,
    /// The member that is asked now.
    pub at: Id,
}

/// All that the network remembers above the ring. Empty in the beginning.
///
/// Source: CHORD-60.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Upper {
    /// The copies of each key, in the order of the keys.
    #[serde(skip_serializing_if = "are_nowhere")]
    pub keys: [Copies; MAXIMUM_KEYS],
    /// The members that have handed their copies over and are about to leave.
    #[serde(skip_serializing_if = "is_nobody")]
    pub leaving: Set,
    /// The members that have joined and do not answer for keys yet, where they wait for that.
    #[serde(skip_serializing_if = "is_nobody")]
    pub unready: Set,
    /// The look-up under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lookup: Option<Lookup>,
    /// How many false suspicions there were, if that is limited.
    #[serde(skip_serializing_if = "is_zero")]
    pub suspicions: u8,
    /// How many stale notices there were, if that is limited.
    #[serde(skip_serializing_if = "is_zero")]
    pub stale_notices: u8,
    /// For each node the live one that it took for dead last and that has not refuted it yet,
    /// where that is done.
    #[serde(skip_serializing_if = "is_nobody_suspected")]
    pub suspected: [Option<Id>; NODES],
}

/// What is there, in one line, the keys in the order of the circle:
/// `first key at {0, 2}, released {0}; leaving {2}; look-up of 3 at 1`.
impl fmt::Debug for Upper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sets = [("leaving", self.leaving), ("not ready", self.unready)];
        let sets = sets.into_iter().filter(|(_, set)| !set.is_empty());
        let counts = [("suspicions", self.suspicions), ("stale notices", self.stale_notices)];
        let counts = counts.into_iter().filter(|&(_, count)| count > 0);
        let suspected = (0..).zip(self.suspected).filter_map(|(id, target)| Some((id, target?)));
        let mut said: Vec<String> = Vec::new();
        for (name, copies) in ["first", "second"].into_iter().zip(self.keys) {
            if copies != Copies::default() {
                said.push(format!("{name} key {copies}"));
            }
        }
        said.extend(sets.map(|(name, set)| format!("{name} {set}")));
        said.extend(self.lookup.map(|Lookup { key, at }| format!("look-up of {key} at {at}")));
        said.extend(counts.map(|(name, count)| format!("{name}: {count}")));
        said.extend(suspected.map(|(id, target): (Id, Id)| format!("{id} suspects {target}")));
        f.write_str(&said.join("; "))
    }
}

/// `at {0, 2}, released {0}, failures: 1`.
impl fmt::Display for Copies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}", self.holders)?;
        if !self.released.is_empty() {
            write!(f, ", released {}", self.released)?;
        }
        self.failures.map_or(Ok(()), |failures| write!(f, ", failures: {failures}"))
    }
}

fn are_nowhere(keys: &[Copies; MAXIMUM_KEYS]) -> bool {
    *keys == [Copies::default(); MAXIMUM_KEYS]
}

// Serde passes every field by reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_nobody(set: &Set) -> bool {
    set.is_empty()
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(count: &u8) -> bool {
    *count == 0
}

fn is_nobody_suspected(suspected: &[Option<Id>; NODES]) -> bool {
    suspected.iter().all(Option::is_none)
}

impl Upper {
    /// Nothing.
    pub const EMPTY: Self = Self {
        keys: [Copies { holders: Set::EMPTY, released: Set::EMPTY, failures: None }; MAXIMUM_KEYS],
        leaving: Set::EMPTY,
        unready: Set::EMPTY,
        lookup: None,
        suspicions: 0,
        stale_notices: 0,
        suspected: [None; NODES],
    };

    /// The same when that node is no member any more: all that it remembered is gone. A look-up
    /// that waits for it comes to nothing.
    #[must_use]
    pub fn without(mut self, node: Id) -> Self {
        for copies in &mut self.keys {
            copies.holders = copies.holders.without(node);
            copies.released = copies.released.without(node);
        }
        self.leaving = self.leaving.without(node);
        self.unready = self.unready.without(node);
        self.lookup = self.lookup.filter(|lookup| lookup.at != node);
        for (id, suspected) in (0..).zip(&mut self.suspected) {
            *suspected = suspected.filter(|&target| id != node && target != node);
        }
        self
    }

    /// All of it in 61 bits; zero if it is empty.
    #[must_use]
    pub(in crate::chord) fn bits(&self) -> u64 {
        let mut writer = Bits { word: 0, at: 0 };
        for copies in &self.keys {
            writer.put(NODES, u64::from(copies.holders.bits()));
            writer.put(NODES, u64::from(copies.released.bits()));
            writer.put(2, option(copies.failures));
        }
        writer.put(NODES, u64::from(self.leaving.bits()));
        writer.put(NODES, u64::from(self.unready.bits()));
        writer.put(3, option(self.lookup.map(|lookup| lookup.key)));
        writer.put(3, self.lookup.map_or(0, |lookup| u64::from(lookup.at)));
        writer.put(3, u64::from(self.suspicions));
        writer.put(3, u64::from(self.stale_notices));
        for suspected in self.suspected {
            writer.put(3, option(suspected));
        }
        writer.word
    }

    /// What those bits stand for.
    #[must_use]
    pub(in crate::chord) fn from_bits(word: u64) -> Self {
        if word == 0 {
            return Self::EMPTY;
        }
        let mut reader = Bits { word, at: 0 };
        let mut upper = Self::EMPTY;
        for copies in &mut upper.keys {
            copies.holders = reader.set();
            copies.released = reader.set();
            copies.failures = reader.option(2);
        }
        upper.leaving = reader.set();
        upper.unready = reader.set();
        let key = reader.option(3);
        let at = reader.take(3);
        upper.lookup = key.map(|key| Lookup { key, at });
        upper.suspicions = reader.take(3);
        upper.stale_notices = reader.take(3);
        for suspected in &mut upper.suspected {
            *suspected = reader.option(3);
        }
        upper
    }
}

/// One more than the value; zero for none.
fn option(value: Option<u8>) -> u64 {
    value.map_or(0, |value| u64::from(value) + 1)
}

/// A word that is written, or read, from its lowest bit on.
struct Bits {
    word: u64,
    at: usize,
}

impl Bits {
    const fn put(&mut self, width: usize, value: u64) {
        debug_assert!(value < 1 << width);
        self.word |= value << self.at;
        self.at += width;
    }

    const fn take(&mut self, width: usize) -> u8 {
        let value = self.word >> self.at & ((1 << width) - 1);
        self.at += width;
        value as u8
    }

    const fn option(&mut self, width: usize) -> Option<u8> {
        self.take(width).checked_sub(1)
    }

    const fn set(&mut self) -> Set {
        Set::from_bits(self.take(NODES) as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn busy() -> Upper {
        let all = Set::circle(MAXIMUM_UPPER_NODES);
        let copies = |failures| Copies { holders: all, released: Set::of(4), failures };
        Upper {
            keys: [copies(Some(2)), copies(None)],
            leaving: Set::of(0),
            unready: Set::of(3).with(4),
            lookup: Some(Lookup { key: 4, at: 3 }),
            suspicions: 6,
            stale_notices: 1,
            suspected: [Some(4), None, Some(0), None, Some(3)],
        }
    }

    #[test]
    fn what_was_written_is_read() {
        assert_eq!(Upper::from_bits(busy().bits()), busy());
        assert_eq!(Upper::EMPTY.bits(), 0);
        assert_eq!(Upper::from_bits(0), Upper::default());
        assert!(busy().bits() < 1 << 61);
        let lookup = Upper { lookup: Some(Lookup { key: 0, at: 0 }), ..Upper::EMPTY };
        assert_eq!(Upper::from_bits(lookup.bits()), lookup);
    }

    #[test]
    fn who_is_gone_is_forgotten_everywhere() {
        let gone = busy().without(4);
        assert_eq!(gone.keys[0].holders, Set::circle(4));
        assert_eq!((gone.keys[0].released, gone.unready), (Set::EMPTY, Set::of(3)));
        assert_eq!(gone.suspected, [None, None, Some(0), None, None]);
        assert_eq!(gone.lookup, busy().lookup);
        assert_eq!(busy().without(3).lookup, None);
    }

    #[test]
    fn people_are_told_what_is_there() {
        let told = "first key at {0, 1, 2, 3, 4}, released {4}, failures: 2; \
                    second key at {0, 1, 2, 3, 4}, released {4}; leaving {0}; not ready {3, 4}; \
                    look-up of 4 at 3; suspicions: 6; stale notices: 1; \
                    0 suspects 4; 2 suspects 0; 4 suspects 3";
        assert_eq!(format!("{:?}", busy()), told);
        assert_eq!(format!("{:?}", Upper::EMPTY), "");
    }

    #[test]
    fn json_leaves_out_what_is_empty() {
        assert_eq!(serde_json::to_value(Upper::EMPTY).ok(), Some(serde_json::json!({})));
        let lookup = Upper { lookup: Some(Lookup { key: 1, at: 2 }), ..Upper::EMPTY };
        let expected = serde_json::json!({"lookup": {"key": 1, "at": 2}});
        assert_eq!(serde_json::to_value(lookup).ok(), Some(expected));
    }
}
