//! A step of the model, taken by nodes that are put together from the model's state.

use stateright::Model;
use straightedge_impl::chord::{Command, Message, Node, Question, StartError, Timer};
use straightedge_impl::identifier::{Identifier, SmallId, between};
use straightedge_impl::machine::{Input, InputOf, Machine, Nonce, Output, Time};
use straightedge_models::chord::{self, Action as Step, Chord, Id, Pending, Protocol};

use super::super::environment::StateOf;
use super::super::network::Network;
use super::super::world::{Action, ActionOf, Packet, PacketOf};
use super::environment::{Ring, Unsent, restored};
use super::instances::{Variation, instance};
use super::observed::{Observed, from_model, is_answer, observe, place_of, to_model};

type NodeOf<const N: u8> = Node<SmallId<N>>;

/// No step of the model takes more steps of the network than this.
const LONGEST: usize = 8;

/// Nodes on which steps of a model are tried.
pub(super) struct Bench<const N: u8> {
    network: Network<Ring<N>>,
    keeps_closest: bool,
}

impl<const N: u8> Bench<N> {
    pub(super) fn new(model: &Chord, variation: Variation) -> Self {
        let instance = instance("bench", model.nodes, model.successors as u8);
        let keeps_closest = model.protocol == Protocol::Corrected(Pending::BestNotifier);
        Self { network: Network::new(instance.ring(variation)), keeps_closest }
    }

    fn node(id: Id) -> SmallId<N> {
        SmallId::wrapped(u64::from(id))
    }

    /// What the network stands for in this model. One that keeps the closest notifier alone has
    /// dropped the others.
    pub(super) fn seen(&self, state: &StateOf<Ring<N>>) -> chord::State {
        let mut observed = observe(state);
        if self.keeps_closest {
            keep_closest(&mut observed);
        }
        to_model(&observed)
    }

    /// The nodes in that state of the model, ready for that step.
    pub(super) fn assemble(
        &self,
        state: &chord::State,
        step: Step,
    ) -> Result<StateOf<Ring<N>>, StartError> {
        let mut members: Observed<SmallId<N>> = from_model(state);
        let mut under_way = Vec::new();
        let mut ghost = Vec::new();
        for (&to, member) in &mut members {
            member.notifiers.retain(|&from| match step {
                Step::Rectify { node, from: next } if Self::node(node) == to => {
                    let is_looked_at = Self::node(next) == from;
                    if !is_looked_at {
                        under_way.push(notification(from, to));
                    }
                    is_looked_at
                }
                Step::Join { node, .. } if Self::node(node) == from => {
                    ghost.push(Unsent { from, to });
                    false
                }
                _ => {
                    under_way.push(notification(from, to));
                    false
                }
            });
        }
        let config = *self.network.environment.config();
        let started = SmallId::circle().map(|node| {
            members.get(&node).map(|member| restored(config, node, member)).transpose()
        });
        let started = started.collect::<Result<_, _>>()?;
        let mut assembled = self.network.assembled(started, under_way);
        assembled.ghost = ghost;
        Ok(assembled)
    }

    /// The states that the network goes through in that step; up to what cannot be done.
    pub(super) fn drive(
        &self,
        start: &StateOf<Ring<N>>,
        step: Step,
    ) -> (Vec<StateOf<Ring<N>>>, Option<String>) {
        let mut states = vec![start.clone()];
        let mut action = Some(first::<N>(step));
        while let Some(next) = action.take() {
            let at = &states[states.len() - 1];
            let mut enabled = Vec::new();
            self.network.actions(at, &mut enabled);
            let after = enabled.contains(&next).then(|| self.network.after(at, &next)).flatten();
            let Some(after) = after else {
                return (states, Some(format!("{next} cannot happen")));
            };
            if states.len() <= LONGEST && !matches!(step, Step::Fail(_)) {
                action = continuation(&after, Self::node(step.node()));
            }
            states.push(after);
        }
        (states, None)
    }
}

/// What happens next on the way of a node to its answer, if it is under way to one.
fn continuation<const N: u8>(
    state: &StateOf<Ring<N>>,
    node: SmallId<N>,
) -> Option<ActionOf<NodeOf<N>>> {
    let is_on_its_way = |packet: &PacketOf<NodeOf<N>>| {
        let is_notification = matches!(packet.message, Message::Notify { .. });
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
pub(super) fn acts_on<const N: u8>(
    state: &StateOf<Ring<N>>,
    id: Id,
    input: InputOf<NodeOf<N>>,
) -> bool {
    let Some(host) = state.host(usize::from(id)) else { return false };
    let mut machine = host.machine.clone();
    let mut outputs = Vec::new();
    machine.handle(Time::ORIGIN, input, &mut outputs);
    let is_refused = matches!(outputs[..], [Output::Ignored(_)]);
    machine != host.machine || !is_refused
}

/// The input that a step begins with at a node that is up.
pub(super) fn input<const N: u8>(step: Step) -> InputOf<NodeOf<N>> {
    let timer = |timer| Input::Timer { timer, fresh: Nonce(0) };
    match step {
        Step::StabilizeFromPredecessor(_) => timer(Timer::AskCandidate),
        Step::Rectify { .. } => timer(Timer::Rectify),
        Step::Join { via, .. } => {
            let command = Command::Join { via: Bench::<N>::node(via) };
            Input::Command { command, fresh: Nonce(0) }
        }
        _ => timer(Timer::Stabilize),
    }
}

fn first<const N: u8>(step: Step) -> ActionOf<NodeOf<N>> {
    let node = Bench::<N>::node(step.node());
    match (step, input::<N>(step)) {
        (Step::Fail(_) | Step::Leave(_), _) | (_, Input::Message { .. }) => Action::Crash(node),
        (_, Input::Timer { timer, .. }) => Action::Fire { node, timer },
        (_, Input::Command { command, .. }) => Action::Enter { node, command },
    }
}

fn notification<const N: u8>(from: SmallId<N>, to: SmallId<N>) -> PacketOf<NodeOf<N>> {
    Packet { to, from, message: Message::Notify { nonce: Nonce(0) } }
}

fn keep_closest<I: Identifier>(observed: &mut Observed<I>) {
    for (&node, member) in observed {
        let closer = |best: I, other: I| if between(best, other, node) { other } else { best };
        let closest = member.notifiers.iter().copied().reduce(closer);
        member.notifiers = closest.into_iter().collect();
    }
}
