//! What keeps the master from handing out tasks, hearing of them, and ending the job.

use crate::engine::Refusal;
use crate::mapreduce::Task;
use crate::mapreduce::attempt::ReduceAttempt;
use crate::mapreduce::checkpoint::Checkpoint;
use crate::mapreduce::content::Region;
use crate::mapreduce::options::Barrier;
use crate::mapreduce::state::{MapStatus, ReduceStatus};

use super::{Guarded, Guards};

/// The master hands out tasks and takes them back.
///
/// Source: MAPREDUCE-3, MAPREDUCE-7, MAPREDUCE-14, MAPREDUCE-18.
impl Guards<'_> {
    pub(super) fn assign(&self, task: Task, worker: u8) -> Guarded {
        self.asks(worker)?;
        let is_idle = match task {
            Task::Map(map) => self.state.map(map) == MapStatus::Idle,
            Task::Reduce(reduce) => self.state.reduce(reduce) == ReduceStatus::Idle,
        };
        Refusal::unless(is_idle, "the task must be idle", || self.task(task))?;
        if let Task::Reduce(_) = task {
            self.is_past_barrier()?;
        }
        let is_awaited = self.job.is_live(self.state, task, worker);
        let guard = "the master must have heard of the worker's former attempt at the task";
        Refusal::unless(!is_awaited, guard, || self.attempt(task, worker))
    }

    pub(super) fn is_past_barrier(&self) -> Guarded {
        let is_past = self.job.is_past_barrier(self.state);
        let guard = match self.job.barrier {
            Barrier::Assignment => "every map must be completed before a reduce is handed out",
            Barrier::Function => "no map may be idle when a reduce is handed out",
        };
        Refusal::unless(is_past, guard, || self.maps())
    }

    pub(super) fn backup(&self, task: Task, worker: u8) -> Guarded {
        let backs_up = || "the job makes none".to_owned();
        Refusal::unless(self.job.backups, "the master must make backups", backs_up)?;
        self.asks(worker)?;
        let no_map = !self.job.a_map_is_idle(self.state);
        Refusal::unless(no_map, "no map may be idle when a backup is made", || self.maps())?;
        let is_in_progress = match task {
            Task::Map(map) => self.state.map(map) == MapStatus::InProgress,
            Task::Reduce(reduce) => {
                let no_reduce = !self.job.a_reduce_is_idle(self.state);
                let guard = "no reduce may be idle when a reduce is backed up";
                Refusal::unless(no_reduce, guard, || self.reduces())?;
                self.state.reduce(reduce) == ReduceStatus::InProgress
            }
        };
        Refusal::unless(is_in_progress, "the task must be in progress", || self.task(task))?;
        let live: Vec<u8> = self.job.live(self.state, task).collect();
        let is_straggling = matches!(live[..], [other] if other != worker);
        let guard = "the task must have one attempt that goes on, and that of another worker";
        Refusal::unless(is_straggling, guard, || format!("{task}: {}", workers(&live)))
    }

    pub(super) fn preempt(&self, reduce: u8, worker: u8) -> Guarded {
        self.is_not_done()?;
        self.is_trusted(worker)?;
        let task = Task::Reduce(reduce);
        let lacks = |map| match self.state.reduce_attempt(reduce, worker) {
            ReduceAttempt::Launching => Some(true),
            ReduceAttempt::Running(content) => Some(content.region(map) == Region::Missing),
            _ => None,
        };
        let guard = "the worker must run the reduce";
        Refusal::unless(lacks(0).is_some(), guard, || self.attempt(task, worker))?;
        let mut idle = self.job.maps().filter(|&map| self.state.map(map) == MapStatus::Idle);
        let is_in_the_way = idle.any(|map| lacks(map) == Some(true));
        let guard = "a map must be idle whose region the attempt has yet to fetch";
        let read = || format!("{}; {}", self.maps(), self.attempt(task, worker));
        Refusal::unless(is_in_the_way, guard, read)?;
        let free = self
            .job
            .workers()
            .find(|&other| self.state.is_trusted(other) && !self.job.is_awaited(self.state, other));
        let guard = "nobody may be free to do the lost map";
        let read = || free.map(|other| format!("w{other} has no task")).unwrap_or_default();
        Refusal::unless(free.is_none(), guard, read)
    }

    pub(super) fn asks(&self, worker: u8) -> Guarded {
        self.is_not_done()?;
        self.is_up(worker)?;
        self.is_trusted(worker)?;
        let is_free = self.job.is_free(self.state, worker);
        let read = || {
            let attempts = self.state.attempts(worker);
            let attempts: Vec<_> = attempts.map(|(task, what)| format!("{task}: {what}")).collect();
            format!("w{worker} has {}", attempts.join("; "))
        };
        Refusal::unless(is_free, "the worker must run nothing, so that it asks for work", read)
    }
}

/// Whose attempts go on.
fn workers(live: &[u8]) -> String {
    if live.is_empty() {
        return "no attempt goes on".to_owned();
    }
    let names: Vec<_> = live.iter().map(|worker| format!("w{worker}")).collect();
    format!("attempts that go on: {}", names.join(", "))
}

/// The master hears of things, and ends.
///
/// Source: MAPREDUCE-5, MAPREDUCE-6, MAPREDUCE-16, MAPREDUCE-17, MAPREDUCE-19.
impl Guards<'_> {
    pub(super) fn hear(&self, task: Task, worker: u8) -> Guarded {
        self.is_not_done()?;
        self.has_message(task, worker)
    }

    pub(super) fn suspect(&self, worker: u8) -> Guarded {
        self.is_not_done()?;
        let has_crashed = self.state.is_crashed(worker);
        Refusal::unless(has_crashed, "the worker must have crashed", || self.worker(worker))?;
        self.is_trusted(worker)
    }

    pub(super) fn finish_job(&self) -> Guarded {
        self.is_not_done()?;
        let are_completed = self.job.reduces_are_completed(self.state);
        Refusal::unless(are_completed, "every reduce must be completed", || self.reduces())
    }

    pub(super) fn checkpoint(&self) -> Guarded {
        self.is_not_done()?;
        self.is_left("restarts", |left| left.restarts)?;
        let is_new = Checkpoint::of(self.state) != self.state.checkpoint();
        let read = || "nothing has changed since the last one".to_owned();
        Refusal::unless(is_new, "there must be something new to write down", read)
    }
}
