//! The instances of which every interleaving is searched above the ring, with the reason for each
//! bound.

use std::collections::BTreeMap;

use straightedge_impl::chord::{Config, Limits};
use straightedge_impl::identifier::Identifier;
use straightedge_models::chord::{self, Action as Step, Chord, Id, Layers, Set};
use straightedge_models::engine::Tier;

use super::super::circle::CircleId;
use super::super::instances::{Instance, budget, instance};
use super::ghost::Orders;
use super::options::{Equipment, Options, first_record};

/// What there is above the ring in an instance.
#[derive(Clone, Copy, Debug)]
pub struct Above {
    /// The keys that are put and read; at most two.
    pub keys: Set,
    /// The identifiers that are looked up.
    pub looked_up: Set,
    /// How often all members together are told what.
    pub orders: Orders,
    /// Who is told to put, to get and to look up; everybody, if nobody is named.
    pub clients: Set,
    /// How many requests, and how many transfers, a member has under way at once at most.
    pub at_once: u16,
    /// Whether messages of the ring come before anything else, but for notifications.
    pub is_prompt: bool,
    /// The fingers of the first members: whose, and where they point.
    pub fingers: &'static [(Id, Id)],
    /// Whether members look up their fingers again.
    pub fixes_fingers: bool,
    /// Whether a new member answers for keys only once it is counted as a predecessor.
    pub answers_when_ready: bool,
}

impl Above {
    /// Nothing.
    pub const NONE: Self = Self {
        keys: Set::EMPTY,
        looked_up: Set::EMPTY,
        orders: Orders::NONE,
        clients: Set::EMPTY,
        at_once: 1,
        is_prompt: true,
        fingers: &[],
        fixes_fingers: false,
        answers_when_ready: false,
    };

    /// What there is in that model, with nothing held back.
    #[must_use]
    pub const fn of(layers: &Layers) -> Self {
        let Layers { keys, looked_up, answering_when_ready, .. } = *layers;
        Self {
            keys,
            looked_up,
            orders: Orders::ANY,
            at_once: 8,
            is_prompt: false,
            fixes_fingers: true,
            answers_when_ready: answering_when_ready,
            ..Self::NONE
        }
    }

    /// Whether there is anything.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.keys.is_empty() && self.looked_up.is_empty()
    }

    /// The model with what there is above the ring.
    #[must_use]
    pub const fn on(&self, model: Chord) -> Chord {
        if self.is_none() {
            return model;
        }
        let model = model.with_keys(self.keys).with_lookup(self.looked_up).leave_with_handover();
        if self.answers_when_ready { model.answering_when_ready() } else { model }
    }

    /// The configuration for nodes that do no more at once than they must: every request and every
    /// transfer besides is an interleaving more.
    #[must_use]
    pub fn configured(&self, config: Config, circle: Id) -> Config {
        if self.is_none() {
            return config;
        }
        let fingers = if self.fingers.is_empty() && !self.fixes_fingers {
            0
        } else {
            CircleId::wrapped(circle, 0).bits() as u8
        };
        let limits = Limits { requests: self.at_once, ..config.limits };
        Config { fingers, limits, answers_when_ready: self.answers_when_ready, ..config }
    }

    /// The same for nodes that begin in that state of the model.
    #[must_use]
    pub fn options(&self, circle: Id, start: &chord::State) -> Option<Options> {
        if self.is_none() {
            return None;
        }
        let id = |id: Id| CircleId::wrapped(circle, u64::from(id));
        let set = |set: Set| set.iter().map(id).collect();
        let upper = start.upper();
        let mut equipment: BTreeMap<CircleId, Equipment> = BTreeMap::new();
        for (place, key) in self.keys.iter().enumerate() {
            for holder in upper.keys[place].holders {
                equipment.entry(id(holder)).or_default().records.insert(id(key), first_record());
            }
        }
        for &(node, finger) in self.fingers {
            equipment.entry(id(node)).or_default().fingers.push(Some(id(finger)));
        }
        Some(Options {
            keys: set(self.keys),
            looked_up: set(self.looked_up),
            orders: self.orders,
            clients: set(self.clients),
            is_prompt: self.is_prompt,
            fixes_fingers: self.fixes_fingers,
            reads_of_one_owner: false,
            equipment,
        })
    }
}

const KEYS: Above = Above { keys: Set::of(2), ..Above::NONE };

/// The owner and its replica hold a value.
const HELD: &[Step] = &[Step::Put { node: 0, key: 2 }, Step::Copy { node: 0, to: 1, key: 2 }];

