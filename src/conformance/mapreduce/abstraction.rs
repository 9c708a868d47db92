//! What the network stands for: the abstraction function (MAPREDUCE-25).

use std::collections::BTreeMap;

use straightedge_impl::mapreduce::{
    AttemptId, End, Lock, Master, Record, Status as Concrete, Task, WorkerId,
};
use straightedge_models::mapreduce::Report;

use super::super::environment::StateOf;
use super::environment::Cluster;
use super::history::{Fate, Finished, Given, copies, fetched};
use super::observed::{Attempt, Content, Held, Observed, Row, Status};

type State = StateOf<Cluster>;

/// What the network stands for.
#[must_use]
pub fn observe(cluster: &Cluster, state: &State) -> Observed {
    let Some(master) = cluster.settled(state) else { return Observed::nothing() };
    let tasks = (0..master.config().maps).map(Task::Map);
    let tasks = tasks.chain((0..master.config().reduces).map(Task::Reduce));
    let held = tasks.filter_map(|task| Some((task, held(&master, task, master.record(task)?))));
    let row = |worker| (worker, row(cluster, state, &master, worker));
    let failures = master.record(Task::Map(0)).map(|record| &record.record_failures);
    Observed {
        workers: cluster.present(state).map(row).collect(),
        tasks: held.collect(),
        outputs: state.ghost.outputs.clone(),
        record_failures: failures.and_then(|of| of.get(&0).copied()).unwrap_or(0),
        is_done: master.end() == Some(End::Done),
    }
}

impl Observed {
    /// A network without a master stands for nothing.
    fn nothing() -> Self {
        Self {
            workers: BTreeMap::new(),
            tasks: BTreeMap::new(),
            outputs: BTreeMap::new(),
            record_failures: 0,
            is_done: false,
        }
    }
}

fn held(master: &Master, task: Task, record: &Record) -> Held {
    let lock = match task {
        Task::Map(_) => None,
        Task::Reduce(reduce) => master.lock(reduce),
    };
    Held {
        status: match record.status {
            Concrete::Idle => Status::Idle,
            Concrete::InProgress => Status::InProgress,
            Concrete::Completed(by) => Status::Completed(by.worker),
        },
        counted: record.contributions,
        lock: match lock {
            Some(Lock::Held(holder)) => Some(holder.worker),
            Some(Lock::Revoked(_)) | None => None,
        },
    }
}

fn row(cluster: &Cluster, state: &State, master: &Master, worker: WorkerId) -> Row {
    let is_up = state.ghost.fate(worker) != Fate::Crashed;
    let is_trusted = cluster.is_trusted(master, worker);
    let mut attempts = BTreeMap::new();
    let past = state.ghost.workers.get(&worker);
    let finished = past.into_iter().flat_map(|past| &past.finished);
    for (&task, finished) in finished {
        if let Some(attempt) = ended(cluster, state, master, (worker, task), finished) {
            attempts.insert(task, attempt);
        }
    }
    if let Some(given) = past.and_then(|past| past.given.as_ref()) {
        attempts.insert(given.task, running(cluster, state, worker, given));
    }
    Row { is_up, is_trusted, attempts }
}

/// An attempt that has ended. Whether the master has heard of it the master says, as long as it
/// knows.
fn ended(
    cluster: &Cluster,
    state: &State,
    master: &Master,
    (worker, task): (WorkerId, Task),
    finished: &Finished,
) -> Option<Attempt> {
    if !cluster.assumptions.remembered {
        // What the machines themselves show: the master's record, or the worker's own.
        let attempt = AttemptId { worker, number: finished.number };
        let is_known = master.record(task).is_some_and(|record| record.attempt(attempt).is_some());
        let is_unheard = cluster
            .worker(state, worker)
            .is_some_and(|machine| machine.unheard().contains_key(&finished.number));
        if !is_known && !is_unheard {
            return None;
        }
    }
    let attempt = AttemptId { worker, number: finished.number };
    let known = master.record(task).and_then(|record| record.attempt(attempt));
    let is_heard = known.map_or(finished.is_heard, |known| known.is_heard);
    let under_way =
        finished.copies.map_or_else(|| copies(state, worker, finished.number), usize::from);
    let report = match (is_heard, under_way) {
        (false, 0) => Report::Lost,
        (false, 1) => Report::Sent,
        (false, _) => Report::SentTwice,
        (true, 0) => Report::Heard,
        (true, _) => Report::HeardOnce,
    };
    let Finished { is_recorded, skips, .. } = *finished;
    Some(match task {
        Task::Map(_) => Attempt::Mapped { report, is_recorded, skips },
        Task::Reduce(_) => Attempt::Renamed(report),
    })
}

/// An attempt that goes on. Of one whose worker has crashed nothing is left but that the master
/// waits for it.
fn running(cluster: &Cluster, state: &State, worker: WorkerId, given: &Given) -> Attempt {
    let has_crashed = state.ghost.fate(worker) == Fate::Crashed;
    match given.task {
        Task::Map(_) => Attempt::Mapping { skips: given.skips },
        Task::Reduce(_) if has_crashed => {
            Attempt::Reducing { content: Content::new(), may_rename: false }
        }
        Task::Reduce(_) => {
            let content = fetched(cluster, state, worker, given.number);
            let content = content.unwrap_or_else(|| given.left.clone());
            Attempt::Reducing { content, may_rename: given.may_rename }
        }
    }
}
