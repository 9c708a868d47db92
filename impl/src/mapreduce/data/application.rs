//! What user code is.

use super::partition;

/// One line of the input. Source: OSDI 2004 §4.4, the text mode.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The file that it is from, as it was given.
    pub file: &'a str,
    /// Where in the file it begins, in bytes.
    pub offset: u64,
    /// The line, without its end.
    pub line: &'a [u8],
}

/// What user code puts out.
pub trait Emit {
    /// A pair: intermediate from a map, of the output from a reduce.
    fn emit(&mut self, key: &[u8], value: &[u8]);

    /// Adds to a counter. Source: MAPREDUCE-17
    fn count(&mut self, counter: &str, times: u64);
}

/// The values of one key, in the order in which the maps, in theirs, have put them out.
pub trait Values {
    /// The next one, until there is none.
    fn next(&mut self) -> Option<&[u8]>;
}

/// The functions that a user writes.
///
/// They are called from several threads at once, and again for the same input when an attempt has
/// failed: whoever wants the same output every time does not let them depend on anything else.
///
/// Source: OSDI 2004 §2, §4.
pub trait Application: Send + Sync {
    /// Puts out intermediate pairs for a record.
    fn map(&self, record: Record<'_>, out: &mut dyn Emit);

    /// Puts out what the values of a key come to.
    fn reduce(&self, key: &[u8], values: &mut dyn Values, out: &mut dyn Emit);

    /// Whether [`Self::combine`] may be called. Source: MAPREDUCE-13
    fn combines(&self) -> bool {
        false
    }

    /// Puts out fewer values for a key that reduce to the same: any number of times, and on any
    /// part of a key's values. Source: MAPREDUCE-13
    fn combine(&self, _key: &[u8], values: &mut dyn Values, out: &mut dyn FnMut(&[u8])) {
        while let Some(value) = values.next() {
            out(value);
        }
    }

    /// Which of so many reduces a key belongs to: always the same one. Source: OSDI 2004 §4.1.
    fn partition(&self, key: &[u8], reduces: u32) -> u32 {
        partition::by_hash(key, reduces)
    }
}
