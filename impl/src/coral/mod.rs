//! Coral, a sloppy distributed hash table, and the caching proxies that it is for.
//!
//! Two roles, both machines: [`Node`], a server of others and a client for its own application;
//! and [`proxy::Proxy`], which has a node inside, and fetches, caches and serves content. Before
//! its first input a node is given its contacts; from then on the host gives it every message,
//! timer and command, and does what it says.
//!
//! | file | holds |
//! |---|---|
//! | `routing` | which contact is asked next: greedy, splice, half |
//! | `table` | contacts in buckets |
//! | `store` | values that live for a while; full |
//! | `counter` | requests let through; loaded |
//! | `config` | rules, times, bounds |
//! | `message` | the wire, the timers, the commands |
//! | `operation` | a put or a get that is under way |
//! | `node` | what a node remembers, and may be asked about |
//! | `machine` | which procedure takes which input |
//! | `server` | what a node does for others |
//! | `client`, `put`, `get` | what it does for its own application |
//! | `invariant` | what is true of one node after every input |
//! | `fault` | procedures done wrong on purpose |
//! | `proxy` | content: peers, the origin, the cache, the two puts |
//!
//! **Who chooses the way** (CORAL-42). The paper's client chooses the next node from its own table,
//! which answers enrich. Here the node that was reached chooses, from its table, and names some
//! alternatives for those that do not answer: the way depends on the tables along it alone. The
//! client holds every name against the metric, so that a lie cannot lead it away or in circles.
//!
//! **Time.** A life ends at a moment of the node's own clock; what goes on the wire are durations.

mod client;
mod config;
mod counter;
mod fault;
mod get;
pub mod invariant;
mod machine;
mod message;
mod node;
mod operation;
pub mod proxy;
mod put;
mod routing;
mod server;
mod store;
mod table;

pub use config::{Config, Counting, Learning, Limits};
pub use counter::Counters;
pub use fault::{FAULTS, Fault, Needs, Planted};
pub use message::{Call, Command, Delivery, Message, Outcome, Reason, Timer};
pub use node::{Membership, Node, StartError};
pub use operation::{Asked, Goal, Operation, Phase, Seen};
pub use routing::{Hop, Place, Policy, advanced};
pub use store::{Entries, Holding, Slot, Store, Value};
pub use table::Table;
