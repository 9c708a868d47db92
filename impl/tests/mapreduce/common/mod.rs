//! A cluster for the tests: machines, messages on their way, disks and a file system, all of it
//! driven by choices that a test makes.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use straightedge_impl::machine::{Input, InputOf, Machine, Nonce, Output, OutputOf, Time};
use straightedge_impl::mapreduce::{
    Address, AttemptId, Config, Counters, End, MapOutput, Master, MasterCommand, MasterDelivery,
    MasterTimer, Message, Task, Worker, WorkerCommand, WorkerDelivery, WorkerId, WorkerTimer,
    invariant,
};

/// Gives one input to a machine, and checks what every machine promises of every input.
pub(crate) fn give<M: Machine>(
    machine: &mut M,
    now: Time,
    input: InputOf<M>,
    holds: fn(&M) -> Result<(), &'static str>,
) -> Vec<OutputOf<M>> {
    let before = machine.clone();
    let mut outputs = Vec::new();
    let told = format!("{input:?}");
    machine.handle(now, input, &mut outputs);
    assert_eq!(holds(machine), Ok(()), "{before:?} was given {told}");
    let is_refused = outputs.iter().any(|output| matches!(output, Output::Ignored(_)));
    if is_refused {
        assert_eq!(outputs.len(), 1, "{before:?} refused {told}, and did something");
        assert_eq!(*machine, before, "{told} was refused, and changed the machine");
    }
    outputs
}

/// What the file system holds under a final name: who put it there, and from which executions.
pub(crate) type Published = (AttemptId, BTreeMap<u32, AttemptId>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    OfMaster(MasterTimer),
    OfWorker(WorkerId, WorkerTimer),
}

/// Everything there is.
#[derive(Clone, Debug)]
pub(crate) struct Cluster {
    pub(crate) config: Config,
    pub(crate) master: Master,
    pub(crate) workers: BTreeMap<WorkerId, Worker>,
    pub(crate) under_way: Vec<(Address, Address, Message)>,
    pub(crate) jobs: Vec<(WorkerId, WorkerDelivery)>,
    pub(crate) outputs: BTreeMap<u32, Published>,
    pub(crate) told: Vec<MasterDelivery>,
    /// How often an output was given its final name.
    pub(crate) renames: u32,
    disks: BTreeSet<(u32, AttemptId)>,
    fetched: BTreeMap<AttemptId, BTreeMap<u32, AttemptId>>,
    permits: BTreeMap<u32, AttemptId>,
    timers: BTreeMap<Timer, Time>,
    now: Time,
    nonces: u64,
}

impl Cluster {
    pub(crate) fn new(config: Config, workers: u16) -> Self {
        let master = Master::new(config.clone());
        let mut outputs = Vec::new();
        master.start(&mut outputs);
        let mut cluster = Self {
            config,
            master,
            workers: BTreeMap::new(),
            under_way: Vec::new(),
            jobs: Vec::new(),
            outputs: BTreeMap::new(),
            told: Vec::new(),
            renames: 0,
            disks: BTreeSet::new(),
            fetched: BTreeMap::new(),
            permits: BTreeMap::new(),
            timers: BTreeMap::new(),
            now: Time::ORIGIN,
            nonces: 0,
        };
        cluster.carry_out_master(outputs);
        for machine in 0..workers {
            cluster.start(WorkerId { machine, incarnation: 0 });
        }
        cluster
    }

    pub(crate) fn start(&mut self, id: WorkerId) {
        self.workers.insert(id, Worker::new(self.config.of_a_worker(), id));
        self.command(id, WorkerCommand::Start);
    }

    /// The process is gone, and what was on its disk.
    pub(crate) fn crash(&mut self, id: WorkerId) {
        self.workers.remove(&id);
        let is_shared = self.config.map_output == MapOutput::SharedFileSystem;
        self.disks.retain(|(_, attempt)| is_shared || attempt.worker != id);
        self.jobs.retain(|(worker, _)| *worker != id);
        self.timers
            .retain(|timer, _| !matches!(timer, Timer::OfWorker(worker, _) if *worker == id));
    }

    /// Another process on the same machine.
    pub(crate) fn replace(&mut self, id: WorkerId) {
        self.crash(id);
        self.start(WorkerId { incarnation: id.incarnation + 1, ..id });
    }

    fn fresh(&mut self) -> Nonce {
        self.nonces += 1;
        Nonce(self.nonces)
    }

