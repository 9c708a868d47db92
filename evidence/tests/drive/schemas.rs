//! The schemas that are published of messages and answers are those of the types, and are true of
//! what is really said (HARNESS-3, HARNESS-4).

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use straightedge_evidence::drive::Options;
use straightedge_evidence::outcome::Outcome;
use straightedge_evidence::process::{Limits, protocol};

use crate::adapters::{c, python};
use crate::common::{brief, run, walk};

/// Set it to write the schemas anew.
const REWRITE: &str = "STRAIGHTEDGE_REWRITE";

fn specifications() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../specs"))
}

#[test]
fn published_schemas_are_current() {
    for (name, schema) in [
        ("harness-question.json", protocol::questions()),
        ("harness-answer.json", protocol::answers()),
    ] {
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        let path = specifications().join("schema").join(name);
        if std::env::var_os(REWRITE).is_some() {
            fs::write(&path, &text).unwrap();
        }
        let published = fs::read_to_string(&path).unwrap_or_default();
        assert!(published == text, "{} is not current; {REWRITE}=1 writes it", path.display());
    }
}

/// Holds lines against a schema; how many there are of each type.
fn valid<'a>(schema: &Value, lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let schema = jsonschema::validator_for(schema).unwrap();
    let mut types = Vec::new();
    for line in lines {
        let message: Value = serde_json::from_str(line).unwrap();
        let faults: Vec<String> = schema.iter_errors(&message).map(|e| e.to_string()).collect();
        assert!(faults.is_empty(), "{line}: {faults:?}");
        types.push(message["type"].as_str().unwrap().to_owned());
    }
    types.sort();
    types.dedup();
    types
}

#[test]
fn the_conversation_of_the_specification_is_what_the_schemas_say() {
    let text = fs::read_to_string(specifications().join("harness.md")).unwrap();
    let said = |sign: &'static str| text.lines().filter_map(move |line| line.strip_prefix(sign));
    let questions: Vec<&str> = said("> ").filter(|line| line.starts_with('{')).collect();
    let answers: Vec<&str> = said("< ").collect();
    let asked = valid(&protocol::questions(), questions.into_iter());
    assert_eq!(asked, ["bye", "init", "observe", "reset", "step"]);
    assert_eq!(valid(&protocol::answers(), answers.into_iter()), ["init_ok", "ok", "refused"]);
}

/// Drives a command of which both sides of the conversation are kept.
fn overheard(system: &str, instance: &str, command: Option<Vec<String>>) {
    let Some(command) = command else { return };
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name);
    let (asked, answered) = (file("asked"), file("answered"));
    let words: Vec<String> = command.iter().map(|word| format!("'{word}'")).collect();
    let script =
        format!("tee {} | {} | tee {}", asked.display(), words.join(" "), answered.display());
    let options = Options { steps: 300, floor: 0.0, ..brief() };
    let model = walk(system, instance, None);
    let drive = run(model.as_ref(), &["sh", "-c", &script], &options, Limits::default());
    assert_eq!(drive.outcome, Outcome::Accepted, "{:?}", drive.last_words);
    let read = |path| fs::read_to_string(path).unwrap();
    let asked = valid(&protocol::questions(), read(asked).lines());
    assert_eq!(asked, ["bye", "init", "observe", "reset", "step"], "{command:?}");
    let answered = valid(&protocol::answers(), read(answered).lines());
    assert_eq!(answered, ["init_ok", "ok", "refused"], "{command:?}");
}

#[test]
fn what_the_adapters_say_is_what_the_schemas_say() {
    let (chord, mapreduce) =
        ("corrected_four_nodes_two_successors", "two_maps_one_reduce_one_crash");
    overheard("chord", chord, python("chord"));
    overheard("chord", chord, c("chord"));
    overheard("mapreduce", mapreduce, python("mapreduce"));
    overheard("mapreduce", mapreduce, c("mapreduce"));
}

#[test]
fn what_is_no_message_is_not_what_the_schemas_say() {
    let refuses = |schema: &Value, line: &str| {
        let schema = jsonschema::validator_for(schema).unwrap();
        assert!(!schema.is_valid(&serde_json::from_str(line).unwrap()), "{line}");
    };
    for line in [
        r#"{"type": "reset", "seed": 0}"#,
        r#"{"id": 1, "type": "reset"}"#,
        r#"{"id": 1, "type": "fly"}"#,
        r#"{"id": -1, "type": "bye"}"#,
        r#"{"id": 1, "type": "step", "action": {}}"#,
    ] {
        refuses(&protocol::questions(), line);
    }
    for line in [
        r#"{"type": "ok", "state": {}}"#,
        r#"{"id": 1, "type": "ok"}"#,
        r#"{"id": 1, "type": "ok", "sate": {}}"#,
        r#"{"id": 1, "type": "ok", "state": {}, "more": 1}"#,
        r#"{"id": 1, "type": "ok", "state": 3}"#,
        r#"{"id": 1, "type": "refused"}"#,
        r#"{"id": 1, "type": "init_ok"}"#,
        r#"{"id": 1, "type": "init_ok", "protocol": 1, "actions": "join"}"#,
        r#"{"id": 1, "type": "bye"}"#,
        r#"{"id": 1, "type": "unsupported", "more": 1}"#,
    ] {
        refuses(&protocol::answers(), line);
        let is_read = serde_json::from_str::<protocol::Answer>(line).is_ok();
        // That a state is an object is seen after the answer was read.
        assert!(!is_read || line.contains(r#""state": 3"#), "{line}");
    }
}
