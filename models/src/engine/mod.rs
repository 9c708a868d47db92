//! Decides claims about models, and knows no system.
//!
//! The graph of reachable states is built whole ([`graph`]); safety, step claims and deadlock are
//! read off its states ([`safety`]), liveness off its fair cycles ([`liveness`]), `recoverable`
//! off its reversed edges ([`recoverable`]). Every counterexample is replayed by [`validate`],
//! which shares no code with the search.

pub mod audit;
mod bits;
mod check;
mod components;
mod cycle;
pub mod decision;
mod expand;
mod faults;
pub mod graph;
pub mod instance;
mod labels;
mod lasso;
pub mod liveness;
pub mod property;
pub mod recoverable;
pub mod refinement;
mod region;
pub mod row;
pub mod run;
pub mod safety;
pub mod schema;
mod search;
pub mod stateright_twin;
mod streett;
pub mod symmetry;
mod table;
mod tally;
pub mod trace;
pub mod validate;
pub mod verdict;
pub mod walk;
mod watch;

pub(crate) use faults::faults;
pub use instance::{Checkable, Instance, System, Tier, Traced, Unfit};
pub use property::{Action, Claim, Fairness, Form, Mutant, Specification, State};
pub use row::Row;
pub use run::{Limits, Progress, Run};
pub use verdict::{Expected, Outcome, Report, Verdict};
pub use walk::{Label, Place, Refusal, Walk};
