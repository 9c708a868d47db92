//! What a model says of itself: its actions, its claims, its fairness, its mutants.

use std::fmt::{Debug, Display};
use std::hash::Hash;

use serde::Serialize;
use serde_json::Value;
use stateright::{Model, Property};

use super::walk::Refusal;

/// What the engine needs of a state: an exact value that a person can read as JSON.
pub trait State: Clone + Eq + Ord + Hash + Debug + Serialize + Send + Sync + 'static {}
impl<T: Clone + Eq + Ord + Hash + Debug + Serialize + Send + Sync + 'static> State for T {}

/// A step's label. Its [`Display`] form, such as `rectify(3)`, is its stable textual name.
pub trait Action: Clone + Eq + Ord + Hash + Debug + Display + Send + Sync + 'static {
    /// The names of the procedures, such as `rectify`; at most 256.
    const NAMES: &'static [&'static str];

    /// The names of the procedures whose guard is an assumption on the environment: whoever is held
    /// against the model cannot refuse them.
    const ENVIRONMENT: &'static [&'static str] = &[];

    /// The index in [`Self::NAMES`] of the procedure that this action runs.
    fn name_index(&self) -> usize;

    /// The name of the procedure that this action runs.
    fn name(&self) -> &'static str {
        Self::NAMES[self.name_index()]
    }

    /// What the step is about, by the names that traces use: `node` 2, `from` 1. Empty for actions
    /// that traces name by their text alone.
    fn fields(&self) -> Vec<(&'static str, Value)> {
        Vec::new()
    }
}

/// How often a behaviour must take the actions of one constraint.
///
/// `C` names the constraint: actions that map to the same value are one fair action, which is
/// enabled when any of them is and taken when any of them is. Only steps that change the state
/// count, for enabled and for taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fairness<C> {
    /// May be neglected for ever, and may go on for ever.
    Unfair,
    /// Happens only finitely often: an environment that at last grows quiet.
    Finite,
    /// Taken infinitely often if it is enabled continuously from some point on.
    Weak(C),
    /// Taken infinitely often if it is enabled infinitely often.
    Strong(C),
}

/// A predicate over states of `M`.
pub type Predicate<M> = fn(&M, &<M as Model>::State) -> bool;

/// A predicate over steps of `M`: state, action, next state.
pub type StepPredicate<M> =
    fn(&M, &<M as Model>::State, &<M as Model>::Action, &<M as Model>::State) -> bool;

/// What a claim says of the reachable graph.
pub enum Form<M: Model> {
    /// Every reachable state in which the trigger is true satisfies the predicate.
    Always {
        /// The antecedent; `None` is true everywhere. A trigger that is nowhere true makes the
        /// claim vacuous.
        when: Option<Predicate<M>>,
        /// The consequent.
        holds: Predicate<M>,
    },
    /// Some reachable state satisfies the predicate.
    Sometimes(Predicate<M>),
    /// Every reachable step in which the trigger is true satisfies the predicate.
    Step {
        /// Which steps are meant. A trigger that is nowhere true makes the claim vacuous.
        when: StepPredicate<M>,
        /// What those steps satisfy.
        holds: StepPredicate<M>,
    },
    /// Every reachable state without a state-changing step is one in which all is done.
    NoDeadlock {
        /// The states that may have no further step.
        terminal: Predicate<M>,
    },
    /// Every fair behaviour reaches the predicate.
    Eventually(Predicate<M>),
    /// In every fair behaviour each state of the first kind is followed by one of the second.
    LeadsTo(Predicate<M>, Predicate<M>),
    /// Every fair behaviour satisfies the predicate again and again.
    InfinitelyOften(Predicate<M>),
    /// Every fair behaviour satisfies the predicate from some point on.
    EventuallyAlways(Predicate<M>),
    /// From every reachable state the goal can be reached (`AG EF goal`).
    Recoverable {
        /// What can be reached.
        goal: Predicate<M>,
        /// The actions that may be used on the way.
        using: fn(&<M as Model>::Action) -> bool,
    },
}

impl<M: Model> Form<M> {
    /// The form's name as reports print it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Always { .. } => "always",
            Self::Sometimes(_) => "sometimes",
            Self::Step { .. } => "step",
            Self::NoDeadlock { .. } => "no_deadlock",
            Self::Eventually(_) => "eventually",
            Self::LeadsTo(..) => "leads_to",
            Self::InfinitelyOften(_) => "infinitely_often",
            Self::EventuallyAlways(_) => "eventually_always",
            Self::Recoverable { .. } => "recoverable",
        }
    }

    /// Whether fairness has a part in the answer.
    #[must_use]
    pub fn is_liveness(&self) -> bool {
        matches!(
            self,
            Self::Eventually(_)
                | Self::LeadsTo(..)
                | Self::InfinitelyOften(_)
                | Self::EventuallyAlways(_)
        )
    }

    /// Whether the answer is read off the edges of the graph, and not off its states alone.
    #[must_use]
    pub fn needs_edges(&self) -> bool {
        self.is_liveness() || matches!(self, Self::Recoverable { .. })
    }
}

