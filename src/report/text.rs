//! An account for people: instance by instance, one table, what is not as declared.

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};
use straightedge_models::engine::verdict::ClaimReport;
use straightedge_models::engine::{Report, Verdict};

use super::figure::{self, count, wrap};
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
    text += &figure::figure_lines(report, 2);
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

/// How wide the column of names may be for the table to fit [`figure::WIDTH`].
const NAME_WIDTH: usize = 26;

/// How wide the column of bounds may be, one word at least.
const SEARCH_WIDTH: usize = 10;

/// The columns; names and the search are words, the others are figures.
const COLUMNS: [&str; 10] = [
    "instance",
    "as\ndecl.",
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
    let figures = table.column_iter_mut().enumerate().skip(1).filter(|(i, _)| *i != SEARCH);
    for (_, column) in figures {
        column.set_cell_alignment(CellAlignment::Right);
    }
    lines(table)
}

/// A table of light lines, whose cells are broken into lines beforehand.
#[must_use]
pub fn light_table() -> Table {
    let line = LineStyle::none().fill('─').junction('─');
    let style = TableStyle::new().top_border(line).header_separator(line).bottom_border(line);
    let mut table = Table::new();
    table.load_style(style).set_content_arrangement(ContentArrangement::Disabled);
    table
}

/// The lines of a table, one blank between its columns and none at the ends of its lines.
#[must_use]
pub fn lines(mut table: Table) -> String {
    for column in table.column_iter_mut() {
        column.set_padding((0, 0));
    }
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn row(report: &Report) -> Vec<String> {
    let as_declared = report.claims.iter().filter(|claim| claim.is_as_declared()).count();
    let troubles = complaints(report).len();
    let bound = report.bound.as_ref().map(ToString::to_string);
    let not = report.claims.len() - as_declared + troubles;
    vec![
        name_lines(report.instance),
        as_declared.to_string(),
        not.to_string(),
        count(report.states),
        count(report.transitions),
        report.depth.to_string(),
        search_lines(&bound.unwrap_or_else(|| "exhausted".to_owned())),
        if report.symmetry { "yes" } else { "no" }.into(),
        format!("{:.2}", report.seconds),
        figure::memory(report.memory_bytes),
    ]
}

/// A name broken behind its underscores into lines that fit the column, indented.
fn name_lines(name: &str) -> String {
    broken(name, '_', "  ", "    ", NAME_WIDTH)
}

/// Words broken into lines that fit the column.
fn search_lines(words: &str) -> String {
    broken(words, ' ', "", "", SEARCH_WIDTH)
}

/// Text broken behind a delimiter into lines of that width, as far as its words allow.
pub(super) fn broken(
    text: &str,
    delimiter: char,
    first: &str,
    other: &str,
    width: usize,
) -> String {
    let mut lines = Vec::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split_inclusive(delimiter) {
        if !is_empty && line.len() + word.trim_end().len() > width {
            lines.push(std::mem::replace(&mut line, other.to_owned()));
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line);
    lines.join("\n")
}

/// What is false on purpose, one paragraph an instance.
fn controls(account: &Account) -> String {
    let mut text = String::new();
    for report in &account.reports {
        let controls = account.controls().filter(|(own, _)| std::ptr::eq(*own, report));
        let told = controls.map(|(_, claim)| match &claim.evidence {
            Some(evidence) => format!("{} ({})", claim.claim, evidence.steps.len()),
            None => claim.claim.to_owned(),
        });
        let told: Vec<String> = told.collect();
        if !told.is_empty() {
            text += &format!("  {}\n{}", address(report), wrap(&told.join(", "), 6));
        }
    }
    if text.is_empty() {
        return text;
    }
    let heading = "Violated, as declared, in so many steps \
                   (`straightedge show SYSTEM/INSTANCE@CLAIM` tells each):\n";
    format!("{heading}{text}\n")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_bounds_are_broken_into_lines_that_fit() {
        let name = "original_five_nodes_best_with_permanent_base";
        let lines = name_lines(name);
        assert_eq!(lines, "  original_five_nodes_\n    best_with_permanent_\n    base");
        assert!(lines.lines().all(|line| line.len() <= NAME_WIDTH));
        assert_eq!(search_lines("memory limit of 8192 MiB"), "memory \nlimit of \n8192 MiB");
        assert_eq!(search_lines("exhausted"), "exhausted");
        assert_eq!(
            name_lines("a_word_longer_than_the_column_is_"),
            "  a_word_longer_than_the_\n    column_is_"
        );
    }
}
