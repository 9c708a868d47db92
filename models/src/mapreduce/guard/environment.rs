//! What keeps things from happening to the cluster.

use crate::engine::Refusal;
use crate::mapreduce::Task;
use crate::mapreduce::attempt::Report;
use crate::mapreduce::options::Budget;
use crate::mapreduce::state::Machine;
use crate::mapreduce::step::worker::report;

use super::{Guarded, Guards};

/// What happens to the cluster.
///
/// Source: MAPREDUCE-5, MAPREDUCE-10, MAPREDUCE-17.
impl Guards<'_> {
    pub(super) fn crash(&self, worker: u8) -> Guarded {
        self.is_not_done()?;
        self.is_up(worker)?;
        self.is_left("crashes", |left| left.crashes)
    }

    pub(super) fn suspect_falsely(&self, worker: u8) -> Guarded {
        self.is_not_done()?;
        self.is_up(worker)?;
        self.is_trusted(worker)?;
        self.is_left("false_suspicions", |left| left.false_suspicions)
    }

    pub(super) fn lose(&self, task: Task, worker: u8) -> Guarded {
        self.is_not_done()?;
        self.has_message(task, worker)?;
        if self.state.is_crashed(worker) {
            return Ok(());
        }
        self.is_left("losses", |left| left.losses)
    }

    pub(super) fn duplicate(&self, task: Task, worker: u8) -> Guarded {
        self.is_not_done()?;
        let report = report(self.state, task, worker);
        let is_single = report.is_some_and(|report| matches!(report, Report::Sent | Report::Heard));
        let guard = "the completion must be on its way once, or have arrived";
        Refusal::unless(is_single, guard, || self.attempt(task, worker))?;
        if report == Some(Report::Heard) {
            self.is_up(worker)?;
        }
        self.is_left("duplicates", |left| left.duplicates)
    }

    pub(super) fn rejoin(&self, worker: u8) -> Guarded {
        self.is_not_done()?;
        let has_started = self.state.machine(worker) != Machine::Absent;
        Refusal::unless(has_started, "the worker must have started", || self.worker(worker))?;
        let is_suspected = !self.state.is_trusted(worker);
        let guard = "the master must have marked the worker as failed";
        Refusal::unless(is_suspected, guard, || self.worker(worker))?;
        self.is_left("rejoins", |left| left.rejoins)
    }

    pub(super) fn is_left(&self, what: &'static str, of: fn(&Budget) -> u8) -> Guarded {
        let left = of(&self.state.left());
        let guard = "the budget must allow it once more";
        Refusal::unless(left > 0, guard, || format!("left {what}: 0"))
    }
}
