//! What may know of what: read off the manifests and the paths that the code names.

use std::fs;

use super::lexer::{code, paths};
use super::repository::{Source, root, rust, systems};

/// Packages that a manifest must not name.
const MANIFESTS: [(&str, &[&str]); 2] = [
    ("models/Cargo.toml", &["straightedge-impl", "straightedge"]),
    ("impl/Cargo.toml", &["straightedge-models", "straightedge", "stateright"]),
];

fn forbidden_dependencies(manifest: &Source, forbidden: &[&str]) -> Vec<String> {
    let names = manifest.text.lines().filter_map(|line| {
        let name = line.split(['=', '.']).next()?.trim();
        line.contains('=').then_some(name)
    });
    names
        .filter(|name| forbidden.contains(name))
        .map(|name| format!("{} depends on {name}", manifest.path))
        .collect()
}

/// The part of the workspace that a source belongs to: package, and module from its root.
fn place(path: &str) -> Option<(&'static str, Vec<&str>)> {
    let packages = [("models/src/", "models"), ("impl/src/", "impl")];
    let (rest, package) =
        packages.iter().find_map(|(prefix, name)| Some((path.strip_prefix(prefix)?, *name)))?;
    let mut module: Vec<&str> = rest.trim_end_matches(".rs").split('/').collect();
    if matches!(module.last(), Some(&("mod" | "lib"))) {
        module.pop();
    }
    Some((package, module))
}

/// A path as seen from the root of its package: `super` and `crate` resolved.
fn from_the_root(path: &str, module: &[&str]) -> Vec<String> {
    let mut base: Vec<&str> = Vec::new();
    let mut is_relative = false;
    let mut rest = Vec::new();
    for part in path.split("::") {
        match part {
            "crate" => is_relative = true,
            "self" => (base, is_relative) = (module.to_vec(), true),
            "super" => {
                if !is_relative {
                    base = module.to_vec();
                }
                base.pop();
                is_relative = true;
            }
            name => rest.push(name),
        }
    }
    let marker = if is_relative { "crate" } else { "" };
    std::iter::once(marker).chain(base).chain(rest).map(str::to_owned).collect()
}

/// Whether a module of a package may name a path, and if not, why.
fn objection(
    package: &str,
    module: &[&str],
    path: &[String],
    systems: &[String],
) -> Option<&'static str> {
    let is_system = |name: &str| systems.iter().any(|system| system == name);
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    let own = module.first().copied().unwrap_or_default();
    match (package, names.as_slice()) {
        ("models", ["", "straightedge_impl", ..]) => Some("models know nothing of impl"),
        ("impl", ["", "straightedge_models", ..]) => Some("impl knows nothing of models"),
        (_, ["", "straightedge", ..]) => Some("nothing knows of the root package"),
        ("models", ["crate", other, ..]) if own == "engine" && is_system(other) => {
            Some("the engine knows no system")
        }
        ("impl", ["crate", "host", ..]) if is_system(own) => Some("machines know no host"),
        (_, ["crate", other, ..]) if is_system(own) && is_system(other) && own != *other => {
            Some("one system knows nothing of another")
        }
        _ => None,
    }
}

fn forbidden_paths(source: &Source, systems: &[String]) -> Vec<String> {
    let Some((package, module)) = place(&source.path) else { return Vec::new() };
    let mut violations: Vec<String> = paths(&code(&source.text))
        .iter()
        .filter_map(|path| {
            let absolute = from_the_root(path, &module);
            let why = objection(package, &module, &absolute, systems)?;
            Some(format!("{}: `{path}`: {why}", source.path))
        })
        .collect();
    violations.sort();
    violations.dedup();
    violations
}

#[test]
fn every_forbidden_path_is_found() {
    let systems = ["chord", "coral"].map(str::to_owned);
    for (path, text) in [
        ("models/src/engine/graph.rs", "use crate::chord::Chord;"),
        ("models/src/engine/mod.rs", "use super::chord::Chord;"),
        ("models/src/coral/step.rs", "use super::super::{engine::Graph, chord::List};"),
        ("models/src/coral/step.rs", "fn f() { crate::chord::list::g() }"),
        ("models/src/coral/step.rs", "use straightedge_impl::coral::Machine;"),
        ("models/src/lib.rs", "pub use straightedge::cli;"),
        ("impl/src/chord/machine.rs", "use straightedge_models::chord::State;"),
        ("impl/src/chord/machine.rs", "use crate::host::Socket;"),
        ("impl/src/chord/machine.rs", "use crate::coral::Machine;"),
    ] {
        let source = Source::new(path, text);
        assert_eq!(forbidden_paths(&source, &systems).len(), 1, "{path}: {text}");
    }
}

#[test]
fn what_is_allowed_is_not_found() {
    let systems = ["chord", "coral"].map(str::to_owned);
    for (path, text) in [
        ("models/src/chord/step.rs", "use crate::engine::Graph;\nuse super::state::State;"),
        ("models/src/chord/inductive/space.rs", "use super::super::state::State;"),
        ("models/src/chord/inductive/space.rs", "use crate::chord::state::State;"),
        ("models/src/lib.rs", "pub mod chord;\nfn f() { chord::system() }"),
        (
            "models/src/engine/graph.rs",
            "// crate::chord is not known here\nlet s = \"crate::chord\";",
        ),
        ("impl/src/host/mod.rs", "use crate::chord::Machine;"),
        ("src/conformance/chord.rs", "use straightedge_models::chord;"),
    ] {
        let source = Source::new(path, text);
        assert_eq!(forbidden_paths(&source, &systems), Vec::<String>::new(), "{path}: {text}");
    }
}

#[test]
fn a_forbidden_dependency_is_found() {
    let manifest =
        Source::new("impl/Cargo.toml", "[dependencies]\nstraightedge-models.workspace = true\n");
    let violations = forbidden_dependencies(&manifest, MANIFESTS[1].1);
    assert_eq!(violations, ["impl/Cargo.toml depends on straightedge-models"]);
    let own_name = Source::new("models/Cargo.toml", "name = \"straightedge-models\"\n");
    assert_eq!(forbidden_dependencies(&own_name, MANIFESTS[0].1), Vec::<String>::new());
}

#[test]
fn manifests_hold_the_arrows() {
    let mut looked_at = 0;
    let mut violations = Vec::new();
    for (path, forbidden) in MANIFESTS {
        let is_planned = path.starts_with("impl") && !root().join("impl").exists();
        if is_planned {
            continue;
        }
        let text = fs::read_to_string(root().join(path)).unwrap();
        violations.extend(forbidden_dependencies(&Source::new(path, &text), forbidden));
        looked_at += 1;
    }
    assert!(looked_at > 0, "no manifest was looked at");
    super::assert_tidy(&violations);
}

#[test]
fn code_holds_the_arrows() {
    let systems = systems();
    let sources = rust();
    let placed = sources.iter().filter(|source| place(&source.path).is_some()).count();
    assert!(placed > 20, "only {placed} sources were looked at");
    let violations: Vec<String> =
        sources.iter().flat_map(|source| forbidden_paths(source, &systems)).collect();
    super::assert_tidy(&violations);
}
