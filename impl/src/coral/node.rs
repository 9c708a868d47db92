//! What a node remembers, and may be asked about.

use std::collections::BTreeMap;

use super::config::Config;
use super::counter::Counters;
use super::message::{Call, Delivery, Message, Reason, Timer};
use super::operation::Operation;
use super::store::{Slot, Store, Value};
use super::table::Table;
use crate::identifier::Xor;
use crate::machine::{Nonce, Output, OutputOf, Time};

/// A node of the network: a server of others, and a client for its own application.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node<I> {
    pub(super) me: I,
    pub(super) config: Config,
    /// The node's clusters, level 0 first.
    pub(super) levels: Vec<Membership<I>>,
    pub(super) store: Store<I>,
    pub(super) counters: Counters<I>,
    pub(super) receipts: Receipts<I>,
    pub(super) operations: BTreeMap<Nonce, Operation<I>>,
}

/// The answers to stores, by whom they were given and for what, each until when it is remembered.
///
/// Source: CORAL-46.
pub(super) type Receipts<I> = BTreeMap<(I, Call<I>), (bool, Time)>;

/// A node's place in the cluster of a level.
///
/// Source: CORAL-21, CORAL-47.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Membership<I> {
    /// Which cluster it is; at level 0 there is one only.
    pub cluster: u64,
    /// The contacts in that cluster.
    pub table: Table<I>,
}

/// Why there cannot be such a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// There is no level.
    #[error("a node has one level at least, and 255 at most; not {0}")]
    Levels(usize),
    /// A number of the configuration is zero.
    #[error("{0} is one at least")]
    Zero(&'static str),
    /// A table is another node's, or has an entry in the wrong bucket.
    #[error("a table is not this node's")]
    AnothersTable,
}

impl<I: Xor> Node<I> {
    /// A node in the one cluster of level 0, with these contacts, holding nothing.
    ///
    /// # Errors
    ///
    /// If a number of the configuration that must not be zero is.
    pub fn new(config: Config, me: I, table: Table<I>) -> Result<Self, StartError> {
        Self::in_clusters(config, me, vec![Membership { cluster: 0, table }])
    }

    /// A node in several clusters, that of level 0 first.
    ///
    /// Source: CORAL-21.
    ///
    /// # Errors
    ///
    /// If there is no level, a table is not the node's, or a number of the configuration that must
    /// not be zero is.
    pub fn in_clusters(
        config: Config,
        me: I,
        levels: Vec<Membership<I>>,
    ) -> Result<Self, StartError> {
        let numbers = [
            (config.values == 0, "the number of values"),
            (config.rate == 0, "the rate"),
            (config.window.is_zero(), "the window"),
            (config.at_once == 0, "the number of nodes asked at once"),
            (config.ways == 0, "the number of contacts in an answer"),
            (config.limits.hops == 0, "the number of hops"),
        ];
        if let Some((_, what)) = numbers.into_iter().find(|(is_zero, _)| *is_zero) {
            return Err(StartError::Zero(what));
        }
        if levels.is_empty() || levels.len() > usize::from(u8::MAX) {
            return Err(StartError::Levels(levels.len()));
        }
        if !levels.iter().all(|level| level.table.owner() == me && level.table.is_in_order()) {
            return Err(StartError::AnothersTable);
        }
        Ok(Self {
            me,
            config,
            levels,
            store: Store::new(),
            counters: Counters::new(),
            receipts: BTreeMap::new(),
            operations: BTreeMap::new(),
        })
    }

    /// The same node, holding that value until then: what a network is put together from.
    #[must_use]
    pub fn holding(mut self, slot: Slot<I>, value: Value, end: Time) -> Self {
        self.store.put_in(slot, value, end);
        self
    }

    /// The node's own identifier.
    #[must_use]
    pub const fn me(&self) -> I {
        self.me
    }

    /// What holds for the node.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// The node's clusters, that of level 0 first.
    #[must_use]
    pub fn levels(&self) -> &[Membership<I>] {
        &self.levels
    }

    /// The fastest level.
    pub(super) fn fastest(&self) -> u8 {
        (self.levels.len().saturating_sub(1)) as u8
    }

    /// What the node holds for others.
    #[must_use]
    pub const fn store(&self) -> &Store<I> {
        &self.store
    }

    /// What it has let through.
    #[must_use]
    pub const fn counters(&self) -> &Counters<I> {
        &self.counters
    }

    /// Whether the node is loaded for a key at a level.
    ///
    /// Source: CORAL-10.
    #[must_use]
    pub fn is_loaded(&self, slot: Slot<I>, now: Time) -> bool {
        self.counters.is_loaded(slot, now, &self.config)
    }

    /// Its own puts and gets that are under way, by the nonces of their commands.
    #[must_use]
    pub const fn operations(&self) -> &BTreeMap<Nonce, Operation<I>> {
        &self.operations
    }

    /// How many answers to stores are remembered.
    #[must_use]
    pub fn receipts(&self) -> usize {
        self.receipts.len()
    }

    /// The node with all that time has made void forgotten: values whose life is over, requests
    /// that count no more, answers that need not be remembered. It behaves as it did.
    ///
    /// Source: CORAL-48.
    #[must_use]
    pub fn settled(mut self, now: Time) -> Self {
        self.store.bury(now);
        self.counters.forget(now, &self.config);
        self.receipts.retain(|_, (_, until)| *until > now);
        self
    }
}

/// The moment, and where outputs go.
pub(super) struct Context<'a, I: Xor> {
    pub(super) now: Time,
    pub(super) outputs: &'a mut Vec<OutputOf<Node<I>>>,
}

/// Nothing, or why the input is not acted on.
pub(super) type Taken = Result<(), Reason>;

impl<I: Xor> Context<'_, I> {
    pub(super) fn send(&mut self, to: I, message: Message<I>) {
        self.outputs.push(Output::Send { to, message });
    }

    pub(super) fn await_answer(&mut self, operation: Nonce, of: I, config: &Config) {
        let timer = Timer::Answer { operation, of };
        self.outputs.push(Output::SetTimer { timer, after: config.answer });
    }

    pub(super) fn stop_waiting(&mut self, operation: Nonce, of: I) {
        self.outputs.push(Output::CancelTimer { timer: Timer::Answer { operation, of } });
    }

    pub(super) fn deliver(&mut self, delivery: Delivery<I>) {
        self.outputs.push(Output::Deliver(delivery));
    }
}

/// Goes on if this holds of the input, and refuses it for that reason if not.
pub(super) fn require(holds: bool, reason: Reason) -> Taken {
    if holds { Ok(()) } else { Err(reason) }
}
