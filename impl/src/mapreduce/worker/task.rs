//! What a worker does with its task, as its host reports it.

use super::context::Context;
use super::{Activity, Life, Memory, Region, Stage};
use crate::mapreduce::config::Commit;
use crate::mapreduce::fault::Fault;
use crate::mapreduce::master::{Taken, require};
use crate::mapreduce::message::{Message, Reason, WorkerCommand, WorkerDelivery, WorkerTimer};
use crate::mapreduce::task::{AttemptId, Counters, Task};

impl Memory {
    /// A report of the host.
    pub(in crate::mapreduce) fn obey(
        &mut self,
        command: WorkerCommand,
        context: &mut Context<'_>,
    ) -> Taken {
        if command == WorkerCommand::Start {
            return self.start(context);
        }
        require(self.life == Life::Running, Reason::Over)?;
        match command {
            WorkerCommand::Start => Err(Reason::AlreadyStarted),
            WorkerCommand::Mapped { number, counters } => self.mapped(number, counters, context),
            WorkerCommand::Fetched { number, map, from } => {
                self.fetched(number, map, from, context)
            }
            WorkerCommand::Unreadable { number, map, from } => {
                self.unreadable(number, map, from, context)
            }
            WorkerCommand::Reduced { number, counters } => self.reduced(number, counters, context),
            WorkerCommand::Published { number } => self.published(number, context),
            WorkerCommand::Refused { number } => self.refused(number, context),
            WorkerCommand::Failed { number, record } => self.failed(number, record, context),
        }
    }

    /// A timer has run out.
    pub(in crate::mapreduce) fn wake(
        &mut self,
        timer: WorkerTimer,
        context: &mut Context<'_>,
    ) -> Taken {
        require(self.life == Life::Running, Reason::Over)?;
        match timer {
            WorkerTimer::Ask => {
                require(self.activity == Activity::Idle, Reason::NotWaiting)?;
                let before = context.outputs.len();
                self.ask(context);
                require(context.outputs.len() > before, Reason::NotWaiting)
            }
            WorkerTimer::Beat => {
                self.beat(context);
                Ok(())
            }
            WorkerTimer::Resend => self.resend(context),
            WorkerTimer::Lack => self.tell_lacking(context),
        }
    }

    /// The process begins, and asks for work. Source: MAPREDUCE-3
    fn start(&mut self, context: &mut Context<'_>) -> Taken {
        require(self.life == Life::Unborn, Reason::AlreadyStarted)?;
        self.life = Life::Running;
        context.set(WorkerTimer::Beat, context.config.timings.beat);
        self.ask(context);
        Ok(())
    }

    /// Every region of a map is written. Source: MAPREDUCE-4
    fn mapped(&mut self, number: u32, counters: Counters, context: &mut Context<'_>) -> Taken {
        let Activity::Map { number: own, map } = self.activity else {
            return Err(Reason::Unasked);
        };
        require(own == number, Reason::Stale)?;
        let message = Message::Complete { number, task: Task::Map(map), counters };
        self.activity = Activity::Idle;
        self.report(number, message, context);
        self.ask(context);
        Ok(())
    }

    /// A region is here. With the last one user code begins.
    ///
    /// Source: MAPREDUCE-8
    fn fetched(
        &mut self,
        number: u32,
        map: u32,
        from: AttemptId,
        context: &mut Context<'_>,
    ) -> Taken {
        self.await_region(number, map, from)?;
        self.with_region(number, map, Region::Here(from), context)
    }

    /// A region could not be read: the master is asked where it is now.
    fn unreadable(
        &mut self,
        number: u32,
        map: u32,
        from: AttemptId,
        context: &mut Context<'_>,
    ) -> Taken {
        self.await_region(number, map, from)?;
        if context.has(Fault::SkipMissingInput) {
            return self.with_region(number, map, Region::LeftOut, context);
        }
        self.with_region(number, map, Region::Unreadable(from), context)?;
        self.wait_if_lacking(context);
        Ok(())
    }

    /// Whether the host was asked for that region.
    fn await_region(&mut self, number: u32, map: u32, from: AttemptId) -> Taken {
        let reduce = self.reduce_mut(number)?;
        let is_awaited = reduce.regions.get(&map) == Some(&Region::Fetching(from));
        require(is_awaited, Reason::Stale)
    }

