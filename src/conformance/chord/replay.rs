//! A step of the model, taken by nodes that are put together from the model's state.

use stateright::Model;
use straightedge_impl::chord::{Command, Message, Node, Question, StartError, Timer};
use straightedge_impl::identifier::{Identifier, between};
use straightedge_impl::machine::{Input, InputOf, Machine, Nonce, Output, Time};
use straightedge_models::chord::{self, Action as Step, Chord, Id, Pending, Protocol};

use super::super::environment::StateOf;
use super::super::network::Network;
use super::super::world::{Action, ActionOf, Packet, PacketOf};
use super::circle::CircleId;
use super::environment::{Ring, restored};
use super::ghost::Unsent;
use super::instances::{Instance, Variation, instance};
use super::observed::{Observed, from_model, is_answer, observe, place_of, to_model};
use super::upper::environment::is_above;
use super::upper::instances::Above;

type NodeOf = Node<CircleId>;

/// No step of the model takes more steps of the network than this.
const LONGEST: usize = 8;

/// Nodes on which steps of a model are tried.
pub(super) struct Bench {
    circle: Id,
    pub(super) network: Network<Ring>,
    keeps_closest: bool,
}

/// What each member is to remember, and where notifications are that wait at none of them.
pub(super) struct Waiting {
    pub(super) members: Observed<CircleId>,
    /// On their way.
    pub(super) under_way: Vec<PacketOf<NodeOf>>,
    /// Never sent.
    pub(super) unsent: Vec<Unsent<CircleId>>,
}

impl Bench {
    pub(super) fn new(model: &Chord, variation: Variation) -> Self {
        let instance = instance("bench", model.nodes, model.successors as u8);
        let instance = Instance { above: Above::of(&model.layers), ..instance };
        let keeps_closest = model.protocol == Protocol::Corrected(Pending::BestNotifier);
        let network = Network::new(instance.ring(variation));
        Self { circle: model.nodes, network, keeps_closest }
    }

    pub(super) fn node(&self, id: Id) -> CircleId {
        CircleId::wrapped(self.circle, u64::from(id))
    }

    /// The input that a step begins with at a node that is up.
    pub(super) fn input(&self, step: Step) -> InputOf<NodeOf> {
        let timer = |timer| Input::Timer { timer, fresh: Nonce(0) };
        match step {
            Step::StabilizeFromPredecessor(_) => timer(Timer::AskCandidate),
            Step::Rectify { .. } => timer(Timer::Rectify),
            Step::Join { via, .. } => {
                let command = Command::Join { via: self.node(via) };
                Input::Command { command, fresh: Nonce(0) }
            }
            _ => timer(Timer::Stabilize),
        }
    }

    fn first(&self, step: Step) -> ActionOf<NodeOf> {
        let node = self.node(step.node());
        match (step, self.input(step)) {
            (Step::Fail(_) | Step::Leave(_), _) | (_, Input::Message { .. }) => Action::Crash(node),
            (_, Input::Timer { timer, .. }) => Action::Fire { node, timer },
            (_, Input::Command { command, .. }) => Action::Enter { node, command },
        }
    }

    /// What the network stands for in this model. One that keeps the closest notifier alone has
    /// dropped the others.
    pub(super) fn seen(&self, state: &StateOf<Ring>) -> chord::State {
        to_model(&self.kept(observe(state)))
    }

    /// What is kept of what was observed.
    pub(super) fn kept(&self, mut observed: Observed<CircleId>) -> Observed<CircleId> {
        if self.keeps_closest {
            keep_closest(&mut observed);
        }
        observed
    }

    /// The nodes in that state of the model, ready for that step.
    pub(super) fn assemble(
        &self,
        state: &chord::State,
        step: Step,
    ) -> Result<StateOf<Ring>, StartError> {
        let Waiting { members, under_way, unsent } = self.waiting(state, step);
        let config = *self.network.environment.config();
        let started = CircleId::all(self.circle).map(|node| {
            members.get(&node).map(|member| restored(config, node, member, None)).transpose()
        });
        let started = started.collect::<Result<_, _>>()?;
        let mut assembled = self.network.assembled(started, under_way);
        assembled.ghost.unsent = unsent;
        Ok(assembled)
    }

