//! Numbers and names as people read them.

use std::time::Duration;

use straightedge_evidence::words::fill;
pub use straightedge_evidence::words::{WIDTH, count, plural, wrap};
use straightedge_models::engine::verdict::ClaimReport;
use straightedge_models::engine::{Expected, Report};

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
