//! Lengths, times and bounds: what all nodes of a network have in common.

use std::time::Duration;

use super::fault::Fault;
use crate::machine::Nonce;

/// What all nodes of a network have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Config {
    /// Entries of a successor list: `r`, one at least. Source: CHORD-3.
    pub successors: u8,
    /// How many fingers a node keeps, the farthest first: none, or up to one for each bit of an
    /// identifier. Source: CHORD-34.
    pub fingers: u8,
    /// How often a question is asked again before the node asked is taken for dead.
    pub resends: u8,
    /// Whether a new member answers for keys only once another one has said that it counts it as
    /// its predecessor. Source: CHORD-63.
    pub answers_when_ready: bool,
    /// How long things take.
    pub timings: Timings,
    /// How much there may be.
    pub limits: Limits,
    /// The procedure that is done wrong.
    #[cfg(feature = "faults")]
    pub fault: Option<Fault>,
}

/// How long things take. Nothing that a node remembers depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timings {
    /// From the end of one stabilization to the next.
    pub stabilize: Duration,
    /// How long an answer may take.
    pub answer: Duration,
    /// How long an acknowledgement may take. Its sender first asks its predecessor, perhaps in
    /// vain and once for each pending notification, so it is several times `answer`.
    pub acknowledgement: Duration,
    /// At least how long a node waits that was told that another is busy; at most twice that.
    pub back_off: Duration,
    /// From one look-up of a finger to the next.
    pub fix_finger: Duration,
    /// From one repair of records to the next, where records are held.
    pub repair: Duration,
}

/// How much there may be: of what strangers can cause, nothing grows without bound.
///
/// Source: CHORD-32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Limits {
    /// Pending notifications.
    pub notifiers: u16,
    /// Nodes that are asked one after the other on the way to a place on the circle.
    pub hops: u16,
    /// Requests under way, and transfers under way.
    pub requests: u16,
    /// Records held.
    pub records: u32,
    /// Records in one message.
    pub batch: u16,
    /// Bytes of a value.
    pub value: u16,
    /// Nodes that a look-up does not want to hear of.
    pub without: u8,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            successors: 3,
            fingers: 0,
            resends: 2,
            answers_when_ready: false,
            timings: Timings::default(),
            limits: Limits::default(),
            #[cfg(feature = "faults")]
            fault: None,
        }
    }
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            stabilize: Duration::from_secs(1),
            answer: Duration::from_millis(500),
            acknowledgement: Duration::from_secs(3),
            back_off: Duration::from_millis(50),
            fix_finger: Duration::from_secs(1),
            repair: Duration::from_secs(1),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            notifiers: 64,
            hops: 256,
            requests: 256,
            records: 65_536,
            batch: 16,
            value: 2048,
            without: 16,
        }
    }
}

impl Config {
    /// Entries of a successor list, as a length.
    #[must_use]
    pub fn list_length(&self) -> usize {
        usize::from(self.successors)
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

    /// How long to wait after the question with this nonce was answered with "busy".
    ///
    /// It differs from question to question, so that nodes which ask each other in a circle do
    /// not find each other busy for ever. Source: CHORD-30.
    pub(super) fn back_off(&self, nonce: Nonce) -> Duration {
        let sixteenths = (nonce.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 60) as u32;
        let longer = self.timings.back_off / 16 * sixteenths;
        self.timings.back_off.saturating_add(longer)
    }
}
