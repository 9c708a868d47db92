//! A table from states to their numbers, compared exactly.
//!
//! A bucket is one line of the cache: the hashes of eight states, 32 bits each, and their
//! numbers. The bucket's own position is the upper part of the hash, so that the table grows in
//! one sequential pass without hashing anything again, and only a slot whose 32 bits all match
//! sends the search to the state itself. A full bucket overflows into the next.

use memmap2::MmapMut;
use wide::u32x4;

/// States in one bucket.
const LANES: usize = 8;

/// Eight tags, then the eight numbers, each plus one; a zero is an empty slot.
type Bucket = [u32; 2 * LANES];

/// Buckets of a table that is just made, as a power of two.
const INITIAL_BITS: u32 = 10;

/// The number of no state.
pub(super) const NONE: u32 = u32::MAX;

/// 32 bits of a state's hash, never zero.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag(u32);

impl Tag {
    #[inline]
    pub(super) fn of(hash: u64) -> Self {
        Self(((hash >> 32) as u32).max(1))
    }
}

/// Where the slots are: pages of their own, large ones where the system has them, since nearly
/// every look-up is on another page than the last.
struct Slots(Pages);

enum Pages {
    Mapped(MmapMut),
    /// Where the system refuses to map anonymous memory.
    Allocated(Vec<Bucket>),
}

impl Slots {
    fn new(buckets: usize) -> Self {
        Self(match MmapMut::map_anon(buckets * size_of::<Bucket>()) {
            Ok(pages) => {
                #[cfg(target_os = "linux")]
                // Only advice: the table is as correct on small pages.
                let _ = pages.advise(memmap2::Advice::HugePage);
                Pages::Mapped(pages)
            }
            Err(_) => Pages::Allocated(vec![[0; 2 * LANES]; buckets]),
        })
    }

    #[inline]
    fn buckets(&self) -> &[Bucket] {
        match &self.0 {
            Pages::Mapped(pages) => bytemuck::cast_slice(pages),
            Pages::Allocated(buckets) => buckets,
        }
    }

    #[inline]
    fn buckets_mut(&mut self) -> &mut [Bucket] {
        match &mut self.0 {
            Pages::Mapped(pages) => bytemuck::cast_slice_mut(pages),
            Pages::Allocated(buckets) => buckets,
        }
    }
}

/// Buckets of eight tags and numbers, with overflow into the next bucket.
pub(super) struct Table {
    slots: Slots,
    bits: u32,
    used: usize,
}

impl Table {
    pub(super) fn new() -> Self {
        Self { slots: Slots::new(1 << INITIAL_BITS), bits: INITIAL_BITS, used: 0 }
    }

    /// How many states fit before the table grows: three quarters of the slots.
    fn room(bits: u32) -> usize {
        (LANES << bits) / 4 * 3
    }

    /// Bytes that the table holds.
    pub(super) fn bytes(&self) -> u64 {
        (size_of::<Bucket>() << self.bits) as u64
    }

    /// Bytes that the table would hold, while it grows, after this many more insertions.
    pub(super) fn bytes_after(&self, insertions: usize) -> u64 {
        let mut bits = self.bits;
        while self.used + insertions > Self::room(bits) {
            bits += 1;
        }
        let old = if bits == self.bits { 0 } else { self.bytes() };
        old + (size_of::<Bucket>() << bits) as u64
    }

    /// Makes room, so that this many insertions do not move anything.
    pub(super) fn reserve(&mut self, insertions: usize) {
        let mut bits = self.bits;
        while self.used + insertions > Self::room(bits) {
            bits += 1;
        }
        if bits > self.bits {
            self.grow(bits);
        }
    }

    fn grow(&mut self, bits: u32) {
        assert!(bits <= 32, "a table has at most 2^32 buckets");
        let old = std::mem::replace(&mut self.slots, Slots::new(1 << bits));
        self.bits = bits;
        for bucket in old.buckets() {
            for lane in (0..LANES).take_while(|&lane| bucket[LANES + lane] != 0) {
                let (bucket_at, lane_at) = self.vacancy(Tag(bucket[lane]));
                let target = &mut self.slots.buckets_mut()[bucket_at];
                target[lane_at] = bucket[lane];
                target[LANES + lane_at] = bucket[LANES + lane];
            }
        }
    }

