//! More pairs than fit in memory, sorted: what does not fit is kept as sorted runs, which are
//! merged in the end.

use std::io::{self, Read, Write};

use super::application::{Application, Emit, Values};
use super::buffer::Buffer;
use super::codec::{PairReader, write_pair};
use super::merge::{Groups, Merge};
use crate::mapreduce::task::Counters;

/// Where runs are kept while they wait to be merged.
pub trait Scratch {
    /// Takes the bytes of a run.
    type Writer: Write;
    /// Gives them back. It should be buffered.
    type Reader: Read;

    /// Begins a run.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being written.
    fn create(&mut self, run: u32) -> io::Result<Self::Writer>;

    /// Reads a part of a run, from that byte on, and that many.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being read.
    fn open(&mut self, run: u32, from: u64, length: u64) -> io::Result<Self::Reader>;

    /// A run is not needed any more.
    fn remove(&mut self, run: u32);
}

/// Why pairs could not be sorted.
#[derive(Debug, thiserror::Error)]
pub enum SortError {
    /// They could not be written, or read again.
    #[error(transparent)]
    File(#[from] io::Error),
    /// User code puts a key into a partition that does not exist.
    #[error("the partition function gave {given}, and there are {partitions} partitions")]
    Partition {
        /// What it gave.
        given: u32,
        /// How many there are.
        partitions: u32,
    },
    /// A pair that is too long to be held.
    #[error("a pair of {0} bytes is too long")]
    TooLong(usize),
}

/// Sorted runs, each cut into the same partitions.
#[derive(Debug)]
pub struct Sorted<S> {
    scratch: S,
    runs: Vec<Run>,
    partitions: u32,
    next: u32,
}

/// A run, and where in it each partition begins and the last ends.
#[derive(Clone, Debug)]
struct Run {
    name: u32,
    bounds: Vec<u64>,
}

impl<S: Scratch> Sorted<S> {
    /// No runs yet.
    pub const fn new(scratch: S, partitions: u32) -> Self {
        Self { scratch, runs: Vec::new(), partitions, next: 0 }
    }

    /// Runs of one partition that are there already, of those lengths.
    pub fn of_runs(scratch: S, lengths: impl IntoIterator<Item = u64>) -> Self {
        let runs: Vec<Run> = (0..)
            .zip(lengths)
            .map(|(name, length)| Run { name, bounds: vec![0, length] })
            .collect();
        let next = runs.len() as u32;
        Self { scratch, runs, partitions: 1, next }
    }

    /// Adds a run that is written to where the runs are kept. It comes after all others.
    ///
    /// # Errors
    ///
    /// Those of the writer, and of whoever writes.
    pub fn add<E: From<io::Error>>(
        &mut self,
        write: impl FnOnce(&mut S::Writer) -> Result<Vec<u64>, E>,
    ) -> Result<(), E> {
        let name = self.next;
        self.next += 1;
        let mut writer = self.scratch.create(name)?;
        let bounds = write(&mut writer)?;
        writer.flush()?;
        self.runs.push(Run { name, bounds });
        Ok(())
    }

    /// One source of all pairs of a partition, in order.
    ///
    /// # Errors
    ///
    /// Whatever keeps runs from being read.
    pub fn merged(&mut self, partition: u32) -> io::Result<Merge<PairReader<S::Reader>>> {
        let all = 0..self.runs.len();
        self.merged_some(all, partition)
    }

    fn merged_some(
        &mut self,
        places: std::ops::Range<usize>,
        partition: u32,
    ) -> io::Result<Merge<PairReader<S::Reader>>> {
        let mut sources = Vec::new();
        for run in &self.runs[places] {
            let at = partition as usize;
            let Some(&[from, to]) = run.bounds.get(at..at + 2) else { continue };
            if from < to {
                let reader = self.scratch.open(run.name, from, to - from)?;
                sources.push(PairReader::new(reader));
            }
        }
        Merge::new(sources)
    }

    /// Merges neighbouring runs until there are no more than so many, two at least. Their order
    /// stays, and with it that of the values of each key.
    ///
    /// # Errors
    ///
    /// Whatever keeps runs from being written or read.
    pub fn narrow(&mut self, most: usize, combiner: Option<&dyn Application>) -> io::Result<()> {
        let most = most.max(2);
        let mut start = 0;
        while self.runs.len() > most {
            if start + 1 >= self.runs.len() {
                start = 0;
            }
            // No more than is needed to come down to `most`: what is merged is written again.
            let too_many = self.runs.len() - most;
            let size = (too_many + 1).min(most).min(self.runs.len() - start);
            self.merge_some(start..start + size, combiner)?;
            start += 1;
        }
        Ok(())
    }

