//! The order in which an implementation is driven: the cover first, with what it must refuse, and
//! then walks at random.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use straightedge_models::engine::Label;

use super::atlas::Atlas;
use super::belief::Belief;
use super::cover::{Case, Covered, cases};
use super::session::{Departure, Session, Went};
use super::shrink::{Failing, attempt};
use super::{Coverage, Options, nowhere};
use crate::outcome::Outcome;
use crate::suite::Run;

/// How a course ends.
pub(super) enum End<'a> {
    /// The implementation departed from the model.
    Departed(Box<Failing<'a>>),
    /// It is over, because of the budget or by itself.
    Over {
        /// Whether the budget of steps ended it.
        budget: bool,
    },
}

/// One implementation on its way along a model.
pub(super) struct Course<'a> {
    pub(super) session: Session<'a>,
    pub(super) atlas: &'a Atlas,
    options: &'a Options,
    covered: Covered,
    /// Places where it was seen what is refused.
    probed: Vec<bool>,
    /// What could be asked for anywhere.
    alphabet: Vec<Label>,
    random: Xoshiro256PlusPlus,
}

/// What ended a walk before its end.
enum Cut<'a> {
    Departed(Box<Failing<'a>>),
    /// An action is not known, or was refused where the model may be elsewhere.
    Elsewhere,
}

impl<'a> Course<'a> {
    pub(super) fn new(session: Session<'a>, atlas: &'a Atlas, options: &'a Options) -> Self {
        let mut alphabet = session.walk.alphabet();
        if alphabet.is_empty() {
            alphabet.clone_from(&atlas.labels);
        }
        let environment = session.walk.environment();
        alphabet.retain(|label| !environment.contains(&label.name));
        Self {
            covered: Covered::nothing(atlas),
            probed: vec![false; atlas.places.len()],
            random: Xoshiro256PlusPlus::seed_from_u64(options.seed),
            session,
            atlas,
            options,
            alphabet,
        }
    }

    /// How much was exercised.
    pub(super) fn coverage(&self) -> Coverage {
        let (exercised, all) = (self.covered.count as u64, self.atlas.transitions() as u64);
        let tenths = (exercised * 1000).checked_div(all).unwrap_or(0);
        Coverage {
            states: self.atlas.places.len() as u64,
            transitions: all,
            is_whole: self.atlas.is_whole,
            exercised,
            percent: tenths as f64 / 10.0,
        }
    }

    /// The answer when nothing departed.
    pub(super) fn accept(&self, file: &str, is_floored: bool, budget: bool) -> Outcome {
        let counts = &self.session.counts;
        let coverage = self.coverage();
        let at = nowhere(file);
        if counts.steps == 0 {
            let why = "no action was taken: nothing was exercised".to_owned();
            return Outcome::OutOfScope { why, at };
        }
        if counts.observed == 0 {
            let why = "no state was ever shown: nothing was observed".to_owned();
            return Outcome::OutOfScope { why, at };
        }
        if !is_floored || coverage.percent >= self.options.floor {
            return Outcome::Accepted;
        }
        let why = format!(
            "{} of {} steps of the model were taken, {} per cent, and {} are asked for",
            coverage.exercised, coverage.transitions, coverage.percent, self.options.floor,
        );
        if budget {
            return Outcome::Inconclusive { why: format!("{why}; the budget ran out"), at };
        }
        Outcome::OutOfScope { why, at }
    }

