//! The places that a model may be in, as far as was seen.

use serde_json::Value;
use straightedge_models::engine::{Label, Place, Walk};

use crate::pattern::fits;

/// One moment: what led to it, and the places that fit what was seen, each with the number of the
/// place before it.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The action that was taken; `None` at the beginning.
    pub label: Option<Label>,
    /// The places.
    pub places: Vec<(Place, usize)>,
}

/// The moments of a run so far. There is always at least one place in each.
#[derive(Clone)]
pub struct Belief<'a> {
    walk: &'a dyn Walk,
    layers: Vec<Layer>,
}

impl<'a> Belief<'a> {
    /// The beginnings that fit what is seen; `None` if none does.
    #[must_use]
    pub fn begin(walk: &'a dyn Walk, seen: &Value) -> Option<Self> {
        let beginnings = walk.beginnings().into_iter();
        let places: Vec<_> = beginnings
            .filter(|place| fits(&walk.observe(place), seen))
            .map(|place| (place, 0))
            .collect();
        (!places.is_empty()).then(|| Self { walk, layers: vec![Layer { label: None, places }] })
    }

    /// The model.
    #[must_use]
    pub fn walk(&self) -> &'a dyn Walk {
        self.walk
    }

    /// The places that it may be in now.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.layers.last().into_iter().flat_map(|layer| layer.places.iter().map(|(place, _)| place))
    }

    /// Where that action may lead from here.
    #[must_use]
    pub fn after(&self, label: &Label) -> Vec<(Place, usize)> {
        let mut next: Vec<(Place, usize)> = Vec::new();
        for (number, place) in self.places().enumerate() {
            let is_it = |other: &Label| other.text == label.text;
            for (_, target) in self.walk.steps(place, &is_it) {
                if !next.iter().any(|(other, _)| *other == target) {
                    next.push((target, number));
                }
            }
        }
        next
    }

    /// The action was taken, and this is seen after it. False, and no change, if no place fits.
    pub fn take(&mut self, label: &Label, seen: &Value) -> bool {
        let walk = self.walk;
        self.take_where(label, |place| fits(&walk.observe(place), seen))
    }

    /// The action was taken, and it led to one of these places. False, and no change, if to none.
    pub fn take_where(&mut self, label: &Label, is_there: impl Fn(&Place) -> bool) -> bool {
        let mut next = self.after(label);
        next.retain(|(place, _)| is_there(place));
        let fits_somewhere = !next.is_empty();
        if fits_somewhere {
            self.layers.push(Layer { label: Some(label.clone()), places: next });
        }
        fits_somewhere
    }

    /// The action was refused. False, and no change, if the model takes it in every place.
    pub fn refuse(&mut self, label: &Label) -> bool {
        let walk = self.walk;
        let is_enabled =
            |place: &Place| !walk.steps(place, &|other| other.text == label.text).is_empty();
        self.keep(|place| !is_enabled(place))
    }

    /// This is seen of the state. False, and no change, if no place fits.
    pub fn see(&mut self, seen: &Value) -> bool {
        let walk = self.walk;
        self.keep(|place| fits(&walk.observe(place), seen))
    }

    /// It is one of these places. False, and no change, if it is none.
    pub fn keep(&mut self, stays: impl Fn(&Place) -> bool) -> bool {
        let Some(layer) = self.layers.last_mut() else { return false };
        let kept: Vec<_> = layer.places.iter().filter(|(place, _)| stays(place)).cloned().collect();
        let fits_somewhere = !kept.is_empty();
        if fits_somewhere {
            layer.places = kept;
        }
        fits_somewhere
    }

    /// How many actions were taken.
    #[must_use]
    pub fn len(&self) -> usize {
        self.layers.len() - 1
    }

    /// Whether no action was taken yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One behaviour that fits everything so far.
    #[must_use]
    pub fn path(&self) -> Vec<(Option<Label>, Place)> {
        let mut path = Vec::new();
        let mut number = 0;
        for layer in self.layers.iter().rev() {
            let (place, before) = &layer.places[number.min(layer.places.len() - 1)];
            path.push((layer.label.clone(), place.clone()));
            number = *before;
        }
        path.reverse();
        path
    }
}
