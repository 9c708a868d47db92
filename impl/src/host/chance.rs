//! Numbers that look like chance and are determined by a seed: `SplitMix64`.

/// A sequence of numbers.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The sequence of that seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    /// A number below that one; 0 below 0.
    pub const fn below(&mut self, limit: u64) -> u64 {
        ((self.number() as u128 * limit as u128) >> 64) as u64
    }

    /// Whether something happens that happens so many times in a thousand.
    pub const fn happens(&mut self, per_thousand: u32) -> bool {
        self.below(1000) < per_thousand as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_published_one() {
        let mut chance = Chance::new(1_234_567);
        let numbers = [chance.number(), chance.number(), chance.number()];
        assert_eq!(
            numbers,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn what_is_below_is_below() {
        let mut chance = Chance::new(0);
        assert!((0..1000).all(|_| chance.below(7) < 7 && chance.below(1) == 0));
        assert!(!(0..1000).any(|_| chance.happens(0)) && (0..1000).all(|_| chance.happens(1000)));
    }
}
