//! Identifiers of a circle whose size is known when it runs only.
//!
//! One type for circles of every size: nodes, networks and searches are then compiled once, and
//! not once for each size.

use std::fmt;

use serde::{Deserialize, Serialize};
use straightedge_impl::identifier::Identifier;

/// An identifier on a circle of some size, which need not be a power of two. Only identifiers of
/// the same circle are compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CircleId {
    number: u8,
    circle: u8,
}

impl CircleId {
    /// The identifier on a circle of that size, at least one, to which a walk of that many steps
    /// from `0` leads.
    #[must_use]
    pub const fn wrapped(circle: u8, steps: u64) -> Self {
        let circle = if circle == 0 { 1 } else { circle };
        Self { number: (steps % circle as u64) as u8, circle }
    }

    /// All identifiers of a circle of that size, in order.
    pub fn all(circle: u8) -> impl Iterator<Item = Self> + Clone {
        (0..circle).map(move |number| Self { number, circle })
    }

    /// The identifier as a number below the size of its circle.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.number
    }

    /// The size of its circle.
    #[must_use]
    pub const fn circle(self) -> u8 {
        self.circle
    }

    /// The identifier so many steps clockwise.
    #[must_use]
    pub const fn after(self, steps: u64) -> Self {
        Self::wrapped(self.circle, self.number as u64 + steps)
    }
}

impl Identifier for CircleId {
    fn bits(self) -> u32 {
        let highest = self.circle.saturating_sub(1).checked_ilog2();
        highest.map_or(1, |highest| highest + 1)
    }

    fn next(self) -> Self {
        self.after(1)
    }

    fn plus_power_of_two(self, exponent: u32) -> Self {
        self.after(1 << exponent.min(self.bits()))
    }
}

impl fmt::Display for CircleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.number, f)
    }
}

impl fmt::Debug for CircleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use straightedge_impl::identifier::SmallId;

    use super::*;

    /// The same as an identifier whose circle is part of its type.
    fn agrees<const N: u8>() {
        for (small, id) in SmallId::<N>::circle().zip(CircleId::all(N)) {
            assert_eq!((id.number(), id.circle(), id.bits()), (small.number(), N, small.bits()));
            assert_eq!(id.next().number(), small.next().number());
            for exponent in 0..9 {
                let (small, id) =
                    (small.plus_power_of_two(exponent), id.plus_power_of_two(exponent));
                assert_eq!(id.number(), small.number(), "2^{exponent} on a circle of {N}");
            }
        }
        assert_eq!(CircleId::all(N).count(), usize::from(N));
        assert_eq!(CircleId::wrapped(N, 300).number(), SmallId::<N>::wrapped(300).number());
    }

    #[test]
    fn circles_of_every_size_are_what_they_are_where_the_size_is_part_of_the_type() {
        agrees::<1>();
        agrees::<2>();
        agrees::<5>();
        agrees::<8>();
        agrees::<64>();
        agrees::<255>();
    }
}
