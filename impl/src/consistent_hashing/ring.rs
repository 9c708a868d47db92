//! Buckets and items on a ring.

use std::collections::BTreeMap;

use super::{Placement, mixed};

/// Which point of the ring an item goes to.
///
/// Source: CORAL-64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The closest one, whichever way; of two that are equally close the one that is clockwise.
    /// The rule of STOC 1997.
    Closest,
    /// The first one clockwise, a point at the item's own place included. The rule of Chord.
    Successor,
}

/// Points on a ring of `size`, each of one bucket.
///
/// Source: CORAL-64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    size: u64,
    points: BTreeMap<u64, u32>,
}

impl Ring {
    /// A ring without points. A size of zero stands for two to the power of 64.
    #[must_use]
    pub const fn new(size: u64) -> Self {
        Self { size, points: BTreeMap::new() }
    }

    /// The same ring with a point for that bucket. Of two buckets with a point at the same place
    /// the one with the smaller number has it, whichever came first.
    #[must_use]
    pub fn with(mut self, place: u64, bucket: u32) -> Self {
        let place = self.on_the_ring(place);
        let owner = self.points.entry(place).or_insert(bucket);
        *owner = bucket.min(*owner);
        self
    }

    /// The points, clockwise.
    #[must_use]
    pub const fn points(&self) -> &BTreeMap<u64, u32> {
        &self.points
    }

    const fn on_the_ring(&self, number: u64) -> u64 {
        if self.size == 0 { number } else { number % self.size }
    }

    /// The bucket where an item at that place goes.
    ///
    /// Source: CORAL-64.
    #[must_use]
    pub fn owner(&self, item: u64, rule: Rule) -> Option<u32> {
        let item = self.on_the_ring(item);
        let (after, owner_after) = self.at_or_after(item)?;
        let (before, owner_before) = self.before(item)?;
        let clockwise = self.steps(item, after);
        let counterclockwise = self.steps(before, item);
        let is_behind = rule == Rule::Closest && counterclockwise < clockwise;
        Some(if is_behind { owner_before } else { owner_after })
    }

    fn at_or_after(&self, item: u64) -> Option<(u64, u32)> {
        let next = self.points.range(item..).next().or_else(|| self.points.iter().next());
        next.map(|(place, bucket)| (*place, *bucket))
    }

    fn before(&self, item: u64) -> Option<(u64, u32)> {
        let last = self.points.range(..item).next_back().or_else(|| self.points.iter().next_back());
        last.map(|(place, bucket)| (*place, *bucket))
    }

    /// The steps that lead clockwise from one place to another; a whole turn is none.
    const fn steps(&self, from: u64, to: u64) -> u64 {
        if to >= from {
            to - from
        } else {
            // A size of zero wraps to what two to the power of 64 gives.
            self.size.wrapping_sub(from).wrapping_add(to)
        }
    }
}

/// Buckets with several points each, at places that hashing decides: virtual nodes.
///
/// Source: CORAL-64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VirtualNodes {
    /// How many points a bucket has.
    pub points: u32,
    /// Which point an item goes to.
    pub rule: Rule,
    /// What decides the places.
    pub seed: u64,
}

impl VirtualNodes {
    /// The ring of a view.
    #[must_use]
    pub fn ring(&self, view: &[u32]) -> Ring {
        let mut ring = Ring::new(0);
        for &bucket in view {
            for point in 0..self.points {
                let name = u64::from(bucket) << 32 | u64::from(point);
                ring = ring.with(mixed(mixed(name) ^ self.seed), bucket);
            }
        }
        ring
    }

    /// The place of an item.
    #[must_use]
    pub const fn place_of(&self, item: u64) -> u64 {
        mixed(mixed(item ^ 0x5851_F42D_4C95_7F2D) ^ self.seed)
    }
}

impl Placement for VirtualNodes {
    fn place(&self, view: &[u32], item: u64) -> Option<u32> {
        self.ring(view).owner(self.place_of(item), self.rule)
    }
}
