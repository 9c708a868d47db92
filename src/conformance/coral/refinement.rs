//! Which step of the model explains which step of the network.

use stateright::Model;
use straightedge_models::coral::{self as model, Action as Step, Coral};
use straightedge_models::engine::refinement::Refinement;

use super::super::environment::StateOf;
use super::super::network::Network;
use super::super::world::{Action, ActionOf};
use super::abstraction::{Abstraction, Id, number, plain, to_message};
use super::environment::{Nodes, is_request};
use super::process::{Command, Process};

/// The model without what is noted for the claims alone.
///
/// Source: CORAL-53.
#[derive(Clone, Copy, Debug)]
pub struct Plain(pub Coral);

impl Model for Plain {
    type State = model::State;
    type Action = Step;

    fn init_states(&self) -> Vec<model::State> {
        vec![plain(self.0.initial_state())]
    }

    fn actions(&self, state: &model::State, actions: &mut Vec<Step>) {
        self.0.actions(state, actions);
    }

    fn next_state(&self, state: &model::State, action: Step) -> Option<model::State> {
        self.0.next_state(state, action).map(plain)
    }
}

impl Abstraction {
    /// Whether a step of the network may be that step of the model.
    #[must_use]
    pub fn may_be(&self, concrete: &ActionOf<Process<Id>>, step: &Step) -> bool {
        match (concrete, *step) {
            (Action::Deliver(packet), Step::Answer(message)) => {
                is_request(&packet.message) && to_message(packet) == message
            }
            (Action::Deliver(packet), Step::Hear(message)) => {
                !is_request(&packet.message) && to_message(packet) == message
            }
            (Action::Lose(packet), Step::Lose(message))
            | (Action::Double(packet), Step::Duplicate(message)) => to_message(packet) == message,
            (Action::Fire { timer, .. }, Step::TimeOut(operation)) => {
                let straightedge_impl::coral::Timer::Answer { operation: nonce, .. } = timer;
                nonce.0 == u64::from(operation)
            }
            (
                Action::Tell { command: Command::Begin { operation, .. }, .. },
                Step::StartPut(of) | Step::StartGet(of),
            ) => *operation == of,
            (Action::Tell { command: Command::Tick, .. }, Step::Tick) => true,
            (Action::Tell { node, command: Command::Purge }, Step::Purge(at))
            | (Action::Crash(node), Step::Crash(at)) => number(*node) == at,
            _ => false,
        }
    }
}

impl Refinement<Network<Nodes<Id>>, Plain> for Abstraction {
    fn abstraction(&self, state: &StateOf<Nodes<Id>>) -> model::State {
        self.seen(state)
    }

    fn explains(&self, concrete: &ActionOf<Process<Id>>, step: &Step) -> bool {
        self.may_be(concrete, step)
    }
}
