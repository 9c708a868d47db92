//! What the master holds of one task and of one worker.

use std::collections::{BTreeMap, BTreeSet};

use crate::machine::Time;
use crate::mapreduce::config::Config;
use crate::mapreduce::fault::Fault;
use crate::mapreduce::task::{AttemptId, Counters, Task, WorkerId};

/// How far a task is. Source: MAPREDUCE-2
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// To be handed out.
    #[default]
    Idle,
    /// Handed out.
    InProgress,
    /// Done by this attempt. A map's regions are on its worker's disk; of a reduce's output, which
    /// has its final name, it is only remembered who wrote it.
    Completed(AttemptId),
}

impl Status {
    /// Whether the task is done.
    #[must_use]
    pub const fn is_completed(self) -> bool {
        matches!(self, Self::Completed(_))
    }
}

/// The last attempt of a worker at a task.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attempt {
    /// Its number among all attempts of the worker.
    pub number: u32,
    /// Whether its completion has arrived.
    pub is_heard: bool,
    /// The maps whose regions it is known to lack, with no place to fetch them from.
    pub lacks: BTreeSet<u32>,
    /// For a reduce: the place of each map's regions that it was told last.
    pub told: BTreeMap<u32, AttemptId>,
    /// When it was handed out.
    pub started: Time,
}

/// What is held of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Record {
    /// How far it is.
    pub status: Status,
    /// The last attempt of each trusted worker that was given the task and has not failed.
    pub attempts: BTreeMap<WorkerId, Attempt>,
    /// What the last execution that counted has counted. Source: MAPREDUCE-17
    pub counters: Counters,
    /// Of how many executions that is in the sums: none once the task is to be done again.
    pub contributions: u32,
    /// How many attempts have failed on each record. Source: MAPREDUCE-15
    pub record_failures: BTreeMap<u64, u32>,
    /// How many attempts have failed without a record to blame.
    pub failures: u32,
}

impl Record {
    /// Whether the master waits for that attempt.
    #[must_use]
    pub fn is_live(&self, attempt: AttemptId) -> bool {
        let last = self.attempts.get(&attempt.worker);
        last.is_some_and(|last| last.number == attempt.number && !last.is_heard)
    }

    /// The attempts that the master waits for.
    pub fn live(&self) -> impl Iterator<Item = AttemptId> {
        let live = self.attempts.iter().filter(|(_, attempt)| !attempt.is_heard);
        live.map(|(&worker, attempt)| AttemptId { worker, number: attempt.number })
    }

    /// The last attempt of a worker, if it is that one.
    #[must_use]
    pub fn attempt(&self, attempt: AttemptId) -> Option<&Attempt> {
        self.attempts.get(&attempt.worker).filter(|last| last.number == attempt.number)
    }

    /// The records that the next attempt leaves out.
    ///
    /// Source: MAPREDUCE-15
    pub(super) fn skipped(&self, config: &Config) -> Vec<u64> {
        let enough = match () {
            () if config.has(Fault::SkipAfterOneFailure) => 1,
            () if config.has(Fault::BadRecordNeverSkipped) => u32::MAX,
            () => config.limits.failures_before_skip,
        };
        let failed = self.record_failures.iter().filter(|(_, failures)| **failures >= enough);
        failed.map(|(record, _)| *record).collect()
    }

    /// Idle, if it is not completed and nobody works on it any more.
    pub(super) fn reopen_if_abandoned(&mut self) {
        let is_abandoned = self.live().next().is_none();
        if self.status == Status::InProgress && is_abandoned {
            self.status = Status::Idle;
        }
    }

    /// To be done again, or in progress if another attempt goes on. What was counted is not in the
    /// sums any more, but is kept in case the job ends without the task.
    ///
    /// Source: MAPREDUCE-17.
    pub(super) fn reset(&mut self) {
        self.status = Status::InProgress;
        self.contributions = 0;
        self.reopen_if_abandoned();
    }

    /// Done by this attempt, whose counters are the ones that count.
    pub(super) fn complete(&mut self, attempt: AttemptId, counters: Counters) {
        self.status = Status::Completed(attempt);
        self.counters = counters;
        self.contributions = 1;
    }
}

/// What is held of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Standing {
    /// Whether it is counted on. Once it is not, it never will be again.
    pub is_trusted: bool,
    /// The number of the last attempt that it was given; 0 if there was none.
    pub issued: u32,
    /// The task of that attempt.
    pub last: Option<Task>,
    /// The last attempt of which the worker has said that it has ended.
    pub ended: u32,
    /// Whether it was asked for a sign of life, and has not given one.
    pub is_probed: bool,
    /// How often its disk could not be read.
    pub complaints: u32,
}

impl Standing {
    /// A worker that asks for the first time.
    pub(super) const NEW: Self =
        Self { is_trusted: true, issued: 0, last: None, ended: 0, is_probed: false, complaints: 0 };
}

/// Whose output of a reduce may have the final name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lock {
    /// This attempt's.
    Held(AttemptId),
    /// Nobody's: it was taken back from this attempt, and whether the attempt has used it is not
    /// known yet.
    Revoked(AttemptId),
}
