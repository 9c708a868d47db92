//! What keeps an output from coming to its final name.

use crate::engine::Refusal;
use crate::mapreduce::Task;
use crate::mapreduce::attempt::ReduceAttempt;
use crate::mapreduce::content::Content;
use crate::mapreduce::options::Commit;
use crate::mapreduce::state::ReduceStatus;

use super::{Guarded, Guards};

/// Outputs come to their final names.
///
/// Source: MAPREDUCE-9, MAPREDUCE-12.
impl Guards<'_> {
    pub(super) fn grant(&self, reduce: u8, worker: u8) -> Guarded {
        self.is_not_done()?;
        self.is_up(worker)?;
        let content = self.running(reduce, worker)?;
        self.is_full(reduce, worker, content)?;
        let task = Task::Reduce(reduce);
        let is_open = self.state.reduce(reduce) != ReduceStatus::Completed;
        Refusal::unless(is_open, "the reduce must not be completed", || self.task(task))?;
        self.is_trusted(worker)?;
        let is_unlocked = self.state.lock(reduce).is_none();
        Refusal::unless(is_unlocked, "nobody may hold the permission to rename", || self.task(task))
    }

    pub(super) fn cancel(&self, reduce: u8, worker: u8) -> Guarded {
        self.is_not_done()?;
        let task = Task::Reduce(reduce);
        let is_completed = self.state.reduce(reduce) == ReduceStatus::Completed;
        Refusal::unless(is_completed, "the reduce must be completed", || self.task(task))?;
        self.is_up(worker)?;
        self.is_trusted(worker)?;
        let attempt = self.state.reduce_attempt(reduce, worker);
        let runs = matches!(attempt, ReduceAttempt::Launching | ReduceAttempt::Running(_));
        let guard = "the worker must run the reduce, without permission to rename";
        Refusal::unless(runs, guard, || self.attempt(task, worker))
    }

    pub(super) fn commit(&self, reduce: u8, worker: u8) -> Guarded {
        self.is_up(worker)?;
        let content = match (self.job.commit, self.state.reduce_attempt(reduce, worker)) {
            (Commit::Rename, _) => self.running(reduce, worker)?,
            (Commit::Coordinator, ReduceAttempt::Granted(content)) => content,
            (Commit::Coordinator, _) => {
                let guard = "the attempt must have been allowed to rename";
                return Err(Refusal::new(guard, self.attempt(Task::Reduce(reduce), worker)));
            }
        };
        self.is_full(reduce, worker, content)
    }

    pub(super) fn is_full(&self, reduce: u8, worker: u8, content: Content) -> Guarded {
        let guard = "the attempt must have fetched a region of every map";
        let read = || self.attempt(Task::Reduce(reduce), worker);
        Refusal::unless(content.is_full(self.job.maps), guard, read)
    }

    /// What a running attempt has fetched.
    pub(super) fn running(&self, reduce: u8, worker: u8) -> Result<Content, Refusal> {
        let ReduceAttempt::Running(content) = self.state.reduce_attempt(reduce, worker) else {
            let read = self.attempt(Task::Reduce(reduce), worker);
            return Err(Refusal::new("the worker must run the reduce", read));
        };
        Ok(content)
    }
}
