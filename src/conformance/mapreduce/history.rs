//! What no machine and no message shows any more: the ghost (MAPREDUCE-26).
//!
//! A worker forgets an attempt as soon as the master has acknowledged its end, and the master
//! forgets the attempts of a worker as soon as it suspects it; what is under a final name neither
//! of them knows. The model remembers all three.

use std::collections::BTreeMap;

use serde::Serialize;
use straightedge_impl::mapreduce::{AttemptId, End, Lock, Master, Message, Status, Task, WorkerId};

use super::super::environment::StateOf;
use super::super::world::{Action, ActionOf};
use super::environment::Cluster;
use super::observed::{Content, Output, Region};
use super::process::{Command, Process};
use straightedge_impl::mapreduce::{Activity, Address, WorkerCommand, WorkerTimer};

/// What has become of a worker's process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Fate {
    /// It runs.
    #[default]
    Up,
    /// It was told to end. To the model it is slow for ever.
    Ended,
    /// It has crashed, and its disk is lost.
    Crashed,
}

/// An attempt that was handed out, and has neither ended nor been taken back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Given {
    /// The task.
    pub task: Task,
    /// Its number.
    pub number: u32,
    /// Whether it leaves a record out.
    pub skips: bool,
    /// Whether it was allowed to rename.
    pub may_rename: bool,
    /// What it had fetched when its process ended.
    pub left: Content,
}

/// An attempt that has ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Finished {
    /// Its number.
    pub number: u32,
    /// Whether the master has heard of it.
    pub is_heard: bool,
    /// Whether the master has recorded it as the one that counts, now or in the past.
    pub is_recorded: bool,
    /// Whether it left a record out.
    pub skips: bool,
    /// How many messages about it were under way when the job was done; then none is counted.
    pub copies: Option<u8>,
}

/// What is remembered of a worker.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Past {
    /// What has become of its process.
    pub fate: Fate,
    /// What it was given last.
    pub given: Option<Given>,
    /// What it has finished last of each task.
    #[serde(skip)]
    pub finished: BTreeMap<Task, Finished>,
}

/// How often the environment has done each thing that the model counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Spent {
    /// Workers that have crashed.
    pub crashes: u8,
    /// Workers that were suspected though they were up.
    pub false_suspicions: u8,
    /// Completions of living workers that were lost.
    pub losses: u8,
    /// Completions that were doubled, or said again too soon.
    pub duplicates: u8,
    /// Workers that have come back.
    pub rejoins: u8,
    /// Attempts that have failed on a good record.
    pub failures: u8,
}

/// The ghost.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct History {
    /// What has become of each worker; of one that is not here nothing yet.
    pub workers: BTreeMap<WorkerId, Past>,
    /// What is under the final names.
    pub outputs: BTreeMap<u32, Output>,
    /// What has gone wrong.
    pub spent: Spent,
}

type State = StateOf<Cluster>;
type Step = ActionOf<Process>;

impl History {
    /// What has become of a worker's process.
    #[must_use]
    pub fn fate(&self, worker: WorkerId) -> Fate {
        self.workers.get(&worker).map_or(Fate::Up, |past| past.fate)
    }

    /// What the worker has finished last of that task.
    #[must_use]
    pub fn finished(&self, worker: WorkerId, task: Task) -> Option<&Finished> {
        self.workers.get(&worker)?.finished.get(&task)
    }

    /// What the worker was given last, if it goes on.
    #[must_use]
    pub fn given(&self, worker: WorkerId) -> Option<&Given> {
        self.workers.get(&worker)?.given.as_ref()
    }

    /// Whether that execution of that map was ever recorded as the one that counts.
    #[must_use]
    pub fn has_written(&self, map: u32, at: AttemptId) -> bool {
        let finished = self.finished(at.worker, Task::Map(map));
        finished.is_some_and(|finished| finished.number == at.number)
    }
}

/// How many completions of that attempt are under way.
pub(super) fn copies(state: &State, worker: WorkerId, number: u32) -> usize {
    let is_about_it = |message: &Message| match message {
        Message::Complete { number: of, .. } => *of == number,
        _ => false,
    };
    let from = Address::Worker(worker);
    state.packets().filter(|packet| packet.from == from && is_about_it(&packet.message)).count()
}

/// What a worker has fetched for that attempt.
pub(super) fn fetched(
    cluster: &Cluster,
    state: &State,
    worker: WorkerId,
    number: u32,
) -> Option<Content> {
    let machine = cluster.worker(state, worker)?;
    let Activity::Reduce(reduce) = machine.activity() else { return None };
    let region = |map: u32| {
        let from = reduce.fetched(map)?;
        let skips = state.ghost.finished(from.worker, Task::Map(map)).is_some_and(|of| of.skips);
        Some((map, Region { from: from.worker, is_short: skips }))
    };
    (reduce.number == number).then(|| (0..reduce.maps).filter_map(region).collect())
}

