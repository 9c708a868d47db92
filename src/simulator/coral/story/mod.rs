//! Stories: text files of steps and of what is expected after them, played by Coral's nodes.
//!
//! A line is one step; what follows a `#` is for people. Identifiers are numbers from 0 to 255,
//! times are seconds, values are words. First comes the network:
//!
//! | line | means |
//! |---|---|
//! | `policy greedy`, `policy splice 1`, `policy half` | CORAL-4, CORAL-5, CORAL-6 |
//! | `capacity 4`, `rate 12` | values of a key at a node; requests let through in a minute |
//! | `nodes 30 60 75` | these nodes, which all know each other |
//! | `table 200 knows 100` | what a node knows, if that is not everybody |
//! | `name 30 Naomi` | for the picture |
//!
//! then what happens:
//!
//! | line | means |
//! |---|---|
//! | `put 30 key 100 value x life 60` | a node puts, and the put comes to its end |
//! | `get 60 key 100` | a node gets, and the get comes to its end |
//! | `begin put …`, `begin get …`, then `finish` | several at once |
//! | `repeat 13 put …` | again and again, with the values `x1`, `x2` and so on |
//! | `hold 41 key 42 value x life 20` | a node has a value without a put |
//! | `wait 20`, `crash 75`, `count anew` | time goes by; a node stops; counts begin again |
//! | `distance 75 42` | the distance of two identifiers |
//! | `ring 128 successor 32 90 105`, `place 80` | CORAL-64 |
//! | `modulo 4 to 3` | the items that move, in per cent: CORAL-66 |
//! | `rate at the closest of 8` | `simulate coral-root-rate`, a minute: CORAL-52 |
//! | `fetches of 100 alone`, `… one by one`, `… at once` | `simulate coral-slashdot`: CORAL-20 |
//!
//! what happens in other systems (CORAL-33):
//!
//! | line | means |
//! |---|---|
//! | `publish p X Y`, `leave p`, `server fails` | peers and the server of a central index |
//! | `search X`, `fetch q X from p` | who is said to have a file; it passes the server by |
//! | `link m1 m2 m3`, `slow m1 m2 3` | neighbours, all alike or three times as slow |
//! | `share m5 E`, `flood m1 for E within 2 hops` | who has what; a query to all |
//! | `swarm 6 pieces 1 slots optimistic`, or `strict` | a file that is traded |
//! | `seed s`, `newcomers a b`, `freeloaders f`, `rounds 3` | who trades it, and for how long |
//!
//! and what is expected: `expect QUERY is ANSWER`, where the queries are `outcome`, `outcomes` (of
//! all that was begun, in order), `path` (of the last put or get, the initiator first), `result`
//! (of the last measurement), `holds NODE key KEY`, `full NODE key KEY life LIFE`,
//! `loaded NODE key KEY`, `handled NODE` (requests), `refused` (stores). Source: CORAL-51.

mod crowd;
mod parse;
mod picture;
mod play;
mod stage;

use std::fmt;

pub use picture::{Panel, picture};
pub use play::{Told, play};

/// What is wrong with a story, or with what happened in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct StoryError {
    /// The name of the file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub why: String,
}

impl fmt::Display for StoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.why)
    }
}

/// The story of Naomi, Jacques, Kamal and David. Source: CORAL-30.
pub const NAOMI: (&str, &str) = (
    "t11-naomi-jacques-kamal-david.txt",
    include_str!("../../../../tests/scenarios/coral/t11-naomi-jacques-kamal-david.txt"),
);
