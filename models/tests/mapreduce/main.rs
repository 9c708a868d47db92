//! MapReduce's model from outside: its steps, its counts, its instances and their counterexamples.

#[path = "../common/mod.rs"]
mod common;
mod counts;
mod failure;
mod hand_out;
mod instances;
mod state;
mod traced;
mod traces;
mod work;
