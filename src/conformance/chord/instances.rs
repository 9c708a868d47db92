//! The instances of which every interleaving is searched, with the reason for each bound.

use straightedge_impl::chord::{Config, Fault};
use straightedge_models::chord::{self, Action as Step, Chord, Id, Pending};
use straightedge_models::engine::Tier;

use super::super::world::{Allowance, Budget};
use super::environment::{Assumptions, Ring};
use super::observed::from_model;
use super::upper;
use super::upper::instances::Above;

/// A network that is searched whole.
#[derive(Clone, Copy, Debug)]
pub struct Instance {
    /// Stable name in `snake_case`.
    pub name: &'static str,
    /// When it is searched.
    pub tier: Tier,
    /// Why it has the bounds it has.
    pub reason: &'static str,
    /// Identifiers of the circle.
    pub circle: Id,
    /// Entries of a successor list.
    pub successors: u8,
    /// What may go wrong.
    pub budget: Budget,
    /// Steps of the model that lead from its first state to the one in which the nodes begin.
    pub start: &'static [Step],
    /// What there is above the ring.
    pub above: Above,
}

pub(super) const fn budget(crashes: u8, entries: u8) -> Budget {
    Budget {
        crashes: Allowance::Times(crashes),
        duplicates: Allowance::NONE,
        losses: Allowance::NONE,
        entries: Allowance::Times(entries),
    }
}

pub(super) const ANY_CHURN: Budget = Budget {
    crashes: Allowance::Unlimited,
    duplicates: Allowance::NONE,
    losses: Allowance::NONE,
    entries: Allowance::Unlimited,
};

/// A circle with any churn.
pub(super) const fn instance(name: &'static str, circle: Id, successors: u8) -> Instance {
    let (tier, reason, budget, start) = (Tier::Ci, "", ANY_CHURN, &[]);
    Instance { name, tier, reason, circle, successors, budget, start, above: Above::NONE }
}

/// Every instance.
pub const INSTANCES: &[Instance] = &[
    Instance {
        reason: "One node that joins and crashes again and again, at any place of a ring of two.",
        ..instance("three_nodes_one_successor", 3, 1)
    },
    Instance {
        reason: "The same with an answer that comes twice, and may find another question.",
        budget: Budget { duplicates: Allowance::Times(1), ..ANY_CHURN },
        ..instance("three_nodes_one_duplicate", 3, 1)
    },
    Instance {
        reason: "Two nodes that join at the same place of a ring of two, and crash.",
        budget: budget(2, 2),
        ..instance("four_nodes_one_successor", 4, 1)
    },
    Instance {
        reason: "Three principals, one node that joins, one that crashes and comes back: the \
                 smallest circle on which every procedure takes every branch.",
        budget: budget(1, 2),
        ..instance("four_nodes_two_successors", 4, 2)
    },
    Instance {
        reason: "A gap in the circle, which made-up entries may name.",
        budget: budget(1, 1),
        ..instance("five_nodes_two_successors", 5, 2)
    },
    Instance {
        tier: Tier::Nightly,
        reason: "Two answers that come twice.",
        budget: Budget { duplicates: Allowance::Times(2), ..ANY_CHURN },
        ..instance("three_nodes_two_duplicates", 3, 1)
    },
    Instance {
        tier: Tier::Nightly,
        reason: "Two nodes that join and crash again and again, at the same place of a ring.",
        ..instance("four_nodes_one_successor_any_churn", 4, 1)
    },
    Instance {
        tier: Tier::Nightly,
        reason: "Any one of four nodes crashes and comes back, again and again.",
        ..instance("four_nodes_two_successors_any_churn", 4, 2)
    },
    Instance {
        tier: Tier::Nightly,
        reason: "An answer comes twice to a member with a list of two.",
        budget: Budget { duplicates: Allowance::Times(1), ..budget(1, 1) },
        ..instance("four_nodes_two_successors_one_duplicate", 4, 2)
    },
    Instance {
        tier: Tier::Nightly,
        reason: "Lists of three.",
        budget: budget(1, 1),
        ..instance("five_nodes_three_successors", 5, 3)
    },
    REMEMBERED,
];

/// A member that is about to tell a node its name which has failed and is about to come back, at
/// the side of another member.
pub const REMEMBERED: Instance = Instance {
    tier: Tier::Nightly,
    reason: "The fewest nodes of which one has a dead candidate and a dead head, and another one a \
             place for the head.",
    budget: budget(0, 1),
    start: &[
        Step::Join { node: 5, via: 2 },
        Step::StabilizeFromSuccessor(5),
        Step::Rectify { node: 0, from: 5 },
        Step::StabilizeFromSuccessor(2),
        Step::StabilizeFromPredecessor(2),
        Step::Rectify { node: 5, from: 2 },
        Step::Join { node: 4, via: 2 },
        Step::Join { node: 3, via: 2 },
        Step::StabilizeFromSuccessor(3),
        Step::Rectify { node: 5, from: 3 },
        Step::StabilizeFromSuccessor(2),
        Step::Fail(3),
        Step::Fail(5),
        Step::StabilizeFromSuccessor(4),
        Step::Rectify { node: 0, from: 4 },
    ],
    ..instance("six_nodes_one_remembered", 6, 2)
};

impl Instance {
    /// The instance of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        INSTANCES.iter().find(|instance| instance.name == name).copied()
    }

    /// The model that the nodes are held against.
    #[must_use]
    pub fn model(&self) -> Chord {
        let ring = Chord::corrected(self.circle, usize::from(self.successors));
        self.above.on(ring.pending(Pending::NotifierSet))
    }

    /// The nodes and their environment.
    #[must_use]
    pub fn ring(&self, variation: Variation) -> Ring {
        let config = Config {
            successors: self.successors,
            // Once is enough to see what a second question does.
            resends: 1,
            fault: variation.fault,
            ..Config::default()
        };
        let config = self.above.configured(config, self.circle);
        let (start, model) = (self.start(), self.model());
        let above = self.above.options(self.circle, &start);
        let start = from_model(self.circle, &start);
        Ring::new(config, model, start, self.budget, variation.assumptions).with(above)
    }

    /// The state of the model in which the nodes begin; the first one, if it cannot be reached.
    #[must_use]
    pub fn start(&self) -> chord::State {
        let (model, first) = (self.model(), self.model().initial_state());
        let follow = |state, &step: &Step| upper::model::next(&model, &state, step);
        self.start.iter().try_fold(first, follow).unwrap_or(first)
    }
}

/// What is otherwise than it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variation {
    /// What is assumed.
    pub assumptions: Assumptions,
    /// What the nodes do wrong.
    pub fault: Option<Fault>,
}

impl Variation {
    /// Nothing is.
    pub const NONE: Self = Self { assumptions: Assumptions::ALL, fault: None };
}
