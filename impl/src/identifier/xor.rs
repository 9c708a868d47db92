//! The distance between the bits of two identifiers, and identifiers that share leading bits.

use super::{BitId, Identifier, Sha1Id};

/// Identifiers whose distance is the number that their differing bits make.
///
/// Source: CORAL-2.
pub trait Xor: Identifier {
    /// The bits in which the two differ, as a number: their distance.
    #[must_use]
    fn xor(self, other: Self) -> Self;

    /// How many leading bits the two have in common: all of them, if they are the same.
    #[must_use]
    fn common_prefix(self, other: Self) -> u32;

    /// The first so many bits of this one, and the rest of the other.
    ///
    /// Source: CORAL-5.
    #[must_use]
    fn spliced(self, other: Self, bits: u32) -> Self;

    /// The half of the number, rounded down.
    #[must_use]
    fn half(self) -> Self;

    /// By how much the two numbers differ.
    #[must_use]
    fn apart(self, other: Self) -> Self;
}

/// Whether `a` is nearer to the key than `b` is.
///
/// Source: CORAL-2.
#[must_use]
pub fn is_nearer<I: Xor>(a: I, b: I, key: I) -> bool {
    a.xor(key) < b.xor(key)
}

impl<const BITS: u32> Xor for BitId<BITS> {
    fn xor(self, other: Self) -> Self {
        Self::wrapped(u64::from(self.number() ^ other.number()))
    }

    fn common_prefix(self, other: Self) -> u32 {
        (self.number() ^ other.number()).leading_zeros() - (u16::BITS - BITS)
    }

    fn spliced(self, other: Self, bits: u32) -> Self {
        let rest = u32::MAX.checked_shr(u32::BITS - BITS + bits).unwrap_or_default() as u16;
        Self::wrapped(u64::from(self.number() & !rest | other.number() & rest))
    }

    fn half(self) -> Self {
        Self::wrapped(u64::from(self.number() / 2))
    }

    fn apart(self, other: Self) -> Self {
        Self::wrapped(u64::from(self.number().abs_diff(other.number())))
    }
}

impl Xor for Sha1Id {
    fn xor(self, other: Self) -> Self {
        let mut bytes = self.0;
        for (byte, other) in bytes.iter_mut().zip(other.0) {
            *byte ^= other;
        }
        Self(bytes)
    }

    fn common_prefix(self, other: Self) -> u32 {
        let Self(bytes) = self.xor(other);
        let equal = bytes.iter().take_while(|byte| **byte == 0).count();
        let next = bytes.get(equal).map_or(0, |byte| byte.leading_zeros());
        equal as u32 * 8 + next
    }

    fn spliced(self, other: Self, bits: u32) -> Self {
        let mut bytes = other.0;
        for (place, (byte, own)) in (0u32..).zip(bytes.iter_mut().zip(self.0)) {
            let rest = 0xFF_u8.checked_shr(bits.saturating_sub(place * 8)).unwrap_or_default();
            *byte = own & !rest | *byte & rest;
        }
        Self(bytes)
    }

    fn half(self) -> Self {
        let mut bytes = self.0;
        let mut carry = 0;
        for byte in &mut bytes {
            let low = *byte & 1;
            *byte = *byte >> 1 | carry << 7;
            carry = low;
        }
        Self(bytes)
    }

    fn apart(self, other: Self) -> Self {
        let (larger, smaller) = if self < other { (other, self) } else { (self, other) };
        let mut bytes = larger.0;
        let mut borrows = false;
        for (byte, taken) in bytes.iter_mut().zip(smaller.0).rev() {
            let (once, first) = byte.overflowing_sub(taken);
            let (twice, second) = once.overflowing_sub(u8::from(borrows));
            (*byte, borrows) = (twice, first || second);
        }
        Self(bytes)
    }
}