// Derived, these would ask for `M: Clone`; the predicates are plain functions.
impl<M: Model> Clone for Form<M> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<M: Model> Copy for Form<M> {}

/// Says in one sentence why a state breaks (or meets) a claim, with the values it read.
pub type Reason<M> = fn(&M, &<M as Model>::State) -> String;

/// One sentence that is checked.
pub struct Claim<M: Model> {
    /// Stable name in `snake_case`, unique within the system.
    pub name: &'static str,
    /// What is true, in one plain sentence.
    pub sentence: &'static str,
    /// The passage it comes from, such as `CHORD-7`; resolved in `specs/`.
    pub source: &'static str,
    /// What is decided.
    pub form: Form<M>,
    /// Why a given state breaks the claim, where that is not plain to see.
    pub because: Option<Reason<M>>,
}

impl<M: Model> Clone for Claim<M> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<M: Model> Copy for Claim<M> {}

impl<M: Model> Claim<M> {
    /// A claim without an explanation of its own.
    #[must_use]
    pub const fn new(
        name: &'static str,
        sentence: &'static str,
        source: &'static str,
        form: Form<M>,
    ) -> Self {
        Self { name, sentence, source, form, because: None }
    }

    /// The same claim with a function that says why a state breaks it.
    #[must_use]
    pub const fn because(mut self, reason: Reason<M>) -> Self {
        self.because = Some(reason);
        self
    }
}

/// A named fault: the model with one procedure changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Mutant {
    /// What an engineer would call the change, in `snake_case`.
    pub name: &'static str,
    /// The real bug, or the real shortcut, that it stands for.
    pub stands_for: &'static str,
    /// The instance on which it is killed.
    pub instance: &'static str,
    /// The claim that kills it.
    pub killed_by: &'static str,
    /// Whether no single node's sequential run would show it: interleaving alone does.
    pub interleaving_only: bool,
}

/// A model that says what it claims, and under which fairness.
pub trait Specification:
    Model<State: State, Action: Action> + Clone + Send + Sync + 'static
{
    /// The name of a fairness constraint, such as "rectify at 3".
    type Constraint: Copy + Ord + Hash + Debug + Display + Send + Sync;

    /// How often a behaviour must take this action.
    fn fairness(&self, action: &Self::Action) -> Fairness<Self::Constraint>;

    /// The fairness assumed, in one line for the report.
    fn assumptions(&self) -> String;

    /// The names of the actions that this model must exercise. Each must be taken and must change
    /// the state at least once; any other must never be taken.
    fn repertoire(&self) -> Vec<&'static str>;

    /// The group under which the model is symmetric: every image of the state under a generator.
    /// Empty when the model names no symmetry.
    fn generators(&self, _state: &Self::State) -> Vec<Self::State> {
        Vec::new()
    }

    /// The mutants of this system.
    fn mutants() -> &'static [Mutant];

    /// This model with a named fault, or `None` if it has no such fault.
    #[must_use]
    fn mutate(&self, mutant: &str) -> Option<Self>;

    /// The parameters of this model, as traces write them. Null for models that no trace is held
    /// against.
    fn parameters(&self) -> Value {
        Value::Null
    }

    /// Every action that this model could ever offer, in any state. Empty for models that no trace
    /// is held against.
    fn alphabet(&self) -> Vec<Self::Action> {
        Vec::new()
    }

    /// The first guard that keeps the model from taking an action of its alphabet in that state,
    /// with what it read; `None` if the action is enabled.
    fn refusal(&self, _state: &Self::State, _action: &Self::Action) -> Option<Refusal> {
        None
    }

    /// A picture of a path: every state so far, and the action that led to each but the first.
    fn picture(&self, _path: &[(Option<Self::Action>, Self::State)]) -> Option<String> {
        None
    }
}

/// The claims that stateright's explorer can show beside each state: `always` and `sometimes`.
#[must_use]
pub fn explorer_properties<M: Model>(claims: &[Claim<M>]) -> Vec<Property<M>> {
    claims
        .iter()
        .filter_map(|claim| match claim.form {
            Form::Always { when: None, holds } => Some(Property::always(claim.name, holds)),
            Form::Sometimes(holds) => Some(Property::sometimes(claim.name, holds)),
            _ => None,
        })
        .collect()
}
