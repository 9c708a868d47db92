//! What the master remembers, and may be asked about.

mod commit;
mod context;
mod failure;
mod hand_out;
mod hear;
mod record;

use std::collections::BTreeMap;

use super::config::Config;
use super::message::MasterTimer;
use super::task::{AttemptId, Counters, Task, WorkerId};
use crate::machine::{Output, OutputOf};

pub(super) use context::{Context, Taken, require};
pub use record::{Attempt, Lock, Record, Standing, Status};

/// The one that hands out tasks to the workers that ask, and hears what becomes of them.
///
/// Source: MAPREDUCE-2: of each task its state, and of each completed map where its regions
/// are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Master {
    pub(super) config: Config,
    pub(super) table: Table,
}

/// What changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Table {
    pub(super) workers: BTreeMap<WorkerId, Standing>,
    pub(super) maps: Vec<Record>,
    pub(super) reduces: Vec<Record>,
    /// Whose output may have the final name, by reduce.
    pub(super) locks: BTreeMap<u32, Lock>,
    /// What the attempts that hold, or held, those permissions have counted.
    pub(super) pledged: BTreeMap<u32, Counters>,
    pub(super) preferred: Option<Task>,
    /// Whether a lost map waits for a worker to become free.
    pub(super) makes_room: bool,
    pub(super) end: Option<End>,
}

/// How the job has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// Every output has its final name.
    Done,
    /// This task cannot be done.
    GaveUp(Task),
}

/// How many tasks are how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phase {
    /// To be handed out.
    pub idle: u32,
    /// Handed out.
    pub in_progress: u32,
    /// Done.
    pub completed: u32,
}

/// What a status page shows. Source: OSDI 2004 §4.8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Progress {
    /// The maps.
    pub maps: Phase,
    /// The reduces.
    pub reduces: Phase,
    /// Workers that are counted on.
    pub trusted: u32,
    /// Workers that were suspected.
    pub suspected: u32,
}

impl Master {
    /// A master at the start of a job, which no worker has asked for work yet.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let records = |count: u32| (0..count).map(|_| Record::default()).collect();
        let table = Table {
            workers: BTreeMap::new(),
            maps: records(config.maps),
            reduces: records(config.reduces),
            locks: BTreeMap::new(),
            pledged: BTreeMap::new(),
            preferred: None,
            makes_room: false,
            end: None,
        };
        Self { config, table }
    }

    /// The same for a master that knows who will ask: a worker that never does is suspected.
    #[must_use]
    pub fn expecting(config: Config, workers: impl IntoIterator<Item = WorkerId>) -> Self {
        let mut master = Self::new(config);
        let expected = workers.into_iter().map(|worker| (worker, Standing::NEW));
        master.table.workers = expected.collect();
        master
    }

    /// What the master waits for before anything has happened: a sign of life of those whom it
    /// expects, and nothing else, unless there is nothing to be done.
    pub fn start(&self, outputs: &mut Vec<OutputOf<Self>>) {
        let after = self.config.timings.silence;
        let silent = self.table.workers.keys().map(|&worker| MasterTimer::Silence(worker));
        outputs.extend(silent.map(|timer| Output::SetTimer { timer, after }));
        if self.config.reduces == 0 {
            let after = std::time::Duration::ZERO;
            outputs.push(Output::SetTimer { timer: MasterTimer::Finish, after });
        }
    }

    /// The job.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// What is held of a task, if there is such a task.
    #[must_use]
    pub fn record(&self, task: Task) -> Option<&Record> {
        self.table.find(task)
    }

    /// What is held of each worker that has ever asked for work.
    #[must_use]
    pub const fn workers(&self) -> &BTreeMap<WorkerId, Standing> {
        &self.table.workers
    }

    /// Whether the worker has asked for work, and was never suspected.
    #[must_use]
    pub fn is_trusted(&self, worker: WorkerId) -> bool {
        self.table.is_trusted(worker)
    }

    /// Whether the master waits for that attempt, whose worker it trusts.
    #[must_use]
    pub fn is_live(&self, task: Task, attempt: AttemptId) -> bool {
        self.table.find(task).is_some_and(|record| record.is_live(attempt))
    }

    /// Whose output of that reduce may have the final name.
    #[must_use]
    pub fn lock(&self, reduce: u32) -> Option<Lock> {
        self.table.locks.get(&reduce).copied()
    }

    /// The task that is taken whenever there is a choice.
    #[must_use]
    pub const fn preferred(&self) -> Option<Task> {
        self.table.preferred
    }

    /// How the job has ended, if it has.
    #[must_use]
    pub const fn end(&self) -> Option<End> {
        self.table.end
    }

    /// What was counted, each task once. A map whose output is lost counts again once the job is
    /// done without it: every reduce has read it.
    ///
    /// Source: MAPREDUCE-17
    #[must_use]
    pub fn counters(&self) -> Counters {
        let is_done = self.table.end == Some(End::Done);
        let records = self.table.maps.iter().chain(&self.table.reduces);
        let mut sum = Counters::default();
        for record in records.filter(|record| is_done || record.contributions > 0) {
            sum.merge(&record.counters);
        }
        sum
    }

    /// The records of a task that the next attempt at it leaves out.
    #[must_use]
    pub fn skipped(&self, task: Task) -> Vec<u64> {
        let record = self.table.find(task);
        record.map(|record| record.skipped(&self.config)).unwrap_or_default()
    }

    /// How far the job is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let workers = self.table.workers.values();
        let trusted = workers.filter(|standing| standing.is_trusted).count() as u32;
        Progress {
            maps: phase(&self.table.maps),
            reduces: phase(&self.table.reduces),
            trusted,
            suspected: self.table.workers.len() as u32 - trusted,
        }
    }
}

