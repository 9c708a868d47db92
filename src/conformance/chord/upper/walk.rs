//! Nodes that are put together from a state of the model, and one step after the other of them.

use stateright::Model;
use straightedge_impl::chord::{Message, Node, Timer};
use straightedge_impl::machine::{Input, Nonce, Output};
use straightedge_models::chord::{self, Action as Step, Chord, Id};

use super::super::super::cover::Taken;
use super::super::super::environment::{Started, StateOf};
use super::super::super::world::{Action, ActionOf, Packet};
use super::super::circle::CircleId;
use super::super::cover::judged;
use super::super::environment::Ring;
use super::super::observed::place_of;
use super::super::replay::{Bench, Waiting};
use super::abstraction::{in_model, layered};
use super::assembly::{Part, assembled};
use super::ghost::{Above, Lookup};
use super::model::uncounted;
use super::options::first_record;

type NodeOf = Node<CircleId>;

/// A graph on which nodes are tried.
pub(super) struct Walk {
    pub(super) bench: Bench,
    pub(super) model: Chord,
}

/// What the nodes are to have besides what the state says, for a step.
#[derive(Clone, Default)]
pub(super) struct Setup {
    /// Fingers of one node.
    pub(super) fingers: Option<(Id, Id)>,
    /// A message under way.
    pub(super) packet: Option<Packet<CircleId, Message<CircleId>>>,
    /// A timer that is set.
    pub(super) timer: Option<(Id, Timer)>,
}

/// Whether what a node is given must be something that may happen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Permission {
    /// It must, or a step was not taken.
    Needed,
    /// It need not: what a node does not do then it never does.
    NotNeeded,
}

/// A way in which nodes may come to take a step.
pub(super) struct Way {
    setup: Setup,
    action: Box<Next<'static>>,
}

impl Way {
    /// With that set up, one thing after the other happens.
    pub(super) fn new(
        setup: Setup,
        action: impl Fn(&StateOf<Ring>, usize) -> Option<ActionOf<NodeOf>> + 'static,
    ) -> Self {
        Self { setup, action: Box::new(action) }
    }
}

/// Which action comes next in a step.
pub(super) type Next<'a> = dyn Fn(&StateOf<Ring>, usize) -> Option<ActionOf<NodeOf>> + 'a;

/// What became of nodes.
pub(super) struct Driven {
    /// The states that the network went through.
    pub(super) states: Vec<StateOf<Ring>>,
    /// What happened.
    actions: Vec<ActionOf<NodeOf>>,
    /// What could not happen.
    pub(super) stuck: Option<String>,
}

impl Driven {
    fn has_copied(&self, node: CircleId, to: CircleId) -> bool {
        self.actions.iter().any(|action| match action {
            Action::Deliver(packet) => {
                is_copy(&packet.message) && (packet.from, packet.to) == (node, to)
            }
            _ => false,
        })
    }
}

/// Whether a message brings copies.
pub(super) const fn is_copy<I>(message: &Message<I>) -> bool {
    matches!(message, Message::Copy { .. })
}

/// The state without what is remembered for claims alone.
pub(super) fn plain(state: &chord::State) -> chord::State {
    let members: chord::State = state.iter().collect();
    uncounted(&members.with_upper(&state.upper()))
}

impl Walk {
    pub(super) fn id(&self, id: Id) -> CircleId {
        self.bench.node(id)
    }

    pub(super) fn seen(&self, state: &StateOf<Ring>) -> chord::State {
        let mut layered = layered(state);
        layered.ring = self.bench.kept(layered.ring);
        in_model(&self.model, &layered)
    }

    pub(super) fn of_the_ring(
        &self,
        state: &chord::State,
        step: Step,
        next: &chord::State,
    ) -> Taken {
        let start = match self.assemble(state, step, &Setup::default()) {
            Ok(start) => start,
            Err(why) => return why,
        };
        let (states, stuck) = self.bench.drive(&start, step);
        let seen: Vec<_> = states.iter().map(|at| self.seen(at)).collect();
        judged(&seen, state, next, stuck)
    }

    /// Takes a step in which the nodes do one thing after the other, up to the first that changes
    /// what is seen; and what is seen then, if nothing kept it from being tried.
    pub(super) fn tried(
        &self,
        state: &chord::State,
        step: Step,
        next: &chord::State,
        way: &Way,
        permission: Permission,
    ) -> (Taken, Option<chord::State>) {
        let start = match self.assemble(state, step, &way.setup) {
            Ok(start) => start,
            Err(why) => return (why, None),
        };
        let driven = self.driven(state, start, permission, &way.action);
        let seen: Vec<_> = driven.states.iter().map(|at| self.seen(at)).collect();
        let taken = judged(&seen, state, next, driven.stuck.clone());
        let last = seen.last().copied().filter(|_| driven.stuck.is_none());
        match (taken, step) {
            // Where the other one has a copy already nothing else shows that this one came.
            (Taken::Taken, Step::Copy { node, to, .. })
                if !driven.has_copied(self.id(node), self.id(to)) =>
            {
                (Taken::Missing { instead: "nothing is copied there".into(), after: 1 }, last)
            }
            (taken, _) => (taken, last),
        }
    }

