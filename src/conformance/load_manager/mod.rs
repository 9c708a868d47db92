//! The load manager's balancer held against the model (LOAD_MANAGER-50).
//!
//! The model is the switch. What the balancer and its surroundings stand for is said in
//! LOAD_MANAGER-51.
//!
//! | what happens | step of the model |
//! |---|---|
//! | a request is brought, `arrive` | `arrive`, by the same draw |
//! | a server takes, answers or breaks a connection | `establish`, `complete`, `reset` |
//! | a server answers by a failure, and is set aside for it | `outlier` and `complete` |
//! | a client gives up | `abort`, `abandon` |
//! | a check is answered, or is not in time | `check`, or `lie` if that is not so |
//! | a check whose result is under way | `probe`, and `hear_probe` when it comes |
//! | a stage of the slow start, or an ejection, is over | `warm`, `reinstate` |
//! | the administrator orders | `drain`, `retire`, `maintain`, `make_ready` |
//! | a server crashes, is killed, runs again | `crash`, `kill`, `recover` |
//! | a server says what it has no reason to say | none |

pub mod command;
pub mod controls;
pub mod cover;
pub mod environment;
pub mod instances;
pub mod observed;
pub mod part;
pub mod place;
pub mod planted;
pub mod random;
pub mod record;
pub mod refinement;
pub mod rules;
mod settings;
pub mod setup;
pub mod site;
pub mod subject;

pub use environment::{Assumptions, Surroundings};
pub use observed::Observed;

use super::part::System;

/// The load manager, and what it is held against.
pub const SYSTEM: System = System {
    name: "load_manager",
    parts: part::parts,
    faults: part::faults,
    recorded: record::RECORDED,
};
