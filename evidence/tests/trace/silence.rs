//! Steps that no line tells of (TRACE-7).

use straightedge_evidence::outcome::Outcome;

use super::common::outcome;

fn with(silent: &str, lines: &[&str]) -> Outcome {
    let header =
        r#"{"straightedge": 1, "system": "chord", "instance": {"nodes": 8, "successors": 2}"#;
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    outcome(format!("{header}{silent}}}\n{lines}"))
}

const JOINED: &[&str] = &[r#"{"action": "stabilize_from_successor(5)"}"#];

#[test]
fn a_step_may_be_silent_only_if_it_is_named() {
    assert!(matches!(with("", JOINED), Outcome::Rejected(_)));
    assert!(matches!(with(r#", "silent": ["fail"]"#, JOINED), Outcome::Rejected(_)));
    assert_eq!(with(r#", "silent": ["join"]"#, JOINED), Outcome::Accepted);
}

#[test]
fn no_more_steps_are_silent_than_is_said() {
    let two = &[concat!(
        r#"{"action": "stabilize_from_successor(5)", "#,
        r#""state": {"members": {"6": {"successors": [0, 1]}}}}"#,
    )];
    assert!(matches!(with(r#", "silent": ["join"]"#, two), Outcome::Rejected(_)));
    assert!(matches!(
        with(r#", "silent": ["join"], "silent_steps": 0"#, two),
        Outcome::Rejected(_)
    ));
    assert_eq!(with(r#", "silent": ["join"], "silent_steps": 2"#, two), Outcome::Accepted);
}
