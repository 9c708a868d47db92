//! The behaviours that fit events which are in order: all of them at once, event by event.
//!
//! What is kept is the set of places that fit everything so far, and the last few such sets, to
//! tell the end of one behaviour. So memory does not grow with the trace. Source: TRACE-8.

use std::collections::VecDeque;

use straightedge_models::engine::{Label, Place};

use super::line::Event;
use super::step::{Arrival, Behaviour, Memo};
use crate::outcome::{Position, Step};

/// Sets that are kept: how many events of a behaviour can be told.
const KEPT: usize = 10;

/// A place that fits, and how it was come to.
struct Fit {
    place: Place,
    label: Option<Label>,
    /// Its number in the set before; or in its own set, if the step was silent.
    from: Option<usize>,
    is_silent: bool,
}

/// The places that fit everything up to an event.
#[derive(Default)]
struct Layer {
    fits: Vec<Fit>,
    /// Where the event is; `None` at the beginning.
    at: Option<Position>,
}

impl Layer {
    /// Adds a place, unless it is there.
    fn add(&mut self, memo: &mut Memo, fit: Fit) {
        let is_same = |number: usize| self.fits[number].place == fit.place;
        if memo.is_new(&fit.place, self.fits.len(), is_same) {
            self.fits.push(fit);
        }
    }
}

/// The budget ran out.
pub(super) struct RanOut;

/// All behaviours that fit so far.
pub(super) struct InOrder<'a> {
    behaviour: Behaviour<'a>,
    budget: u64,
    layers: VecDeque<Layer>,
    /// Of the last set, how many places an event led to: those after them are reached in silence.
    seen: usize,
}

impl<'a> InOrder<'a> {
    pub(super) fn new(behaviour: Behaviour<'a>, budget: u64) -> Self {
        let (mut layer, mut memo) = (Layer::default(), Memo::default());
        for place in behaviour.walk.beginnings() {
            layer.add(&mut memo, Fit { place, label: None, from: None, is_silent: false });
        }
        let seen = layer.fits.len();
        Self { behaviour, budget, layers: VecDeque::from([layer]), seen }
    }

    /// Adds the places that are reached without an event, the nearest first.
    pub(super) fn wait(&mut self) -> Result<(), RanOut> {
        let Some(layer) = self.layers.back_mut() else { return Ok(()) };
        if !self.behaviour.has_silence() {
            return Ok(());
        }
        let mut memo = Memo::default();
        for (number, fit) in layer.fits.iter().enumerate() {
            memo.is_new(&fit.place, number, |_| false);
        }
        let mut ring = 0..layer.fits.len();
        for _ in 0..self.behaviour.header.silent_steps {
            if ring.is_empty() {
                break;
            }
            for from in ring.clone() {
                for (label, place) in self.behaviour.unseen(&layer.fits[from].place) {
                    let (label, from) = (Some(label), Some(from));
                    layer.add(&mut memo, Fit { place, label, from, is_silent: true });
                    if layer.fits.len() as u64 > self.budget {
                        return Err(RanOut);
                    }
                }
            }
            ring = ring.end..layer.fits.len();
        }
        Ok(())
    }

    /// Takes an event; whether any behaviour fits it. If none does, nothing has changed.
    pub(super) fn take(&mut self, event: &Event, at: Position) -> Result<bool, RanOut> {
        let behaviour = self.behaviour;
        self.advance(at, |from| behaviour.after(from, event))
    }

    /// Goes where that leads, from all places that fit.
    pub(super) fn advance(
        &mut self,
        at: Position,
        after: impl Fn(&Place) -> Vec<Arrival>,
    ) -> Result<bool, RanOut> {
        let Some(last) = self.layers.back() else { return Ok(false) };
        let (mut layer, mut memo) = (Layer { at: Some(at), ..Layer::default() }, Memo::default());
        for (from, fit) in last.fits.iter().enumerate() {
            for (label, place) in after(&fit.place) {
                layer.add(&mut memo, Fit { place, label, from: Some(from), is_silent: false });
            }
            if (last.fits.len() + layer.fits.len()) as u64 > self.budget {
                return Err(RanOut);
            }
        }
        if layer.fits.is_empty() {
            return Ok(false);
        }
        self.seen = layer.fits.len();
        self.layers.push_back(layer);
        if self.layers.len() > KEPT {
            self.layers.pop_front();
        }
        Ok(true)
    }

    /// The places that fit, those that are reached in silence last.
    pub(super) fn places(&self) -> Vec<&Place> {
        let fits = self.layers.back().map(|layer| layer.fits.iter());
        fits.into_iter().flatten().map(|fit| &fit.place).collect()
    }

    /// What the last event led to, in each behaviour that fits.
    pub(super) fn arrivals(&self) -> impl Iterator<Item = (Option<&Label>, &Place)> {
        let fits = self.layers.back().map(|layer| layer.fits[..self.seen].iter());
        fits.into_iter().flatten().map(|fit| (fit.label.as_ref(), &fit.place))
    }

    /// The last steps of one behaviour, to that place of the last set.
    pub(super) fn path(&self, to: usize) -> Vec<Step> {
        let mut spots = Vec::new();
        let mut at = self.layers.len().checked_sub(1).map(|layer| (layer, to));
        while let Some((layer, number)) = at.take() {
            let Some(fit) = self.layers[layer].fits.get(number) else { break };
            spots.push((layer, fit));
            at = match (fit.is_silent, fit.from) {
                (true, Some(from)) => Some((layer, from)),
                (false, Some(from)) if layer > 0 => Some((layer - 1, from)),
                _ => None,
            };
        }
        spots.reverse();
        let mut path: Vec<(Option<Label>, Place)> = Vec::new();
        let mut steps = Vec::new();
        for (layer, fit) in spots {
            // What led to the first that is told is not.
            let label = fit.label.clone().filter(|_| !path.is_empty());
            let at = self.layers[layer].at.clone().filter(|_| !path.is_empty() && !fit.is_silent);
            path.push((label, fit.place.clone()));
            steps.push(Step::of(self.behaviour.walk, at, &path));
        }
        steps
    }
}
