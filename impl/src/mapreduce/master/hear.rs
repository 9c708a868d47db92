//! What the master makes of what workers say.

use super::Table;
use super::context::{Context, Taken, require};
use super::record::Status;
use crate::mapreduce::fault::Fault;
use crate::mapreduce::message::{MasterDelivery, MasterTimer, Message, Reason};
use crate::mapreduce::task::{AttemptId, Counters, Task, WorkerId};

impl Table {
    /// A message of a worker, by how far the worker is counted on.
    pub(in crate::mapreduce) fn hear(
        &mut self,
        worker: WorkerId,
        message: Message,
        context: &mut Context<'_>,
    ) -> Taken {
        let is_question = matches!(message, Message::Ask { .. });
        let is_known = self.workers.contains_key(&worker);
        require(is_of_a_worker(&message), Reason::WrongSender)?;
        require(is_known || is_question, Reason::UnknownWorker)?;
        if self.end.is_some() {
            context.send(worker, Message::Ended);
            return Ok(());
        }
        if is_known && !self.is_trusted(worker) && !self.is_let_through(worker, &message, context) {
            context.send(worker, Message::Dismissed);
            return Ok(());
        }
        self.hear_trusted(worker, message, context)?;
        self.heard(worker, context);
        Ok(())
    }

    fn hear_trusted(
        &mut self,
        worker: WorkerId,
        message: Message,
        context: &mut Context<'_>,
    ) -> Taken {
        match message {
            Message::Ask { after } => self.asked(worker, after, context),
            Message::Beat { running } => self.beat(AttemptId { worker, number: running }, context),
            Message::Complete { number, task, counters } => {
                self.completed(AttemptId { worker, number }, task, counters, context)
            }
            Message::Failed { number, task, record } => {
                self.failed(AttemptId { worker, number }, task, record, context)
            }
            Message::Lack { number, regions } => {
                self.lacks(AttemptId { worker, number }, &regions, context)
            }
            Message::AskCommit { number, counters } => {
                self.asked_to_commit(AttemptId { worker, number }, counters, context)
            }
            _ => Err(Reason::WrongSender),
        }
    }

    /// What a suspected worker says does not count: its tasks are others' by now.
    ///
    /// Source: MAPREDUCE-6. Only faults let it through.
    fn is_let_through(
        &mut self,
        worker: WorkerId,
        message: &Message,
        context: &Context<'_>,
    ) -> bool {
        match message {
            Message::Complete { .. } => context.has(Fault::AcceptCompletionFromFailedWorker),
            Message::AskCommit { .. } => context.has(Fault::GrantToFailedAttempt),
            Message::Ask { .. } if context.has(Fault::RejoinSameId) => {
                if let Some(standing) = self.workers.get_mut(&worker) {
                    standing.is_trusted = true;
                }
                true
            }
            _ => false,
        }
    }

    /// From now on the worker may be silent for the whole time again.
    fn heard(&mut self, worker: WorkerId, context: &mut Context<'_>) {
        let Some(standing) = self.workers.get_mut(&worker) else { return };
        if standing.is_trusted && self.end.is_none() {
            standing.is_probed = false;
            context.set(MasterTimer::Silence(worker), context.config.timings.silence);
        }
    }

    /// Whether the worker was ever given that attempt.
    pub(super) fn was_issued(&self, attempt: AttemptId) -> bool {
        let standing = self.workers.get(&attempt.worker);
        standing.is_some_and(|standing| (1..=standing.issued).contains(&attempt.number))
    }

    /// The attempt that the worker runs, if it is live: of an earlier one, or one that was taken
    /// back, it is told to forget it.
    pub(super) fn running(&self, attempt: AttemptId, context: &mut Context<'_>) -> Option<Task> {
        let is_last = self.workers.get(&attempt.worker).is_some_and(|s| s.issued == attempt.number);
        let current = self.current(attempt.worker).filter(|_| is_last);
        if current.is_none() {
            context.tell_dropped(attempt);
        }
        current
    }

