//! The steps of a model that one event, or no event at all, may stand for.

use std::collections::BTreeMap;

use foldhash::fast::FixedState;
use std::hash::BuildHasher;
use straightedge_models::engine::{Label, Place, Walk};

use super::line::{Event, Header};
use crate::pattern::fits;

/// A model, and what may happen in it that no event tells of.
#[derive(Clone, Copy)]
pub(super) struct Behaviour<'a> {
    pub(super) walk: &'a dyn Walk,
    pub(super) header: &'a Header,
}

/// What led to a place; nothing, if an event only looked at it.
pub(super) type Arrival = (Option<Label>, Place);

impl Behaviour<'_> {
    /// Where an event may lead. Source: TRACE-6.
    pub(super) fn after(&self, from: &Place, event: &Event) -> Vec<Arrival> {
        let is_seen = |place: &Place| {
            event.state.as_ref().is_none_or(|seen| fits(&self.walk.observe(place), seen))
        };
        let Some(action) = &event.action else {
            let stays = is_seen(from).then(|| (None, from.clone()));
            return stays.into_iter().collect();
        };
        let steps = self.walk.steps(from, &|label| action.fits(label)).into_iter();
        steps.filter(|(_, to)| is_seen(to)).map(|(label, to)| (Some(label), to)).collect()
    }

    /// Where a step may lead that no event tells of. Source: TRACE-7.
    pub(super) fn unseen(&self, from: &Place) -> Vec<(Label, Place)> {
        let is_silent = |label: &Label| self.header.silent.iter().any(|name| name == label.name);
        self.walk.steps(from, &is_silent)
    }

    /// Whether anything may happen that no event tells of.
    pub(super) fn has_silence(&self) -> bool {
        self.header.silent_steps > 0 && !self.header.silent.is_empty()
    }
}

/// What was looked at, each once, by number.
#[derive(Default)]
pub(super) struct Memo {
    numbers: BTreeMap<u64, Vec<usize>>,
}

impl Memo {
    /// Notes that the thing of that number was looked at, unless one that is the same was.
    pub(super) fn is_new(
        &mut self,
        hashed: impl std::hash::Hash,
        number: usize,
        is_same: impl Fn(usize) -> bool,
    ) -> bool {
        let numbers = self.numbers.entry(FixedState::default().hash_one(hashed)).or_default();
        let is_new = !numbers.iter().any(|&number| is_same(number));
        if is_new {
            numbers.push(number);
        }
        is_new
    }
}
