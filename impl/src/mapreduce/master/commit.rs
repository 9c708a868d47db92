//! Who may give an output its final name: one attempt at a time, with the master's permission.
//!
//! The permission is also a fence: the file system refuses whoever does not hold it any more. So a
//! permission can be taken back from a worker that does not answer, and given to another.

use super::Table;
use super::context::{Context, Taken, require};
use super::hear::may_count;
use super::record::Lock;
use crate::mapreduce::config::Commit;
use crate::mapreduce::fault::Fault;
use crate::mapreduce::message::{MasterDelivery, Message, Reason};
use crate::mapreduce::task::{AttemptId, Counters, Task, WorkerId};

impl Table {
    /// An attempt has its output ready. It may rename it if the reduce is not completed and no
    /// other attempt may; an attempt that never will is ended; any other has to ask again.
    ///
    /// Source: MAPREDUCE-12.
    pub(super) fn asked_to_commit(
        &mut self,
        attempt: AttemptId,
        counters: Counters,
        context: &mut Context<'_>,
    ) -> Taken {
        require(may_count(&counters, context), Reason::TooManyCounters)?;
        require(context.config.commit == Commit::Coordinator, Reason::NotPermitted)?;
        require(self.was_issued(attempt), Reason::NeverIssued)?;
        let is_zombie = !self.is_trusted(attempt.worker);
        let last = self.workers.get(&attempt.worker).and_then(|standing| standing.last);
        let running = if is_zombie { last } else { self.running(attempt, context) };
        let Some(task) = running else { return Ok(()) };
        let Task::Reduce(reduce) = task else { return Err(Reason::WrongTask) };
        if self.cancel_if_completed(reduce, attempt, context) {
            return Ok(());
        }
        match self.locks.get(&reduce) {
            Some(Lock::Held(holder)) if *holder == attempt => {}
            Some(_) if !context.has(Fault::NoLock) => return Ok(()),
            _ => {
                self.locks.insert(reduce, Lock::Held(attempt));
                self.pledged.insert(reduce, counters);
                context.deliver(MasterDelivery::Permit { reduce, attempt });
            }
        }
        context.send(attempt.worker, Message::Grant { number: attempt.number });
        Ok(())
    }

    /// Nobody may rename that reduce, for the time being. Returns what its last permission's holder
    /// has counted.
    pub(super) fn unlock(&mut self, reduce: u32) -> Counters {
        self.locks.remove(&reduce);
        self.pledged.remove(&reduce).unwrap_or_default()
    }

    /// Ends an attempt at a reduce that is completed: it can never rename. Says whether it has.
    pub(super) fn cancel_if_completed(
        &mut self,
        reduce: u32,
        attempt: AttemptId,
        context: &mut Context<'_>,
    ) -> bool {
        let is_coordinated = context.config.commit == Commit::Coordinator;
        let Some(record) = self.find_mut(Task::Reduce(reduce)) else { return false };
        if !is_coordinated || !record.status.is_completed() {
            return false;
        }
        record.attempts.remove(&attempt.worker);
        context.deliver(MasterDelivery::Cancelled { attempt, reduce });
        context.tell_dropped(attempt);
        true
    }

    /// Whether the attempt can have given its output the final name by rights.
    pub(super) fn may_have_published(
        &self,
        reduce: u32,
        attempt: AttemptId,
        context: &Context<'_>,
    ) -> bool {
        let is_free = context.config.commit == Commit::Rename
            || context.has(Fault::CommitWithoutGrant)
            || context.has(Fault::NoLock)
            || context.has(Fault::AcceptCompletionFromFailedWorker)
            || context.has(Fault::AttemptNumberReused);
        is_free || self.locks.get(&reduce) == Some(&Lock::Held(attempt))
    }

    /// Takes back every permission of a worker that is suspected.
    ///
    /// Source: MAPREDUCE-12.
    pub(super) fn take_back(&mut self, worker: WorkerId, context: &mut Context<'_>) {
        let held: Vec<(u32, AttemptId)> = self
            .locks
            .iter()
            .filter_map(|(reduce, lock)| match lock {
                Lock::Held(attempt) if attempt.worker == worker => Some((*reduce, *attempt)),
                _ => None,
            })
            .collect();
        for (reduce, attempt) in held {
            self.revoke(reduce, attempt, context);
        }
    }

    /// Takes back a permission, if that attempt holds it. Whether it was used the file system has
    /// to say.
    pub(super) fn revoke(&mut self, reduce: u32, attempt: AttemptId, context: &mut Context<'_>) {
        let is_held = self.locks.get(&reduce) == Some(&Lock::Held(attempt));
        if is_held && !context.has(Fault::CommitLockNeverReleased) {
            self.locks.insert(reduce, Lock::Revoked(attempt));
            context.deliver(MasterDelivery::Revoke { reduce, attempt });
        }
    }

    /// The file system lets that attempt rename no more, and says whether it has. If so the reduce
    /// is completed: nothing else can have put the output there.
    ///
    /// Source: MAPREDUCE-12.
    pub(in crate::mapreduce) fn settled(
        &mut self,
        reduce: u32,
        is_published: bool,
        context: &mut Context<'_>,
    ) -> Taken {
        require(self.end.is_none(), Reason::Over)?;
        let Some(Lock::Revoked(attempt)) = self.locks.get(&reduce).copied() else {
            return Err(Reason::Unasked);
        };
        if is_published && context.has(Fault::CommitOkButResultIgnored) {
            return Ok(());
        }
        let counters = self.unlock(reduce);
        if !is_published || context.has(Fault::LockReleasedAlthoughCommitted) {
            return Ok(());
        }
        let task = Task::Reduce(reduce);
        let Some(record) = self.find_mut(task) else { return Ok(()) };
        record.complete(attempt, counters);
        context.deliver(MasterDelivery::Completed { attempt, task });
        self.after_completion(attempt, task, context);
        Ok(())
    }
}
