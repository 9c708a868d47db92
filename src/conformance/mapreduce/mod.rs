//! Master and workers of MapReduce held against the model (MAPREDUCE-24).
//!
//! The model is the one whose assignments are made in one step. What a network stands for is said
//! in MAPREDUCE-25; what neither machines nor messages show any more is the ghost's
//! (MAPREDUCE-26).
//!
//! | step of the network | step of the model |
//! |---|---|
//! | `ask` arrives | `assign`, `backup`, or none |
//! | `complete` arrives, is lost, is doubled | `hear`, `lose`, `duplicate` |
//! | `resend` runs out | `resend`, or `duplicate` if it was too soon |
//! | `ask_commit` arrives | `grant`, `cancel`, or none |
//! | `beat` or `lack` arrives | `cancel`, or none |
//! | `failed` arrives | `fail_on_record` |
//! | the silence of a worker is too long | `suspect`, or `suspect_falsely` if it is up |
//! | `preempt` runs out | `preempt`, or none |
//! | `finish` runs out | `finish_job` |
//! | a host reports `mapped`, `fetched` | `finish_map`, `fetch` |
//! | a host reports `published` or `refused` | `commit` |
//! | a worker crashes, a new process begins | `crash`, `rejoin` |
//! | everything else | none |
//!
//! The differences that were found are told in MAPREDUCE-32.

pub mod abstraction;
mod at_once;
pub mod controls;
pub mod cover;
pub mod environment;
pub mod history;
pub mod instances;
pub mod observed;
mod orders;
pub mod part;
mod patience;
pub mod planted;
pub mod process;
pub mod random;
pub mod record;
pub mod refinement;
pub mod rules;
pub mod subject;

pub use environment::{Assumptions, Cluster};
pub use observed::Observed;

use super::part::System;

/// MapReduce, and what it is held against.
pub const SYSTEM: System = System {
    name: "mapreduce",
    parts: part::parts,
    faults: part::faults,
    recorded: record::RECORDED,
};