    pub(crate) fn command(&mut self, id: WorkerId, command: WorkerCommand) {
        let fresh = self.fresh();
        self.worker_input(id, Input::Command { command, fresh });
    }

    fn worker_input(&mut self, id: WorkerId, input: InputOf<Worker>) {
        let Some(worker) = self.workers.get_mut(&id) else { return };
        let outputs = give(worker, self.now, input, invariant::holds_of_worker);
        for output in outputs {
            match output {
                Output::Send { to, message } => {
                    self.under_way.push((Address::Worker(id), to, message));
                }
                Output::SetTimer { timer, after } => {
                    self.timers.insert(Timer::OfWorker(id, timer), self.now.after(after));
                }
                Output::CancelTimer { timer } => {
                    self.cancel(&Timer::OfWorker(id, timer));
                }
                Output::Deliver(WorkerDelivery::Drop { number }) => self.forget(id, number),
                Output::Deliver(WorkerDelivery::Dismissed) => {
                    self.replace(id);
                    return;
                }
                Output::Deliver(WorkerDelivery::Ended) => {
                    self.crash(id);
                    return;
                }
                Output::Deliver(delivery) => self.jobs.push((id, delivery)),
                Output::Ignored(_) => {}
            }
        }
    }

    fn cancel(&mut self, timer: &Timer) {
        self.timers.remove(timer);
    }

    fn forget(&mut self, id: WorkerId, number: u32) {
        self.jobs.retain(|(worker, job)| *worker != id || number_of(job) != number);
    }

    pub(crate) fn master_input(&mut self, input: InputOf<Master>) {
        let outputs = give(&mut self.master, self.now, input, invariant::holds_of_master);
        self.carry_out_master(outputs);
    }

    fn carry_out_master(&mut self, outputs: Vec<OutputOf<Master>>) {
        for output in outputs {
            match output {
                Output::Send { to, message } => {
                    self.under_way.push((Address::Master, to, message));
                }
                Output::SetTimer { timer, after } => {
                    self.timers.insert(Timer::OfMaster(timer), self.now.after(after));
                }
                Output::CancelTimer { timer } => self.cancel(&Timer::OfMaster(timer)),
                Output::Deliver(delivery) => {
                    self.told.push(delivery.clone());
                    self.carry_out(&delivery);
                }
                Output::Ignored(_) => {}
            }
        }
    }

    fn carry_out(&mut self, delivery: &MasterDelivery) {
        match *delivery {
            MasterDelivery::Permit { reduce, attempt } => {
                self.permits.insert(reduce, attempt);
            }
            MasterDelivery::Revoke { reduce, attempt } => {
                if self.permits.get(&reduce) == Some(&attempt) {
                    self.permits.remove(&reduce);
                }
                let is_published = self.outputs.contains_key(&reduce);
                let command = MasterCommand::Settled { reduce, is_published };
                let fresh = self.fresh();
                self.master_input(Input::Command { command, fresh });
            }
            _ => {}
        }
    }

    /// The message at that place arrives.
    pub(crate) fn deliver(&mut self, place: usize) {
        let (from, to, message) = self.under_way.remove(place);
        match to {
            Address::Master => self.master_input(Input::Message { from, message }),
            Address::Worker(id) => self.worker_input(id, Input::Message { from, message }),
        }
    }

    /// The host of a worker does what it was told to.
    pub(crate) fn work(&mut self, place: usize) {
        let (id, job) = self.jobs.remove(place);
        let attempt = |number| AttemptId { worker: id, number };
        let counters = || Counters([("records".to_owned(), 1)].into());
        let command = match job {
            WorkerDelivery::Map { number, map, .. } => {
                self.disks.insert((map, attempt(number)));
                WorkerCommand::Mapped { number, counters: counters() }
            }
            WorkerDelivery::Fetch { number, map, from, .. } => {
                if self.disks.contains(&(map, from)) {
                    self.fetched.entry(attempt(number)).or_default().insert(map, from);
                    WorkerCommand::Fetched { number, map, from }
                } else {
                    WorkerCommand::Unreadable { number, map, from }
                }
            }
            WorkerDelivery::Reduce { number, .. } => {
                assert_eq!(self.fetched(attempt(number)).len(), self.config.maps as usize);
                WorkerCommand::Reduced { number, counters: counters() }
            }
            WorkerDelivery::Publish { number, reduce } => {
                if self.permits.get(&reduce) == Some(&attempt(number)) {
                    let content = self.fetched(attempt(number));
                    let former = self.outputs.insert(reduce, (attempt(number), content));
                    assert_eq!(former, None, "an output was replaced");
                    self.renames += 1;
                    WorkerCommand::Published { number }
                } else {
                    WorkerCommand::Refused { number }
                }
            }
            other => panic!("{other:?} is no job"),
        };
        self.command(id, command);
    }

