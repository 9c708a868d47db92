//! `--format` and `--out`.

use std::fs;

use serde_json::Value;
use serde_sarif::sarif::Sarif;

use super::harness::run;
use super::lamp::{lamp, undeclared};

#[test]
fn the_json_report_is_versioned_and_has_every_figure() {
    let done = run(lamp(), "check --format json --quiet");
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    let report: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(report["straightedge_report"], 1);
    assert_eq!(report["outcome"], "as_declared");
    assert_eq!(report["interrupted"], false);
    let instance = &report["instances"][0];
    assert_eq!(instance["instance"], "bulb");
    assert_eq!(instance["states"], 3);
    assert_eq!(instance["transitions"], 4);
    assert_eq!(instance["exhausted"], true);
    assert_eq!(instance["claims"][2]["fairness"], "weak fairness of fade");
    assert_eq!(instance["claims"][4]["verdict"], "violated");
    assert_eq!(instance["claims"][4]["evidence"]["steps"][0]["action"], "press(lamp)");
    assert_eq!(instance["coverage"][1]["action"], "fade");
}

#[test]
fn junit_has_a_suite_an_instance_and_a_failure_a_surprise() {
    let good = run(lamp(), "check --format junit --quiet").out;
    assert!(
        good.contains(
            r#"<testsuite name="lamp/bulb" tests="6" skipped="0" errors="0" failures="0""#
        ),
        "{good}"
    );
    let bad = run(undeclared(), "check --format junit --quiet");
    assert_eq!(bad.code, 1);
    assert!(
        bad.out.contains(r#"<testcase name="stays_off" classname="lamp/bulb">"#),
        "{}",
        bad.out
    );
    assert!(bad.out.contains(r#"<failure message="violated; declared: holds" type="always">"#));
    assert!(bad.out.contains("1. press(lamp)"));
}

#[test]
fn sarif_has_a_rule_a_claim_and_a_code_flow_a_surprise() {
    let good: Sarif =
        serde_json::from_str(&run(lamp(), "check --format sarif --quiet").out).unwrap();
    let run_of = |sarif: Sarif| sarif.runs.into_iter().next().unwrap();
    let good = run_of(good);
    assert_eq!(good.results.unwrap().len(), 0, "a control is no finding");
    assert_eq!(good.tool.driver.rules.unwrap().len(), 5);
    let bad: Sarif =
        serde_json::from_str(&run(undeclared(), "check --format sarif --quiet").out).unwrap();
    let findings = run_of(bad).results.unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].rule_id.as_deref(), Some("lamp/stays_off"));
    let flow = &findings[0].code_flows.as_ref().unwrap()[0].thread_flows[0];
    let texts: Vec<&str> = flow
        .locations
        .iter()
        .map(|place| {
            place.location.as_ref().unwrap().message.as_ref().unwrap().text.as_deref().unwrap()
        })
        .collect();
    assert_eq!(texts, ["initially: brightness: 0; presses: 0", "press(lamp): brightness 0 → 1"]);
}

#[test]
fn a_file_gets_the_report_and_people_get_the_text() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("report.json");
    let done = run(lamp(), &format!("check --format json --out {}", path.display()));
    assert_eq!(done.code, 0, "{done:?}");
    let report: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(report["straightedge_report"], 1);
    assert!(done.out.contains("Every answer is the declared one"));
    let text = directory.path().join("report.txt");
    run(lamp(), &format!("check --out {}", text.display()));
    assert!(fs::read_to_string(&text).unwrap().contains("✓ bright_ends"));
}

#[test]
fn a_file_that_cannot_be_written_is_known_before_anything_is_checked() {
    for line in ["check --out /nowhere/at/all", "show lamp/bulb --html /nowhere/at/all"] {
        let done = run(lamp(), line);
        assert_eq!((done.code, done.out.as_str()), (3, ""), "{line}");
        assert!(
            done.err.starts_with("straightedge: cannot write /nowhere/at/all: "),
            "{}",
            done.err
        );
        assert_eq!(done.err.lines().count(), 1, "{}", done.err);
    }
}
