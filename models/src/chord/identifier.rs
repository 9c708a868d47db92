//! The identifier circle: what lies between what, and small sets of identifiers.

use std::fmt;

use serde::{Serialize, Serializer};

/// A position on the identifier circle, which is also the node's name: `0..n`.
///
/// An identifier that no member has is a gap in the circle, or a node that is dead or has never
/// joined: the protocol cannot tell these apart.
pub type Id = u8;

/// The largest identifier circle that this module can hold.
pub const MAXIMUM_CIRCLE: Id = 15;

/// Whether `b` lies strictly inside the arc that leads clockwise from `a` to `c`.
///
/// The arc from an identifier to itself is the whole circle without it.
///
/// Source: CHORD-1.
#[must_use]
pub const fn between(a: Id, b: Id, c: Id) -> bool {
    if a < c { a < b && b < c } else { a < b || b < c }
}

/// Whether `b` lies on the arc that leads clockwise from `a` to `c`, the ends included.
///
/// Source: CHORD-1.
#[must_use]
pub const fn included_in(a: Id, b: Id, c: Id) -> bool {
    between(a, b, c) || b == a || b == c
}

/// For each pair of identifiers, what lies strictly between them on the largest circle. A step
/// asks for dozens of arcs, so that a look-up is worth more than a short calculation.
const ARCS: [[u16; 16]; 16] = {
    let mut arcs = [[0; 16]; 16];
    let mut triple = 0;
    while triple < 16 * 16 * MAXIMUM_CIRCLE as usize {
        let (a, b, c) = (triple % 16, triple / 256, triple / 16 % 16);
        if between(a as Id, b as Id, c as Id) {
            arcs[a][c] |= 1 << b;
        }
        triple += 1;
    }
    arcs
};

/// A set of identifiers.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Set(u16);

impl Set {
    /// The set without an identifier.
    pub const EMPTY: Self = Self(0);

    /// The whole circle of `n` identifiers.
    #[must_use]
    pub const fn circle(n: Id) -> Self {
        Self(((1_u32 << n) - 1) as u16)
    }

    /// The set of one identifier.
    #[must_use]
    pub const fn of(id: Id) -> Self {
        Self(1 << id)
    }

    /// The identifiers strictly between `a` and `c` on a circle of `n`.
    #[must_use]
    pub const fn arc(a: Id, c: Id, n: Id) -> Self {
        Self::wide_arc(a, c).intersection(Self::circle(n))
    }

    /// The same on the largest circle: what lies beyond a smaller one is to be taken out.
    pub(super) const fn wide_arc(a: Id, c: Id) -> Self {
        Self(ARCS[a as usize % ARCS.len()][c as usize % ARCS.len()])
    }

    /// The set whose bits these are: bit `i` stands for identifier `i`.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// The set as bits: bit `i` stands for identifier `i`.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether the identifier is in the set.
    #[must_use]
    pub const fn contains(self, id: Id) -> bool {
        self.0 >> id & 1 == 1
    }

    /// The set with this identifier.
    #[must_use]
    pub const fn with(self, id: Id) -> Self {
        Self(self.0 | 1 << id)
    }

    /// The set without this identifier.
    #[must_use]
    pub const fn without(self, id: Id) -> Self {
        Self(self.0 & !(1 << id))
    }

    /// The identifiers in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The identifiers in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The identifiers of this set that are not in the other.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether every identifier of this set is in the other.
    #[must_use]
    pub const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// How many identifiers are in the set.
    #[must_use]
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether no identifier is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether exactly one identifier is in the set.
    #[must_use]
    pub const fn is_single(self) -> bool {
        self.0.is_power_of_two()
    }

    /// The smallest identifier of the set.
    #[must_use]
    pub const fn first(self) -> Option<Id> {
        if self.0 == 0 { None } else { Some(self.0.trailing_zeros() as Id) }
    }

    /// The identifiers of the set, in ascending order.
    pub fn iter(self) -> impl Iterator<Item = Id> + Clone {
        self.into_iter()
    }
}

impl IntoIterator for Set {
    type Item = Id;
    type IntoIter = Ids;

    fn into_iter(self) -> Ids {
        Ids(self)
    }
}

impl FromIterator<Id> for Set {
    fn from_iter<I: IntoIterator<Item = Id>>(ids: I) -> Self {
        ids.into_iter().fold(Self::EMPTY, Self::with)
    }
}

/// The identifiers of a [`Set`], in ascending order.
#[derive(Clone, Debug)]
pub struct Ids(Set);

impl Iterator for Ids {
    type Item = Id;

    fn next(&mut self) -> Option<Id> {
        let id = self.0.first()?;
        self.0 = self.0.without(id);
        Some(id)
    }
}

impl fmt::Debug for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(*self).finish()
    }
}

/// The identifiers as prose reads them: `{0, 2}`.
impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (position, id) in self.into_iter().enumerate() {
            let separator = if position == 0 { "" } else { ", " };
            write!(f, "{separator}{id}")?;
        }
        f.write_str("}")
    }
}

impl Serialize for Set {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: Id = 10;

    #[test]
    fn every_identifier_is_between_any_other_and_itself_around_the_circle() {
        for x in 0..N {
            for y in 0..N {
                assert_eq!(between(x, y, x), x != y);
                assert!(!between(x, x, y) && !between(y, x, x));
            }
        }
    }

    #[test]
    fn what_is_not_between_lies_on_the_arc_back() {
        for a in 0..N {
            for b in 0..N {
                for c in (0..N).filter(|&c| c != a) {
                    assert_eq!(!between(a, b, c), included_in(c, b, a), "{a} {b} {c}");
                }
            }
        }
    }

    #[test]
    fn an_arc_is_the_set_of_what_is_between() {
        for n in 1..=N {
            for a in 0..n {
                for c in 0..n {
                    let expected: Set = (0..n).filter(|&b| between(a, b, c)).collect();
                    assert_eq!(Set::arc(a, c, n), expected, "{a} {c} {n}");
                }
            }
        }
    }

    #[test]
    fn between_survives_a_rotation_of_the_circle() {
        for a in 0..N {
            for b in 0..N {
                for c in 0..N {
                    let next = |id| (id + 1) % N;
                    assert_eq!(between(a, b, c), between(next(a), next(b), next(c)));
                }
            }
        }
    }

    #[test]
    fn a_set_holds_what_was_put_into_it() {
        let set: Set = [3, 1, 3].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [1, 3]);
        assert_eq!(set.to_string(), "{1, 3}");
        assert_eq!((set.len(), set.first()), (2, Some(1)));
        assert_eq!(set.without(1), Set::of(3));
        assert_eq!(set.minus(Set::of(3)), Set::of(1));
        assert!(Set::of(1).is_subset(set) && !set.is_subset(Set::of(1)));
        assert_eq!(Set::circle(3), Set::from_bits(0b111));
        assert!(Set::EMPTY.is_empty() && Set::EMPTY.first().is_none());
        assert!(Set::of(3).is_single() && !set.is_single() && !Set::EMPTY.is_single());
    }
}