    /// A worker is alive. An attempt that it should not run any more is ended.
    ///
    /// Source: MAPREDUCE-5
    fn beat(&mut self, attempt: AttemptId, context: &mut Context<'_>) -> Taken {
        let is_idle = attempt.number == 0;
        require(is_idle || self.was_issued(attempt), Reason::NeverIssued)?;
        if is_idle {
            return Ok(());
        }
        if let Some(Task::Reduce(reduce)) = self.running(attempt, context) {
            self.cancel_if_completed(reduce, attempt, context);
        }
        Ok(())
    }

    /// An attempt is completed. The first completion of a task counts, and its counters with it;
    /// every other one is only acknowledged.
    ///
    /// Source: MAPREDUCE-6, MAPREDUCE-17
    fn completed(
        &mut self,
        attempt: AttemptId,
        task: Task,
        counters: Counters,
        context: &mut Context<'_>,
    ) -> Taken {
        require(context.config.has_task(task), Reason::WrongTask)?;
        require(self.was_issued(attempt), Reason::NeverIssued)?;
        require(may_count(&counters, context), Reason::TooManyCounters)?;
        let counts = self.counts(attempt, task, context);
        if counts && let Task::Reduce(reduce) = task {
            require(self.may_have_published(reduce, attempt, context), Reason::NotPermitted)?;
        }
        self.take_completion(attempt, task, counters, counts, context);
        context.send(attempt.worker, Message::Ack { number: attempt.number });
        Ok(())
    }

    /// Whether the completion is the last attempt's of its worker, and the first of the task.
    fn counts(&self, attempt: AttemptId, task: Task, context: &Context<'_>) -> bool {
        let Some(record) = self.find(task) else { return false };
        let is_the_last = match record.attempts.get(&attempt.worker) {
            Some(last) => last.number == attempt.number || context.has(Fault::AttemptNumberReused),
            None => {
                context.has(Fault::AcceptCompletionFromFailedWorker)
                    && !self.is_trusted(attempt.worker)
            }
        };
        is_the_last && !record.status.is_completed()
    }

    fn take_completion(
        &mut self,
        attempt: AttemptId,
        task: Task,
        counters: Counters,
        counts: bool,
        context: &mut Context<'_>,
    ) {
        let overwrites = context.has(Fault::OverwriteLocationOnDuplicate);
        let reopens = context.has(Fault::DuplicateSuccessReopensTask);
        let Some(record) = self.find_mut(task) else { return };
        if let Some(last) = record.attempts.get_mut(&attempt.worker)
            && last.number == attempt.number
        {
            last.is_heard = true;
        }
        let is_map = matches!(task, Task::Map(_));
        if counts || (overwrites && is_map) {
            record.complete(attempt, counters);
            context.deliver(MasterDelivery::Completed { attempt, task });
            self.after_completion(attempt, task, context);
        } else if context.has(Fault::CountersDouble) {
            record.counters.merge(&counters);
            record.contributions = record.contributions.saturating_add(1);
        } else if reopens && !is_map {
            record.status = Status::Idle;
        }
    }

    /// Reduces in progress learn where a map's regions are; the last reduce ends the job.
    ///
    /// Source: MAPREDUCE-8, MAPREDUCE-19
    pub(super) fn after_completion(
        &mut self,
        attempt: AttemptId,
        task: Task,
        context: &mut Context<'_>,
    ) {
        match task {
            Task::Map(map) => self.tell_location(map, attempt, context),
            Task::Reduce(reduce) => {
                self.unlock(reduce);
                if self.reduces.iter().all(|record| record.status.is_completed()) {
                    context.set(MasterTimer::Finish, std::time::Duration::ZERO);
                }
            }
        }
    }

