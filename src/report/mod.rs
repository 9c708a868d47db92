//! What was established, as text, JSON, JUnit, SARIF.

pub mod figure;
pub mod json;
pub mod junit;
pub mod kill;
pub mod prose;
pub mod sarif;
pub mod text;

use straightedge_models::engine::verdict::ClaimReport;
use straightedge_models::engine::{Outcome, Report};

use crate::error::Error;
use figure::{count, plural};
use kill::KillMatrix;

/// In which form a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For other programs; versioned.
    Json,
    /// For the test tab of a continuous integration service.
    Junit,
    /// For code scanning; each counterexample as a code flow.
    Sarif,
}

/// What one command established.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// The faithful instances that were checked, in order.
    pub reports: Vec<Report>,
    /// The instances, and mutants of instances, that the run did not come to.
    pub unchecked: Vec<String>,
    /// Whether the user ended the run.
    pub interrupted: bool,
    /// The kill matrix, where it was asked for.
    pub kills: Option<KillMatrix>,
}

impl Account {
    /// What the run comes to. A run that checked nothing, or was interrupted, establishes nothing.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let of_reports = self.reports.iter().map(Report::outcome).max();
        let of_reports = of_reports.unwrap_or(Outcome::Inconclusive);
        let cut_short = self.interrupted || !self.unchecked.is_empty();
        let of_run = if cut_short { Outcome::Inconclusive } else { Outcome::AsDeclared };
        let of_kills = self.kills.as_ref().map_or(Outcome::AsDeclared, KillMatrix::outcome);
        of_reports.max(of_run).max(of_kills)
    }

    /// The claims whose answer is not the declared one, with their reports.
    pub fn surprises(&self) -> impl Iterator<Item = (&Report, &ClaimReport)> {
        self.claims().filter(|(_, claim)| !claim.is_as_declared())
    }

    /// The claims that are declared false, and are.
    pub fn controls(&self) -> impl Iterator<Item = (&Report, &ClaimReport)> {
        self.claims().filter(|(_, claim)| claim.is_as_declared() && is_violated(claim))
    }

    /// Every claim with its report.
    pub fn claims(&self) -> impl Iterator<Item = (&Report, &ClaimReport)> {
        self.reports
            .iter()
            .flat_map(|report| report.claims.iter().map(move |claim| (report, claim)))
    }

    /// The whole account in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let claims = self.claims().count();
        let scope = format!(
            "{} on {}, {}",
            plural(claims, "claim"),
            plural(self.reports.len(), "instance"),
            plural(self.reports.iter().map(|report| report.states as usize).sum(), "state"),
        );
        let surprises = self.surprises().count();
        let mutants = self.kills.as_ref().map_or_else(String::new, KillMatrix::sentence);
        if self.interrupted {
            let missing = match self.unchecked.len() {
                0 => String::new(),
                places => format!(", {} not checked", count(places as u64)),
            };
            return format!("Interrupted: {scope}{missing}; nothing is concluded.");
        }
        match self.outcome() {
            _ if self.reports.is_empty() => "Nothing was checked, nothing is concluded.".into(),
            Outcome::AsDeclared => format!("Every answer is the declared one: {scope}{mutants}."),
            Outcome::Violated if surprises > 0 => {
                let surprises = plural(surprises, "answer");
                format!("Not as declared: {surprises} of {scope}{mutants}.")
            }
            Outcome::Violated => format!("The mutants are not as declared: {scope}{mutants}."),
            Outcome::Inconclusive => {
                format!("Not established: {}; {scope}{mutants}.", self.shortcoming(surprises))
            }
        }
    }

    fn shortcoming(&self, surprises: usize) -> String {
        if surprises > 0 {
            return plural(surprises, "answer");
        }
        let complaints = self.reports.iter().map(|report| complaints(report).len()).sum();
        plural(complaints, "complaint")
    }
}

/// Whether the claim was found to be false.
#[must_use]
pub fn is_violated(claim: &ClaimReport) -> bool {
    claim.verdict == straightedge_models::engine::Verdict::Violated
}

/// What is wrong with a report besides its claims. A mutant need not take every action.
#[must_use]
pub fn complaints(report: &Report) -> Vec<String> {
    let coverage = report.coverage.iter().filter(|_| report.mutant.is_none());
    let uncovered = coverage.filter_map(straightedge_models::engine::verdict::Coverage::complaint);
    uncovered.chain(report.complaints.iter().cloned()).collect()
}

/// `system/instance` of a report.
#[must_use]
pub fn address(report: &Report) -> String {
    let place = format!("{}/{}", report.system, report.instance);
    report.mutant.map_or_else(|| place.clone(), |mutant| format!("{place}@{mutant}"))
}

/// Renders an account.
///
/// # Errors
///
/// If the format's library refuses it.
pub fn render(account: &Account, format: Format) -> Result<String, Error> {
    match format {
        Format::Text => Ok(text::render(account)),
        Format::Json => json::render(account),
        Format::Junit => junit::render(account),
        Format::Sarif => sarif::render(account),
    }
}
