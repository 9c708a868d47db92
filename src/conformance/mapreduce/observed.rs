//! What a network of master and workers stands for, whatever its size.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use straightedge_impl::mapreduce::{Task, WorkerId};
use straightedge_models::mapreduce::{
    self as model, Machine, MapAttempt, MapReduce, MapStatus, ReduceAttempt, ReduceStatus, Report,
};

use super::process::task_name;

/// What a file holds of one map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Region {
    /// Who wrote it.
    pub from: WorkerId,
    /// Whether a record was left out.
    pub is_short: bool,
}

/// What a file holds of each map; of the others it holds nothing.
pub type Content = BTreeMap<u32, Region>;

/// What a worker does, or has done, for a task.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attempt {
    /// It runs a map.
    Mapping {
        /// Whether it leaves a record out.
        skips: bool,
    },
    /// A map's regions are written.
    Mapped {
        /// How far the message has come.
        report: Report,
        /// Whether the master has recorded where they are, now or in the past.
        is_recorded: bool,
        /// Whether it left a record out.
        skips: bool,
    },
    /// It runs a reduce, and has fetched this.
    Reducing {
        /// What it has.
        content: Content,
        /// Whether it was allowed to rename.
        may_rename: bool,
    },
    /// A reduce's file has the final name.
    Renamed(Report),
}

/// How far a task is, to the master.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// To be handed out.
    Idle,
    /// Handed out.
    InProgress,
    /// Done, by this worker.
    Completed(WorkerId),
}

/// What the master holds of a task.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Held {
    /// How far it is.
    pub status: Status,
    /// How often its counters are in the sums.
    pub counted: u32,
    /// Who may rename its output.
    pub lock: Option<WorkerId>,
}

/// A worker.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row {
    /// Whether its process runs.
    pub is_up: bool,
    /// Whether the master counts on it.
    pub is_trusted: bool,
    /// What it does, or has done.
    pub attempts: BTreeMap<Task, Attempt>,
}

/// A file under a final name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Output {
    /// What it holds.
    pub content: Content,
    /// How often one was put there.
    pub renames: u32,
}

/// The whole cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Observed {
    /// The workers that have begun.
    pub workers: BTreeMap<WorkerId, Row>,
    /// The tasks.
    pub tasks: BTreeMap<Task, Held>,
    /// The outputs.
    pub outputs: BTreeMap<u32, Output>,
    /// How many attempts have failed on the first record of map 0.
    pub record_failures: u32,
    /// Whether the user was told that the job is done.
    pub is_done: bool,
}

/// Where the model has a worker. Those that come later have their places in the order of machines.
#[must_use]
pub fn place_of(job: &MapReduce, worker: WorkerId) -> u8 {
    let later = job.workers.saturating_add(worker.incarnation.saturating_sub(1) as u8);
    if worker.incarnation == 0 { worker.machine as u8 } else { later }
}

/// What was observed, as a state of the model.
#[must_use]
pub fn to_model(job: &MapReduce, observed: &Observed, left: model::Budget) -> model::State {
    let mut state = model::State::default()
        .with_left(left)
        .with_done(observed.is_done)
        .with_record_failures(observed.record_failures.min(3) as u8);
    for (&task, held) in &observed.tasks {
        state = with_task(job, state, task, held);
    }
    for (&worker, row) in &observed.workers {
        let place = place_of(job, worker);
        let machine = if row.is_up { Machine::Up } else { Machine::Crashed };
        state = state.with_machine(place, machine).with_trust(place, row.is_trusted);
        for (&task, attempt) in &row.attempts {
            state = with_attempt(job, state, place, task, attempt);
        }
    }
    for (&reduce, output) in &observed.outputs {
        state = state.with_output(reduce as u8, content(job, &output.content));
        let counted =
            if job.commit == model::Commit::Coordinator { output.renames.min(3) } else { 0 };
        for _ in 0..counted {
            state = state.with_rename_counted(reduce as u8);
        }
    }
    state
}

