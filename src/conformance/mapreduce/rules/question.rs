//! Questions about what was observed.

use straightedge_impl::mapreduce::{Task, WorkerId};
use straightedge_models::mapreduce::{Barrier, MapReduce, Report};

use super::super::observed::{Attempt, Observed, Status};

impl Observed {
    pub(super) fn status(&self, task: Task) -> Option<Status> {
        Some(self.tasks.get(&task)?.status)
    }

    pub(super) fn attempt(&self, task: Task, worker: WorkerId) -> Option<&Attempt> {
        self.workers.get(&worker)?.attempts.get(&task)
    }

    pub(super) fn report_mut(&mut self, task: Task, worker: WorkerId) -> Option<&mut Report> {
        match self.workers.get_mut(&worker)?.attempts.get_mut(&task)? {
            Attempt::Mapped { report, .. } | Attempt::Renamed(report) => Some(report),
            Attempt::Mapping { .. } | Attempt::Reducing { .. } => None,
        }
    }

    /// Whether the master waits for that worker's completion of that task.
    pub(super) fn is_live(&self, task: Task, worker: WorkerId) -> bool {
        let is_trusted = self.workers.get(&worker).is_some_and(|row| row.is_trusted);
        is_trusted && self.attempt(task, worker).is_some_and(waits)
    }

    pub(super) fn live(&self, task: Task) -> Vec<WorkerId> {
        let workers = self.workers.keys().copied();
        workers.filter(|&worker| self.is_live(task, worker)).collect()
    }

    /// Whether a worker would be given a task.
    pub(super) fn asks(&self, worker: WorkerId) -> bool {
        let is_busy = |attempt: &Attempt| {
            matches!(attempt, Attempt::Mapping { .. } | Attempt::Reducing { .. })
        };
        self.workers
            .get(&worker)
            .is_some_and(|row| row.is_up && row.is_trusted && !row.attempts.values().any(is_busy))
    }

    pub(super) fn is_any_idle(&self, kind: fn(&Task) -> bool) -> bool {
        self.tasks.iter().any(|(task, held)| kind(task) && held.status == Status::Idle)
    }

    pub(super) fn is_past_barrier(&self, job: &MapReduce) -> bool {
        let mut maps = self.tasks.iter().filter(|(task, _)| is_map(task));
        match job.barrier {
            Barrier::Assignment => {
                maps.all(|(_, held)| matches!(held.status, Status::Completed(_)))
            }
            Barrier::Function => maps.all(|(_, held)| held.status != Status::Idle),
        }
    }

    pub(super) fn may_back_up(&self, task: Task, worker: WorkerId) -> bool {
        let idle = self.is_any_idle(is_map) || !is_map(&task) && self.is_any_idle(is_reduce);
        let live = self.live(task);
        let is_straggling = live.len() == 1 && live[0] != worker;
        let is_in_progress = self.status(task) == Some(Status::InProgress);
        self.asks(worker) && !idle && is_in_progress && is_straggling
    }
}

pub(super) fn is_map(task: &Task) -> bool {
    matches!(task, Task::Map(_))
}

pub(super) fn is_reduce(task: &Task) -> bool {
    !is_map(task)
}

pub(super) fn is_under_way(report: Report) -> bool {
    matches!(report, Report::Sent | Report::SentTwice | Report::HeardOnce)
}

pub(super) fn is_unheard(report: Report) -> bool {
    matches!(report, Report::Lost | Report::Sent | Report::SentTwice)
}

pub(super) fn waits(attempt: &Attempt) -> bool {
    match attempt {
        Attempt::Mapping { .. } | Attempt::Reducing { .. } => true,
        Attempt::Mapped { report, .. } | Attempt::Renamed(report) => is_unheard(*report),
    }
}