    /// The table as it is read.
    #[inline]
    pub(super) fn view(&self) -> View<'_> {
        let buckets = self.slots.buckets();
        View { buckets, mask: buckets.len() - 1, shift: 32 - self.bits }
    }

    /// The first empty slot for a tag: bucket and lane.
    fn vacancy(&self, tag: Tag) -> (usize, usize) {
        let view = self.view();
        let mut at = view.home(tag);
        loop {
            let numbers = &view.buckets[at][LANES..];
            if let Some(lane) = numbers.iter().position(|&number| number == 0) {
                return (at, lane);
            }
            at = (at + 1) & view.mask;
        }
    }

    /// Enters a number that is not in the table yet. Room must have been reserved.
    #[inline]
    pub(super) fn insert(&mut self, tag: Tag, number: u32) {
        let (bucket, lane) = self.vacancy(tag);
        let bucket = &mut self.slots.buckets_mut()[bucket];
        bucket[lane] = tag.0;
        bucket[LANES + lane] = number + 1;
        self.used += 1;
    }
}

/// A table that nobody changes, as any number of threads read it.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    buckets: &'a [Bucket],
    mask: usize,
    shift: u32,
}

impl View<'_> {
    /// The bucket where the search for a tag begins.
    #[inline]
    fn home(self, tag: Tag) -> usize {
        (u64::from(tag.0) >> self.shift) as usize & self.mask
    }

    /// Reads the buckets where the searches for these tags begin, and does nothing else: the
    /// processor has many reads under way at once, and the searches then find them in its cache.
    #[inline]
    pub(super) fn touch(self, tags: impl Iterator<Item = Tag>) {
        let read = tags.fold(0, |read, tag| read ^ self.buckets[self.home(tag)][LANES - 1]);
        std::hint::black_box(read);
    }

    /// The number in the first slot with this tag, or [`NONE`].
    #[inline]
    pub(super) fn candidate(self, tag: Tag) -> u32 {
        let bucket = &self.buckets[self.home(tag)];
        let matches = lanes_with(bucket, tag);
        if matches != 0 {
            return bucket[LANES + (matches.trailing_zeros() as usize & (LANES - 1))] - 1;
        }
        if bucket[2 * LANES - 1] == 0 { NONE } else { self.find(tag, |_| true) }
    }

    /// The first number with this tag for which the test is true, or [`NONE`].
    pub(super) fn find(self, tag: Tag, mut is_it: impl FnMut(u32) -> bool) -> u32 {
        let mut at = self.home(tag);
        loop {
            let bucket = &self.buckets[at];
            let mut matches = lanes_with(bucket, tag);
            while matches != 0 {
                let number = bucket[LANES + matches.trailing_zeros() as usize] - 1;
                if is_it(number) {
                    return number;
                }
                matches &= matches - 1;
            }
            if bucket[2 * LANES - 1] == 0 {
                return NONE;
            }
            at = (at + 1) & self.mask;
        }
    }
}

/// The lanes of a bucket that hold this tag, one bit each. An empty lane's tag is zero, which is
/// no state's.
#[inline]
fn lanes_with(bucket: &Bucket, tag: Tag) -> u32 {
    let (tags, _) = bucket.split_at(LANES);
    let low = <[u32; 4]>::try_from(&tags[..4]).map_or(u32x4::ZERO, u32x4::from);
    let high = <[u32; 4]>::try_from(&tags[4..]).map_or(u32x4::ZERO, u32x4::from);
    let wanted = u32x4::splat(tag.0);
    let mask = |lanes: u32x4| lanes.simd_eq(wanted).to_bitmask();
    mask(low) | mask(high) << 4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(number: u32) -> Tag {
        Tag::of(u64::from(number.wrapping_mul(0x9E37_79B9)) << 32)
    }

    #[test]
    fn every_entry_is_found_again_after_growing() {
        let mut table = Table::new();
        for number in 0..100_000 {
            table.reserve(1);
            table.insert(tag(number), number);
        }
        let finds = |wanted| table.view().find(tag(wanted), |number| number == wanted) == wanted;
        assert!((0..100_000).all(finds));
        assert_eq!(table.view().find(tag(5), |number| number == 6), NONE);
        assert_eq!(table.view().candidate(tag(100_001)), NONE);
    }

    #[test]
    fn equal_tags_overflow_into_the_next_buckets_and_around_the_end() {
        let mut table = Table::new();
        let last = Tag::of(u64::MAX);
        for number in 0..50 {
            table.reserve(1);
            table.insert(last, number);
        }
        let finds = |wanted| table.view().find(last, |number| number == wanted) == wanted;
        assert!((0..50).all(finds));
        assert_eq!(table.view().candidate(last), 0);
        assert_eq!(table.view().find(last, |number| number == 50), NONE);
    }

    #[test]
    fn a_hash_of_zero_is_told_from_an_empty_slot() {
        let mut table = Table::new();
        assert_eq!(table.view().candidate(Tag::of(0)), NONE);
        table.insert(Tag::of(0), 0);
        assert_eq!(table.view().candidate(Tag::of(0)), 0);
    }
}
