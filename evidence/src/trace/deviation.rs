//! Departures that are known, and what becomes of an event that is one. Source: TRACE-13.

use straightedge_models::engine::{Label, Place};

use super::line::Event;
use super::step::{Arrival, Behaviour};
use crate::config::Deviation;
use crate::pattern::{ActionPattern, differences};

/// The departures of one system.
#[derive(Clone, Copy)]
pub(super) struct Excuses<'a> {
    pub(super) known: &'a [Deviation],
}

impl Excuses<'_> {
    /// The first departure under which the event leads somewhere from one of the places.
    pub(super) fn first(
        self,
        behaviour: Behaviour<'_>,
        event: &Event,
        places: &[&Place],
    ) -> Option<usize> {
        let leads = |known: &Deviation| {
            places.iter().any(|from| !after(known, behaviour, event, from).is_empty())
        };
        let system = behaviour.walk.system();
        self.known.iter().position(|known| known.is_of(system) && leads(known))
    }

    /// Where the event leads under that departure.
    pub(super) fn after(
        self,
        number: usize,
        behaviour: Behaviour<'_>,
        event: &Event,
        from: &Place,
    ) -> Vec<Arrival> {
        self.known.get(number).map_or_else(Vec::new, |known| after(known, behaviour, event, from))
    }
}

/// A departure in fields: the event is the step of the model, and these fields are not looked at.
/// One without fields: the event is as if it had not been seen.
fn after(known: &Deviation, behaviour: Behaviour<'_>, event: &Event, from: &Place) -> Vec<Arrival> {
    if known.fields.is_empty() {
        let is_meant = event.action.as_ref().and_then(ActionPattern::name);
        let is_meant = is_meant.is_some_and(|name| known.hides(name));
        return is_meant.then(|| (None, from.clone())).into_iter().collect();
    }
    let is_excused = |to: &Place| {
        let seen = event.state.as_ref().map(|seen| differences(&behaviour.walk.observe(to), seen));
        seen.is_none_or(|found| known.excuses(&found))
    };
    let Some(action) = &event.action else { return Vec::new() };
    let is_it = |label: &Label| action.fits(label) && known.is_about(label.name);
    let steps = behaviour.walk.steps(from, &is_it);
    let excused = steps.into_iter().filter(|(_, to)| is_excused(to));
    excused.map(|(label, to)| (Some(label), to)).collect()
}
