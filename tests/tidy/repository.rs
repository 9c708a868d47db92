//! What the rules look at.

use std::fs;
use std::path::{Path, PathBuf};

/// A text file, by its path from the root of the repository.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }
}

/// Folders whose Rust sources are ours.
const FOLDERS: [&str; 11] = [
    "src",
    "tests",
    "benches",
    "evidence/src",
    "evidence/tests",
    "evidence/examples",
    "models/src",
    "models/tests",
    "models/benches",
    "impl/src",
    "impl/tests",
];

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust source of the workspace.
pub(crate) fn rust() -> Vec<Source> {
    let sources: Vec<Source> = FOLDERS.iter().flat_map(|folder| below(folder, "rs")).collect();
    assert!(sources.len() > 50, "only {} sources were found", sources.len());
    sources
}

/// The files below a folder with that ending, in order; none if there is no such folder.
pub(crate) fn below(folder: &str, ending: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    collect(&root().join(folder), &mut paths);
    paths.sort();
    paths
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == ending))
        .map(|path| Source { text: fs::read_to_string(&path).unwrap(), path: relative(&path) })
        .collect()
}

/// Every file below a folder, whatever it is.
pub(crate) fn files(folder: &str) -> Vec<String> {
    let mut paths = Vec::new();
    collect(&root().join(folder), &mut paths);
    paths.sort();
    paths.iter().map(|path| relative(path)).collect()
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else {
            paths.push(path);
        }
    }
}

/// The systems: the folders of the models beside the engine.
pub(crate) fn systems() -> Vec<String> {
    let mut systems: Vec<String> = fs::read_dir(root().join("models/src"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| name != "engine")
        .collect();
    systems.sort();
    assert!(!systems.is_empty(), "no system was found");
    systems
}
