//! The identifier circle, for every system that has one, and the distance that is no walk round it.

mod bits;
mod xor;

pub use bits::BitId;
pub use xor::{Xor, is_nearer};

use std::fmt::{self, Debug, Display};
use std::hash::Hash;
use std::str::FromStr;

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha1::{Digest, Sha1};

/// A position on a circle of identifiers, which is also the name of the node there.
///
/// The order is the order of the numbers; what lies between what on the circle says [`between`].
///
/// Source: CHORD-1.
pub trait Identifier:
    Copy + Ord + Hash + Debug + Display + Serialize + DeserializeOwned + 'static
{
    /// How many powers of two are smaller than the circle: how many fingers a node can have. The
    /// same for all identifiers of a circle.
    #[must_use]
    fn bits(self) -> u32;

    /// The next identifier, clockwise; after the last comes the first.
    #[must_use]
    fn next(self) -> Self;

    /// The identifier `2^exponent` farther clockwise, round the circle if need be.
    #[must_use]
    fn plus_power_of_two(self, exponent: u32) -> Self;
}

/// Whether `b` lies strictly inside the arc that leads clockwise from `a` to `c`.
///
/// The arc from an identifier to itself is the whole circle without it.
///
/// Source: CHORD-1.
#[must_use]
pub fn between<I: Identifier>(a: I, b: I, c: I) -> bool {
    let arc_passes_the_origin = c <= a;
    let is_after_a = a < b;
    let is_before_c = b < c;
    if arc_passes_the_origin { is_after_a || is_before_c } else { is_after_a && is_before_c }
}

/// Whether `b` lies on the arc that leads clockwise from `a` to `c`, the ends included.
///
/// Source: CHORD-1.
#[must_use]
pub fn included_in<I: Identifier>(a: I, b: I, c: I) -> bool {
    b == a || b == c || between(a, b, c)
}

/// A number of 160 bits, most significant byte first: what SHA-1 makes of a name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha1Id(pub [u8; 20]);

impl Sha1Id {
    /// The identifier of whatever has these bytes for a name: their SHA-1 digest (RFC 3174).
    #[must_use]
    pub fn of(name: &[u8]) -> Self {
        Self(Sha1::digest(name).into())
    }
}

impl Identifier for Sha1Id {
    fn bits(self) -> u32 {
        160
    }

    fn next(self) -> Self {
        self.plus_power_of_two(0)
    }

    fn plus_power_of_two(mut self, exponent: u32) -> Self {
        let least_byte = 19 - (exponent % self.bits() / 8) as usize;
        let mut carry = 1_u16 << (exponent % 8);
        for byte in self.0[..=least_byte].iter_mut().rev() {
            let sum = u16::from(*byte) + carry;
            *byte = (sum & 0xFF) as u8;
            carry = sum >> 8;
        }
        self
    }
}

/// Forty hexadecimal digits.
impl Display for Sha1Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Debug for Sha1Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

/// Why a text is not a [`Sha1Id`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an identifier is 40 hexadecimal digits")]
pub struct NotSha1Id;

impl FromStr for Sha1Id {
    type Err = NotSha1Id;

    fn from_str(text: &str) -> Result<Self, NotSha1Id> {
        let is_hexadecimal = text.len() == 40 && text.bytes().all(|c| c.is_ascii_hexdigit());
        if !is_hexadecimal {
            return Err(NotSha1Id);
        }
        let mut bytes = [0; 20];
        for (position, byte) in bytes.iter_mut().enumerate() {
            let digits = text.get(2 * position..2 * position + 2).ok_or(NotSha1Id)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| NotSha1Id)?;
        }
        Ok(Self(bytes))
    }
}

/// For people, the digits; else the twenty bytes.
impl Serialize for Sha1Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Sha1Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            text.parse().map_err(D::Error::custom)
        } else {
            Ok(Self(Deserialize::deserialize(deserializer)?))
        }
    }
}

/// An identifier on a circle of `N`: `0..N`. `N` need not be a power of two.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SmallId<const N: u8>(u8);

