//! A seeded simulator: machines in a world with a clock and a network of its own.
//!
//! A run is a [`System`], a [`Plan`] and a seed, and nothing else: no clock, thread or unordered
//! map of this machine gets in, so that the same run comes out the same, event for event, and a
//! failure is shown again by a command line.
//!
//! While the plan lasts, messages are late, overtake each other, are lost or come twice; nodes
//! crash, come back, are slow, or cannot be heard by some others. Then the faults stop and the
//! system *heals*: it has to converge within a given time, or a reason is given why it did not,
//! and [`shrink`](shrink::shrink) looks for a smaller plan that fails as well.
//!
//! What is judged is judged from outside: [`Tally`] counts what happened, and a [`Floor`] says how
//! often it has to for the run to prove anything.

mod apply;
pub mod budget;
pub mod chord;
pub mod coral;
mod directory;
pub mod experiment;
pub mod lookups;
pub mod network;
pub mod plan;
mod queue;
pub mod random;
pub mod run;
pub mod shrink;
pub mod system;
pub mod tally;
mod world;

pub use budget::Budget;
pub use network::Network;
pub use plan::{Fault, NodeIndex, Plan};
pub use random::Random;
pub use run::{Course, Ending, Healing, run};
pub use system::{Begin, Difference, Nodes, Observer, Reaction, System};
pub use tally::{Floor, Happening, Tally};
pub use world::World;
