//! What a worker says to the master, and makes of what the master says.

use std::collections::BTreeMap;

use super::context::Context;
use super::{Activity, Life, Memory, Reduce, Region, Stage};
use crate::mapreduce::fault::Fault;
use crate::mapreduce::master::{Taken, require};
use crate::mapreduce::message::{Message, Reason, WorkerDelivery, WorkerTimer};
use crate::mapreduce::task::{AttemptId, Task};

impl Memory {
    /// A message of the master.
    pub(in crate::mapreduce) fn hear(
        &mut self,
        message: Message,
        context: &mut Context<'_>,
    ) -> Taken {
        require(self.life == Life::Running, Reason::Over)?;
        match message {
            Message::Assign { number, task, skip, maps, locations } => {
                let is_reduce = matches!(task, Task::Reduce(_));
                require(is_reduce || locations.is_empty(), Reason::WrongTask)?;
                self.assigned(number, task, skip, (maps, locations), context)
            }
            Message::Location { number, map, at } => self.location(number, map, at, context),
            Message::Grant { number } => self.granted(number, context),
            Message::Drop { number } => self.dropped(number, context),
            Message::Ack { number } => self.acknowledged(number, context),
            Message::Ping => {
                self.beat(context);
                Ok(())
            }
            Message::Dismissed => {
                self.end(Life::Dismissed, WorkerDelivery::Dismissed, context);
                Ok(())
            }
            Message::Ended => {
                self.end(Life::Ended, WorkerDelivery::Ended, context);
                Ok(())
            }
            _ => Err(Reason::WrongSender),
        }
    }

    /// Asks for work, if there is none, and no failure that the master has not heard of: it would
    /// take the attempt that has failed for one that goes on.
    ///
    /// Source: MAPREDUCE-3
    pub(super) fn ask(&self, context: &mut Context<'_>) {
        let has_failed = |message: &Message| matches!(message, Message::Failed { .. });
        let may_ask = self.activity == Activity::Idle && !self.unheard.values().any(has_failed);
        if may_ask {
            context.send(Message::Ask { after: self.seen });
            context.set(WorkerTimer::Ask, context.config.timings.ask);
        }
    }

    /// Source: MAPREDUCE-5
    pub(super) fn beat(&self, context: &mut Context<'_>) {
        context.send(Message::Beat { running: self.activity.number() });
        context.set(WorkerTimer::Beat, context.config.timings.beat);
    }

    /// A task has come. Whatever went on before, the master counts it as ended.
    fn assigned(
        &mut self,
        number: u32,
        task: Task,
        skip: Vec<u64>,
        (maps, locations): (u32, Vec<(u32, AttemptId)>),
        context: &mut Context<'_>,
    ) -> Taken {
        require(number > self.seen, Reason::Stale)?;
        let known: BTreeMap<u32, AttemptId> = locations.into_iter().collect();
        require(known.len() <= maps as usize, Reason::WrongTask)?;
        self.abandon(context);
        self.seen = number;
        context.cancel(WorkerTimer::Ask);
        match task {
            Task::Map(map) => {
                self.activity = Activity::Map { number, map };
                context.deliver(WorkerDelivery::Map { number, map, skip });
            }
            Task::Reduce(reduce) => {
                let regions = known.iter().map(|(&map, &at)| (map, Region::Fetching(at))).collect();
                let stage = Stage::Fetching;
                self.activity =
                    Activity::Reduce(Reduce { number, reduce, maps, skip, regions, stage });
                for (map, from) in known {
                    context.deliver(WorkerDelivery::Fetch { number, reduce, map, from });
                }
                self.reduce_if_complete(context);
                self.wait_if_lacking(context);
            }
        }
        Ok(())
    }

    /// A map's regions are there. One that was not fetched yet is fetched from there.
    ///
    /// Source: MAPREDUCE-8
    fn location(
        &mut self,
        number: u32,
        map: u32,
        at: AttemptId,
        context: &mut Context<'_>,
    ) -> Taken {
        let reduce = self.reduce_mut(number)?;
        let is_new = match reduce.regions.get(&map) {
            None => {
                require(reduce.regions.len() < reduce.maps as usize, Reason::WrongTask)?;
                true
            }
            Some(Region::Unreadable(from)) => from == &at || !context.has(Fault::StaleLocationKept),
            Some(Region::Fetching(from)) => from != &at && !context.has(Fault::StaleLocationKept),
            Some(Region::Here(_) | Region::LeftOut) => false,
        };
        require(is_new, Reason::Stale)?;
        reduce.regions.insert(map, Region::Fetching(at));
        let reduce = reduce.reduce;
        context.deliver(WorkerDelivery::Fetch { number, reduce, map, from: at });
        Ok(())
    }

