//! A model as steps from place to place, its types out of sight: what other people's evidence is
//! held against.

use std::any::Any;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use foldhash::fast::FixedState;
use serde_json::{Map, Value};

use super::property::{Action, Claim, Form, Predicate, Specification};
use super::trace::to_json;

/// A state of some model. Two are equal if they are the same state of the same model.
#[derive(Clone)]
pub struct Place(Arc<dyn Hidden>);

/// What a state can do whose type is out of sight.
trait Hidden: Send + Sync {
    fn as_any(&self) -> &dyn Any;
    fn is(&self, other: &dyn Hidden) -> bool;
    fn hash(&self) -> u64;
    fn text(&self) -> String;
}

impl<S: super::State> Hidden for S {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is(&self, other: &dyn Hidden) -> bool {
        other.as_any().downcast_ref::<S>().is_some_and(|other| self == other)
    }

    fn hash(&self) -> u64 {
        FixedState::default().hash_one(self)
    }

    fn text(&self) -> String {
        format!("{self:?}")
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.is(other.0.as_ref())
    }
}

impl Eq for Place {}

impl Hash for Place {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.hash());
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text())
    }
}

/// An action as a trace names it.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The name of its procedure.
    pub name: &'static str,
    /// What it is about, by the names that traces use.
    pub fields: Vec<(&'static str, Value)>,
    /// Its stable textual name.
    pub text: String,
}

impl Label {
    /// The label of an action.
    pub fn of(action: &impl Action) -> Self {
        Self { name: action.name(), fields: action.fields(), text: action.to_string() }
    }

    /// `{"rectify": {"node": 2, "from": 1}}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let fields = self.fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let fields: Map<String, Value> = fields.collect();
        Value::Object(Map::from_iter([(self.name.to_owned(), Value::Object(fields))]))
    }
}

/// `rectify(2, from 1)`.
impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Why a model does not take an action in a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What must be true, in one sentence.
    pub guard: &'static str,
    /// What was read instead.
    pub read: String,
}

impl Refusal {
    /// A guard that is not met, and what was read.
    #[must_use]
    pub fn new(guard: &'static str, read: impl Into<String>) -> Self {
        Self { guard, read: read.into() }
    }

    /// A guard of a procedure: met, or refused with what was read.
    ///
    /// # Errors
    ///
    /// If the condition is not met.
    pub fn unless(
        is_met: bool,
        guard: &'static str,
        read: impl FnOnce() -> String,
    ) -> Result<(), Self> {
        if is_met { Ok(()) } else { Err(Self { guard, read: read() }) }
    }

    /// Why a model with a fault does not take an action in a state: the guard of the faithful model
    /// where that refuses too, and nothing where the faulty one takes it.
    #[must_use]
    pub fn by_faulty<M: Specification>(
        model: &M,
        state: &M::State,
        action: &M::Action,
        by_faithful: impl FnOnce() -> Option<Self>,
    ) -> Option<Self> {
        let mut offered = Vec::new();
        model.actions(state, &mut offered);
        let is_taken =
            offered.contains(action) && model.next_state(state, action.clone()).is_some();
        let by_fault = || Self::new("the faulty procedure must take the step", "it does not");
        (!is_taken).then(|| by_faithful().unwrap_or_else(by_fault))
    }
}

/// Whether a claim is true in one state.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Standing {
    /// The claim's name.
    pub claim: &'static str,
    /// The claim's form.
    pub form: &'static str,
    /// Whether its predicate is true there; `None` if its trigger is not.
    pub is_true: Option<bool>,
    /// Why it is so, where the claim says why.
    pub because: Option<String>,
}

/// A model as steps from place to place. Places of another model are met with silence: they have no
/// step and show nothing.
pub trait Walk: Send + Sync {
    /// The system's name.
    fn system(&self) -> &'static str;
    /// The name of the instance.
    fn instance(&self) -> &str;
    /// The names of the procedures that this model takes.
    fn repertoire(&self) -> Vec<&'static str>;
    /// The names of all procedures of the system.
    fn names(&self) -> &'static [&'static str];
    /// The names of the procedures whose guard is an assumption on the environment.
    fn environment(&self) -> &'static [&'static str];
    /// The parameters of this model, as traces write them; null if it does not say.
    fn parameters(&self) -> Value;
    /// Where it may begin.
    fn beginnings(&self) -> Vec<Place>;
    /// The steps that are enabled and wanted, in the model's order.
    fn steps(&self, from: &Place, wanted: &dyn Fn(&Label) -> bool) -> Vec<(Label, Place)>;
    /// What there is to see of a state.
    fn observe(&self, place: &Place) -> Value;
    /// Every action that this model could ever take, in any state; empty if it does not say.
    fn alphabet(&self) -> Vec<Label>;
    /// Why the wanted actions of the alphabet that are not enabled there are not.
    fn refusals(&self, at: &Place, wanted: &dyn Fn(&Label) -> bool) -> Vec<(Label, Refusal)>;
    /// Which claims about single states are true there.
    fn standings(&self, place: &Place) -> Vec<Standing>;
    /// A picture of the last state of a path.
    fn picture(&self, path: &[(Option<Label>, Place)]) -> Option<String>;
}

