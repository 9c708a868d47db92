//! An account as JUnit XML: one suite an instance, one case a claim.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};
use straightedge_evidence::report::junit::{failed, write};
use straightedge_models::engine::Report;
use straightedge_models::engine::verdict::ClaimReport;

use super::kill::{KillMatrix, KillRow};
use super::prose::Story;
use super::{Account, address, complaints, figure, is_violated};
use crate::error::Error;

/// The account as JUnit XML.
///
/// # Errors
///
/// If the XML cannot be written.
pub fn render(account: &Account) -> Result<String, Error> {
    let mut document = Document::new("straightedge");
    document.add_test_suites(account.reports.iter().map(suite));
    if let Some(kills) = &account.kills {
        document.add_test_suite(mutants(kills));
    }
    if !account.unchecked.is_empty() || account.reports.is_empty() {
        document.add_test_suite(unchecked(account));
    }
    Ok(write(&document)?)
}

fn suite(report: &Report) -> TestSuite {
    let mut suite = TestSuite::new(address(report));
    suite.set_time(Duration::try_from_secs_f64(report.seconds).unwrap_or_default());
    suite.set_system_out(figure::figures(report));
    suite.add_test_cases(report.claims.iter().map(|claim| case(report, claim)));
    let complaints = complaints(report);
    let status = if complaints.is_empty() {
        TestCaseStatus::success()
    } else {
        failed(NonSuccessKind::Error, "evidence", &complaints.join("\n"), &complaints.join("\n"))
    };
    suite.add_test_case(TestCase::new("coverage and audits", status));
    suite
}

fn case(report: &Report, claim: &ClaimReport) -> TestCase {
    let answer = figure::verdict(claim);
    let story = claim.evidence.as_ref().map(|evidence| Story::of(evidence).text(0));
    let status = if claim.is_as_declared() {
        TestCaseStatus::success()
    } else {
        let kind = if is_violated(claim) { NonSuccessKind::Failure } else { NonSuccessKind::Error };
        failed(kind, claim.form, &answer, story.as_deref().unwrap_or(&answer))
    };
    let mut case = TestCase::new(claim.claim, status);
    case.set_classname(address(report));
    let assumed = claim.fairness.as_ref().map_or(String::new(), |f| format!(" Assumes {f}."));
    case.set_system_out(format!("{answer}. {} ({}){assumed}", claim.sentence, claim.source));
    case
}

fn mutants(kills: &KillMatrix) -> TestSuite {
    let mut suite = TestSuite::new("mutants");
    suite.add_test_cases(kills.rows.iter().map(mutant));
    let defects = kills.complaints();
    if !defects.is_empty() {
        let text = defects.join("\n");
        let status = failed(NonSuccessKind::Failure, "kill matrix", &text, &text);
        suite.add_test_case(TestCase::new("each claim kills and each mutant is killed", status));
    }
    suite
}

fn mutant(row: &KillRow) -> TestCase {
    let message =
        format!("`{}` is to be violated on {}", row.mutant.killed_by, row.mutant.instance);
    let status = if row.is_killed() {
        TestCaseStatus::success()
    } else {
        failed(NonSuccessKind::Failure, "survivor", &message, row.mutant.stands_for)
    };
    let mut case = TestCase::new(row.mutant.name, status);
    case.set_classname(format!("{}/{}", row.system, row.mutant.instance));
    case.set_system_out(format!("{message}; broken: {}", row.kills.join(", ")));
    case
}

fn unchecked(account: &Account) -> TestSuite {
    let mut suite = TestSuite::new("unchecked");
    let sentence = account.sentence();
    let status = || failed(NonSuccessKind::Error, "unchecked", &sentence, &sentence);
    if account.unchecked.is_empty() {
        suite.add_test_case(TestCase::new("something is checked", status()));
    }
    suite.add_test_cases(account.unchecked.iter().map(|place| TestCase::new(place, status())));
    suite
}
