//! Text to work on: words of which few are frequent and many are rare.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::host::chance::Chance;

/// There are two to this power different words.
const OCTAVES: u64 = 17;

/// Writes about so many bytes of text into a new file: lines of four to eleven words. The seed
/// determines every byte. It says now and then how many bytes there are so far, and ends early
/// with an error if the answer is no.
///
/// # Errors
///
/// That the file is there, or cannot be written, or that it was told to end.
pub fn generate(
    path: &Path,
    bytes: u64,
    seed: u64,
    go_on: &mut dyn FnMut(u64) -> bool,
) -> io::Result<()> {
    let mut writer = BufWriter::with_capacity(1 << 20, File::create_new(path)?);
    let mut chance = Chance::new(seed);
    let (mut line, mut written, mut shown) = (Vec::new(), 0, 0);
    while written < bytes {
        line.clear();
        for _ in 0..4 + chance.below(8) {
            word(rank(&mut chance), &mut line);
            line.push(b' ');
        }
        line.pop();
        line.push(b'\n');
        writer.write_all(&line)?;
        written += line.len() as u64;
        if written - shown >= 1 << 20 {
            shown = written;
            if !go_on(written) {
                return Err(io::ErrorKind::Interrupted.into());
            }
        }
    }
    writer.flush()
}

/// The place of a word among all words by how frequent they are: the `n`th is about `n` times as
/// rare as the first.
fn rank(chance: &mut Chance) -> u64 {
    let octave = chance.below(OCTAVES);
    (1 << octave) + chance.below(1 << octave)
}

/// Spells a number as letters; larger ones are longer.
fn word(mut number: u64, line: &mut Vec<u8>) {
    while number > 0 {
        let consonants = b"bcdfghjklmnprstvwz";
        let vowels = b"aeiou";
        line.push(consonants[(number % 18) as usize]);
        number /= 18;
        line.push(vowels[(number % 5) as usize]);
        number /= 5;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn frequent_words_are_frequent_and_the_seed_determines_all() {
        let directory = tempfile::tempdir().unwrap();
        let text = |name: &str, seed| {
            let path = directory.path().join(name);
            generate(&path, 300_000, seed, &mut |_| true).unwrap();
            std::fs::read_to_string(path).unwrap()
        };
        let one = text("one", 1);
        assert_eq!(one, text("two", 1));
        assert_ne!(one, text("three", 2));
        assert!(one.len() >= 300_000 && one.len() < 300_200);
        let mut counts = BTreeMap::new();
        for word in one.split_whitespace() {
            *counts.entry(word).or_insert(0_u32) += 1;
        }
        let most = counts.values().max().copied().unwrap();
        let once = counts.values().filter(|count| **count == 1).count();
        assert!(most > 1000 && once > 5000, "{most} {once}");
    }

    #[test]
    fn it_ends_when_it_is_told_to_and_replaces_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("text");
        assert!(generate(&path, 1 << 30, 1, &mut |_| false).is_err());
        assert!(generate(&path, 1, 1, &mut |_| true).is_err(), "it is there");
    }
}
