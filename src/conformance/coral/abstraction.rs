//! The state of the model that a network of nodes stands for.

use straightedge_impl::coral::{Goal, Message, Operation, Outcome, Phase};
use straightedge_impl::identifier::BitId;
use straightedge_impl::machine::Nonce;
use straightedge_models::coral::message::Messages;
use straightedge_models::coral::{
    self as model, Body, Coral, Entry, List, Machine, Peers, Progress,
};

use super::super::environment::StateOf;
use super::super::world::{Allowance, PacketOf};
use super::environment::{Nodes, is_request};
use super::process::{Ended, Process, TICK, at};

/// An identifier of the model's spaces. A space of fewer bits is the beginning of this one.
pub type Id = BitId<8>;

/// A number of the model as an identifier.
#[must_use]
pub const fn id(number: model::Id) -> Id {
    Id::wrapped(number as u64)
}

/// An identifier as the model's number.
#[must_use]
pub const fn number(id: Id) -> model::Id {
    id.number() as u8
}

/// Of nodes held against this instance of the model.
#[derive(Clone)]
pub struct Abstraction {
    /// The instance.
    pub coral: Coral,
    /// The nodes.
    pub nodes: Nodes<Id>,
}

/// The state without what is noted for the claims alone, and read by no step.
///
/// Source: CORAL-53.
#[must_use]
pub const fn plain(mut state: model::State) -> model::State {
    let mut place = 0;
    while place < state.operations.len() {
        state.operations[place].found_full = Peers::NONE;
        state.operations[place].refused = Peers::NONE;
        place += 1;
    }
    state
}

impl Abstraction {
    /// The state of the model that the network stands for.
    ///
    /// Source: CORAL-53.
    #[must_use]
    pub fn seen(&self, state: &StateOf<Nodes<Id>>) -> model::State {
        let mut seen = model::State { now: self.nodes.ticks(state), ..Default::default() };
        for (position, &identifier) in self.coral.network.nodes().iter().enumerate() {
            seen.peers[position] = self.peer(state, identifier);
        }
        for (operation, _) in self.coral.asked_for() {
            seen.operations[usize::from(operation)] = self.progress(state, operation);
        }
        seen.messages = self.messages(state);
        let left = |left: Allowance| match left {
            Allowance::Times(times) => times,
            Allowance::Unlimited => 0,
        };
        seen.left = model::Budget {
            losses: left(state.budget.losses),
            copies: left(state.budget.duplicates),
            crashes: left(state.budget.crashes),
            early_time_outs: left(self.nodes.early).saturating_sub(state.ghost.early),
        };
        seen
    }

    fn peer(&self, state: &StateOf<Nodes<Id>>, identifier: model::Id) -> model::Peer {
        let Some(process) = self.nodes.process(state, id(identifier)) else {
            return model::Peer { identifier, machine: Machine::Crashed, ..Default::default() };
        };
        let mut peer = model::Peer { identifier, machine: Machine::Up, ..Default::default() };
        let now = at(self.nodes.ticks(state));
        for (slot, entries) in process.node.store().slots() {
            let entries = entries.iter().map(|(value, end)| {
                let left = end.nanoseconds().saturating_sub(now.nanoseconds());
                let value = value.first().copied().unwrap_or_default();
                Entry { value, left: ticks(left) }
            });
            peer.lists[self.list(*slot)] = entries.fold(List::default(), List::with);
        }
        for slot in process.node.counters().passed().keys() {
            let config = process.node.config();
            let passed = process.node.counters().in_window(*slot, now, config);
            peer.passed[self.list(*slot)] = passed as u8;
        }
        peer
    }

    /// Which of the model's lists is that of a level and a key.
    fn list(&self, (level, key): (u8, Id)) -> usize {
        if self.coral.levels > 1 {
            return usize::from(level).min(1);
        }
        usize::from(id(self.coral.keys[0]) != key)
    }

    fn progress(&self, state: &StateOf<Nodes<Id>>, operation: u8) -> Progress {
        if let Some(ended) = self.nodes.ended(state, operation) {
            return self.ended(operation, ended);
        }
        let client = id(self.coral.asked(operation).client);
        let process = self.nodes.process(state, client);
        let nonce = Nonce(u64::from(operation));
        let under_way = process.and_then(|process| process.node.operations().get(&nonce));
        under_way.map_or_else(Progress::idle, |under_way| self.under_way(operation, under_way))
    }

