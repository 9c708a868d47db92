//! Coral: a sloppy hash table whose puts retreat from nodes that are full and loaded.
//!
//! # Protocol
//!
//! Puts in two phases and gets (CORAL-12 to CORAL-17) over static routing tables, with splice and
//! two other rules for the next hop (CORAL-4 to CORAL-6), lives that end and are renewed, the leaky
//! counter and the literal one, and two levels of clusters (CORAL-21).
//!
//! # Abstractions
//!
//! Identifiers have a few bits; a value is its number. A request, the server's step and the hearing
//! of its reply are three steps, and several operations interleave (CORAL-27). Time is in ticks,
//! and windows are fixed.
//!
//! # Environment
//!
//! Messages are lost, late, or come twice, nodes crash, time-outs come early: all within the budget
//! of an instance ([`Budget`]).
//!
//! # Deviations
//!
//! Where the paper is silent a rule is decided and its alternative kept as a mutant: what a server
//! checks when it stores (CORAL-15), how a put ends without an answer (CORAL-16, CORAL-22).
//!
//! Models of their own: look-ups over every network of a small space ([`walk`]), whole puts without
//! end ([`flood`]), proxies and the origin ([`proxies`]), placements of consistent hashing
//! ([`placement`]). What none of them establishes is CORAL-24; which errors of course notes are
//! mutants here is CORAL-25.

mod action;
mod case;
mod fairness;
pub mod flood;
mod guard;
mod handled;
pub mod identifier;
pub mod instance;
pub mod message;
mod moves;
pub mod mutant;
mod observed;
pub mod operation;
mod options;
mod order;
pub mod peers;
pub mod picture;
pub mod placement;
pub mod property;
pub mod proxies;
mod question;
mod reason;
pub mod routing;
pub mod rules;
mod safety;
pub mod state;
pub mod step;
pub mod store;
mod symmetry;
mod traced;
mod view;
pub mod walk;

use stateright::{Model, Path, Property};

pub use action::Action;
pub use fairness::Constraint;
pub use identifier::Id;
pub use instance::system;
pub use message::{Body, Message};
pub use mutant::Fault;
pub use operation::{Kind, Operation, Outcome, Phase, Progress};
pub use options::{Budget, Counting, Order};
pub use peers::{Network, Peers};
pub use routing::Policy;
pub use state::{Machine, Peer, State};
pub use store::{Entry, List};
pub use symmetry::{MAXIMUM_SWAPS, Swap};

use operation::{MAXIMUM_LEVELS, MAXIMUM_OPERATIONS};

/// One network, with what is asked of it and its environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coral {
    /// The nodes, and whom each knows.
    pub network: Network,
    /// How a look-up chooses its next hop.
    pub policy: Policy,
    /// The keys: one, or two where there is one level.
    pub keys: [Id; 2],
    /// The nodes of each level's cluster; level 0 has all.
    pub clusters: [Peers; MAXIMUM_LEVELS],
    /// How many levels there are.
    pub levels: u8,
    /// How many values a node takes for a key (`l`).
    pub capacity: u8,
    /// How many forward requests a loaded node lets through in a window (`β`).
    pub leakage: u8,
    /// Which requests make a node loaded.
    pub counting: Counting,
    /// How many ticks a window has.
    pub window: u8,
    /// How many ticks pass at most; none where lives do not matter.
    pub horizon: u8,
    /// What is asked for.
    pub operations: [Option<Operation>; MAXIMUM_OPERATIONS],
    /// When an operation may begin.
    pub order: Order,
    /// How often a client asks a silent node again.
    pub repeats: u8,
    /// What the environment may do.
    pub budget: Budget,
    /// What is alike, if the instance says so.
    pub swaps: [Option<Swap>; MAXIMUM_SWAPS],
    /// The procedure that is done wrong, if any is.
    pub fault: Option<Fault>,
}

impl Coral {
    /// The paper's protocol for key 0 on this network, one bit a hop, `l = β = 1`, no time, nothing
    /// that goes wrong.
    #[must_use]
    pub fn new<const N: usize>(network: Network, operations: [Operation; N]) -> Self {
        let mut asked_for = [None; MAXIMUM_OPERATIONS];
        for (place, operation) in asked_for.iter_mut().zip(operations) {
            *place = Some(operation);
        }
        Self {
            network,
            policy: Policy::Splice(1),
            keys: [0; 2],
            clusters: [Peers::first(network.count); MAXIMUM_LEVELS],
            levels: 1,
            capacity: 1,
            leakage: 1,
            counting: Counting::Leaky,
            window: 1,
            horizon: 0,
            operations: asked_for,
            order: Order::Any,
            repeats: 1,
            budget: Budget::NONE,
            swaps: [None; MAXIMUM_SWAPS],
            fault: None,
        }
    }

    /// The same with that many values a key and requests let through.
    #[must_use]
    pub const fn holding(mut self, capacity: u8, leakage: u8) -> Self {
        self.capacity = capacity;
        self.leakage = leakage;
        self
    }

    /// The same with so many ticks, and windows of so many.
    #[must_use]
    pub const fn timed(mut self, horizon: u8, window: u8) -> Self {
        self.horizon = horizon;
        self.window = window;
        self
    }

    /// The same, but nothing interleaves.
    #[must_use]
    pub const fn in_sequence(mut self) -> Self {
        self.order = Order::Sequential;
        self
    }

    /// The same with an environment.
    #[must_use]
    pub const fn with_budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// The same, and what is alike in it is said to be.
    ///
    /// Source: CORAL-32.
    #[must_use]
    pub fn with_swaps(self) -> Self {
        Self { swaps: symmetry::swaps(&self), ..self }
    }

    /// The first state: no operation has begun, and every node is empty, but for what was put
    /// before.
    ///
    /// Source: CORAL-8, CORAL-27.
    #[must_use]
    pub fn initial_state(&self) -> State {
        let mut state = State { left: self.budget, ..State::default() };
        for (peer, &identifier) in state.peers.iter_mut().zip(self.network.nodes()) {
            *peer = Peer { identifier, machine: Machine::Up, ..Peer::default() };
        }
        for (number, operation) in self.asked_for() {
            state.operations[usize::from(number)] = Progress::idle();
            if let (Some(node), Kind::Put { value, ttl }) = (operation.stored, operation.kind) {
                let peer = &mut state.peers[self.network.position(node)];
                let list = &mut peer.lists[self.list_of(number, 0)];
                *list = list.with(Entry { value, left: ttl });
                let outcomes = [Outcome::Stored(node), Outcome::None];
                state.operations[usize::from(number)] = Progress::ended(0, outcomes);
            }
        }
        state
    }
}

impl Model for Coral {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![self.initial_state()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        moves::candidates(self, state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        step::step(self, state, action)
    }

    fn format_action(&self, action: &Action) -> String {
        action.to_string()
    }

    fn as_svg(&self, path: Path<State, Action>) -> Option<String> {
        let mut led_by = None;
        let steps = path
            .into_vec()
            .into_iter()
            .map(|(state, action)| (std::mem::replace(&mut led_by, action), state));
        Some(picture::picture(self, &steps.collect::<Vec<_>>()))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        crate::engine::property::explorer_properties(&safety::for_explorer())
    }
}
