//! Numbers and names as people read them.

use std::time::Duration;

use straightedge_models::engine::verdict::ClaimReport;
use straightedge_models::engine::{Expected, Report};

/// How wide text may be.
pub const WIDTH: usize = 100;

/// `1,234,567`.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 claim`, `2 claims`.
#[must_use]
pub fn plural(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", count(number as u64))
}

/// `0.24 s`, `1 min 5 s`, `2 h 3 min`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    let whole = Duration::try_from_secs_f64(seconds).unwrap_or_default().as_secs();
    match whole {
        0..60 => format!("{seconds:.2} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole / 60 % 60),
    }
}

/// `512 B`, `3.4 MiB`, `1.2 GiB`.
#[must_use]
pub fn memory(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let unit = UNITS.iter().find(|(size, _)| bytes >= *size);
    unit.map_or_else(
        || format!("{bytes} B"),
        |(size, name)| format!("{:.1} {name}", bytes as f64 / *size as f64),
    )
}

/// `exhausted`, or the bound that was hit.
#[must_use]
pub fn search(report: &Report) -> String {
    report.bound.as_ref().map_or_else(|| "exhausted".to_owned(), |bound| format!("cut: {bound}"))
}

/// `symmetry used`, `no symmetry`.
#[must_use]
pub fn symmetry(report: &Report) -> &'static str {
    if report.symmetry { "symmetry used" } else { "no symmetry" }
}

/// All the figures of a report on one line.
#[must_use]
pub fn figures(report: &Report) -> String {
    each_figure(report).join(", ")
}

/// All the figures of a report on lines that fit [`WIDTH`], each figure with its unit.
#[must_use]
pub fn figure_lines(report: &Report, indent: usize) -> String {
    let figures = each_figure(report);
    let (last, others) = figures.split_last().map_or(("", &[][..]), |(l, o)| (l.as_str(), o));
    let others = others.iter().map(|figure| format!("{figure},"));
    let pieces: Vec<String> = others.chain([last.to_owned()]).collect();
    fill(pieces.iter().map(String::as_str), indent)
}

fn each_figure(report: &Report) -> Vec<String> {
    vec![
        plural(report.states as usize, "state"),
        plural(report.transitions as usize, "transition"),
        format!("depth {}", report.depth),
        search(report),
        symmetry(report).to_owned(),
        duration(report.seconds),
        memory(report.memory_bytes),
    ]
}

/// A declared answer in words.
#[must_use]
pub fn expected(expected: Expected) -> &'static str {
    match expected {
        Expected::Holds => "holds",
        Expected::HoldsWithin => "holds within its bound",
        Expected::Violated => "violated",
        Expected::Vacuous => "vacuous",
        Expected::Inconclusive => "inconclusive",
    }
}

/// The answer, and how it stands to the declared one.
#[must_use]
pub fn verdict(claim: &ClaimReport) -> String {
    match (claim.is_as_declared(), claim.expected) {
        (true, Expected::Holds) => claim.verdict.to_string(),
        (true, _) => format!("{}, as declared", claim.verdict),
        (false, declared) => format!("{}; declared: {}", claim.verdict, expected(declared)),
    }
}

/// Why a claim can be false without a trace to show for it.
#[must_use]
pub fn no_witness(report: &Report) -> String {
    format!("No witness: none of the {} is one.", plural(report.states as usize, "reachable state"))
}

/// Breaks text at spaces into lines that fit [`WIDTH`], each behind an indent.
#[must_use]
pub fn wrap(text: &str, indent: usize) -> String {
    fill(text.split_whitespace(), indent)
}

/// Puts pieces that are not to be broken on lines that fit [`WIDTH`], each behind an indent.
fn fill<'a>(pieces: impl Iterator<Item = &'a str>, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let mut text = String::new();
    let mut line = String::new();
    for piece in pieces {
        let length = indent + line.chars().count() + 1 + piece.chars().count();
        if !line.is_empty() && length > WIDTH {
            text += &format!("{margin}{line}\n");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(piece);
    }
    text + &format!("{margin}{line}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_by_three() {
        let grouped = [0, 12, 999, 1000, 12_345, 1_234_567].map(count);
        assert_eq!(grouped, ["0", "12", "999", "1,000", "12,345", "1,234,567"]);
    }

    #[test]
    fn amounts_have_the_unit_that_fits() {
        assert_eq!(
            [0.5, 59.0, 65.0, 7380.0].map(duration),
            ["0.50 s", "59.00 s", "1 min 5 s", "2 h 3 min"]
        );
        assert_eq!(
            [512, 2048, 3 << 20, 5 << 30].map(memory),
            ["512 B", "2.0 KiB", "3.0 MiB", "5.0 GiB"]
        );
    }

    #[test]
    fn wrapped_lines_fit_and_lose_no_word() {
        let words = "alpha beta gamma delta ".repeat(30);
        let wrapped = wrap(&words, 4);
        assert!(wrapped.lines().all(|line| line.chars().count() <= WIDTH));
        assert!(wrapped.lines().count() > 1);
        let unwrapped: Vec<&str> = wrapped.split_whitespace().collect();
        assert_eq!(unwrapped, words.split_whitespace().collect::<Vec<_>>());
    }

    #[test]
    fn a_word_longer_than_the_line_is_kept_whole() {
        let long = "x".repeat(150);
        assert_eq!(wrap(&long, 2), format!("  {long}\n"));
    }
}
