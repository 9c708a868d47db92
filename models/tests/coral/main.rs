//! Coral's models from outside: their counts and instances, and every look-up in small spaces.

#[path = "../common/mod.rs"]
mod common;
mod instances;
mod symmetry;
mod traced;
mod walks;
