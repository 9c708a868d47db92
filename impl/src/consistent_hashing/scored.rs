//! Placements without a ring: the highest score, jump, and the control.

use super::{Placement, mixed};

/// The highest score wins, where each pair of a bucket and an item has one: rendezvous.
///
/// Source: CORAL-65.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rendezvous {
    /// What decides the scores.
    pub seed: u64,
}

impl Rendezvous {
    /// The score of a bucket for an item; of equal scores that of the greater bucket wins.
    #[must_use]
    pub const fn score(&self, bucket: u32, item: u64) -> u64 {
        mixed(mixed(mixed(item) ^ self.seed) ^ bucket as u64)
    }
}

impl Placement for Rendezvous {
    fn place(&self, view: &[u32], item: u64) -> Option<u32> {
        view.iter().copied().max_by_key(|bucket| (self.score(*bucket, item), *bucket))
    }
}

/// The bucket of an item among `0..buckets`: jump consistent hash.
///
/// It walks through the numbers of buckets at which the item would move, each time to the bucket
/// that is new. Buckets have numbers and no names: only the last one can go.
///
/// Source: CORAL-65.
#[must_use]
pub fn jump(item: u64, buckets: u32) -> Option<u32> {
    let (mut state, mut bucket, mut next) = (item, None, 0.0);
    while next < f64::from(buckets) {
        #[expect(clippy::cast_sign_loss, reason = "the next bucket is never before the first")]
        let reached = next as u32;
        bucket = Some(reached);
        state = state.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(1);
        // Numbers below 2^31 and their quotients: exactly what the reference computes.
        let chance = f64::from((state >> 33) as u32 + 1);
        next = ((f64::from(reached) + 1.0) * (f64::from(1_u32 << 31) / chance)).floor();
    }
    bucket
}

/// The remainder of the item by the number of buckets, which are in order: what consistent hashing
/// is there to replace.
///
/// Source: CORAL-66.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modulo;

impl Placement for Modulo {
    fn place(&self, view: &[u32], item: u64) -> Option<u32> {
        let mut buckets = view.to_vec();
        buckets.sort_unstable();
        buckets.dedup();
        let place = item.checked_rem(buckets.len() as u64)?;
        buckets.get(place as usize).copied()
    }
}
