//! The simulator: on a machine made for these tests, and on Chord.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chord;
mod command;
mod faults;
mod figures;
mod gossip;
mod healing;
mod seeds;
mod stories;
