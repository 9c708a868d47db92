//! Graphs small enough to be drawn on paper, as models.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::trivially_copy_pass_by_ref,
    clippy::unwrap_used,
    clippy::expect_used
)]

pub mod guards;
pub mod machine;
pub mod system;
pub mod written;

use std::fmt;
use std::sync::atomic::AtomicBool;

use stateright::{Model, Property};
use straightedge_models::engine::decision::Decision;
use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::{
    Action, Claim, Fairness, Form, Limits, Mutant, Run, Specification, Verdict, liveness,
    recoverable, safety, validate,
};

/// One way: from, to, fairness of taking it.
pub type Way = (u8, u8, Fairness<u8>);

/// A graph given edge by edge; its predicates are sets of states.
#[derive(Clone, Debug, Default)]
pub struct Tiny {
    pub initial: Vec<u8>,
    pub ways: Vec<Way>,
    /// The states in which the first predicate is true.
    pub p: Vec<u8>,
    /// The states in which the second predicate is true.
    pub q: Vec<u8>,
    /// States beyond the boundary.
    pub outside: Vec<u8>,
}

/// Takes one way of the list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Take {
    pub way: usize,
    pub is_finite: bool,
}

impl fmt::Display for Take {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "take({})", self.way)
    }
}

impl Action for Take {
    const NAMES: &'static [&'static str] = &["take", "quiet"];

    fn name_index(&self) -> usize {
        usize::from(self.is_finite)
    }
}

impl Model for Tiny {
    type State = u8;
    type Action = Take;

    fn init_states(&self) -> Vec<u8> {
        self.initial.clone()
    }

    fn actions(&self, state: &u8, actions: &mut Vec<Take>) {
        let ways = self.ways.iter().enumerate().filter(|(_, (from, ..))| from == state);
        actions.extend(
            ways.map(|(way, (.., fairness))| Take {
                way,
                is_finite: *fairness == Fairness::Finite,
            }),
        );
    }

    fn next_state(&self, state: &u8, action: Take) -> Option<u8> {
        let (from, to, _) = self.ways[action.way];
        (from == *state).then_some(to)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        Vec::new()
    }

    fn within_boundary(&self, state: &u8) -> bool {
        !self.outside.contains(state)
    }
}

impl Specification for Tiny {
    type Constraint = u8;

    fn fairness(&self, action: &Take) -> Fairness<u8> {
        self.ways[action.way].2
    }

    fn assumptions(&self) -> String {
        "as drawn".into()
    }

    fn repertoire(&self) -> Vec<&'static str> {
        vec!["take"]
    }

    fn mutants() -> &'static [Mutant] {
        &[]
    }

    fn mutate(&self, _mutant: &str) -> Option<Self> {
        None
    }
}

pub fn is_p(model: &Tiny, state: &u8) -> bool {
    model.p.contains(state)
}

pub fn is_q(model: &Tiny, state: &u8) -> bool {
    model.q.contains(state)
}

pub fn not_finite(action: &Take) -> bool {
    !action.is_finite
}

/// The forms whose answers are read off the edges.
pub fn forms() -> Vec<Form<Tiny>> {
    vec![
        Form::Eventually(is_p),
        Form::LeadsTo(is_q, is_p),
        Form::InfinitelyOften(is_p),
        Form::EventuallyAlways(is_p),
        Form::Recoverable { goal: is_p, using: not_finite },
    ]
}

pub fn claim<M: Specification>(form: Form<M>) -> Claim<M> {
    Claim::new("claim", "It is so.", "TEST-1", form)
}

pub fn limits(threads: usize) -> Limits {
    Limits { threads, ..Limits::default() }
}

/// Decides one form on the model's graph, and replays the evidence.
pub fn decide<M: Specification>(model: &M, form: Form<M>, limits: Limits) -> Decision<M> {
    unattended(limits, |run| decide_in(model, form, run))
}

pub fn decide_in<M: Specification>(model: &M, form: Form<M>, run: &Run<'_>) -> Decision<M> {
    let graph = Graph::build(model, Build { edges: true, ..Build::default() }, run);
    decide_on(model, &graph, form, run)
}

pub fn decide_on<M: Specification>(
    model: &M,
    graph: &Graph<M>,
    form: Form<M>,
    run: &Run<'_>,
) -> Decision<M> {
    let decision = match form {
        form if form.is_liveness() => liveness::decide(model, graph, &form, run),
        Form::Recoverable { goal, using } => recoverable::decide(model, graph, goal, using, run),
        form => safety::decide(model, graph, &form, run),
    };
    if let Some(trace) = &decision.trace {
        validate::validate(model, &claim(form), &decision.verdict, trace).unwrap();
    }
    let needs_evidence = decision.verdict == Verdict::Violated && form.needs_edges();
    assert!(!needs_evidence || decision.trace.is_some(), "a violation without evidence");
    decision
}

/// A run that was stopped before it began.
pub fn interrupted<T>(body: impl FnOnce(&Run<'_>) -> T) -> T {
    let stop = AtomicBool::new(true);
    body(&Run::new(limits(1), &stop, &|_| {}))
}
