//! The parts of which holding Chord's nodes against its model consists, and what each comes to.

use serde::Serialize;
use straightedge_impl::chord::Planted;
use straightedge_models::engine::{Outcome, Run, Tier, Verdict};

use super::controls::{CONTROLS, Control, Controlled};
use super::cover::{Covered, SUBJECTS, Subject, Until};
use super::instances::{INSTANCES, Instance, Variation};
use super::planted::{self, Found};
use super::random::{SETTINGS, Setting, Tried};
use super::search::Searched;

/// One part.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// Every interleaving of an instance.
    Search(&'static Instance),
    /// Every step of a graph of the model.
    Cover(&'static Subject),
    /// A rule that is left out.
    Control(&'static Control),
    /// Random runs.
    Random {
        /// Where.
        setting: &'static Setting,
        /// What they are drawn from.
        seed: u64,
        /// How many.
        cases: u32,
    },
    /// A fault that is planted.
    Fault(&'static Planted),
}

/// What a part came to.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// Every interleaving of an instance.
    Search(Searched),
    /// Every step of a graph of the model.
    Cover(Covered),
    /// A rule that is left out.
    Control(Controlled),
    /// Random runs.
    Random(Tried),
    /// A fault that is planted.
    Fault(Found),
}

/// The whole: exhaustive, cover, controls, random.
#[must_use]
pub fn parts(tier: Tier, seed: u64, cases: u32) -> Vec<Part> {
    let searches = INSTANCES.iter().filter(|instance| instance.tier <= tier).map(Part::Search);
    let covers = SUBJECTS.iter().filter(|subject| subject.tier <= tier).map(Part::Cover);
    let controls = CONTROLS.iter().map(Part::Control);
    let random = SETTINGS.iter().map(|setting| Part::Random { setting, seed, cases });
    searches.chain(covers).chain(controls).chain(random).collect()
}

/// Every fault.
#[must_use]
pub fn faults() -> Vec<Part> {
    planted::faults().map(Part::Fault).collect()
}

impl Part {
    /// Its name in progress and in lists of what was not done.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Search(instance) => format!("every interleaving of {}", instance.name),
            Self::Cover(subject) => format!("every step of {}", subject.name),
            Self::Control(control) => format!("without {}", control.name),
            Self::Random { setting, .. } => format!("random runs of {}", setting.name),
            Self::Fault(planted) => format!("fault {}", planted.name),
        }
    }

    /// Carries it out.
    #[must_use]
    pub fn carry_out(&self, run: &Run<'_>) -> Piece {
        match *self {
            Self::Search(instance) => Piece::Search(instance.search(run)),
            Self::Cover(subject) => {
                Piece::Cover(subject.cover(Variation::NONE, Until::TheEnd, run))
            }
            Self::Control(control) => Piece::Control(control.check(run)),
            Self::Random { setting, seed, cases } => {
                Piece::Random(setting.try_out(Variation::NONE, seed, cases, run))
            }
            Self::Fault(planted) => Piece::Fault(planted::find(planted, run)),
        }
    }
}

impl Piece {
    /// What it means: a difference, a control that is true or a fault that is not found is a
    /// violation.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let (is_violated, is_settled) = match self {
            Self::Search(searched) => {
                (searched.difference.is_some(), searched.verdict == Verdict::Holds)
            }
            Self::Cover(covered) => (!covered.missing.is_empty(), covered.is_whole()),
            Self::Control(controlled) => {
                (controlled.difference.is_none() && controlled.is_settled, controlled.is_settled)
            }
            Self::Random(tried) => (
                tried.difference.is_some(),
                !tried.is_interrupted && tried.below_floor().is_empty(),
            ),
            Self::Fault(found) => (!found.is_found() && !found.is_interrupted, found.is_found()),
        };
        match (is_violated, is_settled) {
            (true, _) => Outcome::Violated,
            (false, false) => Outcome::Inconclusive,
            (false, true) => Outcome::AsDeclared,
        }
    }
}
