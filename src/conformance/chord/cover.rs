//! Every step of the model's graph, taken by nodes that are put together from the model's state.
//!
//! The other direction of the refinement: what the model can do the nodes do, and what the model
//! refuses they refuse. The notification that is looked at waits at its node, every other one is
//! on its way; those of a node that is about to come back are the ghost's, since nothing of its
//! former life is under way.
//!
//! The model that keeps the closest notifier alone is covered too, each step by itself: there the
//! nodes' notifiers stand for the closest of them. As a mapping of whole runs that would not do: a
//! node may look at the farther one first, when its predecessor is dead.

use stateright::Model;
use straightedge_models::chord::{self, Action as Step, Chord, Pending};
use straightedge_models::engine::{Run, Tier};

use super::super::cover::{Covered, Replay, StepOf, Taken, Until, cover, one_line};
use super::instances::Variation;
use super::replay::{Bench, acts_on};

/// A graph of the model whose steps are taken.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// The name of the model's instance.
    pub name: &'static str,
    /// When its steps are taken.
    pub tier: Tier,
    /// The model.
    pub model: Chord,
}

/// The corrected instances of the model: with every notifier, and with the closest alone.
pub const SUBJECTS: &[Subject] = &[
    Subject {
        name: "corrected_four_nodes_notifier_set",
        tier: Tier::Ci,
        model: Chord::corrected(4, 2).pending(Pending::NotifierSet),
    },
    Subject {
        name: "corrected_three_nodes_one_successor",
        tier: Tier::Ci,
        model: Chord::corrected(3, 1),
    },
    Subject {
        name: "corrected_four_nodes_two_successors_without_rejoin",
        tier: Tier::Ci,
        model: Chord::corrected(4, 2).without_rejoin(),
    },
    Subject {
        name: "corrected_four_nodes_two_successors",
        tier: Tier::Ci,
        model: Chord::corrected(4, 2),
    },
    Subject {
        name: "corrected_five_nodes_two_successors_without_rejoin",
        tier: Tier::Ci,
        model: Chord::corrected(5, 2).without_rejoin(),
    },
    Subject {
        name: "corrected_five_nodes_three_successors",
        tier: Tier::Nightly,
        model: Chord::corrected(5, 3),
    },
    Subject {
        name: "corrected_six_nodes_three_successors_without_rejoin",
        tier: Tier::Nightly,
        model: Chord::corrected(6, 3).without_rejoin(),
    },
];

impl Subject {
    /// Takes every step of the graph.
    #[must_use]
    pub fn cover(&self, variation: Variation, until: Until, run: &Run<'_>) -> Covered {
        let walk = Walk { bench: Bench::new(&self.model, variation), model: self.model };
        cover(self.name, walk, until, run)
    }
}

struct Walk {
    bench: Bench,
    model: Chord,
}

/// Who is remembered to have been a member is remembered by the model alone.
pub(super) fn members_of(state: &chord::State) -> chord::State {
    state.iter().collect()
}

/// Whether the nodes went from one state to the other, and through no third one, by what was seen
/// of them at the beginning and after each step.
pub(super) fn judged(
    seen: &[chord::State],
    state: &chord::State,
    next: &chord::State,
    stuck: Option<String>,
) -> Taken {
    let mut has_stepped = false;
    for (after, seen) in seen.iter().enumerate() {
        has_stepped |= after > 0 && seen == next;
        if seen != (if has_stepped { next } else { state }) {
            let instead = format!("they come to {}", one_line(seen));
            return Taken::Missing { instead, after };
        }
    }
    match stuck {
        Some(instead) => Taken::Missing { instead, after: seen.len() },
        None if !has_stepped => {
            Taken::Missing { instead: "nothing changes".into(), after: seen.len() - 1 }
        }
        None => Taken::Taken,
    }
}

impl Replay for Walk {
    type Model = Chord;

    fn model(&self) -> &Chord {
        &self.model
    }

    fn steps(&mut self, state: &chord::State, steps: &[StepOf<Chord>]) -> Vec<Taken> {
        let state = members_of(state);
        steps.iter().map(|(step, next)| self.takes(&state, *step, &members_of(next))).collect()
    }

    fn refusals(&mut self, state: &chord::State) -> Vec<(String, bool)> {
        let state = &members_of(state);
        (0..self.model.nodes).flat_map(|node| self.refusals_of(state, node)).collect()
    }
}

impl Walk {
    /// Whether the nodes go from one state to the other, and through no third one.
    fn takes(&self, state: &chord::State, step: Step, next: &chord::State) -> Taken {
        let start = match self.bench.assemble(state, step) {
            Ok(start) => start,
            Err(why) => return Taken::Missing { instead: why.to_string(), after: 0 },
        };
        let (states, stuck) = self.bench.drive(&start, step);
        let seen: Vec<_> = states.iter().map(|at| self.bench.seen(at)).collect();
        judged(&seen, state, next, stuck)
    }

    fn refusals_of(&self, state: &chord::State, node: chord::Id) -> Vec<(String, bool)> {
        let Some(member) = state.member(node) else {
            let joins = state.members().into_iter().map(|via| Step::Join { node, via });
            let refused = joins.filter(|&join| self.model.next_state(state, join).is_none());
            return refused
                .map(|join| (join.to_string(), self.leads_nowhere(state, join)))
                .collect();
        };
        let join = Step::Join { node, via: member.successors.head().unwrap_or(node) };
        let other_half = match member.candidate {
            Some(_) => Step::StabilizeFromSuccessor(node),
            None => Step::StabilizeFromPredecessor(node),
        };
        // Every notification is on its way here, and none waits.
        let rectify = Step::Rectify { node, from: node };
        let is_refused = |step: Step| {
            let assembled = self.bench.assemble(state, step);
            assembled.is_ok_and(|assembled| !acts_on(&assembled, node, self.bench.input(step)))
        };
        let refused = [join, other_half, rectify].into_iter();
        refused.map(|step| (step.to_string(), is_refused(step))).collect()
    }

    /// Whether a join that the model refuses changes nothing.
    fn leads_nowhere(&self, state: &chord::State, step: Step) -> bool {
        let Ok(start) = self.bench.assemble(state, step) else { return false };
        let (states, _) = self.bench.drive(&start, step);
        states.iter().take(3).all(|at| self.bench.seen(at) == *state)
    }
}
