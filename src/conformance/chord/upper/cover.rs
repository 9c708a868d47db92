//! Every step of the model above the ring, taken by nodes that are put together from the model's
//! state; and of the ring, below what is above it.
//!
//! The model leaves to its members what a program decides. In every state of it, the nodes take
//! each step of the model with restraint; for whatever else is left to members they are given every
//! occasion, whether it may come up or not, and do not take it.
//!
//! Source: CHORD-74, CHORD-80.

use stateright::Model;
use straightedge_impl::chord::{Command, Message, Node, Question, Timer};
use straightedge_models::chord::upper::keys;
use straightedge_models::chord::{self, Action as Step, Chord, Id, Pending};
use straightedge_models::engine::{Run, Tier};

use super::super::super::cover::{Covered, Replay, StepOf, Taken, Until, cover};
use super::super::super::environment::StateOf;
use super::super::super::world::{Action, ActionOf, Packet};
use super::super::circle::CircleId;
use super::super::cover::Subject;
use super::super::environment::{Assumptions, Ring};
use super::super::instances::Variation;
use super::super::observed::place_of;
use super::super::replay::Bench;
use super::abstraction::layered;
use super::environment::is_above;
use super::model;
use super::walk::{Driven, Permission, Setup, Walk, Way, is_copy, plain};

type NodeOf = Node<CircleId>;

/// A key at its owner and one replica, and nodes that join once.
const ONE_REPLICA: Chord =
    Chord::corrected(4, 1).without_rejoin().with_keys(chord::Set::of(2)).prompt_acknowledgements();

/// The same with two.
const TWO_REPLICAS: Chord =
    Chord::corrected(4, 2).without_rejoin().with_keys(chord::Set::of(3)).prompt_acknowledgements();

/// The graphs of what is above the ring whose steps are taken: instances of the model, and smaller
/// ones with everything that is done with a key, and with a look-up.
pub const SUBJECTS: &[Subject] = &[
    Subject {
        name: "keys_three_nodes_leave_with_handover",
        tier: Tier::Ci,
        model: Chord::corrected(3, 1)
            .pending(Pending::NotifierSet)
            .with_keys(chord::Set::of(2))
            .leave_with_handover(),
    },
    Subject { name: "keys_four_nodes_two_successors", tier: Tier::Ci, model: TWO_REPLICAS },
    Subject {
        name: "keys_four_nodes_two_successors_answering_when_ready",
        tier: Tier::Ci,
        model: TWO_REPLICAS.answering_when_ready(),
    },
    Subject {
        name: "keys_four_nodes_answering_when_ready",
        tier: Tier::Nightly,
        model: ONE_REPLICA.answering_when_ready(),
    },
    Subject {
        name: "lookup_three_nodes_one_successor",
        tier: Tier::Ci,
        model: Chord::corrected(3, 1)
            .pending(Pending::NotifierSet)
            .with_lookup(chord::Set::circle(3)),
    },
    Subject {
        name: "lookup_four_nodes_without_rejoin",
        tier: Tier::Ci,
        model: Chord::corrected(4, 2).without_rejoin().with_lookup(chord::Set::circle(4)),
    },
    Subject {
        name: "lookup_four_nodes_two_successors",
        tier: Tier::Nightly,
        model: Chord::corrected(4, 2).with_lookup(chord::Set::circle(4)),
    },
    Subject { name: "keys_four_nodes_one_successor", tier: Tier::Nightly, model: ONE_REPLICA },
    Subject {
        name: "keys_four_nodes_leave_with_handover",
        tier: Tier::Nightly,
        model: ONE_REPLICA.without_failures().leave_with_handover(),
    },
];

/// Takes every step of the graph.
#[must_use]
pub fn cover_above(
    subject: &Subject,
    variation: Variation,
    until: Until,
    run: &Run<'_>,
) -> Covered {
    // What is put together from a state may be remembered where a node comes back.
    let assumptions = Assumptions { quiet_time: false, ..variation.assumptions };
    let variation = Variation { assumptions, ..variation };
    let walk = Walk { bench: Bench::new(&subject.model, variation), model: subject.model };
    cover(subject.name, walk, until, run)
}

