//! An account for other programs, under a version number.

use serde::Serialize;
use straightedge_evidence::report::json::pretty;
use straightedge_models::engine::{Outcome, Report};

use super::kill::KillMatrix;
use super::{Account, complaints};
use crate::error::Error;

/// The version of the JSON report; it grows when a field changes its meaning or goes away.
pub const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    straightedge_report: u32,
    outcome: Outcome,
    sentence: String,
    interrupted: bool,
    unchecked: &'a [String],
    instances: Vec<InstanceDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kills: Option<KillsDocument<'a>>,
}

#[derive(Serialize)]
struct InstanceDocument<'a> {
    outcome: Outcome,
    exhausted: bool,
    problems: Vec<String>,
    #[serde(flatten)]
    report: &'a Report,
}

#[derive(Serialize)]
struct KillsDocument<'a> {
    outcome: Outcome,
    problems: Vec<String>,
    #[serde(flatten)]
    matrix: &'a KillMatrix,
}

/// The account as one JSON object.
///
/// # Errors
///
/// If a state cannot be written as JSON.
pub fn render(account: &Account) -> Result<String, Error> {
    let instance = |report| InstanceDocument {
        outcome: Report::outcome(report),
        exhausted: report.exhausted(),
        problems: complaints(report),
        report,
    };
    let document = Document {
        straightedge_report: VERSION,
        outcome: account.outcome(),
        sentence: account.sentence(),
        interrupted: account.interrupted,
        unchecked: &account.unchecked,
        instances: account.reports.iter().map(instance).collect(),
        kills: account.kills.as_ref().map(|matrix| KillsDocument {
            outcome: matrix.outcome(),
            problems: matrix.complaints(),
            matrix,
        }),
    };
    Ok(pretty(&document)?)
}
