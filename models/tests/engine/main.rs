//! The engine's answers, on graphs that are small enough to know them.

#[path = "../common/mod.rs"]
mod common;
mod liveness;
mod probes;
mod random;
mod refinement;
mod symmetry;
mod threads;
mod validate;