    /// Of a get only the level at which it was is known: it has missed at those before.
    fn ended(&self, operation: u8, ended: &Ended<Id>) -> Progress {
        let fastest = self.coral.fastest_level(operation);
        let mut outcomes = [model::Outcome::None; 2];
        let level = match ended {
            Ended::Put(by_level) => {
                note(&mut outcomes, by_level);
                by_level.last().map_or(0, |(level, _)| *level)
            }
            Ended::Found { at, level } => {
                note_misses(&mut outcomes, *level, fastest);
                outcomes[usize::from(*level)] = model::Outcome::Hit(number(*at));
                *level
            }
            Ended::Missed { .. } => {
                note_misses(&mut outcomes, 0, fastest);
                outcomes[0] = model::Outcome::Miss;
                0
            }
        };
        Progress::ended(level, outcomes)
    }

    fn under_way(&self, number_of: u8, operation: &Operation<Id>) -> Progress {
        let Operation { place, level, .. } = operation;
        let mut outcomes = [model::Outcome::None; 2];
        note(&mut outcomes, &operation.outcomes);
        if operation.goal == Goal::Get {
            note_misses(&mut outcomes, *level, self.coral.fastest_level(number_of));
        }
        let (phase, repeats) = Self::doing(operation);
        let was_stopped = matches!(operation.phase, Phase::Reverse { was_stopped: true, .. });
        let last = operation.contacted.last().map(|(node, _)| number(*node));
        Progress {
            phase,
            level: *level,
            repeats,
            at: number(place.at),
            target: number(place.target),
            stack: self.set(operation.stack.iter().copied()),
            reached: self.set(operation.contacted.iter().map(|(node, _)| *node)),
            unreached: self.set(operation.silent.iter().copied()),
            stopped_at: last.filter(|_| was_stopped),
            found_full: Peers::NONE,
            refused: Peers::NONE,
            outcomes,
        }
    }

    /// What an operation does, and how often it was asked for again.
    fn doing(operation: &Operation<Id>) -> (model::Phase, u8) {
        match operation.phase {
            Phase::Forward => {
                let Some((node, asked)) = operation.waiting.iter().next() else {
                    return (model::Phase::Idle, 0);
                };
                let phase = match operation.goal {
                    Goal::Put { .. } => model::Phase::Forward(number(*node)),
                    Goal::Get => model::Phase::Look(number(*node)),
                };
                (phase, asked.resent)
            }
            Phase::Reverse { at, resent, .. } => (model::Phase::Reverse(number(at)), resent),
        }
    }

    fn set(&self, nodes: impl Iterator<Item = Id>) -> Peers {
        let places = nodes.map(|node| self.coral.network.position(number(node)));
        places.fold(Peers::NONE, Peers::with)
    }

    /// Requests, and the replies that somebody waits for.
    fn messages(&self, state: &StateOf<Nodes<Id>>) -> Messages {
        let counts = |packet: &&PacketOf<Process<Id>>| {
            is_request(&packet.message) || self.nodes.is_awaited(state, packet)
        };
        state.packets().filter(counts).map(to_message).fold(Messages::default(), Messages::with)
    }
}

/// A get has missed at all levels faster than its own.
fn note_misses(outcomes: &mut [model::Outcome; 2], level: u8, fastest: u8) {
    outcomes[usize::from(level) + 1..=usize::from(fastest)].fill(model::Outcome::Miss);
}

fn note(outcomes: &mut [model::Outcome; 2], by_level: &[(u8, Outcome<Id>)]) {
    for (level, outcome) in by_level {
        outcomes[usize::from(*level)] = match outcome {
            Outcome::Stored(node) => model::Outcome::Stored(number(*node)),
            Outcome::NotStored => model::Outcome::NotStored,
            Outcome::Unsure(node) => model::Outcome::Unsure(number(*node)),
        };
    }
}

const fn ticks(nanoseconds: u64) -> u8 {
    (nanoseconds / TICK.as_nanos() as u64) as u8
}

/// The model's message for one that is under way.
#[must_use]
pub fn to_message(packet: &PacketOf<Process<Id>>) -> model::Message {
    let call = packet.message.call();
    let body = match &packet.message {
        Message::ForwardRequest { .. } => Body::ForwardRequest,
        Message::ForwardReply { loaded, count, least, .. } => Body::ForwardReply {
            loaded: *loaded,
            count: *count,
            least: ticks(least.as_nanos() as u64),
        },
        Message::StoreRequest { .. } => Body::StoreRequest,
        Message::StoreReply { accepted, .. } => Body::StoreReply { stored: *accepted },
        Message::GetRequest { .. } => Body::GetRequest,
        Message::GetReply { values, .. } => {
            let numbers = values.iter().filter_map(|(value, _)| value.first());
            Body::GetReply { values: numbers.fold(0, |set, value| set | 1 << value) }
        }
    };
    let peer = if is_request(&packet.message) { packet.to } else { packet.from };
    let operation = call.operation.0 as u8;
    model::Message { operation, peer: number(peer), level: call.level, body }
}
