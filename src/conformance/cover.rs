//! Every step of a model's graph, taken by the machines.
//!
//! The other direction of the refinement: what the model can do the machines do, and what the
//! model refuses they refuse.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::Serialize;
use stateright::Model;
use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::verdict::Bound;
use straightedge_models::engine::{Progress, Run, Specification};

/// How machines take the steps of a model.
pub trait Replay {
    /// The model.
    type Model: Specification;

    /// The model.
    fn model(&self) -> &Self::Model;

    /// What becomes of each of the steps out of a state, and of those that lead to it again. States
    /// come in the order of their distance from the first one.
    fn steps(
        &mut self,
        state: &<Self::Model as Model>::State,
        steps: &[StepOf<Self::Model>],
    ) -> Vec<Taken>;

    /// What becomes of steps that the model refuses in that state: the name of each, and whether
    /// the machines refuse it too.
    fn refusals(&mut self, state: &<Self::Model as Model>::State) -> Vec<(String, bool)>;
}

/// A step of a model, and the state that it leads to.
pub type StepOf<M> = (<M as Model>::Action, <M as Model>::State);

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The machines took it.
    Taken,
    /// The model leaves it to its members, and the machines never take it: they were given every
    /// occasion.
    Declined,
    /// They cannot, for a reason that is declared.
    Beyond(&'static str),
    /// They did something else.
    Missing {
        /// What they did.
        instead: String,
        /// How many steps of the network it took to see it.
        after: usize,
    },
}

/// What taking every step came to.
#[derive(Clone, Debug, Serialize)]
pub struct Covered {
    /// The name of the model's instance.
    pub subject: &'static str,
    /// States of the model's graph.
    pub states: u64,
    /// Steps of the model's graph.
    pub steps: u64,
    /// How many of them the machines took, and came to the same state.
    pub taken: u64,
    /// How many of them they cannot take, by the declared reason.
    pub beyond: BTreeMap<&'static str, u64>,
    /// Steps besides, which the model leaves to its members, and for which the machines were given
    /// every occasion, and which they never took.
    pub declined: u64,
    /// Steps that the model refuses.
    pub refusals: u64,
    /// How many of them the machines refused too.
    pub refused: u64,
    /// What stopped the model's graph, or the walk over it.
    pub bound: Option<Bound>,
    /// The first steps that were not taken, or not refused.
    pub missing: Vec<Missing>,
}

impl Covered {
    /// Whether the machines do what the model does, and nothing else.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let beyond: u64 = self.beyond.values().sum();
        let is_taken = self.taken + beyond == self.steps;
        self.bound.is_none() && is_taken && self.refused == self.refusals
    }
}

/// A step that the machines did not take as the model does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The model's state, in one line.
    pub state: String,
    /// The model's step.
    pub step: String,
    /// What the machines did instead.
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

/// Takes every step of the model's graph.
pub fn cover<R: Replay>(
    subject: &'static str,
    mut replay: R,
    until: Until,
    run: &Run<'_>,
) -> Covered {
    let graph = Graph::build(replay.model(), Build { edges: true, ..Build::default() }, run);
    let mut covered = Covered {
        subject,
        states: graph.len() as u64,
        steps: 0,
        taken: 0,
        beyond: BTreeMap::new(),
        declined: 0,
        refusals: 0,
        refused: 0,
        bound: graph.bound().cloned(),
        missing: Vec::new(),
    };
    for (number, state) in graph.states().iter().enumerate() {
        if number % 256 == 0 {
            (run.listener)(&progress(number, &covered, &graph, run));
        }
        let is_over = until == Until::TheFirst && !covered.missing.is_empty();
        if is_over {
            break;
        }
        if let Some(interruption) = run.interruption() {
            covered.bound = covered.bound.or(Some(interruption));
            break;
        }
        take_steps(&mut replay, state, &mut covered);
        for (step, is_refused) in replay.refusals(state) {
            covered.refusal::<R>(state, step, is_refused);
        }
    }
    covered
}

fn progress<M: Specification>(
    number: usize,
    covered: &Covered,
    graph: &Graph<M>,
    run: &Run<'_>,
) -> Progress {
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

fn take_steps<R: Replay>(
    replay: &mut R,
    state: &<R::Model as Model>::State,
    covered: &mut Covered,
) {
    let mut actions = Vec::new();
    let model = replay.model();
    model.actions(state, &mut actions);
    let after = |action: <R::Model as Model>::Action| {
        let next = model.next_state(state, action.clone())?;
        Some((action, next))
    };
    let steps: Vec<_> = actions.into_iter().filter_map(after).collect();
    for (taken, (step, _)) in replay.steps(state, &steps).into_iter().zip(&steps) {
        covered.steps += u64::from(taken != Taken::Declined);
        match taken {
            Taken::Declined => covered.declined += 1,
            Taken::Taken => covered.taken += 1,
            Taken::Beyond(reason) => *covered.beyond.entry(reason).or_default() += 1,
            Taken::Missing { instead, after } => covered.note(Missing {
                state: one_line(state),
                step: step.to_string(),
                instead,
                after,
            }),
        }
    }
}

impl Covered {
    fn refusal<R: Replay>(
        &mut self,
        state: &<R::Model as Model>::State,
        step: String,
        is_refused: bool,
    ) {
        self.refusals += 1;
        if is_refused {
            self.refused += 1;
        } else {
            let instead = "the model refuses it, and the machines do not".into();
            self.note(Missing { state: one_line(state), step, instead, after: 2 });
        }
    }

    fn note(&mut self, missing: Missing) {
        if self.missing.len() < TOLD {
            self.missing.push(missing);
        }
    }
}

/// A state of a model, whose text has several lines, in one.
#[must_use]
pub fn one_line(state: &impl Debug) -> String {
    format!("{state:?}").replace('\n', "; ")
}
