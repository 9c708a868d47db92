//! Puts and gets: what an instance asks for, and how far each has come.

use super::identifier::Id;
use super::peers::Peers;

/// The most operations that a state can hold.
pub const MAXIMUM_OPERATIONS: usize = 6;

/// The most levels.
pub const MAXIMUM_LEVELS: usize = 2;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Store a value.
    Put {
        /// Which.
        value: u8,
        /// Its life in ticks, from when it is stored.
        ttl: u8,
    },
    /// Find values.
    Get,
}

/// One put or get of an instance.
///
/// Source: CORAL-27.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// What is asked for.
    pub kind: Kind,
    /// Who asks.
    pub client: Id,
    /// For which of the instance's keys.
    pub key: u8,
    /// The operation that must have ended before this one begins, if there is one.
    pub after: Option<u8>,
    /// Where the value lies at the beginning: a put that ended before the instance begins.
    pub stored: Option<Id>,
}

impl Operation {
    /// A put for the first key.
    #[must_use]
    pub const fn put(client: Id, value: u8, ttl: u8) -> Self {
        Self { kind: Kind::Put { value, ttl }, client, key: 0, after: None, stored: None }
    }

    /// A get for the first key.
    #[must_use]
    pub const fn get(client: Id) -> Self {
        Self { kind: Kind::Get, client, key: 0, after: None, stored: None }
    }

    /// The same for the second key.
    #[must_use]
    pub const fn second_key(mut self) -> Self {
        self.key = 1;
        self
    }

    /// The same, but not before another has ended.
    #[must_use]
    pub const fn after(mut self, other: u8) -> Self {
        self.after = Some(other);
        self
    }

    /// The same put, but it is over, and the value lies there.
    #[must_use]
    pub const fn stored_at(mut self, node: Id) -> Self {
        self.stored = Some(node);
        self
    }

    /// The value that is put, if one is.
    #[must_use]
    pub const fn value(&self) -> Option<u8> {
        match self.kind {
            Kind::Put { value, .. } => Some(value),
            Kind::Get => None,
        }
    }

    /// The life of the value; zero for a get.
    #[must_use]
    pub const fn ttl(&self) -> u8 {
        match self.kind {
            Kind::Put { ttl, .. } => ttl,
            Kind::Get => 0,
        }
    }
}

/// What an operation does now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// There is no such operation.
    #[default]
    Absent,
    /// It has not begun.
    Idle,
    /// A put waits for what that node tells of itself.
    Forward(Id),
    /// A put waits for that node to store.
    Reverse(Id),
    /// A get waits for that node's values.
    Look(Id),
    /// It is over.
    Ended,
}

/// What an operation came to at a level.
///
/// Source: CORAL-16, CORAL-17.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Nothing yet, or it was not tried there.
    #[default]
    None,
    /// The value was stored at that node.
    Stored(Id),
    /// No node has taken the value.
    NotStored,
    /// That node was asked to store, and did not answer.
    Unsure(Id),
    /// That node had values.
    Hit(Id),
    /// No node had any.
    Miss,
}

/// How far an operation has come.
///
/// What a client needs, and, for the claims alone, [`Self::found_full`] and [`Self::refused`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Progress {
    /// What it does.
    pub phase: Phase,
    /// The level at which it does it.
    pub level: u8,
    /// How often the request that is waited for was sent again.
    pub repeats: u8,
    /// The last node that has answered at this level, at first the client.
    pub at: Id,
    /// The point for which splice has found that node; where a look-up begins, the node itself.
    pub target: Id,
    /// The nodes where the value may still be stored; the closest is on top.
    ///
    /// Source: CORAL-13.
    pub stack: Peers,
    /// The nodes that have answered at this level, the client included.
    pub reached: Peers,
    /// The nodes that have not, after the last time-out.
    pub unreached: Peers,
    /// The node, full and loaded, that ended the forward phase.
    pub stopped_at: Option<Id>,
    /// The nodes that were full for this put when they answered in the forward phase.
    pub found_full: Peers,
    /// The nodes that were full for this put when they were asked to store.
    pub refused: Peers,
    /// What it came to, by level.
    pub outcomes: [Outcome; MAXIMUM_LEVELS],
}

impl Progress {
    /// An operation that has not begun, or none.
    #[must_use]
    pub fn idle() -> Self {
        Self { phase: Phase::Idle, ..Self::default() }
    }

    /// An operation that is over, with what it came to.
    #[must_use]
    pub fn ended(level: u8, outcomes: [Outcome; MAXIMUM_LEVELS]) -> Self {
        Self { phase: Phase::Ended, level, outcomes, ..Self::default() }
    }

    /// Whether it is over.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Ended)
    }

    /// Whether it has begun and is not over.
    #[must_use]
    pub const fn is_under_way(&self) -> bool {
        matches!(self.phase, Phase::Forward(_) | Phase::Reverse(_) | Phase::Look(_))
    }

    /// The node that is asked, if one is.
    #[must_use]
    pub const fn asks(&self) -> Option<Id> {
        match self.phase {
            Phase::Forward(node) | Phase::Reverse(node) | Phase::Look(node) => Some(node),
            Phase::Absent | Phase::Idle | Phase::Ended => None,
        }
    }

    /// What it came to in the end.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        self.outcomes[self.level as usize]
    }
}
