//! What proxies say to each other, what they wait for, and what their hosts ask and are told.

use serde::{Deserialize, Serialize};

use crate::coral;
use crate::identifier::Sha1Id;
use crate::machine::Nonce;

/// What goes on the wire between proxies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Message<I> {
    /// A word between the nodes of the index.
    Index(coral::Message<I>),
    /// Send me that content.
    ContentRequest {
        /// Of this question.
        nonce: Nonce,
        /// The key of the content.
        key: I,
    },
    /// Here it is; or I have not got it, nor shall I have it soon.
    ContentReply {
        /// Of the question.
        nonce: Nonce,
        /// The key of the content.
        key: I,
        /// The content.
        content: Option<Vec<u8>>,
    },
}

/// What a proxy waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timer<I> {
    /// Of the node inside.
    Index(coral::Timer<I>),
    /// Another proxy that does not send what it was asked for.
    Peer {
        /// The key of the content.
        key: I,
    },
    /// To put the proxy's own address. Source: CORAL-19.
    Announce {
        /// The key of the content.
        key: I,
    },
    /// To put it again, while the content is still there. Source: CORAL-19.
    Renew {
        /// The key of the content.
        key: I,
    },
}

/// What a proxy's host asks for, or tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command<I> {
    /// A user wants the content of that key.
    Request {
        /// The key of the content.
        key: I,
        /// The digest that it must have, if the user knows.
        digest: Option<Sha1Id>,
    },
    /// The origin has answered; with nothing, if there is no such content or no answer.
    OriginReply {
        /// The key of the content.
        key: I,
        /// The content.
        content: Option<Vec<u8>>,
    },
}

/// Where content came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source<I> {
    /// The proxy had it.
    Cache,
    /// Another proxy had it, or was about to.
    Peer(I),
    /// The site that publishes it.
    Origin,
}

/// What a proxy's host is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery<I> {
    /// Ask the origin for that content, and say what it answered.
    AskOrigin {
        /// The key of the content.
        key: I,
    },
    /// A user gets what it wanted.
    Served {
        /// The nonce of the user's command.
        request: Nonce,
        /// The content.
        content: Vec<u8>,
        /// Where it came from.
        source: Source<I>,
    },
    /// A user does not get what it wanted.
    Failed {
        /// The nonce of the user's command.
        request: Nonce,
    },
}

/// Why an input was not acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The node inside did not act on it.
    Index(coral::Reason),
    /// The message comes from the proxy itself.
    Itself,
    /// Nothing like it was asked, or of someone else, or it has been answered already.
    Unasked,
    /// The timer is not one that the proxy waits for.
    NotWaiting,
    /// As many users, proxies or fetches wait as may.
    TooMany,
    /// The same content is being fetched, and is to have another digest.
    AnotherDigest,
    /// That very request is under way already.
    UnderWay,
}