/// Every instance above the ring.
pub const INSTANCES: &[Instance] = &[
    Instance {
        tier: Tier::Ci,
        reason: "A value is put, and a node joins that is to have it: the smallest ring on which \
                 records are copied, handed over and deleted.",
        budget: budget(0, 1),
        above: Above {
            orders: Orders { puts: 1, repairs: 2, ..Orders::NONE },
            clients: Set::of(1),
            ..KEYS
        },
        ..instance("keys_three_nodes_one_joins", 3, 1)
    },
    Instance {
        tier: Tier::Ci,
        reason: "A node that joins puts a value that is to be its own: with the old owner, as long \
                 as it is not counted.",
        budget: budget(0, 1),
        above: Above {
            orders: Orders { puts: 1, repairs: 2, ..Orders::NONE },
            clients: Set::of(2),
            answers_when_ready: true,
            ..KEYS
        },
        ..instance("keys_three_nodes_answering_when_ready", 3, 1)
    },
    Instance {
        tier: Tier::Ci,
        reason: "A value is read while a node joins that is to have it.",
        budget: budget(0, 1),
        above: Above {
            orders: Orders { gets: 1, repairs: 1, ..Orders::NONE },
            clients: Set::of(1),
            ..KEYS
        },
        start: HELD,
        ..instance("keys_three_nodes_one_reads", 3, 1)
    },
    Instance {
        tier: Tier::Ci,
        reason: "A node joins that is to have a value, and any one fails.",
        budget: budget(1, 1),
        above: Above { orders: Orders { repairs: 2, ..Orders::NONE }, ..KEYS },
        start: HELD,
        ..instance("keys_three_nodes_one_fails", 3, 1)
    },
    Instance {
        tier: Tier::Ci,
        reason: "Three members hold a value or take it over, and one of them leaves.",
        budget: budget(0, 0),
        above: Above { orders: Orders { leaves: 1, repairs: 1, ..Orders::NONE }, ..KEYS },
        start: &[
            Step::Put { node: 0, key: 2 },
            Step::Copy { node: 0, to: 1, key: 2 },
            Step::Join { node: 2, via: 1 },
        ],
        ..instance("keys_three_nodes_one_leaves", 3, 1)
    },
    Instance {
        tier: Tier::Ci,
        reason: "Look-ups from any of four members, of which one fails.",
        budget: budget(1, 0),
        above: Above {
            looked_up: Set::of(3),
            orders: Orders { lookups: 1, ..Orders::NONE },
            ..Above::NONE
        },
        start: RING_OF_FOUR,
        ..instance("lookup_four_nodes", 4, 2)
    },
    Instance {
        tier: Tier::Ci,
        reason: "The same while a node joins, with fingers that point past the identifier, and to \
                 one that is gone and comes back.",
        budget: budget(1, 1),
        above: Above {
            looked_up: Set::of(3),
            orders: Orders { lookups: 1, ..Orders::NONE },
            clients: Set::of(0).with(1),
            fingers: &[(0, 2), (0, 1), (1, 0), (1, 2)],
            ..Above::NONE
        },
        start: RING_OF_FOUR,
        ..instance("lookup_stale_fingers", 4, 2)
    },
    Instance {
        tier: Tier::Nightly,
        reason: "A value is put and read while a node joins, and records are seen to twice.",
        budget: budget(0, 1),
        above: Above {
            orders: Orders { puts: 1, gets: 1, repairs: 2, ..Orders::NONE },
            clients: Set::of(1),
            ..KEYS
        },
        ..instance("keys_three_nodes_put_and_read", 3, 1)
    },
    Instance {
        tier: Tier::Ci,
        reason: "Any interleaving of what a node that joins asks with what happens to records.",
        budget: budget(0, 1),
        above: Above { orders: Orders { repairs: 1, ..Orders::NONE }, is_prompt: false, ..KEYS },
        start: HELD,
        ..instance("keys_three_nodes_not_prompt", 3, 1)
    },
    Instance {
        tier: Tier::Nightly,
        reason: "Two nodes join where a value is, so that its old owner deletes it.",
        budget: budget(0, 2),
        above: Above { orders: Orders { repairs: 1, ..Orders::NONE }, ..KEYS },
        start: HELD,
        ..instance("keys_four_nodes_two_join", 4, 1)
    },
    Instance {
        tier: Tier::Nightly,
        reason: "Look-ups, interleaved with whatever members ask each other, and any one fails.",
        budget: budget(1, 0),
        above: Above {
            looked_up: Set::of(3),
            orders: Orders { lookups: 1, ..Orders::NONE },
            is_prompt: false,
            ..Above::NONE
        },
        start: RING_OF_FOUR,
        ..instance("lookup_four_nodes_not_prompt", 4, 2)
    },
];

/// A node joins a ring of three, and all is in order.
const RING_OF_FOUR: &[Step] = &[
    Step::Join { node: 3, via: 2 },
    Step::StabilizeFromSuccessor(3),
    Step::Rectify { node: 0, from: 3 },
    Step::StabilizeFromSuccessor(2),
    Step::StabilizeFromPredecessor(2),
    Step::Rectify { node: 3, from: 2 },
    Step::StabilizeFromSuccessor(1),
    Step::Rectify { node: 2, from: 1 },
];
