//! The master's thread: workers come and go, the job is done or not.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::disk::{self, Memory};
use super::input::{self, Split};
use super::job::{Job, JobError, Observation, Report};
use super::process::{self, Event, Process};
use super::store::{Store, Workspace};
use crate::host::chance::Chance;
use crate::host::driver::{Clock, Driver};
use crate::host::post::Post;
use crate::machine::{Output, OutputOf, Time};
use crate::mapreduce::data::Application;
use crate::mapreduce::{
    Address, Config, End, Master, MasterCommand, MasterDelivery, Message, Task, WorkerId,
};

/// How long the thread waits at most before it looks around.
const TICK: Duration = Duration::from_millis(20);

/// How long a machine stands still when its process is gone.
const RESTART: Duration = Duration::from_millis(50);

/// The bytes of a split, if nobody says how many splits there are to be.
const SPLIT: u64 = 64 << 20;

/// What all threads share.
pub(super) struct Cluster {
    pub(super) application: Arc<dyn Application>,
    pub(super) config: Config,
    pub(super) splits: Vec<Split>,
    pub(super) memory: Memory,
    pub(super) root: PathBuf,
    pub(super) post: Post<Address, Message>,
    pub(super) store: Store,
    pub(super) clock: Clock,
    blamed: Mutex<BTreeMap<Task, String>>,
}

impl Cluster {
    /// Remembers why an attempt at a task has failed.
    pub(super) fn blame(&self, task: Option<Task>, why: &str) {
        if let Some(task) = task {
            let mut blamed = self.blamed.lock().unwrap_or_else(PoisonError::into_inner);
            // One line, however many user code says.
            let lines: Vec<&str> = why.lines().map(str::trim).collect();
            blamed.insert(task, lines.join(", "));
        }
    }

    fn blamed(&self, task: Task) -> String {
        let blamed = self.blamed.lock().unwrap_or_else(PoisonError::into_inner);
        blamed.get(&task).cloned().unwrap_or_else(|| "nobody knows why".to_owned())
    }
}

/// What the master hears.
enum News {
    Message(Address, Message),
    Gone(WorkerId),
}

/// Looks at what a job asks for: how it is cut into maps, and how much memory each worker has.
pub(super) fn prepare(job: &Job) -> Result<(Vec<Split>, Memory), JobError> {
    for (count, what) in [(job.reduces, "reduce"), (u32::from(job.workers), "worker")] {
        if count == 0 {
            return Err(JobError::NoneOf(what));
        }
    }
    let memory = Memory::share(job.memory, job.workers)?;
    let bytes: u64 = input::split(&job.inputs, 1)?.iter().map(|split| split.to).sum();
    let maps = job.maps.unwrap_or_else(|| bytes.div_ceil(SPLIT).min(1 << 20) as u32);
    Ok((input::split(&job.inputs, maps)?, memory))
}

/// Runs a job: its outputs are in its directory when this returns, or nothing is.
///
/// It looks now and then whether it is to stop, and lets itself be observed.
///
/// # Errors
///
/// Why the job was not done.
pub fn run(
    job: &Job,
    stop: &AtomicBool,
    observe: &mut dyn FnMut(&Observation<'_>),
) -> Result<Report, JobError> {
    let (splits, memory) = prepare(job)?;
    let workspace = Workspace::create(&job.output)?;
    let cluster = Arc::new(Cluster {
        application: Arc::clone(&job.application),
        config: Config {
            barrier: job.barrier,
            backups: job.backups,
            timings: job.timings,
            limits: job.limits,
            ..Config::new(splits.len() as u32, job.reduces)
        },
        splits,
        memory,
        root: workspace.path().to_owned(),
        post: Post::new(job.weather, job.seed),
        store: Store::new(&workspace),
        clock: Clock::start(),
        blamed: Mutex::default(),
    });
    let mut host = Host::new(Arc::clone(&cluster), job, observe);
    let result = host.run(stop);
    host.end();
    result?;
    workspace.finish()?;
    Ok(host.report())
}

struct Host<'a> {
    cluster: Arc<Cluster>,
    driver: Driver<Master>,
    inbox: Receiver<News>,
    outbox: Sender<News>,
    processes: BTreeMap<u16, Arc<Process>>,
    /// Machines whose process is gone, and when there is to be another.
    standing_still: BTreeMap<u16, (Time, u32)>,
    started: u32,
    kills: u32,
    workers: u16,
    chance: Chance,
    report: Report,
    observe: &'a mut dyn FnMut(&Observation<'_>),
}

