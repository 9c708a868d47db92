//! Coral's machines, alone and in small networks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod arbitrary;
mod crowd;
#[cfg(feature = "faults")]
mod faults;
mod hostile;
mod laws;
mod levels;
mod network;
mod proxies;
mod puts;
mod routing;
mod rules;
mod windows;
