//! A caching proxy: it finds who has what its users want, fetches it, keeps it, and says so.
//!
//! Content is named by the key of its URL. A proxy with a user's request looks into its cache, then
//! into the index (CORAL-17), asks the proxies named there one by one, and last the origin: that is
//! its host's business ([`Delivery::AskOrigin`]). Requests for content that is being fetched wait
//! for it, those of users and those of other proxies (CORAL-20).
//!
//! When a proxy begins to fetch, it puts its own address with a short life; when it has the
//! content, with a long one, and again from time to time while it has it (CORAL-19).
//!
//! Content from other proxies is believed only if its digest is the one that the user knows; if the
//! user knows none, nobody can tell (CORAL-50).

mod fetch;
pub mod invariant;
mod machine;
mod message;

use std::collections::BTreeMap;
use std::time::Duration;

pub use message::{Command, Delivery, Message, Reason, Source, Timer};

use super::node::Node;
use crate::identifier::{Sha1Id, Xor};
use crate::machine::{Nonce, Time};

/// Times and bounds of a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Config {
    /// How long the address lives that is put when a fetch begins. Source: CORAL-19.
    pub short: Duration,
    /// How long it lives once the content is there. Source: CORAL-19.
    pub long: Duration,
    /// How long after a put it is put again. Source: CORAL-19.
    pub renew: Duration,
    /// How long content is kept.
    pub keep: Duration,
    /// How long another proxy may take to send content: it may be fetching itself.
    pub peer: Duration,
    /// Bytes of content.
    pub content: u32,
    /// Pieces of content that are kept.
    pub cached: u16,
    /// Pieces of content that are being fetched.
    pub fetches: u16,
    /// Users, and as many other proxies, that wait for one piece.
    pub waiting: u16,
    /// Whether the index is asked at all. Without it a proxy is one of many that each ask the
    /// origin. Source: CORAL-20.
    pub cooperates: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            short: Duration::from_secs(20),
            long: Duration::from_hours(1),
            renew: Duration::from_mins(30),
            keep: Duration::from_hours(12),
            peer: Duration::from_secs(10),
            content: 1 << 24,
            cached: 4096,
            fetches: 256,
            waiting: 1024,
            cooperates: true,
        }
    }
}

/// A caching proxy.
///
/// Source: CORAL-19, CORAL-20.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Proxy<I> {
    config: Config,
    node: Node<I>,
    cache: BTreeMap<I, Cached>,
    fetches: BTreeMap<I, Fetch<I>>,
}

/// Content that is kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cached {
    /// The content.
    pub content: Vec<u8>,
    /// Until when.
    pub until: Time,
}

/// Content that is being fetched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fetch<I> {
    /// The number of all questions about it.
    pub nonce: Nonce,
    /// The digest that it must have.
    pub digest: Option<Sha1Id>,
    /// Who is asked now.
    pub stage: Stage<I>,
    /// Proxies to ask next, the last one first.
    pub sources: Vec<I>,
    /// The users that wait for it.
    pub users: Vec<Nonce>,
    /// The proxies that wait for it, each with its question's number.
    pub peers: BTreeMap<I, Nonce>,
}

/// Who is asked for content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage<I> {
    /// The index.
    Index,
    /// Another proxy.
    Peer(I),
    /// The origin.
    Origin,
}

impl<I: Xor> Proxy<I> {
    /// A proxy that has nothing, with its node of the index.
    #[must_use]
    pub const fn new(config: Config, node: Node<I>) -> Self {
        Self { config, node, cache: BTreeMap::new(), fetches: BTreeMap::new() }
    }

    /// Times and bounds.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// The node of the index inside.
    #[must_use]
    pub const fn node(&self) -> &Node<I> {
        &self.node
    }

    /// The content that is kept.
    #[must_use]
    pub const fn cache(&self) -> &BTreeMap<I, Cached> {
        &self.cache
    }

    /// The content that is being fetched.
    #[must_use]
    pub const fn fetches(&self) -> &BTreeMap<I, Fetch<I>> {
        &self.fetches
    }

    /// What is put for this proxy: its name, as bytes. Empty if it cannot be written.
    #[must_use]
    pub fn address(me: I) -> Vec<u8> {
        postcard::to_stdvec(&me).unwrap_or_default()
    }

    /// The proxy that a value names, if it names one.
    #[must_use]
    pub fn named(value: &[u8]) -> Option<I> {
        match postcard::take_from_bytes(value) {
            Ok((named, [])) => Some(named),
            _ => None,
        }
    }
}
