//! What the master does about failure: workers that are silent, disks that cannot be read, user
//! code that crashes.

use super::context::{Context, Taken, require};
use super::record::Status;
use super::{End, Table};
use crate::mapreduce::config::MapOutput;
use crate::mapreduce::fault::Fault;
use crate::mapreduce::message::{MasterDelivery, MasterTimer, Message, Reason};
use crate::mapreduce::task::{AttemptId, Task, WorkerId};

impl Table {
    /// A worker has been silent for too long.
    ///
    /// Source: MAPREDUCE-5
    pub(in crate::mapreduce) fn silence(
        &mut self,
        worker: WorkerId,
        context: &mut Context<'_>,
    ) -> Taken {
        require(self.end.is_none() && self.is_trusted(worker), Reason::NotWaiting)?;
        self.mark_failed(worker, context);
        Ok(())
    }

    /// The master counts on that worker no more.
    ///
    /// ```text
    /// mark_failed(w):
    ///   every map completed at w       := idle         (not with a shared file system)
    ///   every task in progress at w    := idle         (unless another attempt goes on)
    ///   every permission of w to rename is taken back
    /// ```
    ///
    /// Source: MAPREDUCE-5 A completed reduce stays so: its output has its final name.
    pub(super) fn mark_failed(&mut self, worker: WorkerId, context: &mut Context<'_>) {
        let Some(standing) = self.workers.get_mut(&worker) else { return };
        standing.is_trusted = false;
        standing.is_probed = false;
        context.cancel(MasterTimer::Silence(worker));
        context.deliver(MasterDelivery::Suspected(worker));
        self.reset_completed_maps(worker, context);
        self.reset_in_progress(worker, context);
        self.take_back(worker, context);
        self.make_room_later(context);
    }

    /// The maps whose regions are at that worker are to be done again.
    fn reset_completed_maps(&mut self, worker: WorkerId, context: &Context<'_>) {
        let is_shared = context.config.map_output == MapOutput::SharedFileSystem;
        if is_shared || context.has(Fault::NoResetDoneMap) {
            return;
        }
        let is_there =
            |status| matches!(status, Status::Completed(attempt) if attempt.worker == worker);
        for record in &mut self.maps {
            if !is_there(record.status) {
                continue;
            }
            record.attempts.remove(&worker);
            record.reset();
            if context.has(Fault::SpeculationHidesALostMap) && !record.attempts.is_empty() {
                record.status = Status::InProgress;
            }
            if context.has(Fault::StaleMapLocations) {
                return;
            }
        }
    }

    /// What that worker has in progress is to be handed out again.
    fn reset_in_progress(&mut self, worker: WorkerId, context: &Context<'_>) {
        if context.has(Fault::NoResetInProgress) {
            return;
        }
        for record in self.maps.iter_mut().chain(&mut self.reduces) {
            if record.attempts.remove(&worker).is_some() {
                record.reopen_if_abandoned();
            }
        }
        if context.has(Fault::ResetDoneReduce) {
            for record in &mut self.reduces {
                if matches!(record.status, Status::Completed(by) if by.worker == worker) {
                    record.status = Status::Idle;
                }
            }
        }
    }

    /// A worker's disk could not be read. It is asked for a sign of life; if it gives one and its
    /// disk still cannot be read, it is suspected all the same.
    pub(super) fn complain(&mut self, worker: WorkerId, context: &mut Context<'_>) {
        let Some(standing) = self.workers.get_mut(&worker) else { return };
        if !standing.is_trusted || standing.is_probed {
            return;
        }
        standing.complaints = standing.complaints.saturating_add(1);
        standing.is_probed = true;
        if standing.complaints > context.config.limits.complaints {
            self.mark_failed(worker, context);
            return;
        }
        context.send(worker, Message::Ping);
        context.set(MasterTimer::Silence(worker), context.config.timings.probe);
    }

    /// An attempt has failed: its task is to be done again, without the record on which enough
    /// attempts have crashed. A task that fails too often ends the job.
    ///
    /// Source: MAPREDUCE-15
    pub(super) fn failed(
        &mut self,
        attempt: AttemptId,
        task: Task,
        bad: Option<u64>,
        context: &mut Context<'_>,
    ) -> Taken {
        require(context.config.has_task(task), Reason::WrongTask)?;
        require(self.was_issued(attempt), Reason::NeverIssued)?;
        context.send(attempt.worker, Message::Ack { number: attempt.number });
        let Some(record) = self.find_mut(task).filter(|record| record.is_live(attempt)) else {
            return Ok(());
        };
        record.attempts.remove(&attempt.worker);
        record.reopen_if_abandoned();
        context.deliver(MasterDelivery::Failed { attempt, task });
        let failures = match bad {
            Some(bad) => record.record_failures.entry(bad).or_insert(0),
            None => &mut record.failures,
        };
        *failures = failures.saturating_add(1);
        if let Task::Reduce(reduce) = task {
            self.revoke(reduce, attempt, context);
        }
        self.give_up_if_hopeless(task, context);
        Ok(())
    }

    fn give_up_if_hopeless(&mut self, task: Task, context: &mut Context<'_>) {
        let Some(record) = self.find(task) else { return };
        let limits = context.config.limits;
        let is_bad = |failures: &&u32| **failures >= limits.failures_before_skip;
        let bad = record.record_failures.values().filter(is_bad).count();
        let suspects = record.record_failures.len();
        // Records that fail by chance are remembered too, and must not grow without bound.
        let has_too_many = bad > limits.skips as usize
            || suspects > (limits.skips as usize).saturating_add(limits.failures as usize);
        let is_hopeless = record.failures >= limits.failures || has_too_many;
        let is_open = !record.status.is_completed();
        if is_hopeless && is_open && !context.has(Fault::BadRecordNeverSkipped) {
            self.end = Some(End::GaveUp(task));
            self.stop_waiting(context);
            context.deliver(MasterDelivery::GaveUp(task));
        }
    }
}
