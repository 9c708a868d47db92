//! What is to be done, and what came of it.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::host::post::Weather;
use crate::mapreduce::data::Application;
use crate::mapreduce::{Barrier, Counters, Limits, MasterDelivery, Progress, Task, Timings};

/// A job, and how it is to be run.
#[derive(Clone)]
pub struct Job {
    /// User code.
    pub application: Arc<dyn Application>,
    /// The files to read.
    pub inputs: Vec<PathBuf>,
    /// The directory that the outputs are for. It must not exist, or be empty.
    pub output: PathBuf,
    /// About how many maps there are to be; otherwise one for each 64 MiB and each file.
    pub maps: Option<u32>,
    /// How many reduces there are (`R`), one at least.
    pub reduces: u32,
    /// How many workers.
    pub workers: u16,
    /// How many bytes of memory all of them may use.
    pub memory: u64,
    /// What waits for the last map.
    pub barrier: Barrier,
    /// Whether tasks are handed out a second time near the end of a phase.
    pub backups: bool,
    /// How long things take.
    pub timings: Timings,
    /// How much there may be.
    pub limits: Limits,
    /// How many workers are killed on the way, at equal distances.
    pub kills: u32,
    /// Which workers those are, and which messages come to grief.
    pub seed: u64,
    /// How many messages come to grief.
    pub weather: Weather,
}

impl Job {
    /// A job with two workers and 256 MiB, of which nothing goes wrong.
    #[must_use]
    pub fn new(application: Arc<dyn Application>, inputs: Vec<PathBuf>, output: PathBuf) -> Self {
        Self {
            application,
            inputs,
            output,
            maps: None,
            reduces: 2,
            workers: 2,
            memory: 256 << 20,
            // A worker has one task at a time: one that waited with a reduce for the last maps
            // could not back them up.
            barrier: Barrier::Assignment,
            backups: true,
            timings: Timings::default(),
            limits: Limits::default(),
            kills: 0,
            seed: 0,
            weather: Weather::default(),
        }
    }
}

/// What there is to see while a job runs.
#[derive(Clone, Copy, Debug)]
pub struct Observation<'a> {
    /// How far it is.
    pub progress: Progress,
    /// For how long it has run.
    pub elapsed: Duration,
    /// What has just happened, if anything has.
    pub event: Option<&'a MasterDelivery>,
}

/// What came of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What was counted, each task once.
    pub counters: Counters,
    /// How many maps there were.
    pub maps: u32,
    /// How many reduces.
    pub reduces: u32,
    /// How often a task was handed out.
    pub attempts: u32,
    /// How often that was to back up another attempt.
    pub backups: u32,
    /// How many workers were killed.
    pub killed: u32,
    /// How many workers were suspected.
    pub suspected: u32,
    /// How many reduces gave way to a lost map.
    pub preempted: u32,
    /// How many attempts failed.
    pub failed: u32,
    /// The records that were left out, by task.
    pub skipped: BTreeMap<Task, Vec<u64>>,
}

/// Why a job was not done. Nothing of it is under its final name then.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// A file that cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Input {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The directory for the outputs has something in it.
    #[error("{} is not empty", .0.display())]
    NotEmpty(PathBuf),
    /// The directory for the outputs cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Output {
        /// The directory.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// There is no reduce, or no worker, so that nothing would be done.
    #[error("there has to be at least one {0}")]
    NoneOf(&'static str),
    /// Less memory than a job can do with.
    #[error("{workers} workers need at least {least} MiB of memory")]
    TooLittleMemory {
        /// How many workers there are.
        workers: u16,
        /// How much they need.
        least: u64,
    },
    /// A task that failed whenever it was tried.
    #[error("{task} failed: {why}")]
    GaveUp {
        /// The task.
        task: Task,
        /// What went wrong the last time.
        why: String,
    },
    /// Workers that die as soon as they are started.
    #[error("{0} worker processes have died, and the job was not done")]
    Died(u32),
    /// The user has stopped it.
    #[error("stopped before the job was done")]
    Stopped,
}
