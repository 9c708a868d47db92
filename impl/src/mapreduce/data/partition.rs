//! Which reduce a key belongs to.

/// The remainder of a hash of the key (FNV-1a, 64 bits): on every machine and in every run the
/// same.
///
/// Source: OSDI 2004 §4.1. Of no reduces at all the answer is 0.
#[must_use]
pub fn by_hash(key: &[u8], reduces: u32) -> u32 {
    let hash = key.iter().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3)
    });
    // The low bits of short keys' hashes are poor: the high ones are folded in.
    let hash = hash ^ hash >> 32;
    hash.checked_rem(u64::from(reduces)).unwrap_or_default() as u32
}

/// A partition into ranges: all keys of one are before all keys of the next, so that the outputs,
/// one after the other, are sorted.
///
/// Source: OSDI 2004 §5.3, which knows the distribution of the keys; here they are sampled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranges {
    /// The least key of every range but the first, in order.
    bounds: Vec<Vec<u8>>,
}

impl Ranges {
    /// About equally full ranges, as far as the sample tells.
    #[must_use]
    pub fn of_sample(mut sample: Vec<Vec<u8>>, ranges: u32) -> Self {
        sample.sort();
        let ranges = ranges as usize;
        let at = |range: usize| sample.get(range * sample.len() / ranges.max(1)).cloned();
        let mut bounds: Vec<Vec<u8>> = (1..ranges).filter_map(at).collect();
        bounds.dedup();
        Self { bounds }
    }

    /// The range of a key: 0 for the least ones.
    #[must_use]
    pub fn of(&self, key: &[u8]) -> u32 {
        self.bounds.partition_point(|bound| bound.as_slice() <= key) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        // FNV-1a of nothing and of "a" are known; the high half is folded into the low one.
        let folded = |hash: u64| hash ^ hash >> 32;
        let low = |hash: u64| (folded(hash) % 4_294_967_291) as u32;
        assert_eq!(by_hash(b"", 4_294_967_291), low(0xCBF2_9CE4_8422_2325));
        assert_eq!(by_hash(b"a", 4_294_967_291), low(0xAF63_DC4C_8601_EC8C));
    }

    #[test]
    fn ranges_are_about_equally_full() {
        let sample: Vec<Vec<u8>> = (0..100_u8).map(|byte| vec![byte]).collect();
        let ranges = Ranges::of_sample(sample, 4);
        let of = |byte: u8| ranges.of(&[byte]);
        assert_eq!([0, 24, 25, 49, 50, 74, 75, 99, 255].map(of), [0, 0, 1, 1, 2, 2, 3, 3, 3]);
        assert_eq!(Ranges::of_sample(Vec::new(), 4).of(b"x"), 0);
        assert_eq!(Ranges::of_sample(vec![vec![1]; 9], 4).of(b"\x01"), 1);
    }
}
