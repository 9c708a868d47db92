//! What is in a file: for each map, which execution's region it holds. And what it comes to.

use std::fmt;

use super::state::MAXIMUM_MAPS;

/// What a file holds of one map.
///
/// Source: MAPREDUCE-8, MAPREDUCE-11.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Region {
    /// Nothing.
    Missing,
    /// The region that one execution wrote. Executions of a deterministic map write the same, and
    /// all count as version 0; else the version is the worker that ran it.
    Version(u8),
    /// The region of an execution that left a record out.
    Short,
    /// The region, twice.
    Twice,
    /// A part of the region of one execution, and the rest of another.
    Mixed,
}

impl Region {
    const fn pack(self) -> u64 {
        match self {
            Self::Missing => 0,
            Self::Version(worker) => 1 + (worker & 3) as u64,
            Self::Short => 5,
            Self::Twice => 6,
            Self::Mixed => 7,
        }
    }

    const fn unpack(bits: u64) -> Self {
        match bits & 7 {
            0 => Self::Missing,
            5 => Self::Short,
            6 => Self::Twice,
            7 => Self::Mixed,
            version => Self::Version(version as u8 - 1),
        }
    }
}

/// What a file holds of every map: three bits each.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Content(u16);

impl Content {
    /// A file that holds nothing.
    pub const EMPTY: Self = Self(0);

    /// How many bits [`Self::bits`] uses.
    pub(super) const BITS: u32 = 3 * MAXIMUM_MAPS as u32;

    pub(super) const fn bits(self) -> u64 {
        self.0 as u64
    }

    pub(super) const fn from_bits(bits: u64) -> Self {
        Self((bits & ((1 << Self::BITS) - 1)) as u16)
    }

    /// What it holds of that map.
    #[must_use]
    pub const fn region(self, map: u8) -> Region {
        Region::unpack(self.0 as u64 >> (3 * map))
    }

    /// The same, but holding this of that map.
    #[must_use]
    pub const fn with(self, map: u8, region: Region) -> Self {
        let rest = self.0 & !(7 << (3 * map));
        Self(rest | (region.pack() << (3 * map)) as u16)
    }

    /// What it holds of the first so many maps.
    pub fn regions(self, maps: u8) -> impl Iterator<Item = Region> {
        (0..maps).map(move |map| self.region(map))
    }

    /// Whether it holds something of each of so many maps.
    #[must_use]
    pub fn is_full(self, maps: u8) -> bool {
        self.regions(maps).all(|region| region != Region::Missing)
    }

    /// Whether it holds each of so many maps exactly once.
    #[must_use]
    pub fn is_complete(self, maps: u8) -> bool {
        self.regions(maps).all(|region| !matches!(region, Region::Missing | Region::Twice))
    }

    /// Whether every region is of one execution.
    #[must_use]
    pub fn is_pure(self, maps: u8) -> bool {
        self.regions(maps).all(|region| region != Region::Mixed)
    }
}

/// `[0 v1 -]`: what is held of maps 0, 1, 2.
impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[")?;
        for map in 0..MAXIMUM_MAPS {
            let space = if map == 0 { "" } else { " " };
            match self.region(map) {
                Region::Missing => write!(f, "{space}-")?,
                Region::Version(worker) => write!(f, "{space}v{worker}")?,
                Region::Short => write!(f, "{space}short")?,
                Region::Twice => write!(f, "{space}twice")?,
                Region::Mixed => write!(f, "{space}mixed")?,
            }
        }
        write!(f, "]")
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A function that merges the values of one key.
///
/// Source: MAPREDUCE-13.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// Commutative and associative: fit to be a combiner.
    Sum,
    /// Not associative: the average of averages is not the average.
    Average,
}

/// A value as a fraction, for exact averages.
type Fraction = (u32, u32);

impl Merge {
    fn of(self, values: &[Fraction]) -> Fraction {
        let denominator = values.iter().map(|value| value.1).product::<u32>().max(1);
        let sum = values.iter().map(|(n, d)| n * (denominator / d)).sum::<u32>();
        match self {
            Self::Sum => (sum, denominator),
            Self::Average => (sum, denominator * values.len().max(1) as u32),
        }
    }
}

/// The values that a split gives one key: split `m` has `m + 1` records, each worth `m + 1`, and
/// the record that user code stumbles over is the first of split 0.
fn emitted(map: u8, region: Region) -> Vec<Fraction> {
    let records = vec![(u32::from(map) + 1, 1); usize::from(map) + 1];
    match region {
        Region::Missing => Vec::new(),
        Region::Short => records[1..].to_vec(),
        Region::Version(_) | Region::Mixed => records,
        Region::Twice => records.repeat(2),
    }
}

/// What a reduce makes of a file.
///
/// Source: MAPREDUCE-13.
#[must_use]
pub fn result(maps: u8, content: Content, reduce: Merge, combiner: bool) -> (u32, u32) {
    let mut values = Vec::new();
    for map in 0..maps {
        let region = emitted(map, content.region(map));
        if combiner && !region.is_empty() {
            values.push(reduce.of(&region));
        } else {
            values.extend(region);
        }
    }
    let (numerator, denominator) = reduce.of(&values);
    (numerator, denominator)
}

/// Whether two fractions are the same number.
#[must_use]
pub fn is_same_value(one: (u32, u32), other: (u32, u32)) -> bool {
    u64::from(one.0) * u64::from(other.1) == u64::from(other.0) * u64::from(one.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(maps: u8) -> Content {
        (0..maps).fold(Content::EMPTY, |content, map| content.with(map, Region::Version(0)))
    }

    #[test]
    fn a_region_is_read_as_it_was_written() {
        let others = [Region::Missing, Region::Short, Region::Twice, Region::Mixed];
        for region in (0..4).map(Region::Version).chain(others) {
            for map in 0..MAXIMUM_MAPS {
                let content = full(MAXIMUM_MAPS).with(map, region);
                assert_eq!(content.region(map), region);
                assert_eq!(content.with(map, Region::Version(0)), full(MAXIMUM_MAPS));
                assert_eq!(Content::from_bits(content.bits()), content);
            }
        }
    }

    #[test]
    fn a_file_is_full_complete_and_pure_by_its_regions() {
        assert!(full(2).is_full(2) && !full(2).is_full(3));
        let twice = full(2).with(1, Region::Twice);
        assert!(twice.is_full(2) && !twice.is_complete(2) && twice.is_pure(2));
        let mixed = full(2).with(0, Region::Mixed);
        assert!(mixed.is_complete(2) && !mixed.is_pure(2));
    }

    #[test]
    fn a_sum_may_be_combined_and_an_average_may_not() {
        for maps in 1..=MAXIMUM_MAPS {
            let sums = [true, false].map(|combiner| result(maps, full(maps), Merge::Sum, combiner));
            assert!(is_same_value(sums[0], sums[1]));
        }
        let average = |combiner| result(2, full(2), Merge::Average, combiner);
        assert!(is_same_value(average(false), (5, 3)));
        assert!(is_same_value(average(true), (3, 2)));
    }

    #[test]
    fn what_is_missing_or_there_twice_shows_in_the_result() {
        let whole = result(2, full(2), Merge::Sum, false);
        for region in [Region::Missing, Region::Twice, Region::Short] {
            let other = result(2, full(2).with(0, region), Merge::Sum, false);
            assert!(!is_same_value(whole, other), "{region:?}");
        }
    }
}