impl Replay for Walk {
    type Model = Chord;

    fn model(&self) -> &Chord {
        &self.model
    }

    fn steps(&mut self, state: &chord::State, steps: &[StepOf<Chord>]) -> Vec<Taken> {
        let state = plain(state);
        let restrained = self.model.with_restraint();
        let become_of = |(step, next): &StepOf<Chord>| {
            let next = plain(next);
            if restrained.next_state(&state, *step).is_some() {
                self.takes(&state, *step, &next)
            } else {
                self.declines(&state, *step, &next)
            }
        };
        steps.iter().map(become_of).collect()
    }

    /// A member that does not own a key does not keep it as its own; and a finger is not followed
    /// where the model does not let a look-up go on.
    fn refusals(&mut self, state: &chord::State) -> Vec<(String, bool)> {
        let state = plain(state);
        let mut refusals = Vec::new();
        for key in self.model.layers.keys {
            for node in state.members() {
                let put = Step::Put { node, key };
                if self.model.next_state(&state, put).is_none() {
                    refusals.push((put.to_string(), self.leads_nowhere(&state, put, key)));
                }
            }
        }
        let looked_up = state.upper().lookup.filter(|_| !self.model.layers.looked_up.is_empty());
        for to in looked_up.map_or(chord::Set::EMPTY, |it| state.members().without(it.at)) {
            let hop = Step::Hop { to };
            if self.model.next_state(&state, hop).is_none() {
                refusals.push((hop.to_string(), self.is_not_led_to(&state, to)));
            }
        }
        refusals
    }
}

impl Walk {
    fn takes(&self, state: &chord::State, step: Step, next: &chord::State) -> Taken {
        match step {
            Step::Lookup { node, key } => return self.looks_up(state, step, next, [node, key]),
            _ if step.is_of_the_ring() && !matches!(step, Step::Leave(_)) => {
                return self.of_the_ring(state, step, next);
            }
            _ => {}
        }
        let mut missing = Taken::Missing { instead: "there is no way".to_owned(), after: 0 };
        for way in self.ways(state, step) {
            match self.tried(state, step, next, &way, Permission::Needed) {
                (taken @ Taken::Missing { .. }, _) => missing = taken,
                (taken, _) => return taken,
            }
        }
        missing
    }

    /// What becomes of a step that members with restraint do not take: whatever the nodes are
    /// given, they take another one, or none. Who leaves may be gone, though the ring needs it.
    fn declines(&self, state: &chord::State, step: Step, next: &chord::State) -> Taken {
        let ways = self.ways(state, step);
        let mut missing = ways.is_empty().then(|| "there is no way".to_owned());
        for way in ways {
            let (taken, seen) = self.tried(state, step, next, &way, Permission::NotNeeded);
            let is_other = |seen: &chord::State| {
                seen == state || !seen.is_member(step.node()) || self.may_come_to(state, seen)
            };
            missing = match (taken, seen) {
                (Taken::Missing { .. }, Some(seen)) if is_other(&seen) => missing,
                (Taken::Missing { instead, .. }, _) => Some(instead),
                _ => Some("with restraint the model refuses it, and the nodes do not".to_owned()),
            };
        }
        missing.map_or(Taken::Declined, |instead| Taken::Missing { instead, after: 0 })
    }

    /// Whether a step of members with restraint leads from one state to the other.
    fn may_come_to(&self, state: &chord::State, next: &chord::State) -> bool {
        let restrained = self.model.with_restraint();
        let mut steps = Vec::new();
        restrained.actions(state, &mut steps);
        model::actions(&restrained, state, &mut steps);
        let after = |step| model::next(&restrained, state, step).map(|next| plain(&next));
        steps.into_iter().any(|step| after(step) == Some(*next))
    }

