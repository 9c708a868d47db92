//! Exact fractions.

use std::cmp::Ordering;
use std::fmt;

/// A fraction in lowest terms, never negative.
///
/// Source: LOAD_MANAGER-21.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    numerator: u64,
    denominator: u64,
}

const fn greatest_common_divisor(one: u64, other: u64) -> u64 {
    if other == 0 { one } else { greatest_common_divisor(other, one % other) }
}

impl Ratio {
    /// One.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// So many of so many; `None` if these are none.
    #[must_use]
    pub const fn new(numerator: u64, denominator: u64) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        let divisor = greatest_common_divisor(numerator, denominator);
        Some(Self { numerator: numerator / divisor, denominator: denominator / divisor })
    }

    /// So many of so many; one where nothing was asked for, since then nothing was missed.
    #[must_use]
    pub const fn share(part: u64, whole: u64) -> Self {
        match Self::new(part, whole) {
            Some(ratio) => ratio,
            None => Self::ONE,
        }
    }

    /// The product.
    #[must_use]
    pub const fn times(self, other: Self) -> Self {
        Self::share(self.numerator * other.numerator, self.denominator * other.denominator)
    }

    /// The part above the line.
    #[must_use]
    pub const fn numerator(self) -> u64 {
        self.numerator
    }

    /// The part below the line.
    #[must_use]
    pub const fn denominator(self) -> u64 {
        self.denominator
    }

    /// As a decimal fraction, for a picture.
    #[must_use]
    pub fn approximately(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.numerator * other.denominator).cmp(&(other.numerator * self.denominator))
    }
}

/// `2/3`, `1`.
impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.denominator {
            1 => write!(f, "{}", self.numerator),
            denominator => write!(f, "{}/{denominator}", self.numerator),
        }
    }
}

/// The share of time for which a server that fails every `mtbf` units and is repaired within
/// `mttr` of them is up; `None` if it is never up, or time does not pass.
///
/// Source: LOAD_MANAGER-28.
#[must_use]
pub const fn uptime(mtbf: u64, mttr: u64) -> Option<Ratio> {
    match mtbf.checked_sub(mttr) {
        Some(up) => Ratio::new(up, mtbf),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_in_lowest_terms() {
        let two_thirds = Ratio::share(4, 6);
        assert_eq!((two_thirds.numerator(), two_thirds.denominator()), (2, 3));
        assert_eq!(two_thirds.times(Ratio::share(3, 2)), Ratio::ONE);
        assert_eq!((two_thirds.to_string(), Ratio::ONE.to_string()), ("2/3".into(), "1".into()));
        assert!(two_thirds < Ratio::ONE && Ratio::share(3, 2) > Ratio::ONE);
        assert_eq!((Ratio::new(1, 0), Ratio::share(0, 0)), (None, Ratio::ONE));
    }

    #[test]
    fn half_the_time_to_repair_is_worth_twice_the_time_between_failures() {
        assert_eq!(uptime(1000, 10), Ratio::new(99, 100));
        for (mtbf, mttr) in [(1000, 10), (64, 2), (7, 4)] {
            assert_eq!(uptime(2 * mtbf, mttr), uptime(mtbf, mttr / 2));
            assert!(uptime(2 * mtbf, mttr) > uptime(mtbf, mttr));
        }
        assert_eq!((uptime(0, 0), uptime(3, 4)), (None, None));
    }
}