fn with_task(job: &MapReduce, state: model::State, task: Task, held: &Held) -> model::State {
    let counted = held.counted.min(3) as u8;
    match task {
        Task::Map(map) => {
            let status = match held.status {
                Status::Idle => MapStatus::Idle,
                Status::InProgress => MapStatus::InProgress,
                Status::Completed(worker) => MapStatus::Completed(place_of(job, worker)),
            };
            state.with_map(map as u8, status, counted)
        }
        Task::Reduce(reduce) => {
            let status = match held.status {
                Status::Idle => ReduceStatus::Idle,
                Status::InProgress => ReduceStatus::InProgress,
                Status::Completed(_) => ReduceStatus::Completed,
            };
            let lock = held.lock.map(|worker| place_of(job, worker));
            state.with_reduce(reduce as u8, status, counted).with_lock(reduce as u8, lock)
        }
    }
}

fn with_attempt(
    job: &MapReduce,
    state: model::State,
    place: u8,
    task: Task,
    attempt: &Attempt,
) -> model::State {
    match (task, attempt) {
        (Task::Map(map), Attempt::Mapping { skips }) => {
            state.with_map_attempt(map as u8, place, MapAttempt::Running { skips: *skips })
        }
        (Task::Map(map), &Attempt::Mapped { report, is_recorded, skips }) => {
            let attempt = MapAttempt::Finished { report, recorded: is_recorded, skips };
            state.with_map_attempt(map as u8, place, attempt)
        }
        (Task::Reduce(reduce), Attempt::Reducing { content: held, may_rename }) => {
            let kind = if *may_rename { ReduceAttempt::Granted } else { ReduceAttempt::Running };
            state.with_reduce_attempt(reduce as u8, place, kind(content(job, held)))
        }
        (Task::Reduce(reduce), Attempt::Renamed(report)) => {
            state.with_reduce_attempt(reduce as u8, place, ReduceAttempt::Renamed(*report))
        }
        // No attempt at a map renames, and none at a reduce maps.
        _ => state,
    }
}

fn content(job: &MapReduce, held: &Content) -> model::Content {
    held.iter().fold(model::Content::EMPTY, |content, (&map, region)| {
        let region = match region {
            Region { is_short: true, .. } => model::Region::Short,
            Region { from, .. } => model::Region::Version(job.version(place_of(job, *from))),
        };
        content.with(map as u8, region)
    })
}

/// The worker at that place of the model. Of one that came later the model does not say on which
/// machine it is.
#[must_use]
pub fn worker_at(job: &MapReduce, place: u8) -> WorkerId {
    match place.checked_sub(job.workers) {
        None => WorkerId { machine: u16::from(place), incarnation: 0 },
        Some(later) => WorkerId { machine: 0, incarnation: u32::from(later) + 1 },
    }
}

/// What would be observed in that state of the model.
#[must_use]
pub fn from_model(job: &MapReduce, state: &model::State) -> Observed {
    let maps = job.maps().map(|map| {
        let status = match state.map(map) {
            MapStatus::Idle => Status::Idle,
            MapStatus::InProgress => Status::InProgress,
            MapStatus::Completed(place) => Status::Completed(worker_at(job, place)),
        };
        let counted = u32::from(state.map_counted(map));
        (Task::Map(u32::from(map)), Held { status, counted, lock: None })
    });
    let reduces = job.reduces().map(|reduce| {
        let status = match state.reduce(reduce) {
            ReduceStatus::Idle => Status::Idle,
            ReduceStatus::InProgress => Status::InProgress,
            ReduceStatus::Completed => Status::Completed(worker_at(job, 0)),
        };
        let lock = state.lock(reduce).map(|place| worker_at(job, place));
        let counted = u32::from(state.reduce_counted(reduce));
        (Task::Reduce(u32::from(reduce)), Held { status, counted, lock })
    });
    let present = job.workers().filter(|&place| state.machine(place) != Machine::Absent);
    let outputs = job.reduces().filter_map(|reduce| {
        let content = fetched(job, state.output(reduce)?);
        let renames = u32::from(state.renames(reduce)).max(1);
        Some((u32::from(reduce), Output { content, renames }))
    });
    Observed {
        workers: present.map(|place| (worker_at(job, place), row(job, state, place))).collect(),
        tasks: maps.chain(reduces).collect(),
        outputs: outputs.collect(),
        record_failures: u32::from(state.record_failures()),
        is_done: state.is_done(),
    }
}

