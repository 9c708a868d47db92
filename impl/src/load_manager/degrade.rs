//! What becomes of a request when there is more to do than can be done.

use std::time::Duration;

use super::request::{Request, Share, Terms};

/// What is given up at saturation.
///
/// Source: LOAD_MANAGER-23.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Degradation {
    /// Yield: answers are complete, and what finds no room is refused.
    Shed,
    /// Harvest: answers are made of this share of the data, and take so much less.
    LessData(Share),
    /// Whatever costs more than this.
    ByCost {
        /// What is still let in.
        most: u32,
    },
    /// Whatever matters least: it makes room for what matters more.
    ByPriority,
    /// Freshness: data may be so old.
    Stale(Duration),
}

/// On which terms a request is let in; `None` if it is refused. A full queue is another matter.
///
/// Source: LOAD_MANAGER-23.
#[must_use]
pub const fn admit(degradation: Degradation, saturated: bool, request: &Request) -> Option<Terms> {
    if !saturated {
        return Some(Terms::FULL);
    }
    match degradation {
        Degradation::ByCost { most } if request.cost > most => None,
        Degradation::Shed | Degradation::ByPriority | Degradation::ByCost { .. } => {
            Some(Terms::FULL)
        }
        Degradation::LessData(data) => Some(Terms { data, age: None }),
        Degradation::Stale(age) => Some(Terms { data: Share::WHOLE, age: Some(age) }),
    }
}

/// Whether the last request is tried again after it failed on a server: a server that may have
/// acted on it must not be given it twice, unless that is the same as once.
///
/// Source: LOAD_MANAGER-9.
#[must_use]
pub const fn may_retry(is_idempotent: bool, was_sent: bool, retries: u8, most: u8) -> bool {
    let may_act_again = is_idempotent || !was_sent;
    may_act_again && retries < most
}