    /// Along runs that somebody wrote down.
    pub(super) fn along(&mut self, runs: &[Run]) -> End<'a> {
        for run in runs {
            if let Some(failing) = attempt(&mut self.session, &run.labels) {
                return End::Departed(Box::new(failing));
            }
        }
        End::Over { budget: false }
    }

    /// Along every step of the model, if that is wanted, and then at random.
    pub(super) fn everywhere(&mut self) -> End<'a> {
        if self.options.cover
            && let Err(failing) = self.cover()
        {
            return End::Departed(failing);
        }
        for _ in 0..self.options.walks {
            if self.is_spent() {
                break;
            }
            if let Err(Cut::Departed(failing)) = self.at_random() {
                return End::Departed(failing);
            }
        }
        End::Over { budget: self.is_spent() }
    }

    fn is_spent(&self) -> bool {
        self.session.counts.asked() >= self.options.steps
    }

    /// Takes every step. What the implementation turns out not to know is planned around.
    fn cover(&mut self) -> Result<(), Box<Failing<'a>>> {
        loop {
            let session = &self.session;
            let plan = cases(self.atlas, &|label| session.knows(label), &self.covered);
            let unknown = self.session.unknown.len();
            let before = self.covered.count;
            for case in &plan {
                if self.is_spent() {
                    return Ok(());
                }
                match self.take(case) {
                    Err(Cut::Departed(failing)) => return Err(failing),
                    Err(Cut::Elsewhere) if self.session.unknown.len() > unknown => break,
                    Err(Cut::Elsewhere) | Ok(()) => {}
                }
            }
            let has_learnt = self.session.unknown.len() > unknown;
            let goes_on = has_learnt || (self.covered.count > before && !plan.is_empty());
            if !goes_on {
                return Ok(());
            }
        }
    }

    fn begin(&mut self) -> Result<Belief<'a>, Cut<'a>> {
        self.session.begin().map_err(|departure| {
            Cut::Departed(Box::new(Failing { labels: Vec::new(), belief: None, departure }))
        })
    }

    /// One action; the trail is what was asked for so far.
    fn go(
        &mut self,
        belief: &mut Belief<'a>,
        trail: &mut Vec<Label>,
        label: &Label,
    ) -> Result<Went, Cut<'a>> {
        trail.push(label.clone());
        self.session.go(belief, label).map_err(|departure: Departure| {
            let (labels, belief) = (trail.clone(), Some(belief.clone()));
            Cut::Departed(Box::new(Failing { labels, belief, departure }))
        })
    }

    fn take(&mut self, case: &Case) -> Result<(), Cut<'a>> {
        let atlas = self.atlas;
        let mut belief = self.begin()?;
        let mut trail = Vec::new();
        let is_there = belief.places().any(|place| atlas.find(place) == Some(case.beginning));
        if !is_there {
            return Err(Cut::Elsewhere);
        }
        self.probe(&mut belief, &mut trail, case.beginning)?;
        for &(place, position) in &case.steps {
            let edge = atlas.edges[place as usize][position as usize];
            if self.go(&mut belief, &mut trail, atlas.label(edge))? != Went::On {
                return Err(Cut::Elsewhere);
            }
            let target = &atlas.places[edge.target as usize];
            if !belief.places().any(|place| place == target) {
                return Err(Cut::Elsewhere);
            }
            self.covered.take(place, position);
            self.probe(&mut belief, &mut trail, edge.target)?;
        }
        Ok(())
    }

    /// Asks for some actions that must be refused, the first time that it comes to a place.
    ///
    /// Source: HARNESS-8.
    fn probe(
        &mut self,
        belief: &mut Belief<'a>,
        trail: &mut Vec<Label>,
        place: u32,
    ) -> Result<(), Cut<'a>> {
        if std::mem::replace(&mut self.probed[place as usize], true) {
            return Ok(());
        }
        let atlas = self.atlas;
        let enabled: Vec<&str> = atlas.edges[place as usize]
            .iter()
            .map(|edge| atlas.label(*edge).text.as_str())
            .collect();
        let mut others: Vec<Label> = self.alphabet.clone();
        others.retain(|label| !enabled.contains(&label.text.as_str()) && self.session.knows(label));
        for _ in 0..self.options.refusals {
            if others.is_empty() {
                break;
            }
            let label = others.swap_remove(below(&mut self.random, others.len()));
            // A place at the edge of what was explored may have steps that are not in the atlas.
            if belief.after(&label).is_empty() {
                self.go(belief, trail, &label)?;
            }
        }
        Ok(())
    }

    /// A walk that takes any step that the model takes.
    fn at_random(&mut self) -> Result<(), Cut<'a>> {
        let mut belief = self.begin()?;
        let mut trail = Vec::new();
        for _ in 0..self.options.length {
            let Some(place) = belief.places().next().cloned() else { break };
            let session = &self.session;
            let steps = session.walk.steps(&place, &|label| session.knows(label));
            if steps.is_empty() || self.is_spent() {
                break;
            }
            let (label, _) = &steps[below(&mut self.random, steps.len())];
            self.go(&mut belief, &mut trail, label)?;
            self.note(&place, label);
        }
        Ok(())
    }

    /// A step that a random walk took counts, where it is known for sure from where.
    fn note(&mut self, place: &straightedge_models::engine::Place, label: &Label) {
        let Some(number) = self.atlas.find(place) else { return };
        let edges = &self.atlas.edges[number as usize];
        let position = edges.iter().position(|edge| self.atlas.label(*edge).text == label.text);
        if let Some(position) = position {
            self.covered.take(number, position as u32);
        }
    }
}

/// A number below another that is not zero.
fn below(random: &mut Xoshiro256PlusPlus, count: usize) -> usize {
    (random.next_u64() % count as u64) as usize
}
