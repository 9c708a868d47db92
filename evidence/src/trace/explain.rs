//! Why no behaviour fits an event, and what would have been accepted. Source: TRACE-11.

use std::collections::BTreeSet;

use serde_json::Value;
use straightedge_models::engine::{Label, Place, Walk};

use super::line::Event;
use super::sentence::sentence;
use crate::outcome::{Misfit, Nearest, Position, Refused, Rejection, Step};
use crate::pattern::{ActionPattern, Difference, differences};

/// Places that are told, and from which an explanation is sought.
const PLACES: usize = 64;
/// States that are told.
const STATES: usize = 4;
/// Actions of each kind that are told.
const ACTIONS: usize = 12;

/// An event that no behaviour fits, and where the model may be just before.
pub(super) struct Question<'a> {
    pub(super) walk: &'a dyn Walk,
    pub(super) event: &'a Event,
    pub(super) at: Position,
    pub(super) accepted: u64,
    pub(super) places: Vec<&'a Place>,
    /// The last steps of a behaviour, to that of the places.
    pub(super) path: &'a dyn Fn(usize) -> Vec<Step>,
}

/// A step that the model takes, compared with what was written.
struct Compared {
    label: Option<Label>,
    /// From which of the places.
    from: usize,
    to: Value,
    differences: Vec<Difference>,
    /// In how many ways its action is another one than was written.
    otherness: u64,
}

impl Compared {
    fn distance(&self) -> u64 {
        self.otherness + self.differences.iter().map(weight).sum::<u64>()
    }

    fn action(&self) -> String {
        self.label.as_ref().map_or_else(|| "nothing happens".into(), |label| label.text.clone())
    }
}

impl Question<'_> {
    /// The explanation.
    pub(super) fn rejection(&self) -> Rejection {
        let mut compared = self.compare();
        // Of two that are equally near, the one of that name is meant rather than the other.
        compared.sort_by_key(|step| (step.distance(), step.otherness));
        let nearest = compared.first().map(Compared::nearest);
        let from = compared.first().map_or(0, |step| step.from);
        let misfits = misfits(&compared);
        let refused = self.refused();
        let states = self.places.iter().take(STATES);
        let mut rejection = Rejection {
            at: self.at.clone(),
            event: self.event.to_json(),
            accepted: self.accepted,
            sentence: String::new(),
            misfits,
            refused,
            nearest,
            possible: states.map(|place| self.walk.observe(place)).collect(),
            path: (self.path)(from),
        };
        rejection.sentence = sentence(&rejection, self.event, self.places.len());
        rejection
    }

    /// Every step that the model takes, and the event compared with it.
    fn compare(&self) -> Vec<Compared> {
        let mut compared = Vec::new();
        for (from, place) in self.places.iter().take(PLACES).enumerate() {
            let stay = self.event.action.is_none().then(|| (None, (*place).clone()));
            let steps = self.walk.steps(place, &|_| true).into_iter();
            let steps = steps.map(|(label, to)| (Some(label), to));
            for (label, to) in stay.into_iter().chain(steps) {
                let to = self.walk.observe(&to);
                let seen = self.event.state.as_ref();
                let differences = seen.map(|seen| differences(&to, seen)).unwrap_or_default();
                let otherness = otherness(self.event.action.as_ref(), label.as_ref());
                compared.push(Compared { label, from, to, differences, otherness });
            }
        }
        compared
    }

    /// What the event may mean and the model does not do. An event that says nothing of its action
    /// may mean any.
    fn refused(&self) -> Vec<Refused> {
        let Some(pattern) = self.event.action.as_ref().filter(|said| **said != ActionPattern::Any)
        else {
            return Vec::new();
        };
        let mut told = BTreeSet::new();
        let mut refused = Vec::new();
        for place in self.places.iter().take(PLACES) {
            for (label, refusal) in self.walk.refusals(place, &|label| pattern.fits(label)) {
                if refused.len() < ACTIONS && told.insert(label.text.clone()) {
                    let guard = refusal.guard.to_owned();
                    refused.push(Refused { action: label.text, guard, read: refusal.read });
                }
            }
        }
        refused
    }
}

impl Compared {
    fn nearest(&self) -> Nearest {
        let json = self.label.as_ref().map_or(Value::Null, Label::to_json);
        let (action, distance) = (self.action(), self.distance());
        Nearest { action, json, distance, state: self.to.clone() }
    }
}

/// Of something that was seen and is not there at all, each value in it is a difference.
fn weight(difference: &Difference) -> u64 {
    fn values(seen: &Value) -> u64 {
        match seen {
            Value::Object(fields) => fields.values().map(values).sum(),
            _ => 1,
        }
    }
    match (&difference.expected, &difference.observed) {
        (None, Some(observed)) => values(observed).max(1),
        _ => 1,
    }
}

/// In how many ways an action is another one than was written: its name, its fields.
fn otherness(written: Option<&ActionPattern>, label: Option<&Label>) -> u64 {
    match (written, label) {
        (None, None) | (Some(ActionPattern::Any), Some(_)) => 0,
        (None, Some(_)) | (Some(_), None) => 1,
        (Some(pattern @ ActionPattern::Text(text)), Some(label)) => {
            let is_of_name = pattern.name() == Some(label.name);
            u64::from(!is_of_name) + u64::from(*text != label.text)
        }
        (Some(ActionPattern::Named { name, fields }), Some(label)) => {
            let is_other = |(field, value): &&(String, Value)| {
                !label.fields.iter().any(|(name, own)| name == field && own == value)
            };
            u64::from(name != label.name) + fields.iter().filter(is_other).count() as u64
        }
    }
}

/// What the event may mean and the model does, with another state after it.
fn misfits(compared: &[Compared]) -> Vec<Misfit> {
    let mut told = BTreeSet::new();
    let meant = compared.iter().filter(|step| step.otherness == 0);
    let each_once = meant.filter(|step| told.insert(step.action()));
    let misfit =
        |step: &Compared| Misfit { action: step.action(), differences: step.differences.clone() };
    each_once.take(ACTIONS).map(misfit).collect()
}