impl<const N: u8> SmallId<N> {
    /// The identifier of that number, if the circle is large enough for it.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number < N { Some(Self(number)) } else { None }
    }

    /// The identifier that a walk of that many steps from `0` leads to.
    #[must_use]
    pub const fn wrapped(steps: u64) -> Self {
        Self((steps % N as u64) as u8)
    }

    /// The identifier as a number below `N`.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// All identifiers of the circle, in order.
    pub fn circle() -> impl Iterator<Item = Self> + Clone {
        (0..N).map(Self)
    }
}

impl<const N: u8> Identifier for SmallId<N> {
    fn bits(self) -> u32 {
        let highest = (N - 1).checked_ilog2();
        highest.map_or(1, |highest| highest + 1)
    }

    fn next(self) -> Self {
        self.plus_power_of_two(0)
    }

    fn plus_power_of_two(self, exponent: u32) -> Self {
        Self::wrapped(u64::from(self.0) + (1 << exponent.min(self.bits())))
    }
}

impl<const N: u8> Display for SmallId<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

impl<const N: u8> Debug for SmallId<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl<'de, const N: u8> Deserialize<'de> for SmallId<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u8::deserialize(deserializer)?;
        let off_the_circle = || D::Error::custom(format!("{number} is not on a circle of {N}"));
        Self::new(number).ok_or_else(off_the_circle)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Sha1Id {
        text.parse().unwrap()
    }

    #[test]
    fn the_examples_of_rfc_3174_have_its_digests() {
        let abc = "a9993e364706816aba3e25717850c26c9cd0d89d";
        assert_eq!(Sha1Id::of(b"abc"), hex(abc));
        assert_eq!(Sha1Id::of(b"abc").to_string(), abc);
        let longer = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        assert_eq!(Sha1Id::of(longer), hex("84983e441c3bd26ebaae4aa1f95129e5e54670f1"));
        let million = vec![b'a'; 1_000_000];
        assert_eq!(Sha1Id::of(&million), hex("34aa973cd4c4daa4f61eeb2bdbad27316534016f"));
        let digits = "01234567".repeat(80);
        let expected = hex("dea356a2cddd90c7a7ecedc5ebb563934f460452");
        assert_eq!(Sha1Id::of(digits.as_bytes()), expected);
    }

    #[test]
    fn a_text_that_is_not_forty_digits_is_no_identifier() {
        for text in ["", "00", "+0000000000000000000000000000000000000000", &"g".repeat(40)] {
            assert_eq!(text.parse::<Sha1Id>(), Err(NotSha1Id), "{text}");
        }
        assert_eq!("\u{e9}".repeat(20).parse::<Sha1Id>(), Err(NotSha1Id));
    }

    #[test]
    fn after_the_last_identifier_comes_the_first() {
        assert_eq!(Sha1Id([0xFF; 20]).next(), Sha1Id([0; 20]));
        assert_eq!(SmallId::<5>(4).next(), SmallId(0));
        assert_eq!(SmallId::<1>(0).next(), SmallId(0));
    }

    #[test]
    fn a_power_of_two_is_added_with_its_carries() {
        let ff = hex("00000000000000000000000000000000000000ff");
        assert_eq!(ff.plus_power_of_two(0), hex("0000000000000000000000000000000000000100"));
        assert_eq!(ff.plus_power_of_two(9), hex("00000000000000000000000000000000000002ff"));
        let top = ff.plus_power_of_two(159);
        assert_eq!(top, hex("80000000000000000000000000000000000000ff"));
        assert_eq!(top.plus_power_of_two(159), ff, "twice half the circle is a whole turn");
        let finger = SmallId::<10>(9).plus_power_of_two(2);
        assert_eq!(finger, SmallId(3));
    }

    #[test]
    fn the_last_finger_starts_beyond_the_half_of_the_circle_or_at_it() {
        assert_eq!(SmallId::<2>(0).bits(), 1);
        assert_eq!((SmallId::<8>(0).bits(), SmallId::<9>(0).bits()), (3, 4));
        assert_eq!(SmallId::<1>(0).bits(), 1);
    }
}
