//! `drive` and `suite`, as a shell sees them.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use assert_cmd::Command;
use predicates::prelude::{PredicateBooleanExt as _, predicate};
use serde_json::Value;

use crate::languages::or_skipped;

/// The smallest ring: every step of it is taken in a moment.
const RING: &str = "chord/corrected_three_nodes_one_successor";

fn straightedge() -> Command {
    Command::cargo_bin("straightedge").unwrap()
}

/// `drive`, with its files in that directory.
fn drive(directory: &Path, options: &[&str]) -> Command {
    let mut command = straightedge();
    command.args(["drive", RING, "--save"]).arg(directory.join("replay.jsonl")).args(options);
    command
}

/// The words of the example in Python; none, where there is no Python.
fn python() -> Option<[String; 3]> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/python/chord.py");
    Some([or_skipped("python3")?.into(), "-B".into(), script.display().to_string()])
}

/// A shell that greets, and then does this.
fn greeting(rest: &str) -> [String; 3] {
    let greets = r#"read l; echo '{"id":1,"type":"init_ok","protocol":1}'"#;
    ["sh".into(), "-c".into(), format!("{greets}; {rest}")]
}

#[test]
fn a_sound_adapter_is_accepted_and_every_report_is_written() {
    let Some(python) = python() else { return };
    let directory = tempfile::tempdir().unwrap();
    let mut command = drive(directory.path(), &[]);
    let reports = ["html", "junit", "sarif", "json"];
    for form in reports {
        command.arg(format!("--{form}")).arg(directory.path().join(form));
    }
    let told = predicate::str::contains("accepted").and(predicate::str::contains("100 %"));
    command.arg("--").args(&python).assert().code(0).stdout(told);
    let read = |form| fs::read_to_string(directory.path().join(form)).unwrap();
    assert!(read("html").starts_with("<!DOCTYPE html>"));
    assert!(read("junit").contains("<testsuites"));
    let json: Value = serde_json::from_str(&read("json")).unwrap();
    assert_eq!((&json["exit_code"], &json["held"][0]["outcome"]), (&0.into(), &"accepted".into()));
    let sarif: Value = serde_json::from_str(&read("sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert!(!directory.path().join("replay.jsonl").exists(), "nothing failed");
}

#[test]
fn a_planted_bug_is_rejected_and_what_was_saved_is_run_again() {
    let Some(python) = python() else { return };
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("replay.jsonl");
    let bug = ["--bug", "adopt_without_asking"];
    let again = format!("Again: straightedge drive {RING} --replay {}", file.display());
    let told = predicate::str::contains("rejected").and(predicate::str::contains(again.as_str()));
    drive(directory.path(), &["--"]).args(&python).args(bug).assert().code(1).stdout(told);
    let saved = fs::read_to_string(&file).unwrap();
    let steps = saved.lines().filter(|line| line.contains("\"step\"")).count();
    assert!((1..=10).contains(&steps), "{saved}");

    let replay = |bug: &[&str]| {
        let mut command = drive(directory.path(), &["--replay"]);
        command.arg(&file).arg("--").args(&python).args(bug).assert()
    };
    replay(&bug).code(1);
    replay(&[]).code(0);
    fs::write(&file, "nonsense").unwrap();
    let told = predicate::str::contains("replay.jsonl:1: no header of a suite");
    replay(&[]).code(3).stdout("").stderr(told);
}

#[test]
fn what_is_not_established_ends_with_two() {
    let Some(python) = python() else { return };
    let directory = tempfile::tempdir().unwrap();
    let told = predicate::str::contains("the budget ran out");
    drive(directory.path(), &["--steps", "20", "--"]).args(&python).assert().code(2).stdout(told);
    let told = predicate::str::contains("does not support this instance");
    let unsupported = ["sh", "-c", r#"read l; echo '{"id":1,"type":"unsupported"}'"#];
    drive(directory.path(), &["--"]).args(unsupported).assert().code(2).stdout(told);
    let told = predicate::str::contains("nothing was exercised");
    let nothing = "n=2; while read l; do case $l in *reset*) a='\"ok\",\"state\":{}';; \
                   *) a='\"unsupported\"';; esac; echo \"{\\\"id\\\":$n,\\\"type\\\":$a}\"; \
                   n=$((n+1)); done";
    drive(directory.path(), &["--"]).args(greeting(nothing)).assert().code(2).stdout(told);
}

#[test]
fn a_command_that_hangs_or_dies_is_told_in_time() {
    let directory = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let ends = |words: &[String], code: i32, why: &str| {
        let told = predicate::str::contains(why);
        drive(directory.path(), &["--answer", "300", "--tries", "2", "--"])
            .args(words)
            .assert()
            .code(code)
            .stdout(told);
    };
    let shell = |script: &str| ["sh".to_owned(), "-c".into(), script.into()];
    ends(&["/no/such/program".into()], 3, "cannot start `/no/such/program`");
    ends(&shell("exit 7"), 3, "exit status: 7");
    ends(&shell("sleep 60"), 3, "does not answer within 300ms");
    ends(&greeting("sleep 60"), 1, "does not answer within 300ms");
    ends(&greeting("echo I am ill >&2; exit 4"), 1, "I am ill");
    ends(&greeting("read l; echo what"), 3, "answers \"what\"");
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[test]
fn a_command_line_that_makes_no_sense_starts_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let trace = directory.path().join("started");
    let touch = format!("touch {}", trace.display());
    let refused = |words: &[&str], told: &str| {
        let told = predicate::str::contains(told);
        let starts = ["sh", "-c", &touch];
        let mut command = straightedge();
        command.arg("drive").args(words).arg("--save").arg(directory.path().join("replay"));
        command.arg("--").args(starts).assert().code(3).stdout("").stderr(told);
        assert!(!trace.exists(), "{words:?}");
    };
    refused(&["nothing"], "nothing");
    refused(&["chord/nothing"], "nothing");
    refused(&["chord@join_tells_everyone"], "faithful model");
    refused(&["chord", "--floor", "101"], "101");
    refused(&["chord", "--replay", "/no/such/file"], "/no/such/file");
    refused(&["chord", "--json", "/no/such/directory/report"], "/no/such/directory");
    straightedge().args(["drive", "chord"]).assert().code(3).stdout("");
    straightedge().args(["drive", "chord", "--"]).assert().code(3).stdout("");
}

#[test]
fn a_suite_says_what_it_covers_and_keeps_its_size() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("suite.jsonl");
    straightedge().args(["suite", RING, "--out"]).arg(&file).assert().code(0).stdout("");
    let whole = fs::read_to_string(&file).unwrap();
    let header =
        |text: &str| -> Value { serde_json::from_str(text.lines().next().unwrap()).unwrap() };
    let of = header(&whole);
    assert_eq!(
        (&of["suite"], &of["system"], &of["is_whole"]),
        (&1.into(), &"chord".into(), &true.into())
    );
    assert_eq!((&of["covered"], &of["percent"]), (&of["transitions"], &100.0.into()));
    let count = |text: &str, word: &str| text.lines().skip(1).filter(|l| l.contains(word)).count();
    let actions = |text: &str| count(text, "\"step\":") + count(text, "{\"because\":");
    assert_eq!(of["actions"], actions(&whole));
    assert_eq!(of["cases"], count(&whole, "{\"case\":"));

    let cut = straightedge().args(["suite", RING, "--size", "50"]).assert().code(0);
    let cut = String::from_utf8(cut.get_output().stdout.clone()).unwrap();
    assert_eq!((header(&cut)["actions"].clone(), actions(&cut)), (50.into(), 50));
    assert!(header(&cut)["percent"].as_f64().unwrap() < 100.0);

    for wrong in [&["suite", "nothing"][..], &["suite", "chord@join_tells_everyone"], &["suite"]] {
        straightedge().args(wrong).assert().code(3).stdout("");
    }
    let missing = ["suite", RING, "--out", "/no/such/directory/suite"];
    straightedge().args(missing).assert().code(3).stdout("");
}
