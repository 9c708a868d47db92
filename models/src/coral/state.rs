//! What there is at one moment: the nodes' entries and counters, the operations, the messages.

use super::identifier::Id;
use super::message::Messages;
use super::operation::{MAXIMUM_OPERATIONS, Progress};
use super::options::Budget;
use super::peers::{MAXIMUM_PEERS, Peers};
use super::store::List;

/// The most lists of a node: one for each key, or one for each level.
pub const MAXIMUM_LISTS: usize = 2;

/// Whether a node runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Machine {
    /// There is no such node.
    #[default]
    Absent,
    /// It runs.
    Up,
    /// It has ended, and with it all that it held.
    Crashed,
}

/// One node.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Peer {
    /// Its identifier, which never changes.
    pub identifier: Id,
    /// Whether it runs.
    pub machine: Machine,
    /// What it holds, for each key or level.
    pub lists: [List; MAXIMUM_LISTS],
    /// How many forward requests it has let through in this window, for each key or level.
    ///
    /// Source: CORAL-10.
    pub passed: [u8; MAXIMUM_LISTS],
    /// How many forward requests have come in this tick and in the one before; kept only where
    /// they are what makes a node loaded.
    ///
    /// Source: CORAL-11.
    pub seen: [u8; 2],
}

impl Peer {
    /// Whether it runs.
    #[must_use]
    pub const fn is_up(&self) -> bool {
        matches!(self.machine, Machine::Up)
    }
}

/// The whole system at one moment.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    /// How many ticks have passed.
    pub now: u8,
    /// The nodes, in the order of the instance.
    pub peers: [Peer; MAXIMUM_PEERS],
    /// The operations, in the order of the instance.
    pub operations: [Progress; MAXIMUM_OPERATIONS],
    /// What is under way.
    pub messages: Messages,
    /// What the environment may still do.
    pub left: Budget,
}

impl State {
    /// The node at that position of the instance.
    #[must_use]
    pub const fn peer(&self, position: usize) -> &Peer {
        &self.peers[position]
    }

    /// How far that operation has come.
    #[must_use]
    pub const fn operation(&self, operation: u8) -> &Progress {
        &self.operations[operation as usize]
    }

    /// The nodes that run.
    #[must_use]
    pub fn up(&self) -> Peers {
        let up = (0..MAXIMUM_PEERS).filter(|&position| self.peers[position].is_up());
        up.fold(Peers::NONE, Peers::with)
    }

    /// The nodes that there are, with their positions.
    pub fn nodes(&self) -> impl Iterator<Item = (usize, &Peer)> {
        self.peers.iter().enumerate().filter(|(_, peer)| peer.machine != Machine::Absent)
    }
}
