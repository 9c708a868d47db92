//! Executable specifications of giant-scale services, and the engine that decides their claims.
//!
//! [`engine`] knows no system; each system's module states its protocol as a
//! [`stateright::Model`] and its claims as an [`engine::Specification`].

pub mod chord;
pub mod coral;
pub mod engine;
pub mod load_manager;
pub mod mapreduce;

use engine::System;

/// The systems that have a model, in the order in which they are reported.
#[must_use]
pub fn systems() -> Vec<System> {
    vec![load_manager::system(), mapreduce::system(), chord::system(), coral::system()]
}
