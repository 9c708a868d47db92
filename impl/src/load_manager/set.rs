//! A set of small numbers that answers in a time that does not grow with it.

/// How many levels of words there are: enough for 64⁴ numbers.
const LEVELS: usize = 4;

/// A set of numbers below a size, as bits, with a bit above for every word that is not empty.
///
/// Whichever way a set came about, equal sets are equal values.
///
/// Source: LOAD_MANAGER-42.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Set {
    size: u32,
    len: u32,
    levels: [Vec<u64>; LEVELS],
}

impl Set {
    /// The empty set of numbers below this size, which is at most 64⁴.
    pub(super) fn new(size: u32) -> Self {
        let mut words = size.div_ceil(64) as usize;
        let levels = std::array::from_fn(|_| {
            let level = vec![0; words];
            words = words.div_ceil(64);
            level
        });
        Self { size, len: 0, levels }
    }

    /// Every number of the set is below this.
    pub(super) const fn size(&self) -> u32 {
        self.size
    }

    /// How many numbers are in it.
    pub(super) const fn len(&self) -> u32 {
        self.len
    }

    /// Whether it has no number.
    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn contains(&self, number: u32) -> bool {
        number < self.size && self.levels[0][(number / 64) as usize] & bit(number) != 0
    }

    /// Puts a number in or takes it out. What is not below the size is never in.
    pub(super) fn put(&mut self, number: u32, is_in: bool) {
        if number >= self.size || self.contains(number) == is_in {
            return;
        }
        self.len = if is_in { self.len + 1 } else { self.len.saturating_sub(1) };
        let mut at = number;
        for level in &mut self.levels {
            let word = &mut level[(at / 64) as usize];
            let was_empty = *word == 0;
            *word = if is_in { *word | bit(at) } else { *word & !bit(at) };
            let changed_above = was_empty || *word == 0;
            if !changed_above {
                return;
            }
            at /= 64;
        }
    }

    /// The least number of the set that is not below this one.
    pub(super) fn at_or_after(&self, number: u32) -> Option<u32> {
        let mut at = u64::from(number);
        for (level, words) in self.levels.iter().enumerate() {
            let word = words.get((at / 64) as usize).copied().unwrap_or(0);
            let rest = word & (u64::MAX << (at % 64));
            if rest != 0 {
                let found = (at / 64) * 64 + u64::from(rest.trailing_zeros());
                return Some(self.least_below(level, found));
            }
            at = at / 64 + 1;
        }
        None
    }

    /// The least number under a word that is not empty, from that level down.
    fn least_below(&self, level: usize, word: u64) -> u32 {
        let mut at = word;
        for words in self.levels[..level].iter().rev() {
            at = at * 64 + u64::from(words[at as usize].trailing_zeros());
        }
        at as u32
    }

    /// The first number after this one, and after the last again the first: `None` if there is
    /// none at all.
    pub(super) fn cyclic_after(&self, number: Option<u32>) -> Option<u32> {
        let from = number.map_or(0, |number| number.saturating_add(1));
        self.at_or_after(from).or_else(|| self.at_or_after(0))
    }

    /// The number with so many of the set before it.
    pub(super) fn nth(&self, index: u32) -> Option<u32> {
        if index >= self.len {
            return None;
        }
        let mut left = index;
        for (at, &word) in (0..).zip(&self.levels[0]) {
            let ones = word.count_ones();
            if left < ones {
                return Some(at * 64 + nth_bit(word, left));
            }
            left -= ones;
        }
        None
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        let mut from = Some(0);
        std::iter::from_fn(move || {
            let found = self.at_or_after(from?)?;
            from = found.checked_add(1);
            Some(found)
        })
    }
}

const fn bit(number: u32) -> u64 {
    1 << (number % 64)
}

/// The place of the bit with so many below it that are set.
const fn nth_bit(word: u64, index: u32) -> u32 {
    let mut word = word;
    let mut left = index;
    while left > 0 {
        word &= word.wrapping_sub(1);
        left -= 1;
    }
    word.trailing_zeros()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    quickcheck::quickcheck! {
        fn it_is_a_set(operations: Vec<(u16, bool)>, from: u16) -> bool {
            let size = 20_000;
            let (mut set, mut dumb) = (Set::new(size), BTreeSet::new());
            for (number, is_in) in operations {
                let number = u32::from(number) % (size + 10);
                set.put(number, is_in);
                if is_in && number < size {
                    dumb.insert(number);
                } else {
                    dumb.remove(&number);
                }
            }
            let from = u32::from(from);
            let mut rebuilt = Set::new(size);
            for &number in &dumb {
                rebuilt.put(number, true);
            }
            let after = dumb.range(from + 1..).next().or_else(|| dumb.first()).copied();
            let nths_agree = (0..).zip(&dumb).all(|(index, &n)| set.nth(index) == Some(n));
            set == rebuilt
                && set.len() as usize == dumb.len()
                && set.iter().eq(dumb.iter().copied())
                && set.at_or_after(from) == dumb.range(from..).next().copied()
                && set.cyclic_after(Some(from)) == after
                && nths_agree
                && set.nth(set.len()).is_none()
        }
    }

    #[test]
    fn the_ends_of_large_sets() {
        let mut set = Set::new(300_000);
        for number in [0, 63, 64, 4095, 4096, 262_143, 262_144, 299_999] {
            set.put(number, true);
        }
        assert_eq!(set.cyclic_after(Some(4096)), Some(262_143));
        assert_eq!(set.cyclic_after(Some(262_144)), Some(299_999));
        assert_eq!(set.cyclic_after(Some(299_999)), Some(0));
        assert_eq!(set.cyclic_after(Some(u32::MAX)), Some(0));
        assert_eq!(Set::new(0).cyclic_after(None), None);
    }
}
