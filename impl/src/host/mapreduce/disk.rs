//! Where a worker keeps its files, and how much it may hold in memory.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Take, Write};
use std::path::{Path, PathBuf};

use super::job::JobError;
use crate::mapreduce::data::Scratch;
use crate::mapreduce::{AttemptId, WorkerId};

/// How much of each file that is merged or written is held in memory.
const BUFFER: usize = 64 << 10;

/// What the process needs before any data come.
const BASE: u64 = 24 << 20;

/// The least that a worker can work with.
const LEAST: u64 = 4 << 20;

/// How much a worker may hold in memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    /// Bytes of pairs that wait to be sorted.
    pub(super) pairs: usize,
    /// Files that are merged at a time.
    pub(super) files: usize,
    /// Bytes of a line.
    pub(super) line: usize,
}

impl Memory {
    /// An equal share for each worker.
    pub(super) fn share(bytes: u64, workers: u16) -> Result<Self, JobError> {
        let share = bytes.saturating_sub(BASE) / u64::from(workers.max(1));
        if share < LEAST {
            let least = (BASE + LEAST * u64::from(workers)) >> 20;
            return Err(JobError::TooLittleMemory { workers, least });
        }
        let share = usize::try_from(share).unwrap_or(usize::MAX);
        let files = (share / 4 / BUFFER).clamp(2, 128);
        Ok(Self { pairs: share / 2, files, line: share / 2 })
    }
}

/// The directory that is a worker's disk.
pub(super) fn disk(root: &Path, worker: WorkerId) -> PathBuf {
    root.join(format!("worker-{worker}"))
}

/// The regions that an attempt at a map has written.
pub(super) fn regions(root: &Path, map: u32, attempt: AttemptId) -> PathBuf {
    disk(root, attempt.worker).join(format!("map-{map}-{}", attempt.number))
}

/// The directory of an attempt, for whatever is gone when the attempt is.
pub(super) fn attempt(root: &Path, attempt: AttemptId) -> PathBuf {
    disk(root, attempt.worker).join(format!("attempt-{}", attempt.number))
}

/// Runs as files of a directory.
#[derive(Debug)]
pub(super) struct Files {
    directory: PathBuf,
}

impl Files {
    pub(super) fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned() }
    }

    pub(super) fn path(&self, run: u32) -> PathBuf {
        self.directory.join(format!("run-{run}"))
    }
}

/// Removes a directory into which threads that nobody waits for may be writing.
///
/// Once it has another name whoever comes by its old one finds nothing, neither to read nor to
/// write in. Only what had looked the name up just before can still put something there, each once.
pub(super) fn remove(directory: &Path) -> io::Result<()> {
    let mut gone = directory.as_os_str().to_owned();
    gone.push(".gone");
    fs::rename(directory, &gone)?;
    for _ in 0..LATECOMERS {
        match fs::remove_dir_all(&gone) {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {}
            result => return result,
        }
    }
    fs::remove_dir_all(gone)
}

/// How often something may turn up in a directory while it is removed.
const LATECOMERS: u32 = 1000;

pub(super) fn create(path: &Path) -> io::Result<BufWriter<File>> {
    Ok(BufWriter::with_capacity(BUFFER, File::create(path)?))
}

impl Scratch for Files {
    type Writer = BufWriter<File>;
    type Reader = BufReader<Take<File>>;

    fn create(&mut self, run: u32) -> io::Result<Self::Writer> {
        create(&self.path(run))
    }

    fn open(&mut self, run: u32, from: u64, length: u64) -> io::Result<Self::Reader> {
        let mut file = File::open(self.path(run))?;
        file.seek(SeekFrom::Start(from))?;
        Ok(BufReader::with_capacity(BUFFER, file.take(length)))
    }

    fn remove(&mut self, run: u32) {
        // What cannot be removed now is removed with its directory.
        let _ = fs::remove_file(self.path(run));
    }
}

/// Bytes of a place in a file.
const BOUND: usize = 8;

/// Writes where the regions in a file begin, and the last ends, behind them.
pub(super) fn write_bounds(writer: &mut impl Write, bounds: &[u64]) -> io::Result<()> {
    bounds.iter().try_for_each(|bound| writer.write_all(&bound.to_le_bytes()))
}

/// Copies a region from where an attempt at a map has written it, and returns how long it is. No
/// file is made for an empty one.
pub(super) fn fetch(from: &Path, reduce: u32, reduces: u32, to: &Path) -> io::Result<u64> {
    let mut file = File::open(from)?;
    let mut bounds = [[0; BOUND]; 2];
    let back = (i64::from(reduces) - i64::from(reduce) + 1).saturating_mul(8);
    file.seek(SeekFrom::End(-back))?;
    file.read_exact(bounds.as_flattened_mut())?;
    let [begin, end] = bounds.map(u64::from_le_bytes);
    let length = end.saturating_sub(begin);
    if length > 0 {
        file.seek(SeekFrom::Start(begin))?;
        let copied = io::copy(&mut file.take(length), &mut File::create(to)?)?;
        if copied != length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn regions_are_fetched_one_by_one() {
        let directory = tempfile::tempdir().unwrap();
        let (from, to) = (directory.path().join("from"), directory.path().join("to"));
        let mut writer = create(&from).unwrap();
        writer.write_all(b"onethree").unwrap();
        write_bounds(&mut writer, &[0, 3, 3, 8]).unwrap();
        writer.flush().unwrap();
        for (reduce, region) in [(0, "one"), (2, "three")] {
            assert_eq!(fetch(&from, reduce, 3, &to).unwrap(), region.len() as u64);
            assert_eq!(fs::read_to_string(&to).unwrap(), region);
        }
        fs::remove_file(&to).unwrap();
        assert_eq!(fetch(&from, 1, 3, &to).unwrap(), 0);
        assert!(!to.exists());
        assert!(fetch(&to, 0, 3, &from).is_err());
    }

    /// Writers that go by the directory's name as long as they find it.
    #[test]
    fn a_directory_that_others_write_in_is_removed() {
        for _ in 0..20 {
            let parent = tempfile::tempdir().unwrap();
            let directory = parent.path().join("disk");
            fs::create_dir(&directory).unwrap();
            std::thread::scope(|scope| {
                for writer in 0..4 {
                    let directory = &directory;
                    scope.spawn(move || {
                        let files = (0..50_000).map(|number| format!("{writer}-{number}"));
                        files.take_while(|file| File::create(directory.join(file)).is_ok()).count()
                    });
                }
                std::thread::sleep(std::time::Duration::from_millis(2));
                remove(&directory).unwrap();
            });
            assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
        }
    }

    #[test]
    fn little_memory_is_an_error_that_says_how_much_it_takes() {
        assert!(Memory::share(256 << 20, 4).is_ok());
        let error = Memory::share(16 << 20, 4).unwrap_err().to_string();
        assert_eq!(error, "4 workers need at least 40 MiB of memory");
        assert!(Memory::share(40 << 20, 4).is_ok());
    }
}
