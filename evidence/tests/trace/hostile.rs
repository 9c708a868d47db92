//! What nobody means well with (TRACE-3, TRACE-8): bounded, told in one line, never a panic.

use std::time::{Duration, Instant};

use straightedge_evidence::outcome::Outcome;
use straightedge_evidence::trace::{DEEPEST, LONGEST_LINE, Options};

use super::common::{checked, malformed, outcome, trace};

#[test]
fn a_huge_line_is_not_read() {
    let text = format!(r#"{{"node": "{}"}}"#, "x".repeat(LONGEST_LINE));
    let told = malformed(trace(&[&text]));
    assert_eq!(told, format!("log:2: the line is longer than {LONGEST_LINE} bytes"));
    let fits = format!(r#"{{"node": "{}"}}"#, "x".repeat(LONGEST_LINE - 13));
    assert_eq!(fits.len(), LONGEST_LINE - 1);
    assert_eq!(outcome(trace(&[&fits])), Outcome::Accepted);
}

#[test]
fn a_limit_of_ones_own_is_kept() {
    let options = Options { longest_line: 100, ..Options::default() };
    let report = checked(trace(&[&format!(r#"{{"node": "{}"}}"#, "x".repeat(100))]), &options);
    assert_eq!(report.exit_code(), 3, "{report:?}");
}

#[test]
fn deep_values_are_refused() {
    let nested = |deep: usize| {
        let (open, close) = ("[".repeat(deep - 1), "]".repeat(deep - 1));
        trace(&[&format!(r#"{{"state": {{"departed": {open}{close}}}}}"#)])
    };
    assert!(malformed(nested(DEEPEST + 1)).contains("nested 32 deep at most"));
    assert!(malformed(nested(100_000)).contains("deep at most"));
    assert!(matches!(outcome(nested(DEEPEST)), Outcome::Rejected(_)));
}

#[test]
fn what_is_not_utf_8_is_told_with_its_column() {
    let mut text = trace(&[]).into_bytes();
    text.extend(b"{\"node\": \"\xff\"}\n");
    assert_eq!(malformed(text), "log:2:11: not UTF-8");
}

#[test]
fn a_file_that_is_cut_is_told_so_wherever_it_is() {
    let whole = trace(&[r#"{"action": {"join": {"node": 5, "via": 2}}}"#]);
    let header = whole.find('\n').unwrap() + 1;
    for end in header + 1..whole.len() - 1 {
        let told = malformed(&whole.as_bytes()[..end]);
        assert!(told.contains("the file ends in the middle of this line"), "{end}: {told}");
    }
    for end in 1..header - 1 {
        assert!(malformed(&whole.as_bytes()[..end]).starts_with("log:1"));
    }
    assert_eq!(outcome(&whole.as_bytes()[..whole.len() - 1]), Outcome::Accepted);
}

#[test]
fn numbers_out_of_range_are_refused() {
    for number in ["18446744073709551616", "-9223372036854775809", "1e5", "1e999", "0.5"] {
        let told = malformed(trace(&[&format!(r#"{{"state": {{"x": {number}}}}}"#)]));
        assert!(told.contains("whole number") || told.contains("out of range"), "{told}");
    }
}

#[test]
fn a_million_silent_steps_end_at_the_budget() {
    let header = concat!(
        r#"{"straightedge": 1, "system": "chord", "instance": {"nodes": 8, "successors": 2}, "#,
        r#""silent": ["join", "fail", "rectify", "stabilize_from_successor", "#,
        r#""stabilize_from_predecessor"], "silent_steps": 1000000}"#,
    );
    let text = format!("{header}\n{{\"state\": {{\"members\": {{\"0\": null}}}}}}\n");
    let options = Options { budget: 5_000, ..Options::default() };
    let began = Instant::now();
    let report = checked(text, &options);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    let Outcome::Inconclusive { why, .. } = &report.traces[0].outcome else { panic!("{report:?}") };
    assert!(why.starts_with("5000 states were looked at"), "{why}");
    assert_eq!(report.exit_code(), 2);
}
