//! Several files of one run (TRACE-9, TRACE-10).

use straightedge_evidence::outcome::Outcome;

use super::common::{HEADER, merged, trace};

const JOIN: &str = r#"{"action": "join(5, via 2)", "node": "5", "seq": 1}"#;
const STABILIZE: &str = r#"{"action": "stabilize_from_successor(5)", "node": "5", "seq": 2}"#;
const RECTIFY: &str = r#"{"action": "rectify(0, from 5)", "node": "0", "seq": 1}"#;

fn outcome(files: &[String]) -> Outcome {
    let report = merged(files);
    assert_eq!(report.traces.len(), 1, "{report:?}");
    report.traces[0].outcome.clone()
}

#[test]
fn an_order_is_found_whatever_the_order_of_the_files() {
    let (five, zero) = (trace(&[JOIN, STABILIZE]), trace(&[RECTIFY]));
    assert_eq!(outcome(&[five.clone(), zero.clone()]), Outcome::Accepted);
    assert_eq!(outcome(&[zero, five]), Outcome::Accepted);
}

#[test]
fn numbers_order_the_events_of_a_node_in_all_files() {
    let (first, second) = (trace(&[STABILIZE, RECTIFY]), trace(&[JOIN]));
    assert_eq!(outcome(&[first, second]), Outcome::Accepted);
    let swapped = STABILIZE.replace("\"seq\": 2", "\"seq\": 0");
    let report = merged(&[trace(&[&swapped]), trace(&[JOIN])]);
    let Outcome::Rejected(rejection) = &report.traces[0].outcome else { panic!("{report:?}") };
    assert_eq!((rejection.at.to_string(), rejection.accepted), ("log0:2".into(), 0));
}

#[test]
fn what_is_received_was_sent_before() {
    // Without the message the rectification could come last.
    let sent = RECTIFY.replace('}', r#", "sent": ["m"]}"#);
    let received = JOIN.replace('}', r#", "received": ["m"]}"#);
    let files = |join: &str| [trace(&[join, STABILIZE]), trace(&[&sent])];
    assert_eq!(outcome(&files(JOIN)), Outcome::Accepted);
    let Outcome::Rejected(rejection) = outcome(&files(&received)) else { panic!() };
    assert_eq!(rejection.at.to_string(), "log1:2");
}

#[test]
fn causes_that_contradict_each_other_are_told() {
    let first = r#"{"sent": ["a"], "received": ["b"]}"#;
    let second = r#"{"sent": ["b"], "received": ["a"]}"#;
    let twice = r#"{"sent": ["a"]}"#;
    for (files, told) in [
        ([trace(&[first]), trace(&[second])], "the causes contradict each other"),
        ([trace(&[twice]), trace(&[twice])], "message a was sent at log0:2 already"),
        ([trace(&[JOIN]), trace(&[JOIN])], "event 1 of node 5 is at log0:2 already"),
        ([trace(&[JOIN]), String::new()], "there is nothing here"),
        ([trace(&[JOIN, HEADER, JOIN]), trace(&[STABILIZE])], "there is no trace here"),
        ([trace(&[JOIN]), trace(&[]).replace('8', "7")], "another header than that of log0"),
    ] {
        let report = merged(&files);
        let Some(Outcome::Malformed { why, .. }) = report.traces.last().map(|last| &last.outcome)
        else {
            panic!("{told}: {report:?}")
        };
        assert!(why.contains(told), "{why}");
        assert_eq!(report.exit_code(), 3);
    }
}

#[test]
fn many_events_without_causes_are_searched_with_a_memo() {
    let looked = vec![r#"{"action": null}"#; 200];
    let wrong = r#"{"action": "fail(0)", "state": {"members": {"0": {}}}}"#;
    let mut last = looked.clone();
    last.push(wrong);
    let report = merged(&[trace(&looked), trace(&last)]);
    let Outcome::Rejected(rejection) = &report.traces[0].outcome else { panic!("{report:?}") };
    assert_eq!((rejection.at.to_string(), rejection.accepted), ("log1:202".into(), 400));
}