    /// The states that the network goes through until something is seen; up to what cannot be done.
    pub(super) fn driven(
        &self,
        state: &chord::State,
        start: StateOf<Ring>,
        permission: Permission,
        action: &Next<'_>,
    ) -> Driven {
        let network = &self.bench.network;
        let mut driven = Driven { states: vec![start], actions: Vec::new(), stuck: None };
        loop {
            let (at, taken) = (&driven.states[driven.actions.len()], driven.actions.len());
            let is_over = taken > 11 || (taken > 0 && self.seen(at) != *state);
            let Some(next) = action(at, taken).filter(|_| !is_over) else { return driven };
            let mut enabled = Vec::new();
            network.actions(at, &mut enabled);
            let after = match permission {
                _ if enabled.contains(&next) => network.after(at, &next),
                Permission::NotNeeded => self.provoked(at, &next),
                Permission::Needed => None,
            };
            let Some(after) = after else {
                driven.stuck = Some(format!("{next} cannot happen"));
                return driven;
            };
            driven.states.push(after);
            driven.actions.push(next);
        }
    }

    /// What would become of the network if a node got that now: its timer runs out, or it is told
    /// something.
    fn provoked(&self, at: &StateOf<Ring>, action: &ActionOf<NodeOf>) -> Option<StateOf<Ring>> {
        let fresh = Nonce(1 << 23);
        let (node, input) = match action {
            Action::Fire { node, timer } => (node, Input::Timer { timer: *timer, fresh }),
            Action::Tell { node, command } => {
                (node, Input::Command { command: command.clone(), fresh })
            }
            _ => return None,
        };
        self.bench.network.provoked(at, place_of(*node), input)
    }

    /// The nodes in that state of the model, ready for that step.
    pub(super) fn assemble(
        &self,
        state: &chord::State,
        step: Step,
        setup: &Setup,
    ) -> Result<StateOf<Ring>, Taken> {
        let Waiting { members, mut under_way, unsent } = self.bench.waiting(state, step);
        let config = *self.bench.network.environment.config();
        let mut started: Vec<Option<Started<Ring>>> = Vec::new();
        for node in CircleId::all(self.model.nodes) {
            let Some(member) = members.get(&node) else {
                started.push(None);
                continue;
            };
            let part = self.part(state, step, node, setup);
            let (mut host, acknowledgement) =
                assembled(config, node, member, &part).map_err(unable)?;
            if let Some((at, timer)) = setup.timer
                && self.id(at) == node
            {
                let after = std::time::Duration::ZERO;
                host.1.push(Output::SetTimer { timer, after });
            }
            under_way.extend(acknowledgement);
            started.push(Some(host));
        }
        let lookup = self.lookup(state);
        under_way.extend(lookup.iter().map(|(_, question)| question.clone()));
        under_way.extend(setup.packet.clone());
        let mut assembled = self.bench.network.assembled(started, under_way);
        assembled.ghost.unsent = unsent;
        let lookup = lookup.map(|(lookup, _)| lookup);
        assembled.ghost.above =
            lookup.map(|it| Box::new(Above { lookup: Some(it), ..Above::default() }));
        Ok(assembled)
    }

    fn part(&self, state: &chord::State, step: Step, node: CircleId, setup: &Setup) -> Part {
        let (upper, number) = (state.upper(), Id::from(node.number()));
        let keys = self.model.layers.keys.iter().enumerate();
        let of = |is_so: fn(&chord::upper::Copies, Id) -> bool| {
            let keys = keys.clone().filter(|&(place, _)| is_so(&upper.keys[place], number));
            keys.map(|(_, key)| self.id(key)).collect::<Vec<_>>()
        };
        let finger = setup.fingers.filter(|&(at, _)| at == number);
        Part {
            holds: of(|copies, id| copies.holders.contains(id)),
            released: of(|copies, id| copies.released.contains(id)).first().copied(),
            is_leaving: upper.leaving.contains(number),
            is_unready: upper.unready.contains(number),
            notified: match step {
                Step::Rectify { node, from } if from == number && upper.unready.contains(from) => {
                    Some(self.id(node))
                }
                _ => None,
            },
            fingers: finger.map(|(_, to)| Some(self.id(to))).into_iter().collect(),
        }
    }

    /// The look-up that is under way, and its question, which leaves out whoever is gone. Who asks
    /// is somebody else, and need not live any more.
    pub(super) fn lookup(
        &self,
        state: &chord::State,
    ) -> Option<(Lookup, Packet<CircleId, Message<CircleId>>)> {
        let lookup = state.upper().lookup.filter(|_| !self.model.layers.looked_up.is_empty())?;
        let (at, key) = (self.id(lookup.at), self.id(lookup.key));
        let asker = at.after(1);
        let gone = (0..self.model.nodes).filter(|&id| !state.is_member(id));
        let without = gone.map(|id| self.id(id)).collect();
        let nonce = Nonce(1 << 21);
        let message = Message::AskNext { nonce, key, without };
        let question = Packet { to: at, from: asker, message };
        Some((Lookup { asker, nonce, key, at: Some(at) }, question))
    }

    /// A value for a member, from whoever writes.
    pub(super) fn store(&self, node: Id, key: Id) -> Packet<CircleId, Message<CircleId>> {
        let (to, key) = (self.id(node), self.id(key));
        let message = Message::Store { nonce: Nonce(1 << 22), key, record: first_record() };
        Packet { to, from: to.after(1), message }
    }
}

/// The nodes cannot be in that state.
const fn unable(why: String) -> Taken {
    Taken::Missing { instead: why, after: 0 }
}
