//! Chord, as its corrected protocol has it, with messages.
//!
//! One role: [`Node`], a machine. A network begins with at least `r + 1` nodes that know each
//! other ([`Node::member_of`]); all others begin as outsiders ([`Node::outsider`]) and join by way
//! of a member. Before anything else the host asks a node what it waits for ([`Node::start`]);
//! from then on it gives it every message, timer and command, and does what it says.
//!
//! | file | holds |
//! |---|---|
//! | `message` | the wire, the timers, the commands |
//! | `codec` | messages as bytes, and as text for people |
//! | `config` | lengths, times, bounds |
//! | `node` | what a node remembers, and may be asked about |
//! | `machine` | which procedure takes which input |
//! | `join`, `stabilize`, `rectify` | the procedures, both sides of each |
//! | `list` | successor lists |
//! | `upper` | what a member remembers above the ring |
//! | `lookup` | look-ups and fingers |
//! | `store`, `repair` | records: reading, writing, copies, hand-over |
//! | `invariant` | what is true of one node after every input |
//! | `fault` | procedures done wrong on purpose |
//!
//! **Atomicity.** The paper's steps are atomic: a question takes effect when it is answered. Here
//! a node that waits for an answer does not know what it will be, and says so to whoever asks
//! (`Message::Busy`; CHORD-30). A notification is acknowledged before its sender begins anew
//! (CHORD-31).
//!
//! **Detection.** A node is taken for dead when it has not answered in time, as often as asked.
//! That this is never wrong is the paper's assumption (CHORD-2), and the times are the host's.

pub mod codec;
mod config;
mod context;
mod fault;
pub mod invariant;
mod join;
mod list;
mod lookup;
mod machine;
mod message;
mod node;
mod rectify;
mod repair;
mod stabilize;
mod store;
mod upper;

pub use config::{Config, Limits, Timings};
pub use fault::{FAULTS, Fault, Planted};
pub use list::Successors;
pub use message::{Command, Delivery, JoinFailure, Message, Question, Reason, Record, Timer};
pub use node::{About, Announcement, Check, Joining, Node, Phase, Pointers, Query, StartError};
pub use upper::{Purpose, Transfer, UnderWay};
