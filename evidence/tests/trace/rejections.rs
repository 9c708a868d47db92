//! Why a line is rejected (TRACE-11).

use serde_json::json;

use super::common::rejection;

const JOIN: &str = r#"{"action": "join(5, via 2)"}"#;
const STABILIZE: &str = r#"{"action": "stabilize_from_successor(5)"}"#;

#[test]
fn a_field_that_is_otherwise_is_told_with_both_values() {
    let wrong =
        r#"{"action": "join(5, via 2)", "state": {"members": {"5": {"successors": [0, 2]}}}}"#;
    let rejection = rejection(&[wrong]);
    assert_eq!(rejection.at.to_string(), "log:2");
    assert_eq!(
        rejection.sentence,
        "after `join(5, via 2)` `members.5.successors.1` must be 1, but 2 was observed"
    );
    let nearest = rejection.nearest.unwrap();
    assert_eq!((nearest.action.as_str(), nearest.distance), ("join(5, via 2)", 1));
    assert_eq!(nearest.json, json!({"join": {"node": 5, "via": 2}}));
    assert!(rejection.refused.is_empty());
    assert_eq!(rejection.path.len(), 1);
}

#[test]
fn the_guard_that_refused_is_told_with_what_it_read() {
    let rejection = rejection(&[JOIN, JOIN]);
    assert_eq!((rejection.at.line, rejection.accepted), (3, 1));
    let [refused] = &rejection.refused[..] else { panic!("{rejection:?}") };
    assert_eq!(refused.action, "join(5, via 2)");
    let reason = format!("{}, but {}", refused.guard, refused.read);
    let sentence = format!("`join(5, via 2)` cannot happen here: {reason}");
    assert_eq!(rejection.sentence, sentence);
    assert!(rejection.misfits.is_empty());
    assert_eq!(rejection.path.last().unwrap().at.as_ref().unwrap().line, 2);
    assert_eq!(rejection.path.last().unwrap().action.as_deref(), Some("join(5, via 2)"));
}

#[test]
fn an_event_without_an_action_is_told_the_nearest() {
    let seen = r#"{"state": {"members": {"5": {"successors": [0, 2], "predecessor": 2}}}}"#;
    let rejection = rejection(&[seen]);
    assert!(rejection.sentence.starts_with("no step leads to what was seen"), "{rejection:?}");
    assert_eq!(rejection.nearest.unwrap().action, "join(5, via 2)");
}

#[test]
fn the_end_of_a_long_behaviour_is_told_and_no_more() {
    let looked = r#"{"action": null}"#;
    let mut lines = vec![JOIN, STABILIZE];
    lines.extend([looked; 40]);
    lines.push(JOIN);
    let rejection = rejection(&lines);
    assert_eq!((rejection.accepted, rejection.at.line), (42, 44));
    assert!((5..=10).contains(&rejection.path.len()), "{}", rejection.path.len());
    let last = rejection.path.last().unwrap();
    assert_eq!(last.at.as_ref().unwrap().line, 43);
    assert_eq!(last.state, rejection.possible[0]);
}

#[test]
fn of_several_actions_that_may_be_meant_one_is_told() {
    let rejection = rejection(&[r#"{"action": {"rectify": {"node": 5}}}"#]);
    assert!(rejection.sentence.starts_with("none of the 8 actions"), "{}", rejection.sentence);
}
