//! States as text and as JSON, for a person to read.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use serde::ser::Serializer;
use serde_json::json;

use super::Task;
use super::attempt::{MapAttempt, ReduceAttempt, Report};
use super::options::Budget;
use super::state::{
    MAXIMUM_MAPS, MAXIMUM_REDUCES, MAXIMUM_WORKERS, Machine, MapStatus, ReduceStatus, State,
};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lost => "message lost",
            Self::Sent => "message under way",
            Self::SentTwice => "message under way twice",
            Self::Heard => "heard",
            Self::HeardOnce => "heard, message under way again",
        })
    }
}

/// `running`, `finished, recorded, heard`.
impl fmt::Display for MapAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let without = |skips: &bool| if *skips { " without the record" } else { "" };
        match self {
            Self::None => write!(f, "nothing"),
            Self::Launching => write!(f, "on its way"),
            Self::Running { skips } => write!(f, "running{}", without(skips)),
            Self::Finished { report, recorded, skips } => {
                let recorded = if *recorded { ", recorded" } else { "" };
                write!(f, "finished{}{recorded}, {report}", without(skips))
            }
        }
    }
}

/// `running [v0 -]`, `renamed, heard`.
impl fmt::Display for ReduceAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => write!(f, "nothing"),
            Self::Launching => write!(f, "on its way"),
            Self::Recalled => write!(f, "recalled on its way"),
            Self::Orphaned => write!(f, "running on, though ended"),
            Self::Running(content) => write!(f, "running {content}"),
            Self::Granted(content) => write!(f, "allowed to rename {content}"),
            Self::Publishing(content) => write!(f, "writing under the final name {content}"),
            Self::Promised(content, report) => write!(f, "reported early {content}, {report}"),
            Self::Renamed(report) => write!(f, "renamed, {report}"),
        }
    }
}

impl fmt::Display for MapStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Idle => write!(f, "idle"),
            Self::InProgress => write!(f, "in progress"),
            Self::Completed(worker) => write!(f, "completed at w{worker}"),
        }
    }
}

impl fmt::Display for ReduceStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Idle => "idle",
            Self::InProgress => "in progress",
            Self::Completed => "completed",
        })
    }
}

impl State {
    /// What a worker does, or has done, in the order of the tasks.
    pub(super) fn attempts(&self, worker: u8) -> impl Iterator<Item = (Task, String)> + '_ {
        let maps = (0..MAXIMUM_MAPS).filter_map(move |map| {
            let attempt = self.map_attempt(map, worker);
            (attempt != MapAttempt::None).then(|| (Task::Map(map), attempt.to_string()))
        });
        let reduces = (0..MAXIMUM_REDUCES).filter_map(move |reduce| {
            let attempt = self.reduce_attempt(reduce, worker);
            (attempt != ReduceAttempt::None).then(|| (Task::Reduce(reduce), attempt.to_string()))
        });
        maps.chain(reduces)
    }

    /// Whether a worker runs and is trusted: `up`, `crashed`, `up, suspected`.
    pub(super) fn standing(&self, worker: u8) -> Option<&'static str> {
        Some(match (self.machine(worker), self.is_trusted(worker)) {
            (Machine::Absent, _) => return None,
            (Machine::Up, true) => STANDINGS[0],
            (Machine::Up, false) => STANDINGS[1],
            (Machine::Crashed, true) => STANDINGS[2],
            (Machine::Crashed, false) => STANDINGS[3],
        })
    }

    /// Each task with what the master holds of it.
    pub(super) fn tasks(&self) -> impl Iterator<Item = (Task, String)> + '_ {
        let maps = (0..MAXIMUM_MAPS).filter(|&map| self.has_map(map)).map(|map| {
            let counted = often(self.map_counted(map));
            (Task::Map(map), format!("{}{counted}", self.map(map)))
        });
        let reduces = (0..MAXIMUM_REDUCES).filter(|&reduce| self.has_reduce(reduce));
        maps.chain(reduces.map(|reduce| {
            let counted = often(self.reduce_counted(reduce));
            let lock = self.lock(reduce).map(|w| format!(", w{w} may rename")).unwrap_or_default();
            (Task::Reduce(reduce), format!("{}{lock}{counted}", self.reduce(reduce)))
        }))
    }

    /// Each file under a final name.
    pub(super) fn outputs(&self) -> impl Iterator<Item = (Task, String)> + '_ {
        (0..MAXIMUM_REDUCES).filter_map(|reduce| {
            let content = self.output(reduce)?;
            let renames = self.renames(reduce);
            let renames = if renames > 1 { ", renamed again" } else { "" };
            Some((Task::Reduce(reduce), format!("{content}{renames}")))
        })
    }

    /// What the environment may still do, what is left out where it is nothing.
    fn left_over(&self) -> BTreeMap<&'static str, u8> {
        let Budget { crashes, false_suspicions, losses, duplicates, rejoins, restarts, failures } =
            self.left();
        let left = [crashes, false_suspicions, losses, duplicates, rejoins, restarts, failures];
        LEFT.into_iter().zip(left).filter(|(_, count)| *count > 0).collect()
    }

    /// What a master that is restarted now would know.
    fn written_down(&self) -> BTreeMap<String, String> {
        let checkpoint = self.checkpoint();
        let maps = (0..MAXIMUM_MAPS).filter_map(|map| {
            Some((Task::Map(map).to_string(), format!("completed at w{}", checkpoint.map(map)?)))
        });
        let reduces = (0..MAXIMUM_REDUCES).filter(|&reduce| checkpoint.is_completed(reduce));
        let reduces = reduces.map(|r| (Task::Reduce(r).to_string(), "completed".to_owned()));
        let workers = (0..MAXIMUM_WORKERS).filter(|&worker| checkpoint.is_trusted(worker));
        let workers = workers.map(|worker| (format!("w{worker}"), "trusted".to_owned()));
        maps.chain(reduces).chain(workers).collect()
    }
}

