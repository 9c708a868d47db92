//! The contract between a machine and its host.
//!
//! A machine is a value. It takes the time and one input, changes, and says what is to be done;
//! the host does it. Inside there is no clock, socket, thread, randomness or unordered map, so
//! that the same inputs give the same outputs on a real network, in a simulator with a seed, and
//! in a search through every interleaving.
//!
//! What a machine cannot make by itself comes in with the input: the time, and a [`Nonce`] that
//! is fresh, so that an answer to an older question is told from an answer to this one.

use std::fmt::Debug;
use std::hash::Hash;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A moment: nanoseconds since an origin that the host chooses. It never goes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(u64);

impl Time {
    /// The host's origin.
    pub const ORIGIN: Self = Self(0);

    /// The moment that many nanoseconds after the origin.
    #[must_use]
    pub const fn from_nanoseconds(nanoseconds: u64) -> Self {
        Self(nanoseconds)
    }

    /// Nanoseconds since the origin.
    #[must_use]
    pub const fn nanoseconds(self) -> u64 {
        self.0
    }

    /// The moment that much later; the last one there is, if it would lie beyond.
    #[must_use]
    pub const fn after(self, delay: Duration) -> Self {
        let nanoseconds = delay.as_nanos();
        if nanoseconds > (u64::MAX - self.0) as u128 {
            return Self(u64::MAX);
        }
        Self(self.0 + nanoseconds as u64)
    }
}

/// A number that the host has not given to any machine while an answer to its last use may still
/// come: random on a real network, the smallest unused one in a search.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Nonce(pub u64);

/// What happens to a machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Input<A, M, T, C> {
    /// A message has come. Nothing in it is to be trusted but where it came from.
    Message {
        /// The peer it came from, as the transport knows it, whatever the message says.
        from: A,
        /// What it says.
        message: M,
    },
    /// A timer that was set has run out.
    Timer {
        /// Which one.
        timer: T,
        /// For the question that the machine may ask now.
        fresh: Nonce,
    },
    /// The application, or the operator, wants something.
    Command {
        /// What it wants.
        command: C,
        /// For the question that the machine may ask now.
        fresh: Nonce,
    },
}

/// What a machine wants done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Output<A, M, T, D, R> {
    /// Send a message. It may be late, lost, or come twice.
    Send {
        /// The peer it is for.
        to: A,
        /// What it says.
        message: M,
    },
    /// Let this timer run out after that long, instead of whenever it was to run out before.
    SetTimer {
        /// Which one.
        timer: T,
        /// From now on.
        after: Duration,
    },
    /// Let this timer not run out.
    CancelTimer {
        /// Which one.
        timer: T,
    },
    /// Tell the application.
    Deliver(D),
    /// The input was not acted on, and the machine is as it was before.
    Ignored(R),
}

/// A concrete system's role: what its host must be able to do with it.
pub trait Machine: Clone + Eq + Ord + Hash + Debug {
    /// How a peer is named. How it is found on a network is the host's business.
    type Address: Copy + Eq + Ord + Hash + Debug;
    /// What peers say to each other.
    type Message: Clone + Eq + Ord + Hash + Debug;
    /// What the machine waits for; each value names one timer.
    type Timer: Copy + Eq + Ord + Hash + Debug;
    /// What the application may ask for.
    type Command: Clone + Eq + Ord + Hash + Debug;
    /// What the application is told.
    type Delivery: Clone + Eq + Ord + Hash + Debug;
    /// Why an input was not acted on.
    type Reason: Copy + Eq + Ord + Hash + Debug;

    /// Takes one input at this moment, and adds to the outputs what is to be done, in order.
    ///
    /// Total: whatever the input, it returns, and it never panics. An input that is not acted on
    /// leaves the machine as it was and adds one [`Output::Ignored`].
    fn handle(&mut self, now: Time, input: InputOf<Self>, outputs: &mut Vec<OutputOf<Self>>);
}

/// What happens to a machine of this kind.
pub type InputOf<M> = Input<
    <M as Machine>::Address,
    <M as Machine>::Message,
    <M as Machine>::Timer,
    <M as Machine>::Command,
>;

/// What a machine of this kind wants done.
pub type OutputOf<M> = Output<
    <M as Machine>::Address,
    <M as Machine>::Message,
    <M as Machine>::Timer,
    <M as Machine>::Delivery,
    <M as Machine>::Reason,
>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_stops_at_its_end_and_does_not_wrap() {
        let second = Time::ORIGIN.after(Duration::from_secs(1));
        assert_eq!(second.nanoseconds(), 1_000_000_000);
        assert_eq!(second.after(Duration::MAX), Time::from_nanoseconds(u64::MAX));
    }
}