/// A model with its claims, as a [`Walk`].
pub struct Walker<M: Specification> {
    /// The system's name.
    pub system: &'static str,
    /// The name of the instance.
    pub instance: String,
    /// The model.
    pub model: M,
    /// What is claimed of it.
    pub claims: Vec<Claim<M>>,
}

impl<M: Specification> Walker<M> {
    fn state(place: &Place) -> Option<&M::State> {
        place.0.as_any().downcast_ref()
    }

    fn place(state: M::State) -> Place {
        Place(Arc::new(state))
    }

    /// The action of that label, if it is enabled in that state.
    fn action(&self, state: &M::State, label: &Label) -> Option<M::Action> {
        let mut actions = Vec::new();
        self.model.actions(state, &mut actions);
        actions.into_iter().find(|action| action.to_string() == label.text)
    }

    fn standing(&self, claim: &Claim<M>, state: &M::State) -> Option<Standing> {
        let is_met = |when: Predicate<M>| when(&self.model, state);
        let is_true = match claim.form {
            Form::Always { when: Some(when), .. } | Form::LeadsTo(when, _) if !is_met(when) => None,
            Form::Always { holds: goal, .. }
            | Form::LeadsTo(_, goal)
            | Form::Sometimes(goal)
            | Form::Eventually(goal)
            | Form::InfinitelyOften(goal)
            | Form::EventuallyAlways(goal)
            | Form::Recoverable { goal, .. } => Some(is_met(goal)),
            Form::Step { .. } | Form::NoDeadlock { .. } => return None,
        };
        // A reason says why an `always` is broken and why a `sometimes` is met.
        let is_told = match claim.form {
            Form::Always { .. } => is_true == Some(false),
            Form::Sometimes(_) => is_true == Some(true),
            _ => false,
        };
        let because = claim.because.filter(|_| is_told).map(|why| why(&self.model, state));
        Some(Standing { claim: claim.name, form: claim.form.name(), is_true, because })
    }
}

impl<M: Specification> Walk for Walker<M> {
    fn system(&self) -> &'static str {
        self.system
    }

    fn instance(&self) -> &str {
        &self.instance
    }

    fn repertoire(&self) -> Vec<&'static str> {
        self.model.repertoire()
    }

    fn names(&self) -> &'static [&'static str] {
        M::Action::NAMES
    }

    fn environment(&self) -> &'static [&'static str] {
        M::Action::ENVIRONMENT
    }

    fn parameters(&self) -> Value {
        self.model.parameters()
    }

    fn beginnings(&self) -> Vec<Place> {
        self.model.init_states().into_iter().map(Self::place).collect()
    }

    fn steps(&self, from: &Place, wanted: &dyn Fn(&Label) -> bool) -> Vec<(Label, Place)> {
        let Some(state) = Self::state(from) else { return Vec::new() };
        let mut actions = Vec::new();
        self.model.actions(state, &mut actions);
        let mut steps = Vec::new();
        for action in actions {
            let label = Label::of(&action);
            if wanted(&label)
                && let Some(next) = self.model.next_state(state, action)
            {
                steps.push((label, Self::place(next)));
            }
        }
        steps
    }

    fn observe(&self, place: &Place) -> Value {
        Self::state(place).map_or(Value::Null, to_json)
    }

    fn alphabet(&self) -> Vec<Label> {
        self.model.alphabet().iter().map(Label::of).collect()
    }

    fn refusals(&self, at: &Place, wanted: &dyn Fn(&Label) -> bool) -> Vec<(Label, Refusal)> {
        let Some(state) = Self::state(at) else { return Vec::new() };
        let labelled = self.model.alphabet().into_iter().map(|action| (Label::of(&action), action));
        labelled
            .filter(|(label, _)| wanted(label))
            .filter_map(|(label, action)| Some((label, self.model.refusal(state, &action)?)))
            .collect()
    }

    fn standings(&self, place: &Place) -> Vec<Standing> {
        let Some(state) = Self::state(place) else { return Vec::new() };
        self.claims.iter().filter_map(|claim| self.standing(claim, state)).collect()
    }

    fn picture(&self, path: &[(Option<Label>, Place)]) -> Option<String> {
        let mut taken: Vec<(Option<M::Action>, M::State)> = Vec::with_capacity(path.len());
        for (label, place) in path {
            let state = Self::state(place)?.clone();
            let action = match (label, taken.last()) {
                (Some(label), Some((_, before))) => Some(self.action(before, label)?),
                _ => None,
            };
            taken.push((action, state));
        }
        self.model.picture(&taken)
    }
}
