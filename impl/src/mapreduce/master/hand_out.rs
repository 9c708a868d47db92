//! Tasks are handed out to workers that ask, and taken back where a lost map needs a worker.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Context, Taken, require};
use super::record::{Attempt, Standing, Status};
use super::{Table, tasks};
use crate::mapreduce::config::Barrier;
use crate::mapreduce::fault::Fault;
use crate::mapreduce::message::{MasterDelivery, MasterTimer, Message, Reason};
use crate::mapreduce::task::{AttemptId, Task, WorkerId};

impl Table {
    /// A worker has nothing to do. What it was given and has not seen is sent again; otherwise it
    /// is given an idle task, or a backup, or nothing until it asks again.
    ///
    /// Source: MAPREDUCE-3
    pub(super) fn asked(
        &mut self,
        worker: WorkerId,
        after: u32,
        context: &mut Context<'_>,
    ) -> Taken {
        let Some(standing) = self.workers.get_mut(&worker) else {
            return self.register(worker, after, context);
        };
        require(after <= standing.issued, Reason::NeverIssued)?;
        standing.ended = standing.ended.max(after);
        let (issued, current) = (standing.issued, self.current(worker));
        match current {
            Some(task) if self.is_busy(worker) && !context.has(Fault::AssignToBusyWorker) => {
                let assignment = self.assignment(task, issued, context);
                context.send(worker, assignment);
            }
            _ => self.give_work(worker, context),
        }
        Ok(())
    }

    /// A worker asks for the first time. The process that was on its machine before is gone, and
    /// if it was still counted on the newcomer has to ask again.
    ///
    /// Source: MAPREDUCE-10
    fn register(&mut self, worker: WorkerId, after: u32, context: &mut Context<'_>) -> Taken {
        require(after == 0, Reason::NeverIssued)?;
        let has_room = self.workers.len() < context.config.limits.workers as usize;
        require(has_room, Reason::TooManyWorkers)?;
        let of_the_machine =
            |other: &&WorkerId| other.machine == worker.machine && **other != worker;
        let others: Vec<WorkerId> = self.workers.keys().filter(of_the_machine).copied().collect();
        let is_outdated = others.iter().any(|other| other.incarnation > worker.incarnation);
        require(!is_outdated, Reason::Stale)?;
        self.workers.insert(worker, Standing::NEW);
        let replaced = others.into_iter().find(|&other| self.is_trusted(other));
        match replaced {
            Some(former) => self.mark_failed(former, context),
            None => self.give_work(worker, context),
        }
        Ok(())
    }

    fn give_work(&mut self, worker: WorkerId, context: &mut Context<'_>) {
        let Some((task, is_backup)) = self.choose(worker, context) else { return };
        if self.preferred == Some(task) {
            self.preferred = None;
        }
        if is_backup && context.has(Fault::BackupKillsPrimaryFirst) {
            self.drop_live(task, context);
        }
        self.assign(task, worker, is_backup, context);
    }

    /// The task for a worker that asks, and whether it would be a backup.
    ///
    /// The preferred one if it may be begun, otherwise the first of: idle maps whose split is near
    /// the worker, idle maps, maps in progress, idle reduces, reduces in progress.
    fn choose(&self, worker: WorkerId, context: &Context<'_>) -> Option<(Task, bool)> {
        let may_begin = |task| self.may_begin(task, worker, context);
        let may_back_up = |task| self.may_back_up(task, worker, context);
        if let Some(task) = self.preferred {
            if may_begin(task) {
                return Some((task, false));
            }
            if may_back_up(task) {
                return Some((task, true));
            }
        }
        let near = context.config.near.keys().filter(|map| context.config.is_near(**map, worker));
        let near = near.map(|map| Task::Map(*map));
        let maps = || tasks(Task::Map, &self.maps).map(|(task, _)| task);
        let reduces = || tasks(Task::Reduce, &self.reduces).map(|(task, _)| task);
        let first = |(task, is_backup): &(Task, bool)| {
            if *is_backup { may_back_up(*task) } else { may_begin(*task) }
        };
        let begun = near.chain(maps()).map(|task| (task, false));
        let backed_up = maps().map(|task| (task, true));
        let later = reduces().map(|task| (task, false)).chain(reduces().map(|task| (task, true)));
        begun.chain(backed_up).chain(later).find(first)
    }

