//! Chord's model from outside: its steps, its counts, its instances and their counterexamples.

#[path = "../common/mod.rs"]
mod common;
mod counts;
mod inductive;
mod instances;
mod original_steps;
mod shape;
mod steps;
mod symmetry;
mod traced;
mod traces;
mod upper;
