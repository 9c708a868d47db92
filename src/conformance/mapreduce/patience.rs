//! When the timers of workers run out.

use straightedge_impl::mapreduce::{
    Activity, Address, AttemptId, Commit, MasterTimer, Message, Region, Task, WorkerId, WorkerTimer,
};

use super::super::environment::StateOf;
use super::super::world::PacketOf;
use super::environment::{Cluster, at_least, left};
use super::history::copies;
use super::process::{Process, Timer};

type State = StateOf<Cluster>;

/// Whether such a message is under way to or from that worker.
fn is_under_way(state: &State, worker: WorkerId, is_it: fn(&Message) -> bool) -> bool {
    let address = Address::Worker(worker);
    let concerns = |packet: &PacketOf<Process>| packet.from == address || packet.to == address;
    state.packets().any(|packet| concerns(packet) && is_it(&packet.message))
}

/// What an unanswered completion would be, said again now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Again {
    /// A copy in the place of one that was lost.
    Resent,
    /// A copy more.
    Doubled,
    /// More copies than the model counts.
    Uncounted,
    /// A completion of an attempt that was taken back: nothing.
    Void,
}

impl Cluster {
    fn unheard(&self, state: &State, worker: WorkerId) -> Vec<Again> {
        let Some(machine) = self.worker(state, worker) else { return Vec::new() };
        let completions = machine.unheard().values().filter_map(|message| match message {
            Message::Complete { number, task, .. } => Some((*number, *task)),
            _ => None,
        });
        completions
            .map(|(number, task)| {
                let finished = state.ghost.finished(worker, task).filter(|of| of.number == number);
                match (finished, copies(state, worker, number)) {
                    (None, 0) => Again::Void,
                    (Some(finished), 0) if !finished.is_heard => Again::Resent,
                    (Some(finished), under_way) if under_way == usize::from(!finished.is_heard) => {
                        Again::Doubled
                    }
                    (None | Some(_), _) => Again::Uncounted,
                }
            })
            .collect()
    }

    /// How many completions a worker would double if it said again now what was not acknowledged.
    pub(super) fn said_again_too_soon(&self, state: &State, worker: WorkerId) -> u8 {
        let unheard = self.unheard(state, worker);
        unheard.into_iter().filter(|again| *again == Again::Doubled).count() as u8
    }

    /// Completions are said again one by one, and no more often than the model counts.
    fn may_resend(&self, state: &State, worker: WorkerId) -> bool {
        let unheard = self.unheard(state, worker);
        let doubled = unheard.iter().filter(|again| **again == Again::Doubled).count() as u8;
        let counted = unheard.iter().filter(|again| **again != Again::Void).count();
        let is_done = self.is_done(state);
        if unheard.contains(&Again::Uncounted) || (self.assumptions.one_by_one && counted > 1) {
            return is_done && self.is_hasty;
        }
        let left = left(self.budget.duplicates, state.ghost.spent.duplicates);
        let has_spoken = |message: &Message| {
            matches!(
                message,
                Message::AskCommit { .. } | Message::Grant { .. } | Message::Failed { .. }
            )
        };
        let asks_too_soon =
            !self.is_hasty && counted == 0 && is_under_way(state, worker, has_spoken);
        let is_free = doubled == 0 || is_done || at_least(left, doubled);
        let is_of_use = !is_done || self.is_hasty;
        is_free && is_of_use && !asks_too_soon
    }

    /// A worker waits for what it has asked for, unless it is hasty.
    pub(super) fn may_wake(&self, state: &State, worker: WorkerId, timer: WorkerTimer) -> bool {
        let is_under_way = |is_it| is_under_way(state, worker, is_it);
        match timer {
            WorkerTimer::Ask => {
                let is_asked = is_under_way(|message| matches!(message, Message::Ask { .. }));
                let is_told = is_under_way(|message| {
                    matches!(message, Message::Assign { .. } | Message::Dismissed | Message::Ended)
                });
                !is_asked && (self.is_hasty || !is_told && !self.is_done(state))
            }
            WorkerTimer::Beat => {
                let is_said = is_under_way(|message| {
                    matches!(
                        message,
                        Message::Beat { .. }
                            | Message::Drop { .. }
                            | Message::Dismissed
                            | Message::Ended
                    )
                });
                !is_said && (self.is_hasty || self.is_astray(state, worker))
            }
            WorkerTimer::Resend => self.may_resend(state, worker),
            WorkerTimer::Lack => {
                let is_said = is_under_way(|message| matches!(message, Message::Lack { .. }));
                let is_told = is_under_way(|message| {
                    matches!(message, Message::Location { .. } | Message::Drop { .. })
                });
                !is_said && !is_told && (self.is_hasty || self.lacks_news(state, worker))
            }
        }
    }

    /// Whether the master has something to answer to a sign of life.
    fn is_astray(&self, state: &State, worker: WorkerId) -> bool {
        let (Some(master), Some(machine)) = (self.master(state), self.worker(state, worker)) else {
            return false;
        };
        let number = machine.activity().number();
        let Some(task) = machine.activity().task() else { return false };
        let is_live = master.is_live(task, AttemptId { worker, number });
        let record = master.record(task);
        let is_completed = record.is_some_and(|record| record.status.is_completed());
        let is_cancelled = self.config.commit == Commit::Coordinator
            && matches!(task, Task::Reduce(_))
            && is_completed;
        master.end().is_none() && (!is_live || is_cancelled)
    }

    /// Whether the master does not know yet what a worker lacks, or has an answer.
    fn lacks_news(&self, state: &State, worker: WorkerId) -> bool {
        let (Some(master), Some(machine)) = (self.master(state), self.worker(state, worker)) else {
            return false;
        };
        let Activity::Reduce(reduce) = machine.activity() else { return false };
        let attempt = AttemptId { worker, number: reduce.number };
        let record = master.record(Task::Reduce(reduce.reduce));
        let Some(known) = record.and_then(|record| record.attempt(attempt)) else { return false };
        let lacking = (0..reduce.maps)
            .filter(|map| matches!(reduce.regions.get(map), None | Some(Region::Unreadable(_))));
        let is_news = |map: u32| {
            let record = master.record(Task::Map(map));
            let is_completed = record.is_some_and(|record| record.status.is_completed());
            is_completed || !known.lacks.contains(&map)
        };
        let timer = Timer::Master(MasterTimer::Preempt);
        let waits = state.host(0).is_some_and(|host| host.timers.contains(&timer));
        let mut lacking = lacking.peekable();
        let may_ask = lacking.peek().is_some() && !waits;
        master.end().is_none() && (may_ask || lacking.any(is_news))
    }
}