    /// The ways in which nodes may come to take a step.
    fn ways(&self, state: &chord::State, step: Step) -> Vec<Way> {
        match step {
            Step::Put { node, key } => {
                let setup = Setup { packet: Some(self.store(node, key)), ..Setup::default() };
                vec![Way::new(setup, |state, _| arriving(state, is_store))]
            }
            Step::Copy { node, to, key } => self.ways_to_copy(state, [node, to, key]),
            Step::Delete { node, .. } => {
                let node = self.id(node);
                vec![Way::new(Setup::default(), move |state, _| {
                    arriving_at(state, node, |message| matches!(message, Message::Copied { .. }))
                })]
            }
            Step::HandOver { node, to } => vec![self.way_to_hand_over(node, to)],
            Step::Leave(node) => vec![self.way_to_leave(state, node)],
            Step::Hop { to } => {
                let at = state.upper().lookup.map(|lookup| lookup.at);
                let setup = Setup { fingers: at.map(|at| (at, to)), ..Setup::default() };
                vec![Way::new(setup, |state, _| arriving(state, is_question))]
            }
            Step::Answer { .. } => {
                vec![Way::new(Setup::default(), |state, _| arriving(state, is_question))]
            }
            _ => Vec::new(),
        }
    }

    /// An owner copies to its list, another holder to its predecessor, or to whom a look-up names.
    fn ways_to_copy(&self, state: &chord::State, [node, to, key]: [Id; 3]) -> Vec<Way> {
        let (from, taker) = (self.id(node), self.id(to));
        let beginning_with = |setup: Setup, timer: Timer| {
            Way::new(setup, move |state, taken| match taken {
                0 => Some(Action::Fire { node: from, timer }),
                _ => on_the_way(state, from, taker),
            })
        };
        let mut ways = vec![beginning_with(Setup::default(), Timer::Repair)];
        if !keys::answers(state, node, key) {
            let fingers = state.members().iter().map(|finger| Some((node, finger)));
            ways.extend(fingers.map(|fingers| {
                beginning_with(Setup { fingers, ..Setup::default() }, Timer::Repair)
            }));
            let timer = Some((node, Timer::HandOver));
            ways.push(beginning_with(Setup { timer, ..Setup::default() }, Timer::HandOver));
        }
        ways
    }

    fn way_to_hand_over(&self, node: Id, to: Id) -> Way {
        let (from, taker) = (self.id(node), self.id(to));
        Way::new(Setup::default(), move |state, taken| match taken {
            0 => Some(Action::Tell { node: from, command: Command::Leave }),
            1 => Some(Action::Fire { node: from, timer: Timer::HandOver }),
            _ => arriving_at(state, taker, is_copy),
        })
    }

    fn way_to_leave(&self, state: &chord::State, node: Id) -> Way {
        let is_leaving = state.upper().leaving.contains(node);
        let node = self.id(node);
        Way::new(Setup::default(), move |_, taken| match (is_leaving, taken) {
            (false, 0) => Some(Action::Tell { node, command: Command::Leave }),
            (false, 1) | (true, 0) => Some(Action::Fire { node, timer: Timer::HandOver }),
            _ => None,
        })
    }

    fn leads_nowhere(&self, state: &chord::State, put: Step, key: Id) -> bool {
        let packet = Some(self.store(put.node(), key));
        let Ok(start) = self.assemble(state, put, &Setup { packet, ..Setup::default() }) else {
            return false;
        };
        let Driven { states, .. } =
            self.driven(state, start, Permission::Needed, &|state, taken| {
                arriving(state, is_store).filter(|_| taken == 0)
            });
        states.len() == 2 && states.iter().all(|at| self.seen(at) == *state)
    }

    /// Whether a look-up is not led to the only finger that its member has.
    fn is_not_led_to(&self, state: &chord::State, to: Id) -> bool {
        let step = Step::Hop { to };
        let Some(lookup) = state.upper().lookup else { return true };
        let setup = Setup { fingers: Some((lookup.at, to)), ..Setup::default() };
        let Ok(start) = self.assemble(state, step, &setup) else { return false };
        let Driven { states, stuck, .. } =
            self.driven(state, start, Permission::Needed, &|state, _| arriving(state, is_question));
        let at = states.last().and_then(|last| self.seen(last).upper().lookup);
        stuck.is_none() && at.is_none_or(|lookup| lookup.at != to)
    }