    fn with_region(
        &mut self,
        number: u32,
        map: u32,
        region: Region,
        context: &mut Context<'_>,
    ) -> Taken {
        self.reduce_mut(number)?.regions.insert(map, region);
        self.reduce_if_complete(context);
        Ok(())
    }

    /// Runs user code once every region is here.
    pub(super) fn reduce_if_complete(&mut self, context: &mut Context<'_>) {
        let Activity::Reduce(reduce) = &mut self.activity else { return };
        if reduce.stage == Stage::Fetching && reduce.is_complete() {
            reduce.stage = Stage::Reducing;
            let skip = std::mem::take(&mut reduce.skip);
            let (number, reduce) = (reduce.number, reduce.reduce);
            context.cancel(WorkerTimer::Lack);
            context.deliver(WorkerDelivery::Reduce { number, reduce, skip });
        }
    }

    /// The output is there, under a name of its own.
    ///
    /// Source: MAPREDUCE-9, MAPREDUCE-12
    fn reduced(&mut self, number: u32, counters: Counters, context: &mut Context<'_>) -> Taken {
        let reduce = self.reduce_mut(number)?;
        require(reduce.stage == Stage::Reducing, Reason::Unasked)?;
        let is_free = context.config.commit == Commit::Rename;
        if is_free || context.has(Fault::CommitWithoutGrant) {
            self.publish(counters, context);
            return Ok(());
        }
        reduce.stage = Stage::Asking(counters.clone());
        context.send(Message::AskCommit { number, counters });
        self.resend_later(context);
        Ok(())
    }

    /// The output is given its final name, unless the file system refuses.
    pub(super) fn publish(&mut self, counters: Counters, context: &mut Context<'_>) {
        let Activity::Reduce(reduce) = &mut self.activity else { return };
        let (number, task) = (reduce.number, Task::Reduce(reduce.reduce));
        let early = Message::Complete { number, task, counters: counters.clone() };
        reduce.stage = Stage::Publishing(counters);
        let reduce = reduce.reduce;
        context.deliver(WorkerDelivery::Publish { number, reduce });
        if context.has(Fault::ReportBeforeRename) {
            context.send(early);
        }
    }

    /// The output has its final name. Source: MAPREDUCE-9
    fn published(&mut self, number: u32, context: &mut Context<'_>) -> Taken {
        let reduce = self.reduce_mut(number)?;
        let Stage::Publishing(counters) = &reduce.stage else { return Err(Reason::Unasked) };
        let (task, counters) = (Task::Reduce(reduce.reduce), counters.clone());
        self.activity = Activity::Idle;
        self.report(number, Message::Complete { number, task, counters }, context);
        self.ask(context);
        Ok(())
    }

    /// The permission was taken back: the attempt ends.
    fn refused(&mut self, number: u32, context: &mut Context<'_>) -> Taken {
        if context.has(Fault::CommitFailedButSuccess) {
            return self.published(number, context);
        }
        let reduce = self.reduce_mut(number)?;
        require(matches!(reduce.stage, Stage::Publishing(_)), Reason::Unasked)?;
        self.activity = Activity::Idle;
        self.ask(context);
        Ok(())
    }

    /// The attempt cannot go on. Source: MAPREDUCE-15
    fn failed(&mut self, number: u32, record: Option<u64>, context: &mut Context<'_>) -> Taken {
        let task = self.activity.task().ok_or(Reason::Unasked)?;
        require(self.activity.number() == number, Reason::Stale)?;
        self.activity = Activity::Idle;
        context.cancel(WorkerTimer::Lack);
        self.report(number, Message::Failed { number, task, record }, context);
        Ok(())
    }

    /// Tells the master what became of an attempt, and again until it has acknowledged it.
    fn report(&mut self, number: u32, message: Message, context: &mut Context<'_>) {
        context.send(message.clone());
        if context.has(Fault::CompletionSentOnce) {
            return;
        }
        self.resend_later(context);
        self.unheard.insert(number, message);
    }

    /// What is about to be said is said again later. If something else waits for that already, its
    /// wait is not begun anew.
    fn resend_later(&self, context: &mut Context<'_>) {
        if self.unheard.is_empty() {
            context.set(WorkerTimer::Resend, context.config.timings.resend);
        }
    }
}
