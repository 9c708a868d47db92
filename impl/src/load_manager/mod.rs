//! A load manager: health, queue, policies, degradation and upgrades.
//!
//! One role: [`Balancer`], a machine. Clients and servers are the host's: it gives the balancer
//! each request as a command, speaks for the servers about what became of connections and checks,
//! and does what the balancer says. Data never pass through it. Before anything else the host asks
//! what the balancer waits for ([`Balancer::start`]).
//!
//! | file | holds |
//! |---|---|
//! | `request` | servers, requests, answers |
//! | `message` | what is said, the timers, the commands, what the host is told |
//! | `config` | the policy, times, bounds |
//! | `balancer` | what is remembered, and may be asked about |
//! | `machine` | which procedure takes which input |
//! | `traffic` | a request, from its arrival to its answer |
//! | `pick` | which server it is sent to |
//! | `checks` | health, slow start, ejection |
//! | `administration` | orders, and upgrades |
//! | `health`, `limit`, `degrade`, `hash`, `upgrade` | decisions without memory |
//! | `roster`, `set` | who may be given work, found in little time |
//! | `invariant` | what is true after every input |
//! | `fault` | procedures done wrong on purpose |
//!
//! **Answers** (LOAD_MANAGER-1). Every request is answered exactly once, by
//! [`Delivery::Answered`] or [`Delivery::Referred`], whatever becomes of servers.
//!
//! **Draws** (LOAD_MANAGER-14). There is no chance inside. What a policy draws follows from the
//! number that came with the request's command, also when it is sent only later.

mod administration;
mod balancer;
mod checks;
mod config;
mod context;
mod degrade;
mod fault;
mod hash;
mod health;
pub mod invariant;
mod limit;
mod machine;
mod message;
mod pick;
mod request;
mod roster;
mod set;
mod traffic;
mod upgrade;

pub use balancer::{Admin, Backend, Balancer};
pub use config::{Config, ConfigError, Limits, MOST_ENTRIES, MOST_SERVERS, Policy, Timings};
pub use degrade::{Degradation, admit, may_retry};
pub use fault::{FAULTS, Fault, Planted};
pub use hash::{Maglev, attraction, is_prime, mix, modulo, rendezvous};
pub use health::{Health, Hysteresis, on_check};
pub use limit::{Ejection, ejection_ceiling, is_panic, may_eject, ramp};
pub use message::{Command, Delivery, Event, Message, Reason, Timer};
pub use request::{Answer, Attempt, Connection, Pending, Request, RequestId, Server, Share, Terms};
pub use upgrade::{Stage, Strategy, Upgrade};
