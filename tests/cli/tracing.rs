//! `record` and `trace`, as a shell sees them: a real run is accepted, and the same run with one
//! thing changed is not.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use predicates::prelude::predicate;
use serde_json::Value;

const SYSTEMS: [&str; 4] = ["load_manager", "mapreduce", "chord", "coral"];

fn straightedge() -> Command {
    Command::cargo_bin("straightedge").unwrap()
}

fn record(system: &str, path: &Path) {
    straightedge()
        .args(["record", system, "--events", "200", "--out"])
        .arg(path)
        .assert()
        .code(0)
        .stdout("");
}

/// Takes one from a number of the state of an event, or adds one to 0; which line that is.
fn change(text: &str) -> (String, usize) {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let place = 5;
    let mut event: Value = serde_json::from_str(&lines[place]).unwrap();
    let number = first_number(&mut event["state"]).expect("a number in the state");
    let before = number.as_u64().unwrap();
    *number = Value::from(if before == 0 { 1 } else { before - 1 });
    lines[place] = event.to_string();
    (lines.iter().map(|line| format!("{line}\n")).collect(), place + 1)
}

fn first_number(value: &mut Value) -> Option<&mut Value> {
    match value {
        Value::Number(_) => Some(value),
        Value::Object(fields) => fields.values_mut().find_map(first_number),
        Value::Array(entries) => entries.iter_mut().find_map(first_number),
        _ => None,
    }
}

#[test]
fn a_recorded_run_is_accepted_and_one_changed_field_is_not() {
    let directory = tempfile::tempdir().unwrap();
    for system in SYSTEMS {
        let path = directory.path().join(system);
        record(system, &path);
        straightedge().args(["trace", system]).arg(&path).assert().code(0);
        let (changed, line) = change(&fs::read_to_string(&path).unwrap());
        fs::write(&path, changed).unwrap();
        let at = format!("{}:{line}", path.display());
        let told = predicate::str::contains(at.as_str());
        straightedge().args(["trace", system]).arg(&path).assert().code(1).stdout(told);
    }
}

#[test]
fn every_answer_has_its_exit_code() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log");
    let header = |nodes: u32| {
        format!(
            "{{\"straightedge\": 1, \"system\": \"chord\", \"instance\": {{\"nodes\": {nodes}, \
             \"successors\": 2}}}}\n"
        )
    };
    for (text, code) in [
        (header(8) + "{}\n", 0),
        (header(8) + "{\"action\": \"fail(7)\"}\n", 1),
        (header(8), 2),
        (header(9) + "{}\n", 2),
        (header(8) + "{\n", 3),
    ] {
        fs::write(&path, &text).unwrap();
        straightedge().args(["trace", "chord"]).arg(&path).assert().code(code);
    }
    let missing = directory.path().join("missing");
    straightedge().args(["trace", "chord"]).arg(missing).assert().code(3).stdout("");
    straightedge().args(["trace", "chord/ring"]).arg(&path).assert().code(3).stdout("");
}

#[test]
fn what_cannot_be_recorded_leaves_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log");
    let refused = |arguments: &[&str]| {
        straightedge().arg("record").args(arguments).arg("--out").arg(&path).assert().code(3);
        assert!(fs::read_dir(directory.path()).unwrap().next().is_none());
    };
    refused(&["chord", "--instance", "nothing"]);
    refused(&["chord", "--fault", "nothing"]);
    refused(&["chord", "--events", "0"]);
    refused(&["nothing"]);
}