/// The ghost after a step.
pub(super) fn after(cluster: &Cluster, before: &State, step: &Step, after: &State) -> History {
    let mut history = before.ghost.clone();
    let (Some(earlier), Some(later)) = (cluster.master(before), cluster.master(after)) else {
        return history;
    };
    let was_done = earlier.end() == Some(End::Done);
    let is_done = later.end() == Some(End::Done);
    match step {
        Action::Tell { node: Address::Worker(worker), command: Command::Worker(command) } => {
            history.reported(cluster, before, *worker, command, was_done);
        }
        Action::Deliver(packet) => {
            if let (Address::Worker(worker), Message::Complete { number, task, .. }) =
                (packet.from, &packet.message)
                && !was_done
                && let Some(finished) = history.finished_mut(worker, *task, *number)
            {
                finished.is_heard = true;
            }
        }
        Action::Crash(Address::Worker(worker)) => {
            history.crashed(cluster, before, *worker, was_done);
        }
        Action::Enter { node: Address::Worker(worker), .. } => history.entered(*worker),
        Action::Lose(packet) | Action::Double(packet) => {
            let is_lost = matches!(step, Action::Lose(_));
            history.message_failed(packet.from, &packet.message, is_lost, was_done);
        }
        Action::Fire {
            node: Address::Worker(worker),
            timer: super::process::Timer::Worker(WorkerTimer::Resend),
        } if !was_done => {
            let said_again = cluster.said_again_too_soon(before, *worker);
            history.spent.duplicates = history.spent.duplicates.saturating_add(said_again);
        }
        _ => {}
    }
    history.suspected(earlier, later);
    history.handed_out(earlier, later);
    history.recorded(later);
    history.ended(cluster, before, after);
    if is_done && !was_done {
        history.stop_counting(after);
    }
    if !is_done {
        history.forget(cluster, later, after);
    }
    history
}

impl History {
    fn past(&mut self, worker: WorkerId) -> &mut Past {
        self.workers.entry(worker).or_default()
    }

    fn finished_mut(&mut self, worker: WorkerId, task: Task, number: u32) -> Option<&mut Finished> {
        let finished = self.workers.get_mut(&worker)?.finished.get_mut(&task)?;
        (finished.number == number).then_some(finished)
    }

    /// What a worker's host has reported.
    fn reported(
        &mut self,
        cluster: &Cluster,
        before: &State,
        worker: WorkerId,
        command: &WorkerCommand,
        was_done: bool,
    ) {
        let (WorkerCommand::Mapped { number, .. }
        | WorkerCommand::Published { number }
        | WorkerCommand::Refused { number }) = *command
        else {
            return;
        };
        let is_a_map = matches!(command, WorkerCommand::Mapped { .. });
        if is_a_map && was_done {
            return;
        }
        if matches!(command, WorkerCommand::Published { .. })
            && let Some(content) = fetched(cluster, before, worker, number)
            && let Some(Task::Reduce(reduce)) = task_of(cluster, before, worker)
        {
            let renames = self.outputs.get(&reduce).map_or(0, |output| output.renames);
            self.outputs.insert(reduce, Output { content, renames: renames + 1 });
        }
        let past = self.past(worker);
        let Some(given) = past.given.take_if(|given| given.number == number) else { return };
        if matches!(command, WorkerCommand::Refused { .. }) {
            return;
        }
        let copies = was_done.then_some(1);
        let finished =
            Finished { number, is_heard: false, is_recorded: false, skips: given.skips, copies };
        past.finished.insert(given.task, finished);
    }

    /// Once the job is done a crash is nothing to the model.
    fn crashed(&mut self, cluster: &Cluster, before: &State, worker: WorkerId, was_done: bool) {
        if was_done {
            self.leave(cluster, before, worker);
            return;
        }
        self.past(worker).fate = Fate::Crashed;
        self.spent.crashes = self.spent.crashes.saturating_add(1);
    }

    /// A process that goes, though to the model it is only slow from now on.
    fn leave(&mut self, cluster: &Cluster, before: &State, worker: WorkerId) {
        let past = self.past(worker);
        past.fate = Fate::Ended;
        if let Some(given) = &mut past.given {
            given.left = fetched(cluster, before, worker, given.number).unwrap_or_default();
        }
    }

