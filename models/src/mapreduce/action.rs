//! The steps of the master, of the workers and of their environment, and how they are called.

use std::fmt;

use serde_json::{Value, json};

/// A map or a reduce task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Task {
    /// A map task.
    Map(u8),
    /// A reduce task.
    Reduce(u8),
}

/// `m0`, `r1`.
impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Map(map) => write!(f, "m{map}"),
            Self::Reduce(reduce) => write!(f, "r{reduce}"),
        }
    }
}

/// A step, with the task and the worker it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// A worker asks for work, and the master gives it an idle task.
    Assign(Task, u8),
    /// A worker asks for work, and the master gives it a task that another one has in progress.
    Backup(Task, u8),
    /// A completion arrives at the master.
    Hear(Task, u8),
    /// The master marks a worker as failed that has crashed.
    Suspect(u8),
    /// The master orders a worker to drop a reduce, since no one is free to redo a lost map.
    Preempt(u8, u8),
    /// The master allows an attempt of a reduce to rename.
    Grant(u8, u8),
    /// The master orders a worker to drop an attempt of a reduce that is completed.
    Cancel(u8, u8),
    /// The master tells the user that the job is done.
    Finish,
    /// The master writes a checkpoint.
    Checkpoint,
    /// An assignment arrives at its worker.
    Launch(Task, u8),
    /// A map attempt has written its regions, and says so.
    FinishMap(u8, u8),
    /// User code crashes on the first record of map 0.
    FailOnRecord(u8),
    /// A reduce attempt reads a region.
    Fetch {
        /// The reduce.
        reduce: u8,
        /// The worker that runs it.
        worker: u8,
        /// The map whose region it reads.
        map: u8,
        /// The worker that wrote the region.
        from: u8,
    },
    /// A reduce attempt runs its function and gives its file the final name.
    Commit(u8, u8),
    /// A worker sends a completion again that was lost.
    Resend(Task, u8),
    /// A worker crashes, and its disk is lost.
    Crash(u8),
    /// The master marks a worker as failed that is up.
    SuspectFalsely(u8),
    /// A completion is lost.
    Lose(Task, u8),
    /// A completion is doubled on its way.
    Duplicate(Task, u8),
    /// The process of a suspected worker is replaced by a new one under a new name.
    Rejoin(u8),
    /// The master crashes, and another starts from the last checkpoint.
    RestartMaster,
}

impl Action {
    /// Whether the environment takes the step, and nobody who works.
    #[must_use]
    pub const fn is_of_environment(&self) -> bool {
        matches!(
            self,
            Self::Crash(_)
                | Self::SuspectFalsely(_)
                | Self::Lose(..)
                | Self::Duplicate(..)
                | Self::Rejoin(_)
                | Self::RestartMaster
        )
    }

    /// Whether the step is one of the master or of a worker.
    #[must_use]
    pub const fn is_work(&self) -> bool {
        !self.is_of_environment()
    }
}