    /// Whether that idle task may be given to that worker.
    ///
    /// Source: MAPREDUCE-3, MAPREDUCE-7
    fn may_begin(&self, task: Task, worker: WorkerId, context: &Context<'_>) -> bool {
        let Some(record) = self.find(task) else { return false };
        let is_idle = record.status == Status::Idle;
        let leaves_something = record.live().any(|attempt| attempt.worker == worker);
        is_idle && !leaves_something && (is_map(task) || self.is_past_barrier(context))
    }

    fn is_past_barrier(&self, context: &Context<'_>) -> bool {
        if context.has(Fault::NoBarrier) {
            return true;
        }
        if context.has(Fault::BarrierByMessageCount) {
            return self.messages_heard() >= context.config.maps as usize;
        }
        match context.config.barrier {
            Barrier::Assignment => self.maps.iter().all(|record| record.status.is_completed()),
            Barrier::Function => !self.a_map_is_idle(),
        }
    }

    fn messages_heard(&self) -> usize {
        let attempts = self.maps.iter().flat_map(|record| record.attempts.values());
        attempts.filter(|attempt| attempt.is_heard).count()
    }

    /// Whether that worker may join in a task, near the end of its phase: no task of the phase is
    /// idle, and one other worker has been at it for some time.
    ///
    /// Source: MAPREDUCE-14
    fn may_back_up(&self, task: Task, worker: WorkerId, context: &Context<'_>) -> bool {
        let Some(record) = self.find(task) else { return false };
        let has = |fault| context.has(fault);
        let may_at_all = context.config.backups && record.status == Status::InProgress;
        if !may_at_all || record.live().any(|attempt| attempt.worker == worker) {
            return false;
        }
        let a_reduce_is_idle = || self.reduces.iter().any(|record| record.status == Status::Idle);
        let is_near_the_end = !self.a_map_is_idle() && (is_map(task) || !a_reduce_is_idle());
        let attempts = record.live().count();
        let is_alone = attempts == 1 || (attempts > 1 && has(Fault::BackupsWithoutLimit));
        let is_slow = record
            .live()
            .filter_map(|attempt| record.attempt(attempt))
            .all(|attempt| attempt.started.after(context.config.timings.backup) <= context.now);
        (is_near_the_end || has(Fault::BackupWhileIdleTasks)) && is_alone && is_slow
    }

    /// The task in progress, with a new attempt of that worker.
    fn assign(&mut self, task: Task, worker: WorkerId, is_backup: bool, context: &mut Context<'_>) {
        let Some(standing) = self.workers.get_mut(&worker) else { return };
        let Some(number) = standing.issued.checked_add(1) else { return };
        standing.issued = number;
        standing.last = Some(task);
        let assignment = self.assignment(task, number, context);
        let told = match &assignment {
            Message::Assign { locations, .. } => locations.iter().copied().collect(),
            _ => BTreeMap::new(),
        };
        let lacks = BTreeSet::new();
        let attempt = Attempt { number, is_heard: false, lacks, told, started: context.now };
        let Some(record) = self.find_mut(task) else { return };
        record.status = Status::InProgress;
        record.attempts.insert(worker, attempt);
        let attempt = AttemptId { worker, number };
        context.deliver(MasterDelivery::Assigned { attempt, task, is_backup });
        context.send(worker, assignment);
    }

    /// What tells a worker of its task; for a reduce also where the regions are so far.
    ///
    /// Source: MAPREDUCE-8
    fn assignment(&self, task: Task, number: u32, context: &Context<'_>) -> Message {
        let skip = self.find(task).map(|record| record.skipped(context.config)).unwrap_or_default();
        let mut locations = Vec::new();
        if let Task::Reduce(_) = task {
            locations.extend((0..).zip(&self.maps).filter_map(|(map, record)| {
                let Status::Completed(at) = record.status else { return None };
                Some((map, at))
            }));
        }
        let forgets_some =
            context.has(Fault::NoBarrier) || context.has(Fault::BarrierByMessageCount);
        let maps = match task {
            Task::Map(_) => 0,
            Task::Reduce(_) if forgets_some => locations.len() as u32,
            Task::Reduce(_) => context.config.maps,
        };
        Message::Assign { number, task, skip, maps, locations }
    }