fn row(job: &MapReduce, state: &model::State, place: u8) -> Row {
    let maps = job.maps().filter_map(|map| {
        let attempt = match state.map_attempt(map, place) {
            MapAttempt::Running { skips } => Attempt::Mapping { skips },
            MapAttempt::Finished { report, recorded, skips } => {
                Attempt::Mapped { report, is_recorded: recorded, skips }
            }
            MapAttempt::None | MapAttempt::Launching => return None,
        };
        Some((Task::Map(u32::from(map)), attempt))
    });
    let reduces = job.reduces().filter_map(|reduce| {
        let attempt = match state.reduce_attempt(reduce, place) {
            ReduceAttempt::Running(content) => {
                Attempt::Reducing { content: fetched(job, content), may_rename: false }
            }
            ReduceAttempt::Granted(content) => {
                Attempt::Reducing { content: fetched(job, content), may_rename: true }
            }
            ReduceAttempt::Renamed(report) => Attempt::Renamed(report),
            _ => return None,
        };
        Some((Task::Reduce(u32::from(reduce)), attempt))
    });
    let (is_up, is_trusted) = (state.is_up(place), state.is_trusted(place));
    Row { is_up, is_trusted, attempts: maps.chain(reduces).collect() }
}

fn fetched(job: &MapReduce, content: model::Content) -> Content {
    let region = |map: u8| {
        let (from, is_short) = match content.region(map) {
            model::Region::Version(place) => (place, false),
            model::Region::Short => (0, true),
            _ => return None,
        };
        Some((u32::from(map), Region { from: worker_at(job, from), is_short }))
    };
    job.maps().filter_map(region).collect()
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mapping { .. } => write!(f, "running"),
            Self::Mapped { report, is_recorded, .. } => {
                let recorded = if *is_recorded { ", recorded" } else { "" };
                write!(f, "finished{recorded}, {report}")
            }
            Self::Reducing { content, may_rename } => {
                let allowed = if *may_rename { ", allowed to rename" } else { "" };
                let regions =
                    content.iter().map(|(map, region)| format!(" m{map} of {}", region.from));
                write!(f, "running{allowed} with{}", regions.collect::<String>())
            }
            Self::Renamed(report) => write!(f, "renamed, {report}"),
        }
    }
}

impl Observed {
    /// What there is to be said of it, one thing after the other.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let rows = self.workers.iter().map(|(worker, row)| {
            let up = if row.is_up { "up" } else { "crashed" };
            let trust = if row.is_trusted { "" } else { ", suspected" };
            let attempts = row.attempts.iter();
            let attempts = attempts.map(|(task, what)| format!("; {} {what}", task_name(*task)));
            format!("{worker}: {up}{trust}{}", attempts.collect::<String>())
        });
        let tasks = self.tasks.iter().map(|(task, held)| {
            let status = match held.status {
                Status::Idle => "idle".into(),
                Status::InProgress => "in progress".into(),
                Status::Completed(worker) => format!("completed by {worker}"),
            };
            let lock = held.lock.map(|worker| format!(", {worker} may rename")).unwrap_or_default();
            format!("{}: {status}{lock}, counted {}", task_name(*task), held.counted)
        });
        let outputs = self.outputs.iter().map(|(reduce, output)| {
            let of =
                output.content.iter().map(|(map, region)| format!(" m{map} of {}", region.from));
            format!(
                "output r{reduce}:{}, put there {} times",
                of.collect::<String>(),
                output.renames
            )
        });
        let done = if self.is_done { "done" } else { "not done" };
        let rest = [format!("{} failures on the record", self.record_failures), done.to_owned()];
        rows.chain(tasks).chain(outputs).chain(rest).collect()
    }
}
