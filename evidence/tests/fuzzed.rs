//! The inputs that the fuzz target keeps.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

#[path = "common/fuzz.rs"]
mod fuzz;

/// The kept inputs of the fuzz target are run by every test run, each also cut at any place.
#[test]
fn the_corpus_is_replayed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/trace_reader");
    let mut replayed = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        fuzz::trace_reader(&bytes);
        let step = bytes.len() / 50 + 1;
        (0..bytes.len()).step_by(step).for_each(|end| fuzz::trace_reader(&bytes[..end]));
        replayed += 1;
    }
    assert!(replayed > 10, "{} holds {replayed} inputs", folder.display());
}