    /// Source: MAPREDUCE-8: workers with reduces are told of the execution that counts.
    fn tell_location(&mut self, map: u32, at: AttemptId, context: &mut Context<'_>) {
        for record in &mut self.reduces {
            let live: Vec<AttemptId> = record.live().collect();
            for AttemptId { worker, number } in live {
                if let Some(attempt) = record.attempts.get_mut(&worker) {
                    attempt.lacks.remove(&map);
                    attempt.told.insert(map, at);
                }
                context.send(worker, Message::Location { number, map, at });
            }
        }
    }

    /// An attempt at a reduce lacks regions. Of completed maps it is told where they are; where
    /// one could not be read, the worker there is asked for a sign of life.
    fn lacks(
        &mut self,
        attempt: AttemptId,
        regions: &[(u32, Option<AttemptId>)],
        context: &mut Context<'_>,
    ) -> Taken {
        let are_maps = regions.iter().all(|(map, _)| context.config.has_task(Task::Map(*map)));
        require(are_maps, Reason::WrongTask)?;
        require(self.was_issued(attempt), Reason::NeverIssued)?;
        let Some(task) = self.running(attempt, context) else { return Ok(()) };
        let Task::Reduce(reduce) = task else { return Err(Reason::WrongTask) };
        if self.cancel_if_completed(reduce, attempt, context) {
            return Ok(());
        }
        for &(map, unreadable) in regions {
            self.lacks_one(attempt, task, map, unreadable, context);
        }
        self.make_room_later(context);
        Ok(())
    }

    fn lacks_one(
        &mut self,
        attempt: AttemptId,
        task: Task,
        map: u32,
        unreadable: Option<AttemptId>,
        context: &mut Context<'_>,
    ) {
        let place = self.find(Task::Map(map)).and_then(|record| match record.status {
            Status::Completed(at) => Some(at),
            _ => None,
        });
        let known = self.find_mut(task).and_then(|record| record.attempts.get_mut(&attempt.worker));
        let Some(known) = known else { return };
        let Some(at) = place else {
            // What was said before the last place was told may be true no more: it may have been
            // read there since. So the worker is sent there once more.
            match known.told.get(&map).copied().filter(|told| unreadable != Some(*told)) {
                Some(at) => {
                    let number = attempt.number;
                    context.send(attempt.worker, Message::Location { number, map, at });
                }
                None => drop(known.lacks.insert(map)),
            }
            return;
        };
        known.lacks.remove(&map);
        known.told.insert(map, at);
        context.send(attempt.worker, Message::Location { number: attempt.number, map, at });
        if unreadable == Some(at) {
            self.complain(at.worker, context);
        }
    }

    /// Ends the job, if every reduce is completed.
    ///
    /// Source: MAPREDUCE-19
    pub(in crate::mapreduce) fn finish(&mut self, context: &mut Context<'_>) -> Taken {
        let is_done = self.reduces.iter().all(|record| record.status.is_completed());
        require(is_done && self.end.is_none(), Reason::NotWaiting)?;
        self.end = Some(super::End::Done);
        self.stop_waiting(context);
        context.deliver(MasterDelivery::Done);
        Ok(())
    }

    /// Nobody is suspected any more.
    pub(super) fn stop_waiting(&self, context: &mut Context<'_>) {
        for (worker, standing) in &self.workers {
            if standing.is_trusted {
                context.cancel(MasterTimer::Silence(*worker));
            }
        }
        context.cancel(MasterTimer::Preempt);
    }
}

/// Whether these are as many counters as a task may have.
pub(super) fn may_count(counters: &Counters, context: &Context<'_>) -> bool {
    counters.0.len() <= context.config.limits.counters as usize
}

const fn is_of_a_worker(message: &Message) -> bool {
    matches!(
        message,
        Message::Ask { .. }
            | Message::Beat { .. }
            | Message::Complete { .. }
            | Message::Failed { .. }
            | Message::Lack { .. }
            | Message::AskCommit { .. }
    )
}
