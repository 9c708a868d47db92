//! Every step of the model above the ring, taken by nodes that are put together from the model's
//! state; and of the ring, below what is above it.

use stateright::Model;
use straightedge_impl::chord::{Command, Message, Node, Timer};
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
use super::assembly::EMPTY_HANDED;
use super::environment::is_above;
use super::model;
use super::walk::{Setup, Walk, plain};

type NodeOf = Node<CircleId>;

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
    Subject {
        name: "keys_four_nodes_two_successors",
        tier: Tier::Ci,
        model: Chord::corrected(4, 2)
            .without_rejoin()
            .with_keys(chord::Set::of(3))
            .prompt_acknowledgements(),
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
    Subject {
        name: "keys_four_nodes_one_successor",
        tier: Tier::Nightly,
        model: Chord::corrected(4, 1)
            .without_rejoin()
            .with_keys(chord::Set::of(2))
            .prompt_acknowledgements(),
    },
    Subject {
        name: "keys_four_nodes_leave_with_handover",
        tier: Tier::Nightly,
        model: Chord::corrected(4, 1)
            .without_rejoin()
            .with_keys(chord::Set::of(2))
            .without_failures()
            .prompt_acknowledgements()
            .leave_with_handover(),
    },
];

const HANDED_OVER: &str = "A member that has handed over does not do so again.";
const DEAD_HEAD: &str = "A member hands over to the first of its list, which is dead here: first \
                         the ring is repaired.";
const OFFERED: &str = "What a member has offered already it does not offer again before it has \
                       heard of that.";
const LEAVING: &str =
    "A member that leaves hands over to its successor, and offers nothing to anybody else.";
const NEARER: &str = "The way leads to the nearest that a member knows, and one in its list is \
                      nearer.";
