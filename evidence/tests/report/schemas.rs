//! Reports are what their schemas say.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;
use straightedge_evidence::report::{Account, Format, json, render};

use super::samples::{every_outcome, refused_log};

/// To accept a changed schema: `UPDATE_SCHEMAS=1 cargo test -p straightedge-evidence`.
#[test]
fn the_schema_of_the_json_report_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs/schema/report.json");
    let current = json::pretty(&json::schema()).unwrap();
    if env::var_os("UPDATE_SCHEMAS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &current).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap() == current, "{} is out of date", path.display());
}

fn faults(schema: &Value, account: &Account, format: Format) -> Vec<String> {
    let document: Value = serde_json::from_str(&render(account, format).unwrap()).unwrap();
    let validator = jsonschema::validator_for(schema).unwrap();
    validator.iter_errors(&document).map(|error| error.to_string()).collect()
}

#[test]
fn json_reports_are_what_their_schema_says() {
    for account in [Account::default(), every_outcome(), refused_log()] {
        assert_eq!(faults(&json::schema(), &account, Format::Json), Vec::<String>::new());
    }
    let mut wrong = json::schema();
    wrong["properties"]["sentence"]["type"] = "integer".into();
    assert_eq!(faults(&wrong, &every_outcome(), Format::Json).len(), 1, "the schema is looked at");
}

/// The schema that OASIS published, as the crate that writes SARIF ships it.
fn published() -> Value {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // What other machines would need besides was not fetched for this one.
    let metadata = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .args(["--filter-platform", "host-tuple"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "serde-sarif").unwrap();
    let manifest = PathBuf::from(package["manifest_path"].as_str().unwrap());
    let schema = fs::read_to_string(manifest.with_file_name("src").join("schema.json")).unwrap();
    let mut schema: Value = serde_json::from_str(&schema).unwrap();
    // One pattern has a bracket too many for strict readers; nothing of ours names a language.
    for definition in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][definition]["properties"]["language"];
        assert!(language.as_object_mut().unwrap().remove("pattern").is_some());
    }
    schema
}

#[test]
fn sarif_reports_are_what_the_published_schema_says() {
    let mut schema = published();
    assert!(schema["title"].as_str().unwrap().contains("SARIF) Version 2.1.0"));
    for account in [Account::default(), every_outcome(), refused_log()] {
        assert_eq!(faults(&schema, &account, Format::Sarif), Vec::<String>::new());
    }
    let required = schema["definitions"]["result"]["required"].as_array_mut().unwrap();
    required.push("absent".into());
    assert!(!faults(&schema, &every_outcome(), Format::Sarif).is_empty(), "it is looked at");
}
