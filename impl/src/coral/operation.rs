//! A put or a get that is under way.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::message::Outcome;
use super::routing::{Hop, Place};
use super::store::{Holding, Value};

/// A put or a get that is under way, as its client remembers it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operation<I> {
    /// What it is for.
    pub goal: Goal,
    /// The key.
    pub key: I,
    /// The level at which it is. Source: CORAL-21.
    pub level: u8,
    /// The phase in which it is.
    pub phase: Phase<I>,
    /// The nearest node that has answered, and the point `t` that it was found for.
    pub place: Place<I>,
    /// The contacts that this node has named, in order.
    pub ways: Vec<Hop<I>>,
    /// Nodes that were asked and have not answered yet: the point that led there, and how often
    /// they were asked again.
    pub waiting: BTreeMap<I, Asked<I>>,
    /// Nodes that did not answer, at this level.
    pub silent: BTreeSet<I>,
    /// The nodes that have answered, with what they said: at this level, in the order of their
    /// answers. The initiator is the first, if the way at this level begins with it.
    pub contacted: Vec<(I, Seen)>,
    /// Where the value may be stored, the nearest node last: the top. Source: CORAL-13.
    pub stack: Vec<I>,
    /// How a put ended at faster levels. Source: CORAL-21.
    pub outcomes: Vec<(u8, Outcome<I>)>,
}

/// What an operation is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Goal {
    /// To put a value.
    Put {
        /// The value.
        value: Value,
        /// How long it is to live.
        ttl: Duration,
    },
    /// To get values.
    Get,
}

/// In which phase an operation is. A get has the first one only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase<I> {
    /// Nearer and nearer to the key. Source: CORAL-12, CORAL-17.
    Forward,
    /// Back, until a node takes the value. Source: CORAL-14.
    Reverse {
        /// The node that is asked.
        at: I,
        /// How often it was asked again.
        resent: u8,
        /// Whether the forward phase was ended by a node that was full and loaded.
        was_stopped: bool,
    },
}

/// A node that was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Asked<I> {
    /// The point that led there.
    pub target: I,
    /// How often it was asked again.
    pub resent: u8,
}

/// What a node has said of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seen {
    /// Whether it was loaded. A get does not ask for that.
    pub loaded: bool,
    /// Whether it was full for the value that is put.
    pub full: bool,
    /// What it held.
    pub holding: Holding,
}

impl Seen {
    /// Whether the forward phase ends there.
    ///
    /// Source: CORAL-12.
    #[must_use]
    pub const fn ends_the_forward_phase(self) -> bool {
        self.full && self.loaded
    }
}

impl<I: Copy + Ord> Operation<I> {
    /// Whether the node was asked at this level, whatever came of it.
    #[must_use]
    pub fn has_asked(&self, node: I) -> bool {
        self.waiting.contains_key(&node)
            || self.silent.contains(&node)
            || self.contacted.iter().any(|(contacted, _)| *contacted == node)
    }

    /// How many nodes were asked at this level.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.waiting.len() + self.silent.len() + self.contacted.len()
    }

    /// The life that the value is to have.
    #[must_use]
    pub const fn ttl(&self) -> Duration {
        match self.goal {
            Goal::Put { ttl, .. } => ttl,
            Goal::Get => Duration::ZERO,
        }
    }
}
