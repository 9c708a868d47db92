//! One action after another, each answer held against the model.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use straightedge_models::engine::{Label, Place, Walk};

use super::belief::Belief;
use crate::config::Deviation;
use crate::pattern::differences;
use crate::subject::{Applied, Breach, Broken, SystemUnderTest};
use crate::trace::Coverage;

/// How an implementation departs from the model.
#[derive(Clone, Debug, PartialEq)]
pub enum Departure {
    /// It begins with something that is no beginning of the model.
    Beginning(Value),
    /// It took the action, and what is seen after it is not what the model has.
    State(Value),
    /// It took an action that the model does not take.
    Taken(Value),
    /// It refused an action that the model takes, for this reason.
    Refused(String),
    /// It refused the action, as the model does, and something changed all the same.
    Changed(Value),
    /// It cannot go on.
    Broken(Broken),
}

impl From<Broken> for Departure {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

/// What an implementation did with an action, where it agrees with the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Went {
    /// It took it.
    On,
    /// It refused it.
    Nowhere,
    /// It does not know it.
    Unsupported,
}

/// How often what was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// Walks from a beginning.
    pub walks: u64,
    /// Actions that were taken.
    pub steps: u64,
    /// Actions that were refused, as the model refuses them.
    pub refusals: u64,
    /// Actions that the implementation does not know.
    pub unsupported: u64,
    /// Fields of states that were seen.
    pub observed: u64,
    /// How often each action was taken.
    pub actions: BTreeMap<String, u64>,
    /// In how many states the trigger of each claim was true, if that was counted.
    pub triggers: BTreeMap<String, u64>,
    /// How often each known deviation was met.
    pub deviations: BTreeMap<String, u64>,
}

impl Counts {
    /// Actions that were asked for.
    #[must_use]
    pub fn asked(&self) -> u64 {
        self.steps + self.refusals + self.unsupported
    }
}

/// An implementation that is driven, and the model that it is held against.
pub struct Session<'a> {
    /// The model.
    pub walk: &'a dyn Walk,
    /// The implementation.
    pub subject: &'a mut dyn SystemUnderTest,
    /// What chance hangs on.
    pub seed: u64,
    /// When it must end.
    pub deadline: Instant,
    /// Set to end it at once.
    pub stop: &'a AtomicBool,
    /// How often what was done.
    pub counts: Counts,
    /// In how many states which claim said anything, if that is counted.
    pub exercised: Option<Coverage>,
    /// The departures that are known.
    pub deviations: &'a [Deviation],
    /// The names of the actions that the implementation knows; `None` if it knows all.
    pub known: Option<Vec<String>>,
    /// The actions that it turned out not to know.
    pub unknown: BTreeSet<String>,
}

impl<'a> Session<'a> {
    /// Whether the implementation knows the action, as far as it has said.
    #[must_use]
    pub fn knows(&self, label: &Label) -> bool {
        let is_declared = |known: &Vec<String>| known.iter().any(|name| name == label.name);
        self.known.as_ref().is_none_or(is_declared) && !self.unknown.contains(&label.text)
    }

    /// Begins a walk.
    ///
    /// # Errors
    ///
    /// If it begins elsewhere than the model, or cannot.
    pub fn begin(&mut self) -> Result<Belief<'a>, Departure> {
        self.check()?;
        self.counts.walks += 1;
        let seen = self.subject.reset(self.seed)?;
        self.counts.observed += leaves(&seen);
        Belief::begin(self.walk, &seen).ok_or(Departure::Beginning(seen))
    }

    /// Has the implementation take an action, and sees whether the model does the same.
    ///
    /// # Errors
    ///
    /// If it does not.
    pub fn go(&mut self, belief: &mut Belief<'a>, label: &Label) -> Result<Went, Departure> {
        self.check()?;
        match self.subject.apply(label)? {
            Applied::Done(seen) => self.taken(belief, label, seen),
            Applied::Refused(reason) if !belief.refuse(label) => {
                if self.is_hidden(label) {
                    return Ok(Went::Nowhere);
                }
                Err(Departure::Refused(reason))
            }
            Applied::Refused(_) => {
                let seen = self.subject.observe()?;
                self.counts.observed += leaves(&seen);
                let is_as_before = belief.see(&seen)
                    || self.is_excused(label, &seen, |is_there| belief.keep(is_there));
                if !is_as_before {
                    return Err(Departure::Changed(seen));
                }
                self.counts.refusals += 1;
                Ok(Went::Nowhere)
            }
            Applied::Unsupported => {
                self.counts.unsupported += 1;
                self.unknown.insert(label.text.clone());
                Ok(Went::Unsupported)
            }
        }
    }

    fn taken(
        &mut self,
        belief: &mut Belief<'a>,
        label: &Label,
        seen: Value,
    ) -> Result<Went, Departure> {
        self.counts.observed += leaves(&seen);
        let is_taken = belief.take(label, &seen)
            || self.is_excused(label, &seen, |is_there| belief.take_where(label, is_there));
        if is_taken {
            self.counts.steps += 1;
            *self.counts.actions.entry(label.name.to_owned()).or_default() += 1;
            if let Some(exercised) = &mut self.exercised {
                exercised.note(self.walk, belief.places().map(|place| (Some(label), place)));
            }
            return Ok(Went::On);
        }
        if self.is_hidden(label) {
            return Ok(Went::Nowhere);
        }
        let is_taken_by_model = !belief.after(label).is_empty();
        Err(if is_taken_by_model { Departure::State(seen) } else { Departure::Taken(seen) })
    }

    /// Whether what is seen is what the model has but for fields of a departure that is known; then
    /// it counts, and the belief goes where that is so.
    ///
    /// Source: TRACE-13.
    fn is_excused(
        &mut self,
        label: &Label,
        seen: &Value,
        mut goes: impl FnMut(&dyn Fn(&Place) -> bool) -> bool,
    ) -> bool {
        let (walk, known) = (self.walk, self.deviations);
        let found = known.iter().find(|known| {
            let is_there = |place: &Place| known.excuses(&differences(&walk.observe(place), seen));
            self.is_ours(known) && known.is_about(label.name) && goes(&is_there)
        });
        found.is_some_and(|known| self.meet(known))
    }

    /// Whether whatever becomes of the action is a departure that is known; then it counts.
    fn is_hidden(&mut self, label: &Label) -> bool {
        let hides = |known: &&Deviation| self.is_ours(known) && known.hides(label.name);
        let found = self.deviations.iter().find(hides);
        found.is_some_and(|known| self.meet(known))
    }

    fn is_ours(&self, known: &Deviation) -> bool {
        known.is_of(self.walk.system())
    }

    fn meet(&mut self, known: &Deviation) -> bool {
        *self.counts.deviations.entry(known.id.clone()).or_default() += 1;
        true
    }

    /// Whether it may go on.
    fn check(&self) -> Result<(), Broken> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Broken::new(Breach::Interrupted, "it was interrupted"));
        }
        if Instant::now() >= self.deadline {
            return Err(Broken::new(Breach::OutOfTime, "the time for the whole run is over"));
        }
        Ok(())
    }
}

/// How many things a state says.
fn leaves(seen: &Value) -> u64 {
    match seen {
        Value::Object(fields) => fields.values().map(leaves).sum(),
        Value::Array(entries) => 1 + entries.iter().map(leaves).sum::<u64>(),
        _ => 1,
    }
}
