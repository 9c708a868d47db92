//! What nodes say to each other, what they wait for, and what the application asks and is told.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::routing::Hop;
use super::store::{Holding, Slot, Value};
use crate::machine::Nonce;

/// What a question is about; the answer says it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call<I> {
    /// The operation: the nonce of its command.
    pub operation: Nonce,
    /// The level. Source: CORAL-21.
    pub level: u8,
    /// The key.
    pub key: I,
}

impl<I: Copy> Call<I> {
    /// The level and the key.
    #[must_use]
    pub const fn slot(&self) -> Slot<I> {
        (self.level, self.key)
    }
}

/// What goes on the wire.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Message<I> {
    /// I am about to put a value: how is it with you, and who is nearer? Source: CORAL-12.
    ForwardRequest {
        /// Of the put.
        call: Call<I>,
        /// The cluster in which the level's nodes are. Source: CORAL-47.
        cluster: u64,
        /// The point that led here. Source: CORAL-5.
        target: I,
    },
    /// So it is with me, and these are nearer. Source: CORAL-12.
    ForwardReply {
        /// Of the request.
        call: Call<I>,
        /// Whether the node is loaded; if not, it has let this request through.
        loaded: bool,
        /// How many values of the key live there.
        count: u8,
        /// The least life that any of them has left.
        least: Duration,
        /// Contacts to ask next, in order. Source: CORAL-42.
        ways: Vec<Hop<I>>,
    },
    /// Hold this. Source: CORAL-14.
    StoreRequest {
        /// Of the put.
        call: Call<I>,
        /// The cluster in which the level's nodes are. Source: CORAL-47.
        cluster: u64,
        /// The value.
        value: Value,
        /// How long it is to live, from the moment at which it is stored.
        ttl: Duration,
    },
    /// I hold it, or I am full. Source: CORAL-15.
    StoreReply {
        /// Of the request.
        call: Call<I>,
        /// Whether the value is held.
        accepted: bool,
    },
    /// What do you hold, and who is nearer? Source: CORAL-17.
    GetRequest {
        /// Of the get.
        call: Call<I>,
        /// The cluster in which the level's nodes are. Source: CORAL-47.
        cluster: u64,
        /// The point that led here. Source: CORAL-5.
        target: I,
    },
    /// This; or, if I hold nothing, these are nearer. Source: CORAL-17.
    GetReply {
        /// Of the request.
        call: Call<I>,
        /// Values that live, each with what is left of its life.
        values: Vec<(Value, Duration)>,
        /// Contacts to ask next, in order; none if there are values. Source: CORAL-42.
        ways: Vec<Hop<I>>,
    },
}

impl<I> Message<I> {
    /// What the message is about.
    #[must_use]
    pub const fn call(&self) -> &Call<I> {
        match self {
            Self::ForwardRequest { call, .. }
            | Self::ForwardReply { call, .. }
            | Self::StoreRequest { call, .. }
            | Self::StoreReply { call, .. }
            | Self::GetRequest { call, .. }
            | Self::GetReply { call, .. } => call,
        }
    }
}

/// What a node waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timer<I> {
    /// An answer that does not come.
    Answer {
        /// The operation for which the question was asked.
        operation: Nonce,
        /// The node that was asked.
        of: I,
    },
}

/// What the application may ask for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command<I> {
    /// Put a value under a key, beside those that are there. Source: CORAL-8.
    Put {
        /// The key.
        key: I,
        /// The value.
        value: Value,
        /// How long it is to live.
        ttl: Duration,
    },
    /// Say what has been put under a key, or some of it. Source: CORAL-17.
    Get {
        /// The key.
        key: I,
    },
}

/// How a put ended at one level.
///
/// Source: CORAL-16.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome<I> {
    /// The value is, or was, at that node.
    Stored(I),
    /// The value is nowhere: nobody had room for it.
    NotStored,
    /// The node did not answer: it may have the value or not.
    Unsure(I),
}

/// What the application is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery<I> {
    /// A put has ended.
    PutEnded {
        /// The nonce of the command.
        operation: Nonce,
        /// How it ended at each level that it came to, the fastest first.
        outcomes: Vec<(u8, Outcome<I>)>,
    },
    /// A get has found values.
    Found {
        /// The nonce of the command.
        operation: Nonce,
        /// The node that held them.
        at: I,
        /// At which level.
        level: u8,
        /// The values, each with what is left of its life.
        values: Vec<(Value, Duration)>,
    },
    /// A get has come to the closest node that it could reach, and found nothing.
    Missed {
        /// The nonce of the command.
        operation: Nonce,
        /// That node.
        at: I,
    },
}

/// Why an input was not acted on.
///
/// Source: CORAL-44.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The message comes from the node itself.
    Itself,
    /// Nothing like it was asked, or of someone else, or it has been answered already.
    Unasked,
    /// The timer is not one that the node waits for.
    NotWaiting,
    /// The answer is about another key or level than the question.
    AnotherSlot,
    /// The level does not exist here, or the sender is in another cluster at it.
    AnotherCluster,
    /// A contact that was named is no nearer to the key, or was named twice.
    WrongPlace,
    /// A list has more entries than lists have here, or a number is larger than it can be.
    TooMany,
    /// A value is longer than values may be, or comes twice.
    WrongValue,
    /// A value's life is over, or longer than lives may be.
    WrongLife,
    /// As many operations are under way as may be.
    TooManyOperations,
    /// That very operation is under way already.
    UnderWay,
}

impl Holding {
    /// Whether a node can hold so much: a life is left if and only if a value is.
    pub(super) fn can_be(self, values: u8, ttl: Duration) -> Result<(), Reason> {
        if self.count > values {
            return Err(Reason::TooMany);
        }
        let is_consistent = (self.count == 0) == (self.least == Duration::ZERO);
        if is_consistent && self.least <= ttl { Ok(()) } else { Err(Reason::WrongLife) }
    }
}
