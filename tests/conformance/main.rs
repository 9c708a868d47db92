//! The implementations held against the models.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chord;
mod command;
mod coral;
mod load_manager;
mod mapreduce;
mod specification;

use std::path::Path;

use straightedge::conformance::part::{Part, Piece};
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::{Limits, Outcome};

fn limits() -> Limits {
    Limits { threads: 2, ..Limits::default() }
}

/// Carries out parts, and returns what they came to.
fn carry_out(parts: &[Part]) -> Vec<Piece> {
    parts.iter().map(|part| unattended(limits(), |run| part.carry_out(run))).collect()
}

#[track_caller]
fn assert_as_declared(pieces: &[Piece]) {
    assert!(!pieces.is_empty(), "nothing was checked");
    for piece in pieces {
        assert_eq!(piece.outcome(), Outcome::AsDeclared, "{}", piece.text());
    }
}

/// Compares with `snapshots/‹system›/‹name›.snap`.
fn compare(system: &str, name: &str, pieces: &[Piece]) {
    let mut settings = insta::Settings::new();
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots");
    settings.set_snapshot_path(snapshots.join(system));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let text = pieces.iter().map(Piece::text).collect::<Vec<_>>().join("\n");
    settings.bind(|| insta::assert_snapshot!(name, text));
}
