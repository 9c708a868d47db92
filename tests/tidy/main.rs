//! The repository keeps its own rules.
//!
//! Each rule is a function over paths and text that returns one line for each violation, and has
//! a test of its own with an example that breaks it. Each rule is then applied to the repository,
//! and must have had something to look at.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod arrows;
mod citations;
mod lexer;
mod repository;
mod rooms;
mod sizes;
mod snapshots;
mod words;

/// Fails with every violation at once.
#[track_caller]
fn assert_tidy(violations: &[String]) {
    assert!(violations.is_empty(), "{} violations:\n{}", violations.len(), violations.join("\n"));
}
