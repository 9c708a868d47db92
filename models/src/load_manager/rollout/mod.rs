//! An upgrade under load: servers are taken off the list, drained, upgraded and listed again while
//! requests arrive.
//!
//! Source: LOAD_MANAGER-25.

pub mod claims;
mod fairness;
pub mod picture;

use std::fmt;

use stateright::{Model, Path, Property};

use super::Fault;
use super::list::List;
use super::picture::steps;
use super::upgrade::Strategy;
use crate::engine::property::explorer_properties;

pub use fairness::Constraint;

/// The servers of a [`Fleet`], four at most.
pub type Nodes = List<Node, 4>;

/// Servers that are upgraded while requests arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rollout {
    /// How many servers there are.
    pub servers: u8,
    /// How many requests a server takes at a time.
    pub capacity: u8,
    /// How many wait.
    pub queue: u8,
    /// How many requests arrive.
    pub arrivals: u8,
    /// How the servers are divided into waves.
    pub strategy: Strategy,
    /// Whether the two versions may serve together.
    pub is_compatible: bool,
    /// The procedure that is done wrong, if any is.
    pub fault: Option<Fault>,
}

/// What a server does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It runs.
    #[default]
    Running,
    /// It is down for its upgrade.
    Down,
    /// It runs with the new version and waits for the switch of all traffic.
    Staged,
}

/// One server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Node {
    /// What it does.
    pub stage: Stage,
    /// Whether it gets new requests.
    pub is_listed: bool,
    /// Whether it has the new version.
    pub is_new: bool,
    /// How many requests it has.
    pub requests: u8,
}

/// All servers, who waits, and what became of the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Fleet {
    /// The servers, by identifier.
    pub servers: Nodes,
    /// How many requests wait.
    pub queue: u8,
    /// How many may still arrive.
    pub left: u8,
    /// Requests that were answered.
    pub done: u8,
    /// Requests that were refused.
    pub refused: u8,
}

/// A request arrives or is answered, or the upgrade goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Move {
    /// A request arrives.
    Arrive,
    /// A server answers a request.
    Complete(u8),
    /// The next wave is taken off the list.
    Delist,
    /// A drained server goes down.
    TakeDown(u8),
    /// A server comes up with the new version.
    Boot(u8),
}

impl crate::engine::Action for Move {
    const NAMES: &'static [&'static str] = &["arrive", "complete", "delist", "take_down", "boot"];

    fn name_index(&self) -> usize {
        match self {
            Self::Arrive => 0,
            Self::Complete(_) => 1,
            Self::Delist => 2,
            Self::TakeDown(_) => 3,
            Self::Boot(_) => 4,
        }
    }
}

/// `arrive`, `take_down(s0)`.
impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = crate::engine::Action::name(self);
        match self {
            Self::Arrive | Self::Delist => write!(f, "{name}"),
            Self::Complete(server) | Self::TakeDown(server) | Self::Boot(server) => {
                write!(f, "{name}(s{server})")
            }
        }
    }
}

impl Fleet {
    fn node(&self, server: u8) -> Node {
        self.servers.get(server).unwrap_or_default()
    }

    fn with(mut self, server: u8, node: Node) -> Self {
        if let Some(place) = self.servers.iter_mut().nth(usize::from(server)) {
            *place = node;
        }
        self
    }

    fn identifiers(&self) -> std::ops::Range<u8> {
        0..self.servers.len()
    }

    /// Whether every server has the new version and gets requests.
    #[must_use]
    pub fn is_upgraded(&self) -> bool {
        self.servers.iter().all(|node| node.is_new && node.is_listed)
    }

    /// Requests that are queued or at a server.
    #[must_use]
    pub fn on_the_way(&self) -> u8 {
        self.queue + self.servers.iter().map(|node| node.requests).sum::<u8>()
    }
}

impl Rollout {
    /// All servers run the old version.
    #[must_use]
    pub fn start(&self) -> Fleet {
        let node = Node { is_listed: true, ..Node::default() };
        let servers = List::of(node, self.servers);
        Fleet { servers, left: self.arrivals, ..Fleet::default() }
    }

    /// The listed server with the fewest requests that has room; the first of equals.
    fn candidate(&self, state: &Fleet) -> Option<u8> {
        let has_room = |&server: &u8| {
            let node = state.node(server);
            node.is_listed && node.requests < self.capacity
        };
        state.identifiers().filter(has_room).min_by_key(|&server| state.node(server).requests)
    }

    fn sent(state: &Fleet, server: u8) -> Fleet {
        let node = state.node(server);
        state.with(server, Node { requests: node.requests + 1, ..node })
    }

    /// Who waits is sent where there is room, and refused if no server is listed.
    ///
    /// Source: LOAD_MANAGER-8.
    fn woken(&self, mut state: Fleet) -> Fleet {
        while state.queue > 0
            && let Some(server) = self.candidate(&state)
        {
            state.queue -= 1;
            state = Self::sent(&state, server);
        }
        let keeps = self.fault == Some(Fault::RolloutKeepsQueue);
        if !keeps && !state.servers.iter().any(|node| node.is_listed) {
            let is_told = self.fault != Some(Fault::RolloutForgetsRefusals);
            state.refused += if is_told { state.queue } else { 0 };
            state.queue = 0;
        }
        state
    }

