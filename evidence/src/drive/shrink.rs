//! The shortest run that can be found and that still fails.

use std::time::{Duration, Instant};

use straightedge_models::engine::{Label, Place, Walk};

use super::atlas::Atlas;
use super::belief::Belief;
use super::session::{Departure, Session};
use crate::subject::Breach;

/// Shrinking takes no longer than this.
const LONGEST: Duration = Duration::from_mins(1);

/// A run that fails at its last action.
#[derive(Clone)]
pub(super) struct Failing<'a> {
    /// The actions.
    pub(super) labels: Vec<Label>,
    /// Where the model may be before the last one; `None` if no beginning fits.
    pub(super) belief: Option<Belief<'a>>,
    /// How the implementation departs from the model there.
    pub(super) departure: Departure,
}

/// What shrinking came to.
pub(super) struct Shrunk<'a> {
    /// The run.
    pub(super) failing: Failing<'a>,
    /// How many runs were tried.
    pub(super) tries: u64,
    /// Whether the run that was found fails again.
    pub(super) reproduced: bool,
}

/// Shrinks a failing run: first to shortest ways to places where its last action is to be had, then
/// by leaving out ever smaller pieces. What the model cannot take is left out, but for the last.
///
/// Source: HARNESS-9.
#[must_use]
pub(super) fn shrink<'a>(
    session: &mut Session<'a>,
    atlas: &Atlas,
    found: Failing<'a>,
    most: u64,
) -> Shrunk<'a> {
    let deadline = session.deadline;
    session.deadline = deadline.min(Instant::now() + LONGEST);
    let mut search = Search { session, best: found, tries: 0, most, is_over: false };
    let whole = search.best.labels.clone();
    let reproduced = search.again(&whole);
    if reproduced {
        search.shortest_ways(atlas);
        search.leave_out();
    }
    search.session.deadline = deadline;
    Shrunk { failing: search.best, tries: search.tries, reproduced }
}

/// Runs some actions; the run up to the first that fails, if one does.
pub(super) fn attempt<'a>(session: &mut Session<'a>, labels: &[Label]) -> Option<Failing<'a>> {
    let mut belief = match session.begin() {
        Ok(belief) => belief,
        Err(departure) => return Some(Failing { labels: Vec::new(), belief: None, departure }),
    };
    for (number, label) in labels.iter().enumerate() {
        if let Err(departure) = session.go(&mut belief, label) {
            let labels = labels[..=number].to_vec();
            return Some(Failing { labels, belief: Some(belief), departure });
        }
    }
    None
}

struct Search<'s, 'a> {
    session: &'s mut Session<'a>,
    best: Failing<'a>,
    tries: u64,
    most: u64,
    is_over: bool,
}

impl Search<'_, '_> {
    /// Runs these actions, and keeps the run if it fails and is no longer than the best one.
    fn again(&mut self, labels: &[Label]) -> bool {
        if self.is_over || self.tries >= self.most {
            return false;
        }
        self.tries += 1;
        let Some(failing) = attempt(self.session, labels) else { return false };
        if let Departure::Broken(broken) = &failing.departure
            && matches!(broken.breach, Breach::OutOfTime | Breach::Interrupted)
        {
            self.is_over = true;
            return false;
        }
        let is_better = failing.labels.len() <= self.best.labels.len();
        if is_better {
            self.best = failing;
        }
        is_better
    }

    /// Tries the shortest ways to each place, the closest first, with the last action after them.
    fn shortest_ways(&mut self, atlas: &Atlas) {
        let Some(last) = self.best.labels.last().cloned() else { return };
        let parents = atlas.parents(&|label| self.session.knows(label));
        let is_last_taken = !matches!(self.best.departure, Departure::Taken(_));
        let half = self.most / 2;
        for &place in &parents.order {
            let (_, steps) = parents.way(place);
            let is_shorter = steps.len() + 1 < self.best.labels.len();
            if !is_shorter || self.tries >= half {
                return;
            }
            let offers =
                atlas.edges[place as usize].iter().any(|edge| atlas.label(*edge).text == last.text);
            if offers == is_last_taken {
                let edge = |&(place, position): &(u32, u32)| {
                    atlas.label(atlas.edges[place as usize][position as usize]).clone()
                };
                let mut labels: Vec<Label> = steps.iter().map(edge).collect();
                labels.push(last.clone());
                if self.again(&labels) {
                    return;
                }
            }
        }
    }

    /// Leaves out what the model cannot take, and then pieces: from half of the run to single
    /// actions.
    fn leave_out(&mut self) {
        let whole = possible(self.session.walk, &self.best.labels);
        let is_path = whole.len() == self.best.labels.len() || self.again(&whole);
        let mut piece = self.best.labels.len().div_ceil(2);
        while piece > 0 && !self.is_over && self.tries < self.most {
            let mut start = 0;
            let mut has_shrunk = false;
            while start + 1 < self.best.labels.len() {
                let last = self.best.labels.len() - 1;
                let end = (start + piece).min(last);
                let rest = [&self.best.labels[..start], &self.best.labels[end..]].concat();
                let rest = if is_path { possible(self.session.walk, &rest) } else { rest };
                if self.again(&rest) {
                    has_shrunk = true;
                } else {
                    start += piece;
                }
            }
            if !has_shrunk {
                piece /= 2;
            }
        }
    }
}

/// The actions without those that the model cannot take in their turn, but for the last.
fn possible(walk: &dyn Walk, labels: &[Label]) -> Vec<Label> {
    let Some((last, before)) = labels.split_last() else { return Vec::new() };
    let mut places: Vec<Place> = walk.beginnings();
    let mut kept = Vec::new();
    for label in before {
        let is_it = |other: &Label| other.text == label.text;
        let next: Vec<Place> = places
            .iter()
            .flat_map(|place| walk.steps(place, &is_it))
            .map(|(_, place)| place)
            .collect();
        if !next.is_empty() {
            places = next;
            kept.push(label.clone());
        }
    }
    kept.push(last.clone());
    kept
}
