//! What a line says, and what is told of one that says something else (TRACE-1 to TRACE-5).

use straightedge_evidence::outcome::Outcome;
use straightedge_evidence::trace::Options;

use super::common::{HEADER, checked, malformed, outcome, trace};

const JOIN: &str = r#"{"action": {"join": {"node": 5, "via": 2}}}"#;

#[test]
fn every_way_to_say_an_event_is_accepted() {
    for event in [
        JOIN,
        r#"{"action": "join(5, via 2)"}"#,
        r#"{"action": {"join": {}}}"#,
        r#"{"action": {"join": {"node": 5}}, "state": {"members": {"5": {"successors": [0, 1]}}}}"#,
        r#"{"state": {"members": {"5": {"predecessor": 2, "candidate": null}}}}"#,
        r#"{"action": null, "state": {"members": {"5": null, "0": {"successors": [1, 2]}}}}"#,
        r#"{"node": "n5", "seq": 3, "sent": ["m"], "received": ["k"]}"#,
        "{}",
    ] {
        assert_eq!(outcome(trace(&[event])), Outcome::Accepted, "{event}");
    }
}

#[test]
fn a_file_may_hold_several_traces() {
    let text = trace(&[JOIN, "", HEADER, JOIN]);
    let report = checked(text, &Options::default());
    let told: Vec<_> = report.traces.iter().map(|trace| (trace.line, trace.events)).collect();
    assert_eq!(told, [(1, 1), (4, 1)]);
    assert_eq!((report.coverage.events, report.coverage.actions["join"]), (2, 2));
    assert_eq!(report.exit_code(), 0);
}

#[test]
fn a_trace_without_events_shows_nothing() {
    let report = checked(trace(&[]), &Options::default());
    assert!(matches!(report.traces[0].outcome, Outcome::Inconclusive { .. }), "{report:?}");
    assert_eq!(report.exit_code(), 2);
}

#[test]
fn a_line_that_is_cut_is_told_so_wherever_it_was_cut() {
    let line = "the line ends in the middle: it is no whole JSON";
    let file = "the file ends in the middle of this line";
    // Blanks at the end of a line are none of it.
    let column = |cut: &str| cut.trim_end().len();
    for cut in (1..HEADER.len()).map(|end| &HEADER[..end]) {
        let told = malformed(format!("{cut}\n{JOIN}\n"));
        assert_eq!(told, format!("log:1:{}: {line}", column(cut)), "{cut}");
        let told = malformed(format!("{HEADER}\n{JOIN}\n{cut}"));
        assert_eq!(told, format!("log:3:{}: {file}", column(cut)), "{cut}");
    }
    for cut in (1..JOIN.len()).map(|end| &JOIN[..end]) {
        let told = malformed(trace(&[cut, JOIN]));
        assert_eq!(told, format!("log:2:{}: {line}", column(cut)), "{cut}");
    }
    // What is wrong otherwise is told as it is.
    let told = malformed(HEADER.replace("1,", "1;"));
    assert!(told.starts_with("log:1:19: expected `,` or `}`"), "{told}");
}

#[test]
fn what_is_malformed_is_told_with_its_place() {
    for (line, told) in [
        (r#"{"acton": "x"}"#, "log:2:8: unknown field `acton`"),
        (r#"{"seq": -1}"#, "log:2:10: invalid value: integer `-1`, expected u64"),
        (r#"{"seq": 1.5}"#, "log:2:11: invalid type: floating point `1.5`, expected u64"),
        (r#"{"node": 5}"#, "log:2:10: invalid type: integer `5`, expected a string"),
        (r#"{"state": {"now": 1e400}}"#, "log:2:23: number out of range"),
        (r#"{"state": {"now": 1.0}}"#, "expected a whole number"),
        (r#"{"state": {"now": 1, "now": 2}}"#, "the name `now` comes twice"),
        (r#"{"state": [1]}"#, "a state is an object with what was observed"),
        (r#"{"action": 3}"#, "an action is a text, null, or an object with one name"),
        (r#"{"action": {"a": {}, "b": {}}}"#, "an action is a text, null, or an object"),
        ("nonsense", "log:2:2: expected ident"),
        (r#"{"action": "explode(3)"}"#, "log:2: no action `explode`; there are"),
        (r#"{"action": {"join": {"nod": 3}}}"#, "log:2: action.join: no field `nod`"),
        (r#"{"action": {"join": {"node": "3"}}}"#, "log:2: action.join.node: \"3\""),
    ] {
        let malformed = malformed(trace(&[line]));
        assert!(malformed.contains(told), "{line}: {malformed}");
        assert!(!malformed.contains('\n'), "{malformed}");
    }
}

#[test]
fn a_header_is_told_what_is_wrong_with_it() {
    for (line, told) in [
        ("", "log:1: there is nothing here"),
        (r#"{"action": null}"#, "log:1: a header was expected here"),
        (r#"{"straightedge": 2, "system": "chord", "instance": {}}"#, "version 2 of the format"),
        (r#"{"straightedge": 1, "system": "raft", "instance": "x"}"#, "a trace of `raft`"),
        (r#"{"straightedge": 1, "system": "chord", "instance": "x"}"#, "no instance `x` of chord"),
        (r#"{"straightedge": 1, "system": "chord", "instance": 3}"#, "an instance is a name or"),
        (r#"{"straightedge": 1, "system": "chord"}"#, "missing field `instance`"),
        (r#"{"straightedge": 1, "system": "chord", "instance": {"nodes": 4}}"#, "successors"),
        (
            concat!(
                r#"{"straightedge": 1, "system": "chord", "#,
                r#""instance": {"nodes": 4, "successors": 1}, "silent": ["x"]}"#,
            ),
            "silent: no action `x`",
        ),
    ] {
        let malformed = malformed(line);
        assert!(malformed.contains(told), "{line}: {malformed}");
    }
}

#[test]
fn what_the_model_does_not_reach_is_beyond_it() {
    let beyond = |text: &str| match outcome(text) {
        Outcome::OutOfScope { why, at } => format!("{at}: {why}"),
        other => panic!("{text}: {other:?}"),
    };
    let nine =
        r#"{"straightedge": 1, "system": "chord", "instance": {"nodes": 9, "successors": 2}}"#;
    assert!(beyond(nine).contains("log:1: instance: "), "{}", beyond(nine));
    let ninth = beyond(&trace(&[r#"{"action": {"fail": {"node": 8}}}"#]));
    assert!(ninth.contains("log:2: action.fail.node: 8; the instance has 0, 1, 2"), "{ninth}");
    let leave = beyond(&trace(&[r#"{"action": {"leave": {"node": 2}}}"#]));
    assert!(leave.contains("the instance has no `leave`"), "{leave}");
}