    /// What the members are to remember for that step. The notification that is looked at waits at
    /// its node.
    pub(super) fn waiting(&self, state: &chord::State, step: Step) -> Waiting {
        let mut members: Observed<CircleId> = from_model(self.circle, state);
        let mut under_way = Vec::new();
        let mut unsent = Vec::new();
        for (&to, member) in &mut members {
            member.notifiers.retain(|&from| match step {
                Step::Rectify { node, from: next } if self.node(node) == to => {
                    let is_looked_at = self.node(next) == from;
                    if !is_looked_at {
                        under_way.push(notification(from, to));
                    }
                    is_looked_at
                }
                Step::Join { node, .. } if self.node(node) == from => {
                    unsent.push(Unsent { from, to });
                    false
                }
                _ => {
                    under_way.push(notification(from, to));
                    false
                }
            });
        }
        Waiting { members, under_way, unsent }
    }

    /// The states that the network goes through in that step; up to what cannot be done.
    pub(super) fn drive(
        &self,
        start: &StateOf<Ring>,
        step: Step,
    ) -> (Vec<StateOf<Ring>>, Option<String>) {
        let mut states = vec![start.clone()];
        let mut action = Some(self.first(step));
        while let Some(next) = action.take() {
            let at = &states[states.len() - 1];
            let mut enabled = Vec::new();
            self.network.actions(at, &mut enabled);
            let after = enabled.contains(&next).then(|| self.network.after(at, &next)).flatten();
            let Some(after) = after else {
                return (states, Some(format!("{next} cannot happen")));
            };
            if states.len() <= LONGEST && !matches!(step, Step::Fail(_)) {
                action = continuation(&after, self.node(step.node()));
            }
            states.push(after);
        }
        (states, None)
    }
}

/// What happens next on the way of a node to its answer, if it is under way to one.
fn continuation(state: &StateOf<Ring>, node: CircleId) -> Option<ActionOf<NodeOf>> {
    let is_on_its_way = |packet: &PacketOf<NodeOf>| {
        let is_notification = matches!(packet.message, Message::Notify { .. });
        if is_above(&packet.message) {
            return false;
        }
        let is_question = !is_notification && !is_answer(&packet.message);
        packet.from == node && is_question || packet.to == node && is_answer(&packet.message)
    };
    if let Some(packet) = state.flight.iter().find(|packet| is_on_its_way(packet)) {
        return Some(Action::Deliver(packet.clone()));
    }
    let timers = &state.host(place_of(node))?.timers;
    let timeouts = [Timer::Timeout(Question::Query), Timer::Timeout(Question::Check)];
    let timer = timeouts.into_iter().find(|timer| timers.contains(timer))?;
    Some(Action::Fire { node, timer })
}

/// Whether a node that is in the middle of nothing makes anything of an input.
pub(super) fn acts_on(state: &StateOf<Ring>, id: Id, input: InputOf<NodeOf>) -> bool {
    let Some(host) = state.host(usize::from(id)) else { return false };
    let mut machine = host.machine.clone();
    let mut outputs = Vec::new();
    machine.handle(Time::ORIGIN, input, &mut outputs);
    let is_refused = matches!(outputs[..], [Output::Ignored(_)]);
    machine != host.machine || !is_refused
}

fn notification(from: CircleId, to: CircleId) -> PacketOf<NodeOf> {
    Packet { to, from, message: Message::Notify { nonce: Nonce(0) } }
}

fn keep_closest<I: Identifier>(observed: &mut Observed<I>) {
    for (&node, member) in observed {
        let closer = |best: I, other: I| if between(best, other, node) { other } else { best };
        let closest = member.notifiers.iter().copied().reduce(closer);
        member.notifiers = closest.into_iter().collect();
    }
}
