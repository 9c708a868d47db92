//! The concrete systems, as machines without input and output of their own.
//!
//! [`machine`] is the contract between a machine and whoever drives it: a real host, a simulator,
//! or a search through every interleaving. Nothing here knows of the models. [`identifier`] is the
//! circle that systems share, and [`consistent_hashing`] lays things on it and elsewhere.

pub mod chord;
pub mod consistent_hashing;
pub mod coral;
mod faults;
pub mod host;
pub mod identifier;
pub mod load_manager;
pub mod machine;
pub mod mapreduce;
