//! Pairs in memory, sorted by partition and key.

use super::application::Values;

/// Pairs one after the other, and where each one is.
#[derive(Debug)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    limit: usize,
}

/// Where a pair is. Pairs are compared by the first bytes of their keys as far as those differ,
/// without a look at the rest.
#[derive(Clone, Copy, Debug)]
struct Entry {
    partition: u32,
    at: u32,
    key: u32,
    value: u32,
    /// The first eight bytes of the key, as a number in the order of the bytes.
    prefix: u64,
}

const PREFIX: usize = 8;

fn prefix(key: &[u8]) -> u64 {
    let mut bytes = [0; PREFIX];
    let length = key.len().min(PREFIX);
    bytes[..length].copy_from_slice(&key[..length]);
    u64::from_be_bytes(bytes)
}

impl Buffer {
    /// A buffer of about so many bytes, places included. None of them is touched before it is
    /// needed.
    pub(super) fn new(limit: usize) -> Self {
        // What is not touched costs nothing, and what never grows is never copied.
        let most = limit.min(u32::MAX as usize);
        let entries = Vec::with_capacity(most / size_of::<Entry>());
        Self { bytes: Vec::with_capacity(most), entries, limit: most }
    }

    /// Whether a pair of that many bytes still fits. A pair that is larger than the whole buffer
    /// fits into an empty one, unless it cannot be addressed.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        let used = self.bytes.len() + (self.entries.len() + 1) * size_of::<Entry>();
        let fits = used.saturating_add(bytes) <= self.limit;
        fits || (self.entries.is_empty() && u32::try_from(bytes).is_ok())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Takes a pair for which there is room.
    pub(super) fn push(&mut self, partition: u32, key: &[u8], value: &[u8]) {
        let at = self.bytes.len() as u32;
        self.bytes.extend_from_slice(key);
        self.bytes.extend_from_slice(value);
        let (prefix, key, value) = (prefix(key), key.len() as u32, value.len() as u32);
        self.entries.push(Entry { partition, at, key, value, prefix });
    }

    fn key(&self, entry: &Entry) -> &[u8] {
        let at = entry.at as usize;
        &self.bytes[at..at + entry.key as usize]
    }

    fn value(&self, entry: &Entry) -> &[u8] {
        let at = entry.at as usize + entry.key as usize;
        &self.bytes[at..at + entry.value as usize]
    }

    /// Puts the pairs in order: by partition, then by key, then as they came.
    pub(super) fn sort(&mut self) {
        let bytes = &self.bytes;
        let rest = |entry: &Entry| {
            let at = entry.at as usize;
            &bytes[at + PREFIX.min(entry.key as usize)..at + entry.key as usize]
        };
        self.entries.sort_unstable_by(|a, b| {
            let by_prefix = (a.partition, a.prefix).cmp(&(b.partition, b.prefix));
            // Keys that differ only in zeros at the end have the same prefix.
            let by_rest = || match a.key.min(b.key) as usize {
                short if short > PREFIX => rest(a).cmp(rest(b)),
                _ => a.key.cmp(&b.key),
            };
            by_prefix.then_with(by_rest).then(a.at.cmp(&b.at))
        });
    }

    /// The groups of pairs with the same partition and key, once they are sorted.
    pub(super) fn groups(&self) -> impl Iterator<Item = (u32, &[u8], BufferValues<'_>)> {
        let is_same = |a: &Entry, b: &Entry| {
            (a.partition, a.prefix, a.key) == (b.partition, b.prefix, b.key)
                && self.key(a) == self.key(b)
        };
        self.entries.chunk_by(is_same).map(|group| {
            let first = &group[0];
            (first.partition, self.key(first), BufferValues { buffer: self, rest: group })
        })
    }

    /// Nothing is held any more.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(self.limit);
        self.entries.clear();
    }
}

/// The values of one group.
pub(super) struct BufferValues<'a> {
    buffer: &'a Buffer,
    rest: &'a [Entry],
}

impl Values for BufferValues<'_> {
    fn next(&mut self) -> Option<&[u8]> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(self.buffer.value(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_in_the_order_of_partition_key_and_arrival() {
        let mut buffer = Buffer::new(1 << 16);
        let keys: [&[u8]; 8] =
            [b"b", b"a\0", b"a", b"abcdefghi", b"abcdefgh", b"abcdefgh\0", b"", b"a"];
        for (place, key) in (0..).zip(keys) {
            buffer.push(1, key, &[place]);
            buffer.push(0, key, &[place]);
        }
        buffer.sort();
        let mut sorted: Vec<&[u8]> = keys.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let groups: Vec<(u32, &[u8])> =
            buffer.groups().map(|(partition, key, _)| (partition, key)).collect();
        let expected = [0, 1].into_iter().flat_map(|p| sorted.iter().map(move |key| (p, *key)));
        assert_eq!(groups, expected.collect::<Vec<_>>());
        let of_a = buffer.groups().find(|(_, key, _)| *key == b"a");
        let mut values = of_a.map(|(_, _, values)| values).into_iter().next();
        let mut next = || values.as_mut().and_then(|values| values.next().map(<[u8]>::to_vec));
        assert_eq!((next(), next(), next()), (Some(vec![2]), Some(vec![7]), None));
    }

    #[test]
    fn a_pair_larger_than_the_buffer_fits_alone() {
        let mut buffer = Buffer::new(100);
        assert!(buffer.has_room(1000));
        buffer.push(0, &[1; 1000], b"");
        assert!(!buffer.has_room(1));
        buffer.clear();
        assert!(buffer.has_room(1) && buffer.is_empty());
    }
}
