//! Small identifiers whose number is a power of two, as the distance between bits needs it.

use std::fmt::{self, Debug, Display};
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use super::Identifier;

/// An identifier of so many bits, from 1 to 16: a number below `2^BITS`.
///
/// Source: CORAL-1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct BitId<const BITS: u32>(u16);

/// Why a text is not an identifier of so many bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an identifier of {bits} bits is a number from 0 to {}", (1u32 << bits) - 1)]
pub struct NotBitId {
    /// How many bits an identifier has.
    pub bits: u32,
}

impl<const BITS: u32> BitId<BITS> {
    const MASK: u16 = {
        assert!(BITS >= 1 && BITS <= 16, "an identifier has 1 to 16 bits");
        u16::MAX >> (16 - BITS)
    };

    /// The identifier of that number, if it has no more bits.
    #[must_use]
    pub const fn new(number: u16) -> Option<Self> {
        if number & Self::MASK == number { Some(Self(number)) } else { None }
    }

    /// The last bits of that number.
    #[must_use]
    pub const fn wrapped(number: u64) -> Self {
        Self(number as u16 & Self::MASK)
    }

    /// The identifier as a number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// All identifiers, in order.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        (0..=Self::MASK).map(Self)
    }
}

impl<const BITS: u32> Identifier for BitId<BITS> {
    fn bits(self) -> u32 {
        BITS
    }

    fn next(self) -> Self {
        self.plus_power_of_two(0)
    }

    fn plus_power_of_two(self, exponent: u32) -> Self {
        Self::wrapped(u64::from(self.0) + (1 << exponent.min(BITS)))
    }
}

impl<const BITS: u32> FromStr for BitId<BITS> {
    type Err = NotBitId;

    fn from_str(text: &str) -> Result<Self, NotBitId> {
        let number = text.parse().map_err(|_| NotBitId { bits: BITS })?;
        Self::new(number).ok_or(NotBitId { bits: BITS })
    }
}

impl<const BITS: u32> Display for BitId<BITS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

impl<const BITS: u32> Debug for BitId<BITS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl<'de, const BITS: u32> Deserialize<'de> for BitId<BITS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u16::deserialize(deserializer)?;
        Self::new(number).ok_or_else(|| D::Error::custom(NotBitId { bits: BITS }))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_as_the_bits_allow() {
        assert_eq!(BitId::<3>::all().count(), 8);
        assert_eq!(BitId::<16>::all().count(), 65_536);
        assert_eq!(BitId::<3>::new(8), None);
        assert_eq!(BitId::<3>::new(7).unwrap().next().number(), 0);
        assert_eq!("200".parse::<BitId<8>>().unwrap().number(), 200);
        let refused = "256".parse::<BitId<8>>().unwrap_err().to_string();
        assert_eq!(refused, "an identifier of 8 bits is a number from 0 to 255");
    }
}
