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

use serde::Serialize;
use stateright::Model;
use straightedge_models::chord::{self, Action as Step, Chord, Pending};
use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::verdict::Bound;
use straightedge_models::engine::{Progress, Run, Tier};

use super::instances::Variation;
use super::replay::{Bench, acts_on, input};
use super::search::on_circle;

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

/// What taking every step came to.
#[derive(Clone, Debug, Serialize)]
pub struct Covered {
    /// The name of the model's instance.
    pub subject: &'static str,
    /// States of the model's graph.
    pub states: u64,
    /// Steps of the model's graph.
    pub steps: u64,
    /// How many of them the nodes took, and came to the same state.
    pub taken: u64,
    /// Steps that the model refuses.
    pub refusals: u64,
    /// How many of them the nodes refused too.
    pub refused: u64,
    /// What stopped the model's graph, or the walk over it.
    pub bound: Option<Bound>,
    /// The first steps that were not taken, or not refused.
    pub missing: Vec<Missing>,
}

impl Covered {
    /// Whether the nodes do what the model does, and nothing else.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.bound.is_none() && self.taken == self.steps && self.refused == self.refusals
    }
}

/// A step that the nodes did not take as the model does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The model's state, one member after the other.
    pub state: String,
    /// The model's step.
    pub step: String,
    /// What the nodes did instead.
    pub instead: String,
    /// How many steps of the network it took to see it.
    pub after: usize,
}

/// More than this many need not be told.
const TOLD: usize = 20;

/// When a walk ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// When every step was tried.
    TheEnd,
    /// When a step went wrong.
    TheFirst,
}

impl Subject {
    /// Takes every step of the graph.
    #[must_use]
    pub fn cover(&self, variation: Variation, until: Until, run: &Run<'_>) -> Covered {
        let subject = *self;
        on_circle!(self.model.nodes, cover(subject, variation, until, run))
    }
}

fn cover<const N: u8>(
    subject: Subject,
    variation: Variation,
    until: Until,
    run: &Run<'_>,
) -> Covered {
    let graph = Graph::build(&subject.model, Build { edges: true, ..Build::default() }, run);
    let mut walk = Walk {
        bench: Bench::<N>::new(&subject.model, variation),
        model: subject.model,
        covered: Covered {
            subject: subject.name,
            states: graph.len() as u64,
            steps: 0,
            taken: 0,
            refusals: 0,
            refused: 0,
            bound: graph.bound().cloned(),
            missing: Vec::new(),
        },
    };
    for (number, state) in graph.states().iter().enumerate() {
        if number % 256 == 0 {
            (run.listener)(&progress(number, &walk.covered, &graph, run));
            walk.covered.bound = walk.covered.bound.or_else(|| run.interruption());
        }
        let is_over = until == Until::TheFirst && !walk.covered.missing.is_empty();
        if is_over || run.interruption().is_some() {
            break;
        }
        walk.steps(state);
        walk.refusals(state);
    }
    walk.covered
}

fn progress(number: usize, covered: &Covered, graph: &Graph<Chord>, run: &Run<'_>) -> Progress {
    Progress {
        phase: "taking each step",
        states: number as u64,
        transitions: covered.steps,
        depth: 0,
        queue: (graph.len() - number) as u64,
        memory_bytes: graph.bytes(),
        elapsed: run.started.elapsed(),
    }
}

struct Walk<const N: u8> {
    bench: Bench<N>,
    model: Chord,
    covered: Covered,
}

/// Who is remembered to have been a member is remembered by the model alone.
fn members_of(state: &chord::State) -> chord::State {
    state.iter().collect()
}

impl<const N: u8> Walk<N> {
    fn steps(&mut self, state: &chord::State) {
        let mut steps = Vec::new();
        self.model.actions(state, &mut steps);
        for step in steps {
            let Some(next) = self.model.next_state(state, step) else { continue };
            self.covered.steps += 1;
            match self.takes(&members_of(state), step, &members_of(&next)) {
                Ok(()) => self.covered.taken += 1,
                Err(missing) => self.note(missing),
            }
        }
    }

    /// Whether the nodes go from one state to the other, and through no third one.
    fn takes(&self, state: &chord::State, step: Step, next: &chord::State) -> Result<(), Missing> {
        let missing = |instead: String, after: usize| Missing {
            state: one_line(state),
            step: step.to_string(),
            instead,
            after,
        };
        let start = self.bench.assemble(state, step).map_err(|why| missing(why.to_string(), 0))?;
        let (states, stuck) = self.bench.drive(&start, step);
        let mut has_stepped = false;
        for (after, at) in states.iter().enumerate() {
            let seen = self.bench.seen(at);
            has_stepped |= after > 0 && seen == *next;
            if seen != *(if has_stepped { next } else { state }) {
                return Err(missing(format!("they come to {}", one_line(&seen)), after));
            }
        }
        match stuck {
            Some(why) => Err(missing(why, states.len())),
            None if !has_stepped => Err(missing("nothing changes".into(), states.len() - 1)),
            None => Ok(()),
        }
    }

    fn refusals(&mut self, state: &chord::State) {
        let state = &members_of(state);
        let members = state.members();
        for node in 0..self.model.nodes {
            let Some(member) = state.member(node) else {
                for via in members {
                    let step = Step::Join { node, via };
                    if self.model.next_state(state, step).is_none() {
                        let is_refused = self.leads_nowhere(state, step);
                        self.refusal(state, step, is_refused);
                    }
                }
                continue;
            };
            let mut refused =
                vec![Step::Join { node, via: member.successors.head().unwrap_or(node) }];
            refused.push(match member.candidate {
                Some(_) => Step::StabilizeFromSuccessor(node),
                None => Step::StabilizeFromPredecessor(node),
            });
            // Every notification is on its way here, and none waits.
            refused.push(Step::Rectify { node, from: node });
            for step in refused {
                let assembled = self.bench.assemble(state, step);
                let is_refused =
                    assembled.is_ok_and(|assembled| !acts_on(&assembled, node, input::<N>(step)));
                self.refusal(state, step, is_refused);
            }
        }
    }

    /// Whether a join that the model refuses changes nothing.
    fn leads_nowhere(&self, state: &chord::State, step: Step) -> bool {
        let Ok(start) = self.bench.assemble(state, step) else { return false };
        let (states, _) = self.bench.drive(&start, step);
        states.iter().take(3).all(|at| self.bench.seen(at) == *state)
    }

    fn refusal(&mut self, state: &chord::State, step: Step, is_refused: bool) {
        self.covered.refusals += 1;
        if is_refused {
            self.covered.refused += 1;
        } else {
            let (state, step) = (one_line(state), step.to_string());
            let instead = "the model refuses it, and the nodes do not".into();
            self.note(Missing { state, step, instead, after: 2 });
        }
    }

    fn note(&mut self, missing: Missing) {
        if self.covered.missing.len() < TOLD {
            self.covered.missing.push(missing);
        }
    }
}

fn one_line(state: &chord::State) -> String {
    format!("{state:?}").replace('\n', "; ")
}