const NAMED_ELSE: &str =
    "A look-up from that member names another owner, whatever its fingers are.";

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
        steps.iter().map(|(step, next)| self.takes(&state, *step, &plain(next))).collect()
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
            Step::Put { node, key } => self.tried(
                state,
                step,
                next,
                &Setup { packet: Some(self.store(node, key)), ..Setup::default() },
                &|state, _| arriving(state, |message| matches!(message, Message::Store { .. })),
            ),
            Step::Copy { node, to, key } => self.copies(state, step, next, [node, to, key]),
            Step::Delete { node, .. } => {
                let node = self.id(node);
                self.tried(state, step, next, &Setup::default(), &|state, _| {
                    arriving_at(state, node, |message| matches!(message, Message::Copied { .. }))
                })
            }
            Step::HandOver { node, to } => self.hands_over(state, step, next, [node, to]),
            Step::Leave(node) => self.leaves(state, step, next, node),
            Step::Lookup { node, key } => self.looks_up(state, step, next, [node, key]),
            Step::Hop { to } => self.hops(state, step, next, to),
            Step::Answer { .. } => self.tried(state, step, next, &Setup::default(), &|state, _| {
                arriving(state, |message| matches!(message, Message::AskNext { .. }))
            }),
            _ => self.of_the_ring(state, step, next),
        }
    }

    fn leads_nowhere(&self, state: &chord::State, put: Step, key: Id) -> bool {
        let packet = Some(self.store(put.node(), key));
        let Ok(start) = self.assemble(state, put, &Setup { packet, ..Setup::default() }) else {
            return true;
        };
        let (states, _) = self.driven(state, start, &|state, taken| {
            let arrives = arriving(state, |message| matches!(message, Message::Store { .. }));
            arrives.filter(|_| taken == 0)
        });
        states.len() == 2 && states.iter().all(|at| self.seen(at) == *state)
    }

    /// Whether a look-up is not led to the only finger that its member has.
    fn is_not_led_to(&self, state: &chord::State, to: Id) -> bool {
        let step = Step::Hop { to };
        let Some(lookup) = state.upper().lookup else { return true };
        let setup = Setup { fingers: Some((lookup.at, to)), ..Setup::default() };
        let Ok(start) = self.assemble(state, step, &setup) else { return false };
        let (states, stuck) = self.driven(state, start, &|state, _| {
            arriving(state, |message| matches!(message, Message::AskNext { .. }))
        });
        let at = states.last().and_then(|last| self.seen(last).upper().lookup);
        stuck.is_none() && at.is_none_or(|lookup| lookup.at != to)
    }

    /// An owner copies to its list, another holder to its predecessor, or to whom a look-up names.
    fn copies(
        &self,
        state: &chord::State,
        step: Step,
        next: &chord::State,
        [node, to, key]: [Id; 3],
    ) -> Taken {
        let upper = state.upper();
        let is_offered = upper.keys.iter().any(|copies| copies.released.contains(node));
        let is_owner = chord::upper::keys::owns(state, node, key);
        let is_predecessor = state.member(node).is_some_and(|it| it.predecessor == Some(to));
        if !is_owner && is_offered {
            return Taken::Beyond(OFFERED);
        }
        let (from, taker) = (self.id(node), self.id(to));
        let begun = |timer: Timer| {
            move |state: &StateOf<Ring>, taken: usize| {
                if taken == 0 {
                    return Some(Action::Fire { node: from, timer });
                }
                on_the_way(state, from, taker)
            }
        };
        if !is_owner && upper.leaving.contains(node) {
            return Taken::Beyond(LEAVING);
        }
        if is_predecessor && !is_owner {
            let setup = Setup { timer: Some((node, Timer::HandOver)), ..Setup::default() };
            return self.tried(state, step, next, &setup, &begun(Timer::HandOver));
        }
        let fingers = state.members().iter().map(|finger| Some((node, finger)));
        let mut missing = None;
        for fingers in [None].into_iter().chain(fingers.filter(|_| !is_owner)) {
            let setup = Setup { fingers, ..Setup::default() };
            let taken = self.tried(state, step, next, &setup, &begun(Timer::Repair));
            match taken {
                Taken::Missing { .. } => missing = missing.or(Some(taken)),
                _ => return taken,
            }
        }
        match missing {
            Some(missing) if is_owner => missing,
            _ => Taken::Beyond(NAMED_ELSE),
        }
    }

    fn hands_over(
        &self,
        state: &chord::State,
        step: Step,
        next: &chord::State,
        [node, to]: [Id; 2],
    ) -> Taken {
        let upper = state.upper();
        let holds = upper.keys.iter().any(|copies| copies.holders.contains(node));
        if upper.leaving.contains(node) {
            return Taken::Beyond(HANDED_OVER);
        }
        if !holds {
            return Taken::Beyond(EMPTY_HANDED);
        }
        if state.successors(node).head() != Some(to) {
            return Taken::Beyond(DEAD_HEAD);
        }
        let (from, taker) = (self.id(node), self.id(to));
        self.tried(state, step, next, &Setup::default(), &|state, taken| match taken {
            0 => Some(Action::Tell { node: from, command: Command::Leave }),
            1 => Some(Action::Fire { node: from, timer: Timer::HandOver }),
            _ => arriving_at(state, taker, |message| matches!(message, Message::Copy { .. })),
        })
    }

    fn leaves(&self, state: &chord::State, step: Step, next: &chord::State, node: Id) -> Taken {
        let is_leaving = state.upper().leaving.contains(node);
        let from = self.id(node);
        self.tried(state, step, next, &Setup::default(), &|_, taken| {
            let told = Action::Tell { node: from, command: Command::Leave };
            let goes = Action::Fire { node: from, timer: Timer::HandOver };
            match (is_leaving, taken) {
                (false, 0) => Some(told),
                (false, 1) | (true, 0) => Some(goes),
                _ => None,
            }
        })
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
        let (states, stuck) = self.driven(state, start, &|_, taken| {
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

    fn hops(&self, state: &chord::State, step: Step, next: &chord::State, to: Id) -> Taken {
        let Some(lookup) = state.upper().lookup else {
            return Taken::Missing { instead: "nothing is looked up".into(), after: 0 };
        };
        let is_nearer = |id: Id| {
            state.is_member(id)
                && chord::between(lookup.at, id, lookup.key)
                && chord::between(to, id, lookup.key)
        };
        if state.successors(lookup.at).iter().any(is_nearer) {
            return Taken::Beyond(NEARER);
        }
        let setup = Setup { fingers: Some((lookup.at, to)), ..Setup::default() };
        self.tried(state, step, next, &setup, &|state, _| {
            arriving(state, |message| matches!(message, Message::AskNext { .. }))
        })
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
    let copy = state.flight.iter().find(|packet| {
        let is_copy = matches!(packet.message, Message::Copy { .. });
        is_copy && packet.from == from && packet.to == taker
    });
    let question = || state.flight.iter().find(|packet| asker(packet) == Some(from));
    let packet = copy.or_else(question).filter(|packet| is_above(&packet.message))?;
    state.host(place_of(packet.to))?;
    Some(Action::Deliver(packet.clone()))
}
