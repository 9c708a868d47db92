//! Which step of the model explains which step of the network.

use stateright::Model;
use straightedge_impl::chord::{Message, Node, Question, Timer};
use straightedge_impl::identifier::Identifier;
use straightedge_models::chord::{self, Chord};
use straightedge_models::engine::refinement::Refinement;

use super::super::environment::StateOf;
use super::super::network::Network;
use super::super::world::{Action, ActionOf};
use super::circle::CircleId;
use super::environment::Ring;
use super::upper;
use super::upper::abstraction::{Seen, seen};
use super::upper::refinement::explains_above;

/// The model, begun in some state of it. Where there is something above the ring, a look-up may be
/// led to a node that is gone, and comes to nothing there (CHORD-82).
#[derive(Clone, Debug)]
pub(super) struct Begun {
    pub(super) model: Chord,
    pub(super) start: chord::State,
}

impl Model for Begun {
    type State = Seen;
    type Action = chord::Action;

    fn init_states(&self) -> Vec<Seen> {
        vec![Seen::right(self.start)]
    }

    fn actions(&self, seen: &Seen, actions: &mut Vec<chord::Action>) {
        if seen.wrong.is_none() {
            self.model.actions(&seen.state, actions);
            upper::model::actions(&self.model, &seen.state, actions);
        }
    }

    fn next_state(&self, seen: &Seen, action: chord::Action) -> Option<Seen> {
        upper::model::next(&self.model, &seen.state, action).map(Seen::right)
    }
}

/// The mapping of the table above, and of that of what is above the ring.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mapping {
    pub(super) model: Chord,
}

impl Refinement<Network<Ring>, Begun> for Mapping {
    fn abstraction(&self, state: &StateOf<Ring>) -> Seen {
        seen(&self.model, state)
    }

    fn explains(&self, concrete: &ActionOf<Node<CircleId>>, step: &chord::Action) -> bool {
        let id = |node: CircleId| node.number();
        match (effect(concrete), *step) {
            (Effect::Join { node, via }, chord::Action::Join { node: new, via: behind }) => {
                (id(node), id(via)) == (new, behind)
            }
            (
                Effect::Stabilization(node),
                chord::Action::StabilizeFromSuccessor(at)
                | chord::Action::StabilizeFromPredecessor(at),
            )
            | (Effect::Rectification(node), chord::Action::Rectify { node: at, .. })
            | (Effect::Failure(node), chord::Action::Fail(at)) => id(node) == at,
            _ => explains_above(concrete, step),
        }
    }
}

/// What a step of the network may be for the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect<I> {
    /// Nothing: the state that is seen must stay what it is.
    Nothing,
    /// A join.
    Join {
        /// The new member.
        node: I,
        /// The member behind it.
        via: I,
    },
    /// Either half of a stabilization of this member.
    Stabilization(I),
    /// A rectification of this member.
    Rectification(I),
    /// The failure of this member.
    Failure(I),
}

/// What this step of the network may be for the model.
#[must_use]
pub fn effect<I: Identifier>(concrete: &ActionOf<Node<I>>) -> Effect<I> {
    match concrete {
        Action::Deliver(packet) | Action::DeliverAndKeep(packet) => {
            let (asking, asked) = (packet.from, packet.to);
            match packet.message {
                Message::AskNeighbours { .. } => Effect::Stabilization(asking),
                Message::AskToJoin { .. } => Effect::Join { node: asking, via: asked },
                Message::Ping { .. } => Effect::Rectification(asking),
                _ => Effect::Nothing,
            }
        }
        Action::Fire { node, timer } => match timer {
            Timer::Timeout(Question::Query) => Effect::Stabilization(*node),
            Timer::Rectify | Timer::Timeout(Question::Check) => Effect::Rectification(*node),
            _ => Effect::Nothing,
        },
        Action::Crash(node) => Effect::Failure(*node),
        Action::Enter { .. } | Action::Tell { .. } | Action::Double(_) | Action::Lose(_) => {
            Effect::Nothing
        }
    }
}
