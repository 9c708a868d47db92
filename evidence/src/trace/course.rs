//! One trace that is in order, event by event, and what it comes to.

use std::collections::BTreeMap;

use serde_json::Value;

use super::check::Options;
use super::coverage::Coverage;
use super::deviation::Excuses;
use super::explain::Question;
use super::in_order::{InOrder, RanOut};
use super::line::Event;
use super::report::TraceReport;
use super::scope;
use super::step::Behaviour;
use crate::outcome::{Outcome, Position};

/// What became of a trace, and what was counted until then.
pub(super) struct Told {
    pub(super) outcome: Outcome,
    pub(super) coverage: Coverage,
    pub(super) deviations: BTreeMap<String, u64>,
}

impl Told {
    /// An outcome before any event.
    pub(super) fn only(outcome: Outcome) -> Self {
        Self { outcome, coverage: Coverage::default(), deviations: BTreeMap::new() }
    }

    pub(super) fn report(self, files: Vec<String>, line: u64, instance: Value) -> TraceReport {
        let Self { outcome, coverage, deviations } = self;
        let events = coverage.events;
        TraceReport { files, line, instance, events, outcome, coverage, deviations }
    }
}

/// A trace under way.
pub(super) struct Course<'a> {
    behaviour: Behaviour<'a>,
    options: &'a Options,
    fits: InOrder<'a>,
    coverage: Coverage,
    deviations: BTreeMap<String, u64>,
}

impl<'a> Course<'a> {
    pub(super) fn new(behaviour: Behaviour<'a>, options: &'a Options) -> Self {
        Self {
            behaviour,
            options,
            fits: InOrder::new(behaviour, options.budget),
            coverage: Coverage::of(behaviour.walk),
            deviations: BTreeMap::new(),
        }
    }

    /// Takes an event; the outcome of the trace, if that is the end of it.
    pub(super) fn take(&mut self, event: &Event, at: Position) -> Option<Outcome> {
        self.try_to_take(event, &at).unwrap_or_else(|RanOut| Some(self.ran_out(at)))
    }

    fn try_to_take(&mut self, event: &Event, at: &Position) -> Result<Option<Outcome>, RanOut> {
        self.fits.wait()?;
        if !self.fits.take(event, at.clone())? {
            let (walk, behaviour) = (self.behaviour.walk, self.behaviour);
            if let Some(outcome) = scope::beyond(walk, event, at) {
                return Ok(Some(outcome));
            }
            let excuses = Excuses { known: &self.options.config.deviations };
            let Some(known) = excuses.first(behaviour, event, &self.fits.places()) else {
                return Ok(Some(self.rejected(event, at)));
            };
            let after = |from: &_| excuses.after(known, behaviour, event, from);
            self.fits.advance(at.clone(), after)?;
            let id = &self.options.config.deviations[known].id;
            *self.deviations.entry(id.clone()).or_default() += 1;
        }
        self.coverage.note(self.behaviour.walk, self.fits.arrivals());
        Ok(None)
    }

    fn rejected(&self, event: &Event, at: &Position) -> Outcome {
        let question = Question {
            walk: self.behaviour.walk,
            event,
            at: at.clone(),
            accepted: self.coverage.events,
            places: self.fits.places(),
            path: &|to| self.fits.path(to),
        };
        Outcome::Rejected(Box::new(question.rejection()))
    }

    fn ran_out(&self, at: Position) -> Outcome {
        scope::ran_out(self.options.budget, at)
    }

    /// The end of the trace.
    pub(super) fn end(self, at: &Position) -> Told {
        let outcome =
            if self.coverage.events == 0 { scope::nothing(at) } else { Outcome::Accepted };
        self.told(outcome)
    }

    /// What the trace came to with that outcome.
    pub(super) fn told(self, outcome: Outcome) -> Told {
        Told { outcome, coverage: self.coverage, deviations: self.deviations }
    }
}
