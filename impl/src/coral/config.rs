//! Rules, times and bounds: what all nodes of a network have in common.

use std::time::Duration;

use super::fault::Fault;
use super::routing::Policy;

/// What all nodes of a network have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Config {
    /// Which contact is asked next. Source: CORAL-4, CORAL-5, CORAL-6.
    pub policy: Policy,
    /// How many values of one key a node holds: `l`. Source: CORAL-9.
    pub values: u8,
    /// How many requests to put one key a node lets through in a window: beta. Source: CORAL-10.
    pub rate: u16,
    /// How long the window is. Source: CORAL-10.
    pub window: Duration,
    /// Which window it is. Source: CORAL-41.
    pub counting: Counting,
    /// How many nodes are asked at the same time. Source: CORAL-43.
    pub at_once: u8,
    /// How many contacts an answer names, the one to ask next first. Source: CORAL-42.
    pub ways: u8,
    /// How often a request is sent again before the node asked is done without.
    pub resends: u8,
    /// How long an answer may take.
    pub answer: Duration,
    /// How a node's contacts change. Source: CORAL-40.
    pub learning: Learning,
    /// How much there may be.
    pub limits: Limits,
    /// The procedure that is done wrong.
    #[cfg(feature = "faults")]
    pub fault: Option<Fault>,
}

/// In which window the requests that were let through are counted.
///
/// Source: CORAL-41.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counting {
    /// In the last one: never more than the rate in any window, wherever it begins.
    Sliding,
    /// In the one that began at the last multiple of its length: up to twice the rate in a window
    /// that begins elsewhere.
    Aligned,
}

/// How a node's contacts change.
///
/// Source: CORAL-40.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Learning {
    /// They stay as they were given.
    Fixed,
    /// Answers bring new ones while a bucket has room for so many, and those that do not answer
    /// are forgotten.
    Buckets(u8),
}

/// How much there may be: of what strangers can cause, nothing grows without bound.
///
/// Source: CORAL-45.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Limits {
    /// Bytes of a value.
    pub value: u16,
    /// How long a value may live.
    pub ttl: Duration,
    /// Keys under which values are held.
    pub keys: u32,
    /// Keys whose requests are counted.
    pub counters: u32,
    /// Stores whose answers are remembered.
    pub receipts: u16,
    /// How long they are remembered.
    pub receipt: Duration,
    /// Operations under way.
    pub operations: u16,
    /// Nodes that are asked in one operation.
    pub hops: u16,
}

impl Default for Config {
    /// As the paper has it: four values, twelve requests a minute, one bit a hop.
    fn default() -> Self {
        Self {
            policy: Policy::Splice { bits: 1 },
            values: 4,
            rate: 12,
            window: Duration::from_mins(1),
            counting: Counting::Sliding,
            at_once: 1,
            ways: 3,
            resends: 2,
            answer: Duration::from_millis(500),
            learning: Learning::Buckets(8),
            limits: Limits::default(),
            #[cfg(feature = "faults")]
            fault: None,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            value: 256,
            ttl: Duration::from_hours(24),
            keys: 65_536,
            counters: 65_536,
            receipts: 1024,
            receipt: Duration::from_mins(1),
            operations: 256,
            hops: 256,
        }
    }
}

impl Config {
    /// The policy by which this network finds its way.
    pub(super) fn way(&self) -> Policy {
        if self.has(Fault::GreedyInsteadOfSplice) { Policy::Greedy } else { self.policy }
    }

    /// Whether this procedure is done wrong.
    #[cfg(feature = "faults")]
    pub(super) fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// Whether this procedure is done wrong: none is, where faults are not built in.
    #[cfg(not(feature = "faults"))]
    #[expect(clippy::unused_self, reason = "as it is where faults are built in")]
    pub(super) const fn has(&self, _fault: Fault) -> bool {
        false
    }
}
