//! Writes `tests/corpus/SYSTEM/` anew, but for the recordings that are there:
//! `cargo run -p straightedge-evidence --example corpus -- SYSTEM`.
//!
//! Recordings are `recorded-*.jsonl`, made by `straightedge record`. Everything else is derived
//! from them, or is a walk of the model and derived from that, or the counterexample of a mutant.
//! What is written is checked first: a trace that
//! is not accepted, or not rejected where it was changed, is left out and told.

mod derived;
mod manifest;
mod mutants;
mod walks;

use std::path::{Path, PathBuf};
use std::{env, fs};

use manifest::Manifest;
use straightedge_models::engine::System;

fn main() -> Result<(), String> {
    let name = env::args().nth(1).ok_or("which system?")?;
    let systems = straightedge_models::systems();
    let system = systems.iter().find(|system| system.name == name).ok_or("no such system")?;
    let place = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/corpus")).join(&name);
    let recordings = recordings(&place)?;
    clear(&place)?;
    let mut manifest = Manifest::new(system, place);
    for (file, text) in &recordings {
        derived::recorded(&mut manifest, file, text)?;
    }
    walks::write(&mut manifest, system)?;
    mutants::write(&mut manifest, system)?;
    manifest.finish()
}

/// The recordings that are there, in order.
fn recordings(place: &Path) -> Result<Vec<(String, String)>, String> {
    let entries = fs::read_dir(place).map_err(|error| format!("{}: {error}", place.display()))?;
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("recorded-") {
            let text = fs::read_to_string(entry.path()).map_err(|error| error.to_string())?;
            found.push((name, text));
        }
    }
    found.sort();
    Ok(found)
}

fn clear(place: &Path) -> Result<(), String> {
    for entry in fs::read_dir(place).map_err(|error| error.to_string())?.flatten() {
        if !entry.file_name().to_string_lossy().starts_with("recorded-") {
            fs::remove_file(entry.path()).map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

/// What became of one trace of a system.
fn outcome(system: &System, files: &[(String, String)]) -> straightedge_evidence::outcome::Outcome {
    use straightedge_evidence::trace::{Options, Source, check};
    let source = |(name, text): &(String, String)| {
        Source::new(name.clone(), std::io::Cursor::new(text.clone()))
    };
    let report = check(system, files.iter().map(source).collect(), &Options::default());
    // Of several traces the first that is not accepted stands for all.
    let accepted = straightedge_evidence::outcome::Outcome::Accepted;
    let others = report.traces.into_iter().map(|trace| trace.outcome);
    others.into_iter().find(|outcome| *outcome != accepted).unwrap_or(accepted)
}
