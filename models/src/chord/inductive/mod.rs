//! The inductive invariant of corrected Chord, and why it decides rings of every size.
//!
//! The reachable graph answers for one circle at a time. The invariant, one live successor for
//! every member and `r + 1` principals, answers for all: every step keeps it, and in every state
//! that meets it there is one ring, in order, that every member leads to. The argument is CHORD-25;
//! here its clauses are evaluated on the functions that the model's steps call.
//!
//! - [`Kind::Lists`]: every list over every set of principals, and every step that writes one. On
//!   circles of up to `2r + 4` identifiers, which decides all.
//! - [`Kind::Steps`]: every step from every state of the invariant, for the guard on principals.
//! - [`Kind::Ring`]: what every state of the invariant gives.
//!
//! A check that cannot fail shows nothing: each [`Fault`] must be found by the claim it names.

mod controls;
mod enumeration;
mod every_field;
pub mod fault;
pub mod findings;
mod instances;
mod jobs;
mod lists;
mod ring;
mod rules;
mod space;
mod steps;
#[cfg(test)]
mod tests;

pub use enumeration::{Enumerated, Enumeration, Kind};
pub use fault::{Fault, MUTANTS};
pub use findings::{Counterexample, Findings};
pub use instances::instances;
