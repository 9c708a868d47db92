//! What a worker remembers, and may be asked about.

mod context;
mod master;
mod task;

use std::collections::BTreeMap;

use super::config::WorkerConfig;
use super::message::Message;
use super::task::{AttemptId, Counters, Task, WorkerId};

pub(super) use context::Context;

/// One process that carries out tasks, one at a time.
///
/// Source: MAPREDUCE-3
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Worker {
    pub(super) me: WorkerId,
    pub(super) config: WorkerConfig,
    pub(super) memory: Memory,
}

/// What changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Memory {
    pub(super) life: Life,
    /// The last attempt that has come, or was recalled before it came; 0 if there was none.
    pub(super) seen: u32,
    pub(super) activity: Activity,
    /// What became of attempts, until the master has acknowledged it.
    pub(super) unheard: BTreeMap<u32, Message>,
}

/// Whether the process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Life {
    /// It has not begun.
    Unborn,
    /// It runs.
    Running,
    /// It has ended: the master does not count on it.
    Dismissed,
    /// It has ended with the job.
    Ended,
}

/// How many lacking regions one message names.
const MOST_LACKING: usize = 256;

/// What a worker does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Activity {
    /// Nothing: it asks for work.
    Idle,
    /// A map.
    Map {
        /// The attempt.
        number: u32,
        /// The split.
        map: u32,
    },
    /// A reduce.
    Reduce(Reduce),
}

/// An attempt at a reduce.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reduce {
    /// The attempt.
    pub number: u32,
    /// The partition.
    pub reduce: u32,
    /// How many maps there are.
    pub maps: u32,
    /// Keys to leave out.
    pub skip: Vec<u64>,
    /// The regions that are known of; all others are lacking.
    pub regions: BTreeMap<u32, Region>,
    /// How far it is.
    pub stage: Stage,
}

/// What an attempt at a reduce has of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Region {
    /// It is being fetched, from where this execution wrote it.
    Fetching(AttemptId),
    /// It could not be read where this execution wrote it; the master is asked.
    Unreadable(AttemptId),
    /// It is here, as this execution wrote it.
    Here(AttemptId),
    /// It was taken for empty. Only a fault gets here.
    LeftOut,
}

/// How far an attempt at a reduce is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Regions are being fetched.
    Fetching,
    /// User code runs.
    Reducing,
    /// The output is there; the master is asked whether it may have its final name.
    Asking(Counters),
    /// The output is being given its final name.
    Publishing(Counters),
}

impl Worker {
    /// A process that has yet to start.
    #[must_use]
    pub const fn new(config: WorkerConfig, me: WorkerId) -> Self {
        let memory = Memory {
            life: Life::Unborn,
            seen: 0,
            activity: Activity::Idle,
            unheard: BTreeMap::new(),
        };
        Self { me, config, memory }
    }

    /// The process's name.
    #[must_use]
    pub const fn me(&self) -> WorkerId {
        self.me
    }

    /// What it knows of the job.
    #[must_use]
    pub const fn config(&self) -> &WorkerConfig {
        &self.config
    }

    /// Whether the process runs.
    #[must_use]
    pub const fn life(&self) -> Life {
        self.memory.life
    }

    /// The last attempt that has come, or was recalled before it came; 0 if there was none.
    #[must_use]
    pub const fn seen(&self) -> u32 {
        self.memory.seen
    }

    /// What it does.
    #[must_use]
    pub const fn activity(&self) -> &Activity {
        &self.memory.activity
    }

    /// What became of attempts, as it was told to the master, which has not acknowledged it.
    #[must_use]
    pub const fn unheard(&self) -> &BTreeMap<u32, Message> {
        &self.memory.unheard
    }
}

impl Activity {
    /// The attempt that goes on, or 0.
    #[must_use]
    pub const fn number(&self) -> u32 {
        match self {
            Self::Idle => 0,
            Self::Map { number, .. } => *number,
            Self::Reduce(reduce) => reduce.number,
        }
    }

    /// The task that goes on.
    #[must_use]
    pub const fn task(&self) -> Option<Task> {
        match self {
            Self::Idle => None,
            Self::Map { map, .. } => Some(Task::Map(*map)),
            Self::Reduce(reduce) => Some(Task::Reduce(reduce.reduce)),
        }
    }
}

impl Reduce {
    /// Whether the regions of all maps are here.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let is_here = |region: &&Region| matches!(region, Region::Here(_) | Region::LeftOut);
        self.regions.values().filter(is_here).count() == self.maps as usize
    }

    /// The execution whose region of that map is here.
    #[must_use]
    pub fn fetched(&self, map: u32) -> Option<AttemptId> {
        match self.regions.get(&map) {
            Some(Region::Here(from)) => Some(*from),
            _ => None,
        }
    }

    /// The maps whose regions are lacking, those first that could not be read, and where that
    /// was; the rest another time, if there are too many for a message.
    pub(super) fn lacking(&self) -> Vec<(u32, Option<AttemptId>)> {
        let unreadable = self.regions.iter().filter_map(|(map, region)| match region {
            Region::Unreadable(from) => Some((*map, Some(*from))),
            _ => None,
        });
        let missing = (self.maps as usize).saturating_sub(self.regions.len());
        let unknown = (0..self.maps).filter(|map| !self.regions.contains_key(map));
        let unknown = unknown.take(missing).map(|map| (map, None));
        unreadable.chain(unknown).take(MOST_LACKING).collect()
    }
}