    fn arrive(&self, state: &Fleet) -> Option<Fleet> {
        let arrived = Fleet { left: state.left.checked_sub(1)?, ..*state };
        let is_refused = self.fault == Some(Fault::RolloutSheds) && self.wave(state).is_none();
        if is_refused && !state.is_upgraded() {
            return Some(Fleet { refused: arrived.refused + 1, ..arrived });
        }
        if let Some(server) = self.candidate(&arrived) {
            return Some(Self::sent(&arrived, server));
        }
        let is_served = arrived.servers.iter().any(|node| node.is_listed);
        Some(if is_served && arrived.queue < self.queue {
            Fleet { queue: arrived.queue + 1, ..arrived }
        } else {
            Fleet { refused: arrived.refused + 1, ..arrived }
        })
    }

    fn complete(&self, state: &Fleet, server: u8) -> Option<Fleet> {
        let node = state.node(server);
        let stops = self.fault == Some(Fault::DrainStopsServing) && !node.is_listed;
        let runs = node.stage == Stage::Running && !stops;
        let requests = node.requests.checked_sub(1).filter(|_| runs)?;
        let done = Fleet { done: state.done + 1, ..*state };
        Some(self.woken(done.with(server, Node { requests, ..node })))
    }

    /// The servers of the next wave, if one may begin.
    ///
    /// Source: LOAD_MANAGER-24.
    fn wave(&self, state: &Fleet) -> Option<std::ops::Range<u8>> {
        let is_going_on = |node: &Node| {
            node.stage == Stage::Down || !node.is_listed && node.stage == Stage::Running
        };
        let first = state.identifiers().find(|&server| !state.node(server).is_new)?;
        if state.servers.iter().any(is_going_on) {
            return None;
        }
        let waits_for_idle = self.fault == Some(Fault::DelistsIdleServers);
        if waits_for_idle && state.servers.iter().any(|node| node.requests > 0) {
            return None;
        }
        let size = match self.strategy {
            Strategy::BigFlip if self.fault == Some(Fault::FlipTakesAll) => self.servers,
            Strategy::Fast => self.servers,
            Strategy::Rolling | Strategy::AnyWaves => 1,
            Strategy::BigFlip if first == 0 => self.servers.div_ceil(2),
            Strategy::BigFlip => self.servers - first,
        };
        Some(first..first + size)
    }

    /// A wave gets nothing new any more; servers that wait for the switch get all.
    ///
    /// Source: LOAD_MANAGER-25.
    fn delist(&self, state: &Fleet) -> Option<Fleet> {
        let wave = self.wave(state)?;
        let mut next = *state;
        for server in state.identifiers() {
            let node = state.node(server);
            let is_late = self.fault == Some(Fault::TerminateBeforeDelisting);
            if node.stage == Stage::Staged {
                let listed = Node { stage: Stage::Running, is_listed: true, ..node };
                next = next.with(server, listed);
            } else if wave.contains(&server) && !is_late {
                next = next.with(server, Node { is_listed: false, ..node });
            } else if wave.contains(&server) && node.requests == 0 {
                next = next.with(server, Node { stage: Stage::Down, ..node });
            }
        }
        Some(self.woken(next))
    }

    /// A server that drains and has nothing any more goes down.
    ///
    /// Source: LOAD_MANAGER-25.
    fn take_down(&self, state: &Fleet, server: u8) -> Option<Fleet> {
        let node = state.node(server);
        let waits = self.fault != Some(Fault::UpgradeWithoutDrain);
        let is_drained = node.requests == 0 || !waits;
        let is_next = node.stage == Stage::Running && !node.is_listed && !node.is_new;
        (is_next && is_drained).then(|| state.with(server, Node { stage: Stage::Down, ..node }))
    }

    /// A server is up with the new version. It is listed, unless it is of the first half of a flip.
    ///
    /// Source: LOAD_MANAGER-25.
    fn boot(&self, state: &Fleet, server: u8) -> Option<Fleet> {
        let node = state.node(server);
        if node.stage != Stage::Down || self.fault == Some(Fault::NeverBoots) {
            return None;
        }
        let is_first_half = server < self.servers.div_ceil(2);
        let mixes = self.fault == Some(Fault::RolloutMixesVersions);
        let waits = self.strategy == Strategy::BigFlip && is_first_half && !mixes;
        let stage = if waits { Stage::Staged } else { Stage::Running };
        let up = Node { stage, is_listed: !waits, is_new: true, ..node };
        Some(self.woken(state.with(server, up)))
    }
}

impl Model for Rollout {
    type State = Fleet;
    type Action = Move;

    fn init_states(&self) -> Vec<Fleet> {
        vec![self.start()]
    }

    fn actions(&self, state: &Fleet, actions: &mut Vec<Move>) {
        actions.extend([Move::Arrive, Move::Delist]);
        actions.extend(
            state.identifiers().flat_map(|s| [Move::Complete(s), Move::TakeDown(s), Move::Boot(s)]),
        );
    }

    fn next_state(&self, state: &Fleet, action: Move) -> Option<Fleet> {
        match action {
            Move::Arrive => self.arrive(state),
            Move::Complete(server) => self.complete(state, server),
            Move::Delist => self.delist(state),
            Move::TakeDown(server) => self.take_down(state, server),
            Move::Boot(server) => self.boot(state, server),
        }
    }

    fn as_svg(&self, path: Path<Fleet, Move>) -> Option<String> {
        Some(picture::picture(self, &steps(path)))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        explorer_properties(&claims::claims(self))
    }
}
