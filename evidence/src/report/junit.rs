//! An account as JUnit XML: one case a piece of evidence, one for the evidence as a whole.

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use super::{Account, Door, Held, Unwritable, sentence, text};
use crate::outcome::Outcome;

/// The account as JUnit XML.
///
/// # Errors
///
/// If the XML cannot be written.
pub fn render(account: &Account) -> Result<String, Unwritable> {
    let mut document = Document::new("straightedge");
    let systems = account.held.iter().map(|held| held.summary.system.as_str());
    let mut suite = TestSuite::new(systems.chain(["evidence"]).next().unwrap_or_default());
    suite.add_test_cases(account.held.iter().map(case));
    suite.add_test_case(whole(account));
    document.add_test_suite(suite);
    write(&document)
}

/// The document as XML.
///
/// # Errors
///
/// If the XML cannot be written.
pub fn write(document: &Document) -> Result<String, Unwritable> {
    document.to_string().map_err(|error| Unwritable { format: "JUnit XML", why: error.to_string() })
}

/// A status that is no success: its type, its message in one line, its whole text.
#[must_use]
pub fn failed(kind: NonSuccessKind, class: &str, message: &str, text: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(class).set_message(message).set_description(text);
    status
}

fn case(held: &Held) -> TestCase {
    // What is not established is an error and no skipped test: skipped tests are taken for green.
    let kind = match held.outcome {
        Outcome::Accepted => None,
        Outcome::Rejected(_) => Some(NonSuccessKind::Failure),
        _ => Some(NonSuccessKind::Error),
    };
    let message = sentence::of_outcome(held);
    let status = kind.map_or_else(TestCaseStatus::success, |kind| {
        failed(kind, sentence::word(&held.outcome), &message, &text::of(held))
    });
    let mut case = TestCase::new(held.summary.name(), status);
    let door = if held.summary.door == Door::Trace { "trace" } else { "drive" };
    case.set_classname(format!("{}.{door}", held.summary.system));
    if kind.is_none() {
        case.set_system_out(text::of(held));
    }
    case
}

fn whole(account: &Account) -> TestCase {
    let mut complaints = account.failures.clone();
    if account.held.is_empty() {
        complaints.push(sentence::whole(account));
    }
    let text = complaints.join("\n");
    let status = if complaints.is_empty() {
        TestCaseStatus::success()
    } else {
        failed(NonSuccessKind::Failure, "evidence", &text, &text)
    };
    TestCase::new("the evidence as a whole", status)
}