    /// The operator would have this task begun next.
    pub(in crate::mapreduce) fn prefer(&mut self, task: Task, context: &Context<'_>) -> Taken {
        require(self.end.is_none(), Reason::Over)?;
        require(context.config.has_task(task), Reason::WrongTask)?;
        self.preferred = Some(task);
        Ok(())
    }

    /// Waits for a worker to become free, if a map is lost and none is. The wait is not begun anew
    /// while it lasts, however often a lost map is missed.
    pub(super) fn make_room_later(&mut self, context: &mut Context<'_>) {
        let is_needed = self.needs_room() && self.end.is_none();
        if is_needed && !self.makes_room {
            self.makes_room = true;
            context.set(MasterTimer::Preempt, context.config.timings.preempt);
        }
    }

    fn needs_room(&self) -> bool {
        self.a_map_is_idle() && !self.someone_is_free()
    }

    /// Nobody is free to redo a lost map: an attempt at a reduce that cannot go on without it
    /// gives way, also if another one has completed its reduce. Of several the one that began last.
    ///
    /// Source: MAPREDUCE-18. The paper does not say what happens then; without this the job waits
    /// for ever.
    pub(in crate::mapreduce) fn preempt(&mut self, context: &mut Context<'_>) -> Taken {
        require(self.makes_room && self.end.is_none(), Reason::NotWaiting)?;
        self.makes_room = false;
        let may_preempt = self.needs_room() && !context.has(Fault::NoPreemption);
        let Some((task, attempt)) = self.in_the_way().filter(|_| may_preempt) else {
            return Ok(());
        };
        if self.preferred == Some(task) {
            self.preferred = None;
        }
        if let Some(record) = self.find_mut(task) {
            record.attempts.remove(&attempt.worker);
            record.reopen_if_abandoned();
        }
        if let Task::Reduce(reduce) = task {
            context.deliver(MasterDelivery::Preempted { attempt, reduce });
        }
        context.tell_dropped(attempt);
        Ok(())
    }

    /// The attempt that is to give way: at the preferred reduce, or the youngest.
    fn in_the_way(&self) -> Option<(Task, AttemptId)> {
        let waits_for_a_lost_map =
            |attempt: &Attempt| attempt.lacks.iter().any(|&map| self.is_idle(Task::Map(map)));
        let waiting = tasks(Task::Reduce, &self.reduces).flat_map(|(task, record)| {
            let live = record.live().filter_map(move |id| Some((task, id, record.attempt(id)?)));
            live.filter(|(_, id, _)| self.is_busy(id.worker) && self.is_last(*id))
        });
        let in_the_way = waiting.filter(|(_, _, attempt)| waits_for_a_lost_map(attempt));
        let rank = |(task, _, attempt): &(Task, AttemptId, &Attempt)| {
            (self.preferred == Some(*task), attempt.started)
        };
        in_the_way.max_by_key(rank).map(|(task, id, _)| (task, id))
    }

    /// Whether the worker was given nothing after that attempt.
    fn is_last(&self, attempt: AttemptId) -> bool {
        self.workers.get(&attempt.worker).is_some_and(|worker| worker.issued == attempt.number)
    }

    /// Ends every attempt at a task.
    fn drop_live(&mut self, task: Task, context: &mut Context<'_>) {
        let Some(record) = self.find_mut(task) else { return };
        let live: Vec<AttemptId> = record.live().collect();
        record.attempts.retain(|_, attempt| attempt.is_heard);
        for attempt in live {
            context.tell_dropped(attempt);
        }
    }
}

const fn is_map(task: Task) -> bool {
    matches!(task, Task::Map(_))
}
