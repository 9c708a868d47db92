//! The load manager's balancer and proxy from outside.

mod balancer;
mod common;
mod decisions;
mod faults;
mod host;
mod host_common;
mod laws;
mod picks;
mod search;
