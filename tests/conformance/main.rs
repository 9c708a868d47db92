//! The implementations held against the models.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chord;
mod command;
mod coral;
mod driven;
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

/// Carries out parts, which must come to what is declared and pinned.
#[track_caller]
fn come_to_what_is_pinned(system: &str, name: &str, parts: &[Part]) -> Vec<Piece> {
    let pieces = carry_out(parts);
    assert_as_declared(&pieces);
    compare(system, name, &pieces);
    pieces
}

/// Each assumption that is left out is missed, by the run that the specification shows.
#[track_caller]
fn are_missed_as_the_specification_shows(system: &str, controls: &[Part]) {
    for piece in come_to_what_is_pinned(system, "conformance_controls", controls) {
        let Piece::Control(controlled) = piece else { panic!("{piece:?}") };
        specification::shows(system, &controlled);
    }
}

/// Each planted fault is found, or is said to be out of reach; at least ten are the model's too.
#[track_caller]
fn are_found_or_said_to_be_out_of_reach(system: &str, faults: &[Part]) {
    let pieces = come_to_what_is_pinned(system, "conformance_faults", faults);
    let is_found_twin = |piece: &&Piece| match piece {
        Piece::Fault(found) => found.is_found() && found.twin.is_some(),
        _ => false,
    };
    let twins = pieces.iter().filter(is_found_twin).count();
    assert!(twins >= 10, "only {twins} faults of the model's are found");
}