    /// A new process: the one that was there before is gone.
    fn entered(&mut self, worker: WorkerId) {
        self.past(worker);
        self.spent.rejoins = self.spent.rejoins.saturating_add(1);
        if let Some(incarnation) = worker.incarnation.checked_sub(1) {
            self.past(WorkerId { incarnation, ..worker }).fate = Fate::Crashed;
        }
    }

    fn message_failed(&mut self, from: Address, message: &Message, is_lost: bool, was_done: bool) {
        let Address::Worker(worker) = from else { return };
        let Message::Complete { number, task, .. } = message else { return };
        let is_current = self.finished_mut(worker, *task, *number).is_some();
        let is_free = is_lost && self.fate(worker) == Fate::Crashed;
        if !is_current || is_free || was_done {
            return;
        }
        let spent = if is_lost { &mut self.spent.losses } else { &mut self.spent.duplicates };
        *spent = spent.saturating_add(1);
    }

    /// Workers that are not counted on any more though their processes have not crashed.
    fn suspected(&mut self, earlier: &Master, later: &Master) {
        for &worker in later.workers().keys() {
            let is_new = earlier.is_trusted(worker) && !later.is_trusted(worker);
            if is_new && self.fate(worker) != Fate::Crashed {
                self.spent.false_suspicions = self.spent.false_suspicions.saturating_add(1);
            }
        }
        let failures = |master: &Master| {
            let record = master.record(Task::Map(0));
            record.and_then(|record| record.record_failures.get(&0).copied()).unwrap_or(0)
        };
        if failures(later) > failures(earlier) {
            self.spent.failures = self.spent.failures.saturating_add(1);
        }
    }

    /// Attempts that are handed out, allowed to rename, and taken back.
    fn handed_out(&mut self, earlier: &Master, later: &Master) {
        for (&worker, standing) in later.workers() {
            let issued = earlier.workers().get(&worker).map_or(0, |standing| standing.issued);
            if standing.issued > issued
                && let Some(task) = standing.last
            {
                let skips = !later.skipped(task).is_empty();
                let past = self.past(worker);
                past.finished.remove(&task);
                let number = standing.issued;
                past.given =
                    Some(Given { task, number, skips, may_rename: false, left: Content::new() });
            }
            let Some(past) = self.workers.get_mut(&worker) else { continue };
            let Some(given) = &mut past.given else { continue };
            let attempt = AttemptId { worker, number: given.number };
            if let Task::Reduce(reduce) = given.task {
                given.may_rename |= later.lock(reduce) == Some(Lock::Held(attempt));
            }
            let record = later.record(given.task);
            let is_held = record.is_some_and(|record| record.attempt(attempt).is_some());
            if standing.is_trusted && !is_held {
                past.given = None;
            }
        }
    }

    /// Executions that count.
    fn recorded(&mut self, later: &Master) {
        for map in 0..later.config().maps {
            let task = Task::Map(map);
            if let Some(Status::Completed(at)) = later.record(task).map(|record| record.status)
                && let Some(finished) = self.finished_mut(at.worker, task, at.number)
            {
                finished.is_recorded = true;
            }
        }
    }

    /// Processes that were told to end.
    fn ended(&mut self, cluster: &Cluster, before: &State, after: &State) {
        for worker in cluster.present(before) {
            let is_gone =
                cluster.worker(before, worker).is_some() && cluster.worker(after, worker).is_none();
            if is_gone && self.fate(worker) == Fate::Up {
                self.leave(cluster, before, worker);
            }
        }
    }

    /// The job is done: messages are counted no more.
    fn stop_counting(&mut self, after: &State) {
        for (&worker, past) in &mut self.workers {
            for finished in past.finished.values_mut() {
                finished.copies = Some(copies(after, worker, finished.number) as u8);
            }
        }
    }

    /// What no step can depend on any more of workers that have crashed.
    ///
    /// Source: MAPREDUCE-2.
    fn forget(&mut self, cluster: &Cluster, later: &Master, after: &State) {
        for (&worker, past) in &mut self.workers {
            if past.fate != Fate::Crashed {
                continue;
            }
            let is_trusted = cluster.is_trusted(later, worker);
            if let Some(given) = &mut past.given {
                (given.skips, given.may_rename) = (false, false);
                given.left.clear();
            }
            past.given.take_if(|_| !is_trusted);
            past.finished.retain(|task, finished| {
                let is_shared = cluster.is_shared();
                let is_map = matches!(task, Task::Map(_));
                let is_read = is_map && finished.is_recorded && (is_trusted || is_shared);
                let is_awaited = is_trusted && !finished.is_heard;
                copies(after, worker, finished.number) > 0 || is_read || is_awaited
            });
        }
    }
}

fn task_of(cluster: &Cluster, state: &State, worker: WorkerId) -> Option<Task> {
    cluster.worker(state, worker)?.activity().task()
}
