//! The command line of Straightedge, and the only place where models and implementations meet.
//!
//! [`system`] names what there is, [`cli`] carries out one command each, [`report`] turns what
//! was established into text and into the formats that other programs read.

pub mod cli;
pub mod conformance;
pub mod error;
pub mod report;
pub mod simulator;
pub mod system;
