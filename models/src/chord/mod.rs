//! Chord: a ring of nodes that keeps itself in order while nodes join and fail.

mod identifier;
pub mod inductive;
pub mod list;
pub mod shape;
pub mod state;

pub use identifier::{Id, Ids, MAXIMUM_CIRCLE, Set, between, included_in};
pub use list::List;
pub use shape::Shape;
pub use state::{Member, State};

use crate::engine::System;

/// The system: its instances and its mutants.
#[must_use]
pub fn system() -> System {
    System { name: "chord", summary: "", instances: Vec::new(), mutants: &[] }
}
