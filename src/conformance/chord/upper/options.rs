//! What there is above the ring in a network, and how much of it may happen.

use std::collections::BTreeMap;

use straightedge_impl::chord::{Message, Node, Record};

use super::super::circle::CircleId;
use super::ghost::Orders;

/// What there is above the ring. Without it, the nodes hold no records and are told nothing.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The keys that are put and read.
    pub keys: Vec<CircleId>,
    /// The identifiers that are looked up.
    pub looked_up: Vec<CircleId>,
    /// How often all members together are told what.
    pub orders: Orders,
    /// Who is told to put, to get and to look up; everybody, if nobody is named.
    pub clients: Vec<CircleId>,
    /// Whether messages come before anything else, but for those that the rest is about.
    pub is_prompt: bool,
    /// Whether members look up their fingers again.
    pub fixes_fingers: bool,
    /// Whether a read must find something only as long as look-ups may name exactly one owner, and
    /// that or a member of its list holds it.
    pub reads_of_one_owner: bool,
    /// What the first members have besides their pointers.
    pub equipment: BTreeMap<CircleId, Equipment>,
}

/// What a member has besides its pointers.
#[derive(Clone, Debug, Default)]
pub struct Equipment {
    /// What it holds.
    pub records: BTreeMap<CircleId, Record>,
    /// Its fingers, the farthest first.
    pub fingers: Vec<Option<CircleId>>,
}

impl Options {
    /// The node with what the first member of that identifier has.
    #[must_use]
    pub fn equipped(&self, node: Node<CircleId>) -> Node<CircleId> {
        let Equipment { records, fingers } =
            self.equipment.get(&node.me()).cloned().unwrap_or_default();
        node.with_records(records).with_fingers(fingers)
    }

    /// Whether a message comes before anything else: one of the ring itself that is no
    /// notification, one of a look-up where none is followed, one of a read where nobody reads.
    #[must_use]
    pub fn is_prompt(&self, message: &Message<CircleId>) -> bool {
        self.is_prompt
            && match message {
                Message::Notify { .. }
                | Message::Store { .. }
                | Message::Copy { .. }
                | Message::Copied { .. } => false,
                Message::AskNext { .. } | Message::Next { .. } | Message::Owner { .. } => {
                    self.looked_up.is_empty()
                }
                Message::Fetch { .. } | Message::Fetched { .. } => self.orders.gets == 0,
                _ => true,
            }
    }

    /// Whether the member may be told to put, to get and to look up.
    #[must_use]
    pub fn is_client(&self, node: CircleId) -> bool {
        self.clients.is_empty() || self.clients.contains(&node)
    }
}

/// What is first put under a key.
#[must_use]
pub fn first_record() -> Record {
    Record { version: 1, value: vec![0] }
}
