//! Servers and clients as they are, whatever the balancer thinks of them.

use std::collections::BTreeMap;

use straightedge_impl::load_manager::{Answer, RequestId};
use straightedge_impl::machine::Nonce;
use straightedge_models::load_manager::{Machine as Condition, Phase};

/// A connection as it is, whatever the balancer thinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line {
    /// How far it is.
    pub phase: Phase,
    /// Whose request it is.
    pub client: u32,
    /// Whether that must not be done twice.
    pub is_write: bool,
    /// Which attempt it is.
    pub number: u8,
}

/// A server as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Whether it runs.
    pub condition: Condition,
    /// Its connections.
    pub lines: BTreeMap<RequestId, Line>,
    /// The question that it was asked.
    pub asked: Option<Nonce>,
    /// What a check has found whose result is under way.
    pub late: Option<bool>,
}

impl Place {
    /// Whether it runs.
    #[must_use]
    pub const fn is_up(&self) -> bool {
        matches!(self.condition, Condition::Up)
    }
}

/// The address that a client has kept, and how often it will still use it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kept {
    /// The address.
    pub address: Option<u32>,
    /// The uses.
    pub uses: u8,
}

/// What became of requests: nobody keeps that, so it is the ghost's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tally {
    /// Answered by a server.
    pub done: u32,
    /// Refused, and never served.
    pub refused: u32,
    /// Answered with an error.
    pub failed: u32,
    /// Given up.
    pub aborted: u32,
}

/// How clients and servers are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Habits {
    /// Whether setting up a connection is a step of its own.
    pub opens_slowly: bool,
    /// How often a client uses an address, where it is given one.
    pub uses: u8,
    /// How many clients there are. Source: LOAD_MANAGER-56
    pub clients: u8,
    /// Whether a crash cuts connections that are being set up, too. Source: LOAD_MANAGER-53
    pub cuts_all: bool,
}

impl Tally {
    /// Counts an answer, as LOAD_MANAGER-43 has it.
    pub const fn count(&mut self, answer: Answer) {
        match answer {
            Answer::Done(_) | Answer::Failed(_) => self.done += 1,
            Answer::Shed | Answer::NoServer => self.refused += 1,
            Answer::Lost(_) | Answer::CutOff(_) => self.failed += 1,
            Answer::Abandoned => self.aborted += 1,
        }
    }
}