/// Only what is not once is worth a word.
fn often(counted: u8) -> &'static str {
    if counted > 1 { ", counted more than once" } else { "" }
}

/// One line a worker, a task, a file, and what there is besides.
impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        for worker in 0..MAXIMUM_WORKERS {
            if let Some(standing) = self.standing(worker) {
                let attempts = self.attempts(worker).map(|(task, what)| format!("; {task} {what}"));
                lines.push(format!("w{worker}: {standing}{}", attempts.collect::<String>()));
            }
        }
        lines.extend(self.tasks().map(|(task, what)| format!("{task}: {what}")));
        lines.extend(self.outputs().map(|(task, what)| format!("output {task}: {what}")));
        lines.extend(self.left_over().iter().map(|(what, count)| format!("left {what}: {count}")));
        lines.extend(self.written_down().iter().map(|(of, is)| format!("checkpoint {of}: {is}")));
        if self.record_failures() > 0 {
            lines.push(format!("failures on the record: {}", self.record_failures()));
        }
        if self.is_done() {
            lines.push("done".to_owned());
        }
        write!(f, "{}", lines.join("\n"))
    }
}

/// A worker, as it is and as the master believes it to be.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Worker")]
struct WorkerView {
    /// Whether its process runs, and whether the master has marked it as failed.
    #[schemars(extend("enum" = STANDINGS))]
    is: &'static str,
    /// What it does or has done, by task: `running`, `finished, recorded, heard`, `running [v0 -]`
    /// with the regions that a reduce has fetched, and the like.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = json!({ "pattern": TASK })))]
    attempts: BTreeMap<String, String>,
}

/// The whole cluster at one moment.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "State")]
pub(super) struct StateView {
    /// The workers: `w0`, `w1`.
    #[schemars(extend("propertyNames" = json!({ "pattern": WORKER })))]
    workers: BTreeMap<String, WorkerView>,
    /// What the master holds of each task: `idle`, `in progress`, `completed at w0` for a map and
    /// `completed` for a reduce, `in progress, w1 may rename`.
    #[schemars(extend("propertyNames" = json!({ "pattern": TASK })))]
    tasks: BTreeMap<String, String>,
    /// What is under the final name of a reduce, one word for each map: `[v0 -]`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = json!({ "pattern": "^r[0-9]+$" })))]
    outputs: BTreeMap<String, String>,
    /// How often each thing may still happen.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = json!({ "enum": LEFT })))]
    left: BTreeMap<&'static str, u8>,
    /// What a master that is restarted now would know, by task and by worker.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = json!({ "pattern": "^[mrw][0-9]+$" })))]
    checkpoint: BTreeMap<String, String>,
    /// How many attempts have failed on the first record of map 0; 3 stands for more.
    #[serde(skip_serializing_if = "is_zero")]
    record_failures: u8,
    /// Whether the user has been told that the job is done.
    done: bool,
}

/// A task's name.
const TASK: &str = "^[mr][0-9]+$";
/// A worker's name.
const WORKER: &str = "^w[0-9]+$";
/// Whether a worker runs and is trusted.
const STANDINGS: [&str; 4] = ["up", "up, suspected", "crashed", "crashed, suspected"];
/// What the environment may do.
const LEFT: [&str; 7] =
    ["crashes", "false_suspicions", "losses", "duplicates", "rejoins", "restarts", "failures"];

#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_zero(count: &u8) -> bool {
    *count == 0
}

fn named(of: impl Iterator<Item = (Task, String)>) -> BTreeMap<String, String> {
    of.map(|(task, what)| (task.to_string(), what)).collect()
}

/// `{"workers": {"w0": {"is": "up", "attempts": {"m0": "running"}}}, "tasks": {"m0": "in
/// progress"}, "done": false}`, without what is empty.
impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let workers = (0..MAXIMUM_WORKERS).filter_map(|worker| {
            let attempts = named(self.attempts(worker));
            Some((format!("w{worker}"), WorkerView { is: self.standing(worker)?, attempts }))
        });
        let view = StateView {
            workers: workers.collect(),
            tasks: named(self.tasks()),
            outputs: named(self.outputs()),
            left: self.left_over(),
            checkpoint: self.written_down(),
            record_failures: self.record_failures(),
            done: self.is_done(),
        };
        view.serialize(serializer)
    }
}
