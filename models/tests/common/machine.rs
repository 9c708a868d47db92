//! Models whose steps are one function, over states of any type.

use std::fmt;

use stateright::{Model, Property};
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::{
    Action, Checkable, Claim, Fairness, Instance, Limits, Mutant, Report, Specification, State,
    Tier,
};

/// One of four steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Go(pub u8);

impl fmt::Display for Go {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name())
    }
}

impl Action for Go {
    const NAMES: &'static [&'static str] = &["a", "b", "c", "d"];

    fn name_index(&self) -> usize {
        usize::from(self.0)
    }
}

/// A model made of plain functions.
#[derive(Clone)]
pub struct Machine<S> {
    pub initial: Vec<S>,
    /// The state after the step of that number, if the state offers it.
    pub next: fn(&S, u8) -> Option<S>,
    pub fairness: fn(u8) -> Fairness<u8>,
    pub repertoire: Vec<&'static str>,
    pub generators: fn(&S) -> Vec<S>,
    pub is_inside: fn(&S) -> bool,
}

impl<S: State> Machine<S> {
    pub fn new(initial: S, repertoire: &[&'static str], next: fn(&S, u8) -> Option<S>) -> Self {
        Self {
            initial: vec![initial],
            next,
            fairness: Fairness::Weak,
            repertoire: repertoire.to_vec(),
            generators: |_| Vec::new(),
            is_inside: |_| true,
        }
    }
}

impl<S: State> Model for Machine<S> {
    type State = S;
    type Action = Go;

    fn init_states(&self) -> Vec<S> {
        self.initial.clone()
    }

    fn actions(&self, state: &S, actions: &mut Vec<Go>) {
        actions.extend((0..4).filter(|&step| (self.next)(state, step).is_some()).map(Go));
    }

    fn next_state(&self, state: &S, action: Go) -> Option<S> {
        (self.next)(state, action.0)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        Vec::new()
    }

    fn within_boundary(&self, state: &S) -> bool {
        (self.is_inside)(state)
    }
}

impl<S: State> Specification for Machine<S> {
    type Constraint = u8;

    fn fairness(&self, action: &Go) -> Fairness<u8> {
        (self.fairness)(action.0)
    }

    fn assumptions(&self) -> String {
        "as declared".into()
    }

    fn repertoire(&self) -> Vec<&'static str> {
        self.repertoire.clone()
    }

    fn generators(&self, state: &S) -> Vec<S> {
        (self.generators)(state)
    }

    fn mutants() -> &'static [Mutant] {
        &[]
    }

    fn mutate(&self, _mutant: &str) -> Option<Self> {
        None
    }
}

pub fn instance<M: Specification>(model: M, claims: Vec<Claim<M>>) -> Instance<M> {
    Instance {
        system: "test",
        name: "probe",
        tier: Tier::Ci,
        reason: "small",
        model,
        claims,
        declared: Vec::new(),
        depth: None,
        symmetry: false,
    }
}

pub fn check<M: Specification>(instance: &Instance<M>, limits: Limits) -> Report {
    unattended(limits, |run| instance.check(None, run).unwrap())
}
