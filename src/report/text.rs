//! An account for people: instance by instance, one table, what is not as declared.

use std::fmt::Write;

use comfy_table::{CellAlignment, ContentArrangement, Row, Table, presets};
use straightedge_models::engine::verdict::ClaimReport;
use straightedge_models::engine::{Report, Verdict};

use super::figure::{self, WIDTH, count, wrap};
use super::prose::Story;
use super::{Account, address, complaints};

/// The whole account: every instance, then the summary.
#[must_use]
pub fn render(account: &Account) -> String {
    let instances: String = account.reports.iter().map(instance).collect();
    instances + &summary(account)
}

/// One instance: its figures, then one line a claim.
#[must_use]
pub fn instance(report: &Report) -> String {
    let mut text = format!("{}\n", address(report));
    text += &wrap(&figure::figures(report), 2);
    for assumption in assumptions(report) {
        text += &wrap(&format!("liveness assumes {assumption}"), 2);
    }
    let longest = report.claims.iter().map(|claim| claim.claim.len()).max().unwrap_or_default();
    for claim in &report.claims {
        let mark = if claim.is_as_declared() { '✓' } else { '✗' };
        let answer = figure::verdict(claim);
        text += &format!("  {mark} {:longest$}  {:17}  {answer}\n", claim.claim, claim.form);
    }
    for complaint in complaints(report) {
        text += &wrap(&format!("! {complaint}"), 2);
    }
    text.push('\n');
    text
}

/// The fairness that the liveness claims of a report assume, each once.
fn assumptions(report: &Report) -> Vec<&str> {
    let mut distinct: Vec<&str> = Vec::new();
    for assumption in report.claims.iter().filter_map(|claim| claim.fairness.as_deref()) {
        if !distinct.contains(&assumption) {
            distinct.push(assumption);
        }
    }
    distinct
}

/// The table, what is not as declared, and one sentence.
#[must_use]
pub fn summary(account: &Account) -> String {
    let mut text = String::new();
    if !account.reports.is_empty() {
        text += &format!("{}\n", table(account));
    }
    text += &controls(account);
    text += &surprises(account);
    if let Some(kills) = &account.kills {
        text += &kills.text();
    }
    for place in &account.unchecked {
        text += &format!("not checked: {place}\n");
    }
    text += &wrap(&account.sentence(), 0);
    text
}

fn table(account: &Account) -> Table {
    let mut table = light_table();
    let header = [
        "instance",
        "as decl.",
        "not",
        "states",
        "transitions",
        "depth",
        "search",
        "sym.",
        "seconds",
        "memory",
    ];
    table.set_header(header);
    for report in &account.reports {
        table.add_row(row(report));
    }
    if account.interrupted {
        table.add_row(Row::from(vec!["interrupted: what follows was not checked"]));
    }
    for column in [1, 2, 3, 4, 5, 8, 9] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// A table of light lines that fits [`WIDTH`].
#[must_use]
pub fn light_table() -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH as u16);
    table
}

fn row(report: &Report) -> Vec<String> {
    let as_declared = report.claims.iter().filter(|claim| claim.is_as_declared()).count();
    let troubles = complaints(report).len();
    let not = report.claims.len() - as_declared + troubles;
    vec![
        address(report),
        as_declared.to_string(),
        not.to_string(),
        count(report.states),
        count(report.transitions),
        report.depth.to_string(),
        figure::search(report),
        if report.symmetry { "yes" } else { "no" }.into(),
        format!("{:.2}", report.seconds),
        figure::memory(report.memory_bytes),
    ]
}

fn controls(account: &Account) -> String {
    let mut text = String::new();
    for (report, claim) in account.controls() {
        let steps = claim.evidence.as_ref().map_or(0, |evidence| evidence.steps.len());
        let shown = format!("straightedge show {}@{}", address(report), claim.claim);
        let steps = figure::plural(steps, "step");
        let _ = writeln!(text, "violated, as declared: {} `{}`", address(report), claim.claim);
        text += &wrap(&format!("{} ({}); {steps}: {shown}", claim.sentence, claim.source), 4);
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn surprises(account: &Account) -> String {
    let mut text = String::new();
    for (report, claim) in account.surprises() {
        text += &surprise(report, claim);
    }
    for report in &account.reports {
        for complaint in complaints(report) {
            text += &wrap(&format!("{}: {complaint}", address(report)), 0);
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn surprise(report: &Report, claim: &ClaimReport) -> String {
    let mut text = format!("{}: `{}` {}\n", address(report), claim.claim, figure::verdict(claim));
    text += &wrap(&format!("{} ({})", claim.sentence, claim.source), 4);
    match (&claim.evidence, &claim.verdict) {
        (Some(evidence), _) => text += &Story::of(evidence).text(4),
        (None, Verdict::Violated) => text += &wrap(&figure::no_witness(report), 4),
        (None, _) => {}
    }
    text
}
