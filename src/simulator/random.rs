//! The one source of chance: the same seed gives the same numbers on every machine.
//!
//! Everything is whole numbers. What a floating-point function returns in its last bit differs
//! from one platform to another, and a run must not.

use std::time::Duration;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// Chances are given in parts of this.
pub const MILLION: u32 = 1_000_000;

/// A stream of numbers that a seed decides.
#[derive(Clone, Debug)]
pub struct Random(Xoshiro256PlusPlus);

/// What a stream is for. Streams of one seed do not overlap, so that a plan stays the same when
/// the network draws more often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Which faults there are.
    Plan,
    /// What the network does to each message.
    Network,
    /// What the application asks for.
    Application,
}

impl Random {
    /// The stream of that seed for that use.
    #[must_use]
    pub fn new(seed: u64, stream: Stream) -> Self {
        let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
        for _ in 0..stream as usize {
            generator.long_jump();
        }
        Self(generator)
    }

    /// Any number of 64 bits.
    pub fn number(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below the bound, each as likely as any other to within one part in 2^32; 0 if the
    /// bound is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        let high = self.number() >> 32;
        ((high * u64::from(bound)) >> 32) as u32
    }

    /// A number from the first to the last, both included; the first if the last lies before it.
    pub fn between(&mut self, first: u64, last: u64) -> u64 {
        let more = last.saturating_sub(first);
        let scaled = u128::from(self.number()) * (u128::from(more) + 1);
        first + (scaled >> 64) as u64
    }

    /// A duration from the shortest to the longest, both included.
    pub fn duration(&mut self, shortest: Duration, longest: Duration) -> Duration {
        let nanoseconds =
            |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        Duration::from_nanos(self.between(nanoseconds(shortest), nanoseconds(longest)))
    }

    /// Whether something happens that does so that often in a million.
    pub fn happens(&mut self, per_million: u32) -> bool {
        // Nothing is drawn for what never happens: a run without faults is not slowed by them.
        per_million > 0 && self.below(MILLION) < per_million
    }

    /// The items in an order in which each permutation is as likely as any other.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last as u32 + 1) as usize;
            items.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_a_seed_never_change() {
        let first = |stream| Random::new(7, stream).number();
        // If these change, every seed that anyone has written down means another run.
        assert_eq!(
            [Stream::Plan, Stream::Network, Stream::Application].map(first),
            [1_021_219_803_524_665_661, 215_316_657_740_975_168, 16_526_434_242_658_135_618]
        );
    }

    #[test]
    fn bounds_are_kept_and_reached() {
        let mut random = Random::new(1, Stream::Plan);
        let mut seen = [0u32; 6];
        for _ in 0..6000 {
            seen[random.below(6) as usize] += 1;
            let number = random.between(10, 12);
            assert!((10..=12).contains(&number));
        }
        assert!(seen.iter().all(|&times| (900..1100).contains(&times)), "{seen:?}");
        assert_eq!((random.below(0), random.below(1), random.between(5, 5)), (0, 0, 5));
    }

    #[test]
    fn chances_are_what_they_are_said_to_be() {
        let mut random = Random::new(2, Stream::Network);
        let happened = (0..100_000).filter(|_| random.happens(20_000)).count();
        assert!((1800..2200).contains(&happened), "{happened} of 2000 expected");
        assert!(!(0..1000).any(|_| random.happens(0)));
        assert!((0..1000).all(|_| random.happens(MILLION)));
    }

    #[test]
    fn a_shuffle_keeps_every_item() {
        let mut items: Vec<u32> = (0..100).collect();
        Random::new(3, Stream::Plan).shuffle(&mut items);
        assert!(!items.is_sorted());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
