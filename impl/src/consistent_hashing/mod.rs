//! Placements of items on buckets that come and go.
//!
//! A *view* is the set of buckets that somebody knows. A placement gives each item of each view a
//! bucket of that view (STOC 1997 §4; CORAL-60). A good one is balanced, and moves only what must
//! move when the view changes; whoever knows fewer buckets disagrees little with the others.
//!
//! | placement | in | monotone |
//! |---|---|---|
//! | closest point, or successor, on a ring, with virtual nodes | [`ring`] | yes |
//! | highest score (rendezvous) | [`scored`] | yes |
//! | jump | [`scored`] | yes, where buckets are numbered and the last one goes first |
//! | item modulo the number of buckets | [`scored`] | no: the control |
//!
//! [`measure`] has the four measures, and the test that makes a placement monotone: each item has
//! an order of preference, and takes the first bucket of it that is there (Theorem 4.3).

pub mod ketama;
pub mod measure;
pub mod ring;
pub mod scored;

/// A placement: where an item goes, for each view.
///
/// Source: CORAL-60.
pub trait Placement {
    /// The bucket of that view where the item goes; none if the view is empty.
    ///
    /// A view is a set: its order and repetitions do not matter. Items and buckets are numbers of
    /// whatever has them.
    fn place(&self, view: &[u32], item: u64) -> Option<u32>;
}

/// A mixture of the bits of a number, each of which depends on all of them: the finalizer of
/// `SplitMix64`, which is a permutation of the numbers of 64 bits.
#[must_use]
pub const fn mixed(number: u64) -> u64 {
    let mut number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}
