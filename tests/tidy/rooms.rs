//! Each system has the same rooms.

use super::repository::{files, root, systems};

/// The files that each system's model consists of, at least.
const ROOMS: [&str; 7] = ["mod", "state", "step", "property", "instance", "mutant", "picture"];

/// The files that each system's implementation consists of, at least.
const CONCRETE_ROOMS: [&str; 4] = ["mod", "message", "machine", "invariant"];

/// A room may be a file, or a folder once it is too large for one.
fn missing(folder: &str, rooms: &[&str], files: &[String]) -> Vec<String> {
    let is_there = |room: &&&str| {
        let (file, inner) = (format!("{folder}/{room}.rs"), format!("{folder}/{room}/mod.rs"));
        files.iter().any(|path| *path == file || *path == inner)
    };
    let missing = rooms.iter().filter(|room| !is_there(room));
    missing.map(|room| format!("{folder} has no {room}.rs")).collect()
}

#[test]
fn a_missing_room_is_found() {
    let files = ["models/src/coral/mod.rs", "models/src/coral/step/mod.rs"].map(str::to_owned);
    let violations = missing("models/src/coral", &["mod", "step", "mutant"], &files);
    assert_eq!(violations, ["models/src/coral has no mutant.rs"]);
}

#[test]
fn each_system_has_every_room() {
    let mut violations = Vec::new();
    for system in systems() {
        let folder = format!("models/src/{system}");
        violations.extend(missing(&folder, &ROOMS, &files(&folder)));
        let concrete = format!("impl/src/{system}");
        if root().join(&concrete).is_dir() {
            violations.extend(missing(&concrete, &CONCRETE_ROOMS, &files(&concrete)));
        }
    }
    super::assert_tidy(&violations);
}
