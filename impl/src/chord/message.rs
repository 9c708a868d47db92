//! What nodes say to each other, what they wait for, and what the application asks and is told.

use serde::{Deserialize, Serialize};

use crate::machine::Nonce;

/// What goes on the wire. Each answer carries the nonce of its question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Message<I> {
    /// Who is behind you, and who are your successors? Source: CHORD-7, CHORD-8.
    AskNeighbours {
        /// Of this question.
        nonce: Nonce,
    },
    /// These. Source: CHORD-7, CHORD-8.
    Neighbours {
        /// Of the question.
        nonce: Nonce,
        /// The node that the answering member takes for its predecessor.
        predecessor: I,
        /// Its successor list.
        successors: Vec<I>,
    },
    /// I live, but I cannot say now: I wait for an answer myself. Source: CHORD-30.
    Busy {
        /// Of the question.
        nonce: Nonce,
    },
    /// May I join behind you? Source: CHORD-5.
    AskToJoin {
        /// Of this question.
        nonce: Nonce,
    },
    /// You may, and this is your list. Source: CHORD-5.
    Admitted {
        /// Of the question.
        nonce: Nonce,
        /// The successor list of the member that admits.
        successors: Vec<I>,
    },
    /// Not behind me: ask this node, which is closer to you. Source: CHORD-5.
    Redirect {
        /// Of the question.
        nonce: Nonce,
        /// The node to ask next.
        to: I,
    },
    /// I take you for my successor. Source: CHORD-10.
    Notify {
        /// Of this notification.
        nonce: Nonce,
    },
    /// I have looked at your notification. Source: CHORD-31.
    NotifyAck {
        /// Of the notification.
        nonce: Nonce,
    },
    /// Are you alive? Source: CHORD-9.
    Ping {
        /// Of this question.
        nonce: Nonce,
    },
    /// I am. Source: CHORD-9.
    Pong {
        /// Of the question.
        nonce: Nonce,
    },
}

impl<I> Message<I> {
    /// The nonce that the message carries.
    #[must_use]
    pub const fn nonce(&self) -> Nonce {
        match self {
            Self::AskNeighbours { nonce }
            | Self::Neighbours { nonce, .. }
            | Self::Busy { nonce }
            | Self::AskToJoin { nonce }
            | Self::Admitted { nonce, .. }
            | Self::Redirect { nonce, .. }
            | Self::Notify { nonce }
            | Self::NotifyAck { nonce }
            | Self::Ping { nonce }
            | Self::Pong { nonce } => *nonce,
        }
    }
}

/// What a node waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timer {
    /// To ask the first successor again. Source: CHORD-7.
    Stabilize,
    /// To ask the candidate. Source: CHORD-8.
    AskCandidate,
    /// To look at a pending notification. Source: CHORD-9.
    Rectify,
    /// To ask again to be let into the ring. Source: CHORD-5.
    Join,
    /// An answer that does not come.
    Timeout(Question),
}

/// A question, or a notification, that is under way. There is at most one of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// The question to the first successor, or to the candidate, for its neighbours.
    Query,
    /// The notification that is not acknowledged yet.
    Announcement,
    /// The question to the predecessor whether it lives.
    Check,
    /// The question to be let into the ring.
    Join,
}

/// What the application may ask for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command<I> {
    /// Become a member, by way of a node that is one.
    Join {
        /// The node to ask first.
        via: I,
    },
    /// Cease to be a member.
    Leave,
}

/// What the application is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery<I> {
    /// The node is a member now.
    Joined {
        /// The member that it joined behind.
        behind: I,
    },
    /// The node is still no member.
    JoinFailed {
        /// The node that was asked last.
        asked: I,
        /// What went wrong with it.
        why: JoinFailure,
    },
    /// The node is no longer a member.
    Left,
}

/// Why a join came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinFailure {
    /// The node that was asked did not answer.
    NoAnswer,
    /// It led on, but that was one hop too many.
    TooManyHops,
}

/// Why an input was not acted on. Source: CHORD-32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The node is not a member, and not about to become one.
    NotAMember,
    /// The node is a member, or about to become one.
    AlreadyAMember,
    /// The message comes from the node itself, or the command sends it to itself.
    Itself,
    /// Nothing like it was asked, or of someone else, or the question is an older one.
    Unasked,
    /// The timer is not one that the node waits for in this state.
    NotWaiting,
    /// A list has not exactly as many entries as lists have here.
    WrongLength,
    /// The node that admits this one, or leads it on, is not where it says.
    WrongPlace,
    /// As many notifications are pending as may be.
    TooManyNotifiers,
}
