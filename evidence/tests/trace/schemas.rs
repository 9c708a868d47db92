//! The schemas that are published are those of the types (TRACE-2, TRACE-4).

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use straightedge_evidence::trace::schema;

use super::common::{HEADER, chord};

/// Set it to write the schemas anew.
const REWRITE: &str = "STRAIGHTEDGE_REWRITE";

fn path(system: &str) -> PathBuf {
    let specs = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/schema"));
    specs.join(format!("trace-{system}.json"))
}

#[test]
fn published_schemas_are_current() {
    for system in straightedge_models::systems() {
        let Some(schema) = schema(&system) else { panic!("{} has no schema", system.name) };
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        let path = path(system.name);
        if std::env::var_os(REWRITE).is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let published = fs::read_to_string(&path).unwrap_or_default();
        assert!(published == text, "{} is not current; {REWRITE}=1 writes it", path.display());
    }
}

#[test]
fn a_schema_takes_what_is_read_and_refuses_what_is_not() {
    let schema = jsonschema::validator_for(&schema(&chord()).unwrap()).unwrap();
    let is_valid = |line: &str| schema.is_valid(&serde_json::from_str::<Value>(line).unwrap());
    for line in [
        HEADER,
        "{}",
        r#"{"action": null}"#,
        r#"{"action": "join(5, via 2)", "state": {"members": {"5": null}}}"#,
        r#"{"action": {"rectify": {"node": 2}}, "node": "a", "seq": 1, "sent": ["m"]}"#,
    ] {
        assert!(is_valid(line), "{line}");
    }
    for line in [
        r#"{"straightedge": 1, "system": "coral", "instance": "x"}"#,
        r#"{"straightedge": 1, "system": "chord", "instance": {"nods": 1}}"#,
        r#"{"acton": null}"#,
        r#"{"action": "explode(1)"}"#,
        r#"{"action": {"rectify": {"nod": 2}}}"#,
        r#"{"state": {"membrs": {}}}"#,
        r#"{"seq": -1}"#,
    ] {
        assert!(!is_valid(line), "{line}");
    }
}
