//! Pairs as bytes: the lengths of key and value, seven bits a byte, the least first; then both.

use std::io::{self, ErrorKind, Read, Write};

use super::merge::Source;

/// A key and a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    /// The key.
    pub key: Vec<u8>,
    /// The value.
    pub value: Vec<u8>,
}

/// More bytes than a length of 32 bits takes.
const MOST_BYTES: u32 = 5;

/// Up to so many bytes are made room for without a look at whether they are there.
const SHORT: usize = 1 << 16;

/// Writes a pair, and returns how many bytes that took.
///
/// # Errors
///
/// The writer's, and that a key or a value is longer than 4 GiB.
pub fn write_pair(writer: &mut impl Write, key: &[u8], value: &[u8]) -> io::Result<u64> {
    let mut head = [0; 2 * MOST_BYTES as usize];
    let mut length = put_length(&mut head, 0, key.len())?;
    length = put_length(&mut head, length, value.len())?;
    writer.write_all(&head[..length])?;
    writer.write_all(key)?;
    writer.write_all(value)?;
    Ok((length + key.len() + value.len()) as u64)
}

fn put_length(head: &mut [u8], mut at: usize, length: usize) -> io::Result<usize> {
    let too_long = |_| io::Error::new(ErrorKind::InvalidInput, "longer than 4 GiB");
    let mut rest = u32::try_from(length).map_err(too_long)?;
    while rest >= 0x80 {
        head[at] = rest as u8 | 0x80;
        rest >>= 7;
        at += 1;
    }
    head[at] = rest as u8;
    Ok(at + 1)
}

/// Pairs that are read one after the other.
#[derive(Debug)]
pub struct PairReader<R> {
    reader: R,
    pair: Pair,
}

impl<R: Read> PairReader<R> {
    /// The pairs of a reader, which should be buffered.
    #[must_use]
    pub fn new(reader: R) -> Self {
        Self { reader, pair: Pair::default() }
    }

    /// A length, or nothing at the end of the pairs.
    fn length(&mut self) -> io::Result<Option<usize>> {
        let (mut length, mut byte) = (0_u32, [0]);
        for place in 0..MOST_BYTES {
            if self.reader.read(&mut byte)? == 0 {
                return if place == 0 { Ok(None) } else { Err(cut_short()) };
            }
            let bits = u32::from(byte[0] & 0x7F);
            let is_lost = bits << (7 * place) >> (7 * place) != bits;
            if is_lost {
                break;
            }
            length |= bits << (7 * place);
            if byte[0] < 0x80 {
                return Ok(Some(length as usize));
            }
        }
        Err(io::Error::new(ErrorKind::InvalidData, "a length is no number of 32 bits"))
    }
}

fn cut_short() -> io::Error {
    io::Error::new(ErrorKind::UnexpectedEof, "a pair is cut short")
}

/// Exactly so many bytes. A length that is wrong costs little memory: many bytes that are not
/// there are not made room for.
fn fill(reader: &mut impl Read, bytes: &mut Vec<u8>, length: usize) -> io::Result<()> {
    if length <= SHORT {
        bytes.resize(length, 0);
        return reader.read_exact(bytes);
    }
    bytes.clear();
    let read = reader.by_ref().take(length as u64).read_to_end(bytes)?;
    if read == length { Ok(()) } else { Err(cut_short()) }
}

impl<R: Read> Source for PairReader<R> {
    fn advance(&mut self) -> io::Result<bool> {
        let Some(key) = self.length()? else { return Ok(false) };
        let value = self.length()?.ok_or_else(cut_short)?;
        fill(&mut self.reader, &mut self.pair.key, key)?;
        fill(&mut self.reader, &mut self.pair.value, value)?;
        Ok(true)
    }

    fn key(&self) -> &[u8] {
        &self.pair.key
    }

    fn value(&self) -> &[u8] {
        &self.pair.value
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn pairs_of_every_length_are_read_as_they_were_written() {
        let mut bytes = Vec::new();
        let lengths = [0, 1, 127, 128, 16_383, 16_384, 300_000];
        for length in lengths {
            let (key, value) = (vec![b'k'; length], vec![b'v'; 300_000 - length]);
            let before = bytes.len() as u64;
            let written = write_pair(&mut bytes, &key, &value).unwrap();
            assert_eq!(written, bytes.len() as u64 - before);
        }
        let mut pairs = PairReader::new(bytes.as_slice());
        for length in lengths {
            assert!(pairs.advance().unwrap());
            assert_eq!((pairs.key().len(), pairs.value().len()), (length, 300_000 - length));
        }
        assert!(!pairs.advance().unwrap());
    }

    #[test]
    fn what_is_no_pair_is_an_error_and_not_a_panic() {
        for bytes in [&[1][..], &[0x80], &[0xFF; 9], &[1, 1, 7], &[0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0]]
        {
            let mut pairs = PairReader::new(bytes);
            assert!(pairs.advance().is_err(), "{bytes:?}");
        }
    }
}
