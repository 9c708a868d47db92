//! Which variant of the protocol is meant, and how much the environment may do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a map leaves its intermediate regions.
///
/// Source: MAPREDUCE-4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MapOutput {
    /// On the mapper's own disk: lost with it. What the paper does.
    #[default]
    LocalDisk,
    /// In a file system that all workers share: a completed map is never done again.
    SharedFileSystem,
}

/// What waits for the last map.
///
/// Source: MAPREDUCE-7.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Barrier {
    /// No reduce is handed out before the last map is completed.
    #[default]
    Assignment,
    /// A reduce is handed out once no map is idle; it fetches what there is, and only its
    /// function waits for the last map. What the paper does.
    Function,
}

/// How a reduce's output comes to its final name.
///
/// Source: MAPREDUCE-9, MAPREDUCE-12.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Commit {
    /// Every attempt that is ready renames its file. What the paper does.
    #[default]
    Rename,
    /// An attempt renames with the master's permission, which one attempt at a time holds; the
    /// file system refuses whoever does not hold it any more.
    Coordinator,
}

/// How an assignment comes to its worker.
///
/// Source: MAPREDUCE-3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Launch {
    /// In the step that makes it.
    #[default]
    AtOnce,
    /// As a message, which a later one may overtake.
    Message,
}

/// Whether user code can read every record.
///
/// Source: MAPREDUCE-15.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Records {
    /// It can, though it may fail by chance.
    #[default]
    Good,
    /// It crashes on the first record of map 0 whenever it meets it.
    FirstIsBad,
}

/// Which workers are sure to go on.
///
/// Source: MAPREDUCE-20.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Every worker that is up.
    Every,
    /// Worker 0, as long as it is up; the others may be slow for ever.
    One,
}

/// How often the environment may do each thing; three times at most.
///
/// Source: MAPREDUCE-5, MAPREDUCE-10, MAPREDUCE-15, MAPREDUCE-16, MAPREDUCE-17.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Workers that crash.
    pub crashes: u8,
    /// Workers that are suspected though they are up.
    pub false_suspicions: u8,
    /// Messages of living workers that are lost.
    pub losses: u8,
    /// Messages that arrive twice.
    pub duplicates: u8,
    /// Suspected workers that come back as new incarnations.
    pub rejoins: u8,
    /// Restarts of the master from its checkpoint.
    pub restarts: u8,
    /// Failures of user code on a record that is good.
    pub failures: u8,
}

impl Budget {
    /// Nothing happens.
    pub const NONE: Self = Self {
        crashes: 0,
        false_suspicions: 0,
        losses: 0,
        duplicates: 0,
        rejoins: 0,
        restarts: 0,
        failures: 0,
    };
}
