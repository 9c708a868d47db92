//! An account for people: instance by instance, one table, what is not as declared.

use std::fmt::Write;

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle,
};
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
        text += &table(account);
    }
    if account.interrupted {
        text += "interrupted: this table is partial\n";
    }
    if !account.reports.is_empty() {
        text.push('\n');
    }
    text += &controls(account);
    text += &surprises(account);
    if let Some(kills) = &account.kills {
        text += &kills.text();
    }
    for place in &account.unchecked {
        text += &format!("not checked: {place}\n");
    }
    text + &account.sentence() + "\n"
}

/// The columns; [`SEARCH`] alone may be broken into lines, because it is words.
const COLUMNS: [&str; 10] = [
    "instance",
    "as declared",
    "not",
    "states",
    "transitions",
    "depth",
    "search",
    "sym.",
    "seconds",
    "memory",
];
const SEARCH: usize = 6;

fn table(account: &Account) -> String {
    let mut table = light_table();
    table.set_header(COLUMNS);
    let mut system = "";
    for report in &account.reports {
        if report.system != system {
            system = report.system;
            table.add_row([format!("{system}/")]);
        }
        table.add_row(row(report));
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 1));
        match index {
            0 => column.set_constraint(ColumnConstraint::ContentWidth),
            SEARCH => column.set_delimiter(' '),
            _ => {
                column.set_cell_alignment(CellAlignment::Right);
                column.set_constraint(ColumnConstraint::ContentWidth)
            }
        };
    }
    lines(&table)
}

/// A table of light lines that fits [`WIDTH`].
#[must_use]
pub fn light_table() -> Table {
    let line = LineStyle::none().fill('─').junction('─');
    let style = TableStyle::new().top_border(line).header_separator(line).bottom_border(line);
    let mut table = Table::new();
    table
        .load_style(style)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH as u16);
    table
}

/// The lines of a table, without blanks at their ends.
#[must_use]
pub fn lines(table: &Table) -> String {
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn row(report: &Report) -> Vec<String> {
    let as_declared = report.claims.iter().filter(|claim| claim.is_as_declared()).count();
    let troubles = complaints(report).len();
    let not = report.claims.len() - as_declared + troubles;
    vec![
        format!("  {}", report.instance),
        as_declared.to_string(),
        not.to_string(),
        count(report.states),
        count(report.transitions),
        report.depth.to_string(),
        report.bound.as_ref().map_or_else(|| "exhausted".to_owned(), ToString::to_string),
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
