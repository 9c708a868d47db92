//! The command line, on systems whose every answer is known beforehand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod check;
mod driving;
mod exploring;
mod harness;
mod lamp;
#[path = "../../evidence/tests/common/languages.rs"]
mod languages;
mod listing;
mod mutants;
mod process;
mod proxying;
mod reports;
mod running;
mod showing;
mod tracing;
