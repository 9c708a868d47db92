//! Whether a run came to what is expected.

use super::{Conformance, Expected, Walks};
use crate::config::{Config, Day};
use crate::drive::{Drive, Options};
use crate::outcome::Outcome;
use crate::report::sentence::word;
use crate::trace::{self, Occurrences};

impl Conformance {
    /// Whether it came to what is expected; if not, why not.
    pub(super) fn verdict(
        &self,
        drive: &Drive,
        failures: &[String],
        options: &Options,
        walks: Walks,
    ) -> Result<(), String> {
        let counts = &drive.counts;
        let is_vacuous = counts.steps == 0 || counts.observed == 0;
        let is_whole = drive.coverage.is_whole && counts.asked() < options.steps;
        let is_accepted = drive.outcome == Outcome::Accepted;
        let found = word(&drive.outcome);
        match self.expected {
            Expected::Accepted => {
                refuse_if(!is_accepted, format!("it is {found}"))?;
                refuse_if(!drive.coverage.is_whole, "the model has more than was explored")?;
                refuse_if(!is_whole, "the budget of steps ran out")?;
                refuse_if(!failures.is_empty(), "the evidence is too little, or stale")
            }
            Expected::InPart(_) => {
                let is_open = matches!(
                    drive.outcome,
                    Outcome::Inconclusive { .. } | Outcome::OutOfScope { .. }
                );
                let is_part = is_open || !is_whole || !drive.unsupported.is_empty();
                refuse_if(!is_accepted && !is_open, format!("it is {found}"))?;
                refuse_if(is_vacuous, "nothing was exercised")?;
                refuse_if(!is_part, "nothing was left out")?;
                refuse_if(!failures.is_empty(), "the evidence is too little, or stale")
            }
            Expected::Rejected { within } => {
                let is_missed = is_accepted && walks == Walks::Random;
                let Some(failing) = &drive.failing else {
                    return refuse_if(!is_missed, format!("it is {found}"));
                };
                let steps = failing.actions.len();
                refuse_if(!failing.reproduced, "it did not fail again")?;
                refuse_if(steps > within, format!("the run has {steps}"))
            }
        }
    }
}

fn refuse_if(is_wrong: bool, why: impl Into<String>) -> Result<(), String> {
    if is_wrong { Err(why.into()) } else { Ok(()) }
}

/// Whether what failed before passes now; if not, why not.
pub(super) fn again(outcome: &Outcome) -> Result<(), String> {
    refuse_if(matches!(outcome, Outcome::Rejected(_)), "it still fails")?;
    refuse_if(*outcome != Outcome::Accepted, format!("it is {}", word(outcome)))
}

/// What the configuration asks for and the run does not come to.
pub(super) fn failures(
    system: &str,
    config: &Config,
    drive: &Drive,
    is_floored: bool,
) -> Vec<String> {
    let counts = &drive.counts;
    let occurred = |&occurred: &u64| Occurrences { occurred, met: 0 };
    let claims = counts.triggers.iter().map(|(claim, count)| (claim.clone(), occurred(count)));
    let coverage = trace::Coverage {
        events: counts.steps,
        actions: counts.actions.clone(),
        claims: claims.collect(),
    };
    let times = |id: &str| counts.deviations.get(id).copied().unwrap_or(0);
    let (_, failures) = trace::held_against(config, &Day::today(), system, &coverage, &times);
    let is_asked =
        |failure: &trace::Failure| is_floored || matches!(failure, trace::Failure::Expired { .. });
    failures.iter().filter(|failure| is_asked(failure)).map(ToString::to_string).collect()
}