impl<'a> Host<'a> {
    fn new(cluster: Arc<Cluster>, job: &Job, observe: &'a mut dyn FnMut(&Observation<'_>)) -> Self {
        let (outbox, inbox) = mpsc::channel();
        let news = outbox.clone();
        cluster.post.register(Address::Master, move |from, message| {
            // Once nobody listens the job is over.
            let _ = news.send(News::Message(from, message));
        });
        Self {
            driver: Driver::new(Master::new(cluster.config.clone())),
            cluster,
            inbox,
            outbox,
            processes: BTreeMap::new(),
            standing_still: BTreeMap::new(),
            started: 0,
            kills: job.kills,
            workers: job.workers,
            chance: Chance::new(job.seed),
            report: Report::default(),
            observe,
        }
    }

    fn run(&mut self, stop: &AtomicBool) -> Result<(), JobError> {
        let mut outputs = Vec::new();
        self.driver.machine().start(&mut outputs);
        let outputs = self.driver.take(self.cluster.clock.now(), outputs);
        self.carry_out(outputs);
        for machine in 0..self.workers {
            self.start(WorkerId { machine, incarnation: 0 })?;
        }
        loop {
            match self.driver.machine().end() {
                Some(End::Done) => return Ok(()),
                Some(End::GaveUp(task)) => {
                    return Err(JobError::GaveUp { task, why: self.cluster.blamed(task) });
                }
                None if stop.load(Ordering::Relaxed) => return Err(JobError::Stopped),
                None => self.go_on()?,
            }
        }
    }

    fn go_on(&mut self) -> Result<(), JobError> {
        let now = self.cluster.clock.now();
        while let Some(outputs) = self.driver.wake(now) {
            self.carry_out(outputs);
        }
        let wait = self.driver.until_next(now).unwrap_or(TICK).min(TICK);
        match self.inbox.recv_timeout(wait) {
            Ok(News::Message(from, message)) => {
                let outputs = self.driver.message(self.cluster.clock.now(), from, message);
                self.carry_out(outputs);
            }
            Ok(News::Gone(id)) => self.bury(id),
            Err(_) => {}
        }
        self.kill_if_due();
        self.restart()?;
        self.tell(None);
        Ok(())
    }

    /// Starts a process. Threads that are stuck in user code are never waited for: nothing that
    /// they do has any effect once their process is gone.
    fn start(&mut self, id: WorkerId) -> Result<(), JobError> {
        if self.started >= self.cluster.config.limits.workers {
            return Err(JobError::Died(self.started));
        }
        self.started += 1;
        let fail = |source| JobError::Output { path: self.cluster.root.clone(), source };
        fs::create_dir(disk::disk(&self.cluster.root, id)).map_err(fail)?;
        let (events, inbox) = mpsc::channel();
        let (jobs, tasks) = mpsc::channel();
        let process = Arc::new(Process::new(id, events.clone()));
        self.cluster.post.register(Address::Worker(id), move |from, message| {
            let _ = events.send(Event::Message(from, message));
        });
        let (cluster, own, news) =
            (Arc::clone(&self.cluster), Arc::clone(&process), self.outbox.clone());
        let machine = move || {
            process::live(&cluster, &own, &inbox, &jobs);
            own.kill();
            cluster.post.unregister(Address::Worker(own.id));
            let _ = news.send(News::Gone(own.id));
        };
        let (cluster, own) = (Arc::clone(&self.cluster), Arc::clone(&process));
        let user_code = move || process::toil(&cluster, &own, &tasks);
        thread::Builder::new().name(format!("worker {id}")).spawn(machine).map_err(fail)?;
        thread::Builder::new().name(format!("tasks of {id}")).spawn(user_code).map_err(fail)?;
        self.processes.insert(id.machine, process);
        Ok(())
    }

    /// A process is gone, and its disk with it. There will be another one in its place.
    fn bury(&mut self, id: WorkerId) {
        // In one stroke: whoever comes to read from it finds all of it or nothing. What cannot be
        // removed now is removed with the workspace.
        let _ = disk::remove(&disk::disk(&self.cluster.root, id));
        if self.processes.get(&id.machine).is_some_and(|process| process.id == id) {
            self.processes.remove(&id.machine);
            let at = self.cluster.clock.now().after(RESTART);
            self.standing_still.insert(id.machine, (at, id.incarnation.saturating_add(1)));
        }
    }

    fn restart(&mut self) -> Result<(), JobError> {
        let now = self.cluster.clock.now();
        let due = self.standing_still.iter().find(|(_, (at, _))| *at <= now);
        if let Some((&machine, &(_, incarnation))) = due {
            self.standing_still.remove(&machine);
            self.start(WorkerId { machine, incarnation })?;
        }
        Ok(())
    }

    /// Kills a worker whenever another share of the tasks is completed.
    fn kill_if_due(&mut self) {
        let progress = self.driver.machine().progress();
        let completed = u64::from(progress.maps.completed + progress.reduces.completed);
        let config = &self.cluster.config;
        let tasks = u64::from(config.maps) + u64::from(config.reduces);
        let next = u64::from(self.report.killed) + 1;
        let is_due = completed * (u64::from(self.kills) + 1) >= tasks * next;
        if self.report.killed >= self.kills || !is_due {
            return;
        }
        let place = self.chance.below(self.processes.len() as u64) as usize;
        if let Some(process) = self.processes.values().nth(place).map(Arc::clone) {
            self.report.killed += 1;
            process.kill();
            self.bury(process.id);
        }
    }

    fn carry_out(&mut self, outputs: Vec<OutputOf<Master>>) {
        for output in outputs {
            match output {
                Output::Send { to, message } => {
                    self.cluster.post.send(Address::Master, to, message);
                }
                Output::Deliver(delivery) => {
                    self.count(&delivery);
                    self.tell(Some(&delivery));
                    self.deliver(&delivery);
                }
                _ => {}
            }
        }
    }

    fn deliver(&mut self, delivery: &MasterDelivery) {
        match *delivery {
            MasterDelivery::Permit { reduce, attempt } => {
                self.cluster.store.permit(reduce, attempt);
            }
            MasterDelivery::Revoke { reduce, attempt } => {
                let is_published = self.cluster.store.revoke(reduce, attempt);
                let command = MasterCommand::Settled { reduce, is_published };
                let outputs = self.driver.command(self.cluster.clock.now(), command);
                self.carry_out(outputs);
            }
            _ => {}
        }
    }

    fn count(&mut self, delivery: &MasterDelivery) {
        let report = &mut self.report;
        let count = match delivery {
            MasterDelivery::Assigned { is_backup, .. } => {
                report.backups += u32::from(*is_backup);
                &mut report.attempts
            }
            MasterDelivery::Suspected(_) => &mut report.suspected,
            MasterDelivery::Preempted { .. } => &mut report.preempted,
            MasterDelivery::Failed { .. } => &mut report.failed,
            _ => return,
        };
        *count += 1;
    }

    fn tell(&mut self, event: Option<&MasterDelivery>) {
        let progress = self.driver.machine().progress();
        let elapsed = Duration::from_nanos(self.cluster.clock.now().nanoseconds());
        (self.observe)(&Observation { progress, elapsed, event });
    }

    /// Nobody has anything to do any more, and nobody may publish.
    fn end(&self) {
        self.cluster.store.close();
        self.cluster.post.unregister(Address::Master);
        for process in self.processes.values() {
            process.kill();
        }
    }

    fn report(self) -> Report {
        let (master, config) = (self.driver.machine(), &self.cluster.config);
        let tasks = (0..config.maps).map(Task::Map).chain((0..config.reduces).map(Task::Reduce));
        let skipped = tasks.map(|task| (task, master.skipped(task)));
        Report {
            counters: master.counters(),
            maps: config.maps,
            reduces: config.reduces,
            skipped: skipped.filter(|(_, records)| !records.is_empty()).collect(),
            ..self.report
        }
    }
}
