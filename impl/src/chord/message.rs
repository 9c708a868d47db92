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
        /// Whether the notifier is the predecessor of the answering member now; said only where
        /// new members wait for that. Source: CHORD-63.
        is_counted: bool,
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
    /// Who is responsible for this identifier, or closer to it than you? Source: CHORD-34.
    AskNext {
        /// Of this look-up.
        nonce: Nonce,
        /// The identifier that is looked up.
        key: I,
        /// Nodes that have not answered: they are not to be named.
        without: Vec<I>,
    },
    /// This one is closer. Source: CHORD-34.
    Next {
        /// Of the look-up.
        nonce: Nonce,
        /// The node to ask next.
        closer: I,
    },
    /// This one is responsible. Source: CHORD-34.
    Owner {
        /// Of the look-up.
        nonce: Nonce,
        /// The first member at the identifier or after it, as far as the answering one knows.
        owner: I,
    },
    /// What do you hold under this key? Source: CHORD-33.
    Fetch {
        /// Of the request.
        nonce: Nonce,
        /// The key.
        key: I,
    },
    /// This, and these may hold it too. Source: CHORD-33.
    Fetched {
        /// Of the request.
        nonce: Nonce,
        /// What is held, if anything.
        record: Option<Record>,
        /// The successor list of the answering member.
        successors: Vec<I>,
    },
    /// Keep this, and let your successors keep it. Source: CHORD-33.
    Store {
        /// Of the request.
        nonce: Nonce,
        /// The key.
        key: I,
        /// What to keep.
        record: Record,
    },
    /// It is kept, by me and by those of my successors that live. Source: CHORD-33.
    Stored {
        /// Of the request.
        nonce: Nonce,
    },
    /// I am not responsible for that key: my predecessor is, or knows who is. Source: CHORD-33.
    NotMine {
        /// Of the request.
        nonce: Nonce,
        /// The predecessor of the answering member.
        predecessor: I,
    },
    /// Keep copies of these. Source: CHORD-33.
    Copy {
        /// Of this transfer.
        nonce: Nonce,
        /// Keys, and what is held under them.
        records: Vec<(I, Record)>,
    },
    /// I keep them. Source: CHORD-33.
    Copied {
        /// Of the transfer.
        nonce: Nonce,
        /// If the answering member is responsible for all of them: its successor list, the
        /// members that are to keep copies. If not: nobody.
        keepers: Vec<I>,
    },
}

/// What is held under a key. Of two records of one key the greater is kept.
///
/// Source: CHORD-33.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// One more than that of the record that the writer found.
    pub version: u64,
    /// What the application has put there.
    pub value: Vec<u8>,
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
            | Self::NotifyAck { nonce, .. }
            | Self::Ping { nonce }
            | Self::Pong { nonce }
            | Self::AskNext { nonce, .. }
            | Self::Next { nonce, .. }
            | Self::Owner { nonce, .. }
            | Self::Fetch { nonce, .. }
            | Self::Fetched { nonce, .. }
            | Self::Store { nonce, .. }
            | Self::Stored { nonce }
            | Self::NotMine { nonce, .. }
            | Self::Copy { nonce, .. }
            | Self::Copied { nonce, .. } => *nonce,
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
    /// To look up the next finger. Source: CHORD-34.
    FixFinger,
    /// To copy the next records to where they are to be kept. Source: CHORD-33.
    Repair,
    /// To copy records to a new predecessor, or, before leaving, to the successor.
    /// Source: CHORD-33.
    HandOver,
}

/// A question, or a notification, that is under way. There is at most one of each.
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
    /// The look-up with this nonce, and what follows it.
    Request(Nonce),
    /// The transfer with this nonce.
    Copy(Nonce),
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
    /// Cease to be a member, once the records held are handed over.
    Leave,
    /// Find the node that is responsible for an identifier.
    Lookup {
        /// The identifier.
        key: I,
    },
    /// Keep a value under a key, in place of what is there.
    Put {
        /// The key.
        key: I,
        /// The value.
        value: Vec<u8>,
    },
    /// Say what is kept under a key.
    Get {
        /// The key.
        key: I,
    },
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
    /// A look-up has come to its end.
    Found {
        /// The nonce of the command.
        request: Nonce,
        /// The node that is responsible.
        owner: I,
        /// How many nodes were asked.
        hops: u16,
    },
    /// A value is kept.
    Stored {
        /// The nonce of the command.
        request: Nonce,
    },
    /// What is kept under the key; nothing, if nobody that should have it has it.
    Value {
        /// The nonce of the command.
        request: Nonce,
        /// What is kept.
        value: Option<Vec<u8>>,
    },
    /// A look-up, and what was to follow it, has come to nothing. A value that was to be kept may
    /// be kept nevertheless.
    RequestFailed {
        /// The nonce of the command.
        request: Nonce,
    },
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
    /// As many requests and transfers are under way as may be.
    TooManyRequests,
    /// As many records are held as may be, or more come at once than may.
    TooManyRecords,
    /// A value is longer than values may be.
    ValueTooLong,
    /// That very request is under way already.
    UnderWay,
    /// The member is about to leave, and takes nothing on.
    Leaving,
    /// Every node that could be named is one that is not wanted.
    NoWay,
}
