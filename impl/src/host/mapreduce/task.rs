//! Maps and reduces, over files.

use std::cell::Cell;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::disk::{self, Files, Memory};
use super::guarded::{Crash, guarded};
use super::input::{Lines, Split};
use crate::mapreduce::Counters;
use crate::mapreduce::data::{Application, Emit, Groups, Record, SortError, Sorted, Sorter};

/// What a task needs besides its input.
#[derive(Clone, Copy)]
pub(super) struct Bench<'a> {
    pub(super) application: &'a dyn Application,
    pub(super) reduces: u32,
    pub(super) memory: Memory,
    /// The attempt's own directory, which is there.
    pub(super) directory: &'a Path,
    /// Whether the attempt is to stop.
    pub(super) is_stopped: &'a dyn Fn() -> bool,
}

/// Why an attempt did not come to its end.
#[derive(Debug)]
pub(super) enum Failure {
    /// It was told to stop.
    Stopped,
    /// User code has ended the process.
    Exit,
    /// It cannot go on.
    Failed {
        /// The record, or key, on which user code has panicked.
        record: Option<u64>,
        /// What went wrong.
        why: String,
    },
}

impl Failure {
    fn because(why: &dyn ToString) -> Self {
        Self::Failed { record: None, why: why.to_string() }
    }

    fn of_user_code(crash: Crash, record: Option<u64>, place: &str) -> Self {
        match crash {
            Crash::Exit => Self::Exit,
            Crash::Panic(why) => Self::Failed { record, why: format!("{place}: {why}") },
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::because(&error)
    }
}

impl From<SortError> for Failure {
    fn from(error: SortError) -> Self {
        Self::because(&error)
    }
}

/// Runs the map function on a split, and writes the regions of all reduces into one file.
///
/// Source: MAPREDUCE-1, MAPREDUCE-4
pub(super) fn map(
    bench: &Bench<'_>,
    split: &Split,
    skip: &[u64],
    regions: &Path,
) -> Result<Counters, Failure> {
    let Bench { application, reduces, memory, .. } = *bench;
    let scratch = Files::new(bench.directory);
    let mut sorter = Sorter::new(application, scratch, reduces, memory.pairs, memory.files);
    let file = split.file.display().to_string();
    let mut lines = Lines::open(split, memory.line).map_err(|error| named(&file, &error))?;
    // Where the user's function is, in case that it does not come back.
    let (record, at) = (Cell::new(0_u64), Cell::new(0_u64));
    let all = guarded(|| {
        while let Some((offset, line)) = lines.next().map_err(|error| named(&file, &error))? {
            if (bench.is_stopped)() {
                return Err(Failure::Stopped);
            }
            at.set(offset);
            if !skip.contains(&record.get()) {
                application.map(Record { file: &file, offset, line }, &mut sorter);
                sorter.check()?;
            }
            record.set(record.get() + 1);
        }
        Ok(())
    });
    let place = format!("{file}, the line at byte {}", at.get());
    match all {
        Ok(result) => result?,
        Err(crash) if sorter.is_combining() => {
            return Err(Failure::of_user_code(crash, None, "combining"));
        }
        Err(crash) => return Err(Failure::of_user_code(crash, Some(record.get()), &place)),
    }
    let finished = guarded(|| {
        let mut writer = disk::create(regions)?;
        let (bounds, counters) = sorter.finish(&mut writer)?;
        disk::write_bounds(&mut writer, &bounds)?;
        writer.flush()?;
        Ok(counters)
    });
    finished.unwrap_or_else(|crash| Err(Failure::of_user_code(crash, None, "combining")))
}

fn named(file: &str, error: &io::Error) -> Failure {
    Failure::because(&format!("cannot read {file}: {error}"))
}

/// Runs the reduce function on the regions in the attempt's directory, of which the lengths are
/// given, and writes the output into a file there.
///
/// Source: MAPREDUCE-1
pub(super) fn reduce(
    bench: &Bench<'_>,
    lengths: impl IntoIterator<Item = u64>,
    skip: &[u64],
    output: &Path,
) -> Result<Counters, Failure> {
    let application = bench.application;
    let mut sorted = Sorted::of_runs(Files::new(bench.directory), lengths);
    let combiner = application.combines().then_some(application);
    let narrowed = guarded(|| sorted.narrow(bench.memory.files, combiner));
    narrowed.map_err(|crash| Failure::of_user_code(crash, None, "combining"))??;
    let mut groups = Groups::new(sorted.merged(0)?);
    let mut out =
        Lined { writer: disk::create(output)?, counters: Counters::default(), error: None };
    let record = Cell::new(0_u64);
    let all = guarded(|| {
        while groups.advance()? {
            if (bench.is_stopped)() {
                return Err(Failure::Stopped);
            }
            if !skip.contains(&record.get()) {
                let (key, mut values) = groups.group();
                application.reduce(key, &mut values, &mut out);
            }
            if let Some(error) = out.error.take() {
                return Err(error.into());
            }
            record.set(record.get() + 1);
        }
        Ok(())
    });
    let place = format!("key {} of the partition", record.get());
    all.unwrap_or_else(|crash| Err(Failure::of_user_code(crash, Some(record.get()), &place)))?;
    let file = out.writer.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(out.counters)
}

/// Pairs as lines: key, tabulator, value.
struct Lined {
    writer: io::BufWriter<fs::File>,
    counters: Counters,
    error: Option<io::Error>,
}

impl Emit for Lined {
    fn emit(&mut self, key: &[u8], value: &[u8]) {
        if self.error.is_some() {
            return;
        }
        let parts = [key, b"\t", value, b"\n"];
        // A value that is empty leaves no tabulator behind.
        let parts = if value.is_empty() { [key, b"", b"", b"\n"] } else { parts };
        let written = parts.iter().try_for_each(|part| self.writer.write_all(part));
        self.error = written.err();
    }

    fn count(&mut self, counter: &str, times: u64) {
        self.counters.add(counter, times);
    }
}
