//! What the master does.

use straightedge_impl::mapreduce::{Task, WorkerId};
use straightedge_models::mapreduce::{Commit, MapOutput, MapReduce, Report};

use super::super::observed::{Attempt, Content, Observed, Status};
use super::question::{is_map, waits};

impl Observed {
    pub(super) fn set(&mut self, task: Task, status: Status) {
        if let Some(held) = self.tasks.get_mut(&task) {
            held.status = status;
            held.counted = u32::from(matches!(status, Status::Completed(_)));
        }
    }

    pub(super) fn begin(&mut self, task: Task, worker: WorkerId) {
        let skips = task == Task::Map(0) && self.record_failures >= 2;
        self.set(task, Status::InProgress);
        let attempt = match task {
            Task::Map(_) => Attempt::Mapping { skips },
            Task::Reduce(_) => Attempt::Reducing { content: Content::new(), may_rename: false },
        };
        if let Some(row) = self.workers.get_mut(&worker) {
            row.attempts.insert(task, attempt);
        }
    }

    pub(super) fn complete(&mut self, task: Task, worker: WorkerId) {
        self.set(task, Status::Completed(worker));
        if let Some(held) = self.tasks.get_mut(&task) {
            held.lock = None;
        }
    }

    pub(super) fn hear(&mut self, job: &MapReduce, task: Task, worker: WorkerId) -> Option<()> {
        let report = self.report_mut(task, worker)?;
        *report = match *report {
            Report::Sent | Report::HeardOnce => Report::Heard,
            Report::SentTwice => Report::HeardOnce,
            Report::Lost | Report::Heard => return None,
        };
        let is_completed = matches!(self.status(task)?, Status::Completed(_));
        if self.workers.get(&worker)?.is_trusted && !is_completed {
            self.complete(task, worker);
            let row = self.workers.get_mut(&worker)?;
            if let Some(Attempt::Mapped { is_recorded, .. }) = row.attempts.get_mut(&task) {
                *is_recorded = true;
            }
        }
        self.forget(job, worker);
        Some(())
    }

    pub(super) fn mark_failed(&mut self, job: &MapReduce, worker: WorkerId) {
        if let Some(row) = self.workers.get_mut(&worker) {
            row.is_trusted = false;
        }
        let tasks: Vec<Task> = self.tasks.keys().copied().collect();
        for task in tasks {
            let is_lost = is_map(&task)
                && job.map_output == MapOutput::LocalDisk
                && self.status(task) == Some(Status::Completed(worker));
            if is_lost {
                self.set(task, Status::InProgress);
            }
            self.reopen(task);
            let Some(held) = self.tasks.get_mut(&task).filter(|held| held.lock == Some(worker))
            else {
                continue;
            };
            held.lock = None;
            if let Task::Reduce(reduce) = task
                && self.outputs.contains_key(&reduce)
            {
                self.complete(task, worker);
            }
        }
        self.forget(job, worker);
    }

    /// Idle, if it is in progress and nobody works on it.
    pub(super) fn reopen(&mut self, task: Task) {
        let is_in_progress = self.status(task) == Some(Status::InProgress);
        if is_in_progress && self.live(task).is_empty() {
            self.set(task, Status::Idle);
        }
    }

    pub(super) fn preempt(&mut self, reduce: u32, worker: WorkerId) -> Option<()> {
        let task = Task::Reduce(reduce);
        let row = self.workers.get(&worker).filter(|row| row.is_trusted)?;
        let Attempt::Reducing { content, may_rename: false } = row.attempts.get(&task)? else {
            return None;
        };
        let mut maps = self.tasks.iter().filter(|(_, held)| held.status == Status::Idle);
        let waits_for = |task: &Task| matches!(task, Task::Map(map) if !content.contains_key(map));
        let is_in_the_way = maps.any(|(task, _)| waits_for(task));
        let mut trusted = self.workers.values().filter(|row| row.is_trusted);
        let nobody_is_free = trusted.all(|row| row.attempts.values().any(waits));
        if !is_in_the_way || !nobody_is_free {
            return None;
        }
        self.workers.get_mut(&worker)?.attempts.remove(&task);
        self.reopen(task);
        Some(())
    }

    pub(super) fn grant(&mut self, job: &MapReduce, reduce: u32, worker: WorkerId) -> Option<()> {
        let task = Task::Reduce(reduce);
        let is_completed = matches!(self.status(task)?, Status::Completed(_));
        let row = self.workers.get_mut(&worker).filter(|row| row.is_up && row.is_trusted)?;
        let Attempt::Reducing { content, may_rename } = row.attempts.get_mut(&task)? else {
            return None;
        };
        let held = self.tasks.get_mut(&task)?;
        let is_ready = content.len() == usize::from(job.maps) && !*may_rename;
        let is_coordinated = job.commit == Commit::Coordinator;
        if !is_coordinated || !is_ready || is_completed || held.lock.is_some() {
            return None;
        }
        held.lock = Some(worker);
        *may_rename = true;
        Some(())
    }

    pub(super) fn cancel(&mut self, job: &MapReduce, reduce: u32, worker: WorkerId) -> Option<()> {
        let task = Task::Reduce(reduce);
        let is_completed = matches!(self.status(task)?, Status::Completed(_));
        let row = self.workers.get_mut(&worker).filter(|row| row.is_up && row.is_trusted)?;
        let is_running =
            matches!(row.attempts.get(&task)?, Attempt::Reducing { may_rename: false, .. });
        if job.commit != Commit::Coordinator || !is_completed || !is_running {
            return None;
        }
        row.attempts.remove(&task);
        Some(())
    }

    pub(super) fn assign(&mut self, job: &MapReduce, task: Task, worker: WorkerId) -> Option<()> {
        let is_idle = self.status(task) == Some(Status::Idle);
        let may_begin = is_idle && !self.is_live(task, worker) && self.asks(worker);
        let is_past = is_map(&task) || self.is_past_barrier(job);
        (may_begin && is_past).then(|| self.begin(task, worker))
    }

    pub(super) fn back_up(&mut self, job: &MapReduce, task: Task, worker: WorkerId) -> Option<()> {
        let may_back_up = job.backups && self.may_back_up(task, worker);
        may_back_up.then(|| self.begin(task, worker))
    }

    pub(super) fn suspect(&mut self, job: &MapReduce, worker: WorkerId) -> Option<()> {
        self.workers.get(&worker).filter(|row| row.is_trusted)?;
        self.mark_failed(job, worker);
        Some(())
    }

    pub(super) fn finish(&mut self) -> Option<()> {
        let mut reduces = self.tasks.iter().filter(|(task, _)| !is_map(task));
        let are_completed = reduces.all(|(_, held)| matches!(held.status, Status::Completed(_)));
        are_completed.then(|| self.is_done = true)
    }
}
