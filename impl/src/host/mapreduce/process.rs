//! A worker's process: one thread for its machine, and one for user code.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use super::cluster::Cluster;
use super::disk;
use super::task::{self, Bench, Failure};
use crate::host::driver::Driver;
use crate::machine::{Output, OutputOf};
use crate::mapreduce::{
    Address, AttemptId, Counters, Message, Task, Worker, WorkerCommand, WorkerDelivery, WorkerId,
};

/// How long a thread waits when it waits for nothing in particular.
const LONG: Duration = Duration::from_secs(1);

/// What happens to a process.
pub(super) enum Event {
    /// A message has come.
    Message(Address, Message),
    /// User code has come to some end.
    Report(WorkerCommand),
    /// The process ends, as if its machine had lost power.
    Killed,
}

/// A process, as others see it.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) id: WorkerId,
    is_dead: AtomicBool,
    /// Attempts up to this number are to stop.
    dropped: AtomicU32,
    events: Sender<Event>,
}

impl Process {
    pub(super) fn new(id: WorkerId, events: Sender<Event>) -> Self {
        Self { id, is_dead: AtomicBool::new(false), dropped: AtomicU32::new(0), events }
    }

    /// Ends the process at once. Nothing that it does from now on has any effect.
    pub(super) fn kill(&self) {
        self.is_dead.store(true, Ordering::Relaxed);
        self.tell(Event::Killed);
    }

    fn tell(&self, event: Event) {
        // A process that has ended hears nothing.
        let _ = self.events.send(event);
    }

    fn is_stopped(&self, number: u32) -> bool {
        self.is_dead.load(Ordering::Relaxed) || number <= self.dropped.load(Ordering::Relaxed)
    }
}

/// The machine's thread: until the process ends, which may be after a word of the master.
pub(super) fn live(
    cluster: &Cluster,
    process: &Process,
    inbox: &Receiver<Event>,
    jobs: &Sender<WorkerDelivery>,
) {
    let worker = Worker::new(cluster.config.of_a_worker(), process.id);
    let mut driver = Driver::new(worker);
    let mut outputs = driver.command(cluster.clock.now(), WorkerCommand::Start);
    loop {
        if !carry_out(cluster, process, jobs, outputs) {
            return;
        }
        let now = cluster.clock.now();
        if let Some(due) = driver.wake(now) {
            outputs = due;
            continue;
        }
        let event = inbox.recv_timeout(driver.until_next(now).unwrap_or(LONG));
        let now = cluster.clock.now();
        outputs = match event {
            Ok(Event::Message(from, message)) => driver.message(now, from, message),
            Ok(Event::Report(command)) => driver.command(now, command),
            Err(RecvTimeoutError::Timeout) => Vec::new(),
            Ok(Event::Killed) | Err(RecvTimeoutError::Disconnected) => return,
        };
    }
}

/// Does what the machine wants done. Whether the process goes on.
fn carry_out(
    cluster: &Cluster,
    process: &Process,
    jobs: &Sender<WorkerDelivery>,
    outputs: Vec<OutputOf<Worker>>,
) -> bool {
    for output in outputs {
        match output {
            Output::Send { to, message } => {
                cluster.post.send(Address::Worker(process.id), to, message);
            }
            Output::Deliver(WorkerDelivery::Drop { number }) => {
                process.dropped.fetch_max(number, Ordering::Relaxed);
            }
            Output::Deliver(WorkerDelivery::Dismissed | WorkerDelivery::Ended) => return false,
            Output::Deliver(job) => {
                // The other thread ends only with this one.
                let _ = jobs.send(job);
            }
            _ => {}
        }
    }
    true
}

/// User code's thread: one job after the other, until the process ends.
pub(super) fn toil(cluster: &Cluster, process: &Arc<Process>, jobs: &Receiver<WorkerDelivery>) {
    let mut toil = Toil { cluster, process, number: 0, fetched: BTreeMap::new() };
    while let Ok(job) = jobs.recv() {
        match toil.carry_out(&job) {
            Ok(command) => process.tell(Event::Report(command)),
            Err(Failure::Stopped) => {}
            Err(Failure::Exit) => process.kill(),
            Err(Failure::Failed { record, why }) => {
                cluster.blame(task_of(&job), &why);
                let number = number_of(&job);
                process.tell(Event::Report(WorkerCommand::Failed { number, record }));
            }
        }
    }
}

