//! Decides claims about models, and knows no system.
//!
//! The graph of reachable states is built whole ([`graph`]); safety, step claims and deadlock are
//! read off its states ([`safety`]), liveness off its fair cycles ([`liveness`]), `recoverable`
//! off its reversed edges ([`recoverable`]). Every counterexample is replayed by [`validate`],
//! which shares no code with the search.

pub mod audit;
pub mod decision;
pub mod graph;
pub mod instance;
pub mod liveness;
pub mod property;
pub mod recoverable;
pub mod refinement;
pub mod run;
pub mod safety;
pub mod stateright_twin;
pub mod symmetry;
mod table;
pub mod trace;
pub mod validate;
pub mod verdict;

pub use instance::{Checkable, Instance, System, Tier};
pub use property::{Action, Claim, Fairness, Form, Mutant, Specification, State};
pub use run::{Limits, Progress, Run};
pub use verdict::{Expected, Outcome, Report, Verdict};
