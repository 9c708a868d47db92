//! Fingers: how long look-ups are by what the members know ([`rings`]), and what becomes of tables
//! that are fixed one finger at a time ([`fixing`]).
//!
//! The ring below is at rest: successors and predecessors are right. What may be named while it
//! is not is [`super::lookup`]'s.

pub mod fixing;
mod ring;
pub mod rings;

pub use ring::{Id, Policy, Ring};
