//! The corpus: what must be accepted is, and what must be rejected is, at its line for its reason.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use straightedge_evidence::outcome::Outcome;
use straightedge_evidence::trace::{Options, Report, Source, check};
use straightedge_models::engine::System;

use super::common::system;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    version: u32,
    accepted: Vec<Accepted>,
    rejected: Vec<Rejected>,
    #[serde(default)]
    absent: Vec<Absent>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accepted {
    files: Vec<String>,
    provenance: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rejected {
    file: String,
    line: u64,
    says: String,
    provenance: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Absent {
    mutant: String,
    why: String,
}

fn held(system: &System, place: &Path, files: &[String]) -> Report {
    let source = |file: &String| Source::open(&place.join(file)).expect("a file of the corpus");
    check(system, files.iter().map(source).collect(), &Options::default())
}

/// Bytes that all files of a system may have.
const LARGEST: u64 = 896 << 10;

fn hold(name: &str) {
    let place = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/corpus")).join(name);
    let text = fs::read_to_string(place.join("manifest.toml")).unwrap();
    let Manifest { version, accepted, rejected, absent } = toml::from_str(&text).unwrap();
    assert_eq!(version, 1);
    assert!(accepted.len() >= 10 && rejected.len() >= 20, "{} {}", accepted.len(), rejected.len());
    let system = system(name);
    let mut files = BTreeSet::from(["manifest.toml".to_owned()]);
    for Accepted { files: own, provenance } in &accepted {
        let report = held(&system, &place, own);
        assert_eq!(report.exit_code(), 0, "{own:?}, {provenance}: {:?}", report.traces);
        assert!(report.coverage.events > 0);
        files.extend(own.iter().cloned());
    }
    for Rejected { file, line, says, provenance } in &rejected {
        let report = held(&system, &place, std::slice::from_ref(file));
        let outcomes = report.traces.iter().map(|trace| &trace.outcome);
        let found = outcomes.into_iter().find_map(|outcome| match outcome {
            Outcome::Rejected(rejection) => Some(rejection),
            _ => None,
        });
        let Some(rejection) = found else { panic!("{file}, {provenance}: {:?}", report.traces) };
        assert_eq!((rejection.at.line, &rejection.sentence), (*line, says), "{file}");
        files.insert(file.clone());
    }
    let there: BTreeSet<String> = fs::read_dir(&place)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(files, there, "every file has an entry, and every entry a file");
    let size = |file: &String| fs::metadata(place.join(file)).unwrap().len();
    assert!(files.iter().map(size).sum::<u64>() <= LARGEST);
    every_mutant_is_named(&system, &rejected, &absent);
}

fn every_mutant_is_named(system: &System, rejected: &[Rejected], absent: &[Absent]) {
    assert!(absent.iter().all(|absent| !absent.why.is_empty()));
    for mutant in &system.mutants {
        let file = format!("mutant-{}.jsonl", mutant.name);
        let is_there = rejected.iter().any(|rejected| rejected.file == file);
        let is_absent = absent.iter().any(|absent| absent.mutant == mutant.name);
        assert!(is_there != is_absent, "{}", mutant.name);
    }
}

#[test]
fn chord() {
    hold("chord");
}

#[test]
fn coral() {
    hold("coral");
}

#[test]
fn load_manager() {
    hold("load_manager");
}

#[test]
fn mapreduce() {
    hold("mapreduce");
}