struct Toil<'a> {
    cluster: &'a Cluster,
    process: &'a Process,
    /// The attempt whose directory is there.
    number: u32,
    /// The regions that it has fetched, and how long they are.
    fetched: BTreeMap<u32, u64>,
}

impl Toil<'_> {
    fn carry_out(&mut self, job: &WorkerDelivery) -> Result<WorkerCommand, Failure> {
        let number = number_of(job);
        if self.process.is_stopped(number) {
            return Err(Failure::Stopped);
        }
        self.begin(number)?;
        match job {
            WorkerDelivery::Map { map, skip, .. } => {
                let counters = self.map(*map, skip)?;
                Ok(WorkerCommand::Mapped { number, counters })
            }
            WorkerDelivery::Fetch { reduce, map, from, .. } => {
                let (map, from) = (*map, *from);
                let source = disk::regions(&self.cluster.root, map, from);
                let to = self.directory().join(format!("run-{map}"));
                match disk::fetch(&source, *reduce, self.cluster.config.reduces, &to) {
                    Ok(length) => {
                        self.fetched.insert(map, length);
                        Ok(WorkerCommand::Fetched { number, map, from })
                    }
                    Err(_) => Ok(WorkerCommand::Unreadable { number, map, from }),
                }
            }
            WorkerDelivery::Reduce { skip, .. } => {
                let counters = self.reduce(skip)?;
                Ok(WorkerCommand::Reduced { number, counters })
            }
            WorkerDelivery::Publish { reduce, .. } => {
                let output = self.directory().join(OUTPUT);
                let is_published = self.cluster.store.publish(*reduce, self.attempt(), &output)?;
                Ok(if is_published {
                    WorkerCommand::Published { number }
                } else {
                    WorkerCommand::Refused { number }
                })
            }
            _ => Err(Failure::Stopped),
        }
    }

    fn attempt(&self) -> AttemptId {
        AttemptId { worker: self.process.id, number: self.number }
    }

    fn directory(&self) -> PathBuf {
        disk::attempt(&self.cluster.root, self.attempt())
    }

    /// A directory for a new attempt; the one of the attempt before is not needed any more.
    fn begin(&mut self, number: u32) -> Result<(), Failure> {
        if number == self.number {
            return Ok(());
        }
        if self.number > 0 {
            // What cannot be removed is removed with the worker's disk.
            let _ = fs::remove_dir_all(self.directory());
        }
        self.number = number;
        self.fetched.clear();
        Ok(fs::create_dir(self.directory())?)
    }

    fn map(&self, map: u32, skip: &[u64]) -> Result<Counters, Failure> {
        let split = self.cluster.splits.get(map as usize).ok_or(Failure::Stopped)?;
        let regions = disk::regions(&self.cluster.root, map, self.attempt());
        self.at_the_bench(|bench| task::map(bench, split, skip, &regions))
    }

    fn reduce(&self, skip: &[u64]) -> Result<Counters, Failure> {
        let output = self.directory().join(OUTPUT);
        let lengths = self.fetched.values().copied();
        self.at_the_bench(|bench| task::reduce(bench, lengths, skip, &output))
    }

    fn at_the_bench<T>(&self, work: impl FnOnce(&Bench<'_>) -> T) -> T {
        let (process, number) = (self.process, self.number);
        work(&Bench {
            application: &*self.cluster.application,
            reduces: self.cluster.config.reduces,
            memory: self.cluster.memory,
            directory: &self.directory(),
            is_stopped: &|| process.is_stopped(number),
        })
    }
}

/// The output of a reduce, before it has its final name.
const OUTPUT: &str = "output";

const fn number_of(job: &WorkerDelivery) -> u32 {
    match job {
        WorkerDelivery::Map { number, .. }
        | WorkerDelivery::Fetch { number, .. }
        | WorkerDelivery::Reduce { number, .. }
        | WorkerDelivery::Publish { number, .. }
        | WorkerDelivery::Drop { number } => *number,
        WorkerDelivery::Dismissed | WorkerDelivery::Ended => 0,
    }
}

const fn task_of(job: &WorkerDelivery) -> Option<Task> {
    match job {
        WorkerDelivery::Map { map, .. } => Some(Task::Map(*map)),
        WorkerDelivery::Fetch { reduce, .. }
        | WorkerDelivery::Reduce { reduce, .. }
        | WorkerDelivery::Publish { reduce, .. } => Some(Task::Reduce(*reduce)),
        _ => None,
    }
}
