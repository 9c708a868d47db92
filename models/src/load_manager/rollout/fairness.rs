//! How often each step happens, and the rest of what the engine asks of a rollout.

use std::fmt;

use crate::engine::{Fairness, Mutant, Specification};
use crate::load_manager::Fault;
use crate::load_manager::mutant::MUTANTS;
use crate::load_manager::upgrade::Strategy;

use super::{Fleet, Move, Rollout, picture};

/// The steps that count as one for fairness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Constraint {
    /// That server answers.
    Complete(u8),
    /// The next wave begins.
    Delist,
    /// That server goes down once it is drained.
    TakeDown(u8),
    /// That server comes up.
    Boot(u8),
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete(server) => write!(f, "complete at s{server}"),
            Self::Delist => write!(f, "delist the next wave"),
            Self::TakeDown(server) => write!(f, "take down s{server}"),
            Self::Boot(server) => write!(f, "boot s{server}"),
        }
    }
}

impl Specification for Rollout {
    type Constraint = Constraint;

    /// Servers answer, and the upgrade goes on.
    ///
    /// Source: LOAD_MANAGER-27.
    fn fairness(&self, action: &Move) -> Fairness<Constraint> {
        match *action {
            Move::Arrive => Fairness::Finite,
            Move::Complete(server) => Fairness::Weak(Constraint::Complete(server)),
            Move::Delist => Fairness::Weak(Constraint::Delist),
            Move::TakeDown(server) => Fairness::Weak(Constraint::TakeDown(server)),
            Move::Boot(server) => Fairness::Weak(Constraint::Boot(server)),
        }
    }

    fn assumptions(&self) -> String {
        "arrivals end; servers answer, and each step of the upgrade is weakly fair".to_owned()
    }

    fn repertoire(&self) -> Vec<&'static str> {
        vec!["arrive", "complete", "delist", "take_down", "boot"]
    }

    fn picture(&self, path: &[(Option<Move>, Fleet)]) -> Option<String> {
        Some(picture::picture(self, path))
    }

    fn mutants() -> &'static [Mutant] {
        MUTANTS
    }

    fn mutate(&self, mutant: &str) -> Option<Self> {
        let fault = Fault::named(mutant)?;
        let has_procedure = match fault {
            Fault::UpgradeWithoutDrain
            | Fault::TerminateBeforeDelisting
            | Fault::DrainStopsServing
            | Fault::NeverBoots
            | Fault::RolloutKeepsQueue
            | Fault::RolloutSheds
            | Fault::RolloutForgetsRefusals
            | Fault::DelistsIdleServers => true,
            Fault::RolloutMixesVersions | Fault::FlipTakesAll => self.strategy == Strategy::BigFlip,
            _ => false,
        };
        has_procedure.then_some(Self { fault: Some(fault), ..*self })
    }
}