    fn fetched(&self, attempt: AttemptId) -> BTreeMap<u32, AttemptId> {
        self.fetched.get(&attempt).cloned().unwrap_or_default()
    }

    /// A worker's host says that its attempt has failed.
    pub(crate) fn fail(&mut self, place: usize, record: Option<u64>) {
        let (id, job) = self.jobs.remove(place);
        self.command(id, WorkerCommand::Failed { number: number_of(&job), record });
    }

    /// Nothing goes wrong any more, but that user code crashes on a record of a map whenever it is
    /// not left out. Whether the map was completed all the same.
    pub(crate) fn fail_always_on(&mut self, map: u32, record: u64, most: u32) -> bool {
        for _ in 0..most {
            let status = self.master.record(Task::Map(map)).unwrap().status;
            if status.is_completed() || self.master.end().is_some() {
                return true;
            }
            let meets_it = |(_, job): &(WorkerId, WorkerDelivery)| match job {
                WorkerDelivery::Map { map: own, skip, .. } => {
                    *own == map && !skip.contains(&record)
                }
                _ => false,
            };
            if !self.under_way.is_empty() {
                self.deliver(0);
            } else if let Some(place) = self.jobs.iter().position(meets_it) {
                self.fail(place, Some(record));
            } else if !self.jobs.is_empty() {
                self.work(0);
            } else if !self.wait() {
                return false;
            }
        }
        false
    }

    /// The next timer runs out. Whether there was one.
    pub(crate) fn wait(&mut self) -> bool {
        let next = self.timers.iter().min_by_key(|(_, at)| **at).map(|(timer, at)| (*timer, *at));
        let Some((timer, at)) = next else { return false };
        self.now = self.now.max(at);
        self.run_out(timer);
        true
    }

    fn run_out(&mut self, timer: Timer) {
        self.timers.remove(&timer);
        let fresh = self.fresh();
        match timer {
            Timer::OfMaster(timer) => self.master_input(Input::Timer { timer, fresh }),
            Timer::OfWorker(id, timer) => self.worker_input(id, Input::Timer { timer, fresh }),
        }
    }

    /// The master thinks that a worker was silent for too long, whether it was or not.
    pub(crate) fn suspect(&mut self, id: WorkerId) {
        self.run_out(Timer::OfMaster(MasterTimer::Silence(id)));
    }

    /// Nothing goes wrong any more. How long it took until the job was done, in steps.
    pub(crate) fn run_to_the_end(&mut self, most: u32) -> Option<u32> {
        for step in 0..most {
            if self.master.end().is_some() {
                return Some(step);
            }
            if !self.under_way.is_empty() {
                self.deliver(0);
            } else if !self.jobs.is_empty() {
                self.work(0);
            } else if !self.wait() {
                return None;
            }
        }
        None
    }

    /// The job is done, each output is there, whole, and everything was counted once.
    pub(crate) fn assert_done(&self) {
        assert_eq!(self.master.end(), Some(End::Done));
        assert_eq!(self.outputs.len(), self.config.reduces as usize);
        assert_eq!(self.renames, self.config.reduces);
        for (_, content) in self.outputs.values() {
            assert_eq!(content.len(), self.config.maps as usize);
        }
        let tasks = u64::from(self.config.maps + self.config.reduces);
        // Without a reduce the job ends before the maps.
        if self.config.reduces > 0 {
            assert_eq!(self.master.counters().get("records"), tasks);
        }
    }
}

fn number_of(job: &WorkerDelivery) -> u32 {
    match job {
        WorkerDelivery::Map { number, .. }
        | WorkerDelivery::Fetch { number, .. }
        | WorkerDelivery::Reduce { number, .. }
        | WorkerDelivery::Publish { number, .. }
        | WorkerDelivery::Drop { number } => *number,
        WorkerDelivery::Dismissed | WorkerDelivery::Ended => 0,
    }
}

/// A job in which time plays no part: backups may be made at once.
pub(crate) fn hasty(maps: u32, reduces: u32) -> Config {
    let mut config = Config::new(maps, reduces);
    config.timings.backup = Duration::ZERO;
    config
}
