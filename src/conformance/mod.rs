//! Implementations held against models: the only place that knows both.

pub mod chord;
pub mod environment;
pub mod intern;
pub mod network;
pub mod world;
