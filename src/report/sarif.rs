//! An account as SARIF: one rule a claim, one code flow a counterexample.

use serde_sarif::sarif::{
    ArtifactLocation, CodeFlow, Invocation, Location, LogicalLocation, Notification,
    PhysicalLocation, Region, ReportingDescriptor, Result as Finding, ResultLevel,
};
use straightedge_evidence::report::sarif::{code_flow, document, flow_step, message, multiformat};
use straightedge_models::engine::verdict::ClaimReport;
use straightedge_models::engine::{Outcome, Report};

use super::kill::KillMatrix;
use super::prose::Story;
use super::{Account, address, complaints, figure, is_violated};
use crate::error::Error;

/// The rule that a survivor of the kill matrix breaks.
const KILL_MATRIX: &str = "kill_matrix";

/// The account as SARIF 2.1.0. What is as declared is no finding.
///
/// # Errors
///
/// If the document cannot be written as JSON.
pub fn render(account: &Account) -> Result<String, Error> {
    let mut findings: Vec<Finding> =
        account.surprises().map(|(report, claim)| finding(report, claim)).collect();
    findings.extend(account.kills.iter().flat_map(survivors));
    Ok(document(rules(account), findings, invocation(account))?)
}

/// One rule for each claim of each system, and one for the kill matrix.
fn rules(account: &Account) -> Vec<ReportingDescriptor> {
    let mut rules: Vec<ReportingDescriptor> = Vec::new();
    for (report, claim) in account.claims() {
        let id = rule_id(report, claim);
        if rules.iter().any(|rule| rule.id == id) {
            continue;
        }
        let source = format!("{} Source: {}.", claim.sentence, claim.source);
        let rule = ReportingDescriptor::builder()
            .id(id)
            .name(claim.claim)
            .short_description(multiformat(claim.sentence))
            .full_description(multiformat(&source));
        rules.push(rule.build());
    }
    if account.kills.is_some() {
        let meaning = "Each mutant is killed by the claim it names, and each claim kills a mutant.";
        let rule = ReportingDescriptor::builder().id(KILL_MATRIX);
        rules.push(rule.short_description(multiformat(meaning)).build());
    }
    rules
}

fn rule_id(report: &Report, claim: &ClaimReport) -> String {
    format!("{}/{}", report.system, claim.claim)
}

fn finding(report: &Report, claim: &ClaimReport) -> Finding {
    let answer = figure::verdict(claim);
    let text = format!("{}: {answer}. {}", address(report), claim.sentence);
    let level = if is_violated(claim) { ResultLevel::Error } else { ResultLevel::Warning };
    let flows: Vec<CodeFlow> =
        claim.evidence.iter().map(|evidence| steps(report, &Story::of(evidence))).collect();
    let mut finding = Finding::builder()
        .rule_id(rule_id(report, claim))
        .message(message(&text))
        .locations([location(report.system, report.instance, None)])
        .build();
    finding.level = Some(level);
    finding.code_flows = Some(flows).filter(|flows| !flows.is_empty());
    finding
}

fn survivors(kills: &KillMatrix) -> Vec<Finding> {
    let systems = kills.rows.iter().map(|row| row.system);
    let system = systems.chain(kills.claims.iter().map(|claim| claim.system)).next().unwrap_or("");
    let finding = |text: String| {
        let mut finding = Finding::builder()
            .rule_id(KILL_MATRIX)
            .message(message(&text))
            .locations([location(system, "mutants", None)])
            .build();
        finding.level = Some(ResultLevel::Error);
        finding
    };
    kills.complaints().into_iter().map(finding).collect()
}

fn steps(report: &Report, story: &Story) -> CodeFlow {
    let place = |order: usize, text: String| {
        flow_step(order, location(report.system, report.instance, Some(&text)))
    };
    let initially = place(0, format!("initially: {}", story.initially.join("; ")));
    let steps = story
        .steps
        .iter()
        .map(|step| place(step.number, format!("{}: {}", step.action, step.changes.join("; "))));
    let ending = story.loop_closes().map(|_| story.loop_opens()).unwrap_or_default();
    let text = format!("{} {ending}", story.because);
    code_flow(text.trim(), std::iter::once(initially).chain(steps).collect())
}

/// A place in the model: its folder, and `system::instance` as its logical name.
fn location(system: &str, instance: &str, text: Option<&str>) -> Location {
    let file = ArtifactLocation::builder().uri(format!("models/src/{system}/property.rs")).build();
    let physical = PhysicalLocation::builder()
        .artifact_location(file)
        .region(Region::builder().start_line(1).build())
        .build();
    let logical = LogicalLocation::builder()
        .fully_qualified_name(format!("{system}::{instance}"))
        .kind("module")
        .build();
    let mut location =
        Location::builder().physical_location(physical).logical_locations([logical]).build();
    location.message = text.map(message);
    location
}

fn invocation(account: &Account) -> Invocation {
    let text = |report: &Report| {
        let place = address(report);
        complaints(report).into_iter().map(move |complaint| format!("{place}: {complaint}"))
    };
    let unchecked = account.unchecked.iter().map(|place| format!("{place}: not checked"));
    let notifications: Vec<Notification> = account
        .reports
        .iter()
        .flat_map(text)
        .chain(unchecked)
        .map(|text| Notification::builder().message(message(&text)).build())
        .collect();
    Invocation::builder()
        .execution_successful(account.outcome() != Outcome::Inconclusive)
        .exit_code_description(account.sentence())
        .tool_execution_notifications(notifications)
        .build()
}
