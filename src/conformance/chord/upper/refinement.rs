//! Which step above the ring explains which step of the network.

use straightedge_impl::chord::{Command, Message, Node, Question, Timer};
use straightedge_models::chord::Action as Step;

use super::super::super::world::{Action, ActionOf};
use super::super::circle::CircleId;
use super::super::refinement::Effect;
use super::rules::{self, Layered};

type NodeOf = Node<CircleId>;

/// What a step of the network may be above the ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EffectAbove {
    /// Nothing.
    Nothing,
    /// A value is kept by this member, or a look-up goes on from it.
    Decision(CircleId),
    /// Copies reach another member.
    Transfer {
        /// Who has sent them.
        from: CircleId,
        /// Whom they reach.
        to: CircleId,
        /// Of which keys.
        keys: Vec<CircleId>,
    },
    /// A member deletes what others keep.
    Deletion(CircleId),
    /// A look-up is led on, or ends, at this member.
    Question(CircleId),
    /// A member leaves.
    Departure(CircleId),
}

/// What this step of the network may be above the ring.
#[must_use]
pub fn effect_above(concrete: &ActionOf<NodeOf>) -> EffectAbove {
    match concrete {
        Action::Deliver(packet) | Action::DeliverAndKeep(packet) => {
            let (from, to) = (packet.from, packet.to);
            match &packet.message {
                Message::Copy { records, .. } => {
                    let keys = records.iter().map(|&(key, _)| key).collect();
                    EffectAbove::Transfer { from, to, keys }
                }
                Message::Copied { .. } => EffectAbove::Deletion(to),
                Message::AskNext { .. } => EffectAbove::Question(to),
                Message::Store { .. }
                | Message::Fetched { .. }
                | Message::Owner { .. }
                | Message::Next { .. }
                | Message::NotMine { .. } => EffectAbove::Decision(to),
                _ => EffectAbove::Nothing,
            }
        }
        Action::Fire { node, timer } => match timer {
            Timer::HandOver => EffectAbove::Departure(*node),
            Timer::Timeout(Question::Request(_)) => EffectAbove::Decision(*node),
            _ => EffectAbove::Nothing,
        },
        Action::Tell { node, command: Command::Put { .. } | Command::Lookup { .. } } => {
            EffectAbove::Decision(*node)
        }
        _ => EffectAbove::Nothing,
    }
}

/// Whether a step of the network may be that step of the model above the ring.
#[must_use]
pub fn explains_above(concrete: &ActionOf<NodeOf>, step: &Step) -> bool {
    let id = |node: CircleId| node.number();
    match (effect_above(concrete), *step) {
        (EffectAbove::Decision(node), Step::Put { node: at, .. })
        | (EffectAbove::Deletion(node), Step::Delete { node: at, .. })
        | (EffectAbove::Departure(node), Step::Leave(at))
        | (EffectAbove::Question(node), Step::Answer { node: at, .. }) => id(node) == at,
        (
            EffectAbove::Transfer { from, to, .. },
            Step::Copy { node, to: taker, .. } | Step::HandOver { node, to: taker },
        ) => (id(from), id(to)) == (node, taker),
        (EffectAbove::Question(_), Step::Hop { .. })
        | (EffectAbove::Decision(_), Step::Lookup { .. }) => true,
        _ => false,
    }
}

/// The steps that this step of the network may be, on a circle of any size.
#[must_use]
pub fn candidates(
    before: &Layered,
    concrete: &ActionOf<NodeOf>,
    of_ring: Effect<CircleId>,
    after: &Layered,
) -> Vec<rules::Step> {
    let mut steps: Vec<_> = super::super::rules::candidates(&before.ring, of_ring)
        .into_iter()
        .map(rules::Step::OfTheRing)
        .collect();
    steps.extend(candidates_above(before, concrete, after));
    steps
}

fn candidates_above(
    before: &Layered,
    concrete: &ActionOf<NodeOf>,
    after: &Layered,
) -> Vec<rules::Step> {
    match effect_above(concrete) {
        EffectAbove::Nothing => Vec::new(),
        EffectAbove::Decision(node) => {
            let keys = after.keys.keys().copied();
            let begun = after.lookup.map(|(key, at)| rules::Step::Lookup { node: at, key });
            keys.map(|key| rules::Step::Put { node, key }).chain(begun).collect()
        }
        EffectAbove::Transfer { from, to, keys } => vec![
            rules::Step::Copy { node: from, to, keys },
            rules::Step::HandOver { node: from, to },
        ],
        EffectAbove::Deletion(node) => {
            let is_released = |key: &&CircleId| {
                let copies = |state: &Layered| state.keys.get(*key).cloned().unwrap_or_default();
                let (earlier, later) = (copies(before), copies(after));
                earlier.released.contains(&node) && !later.released.contains(&node)
            };
            let keys = before.keys.keys().filter(is_released).copied().collect();
            vec![rules::Step::Delete { node, keys }]
        }
        EffectAbove::Question(at) => match after.lookup {
            Some((_, next)) => vec![rules::Step::Hop(next)],
            // It is held against the rules elsewhere whom the member names.
            None => CircleId::all(at.circle())
                .flat_map(|named| [rules::Step::Answer(named), rules::Step::Hop(named)])
                .collect(),
        },
        EffectAbove::Departure(node) => vec![rules::Step::Leave(node)],
    }
}
