//! What a network of nodes stands for above the ring.

use std::fmt;

use serde::{Serialize, Serializer};
use straightedge_impl::chord::Message;
use straightedge_models::chord::upper::{Copies, Lookup};
use straightedge_models::chord::{self, Chord, Id, Set};

use super::super::super::environment::StateOf;
use super::super::circle::CircleId;
use super::super::environment::Ring;
use super::super::observed::{self, foreseen, observe, place_of, to_model};
use super::ghost::Wrong;
use super::rules::{self, Layered};

/// A state of the model, and what was done that is no step of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seen {
    /// The state.
    pub state: chord::State,
    /// What is wrong.
    pub wrong: Option<Wrong>,
}

impl Seen {
    /// A state in which nothing is wrong.
    #[must_use]
    pub const fn right(state: chord::State) -> Self {
        Self { state, wrong: None }
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.state, f)?;
        self.wrong.map_or(Ok(()), |wrong| write!(f, " ({})", wrong.sentence()))
    }
}

/// As the state alone.
impl Serialize for Seen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.state.serialize(serializer)
    }
}

/// What the network stands for, on a circle of any size.
#[must_use]
pub fn layered(state: &StateOf<Ring>) -> Layered {
    let mut hosts = state.up();
    let answers_when_ready =
        hosts.next().is_some_and(|(_, host)| host.machine.config().answers_when_ready);
    let mut seen = Layered { ring: observe(state), answers_when_ready, ..Layered::default() };
    for (_, host) in state.up() {
        for &key in host.machine.records().keys() {
            let copies: &mut rules::Copies = seen.keys.entry(key).or_default();
            copies.holders.insert(host.machine.me());
        }
        if host.machine.is_leaving() && has_handed_over(state, host.machine.me()) {
            seen.leaving.insert(host.machine.me());
        }
    }
    for (holder, key) in released(state) {
        if let Some(copies) = seen.keys.get_mut(&key)
            && copies.holders.contains(&holder)
        {
            copies.released.insert(holder);
        }
    }
    let above = state.ghost.above.as_deref();
    let lookup = above.and_then(|above| above.lookup);
    seen.lookup = lookup.and_then(|lookup| Some((lookup.key, lookup.at?)));
    seen.wrong = above.and_then(|above| above.wrong);
    seen
}

/// Whether what a member that leaves has sent to its successor has come.
fn has_handed_over(state: &StateOf<Ring>, node: CircleId) -> bool {
    foreseen(state, place_of(node)).is_some_and(|seen| seen.node.has_handed_over())
}

/// Who is about to hear from an owner that does not count on it, and of which key.
fn released(state: &StateOf<Ring>) -> impl Iterator<Item = (CircleId, CircleId)> {
    state.packets().flat_map(move |packet| {
        let offered = match &packet.message {
            Message::Copied { nonce, keepers } => {
                let is_kept_elsewhere = !keepers.is_empty() && !keepers.contains(&packet.to);
                let host = state.host(place_of(packet.to)).filter(|_| is_kept_elsewhere);
                host.map_or(&[][..], |host| host.machine.offered(packet.from, *nonce))
            }
            _ => &[],
        };
        offered.iter().map(|&key| (packet.to, key))
    })
}

/// What the network stands for in that model. What the model counts for its claims alone is left
/// out: no step depends on it.
#[must_use]
pub fn seen(model: &Chord, state: &StateOf<Ring>) -> Seen {
    if model.layers.is_none() {
        return Seen::right(to_model(&observe(state)));
    }
    let layered = layered(state);
    Seen { state: in_model(model, &layered), wrong: layered.wrong }
}

/// What was observed, as a state of the model.
#[must_use]
pub fn in_model(model: &Chord, layered: &Layered) -> chord::State {
    let set = |ids: &std::collections::BTreeSet<CircleId>| -> Set {
        ids.iter().map(|id| Id::from(id.number())).collect()
    };
    let id = |id: CircleId| Id::from(id.number());
    let unready = layered.ring.iter().filter(|(_, member)| member.is_unready);
    let mut upper = chord::Upper {
        leaving: set(&layered.leaving),
        unready: unready.map(|(&node, _)| id(node)).collect(),
        ..chord::Upper::EMPTY
    };
    for (place, key) in model.layers.keys.iter().enumerate() {
        let copies = layered.keys.get(&CircleId::wrapped(model.nodes, u64::from(key)));
        upper.keys[place] = copies.map_or_else(Copies::default, |copies| Copies {
            holders: set(&copies.holders),
            released: set(&copies.released),
            failures: None,
        });
    }
    upper.lookup = layered.lookup.map(|(key, at)| Lookup { key: id(key), at: id(at) });
    to_model(&layered.ring).with_upper(&upper)
}

/// What would be observed in that state of the model.
#[must_use]
pub fn from_model(model: &Chord, state: &chord::State) -> Layered {
    let id = |id: Id| CircleId::wrapped(model.nodes, u64::from(id));
    let upper = state.upper();
    let set = |set: Set| set.iter().map(id).collect();
    let copies = |(place, key): (usize, Id)| {
        let Copies { holders, released, .. } = upper.keys[place];
        (id(key), rules::Copies { holders: set(holders), released: set(released) })
    };
    let keys = model.layers.keys.iter().enumerate().map(copies);
    Layered {
        ring: observed::from_model(model.nodes, state),
        keys: keys.filter(|(_, copies)| *copies != rules::Copies::default()).collect(),
        leaving: set(upper.leaving),
        lookup: upper.lookup.map(|lookup| (id(lookup.key), id(lookup.at))),
        answers_when_ready: model.layers.answering_when_ready,
        wrong: None,
    }
}
