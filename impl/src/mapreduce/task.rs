//! Tasks, who works on them, and how one attempt is told from another.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A map or a reduce task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// The map of that split.
    Map(u32),
    /// The reduce of that partition.
    Reduce(u32),
}

/// `map 3`, `reduce 0`.
impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Map(map) => write!(f, "map {map}"),
            Self::Reduce(reduce) => write!(f, "reduce {reduce}"),
        }
    }
}

/// A worker's process. One that is replaced has a name that was never there before.
///
/// Source: MAPREDUCE-10 where the processes that were killed came back as new ones (§5.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerId {
    /// The machine that it runs on.
    pub machine: u16,
    /// Which process on that machine it is, from 0.
    pub incarnation: u32,
}

/// `3.0`: the first process on machine 3.
impl fmt::Display for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.machine, self.incarnation)
    }
}

/// Who takes part in a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Address {
    /// The one that hands out the tasks.
    Master,
    /// One that carries them out.
    Worker(WorkerId),
}

/// `master`, `3.0`.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Master => write!(f, "master"),
            Self::Worker(worker) => worker.fmt(f),
        }
    }
}

/// One execution of a task: the worker's, and the how-manieth that it was given, from 1.
///
/// A worker is never given the same number twice, whatever the task. Source: MAPREDUCE-2
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttemptId {
    /// The worker that it was given to.
    pub worker: WorkerId,
    /// Its number among all that this worker was given.
    pub number: u32,
}

/// `3.0#7`.
impl fmt::Display for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.worker, self.number)
    }
}

/// What user code counts, by name. Source: MAPREDUCE-17
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counters(pub BTreeMap<String, u64>);

impl Counters {
    /// Adds to the counter of that name.
    pub fn add(&mut self, name: &str, count: u64) {
        match self.0.get_mut(name) {
            Some(sum) => *sum = sum.saturating_add(count),
            None => drop(self.0.insert(name.to_owned(), count)),
        }
    }

    /// Adds all of these.
    pub fn merge(&mut self, other: &Self) {
        for (name, count) in &other.0 {
            self.add(name, *count);
        }
    }

    /// The counter of that name; 0 if nothing was counted.
    #[must_use]
    pub fn get(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_added_by_name() {
        let mut sum = Counters::default();
        let mut one = Counters::default();
        one.add("words", 2);
        sum.merge(&one);
        one.add("lines", u64::MAX);
        sum.merge(&one);
        sum.merge(&one);
        assert_eq!((sum.get("words"), sum.get("lines"), sum.get("none")), (6, u64::MAX, 0));
    }

    #[test]
    fn names_are_short() {
        let worker = WorkerId { machine: 3, incarnation: 0 };
        assert_eq!(AttemptId { worker, number: 7 }.to_string(), "3.0#7");
        assert_eq!(
            [Task::Map(1), Task::Reduce(2)].map(|task| task.to_string()),
            ["map 1", "reduce 2"]
        );
    }
}
