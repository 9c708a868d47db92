//! Traces, line by line: nothing but the line at hand is kept.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::line::{self, Line, Wrong};
use crate::outcome::{Outcome, Position};

/// Bytes that a line may have, unless another limit is given. Source: TRACE-3.
pub const LONGEST_LINE: usize = 1 << 20;

/// Where traces come from.
pub struct Source {
    name: String,
    input: Box<dyn BufRead>,
}

impl Source {
    /// What is read from there.
    #[must_use]
    pub fn new(name: impl Into<String>, input: impl BufRead + 'static) -> Self {
        Self { name: name.into(), input: Box::new(input) }
    }

    /// A file.
    ///
    /// # Errors
    ///
    /// If it cannot be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(Self::new(path.display().to_string(), BufReader::with_capacity(1 << 16, file)))
    }
}

/// What cannot be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) why: String,
    pub(super) at: Position,
}

impl From<Malformed> for Outcome {
    fn from(Malformed { why, at }: Malformed) -> Self {
        Self::Malformed { why, at }
    }
}

/// Reads headers and events.
pub(super) struct Reader {
    source: Source,
    longest: usize,
    number: u64,
    buffer: Vec<u8>,
}

impl Reader {
    pub(super) fn new(source: Source, longest: usize) -> Self {
        Self { source, longest, number: 0, buffer: Vec::new() }
    }

    /// A place in this source.
    pub(super) fn at(&self, line: u64, column: Option<u64>) -> Position {
        Position { file: self.source.name.clone(), line, column }
    }

    pub(super) fn name(&self) -> &str {
        &self.source.name
    }

    /// The number of the line that was read last.
    pub(super) fn line(&self) -> u64 {
        self.number
    }

    /// The next header or event; none, at the end. Source: TRACE-1.
    pub(super) fn next(&mut self) -> Result<Option<Line>, Malformed> {
        loop {
            self.number += 1;
            self.buffer.clear();
            let limit = self.longest as u64 + 1;
            let read = self.source.input.by_ref().take(limit).read_until(b'\n', &mut self.buffer);
            let length = read.map_err(|error| self.wrong(format!("cannot be read: {error}")))?;
            if length == 0 {
                return Ok(None);
            }
            let is_ended = self.buffer.last() == Some(&b'\n');
            if length > self.longest && !is_ended {
                let longest = self.longest;
                return Err(self.wrong(format!("the line is longer than {longest} bytes")));
            }
            let text = std::str::from_utf8(&self.buffer).map_err(|error| Malformed {
                why: "not UTF-8".into(),
                at: self.at(self.number, Some(error.valid_up_to() as u64 + 1)),
            })?;
            if text.trim_ascii().is_empty() {
                continue;
            }
            let read = line::read(text.trim_ascii_end(), self.number);
            return read.map(Some).map_err(|wrong| self.malformed(wrong, is_ended));
        }
    }

    fn wrong(&self, why: String) -> Malformed {
        Malformed { why, at: self.at(self.number, None) }
    }

    fn malformed(&self, Wrong { why, column }: Wrong, is_ended: bool) -> Malformed {
        let is_cut = why.starts_with("EOF");
        let why = if is_cut && is_ended {
            "the line ends in the middle: it is no whole JSON".into()
        } else if is_cut {
            "the file ends in the middle of this line".into()
        } else {
            why
        };
        Malformed { why, at: self.at(self.number, column) }
    }
}