    /// The output may have its final name.
    fn granted(&mut self, number: u32, context: &mut Context<'_>) -> Taken {
        let reduce = self.reduce_mut(number)?;
        let Stage::Asking(counters) = &reduce.stage else { return Err(Reason::Stale) };
        let counters = counters.clone();
        self.publish(counters, context);
        Ok(())
    }

    /// The attempt is to end, or never to begin: the order may come before the task.
    fn dropped(&mut self, number: u32, context: &mut Context<'_>) -> Taken {
        let is_running = number == self.activity.number();
        let is_ahead = number > self.seen && !context.has(Fault::KillBeforeLaunch);
        require(number > 0 && (is_running || is_ahead), Reason::Stale)?;
        self.abandon(context);
        self.seen = self.seen.max(number);
        self.ask(context);
        Ok(())
    }

    fn acknowledged(&mut self, number: u32, context: &mut Context<'_>) -> Taken {
        let message = self.unheard.remove(&number).ok_or(Reason::Stale)?;
        if self.unheard.is_empty() && !self.is_asking() {
            context.cancel(WorkerTimer::Resend);
        }
        if matches!(message, Message::Failed { .. }) {
            self.ask(context);
        }
        Ok(())
    }

    /// What was not acknowledged or answered is said again.
    pub(super) fn resend(&self, context: &mut Context<'_>) -> Taken {
        require(!self.unheard.is_empty() || self.is_asking(), Reason::NotWaiting)?;
        for message in self.unheard.values() {
            context.send(message.clone());
        }
        if let Activity::Reduce(Reduce { number, stage: Stage::Asking(counters), .. }) =
            &self.activity
        {
            context.send(Message::AskCommit { number: *number, counters: counters.clone() });
        }
        context.set(WorkerTimer::Resend, context.config.timings.resend);
        Ok(())
    }

    /// Says that a region is lacking, for as long as one is.
    pub(super) fn tell_lacking(&self, context: &mut Context<'_>) -> Taken {
        let Activity::Reduce(reduce) = &self.activity else { return Err(Reason::NotWaiting) };
        let regions = reduce.lacking();
        require(!regions.is_empty(), Reason::NotWaiting)?;
        context.send(Message::Lack { number: reduce.number, regions });
        context.set(WorkerTimer::Lack, context.config.timings.lack);
        Ok(())
    }

    pub(super) fn wait_if_lacking(&self, context: &mut Context<'_>) {
        if let Activity::Reduce(reduce) = &self.activity
            && !reduce.lacking().is_empty()
        {
            context.set(WorkerTimer::Lack, context.config.timings.lack);
        }
    }

    /// Whether the master is asked for a permission.
    fn is_asking(&self) -> bool {
        matches!(&self.activity, Activity::Reduce(Reduce { stage: Stage::Asking(_), .. }))
    }

    /// The attempt at a reduce with that number, if it goes on.
    pub(super) fn reduce_mut(&mut self, number: u32) -> Result<&mut Reduce, Reason> {
        match &mut self.activity {
            Activity::Reduce(reduce) if reduce.number == number => Ok(reduce),
            _ => Err(Reason::Stale),
        }
    }

    /// Stops whatever goes on.
    pub(super) fn abandon(&mut self, context: &mut Context<'_>) {
        let number = self.activity.number();
        if number > 0 {
            context.deliver(WorkerDelivery::Drop { number });
        }
        self.activity = Activity::Idle;
    }

    /// The process ends, and with it all that it was about to do.
    fn end(&mut self, life: Life, delivery: WorkerDelivery, context: &mut Context<'_>) {
        self.abandon(context);
        self.life = life;
        self.unheard.clear();
        for timer in [WorkerTimer::Ask, WorkerTimer::Beat, WorkerTimer::Resend, WorkerTimer::Lack] {
            context.cancel(timer);
        }
        context.deliver(delivery);
    }
}
