//! Chord's machines from outside: each procedure, rings of them, and what hostile input does.

#[path = "../common/mod.rs"]
mod common;
mod corpus;
mod faults;
mod hostile;
mod joins;
mod laws;
mod readiness;
mod records;
mod requests;
mod ring;
mod steps;
mod transfers;
