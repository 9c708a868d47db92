//! Questions about a state that need to know the instance.

use super::identifier::Id;
use super::message::{Body, Message};
use super::operation::{Kind, Operation, Phase};
use super::peers::Peers;
use super::state::{Peer, State};
use super::store::{List, is_full};
use super::{Coral, rules};

impl Coral {
    /// The operations, with their numbers.
    pub fn asked_for(&self) -> impl Iterator<Item = (u8, Operation)> + use<> {
        let operations = self.operations;
        (0_u8..).zip(operations).filter_map(|(number, asked)| Some((number, asked?)))
    }

    /// The operation of that number.
    ///
    /// # Panics
    ///
    /// If the instance has no such operation.
    #[must_use]
    pub fn asked(&self, operation: u8) -> Operation {
        let asked = self.operations[usize::from(operation)];
        assert!(asked.is_some(), "there is no operation {operation}");
        asked.unwrap_or(Operation::get(0))
    }

    /// The key of that operation.
    #[must_use]
    pub fn key(&self, operation: u8) -> Id {
        self.keys[usize::from(self.asked(operation).key)]
    }

    /// Which of a node's lists an operation is about: the one of its key, or of the level.
    ///
    /// Source: CORAL-21.
    #[must_use]
    pub fn list_of(&self, operation: u8, level: u8) -> usize {
        if self.levels > 1 { usize::from(level) } else { usize::from(self.asked(operation).key) }
    }

    /// How many lists a node has.
    #[must_use]
    pub fn lists(&self) -> usize {
        let keys = self.asked_for().map(|(_, operation)| operation.key + 1).max();
        usize::from(keys.unwrap_or(1).max(self.levels))
    }

    /// The node of that identifier.
    #[must_use]
    pub fn peer<'a>(&self, state: &'a State, node: Id) -> &'a Peer {
        state.peer(self.network.position(node))
    }

    /// What that node holds of what the operation is about, at a level.
    #[must_use]
    pub fn list(&self, state: &State, node: Id, operation: u8, level: u8) -> List {
        self.peer(state, node).lists[self.list_of(operation, level)]
    }

    /// Whether that node is full for the value of that put.
    ///
    /// Source: CORAL-9.
    #[must_use]
    pub fn is_full_for(&self, state: &State, node: Id, operation: u8, level: u8) -> bool {
        let list = self.list(state, node, operation, level);
        is_full(list, self.capacity, self.asked(operation).ttl())
    }

    /// Whether that node would say now that it is loaded, to one request more.
    ///
    /// Source: CORAL-10.
    #[must_use]
    pub fn would_be_loaded(&self, state: &State, node: Id, operation: u8, level: u8) -> bool {
        let mut peer = *self.peer(state, node);
        peer.seen[0] += 1;
        rules::is_loaded(&peer, self.list_of(operation, level), self.counting, self.leakage)
    }

    /// The nodes of a level's cluster.
    ///
    /// Source: CORAL-21.
    #[must_use]
    pub fn cluster(&self, level: u8) -> Peers {
        self.clusters[usize::from(level)]
    }

    /// The fastest level of whose cluster the client of an operation is a member.
    ///
    /// Source: CORAL-21.
    #[must_use]
    pub fn fastest_level(&self, operation: u8) -> u8 {
        let client = self.network.position(self.asked(operation).client);
        let mut fast = (0..self.levels).rev();
        fast.find(|&level| self.cluster(level).has(client)).unwrap_or_default()
    }

    /// Whether an operation waits for just this reply, or for the reply to this request.
    #[must_use]
    pub fn is_awaited(&self, state: &State, message: Message) -> bool {
        let progress = state.operation(message.operation);
        let is_same_question = match (progress.phase, message.body) {
            (Phase::Forward(node), Body::ForwardRequest | Body::ForwardReply { .. })
            | (Phase::Reverse(node), Body::StoreRequest | Body::StoreReply { .. })
            | (Phase::Look(node), Body::GetRequest | Body::GetReply { .. }) => node == message.peer,
            _ => false,
        };
        is_same_question && progress.level == message.level
    }

    /// The request for whose reply an operation waits.
    #[must_use]
    pub const fn awaited(state: &State, operation: u8) -> Option<Message> {
        let progress = state.operation(operation);
        let (peer, body) = match progress.phase {
            Phase::Forward(node) => (node, Body::ForwardRequest),
            Phase::Reverse(node) => (node, Body::StoreRequest),
            Phase::Look(node) => (node, Body::GetRequest),
            Phase::Absent | Phase::Idle | Phase::Ended => return None,
        };
        Some(Message { operation, peer, level: progress.level, body })
    }

    /// Whether what an operation waits for is still under way: the request, or its reply.
    #[must_use]
    pub fn is_under_way(&self, state: &State, operation: u8) -> bool {
        let of_operation = |message: &Message| message.operation == operation;
        state.messages.iter().filter(of_operation).any(|message| self.is_awaited(state, message))
    }

    /// Whether an operation can begin now.
    #[must_use]
    pub fn may_start(&self, state: &State, operation: u8) -> bool {
        let asked = self.asked(operation);
        let is_idle = state.operation(operation).phase == Phase::Idle;
        let is_up = self.peer(state, asked.client).is_up();
        let is_its_turn = asked.after.is_none_or(|other| state.operation(other).is_over());
        let is_alone = state.operations.iter().all(|progress| !progress.is_under_way());
        let may_overlap = self.order == super::Order::Any;
        is_idle && is_up && is_its_turn && (may_overlap || is_alone)
    }

    /// The puts of a value, by any client.
    pub fn puts_of(&self, value: u8) -> impl Iterator<Item = (u8, Operation)> + use<> {
        self.asked_for().filter(move |(_, asked)| asked.value() == Some(value))
    }

    /// The puts, with value and life.
    pub fn puts(&self) -> impl Iterator<Item = (u8, u8, u8)> + use<> {
        self.asked_for().filter_map(|(number, asked)| match asked.kind {
            Kind::Put { value, ttl } => Some((number, value, ttl)),
            Kind::Get => None,
        })
    }

    /// How many puts begin here; what was stored before is none of them.
    #[must_use]
    pub fn begins_puts(&self) -> usize {
        self.asked_for().filter(|(_, o)| o.value().is_some() && o.stored.is_none()).count()
    }

    /// The gets.
    pub fn gets(&self) -> impl Iterator<Item = u8> + use<> {
        self.asked_for().filter(|(_, asked)| asked.kind == Kind::Get).map(|(number, _)| number)
    }

    /// The node that is closest to the key of an operation at a level, among all that there are.
    #[must_use]
    pub fn root(&self, operation: u8, level: u8) -> Option<Id> {
        self.network.closest(self.key(operation), self.cluster(level))
    }
}
