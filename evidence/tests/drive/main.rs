//! Implementations held against models, step by step.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod adapters;
mod common;
mod hostile;
#[path = "../common/languages.rs"]
mod languages;
mod mutants;
mod schemas;
mod suites;
mod types;
