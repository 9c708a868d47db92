//! Identifiers of small spaces, their distance, and the target of a look-up.

/// An identifier of a space of at most eight bits.
///
/// Source: CORAL-1.
pub type Id = u8;

/// How far one identifier is from another.
///
/// Source: CORAL-2.
#[must_use]
pub const fn distance(one: Id, other: Id) -> u8 {
    one ^ other
}

/// The highest `bits` bits of the key, and the rest of `from`, in a space of `width` bits.
///
/// Source: CORAL-5.
#[must_use]
pub const fn splice(key: Id, from: Id, bits: u8, width: u8) -> Id {
    let low = ((1_u16 << (width - bits)) - 1) as u8;
    key & !low | from & low
}

/// The target after one iteration: spliced with as few steps of `digit` bits as change it.
///
/// Source: CORAL-5.
#[must_use]
pub const fn advance(key: Id, target: Id, digit: u8, width: u8) -> Id {
    let mut bits = 0;
    while bits < width {
        bits = if bits + digit < width { bits + digit } else { width };
        let spliced = splice(key, target, bits, width);
        if spliced != target {
            return spliced;
        }
    }
    target
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_of_the_course() {
        let to_42 = |id| distance(id, 42);
        assert_eq!([41, 50, 75, 100, 200].map(to_42), [3, 24, 97, 78, 226]);
    }

    #[test]
    fn the_target_from_200_to_42_loses_one_bit_or_digit_after_another() {
        let targets = |digit| {
            let mut targets = vec![200];
            while let Some(&last) = targets.last().filter(|&&target| target != 42) {
                targets.push(advance(42, last, digit, 8));
            }
            targets
        };
        assert_eq!(targets(1), [200, 72, 8, 40, 42]);
        assert_eq!(targets(2), [200, 8, 40, 42]);
        assert_eq!(targets(3), [200, 40, 42], "the last digit has two bits");
        assert_eq!(targets(8), [200, 42]);
    }

    #[test]
    fn the_targets_distance_is_less_than_half_each_time() {
        for target in 1..=255 {
            let next = advance(0, target, 1, 8);
            assert!(2 * u16::from(distance(next, 0)) < u16::from(distance(target, 0)) + 1);
            assert!(next < target);
        }
        assert_eq!(advance(7, 7, 1, 8), 7);
    }
}