    /// Puts one run in the place of several.
    fn merge_some(
        &mut self,
        places: std::ops::Range<usize>,
        combiner: Option<&dyn Application>,
    ) -> io::Result<()> {
        let name = self.next;
        self.next += 1;
        let mut writer = self.scratch.create(name)?;
        let mut bounds = vec![0];
        let mut end = 0;
        for partition in 0..self.partitions {
            let merge = self.merged_some(places.clone(), partition)?;
            end += write_merged(merge, combiner, &mut writer)?;
            bounds.push(end);
        }
        writer.flush()?;
        let former: Vec<Run> = self.runs.splice(places, [Run { name, bounds }]).collect();
        for run in former {
            self.scratch.remove(run.name);
        }
        Ok(())
    }
}

fn write_merged<S: super::merge::Source>(
    merge: S,
    combiner: Option<&dyn Application>,
    writer: &mut impl Write,
) -> io::Result<u64> {
    let mut groups = Groups::new(merge);
    let mut written = 0;
    while groups.advance()? {
        let (key, mut values) = groups.group();
        written += write_group(key, &mut values, combiner, writer)?;
    }
    Ok(written)
}

/// Writes the pairs of a group, combined if that may be, and returns how many bytes that took.
fn write_group(
    key: &[u8],
    values: &mut dyn Values,
    combiner: Option<&dyn Application>,
    writer: &mut impl Write,
) -> io::Result<u64> {
    let mut written = Ok(0);
    let mut write = |value: &[u8]| {
        if let Ok(sum) = &mut written {
            match write_pair(writer, key, value) {
                Ok(bytes) => *sum += bytes,
                Err(error) => written = Err(error),
            }
        }
    };
    match combiner {
        Some(application) => application.combine(key, values, &mut write),
        None => {
            while let Some(value) = values.next() {
                write(value);
            }
        }
    }
    written
}

/// Takes pairs in any order, and gives them back sorted.
///
/// Source: OSDI 2004 §3.1, §4.2, §4.3.
pub struct Sorter<'a, S> {
    application: &'a dyn Application,
    buffer: Buffer,
    sorted: Sorted<S>,
    most: usize,
    counters: Counters,
    error: Option<SortError>,
    is_combining: bool,
}

impl<'a, S: Scratch> Sorter<'a, S> {
    /// A sorter that holds about so many bytes of pairs in memory, and merges so many runs at a
    /// time.
    pub fn new(
        application: &'a dyn Application,
        scratch: S,
        partitions: u32,
        bytes: usize,
        most: usize,
    ) -> Self {
        Self {
            application,
            buffer: Buffer::new(bytes),
            sorted: Sorted::new(scratch, partitions),
            most,
            counters: Counters::default(),
            error: None,
            is_combining: false,
        }
    }

    fn combiner(&self) -> Option<&'a dyn Application> {
        self.application.combines().then_some(self.application)
    }

    /// Whether user code is in the midst of combining, and not of mapping.
    #[must_use]
    pub const fn is_combining(&self) -> bool {
        self.is_combining
    }

    /// What has gone wrong so far, once. From then on nothing is taken any more.
    ///
    /// # Errors
    ///
    /// Whatever has gone wrong.
    pub fn check(&mut self) -> Result<(), SortError> {
        self.error.take().map_or(Ok(()), Err)
    }

    fn push(&mut self, key: &[u8], value: &[u8]) -> Result<(), SortError> {
        let partitions = self.sorted.partitions;
        let given = self.application.partition(key, partitions);
        if given >= partitions {
            return Err(SortError::Partition { given, partitions });
        }
        let length = key.len().saturating_add(value.len());
        if !self.buffer.has_room(length) {
            self.spill()?;
        }
        if !self.buffer.has_room(length) {
            return Err(SortError::TooLong(length));
        }
        self.buffer.push(given, key, value);
        Ok(())
    }

    /// Puts what is in memory into a run.
    fn spill(&mut self) -> Result<(), SortError> {
        let (combiner, partitions) = (self.combiner(), self.sorted.partitions);
        self.is_combining = true;
        self.buffer.sort();
        let buffer = &self.buffer;
        self.sorted.add(|writer| write_buffer(buffer, partitions, combiner, writer))?;
        self.is_combining = false;
        self.buffer.clear();
        Ok(())
    }

    /// Writes all pairs in order, and says where each partition begins and the last ends, and what
    /// was counted.
    ///
    /// # Errors
    ///
    /// Whatever has gone wrong, now or before.
    pub fn finish(mut self, writer: &mut impl Write) -> Result<(Vec<u64>, Counters), SortError> {
        self.check()?;
        let (combiner, partitions) = (self.combiner(), self.sorted.partitions);
        if self.sorted.runs.is_empty() {
            self.buffer.sort();
            let bounds = write_buffer(&self.buffer, partitions, combiner, writer)?;
            return Ok((bounds, self.counters));
        }
        if !self.buffer.is_empty() {
            self.spill()?;
        }
        drop(self.buffer);
        self.sorted.narrow(self.most, combiner)?;
        let (mut bounds, mut end) = (vec![0], 0);
        for partition in 0..partitions {
            end += write_merged(self.sorted.merged(partition)?, combiner, writer)?;
            bounds.push(end);
        }
        Ok((bounds, self.counters))
    }
}

/// Writes a sorted buffer, and says where each partition begins and the last ends.
fn write_buffer(
    buffer: &Buffer,
    partitions: u32,
    combiner: Option<&dyn Application>,
    writer: &mut impl Write,
) -> Result<Vec<u64>, SortError> {
    let (mut bounds, mut end) = (vec![0], 0);
    for (partition, key, mut values) in buffer.groups() {
        while bounds.len() <= partition as usize {
            bounds.push(end);
        }
        end += write_group(key, &mut values, combiner, writer)?;
    }
    bounds.resize(partitions as usize + 1, end);
    Ok(bounds)
}

impl<S: Scratch> Emit for Sorter<'_, S> {
    fn emit(&mut self, key: &[u8], value: &[u8]) {
        if self.error.is_none()
            && let Err(error) = self.push(key, value)
        {
            self.error = Some(error);
        }
    }

    fn count(&mut self, counter: &str, times: u64) {
        self.counters.add(counter, times);
    }
}