    /// A member that is told to look up takes the first hop, or answers itself, at once.
    fn looks_up(
        &self,
        state: &chord::State,
        step: Step,
        begun: &chord::State,
        [node, key]: [Id; 2],
    ) -> Taken {
        let start = match self.assemble(state, step, &Setup::default()) {
            Ok(start) => start,
            Err(why) => return why,
        };
        let command = Command::Lookup { key: self.id(key) };
        let from = self.id(node);
        let Driven { states, stuck, .. } =
            self.driven(state, start, Permission::Needed, &|_, taken| {
                let told = Action::Tell { node: from, command: command.clone() };
                (taken == 0).then_some(told)
            });
        let mut following = Vec::new();
        self.model.actions(begun, &mut following);
        model::actions(&self.model, begun, &mut following);
        let is_of_it = |step: &Step| matches!(step, Step::Hop { .. } | Step::Answer { .. });
        let seen = states.last().map(|last| self.seen(last));
        let is_taken = following
            .into_iter()
            .filter(is_of_it)
            .any(|step| model::next(&self.model, begun, step).map(|next| plain(&next)) == seen);
        let is_right = states.last().is_some_and(|last| layered(last).wrong.is_none());
        match (stuck, is_taken && is_right && states.len() == 2) {
            (None, true) => Taken::Taken,
            (stuck, _) => {
                let instead = stuck.unwrap_or_else(|| format!("they come to {seen:?}"));
                Taken::Missing { instead: instead.replace('\n', "; "), after: 1 }
            }
        }
    }
}

/// The first message of its kind arrives.
fn arriving(
    state: &StateOf<Ring>,
    is_of_kind: impl Fn(&Message<CircleId>) -> bool,
) -> Option<ActionOf<NodeOf>> {
    let packet = state.flight.iter().find(|packet| is_of_kind(&packet.message))?;
    Some(Action::Deliver(packet.clone()))
}

/// The same at that node.
fn arriving_at(
    state: &StateOf<Ring>,
    node: CircleId,
    is_of_kind: impl Fn(&Message<CircleId>) -> bool,
) -> Option<ActionOf<NodeOf>> {
    let packet =
        state.flight.iter().find(|packet| packet.to == node && is_of_kind(&packet.message))?;
    Some(Action::Deliver(packet.clone()))
}

/// What a member sends, and is answered, on its way to a copy at another.
fn on_the_way(state: &StateOf<Ring>, from: CircleId, taker: CircleId) -> Option<ActionOf<NodeOf>> {
    let asker = |packet: &Packet<_, Message<_>>| match packet.message {
        Message::AskNext { .. } => Some(packet.from),
        Message::Next { .. } | Message::Owner { .. } => Some(packet.to),
        _ => None,
    };
    let copy = state
        .flight
        .iter()
        .find(|packet| is_copy(&packet.message) && packet.from == from && packet.to == taker);
    let question = || state.flight.iter().find(|packet| asker(packet) == Some(from));
    let packet = copy.or_else(question).filter(|packet| is_above(&packet.message));
    if let Some(packet) = packet.filter(|packet| state.host(place_of(packet.to)).is_some()) {
        return Some(Action::Deliver(packet.clone()));
    }
    // Whoever is asked is gone.
    let is_of_it = |timer: &&Timer| matches!(timer, Timer::Timeout(Question::Request(_)));
    let timer = *state.host(place_of(from))?.timers.iter().find(is_of_it)?;
    Some(Action::Fire { node: from, timer })
}

const fn is_store<I>(message: &Message<I>) -> bool {
    matches!(message, Message::Store { .. })
}

const fn is_question<I>(message: &Message<I>) -> bool {
    matches!(message, Message::AskNext { .. })
}