fn phase(records: &[Record]) -> Phase {
    let mut phase = Phase::default();
    for record in records {
        match record.status {
            Status::Idle => phase.idle += 1,
            Status::InProgress => phase.in_progress += 1,
            Status::Completed(_) => phase.completed += 1,
        }
    }
    phase
}

impl Table {
    pub(super) fn find(&self, task: Task) -> Option<&Record> {
        match task {
            Task::Map(map) => self.maps.get(map as usize),
            Task::Reduce(reduce) => self.reduces.get(reduce as usize),
        }
    }

    fn find_mut(&mut self, task: Task) -> Option<&mut Record> {
        match task {
            Task::Map(map) => self.maps.get_mut(map as usize),
            Task::Reduce(reduce) => self.reduces.get_mut(reduce as usize),
        }
    }

    pub(super) fn is_trusted(&self, worker: WorkerId) -> bool {
        self.workers.get(&worker).is_some_and(|standing| standing.is_trusted)
    }

    /// The task that the worker was given last, if the master still waits for it.
    pub(super) fn current(&self, worker: WorkerId) -> Option<Task> {
        let standing = self.workers.get(&worker)?;
        let task = standing.last?;
        let attempt = AttemptId { worker, number: standing.issued };
        self.find(task)?.is_live(attempt).then_some(task)
    }

    /// Whether the worker, as far as is known, does something.
    pub(super) fn is_busy(&self, worker: WorkerId) -> bool {
        let has_asked = |standing: &Standing| standing.ended >= standing.issued;
        self.current(worker).is_some() && !self.workers.get(&worker).is_some_and(has_asked)
    }

    /// Whether some worker could be given a task as soon as it asks.
    fn someone_is_free(&self) -> bool {
        let mut trusted = self.workers.iter().filter(|(_, standing)| standing.is_trusted);
        trusted.any(|(worker, _)| !self.is_busy(*worker))
    }

    fn a_map_is_idle(&self) -> bool {
        self.maps.iter().any(|record| record.status == Status::Idle)
    }

    fn is_idle(&self, task: Task) -> bool {
        self.find(task).is_some_and(|record| record.status == Status::Idle)
    }
}

/// Every task of the kind, in order.
fn tasks(kind: fn(u32) -> Task, records: &[Record]) -> impl Iterator<Item = (Task, &Record)> {
    (0..).map(kind).zip(records)
}
