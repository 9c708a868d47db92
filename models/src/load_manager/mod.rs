//! The load manager of a giant-scale service: health, queues, policies, degradation, upgrades.
//!
//! # Protocol
//!
//! Six models, since most of this does not interact. [`Switch`]: servers, what checks make the
//! manager believe of them, a bounded queue, retries, and a policy that picks (LOAD_MANAGER-1 to
//! LOAD_MANAGER-20). [`placement`]: hash tables alone, with many clients (LOAD_MANAGER-15 to
//! LOAD_MANAGER-17). [`capacity`]: the DQ principle, replication against partitioning, and graceful
//! degradation (LOAD_MANAGER-21 to LOAD_MANAGER-23). [`upgrade`]: waves and versions
//! (LOAD_MANAGER-24). [`rollout`]: an upgrade that drains servers under load (LOAD_MANAGER-25).
//! [`overload`]: retries that keep an overload alive (LOAD_MANAGER-31).
//!
//! # Abstractions
//!
//! A request is its client, whether it may be done twice, and how often it was tried; what it asks
//! and what is answered are not there. There is no clock: time-outs, checks and the units of the
//! slow start happen at any moment. A wake of the queue is one step with its cause
//! (LOAD_MANAGER-8).
//!
//! # Environment
//!
//! Servers crash, are killed within a blast radius, and recover; checks lie or come late; clients
//! give up; the administrator orders; servers give errors. All of it within the budget of an
//! instance ([`Budget`]), and at any moment.
//!
//! # Deviations
//!
//! Points on which the sources are silent are decided in the passages, and the alternative that a
//! real system chose is kept as a mutant. Where course notes differ from the paper, the paper is
//! followed (LOAD_MANAGER-29).

mod action;
pub mod capacity;
mod case;
mod fairness;
mod guard;
pub mod hash;
pub mod instance;
pub mod list;
mod moves;
pub mod mutant;
mod options;
mod order;
pub mod overload;
pub mod picture;
pub mod placement;
pub mod policy;
pub mod property;
mod reason;
pub mod rollout;
mod safety;
mod siblings;
pub mod state;
pub mod step;
mod symmetry;
mod traced;
pub mod turn;
pub mod upgrade;
mod view;

use stateright::{Model, Path, Property};

pub use action::{Action, Draw};
pub use fairness::Constraint;
pub use instance::system;
pub use list::List;
pub use mutant::Fault;
pub use options::{Blast, Budget, Ejection, Policy};
pub use state::{Administration, Client, Connection, Machine, Phase, Request, Server, State};
pub use turn::{Send, Turn};

/// A switch with its servers, clients and environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch {
    /// How many servers there are.
    pub servers: u8,
    /// How many connections a server has at most.
    pub capacity: u8,
    /// How many requests wait at most.
    pub queue: u8,
    /// How many clients are told apart.
    pub clients: u8,
    /// How a server is picked.
    pub policy: Policy,
    /// How many passed checks in a row make a server count as up.
    pub rise: u8,
    /// How many failed checks in a row make it count as down.
    pub fall: u8,
    /// How often a request is tried again.
    pub retries: u8,
    /// How many units the slow start takes; none without one.
    pub window: u8,
    /// Whether setting up a connection is a step of its own.
    pub opens_slowly: bool,
    /// Below how many healthy servers in a hundred ready ones health is ignored.
    pub panic: u8,
    /// How many servers may be ejected.
    pub ejection: Ejection,
    /// Within which bounds servers are killed.
    pub blast: Blast,
    /// Whether the claims remember who was picked since whom.
    pub watches_turns: bool,
    /// Whether the last picked server is any at the start.
    pub every_rotation: bool,
    /// What may happen.
    pub budget: Budget,
    /// The procedure that is done wrong, if any is.
    pub fault: Option<Fault>,
}

impl Switch {
    /// So many servers of that capacity, with so many arrivals: a queue of two, two checks in a row
    /// for either belief, one retry, and nothing that goes wrong.
    #[must_use]
    pub const fn new(policy: Policy, servers: u8, capacity: u8, arrivals: u8) -> Self {
        let budget = Budget {
            reads: arrivals,
            writes: 0,
            crashes: 0,
            recoveries: 0,
            kills: 0,
            lies: 0,
            late_results: 0,
            drains: 0,
            maintenances: 0,
            outliers: 0,
            aborts: 0,
        };
        Self {
            servers,
            capacity,
            queue: 2,
            clients: 1,
            policy,
            rise: 2,
            fall: 2,
            retries: 1,
            window: 0,
            opens_slowly: false,
            panic: 0,
            ejection: Ejection { percent: 0, always_one: false },
            blast: Blast { least_live: 1, radius: 1 },
            watches_turns: false,
            every_rotation: false,
            budget,
            fault: None,
        }
    }

    /// The same with so many crashes, and as many recoveries.
    #[must_use]
    pub const fn with_crashes(mut self, crashes: u8) -> Self {
        self.budget.crashes = crashes;
        self.budget.recoveries = crashes;
        self
    }

    /// The same with so many orders to drain.
    #[must_use]
    pub const fn with_drains(mut self, drains: u8) -> Self {
        self.budget.drains = drains;
        self
    }

    /// The same with so many checks that lie.
    #[must_use]
    pub const fn with_lies(mut self, lies: u8) -> Self {
        self.budget.lies = lies;
        self
    }

    /// The same with any server as the last picked at the start, which makes all of them alike.
    #[must_use]
    pub const fn every_rotation(mut self) -> Self {
        self.every_rotation = true;
        self
    }

    /// The first state: every server up, ready, and believed to be up; nobody waits.
    ///
    /// Source: LOAD_MANAGER-2.
    #[must_use]
    pub fn initial_state(&self) -> State {
        let server = Server { health: self.top(), warmth: self.window, ..Server::default() };
        State {
            servers: List::of(server, self.servers),
            last: self.servers - 1,
            clients: List::of(Client::default(), self.remembered_clients()),
            left: self.budget,
            ..State::default()
        }
    }

    /// Of how many clients something is remembered.
    fn remembered_clients(&self) -> u8 {
        let is_remembered = self.policy.is_by_hash() || !self.policy.is_managed();
        if is_remembered { self.clients } else { 0 }
    }

    /// What a step does, with what it sends; `None` where it is disabled.
    #[must_use]
    pub fn turn(&self, state: &State, action: Action) -> Option<Turn> {
        match self.fault {
            None => step::faithful(self, state, action),
            Some(fault) => mutant::step(self, fault, state, action),
        }
    }
}

impl Model for Switch {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let start = self.initial_state();
        if !self.every_rotation || !self.policy.has_pointer() {
            return vec![start];
        }
        (0..self.servers).map(|last| State { last, ..start }).collect()
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        moves::candidates(self, state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        self.turn(state, action).map(|turn| turn.state)
    }

    fn format_action(&self, action: &Action) -> String {
        action.to_string()
    }

    fn as_svg(&self, path: Path<State, Action>) -> Option<String> {
        Some(picture::picture(self, &picture::steps(path)))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        crate::engine::property::explorer_properties(&property::claims(self))
    }
}
