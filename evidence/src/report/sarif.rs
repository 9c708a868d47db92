//! An account as SARIF: each rejection on its line of the log, its steps as a code flow.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_sarif::sarif::{
    ArtifactLocation, CodeFlow, Invocation, Location, Message, MultiformatMessageString,
    Notification, PhysicalLocation, Region, ReportingDescriptor, Result as Finding, ResultLevel,
    Run, SCHEMA_URL, Sarif, ThreadFlow, ThreadFlowLocation, Tool, ToolComponent, Version,
};

use super::{Account, Held, Unwritable, json, sentence};
use crate::outcome::{Outcome, Position, Rejection, Step};
use crate::prose::{changes, describe};

/// What findings are about: the rule's identifier, and what is wrong when it is broken.
const RULES: [(&str, &str); 4] = [
    ("rejected", "Every event fits some behaviour of the model."),
    ("inconclusive", "The search for a behaviour that fits ends within its budget."),
    ("out_of_scope", "The evidence stays within what the model covers."),
    ("malformed", "The evidence can be read."),
];

/// The account as SARIF 2.1.0. What is accepted is no finding.
///
/// # Errors
///
/// If the document cannot be written as JSON.
pub fn render(account: &Account) -> Result<String, Unwritable> {
    let rules = RULES.map(|(id, meaning)| {
        ReportingDescriptor::builder().id(id).short_description(multiformat(meaning)).build()
    });
    let findings: Vec<Finding> = account.held.iter().filter_map(finding).collect();
    document(rules.to_vec(), findings, invocation(account))
}

/// A document of one run of this program.
///
/// # Errors
///
/// If the document cannot be written as JSON.
pub fn document(
    rules: Vec<ReportingDescriptor>,
    findings: Vec<Finding>,
    invocation: Invocation,
) -> Result<String, Unwritable> {
    let driver = ToolComponent::builder()
        .name("straightedge")
        .version(env!("CARGO_PKG_VERSION"))
        .rules(rules)
        .build();
    let run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .invocations([invocation])
        .results(findings)
        .build();
    let version = serde_json::to_value(Version::V2_1_0)
        .map_err(|error| Unwritable { format: "SARIF", why: error.to_string() })?;
    json::pretty(&Sarif::builder().schema(SCHEMA_URL).version(version).runs([run]).build())
}

/// A message of plain text.
#[must_use]
pub fn message(text: &str) -> Message {
    Message::builder().text(text).build()
}

/// A description of plain text.
#[must_use]
pub fn multiformat(text: &str) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(text).build()
}

/// A step of a code flow.
#[must_use]
pub fn flow_step(order: usize, location: Location) -> ThreadFlowLocation {
    ThreadFlowLocation::builder()
        .execution_order(i64::try_from(order).unwrap_or(i64::MAX))
        .location(location)
        .build()
}

/// A code flow of one thread.
#[must_use]
pub fn code_flow(text: &str, steps: Vec<ThreadFlowLocation>) -> CodeFlow {
    let flow = ThreadFlow::builder().locations(steps).build();
    CodeFlow::builder().message(message(text)).thread_flows([flow]).build()
}

fn finding(held: &Held) -> Option<Finding> {
    let (rule, level) = match held.outcome {
        Outcome::Accepted => return None,
        Outcome::Rejected(_) => ("rejected", ResultLevel::Error),
        Outcome::Inconclusive { .. } => ("inconclusive", ResultLevel::Warning),
        Outcome::OutOfScope { .. } => ("out_of_scope", ResultLevel::Warning),
        Outcome::Malformed { .. } => ("malformed", ResultLevel::Error),
    };
    let mut text = format!("{}: {}", held.summary.system, sentence::of_outcome(held));
    if let Outcome::Rejected(rejection) = &held.outcome {
        text = [text].into_iter().chain(reasons(rejection)).collect::<Vec<_>>().join("\n");
    }
    let mut finding = Finding::builder()
        .rule_id(rule)
        .message(message(&text))
        .locations([location(sentence::place(&held.outcome), None)])
        .build();
    finding.level = Some(level);
    if let Outcome::Rejected(rejection) = &held.outcome {
        finding.code_flows = Some(vec![steps(rejection)]);
    }
    Some(finding)
}

/// Why a line was refused, one line a reason.
fn reasons(rejection: &Rejection) -> impl Iterator<Item = String> {
    let misfits = rejection.misfits.iter().map(sentence::misfit);
    let refused = rejection.refused.iter().map(sentence::refused);
    let nearest = rejection
        .nearest
        .iter()
        .map(|nearest| format!("The nearest event that would be accepted: {}.", nearest.action));
    misfits.chain(refused).chain(nearest)
}

fn steps(rejection: &Rejection) -> CodeFlow {
    let mut before = None;
    let mut flow = Vec::with_capacity(rejection.path.len() + 1);
    for (order, step) in rejection.path.iter().enumerate() {
        let text = format!("{}: {}", sentence::step(step), told(before, step).join("; "));
        let text = sentence::clip(&text, sentence::ROOM);
        flow.push(flow_step(order, location(step.at.as_ref(), Some(&text))));
        before = Some(step);
    }
    let refused = format!("refused: {}", rejection.sentence);
    flow.push(flow_step(flow.len(), location(Some(&rejection.at), Some(&refused))));
    code_flow(&sentence::prefix(rejection), flow)
}

/// What a step changed, or the whole state where nothing is known of the one before.
fn told(before: Option<&Step>, step: &Step) -> Vec<String> {
    before.map_or_else(|| describe(&step.state), |before| changes(&before.state, &step.state))
}

fn location(at: Option<&Position>, text: Option<&str>) -> Location {
    let mut location = Location::builder().build();
    location.physical_location = at.map(|at| {
        let file = ArtifactLocation::builder().uri(uri(&at.file)).build();
        let line = i64::try_from(at.line).unwrap_or(i64::MAX).max(1);
        PhysicalLocation::builder()
            .artifact_location(file)
            .region(Region::builder().start_line(line).build())
            .build()
    });
    location.message = text.map(message);
    location
}

/// What a URI says as it is; everything else of a path is encoded.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');

/// A path as a URI: relative to the repository, or with a scheme.
fn uri(path: &str) -> String {
    let encoded = utf8_percent_encode(&path.replace('\\', "/"), PATH).to_string();
    if encoded.starts_with('/') { format!("file://{encoded}") } else { encoded }
}

fn invocation(account: &Account) -> Invocation {
    let complaints = account.failures.iter();
    let notifications: Vec<Notification> = complaints
        .map(|text| {
            let mut notification = Notification::builder().message(message(text)).build();
            notification.level = serde_json::to_value(ResultLevel::Error).ok();
            notification
        })
        .collect();
    let is_established = !matches!(account.exit_code(), 2 | 3);
    Invocation::builder()
        .execution_successful(is_established)
        .exit_code(i64::from(account.exit_code()))
        .exit_code_description(sentence::whole(account))
        .tool_execution_notifications(notifications)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_uri() {
        assert_eq!(uri("logs/a b#1.jsonl"), "logs/a%20b%231.jsonl");
        assert_eq!(uri("logs\\ä.jsonl"), "logs/%C3%A4.jsonl");
        assert_eq!(uri("/tmp/log"), "file:///tmp/log");
    }
}
