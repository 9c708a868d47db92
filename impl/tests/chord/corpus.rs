//! The inputs that the fuzz targets have found worth keeping.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use crate::common::fuzz;

/// The kept inputs of the fuzz targets are run by every test run.
#[test]
fn the_corpus_is_replayed() {
    type Body = fn(&[u8]);
    let targets =
        [("chord_codec", fuzz::chord_codec as Body), ("chord_handle", fuzz::chord_handle)];
    for (target, body) in targets {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
        let mut replayed = 0;
        for entry in fs::read_dir(&folder).unwrap() {
            body(&fs::read(entry.unwrap().path()).unwrap());
            replayed += 1;
        }
        assert!(replayed > 20, "{} holds {replayed} inputs", folder.display());
    }
}
