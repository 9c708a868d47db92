//! Nodes of Coral held against the model (CORAL-53).
//!
//! A request, the server's step and the hearing of the reply are steps of the model, too, so that
//! steps and messages correspond one to one:
//!
//! | step of the network | step of the model |
//! |---|---|
//! | the application begins an operation | `start_put`, `start_get` |
//! | a request arrives | `answer_forward`, `answer_store`, `answer_get` |
//! | a reply that is waited for arrives | `hear_forward`, `hear_store`, `hear_get` |
//! | a timer runs out | `time_out` |
//! | the last clock makes a tick | `tick` |
//! | the host lets a node forget what is dead | `purge` |
//! | a message is lost, a request is doubled | `lose_request`, `lose_reply`, `duplicate_request` |
//! | a node crashes | `crash` |
//! | any other clock makes a tick; a reply that nobody waits for arrives | none |
//!
//! What is assumed is in CORAL-54 to CORAL-57; larger networks are held against rules of their own
//! ([`rules`], CORAL-58).

pub mod abstraction;
pub mod controls;
pub mod cover;
pub mod environment;
pub mod instances;
pub mod part;
pub mod planted;
pub mod process;
pub mod random;
pub mod record;
pub mod refinement;
pub mod rules;
pub mod subject;
mod told;

pub use environment::{Assumptions, Nodes};

use super::part::System;

/// Coral, and what it is held against.
pub const SYSTEM: System =
    System { name: "coral", parts: part::parts, faults: part::faults, recorded: record::RECORDED };