impl crate::engine::Action for Action {
    const NAMES: &'static [&'static str] = &[
        "assign_map",
        "assign_reduce",
        "backup_map",
        "backup_reduce",
        "hear_map",
        "hear_reduce",
        "suspect",
        "preempt",
        "grant",
        "cancel",
        "finish_job",
        "checkpoint",
        "launch_map",
        "launch_reduce",
        "finish_map",
        "fail_on_record",
        "fetch",
        "commit",
        "resend_map",
        "resend_reduce",
        "crash",
        "suspect_falsely",
        "lose_map",
        "lose_reduce",
        "duplicate_map",
        "duplicate_reduce",
        "rejoin",
        "restart_master",
    ];

    const ENVIRONMENT: &'static [&'static str] = &[
        "suspect",
        "crash",
        "suspect_falsely",
        "lose_map",
        "lose_reduce",
        "duplicate_map",
        "duplicate_reduce",
        "rejoin",
        "restart_master",
    ];

    fn name_index(&self) -> usize {
        let of = |task: &Task| usize::from(matches!(task, Task::Reduce(_)));
        match self {
            Self::Assign(task, _) => of(task),
            Self::Backup(task, _) => 2 + of(task),
            Self::Hear(task, _) => 4 + of(task),
            Self::Suspect(_) => 6,
            Self::Preempt(..) => 7,
            Self::Grant(..) => 8,
            Self::Cancel(..) => 9,
            Self::Finish => 10,
            Self::Checkpoint => 11,
            Self::Launch(task, _) => 12 + of(task),
            Self::FinishMap(..) => 14,
            Self::FailOnRecord(_) => 15,
            Self::Fetch { .. } => 16,
            Self::Commit(..) => 17,
            Self::Resend(task, _) => 18 + of(task),
            Self::Crash(_) => 20,
            Self::SuspectFalsely(_) => 21,
            Self::Lose(task, _) => 22 + of(task),
            Self::Duplicate(task, _) => 24 + of(task),
            Self::Rejoin(_) => 26,
            Self::RestartMaster => 27,
        }
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        match *self {
            Self::Assign(task, worker)
            | Self::Backup(task, worker)
            | Self::Hear(task, worker)
            | Self::Launch(task, worker)
            | Self::Resend(task, worker)
            | Self::Lose(task, worker)
            | Self::Duplicate(task, worker) => of_attempt(task, worker),
            Self::Preempt(reduce, worker)
            | Self::Grant(reduce, worker)
            | Self::Cancel(reduce, worker)
            | Self::Commit(reduce, worker) => of_attempt(Task::Reduce(reduce), worker),
            Self::FinishMap(map, worker) => of_attempt(Task::Map(map), worker),
            Self::Fetch { reduce, worker, map, from } => {
                let read = [("map", json!(map)), ("from", json!(from))];
                of_attempt(Task::Reduce(reduce), worker).into_iter().chain(read).collect()
            }
            Self::Suspect(worker)
            | Self::FailOnRecord(worker)
            | Self::Crash(worker)
            | Self::SuspectFalsely(worker)
            | Self::Rejoin(worker) => vec![("worker", json!(worker))],
            Self::Finish | Self::Checkpoint | Self::RestartMaster => Vec::new(),
        }
    }
}

/// The fields that tell an attempt: its task and its worker.
fn of_attempt(task: Task, worker: u8) -> Vec<(&'static str, Value)> {
    let task = match task {
        Task::Map(map) => ("map", json!(map)),
        Task::Reduce(reduce) => ("reduce", json!(reduce)),
    };
    vec![task, ("worker", json!(worker))]
}

/// The stable textual name: `assign_map(m0, w1)`, `fetch(r0, w1, m0 from w2)`, `crash(w0)`.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = crate::engine::Action::name(self);
        match self {
            Self::Assign(task, worker)
            | Self::Backup(task, worker)
            | Self::Hear(task, worker)
            | Self::Launch(task, worker)
            | Self::Resend(task, worker)
            | Self::Lose(task, worker)
            | Self::Duplicate(task, worker) => write!(f, "{name}({task}, w{worker})"),
            Self::Preempt(reduce, worker)
            | Self::Grant(reduce, worker)
            | Self::Cancel(reduce, worker)
            | Self::Commit(reduce, worker) => write!(f, "{name}(r{reduce}, w{worker})"),
            Self::FinishMap(map, worker) => write!(f, "{name}(m{map}, w{worker})"),
            Self::Fetch { reduce, worker, map, from } => {
                write!(f, "{name}(r{reduce}, w{worker}, m{map} from w{from})")
            }
            Self::Suspect(worker)
            | Self::FailOnRecord(worker)
            | Self::Crash(worker)
            | Self::SuspectFalsely(worker)
            | Self::Rejoin(worker) => write!(f, "{name}(w{worker})"),
            Self::Finish | Self::Checkpoint | Self::RestartMaster => write!(f, "{name}"),
        }
    }
}
