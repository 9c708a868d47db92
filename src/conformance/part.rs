//! The parts of which holding an implementation against its model consists, and what each comes to.

use std::sync::Arc;

use serde::Serialize;
use straightedge_models::engine::{Outcome, Run, Tier, Verdict};

use super::control::Controlled;
use super::cover::Covered;
use super::planted::Found;
use super::random::Tried;
use super::search::Searched;

/// A system with an implementation that is held against its model.
#[derive(Clone, Copy)]
pub struct System {
    /// The name of its model.
    pub name: &'static str,
    /// The whole, of a tier: exhaustive, cover, controls, random with so many cases from a seed.
    pub parts: fn(Tier, u64, u32) -> Vec<Part>,
    /// Every fault that can be planted in the implementation.
    pub faults: fn() -> Vec<Part>,
    /// Traces of the implementation.
    pub recorded: Recorded,
}

/// How traces of an implementation are recorded.
#[derive(Clone, Copy)]
pub struct Recorded {
    /// The instances of which there are networks to record; the first, unless another is named.
    pub instances: fn() -> Vec<&'static str>,
    /// The faults that can be planted.
    pub faults: fn() -> Vec<&'static str>,
    /// Traces of that instance, with that fault, with so many events, from a seed.
    pub record: fn(&str, Option<&str>, u64, u64) -> Option<String>,
}

/// What carries out a part.
type Work = dyn Fn(&Run<'_>) -> Piece + Send + Sync;

/// One part.
#[derive(Clone)]
pub struct Part {
    label: String,
    work: Arc<Work>,
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

impl Part {
    fn new(label: String, work: impl Fn(&Run<'_>) -> Piece + Send + Sync + 'static) -> Self {
        Self { label, work: Arc::new(work) }
    }

    /// Every interleaving of an instance.
    #[must_use]
    pub fn search(
        instance: &str,
        work: impl Fn(&Run<'_>) -> Searched + Send + Sync + 'static,
    ) -> Self {
        let label = format!("every interleaving of {instance}");
        Self::new(label, move |run| Piece::Search(work(run)))
    }

    /// Every step of a graph of the model.
    #[must_use]
    pub fn cover(
        subject: &str,
        work: impl Fn(&Run<'_>) -> Covered + Send + Sync + 'static,
    ) -> Self {
        Self::new(format!("every step of {subject}"), move |run| Piece::Cover(work(run)))
    }

    /// A rule that is left out.
    #[must_use]
    pub fn control(
        rule: &str,
        work: impl Fn(&Run<'_>) -> Controlled + Send + Sync + 'static,
    ) -> Self {
        Self::new(format!("without {rule}"), move |run| Piece::Control(work(run)))
    }

    /// Random runs.
    #[must_use]
    pub fn random(setting: &str, work: impl Fn(&Run<'_>) -> Tried + Send + Sync + 'static) -> Self {
        Self::new(format!("random runs of {setting}"), move |run| Piece::Random(work(run)))
    }

    /// A fault that is planted.
    #[must_use]
    pub fn fault(fault: &str, work: impl Fn(&Run<'_>) -> Found + Send + Sync + 'static) -> Self {
        Self::new(format!("fault {fault}"), move |run| Piece::Fault(work(run)))
    }

    /// Its name in progress and in lists of what was not done.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Carries it out.
    #[must_use]
    pub fn carry_out(&self, run: &Run<'_>) -> Piece {
        (self.work)(run)
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
            Self::Fault(found) => {
                (!found.is_as_declared() && !found.is_interrupted, found.is_as_declared())
            }
        };
        match (is_violated, is_settled) {
            (true, _) => Outcome::Violated,
            (false, false) => Outcome::Inconclusive,
            (false, true) => Outcome::AsDeclared,
        }
    }
}
