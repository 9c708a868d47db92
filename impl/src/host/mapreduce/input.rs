//! The input: files, cut into splits, read line by line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::job::JobError;

/// How much of a file is read at a time.
const BUFFER: usize = 128 << 10;

/// A part of an input file: the lines that begin in it.
///
/// Source: MAPREDUCE-1
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// The file.
    pub file: PathBuf,
    /// Where the part begins, in bytes.
    pub from: u64,
    /// Where it ends.
    pub to: u64,
}

/// Cuts files into about so many parts of about the same length. No part has bytes of two files,
/// and files without a byte have no part.
///
/// # Errors
///
/// That a file cannot be read.
pub fn split(files: &[PathBuf], parts: u32) -> Result<Vec<Split>, JobError> {
    let mut lengths = Vec::new();
    for file in files {
        let unreadable = |source| JobError::Input { path: file.clone(), source };
        lengths.push(length(file).map_err(unreadable)?);
    }
    let total: u64 = lengths.iter().sum();
    let length = total.div_ceil(u64::from(parts.max(1))).max(1);
    let mut splits = Vec::new();
    for (file, whole) in files.iter().zip(lengths) {
        let parts = whole.div_ceil(length);
        let bound = |part: u64| (u128::from(whole) * u128::from(part) / u128::from(parts)) as u64;
        splits.extend((0..parts).map(|part| Split {
            file: file.clone(),
            from: bound(part),
            to: bound(part + 1),
        }));
    }
    Ok(splits)
}

/// How long a file is, if it can be read.
fn length(file: &Path) -> io::Result<u64> {
    let metadata = File::open(file)?.metadata()?;
    if metadata.is_file() {
        return Ok(metadata.len());
    }
    let kind = if metadata.is_dir() { ErrorKind::IsADirectory } else { ErrorKind::InvalidInput };
    Err(io::Error::new(kind, "it is no ordinary file"))
}

/// The lines of a split, one at a time.
pub(super) struct Lines {
    reader: BufReader<File>,
    at: u64,
    to: u64,
    longest: u64,
    line: Vec<u8>,
}

impl Lines {
    /// Opens a split. A line may be that long and no longer.
    pub(super) fn open(split: &Split, longest: usize) -> io::Result<Self> {
        let mut file = File::open(&split.file)?;
        let mut at = split.from;
        // A line that begins before the split belongs to the one before, however far it reaches.
        // One byte back is where the last line end can be that makes the first line ours.
        file.seek(SeekFrom::Start(at.saturating_sub(1)))?;
        let mut reader = BufReader::with_capacity(BUFFER, file);
        if at > 0 {
            at = at - 1 + reader.skip_until(b'\n')? as u64;
        }
        Ok(Self { reader, at, to: split.to, longest: longest as u64, line: Vec::new() })
    }

    /// The next line without its end, and where it begins.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, &[u8])>> {
        if self.at >= self.to {
            return Ok(None);
        }
        self.line.clear();
        let most = self.longest.saturating_add(1);
        let length = (&mut self.reader).take(most).read_until(b'\n', &mut self.line)? as u64;
        if length == 0 {
            let cut = format!("it ends at byte {}, and was longer", self.at);
            return Err(io::Error::new(ErrorKind::UnexpectedEof, cut));
        }
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
        } else if length > self.longest {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                format!(
                    "the line at byte {} is longer than the {} bytes that fit in memory",
                    self.at, self.longest
                ),
            ));
        }
        let from = self.at;
        self.at += length;
        Ok(Some((from, &self.line)))
    }
}

/// Some of the lines of some files: of each the first ones, up to that many bytes in all.
///
/// # Errors
///
/// That a file cannot be read.
pub fn sample(files: &[PathBuf], bytes: u64) -> Result<Vec<Vec<u8>>, JobError> {
    let share = bytes / files.len().max(1) as u64;
    let mut lines = Vec::new();
    for file in files {
        let unreadable = |source| JobError::Input { path: file.clone(), source };
        let to = length(file).map_err(unreadable)?.min(share);
        let split = Split { file: file.clone(), from: 0, to };
        let mut own = Lines::open(&split, bytes as usize).map_err(unreadable)?;
        while let Some((_, line)) = own.next().map_err(unreadable)? {
            lines.push(line.to_vec());
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// However a file is cut, each line is read once, whole, in order.
    #[test]
    fn every_line_belongs_to_one_split() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("text");
        for text in ["", "a", "\n", "\n\n\n", "ab\ncd\n", "long line\n\nx\nno end"] {
            std::fs::write(&file, text).unwrap();
            let expected: Vec<&str> = text.lines().collect();
            for parts in 1..12 {
                let mut lines = Vec::new();
                for split in split(std::slice::from_ref(&file), parts).unwrap() {
                    let mut own = Lines::open(&split, 100).unwrap();
                    while let Some((offset, line)) = own.next().unwrap() {
                        assert!(text.as_bytes()[offset as usize..].starts_with(line));
                        lines.push(String::from_utf8(line.to_vec()).unwrap());
                    }
                }
                assert_eq!(lines, expected, "{text:?} in {parts} parts");
            }
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("text");
        std::fs::write(&file, "12345\n123456\n").unwrap();
        let whole = split(&[file], 1).unwrap();
        let mut lines = Lines::open(&whole[0], 5).unwrap();
        assert_eq!(lines.next().unwrap(), Some((0, &b"12345"[..])));
        let error = lines.next().unwrap_err().to_string();
        assert!(error.contains("line at byte 6 "), "{error}");
    }

    #[test]
    fn a_file_that_has_become_shorter_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("text");
        std::fs::write(&file, "one\ntwo\n").unwrap();
        let whole = split(std::slice::from_ref(&file), 1).unwrap();
        std::fs::write(&file, "one\n").unwrap();
        let mut lines = Lines::open(&whole[0], 100).unwrap();
        assert!(lines.next().unwrap().is_some());
        assert!(lines.next().unwrap_err().to_string().contains("ends at byte 4"));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let directory = tempfile::tempdir().unwrap();
        for path in [directory.path().join("none"), directory.path().to_owned()] {
            let error = split(std::slice::from_ref(&path), 1).unwrap_err().to_string();
            assert!(error.contains(&path.display().to_string()), "{error}");
        }
    }
}
