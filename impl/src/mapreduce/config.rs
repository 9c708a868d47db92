//! The job as the master knows it, its variant of the protocol, times and bounds.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::fault::Fault;
use super::task::{Task, WorkerId};

/// Where a map leaves its regions.
///
/// Source: MAPREDUCE-4
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MapOutput {
    /// On the worker's own disk, and lost with it. What the paper does.
    LocalDisk,
    /// In a file system that all workers share: a completed map is never done again.
    SharedFileSystem,
}

/// What waits for the last map.
///
/// Source: MAPREDUCE-7
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Barrier {
    /// No reduce is handed out before the last map is completed.
    Assignment,
    /// A reduce is handed out once no map is idle; it fetches what there is, and only its
    /// function waits for the last map. What the paper does.
    Function,
}

/// How an output comes to its final name.
///
/// Source: MAPREDUCE-9, MAPREDUCE-12 which renames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Commit {
    /// Every attempt that is ready renames its file.
    Rename,
    /// An attempt renames with the master's permission, which one attempt at a time holds; the
    /// file system refuses whoever does not hold it any more.
    Coordinator,
}

/// What the master knows of a job.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Config {
    /// How many map tasks there are (`M`).
    pub maps: u32,
    /// How many reduce tasks there are (`R`).
    pub reduces: u32,
    /// Where a map leaves its regions.
    pub map_output: MapOutput,
    /// What waits for the last map.
    pub barrier: Barrier,
    /// How an output comes to its final name.
    pub commit: Commit,
    /// Whether tasks are handed out a second time near the end of a phase.
    pub backups: bool,
    /// The machines on which a map's split lies, if it matters. Source: OSDI 2004 §3.4.
    pub near: BTreeMap<u32, BTreeSet<u16>>,
    /// How long things take.
    pub timings: Timings,
    /// How much there may be.
    pub limits: Limits,
    /// The procedure that is done wrong.
    #[cfg(feature = "faults")]
    pub fault: Option<Fault>,
}

/// How long things take. What a machine remembers depends on `backup` alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timings {
    /// How long a worker may be silent before it is suspected. Source: MAPREDUCE-5
    pub silence: Duration,
    /// How long it may be silent once its disk could not be read.
    pub probe: Duration,
    /// From one sign of life of a worker to the next.
    pub beat: Duration,
    /// How long a worker waits before it asks for work again.
    pub ask: Duration,
    /// How long it waits before it says again what was not acknowledged.
    pub resend: Duration,
    /// How long it waits before it says again that it lacks a region.
    pub lack: Duration,
    /// How long an attempt runs before a backup may join it. Source: MAPREDUCE-14
    pub backup: Duration,
    /// How long the master waits for a worker to become free before it makes one.
    pub preempt: Duration,
}

/// How much there may be: of what workers can cause, nothing grows without bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Limits {
    /// Processes of workers, those that are gone included.
    pub workers: u32,
    /// Counters of one task.
    pub counters: u32,
    /// How many attempts of a task fail, without a record to blame, before the job fails.
    pub failures: u32,
    /// How many attempts fail on one record before the next leaves it out; the paper says "more
    /// than one". Source: MAPREDUCE-15
    pub failures_before_skip: u32,
    /// How many records of a task are left out before the job fails instead.
    pub skips: u32,
    /// How often a worker's disk cannot be read before it is suspected.
    pub complaints: u32,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            silence: Duration::from_secs(5),
            probe: Duration::from_secs(1),
            beat: Duration::from_millis(500),
            ask: Duration::from_millis(20),
            resend: Duration::from_millis(500),
            lack: Duration::from_millis(100),
            backup: Duration::from_secs(10),
            preempt: Duration::from_millis(200),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            workers: 4096,
            counters: 256,
            failures: 4,
            failures_before_skip: 2,
            skips: 0,
            complaints: 64,
        }
    }
}

impl Config {
    /// A job of so many maps and reduces, as the paper has it but for the commit: regions on
    /// local disks, reduces handed out once no map is idle, backups, outputs committed with the
    /// master's permission.
    #[must_use]
    pub fn new(maps: u32, reduces: u32) -> Self {
        Self {
            maps,
            reduces,
            map_output: MapOutput::LocalDisk,
            barrier: Barrier::Function,
            commit: Commit::Coordinator,
            backups: true,
            near: BTreeMap::new(),
            timings: Timings::default(),
            limits: Limits::default(),
            #[cfg(feature = "faults")]
            fault: None,
        }
    }

    /// Whether there is such a task.
    #[must_use]
    pub const fn has_task(&self, task: Task) -> bool {
        match task {
            Task::Map(map) => map < self.maps,
            Task::Reduce(reduce) => reduce < self.reduces,
        }
    }

    /// Whether that map's split lies on that worker's machine.
    ///
    /// Source: OSDI 2004 §3.4.
    #[must_use]
    pub fn is_near(&self, map: u32, worker: WorkerId) -> bool {
        self.near.get(&map).is_some_and(|machines| machines.contains(&worker.machine))
    }

    /// What a worker needs to know.
    #[must_use]
    pub fn of_a_worker(&self) -> WorkerConfig {
        WorkerConfig {
            commit: self.commit,
            timings: self.timings,
            #[cfg(feature = "faults")]
            fault: self.fault,
        }
    }

    /// Whether this procedure is done wrong.
    #[cfg(feature = "faults")]
    pub(super) fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// Whether this procedure is done wrong: none is, where faults are not built in.
    #[cfg(not(feature = "faults"))]
    #[expect(clippy::unused_self, reason = "as it is where faults are built in")]
    pub(super) const fn has(&self, _fault: Fault) -> bool {
        false
    }
}

/// What a worker knows of a job before it is given a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkerConfig {
    /// How an output comes to its final name.
    pub commit: Commit,
    /// How long things take.
    pub timings: Timings,
    /// The procedure that is done wrong.
    #[cfg(feature = "faults")]
    pub fault: Option<Fault>,
}

impl WorkerConfig {
    /// Whether this procedure is done wrong.
    #[cfg(feature = "faults")]
    pub(super) fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// Whether this procedure is done wrong: none is, where faults are not built in.
    #[cfg(not(feature = "faults"))]
    #[expect(clippy::unused_self, reason = "as it is where faults are built in")]
    pub(super) const fn has(&self, _fault: Fault) -> bool {
        false
    }
}
