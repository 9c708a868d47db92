//! The steps of clients, servers, manager, administrator and environment, and how they are called.

use std::fmt;

use serde_json::{Value, json};

/// What comes from outside where a policy leaves a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Draw {
    /// Nothing: there is no choice.
    None,
    /// That server, of equals.
    One(u8),
    /// Two distinct candidates, in this order.
    Two(u8, u8),
}

impl Draw {
    /// The servers that were drawn, in their order.
    #[must_use]
    pub fn servers(self) -> Vec<u8> {
        match self {
            Self::None => Vec::new(),
            Self::One(server) => vec![server],
            Self::Two(first, second) => vec![first, second],
        }
    }
}

/// `, draw s1`, `, draw s1 s0`, or nothing.
impl fmt::Display for Draw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::One(server) => write!(f, ", draw s{server}"),
            Self::Two(first, second) => write!(f, ", draw s{first} s{second}"),
        }
    }
}

/// A step, with the server or the client it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// A request arrives.
    Arrive {
        /// Whose it is.
        client: u8,
        /// Whether it must not be done twice.
        is_write: bool,
        /// What was drawn for it.
        draw: Draw,
    },
    /// A connection is set up.
    Establish(u8, u8),
    /// A request is answered by its server.
    Complete(u8, u8),
    /// The manager hears that a connection is broken.
    Reset {
        /// At which server.
        server: u8,
        /// Which of its connections.
        connection: u8,
        /// What was drawn for the next try.
        draw: Draw,
    },
    /// A client gives up a request that is at a server.
    Abort(u8, u8),
    /// A client gives up a request that is queued.
    Abandon(u8),
    /// A check of that server, which tells the truth.
    Check(u8),
    /// A check of that server, which does not.
    Lie(u8),
    /// A check whose result will be late.
    Probe(u8),
    /// A late result arrives.
    HearProbe(u8),
    /// A unit of the slow start has passed.
    Warm(u8),
    /// The server gives too many errors.
    Outlier(u8),
    /// An ejection ends.
    Reinstate(u8),
    /// The administrator orders a server to drain.
    Drain(u8),
    /// A drained server goes into maintenance.
    Retire(u8),
    /// The administrator orders a server into maintenance at once.
    Maintain(u8),
    /// The administrator puts a server back.
    MakeReady(u8),
    /// A server crashes.
    Crash(u8),
    /// Somebody kills a server.
    Kill(u8),
    /// A server that was down runs again.
    Recover(u8),
}

impl Action {
    /// Whether the manager or a server takes the step, and no one from outside.
    #[must_use]
    pub const fn is_work(&self) -> bool {
        matches!(
            self,
            Self::Establish(..)
                | Self::Complete(..)
                | Self::Reset { .. }
                | Self::Check(_)
                | Self::HearProbe(_)
                | Self::Warm(_)
                | Self::Reinstate(_)
                | Self::Retire(_)
        )
    }

    /// The server whose check gives a result in this step.
    #[must_use]
    pub const fn result_of(&self) -> Option<u8> {
        match self {
            Self::Check(server) | Self::Lie(server) | Self::HearProbe(server) => Some(*server),
            _ => None,
        }
    }

    /// Whether the step ends a connection by its nature.
    #[must_use]
    pub const fn ends_connections(&self) -> bool {
        matches!(
            self,
            Self::Complete(..) | Self::Reset { .. } | Self::Abort(..) | Self::Maintain(_)
        )
    }
}

impl crate::engine::Action for Action {
    const NAMES: &'static [&'static str] = &[
        "arrive",
        "establish",
        "complete",
        "reset",
        "abort",
        "abandon",
        "check",
        "lie",
        "probe",
        "hear_probe",
        "warm",
        "outlier",
        "reinstate",
        "drain",
        "retire",
        "maintain",
        "make_ready",
        "crash",
        "kill",
        "recover",
    ];

    const ENVIRONMENT: &'static [&'static str] =
        &["arrive", "complete", "reset", "abort", "abandon", "lie", "crash", "kill", "recover"];

    fn name_index(&self) -> usize {
        match self {
            Self::Arrive { .. } => 0,
            Self::Establish(..) => 1,
            Self::Complete(..) => 2,
            Self::Reset { .. } => 3,
            Self::Abort(..) => 4,
            Self::Abandon(_) => 5,
            Self::Check(_) => 6,
            Self::Lie(_) => 7,
            Self::Probe(_) => 8,
            Self::HearProbe(_) => 9,
            Self::Warm(_) => 10,
            Self::Outlier(_) => 11,
            Self::Reinstate(_) => 12,
            Self::Drain(_) => 13,
            Self::Retire(_) => 14,
            Self::Maintain(_) => 15,
            Self::MakeReady(_) => 16,
            Self::Crash(_) => 17,
            Self::Kill(_) => 18,
            Self::Recover(_) => 19,
        }
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        let drawn = |draw: Draw| ("draw", json!(draw.servers()));
        match *self {
            Self::Arrive { client, is_write, draw } => {
                vec![("client", json!(client)), ("write", json!(is_write)), drawn(draw)]
            }
            Self::Reset { server, connection, draw } => {
                vec![("server", json!(server)), ("connection", json!(connection)), drawn(draw)]
            }
            Self::Establish(server, connection)
            | Self::Complete(server, connection)
            | Self::Abort(server, connection) => {
                vec![("server", json!(server)), ("connection", json!(connection))]
            }
            Self::Abandon(place) => vec![("place", json!(place))],
            Self::Check(server)
            | Self::Lie(server)
            | Self::Probe(server)
            | Self::HearProbe(server)
            | Self::Warm(server)
            | Self::Outlier(server)
            | Self::Reinstate(server)
            | Self::Drain(server)
            | Self::Retire(server)
            | Self::Maintain(server)
            | Self::MakeReady(server)
            | Self::Crash(server)
            | Self::Kill(server)
            | Self::Recover(server) => vec![("server", json!(server))],
        }
    }
}

/// The stable textual name: `arrive(c0)`, `arrive(c0 write, draw s1 s0)`, `complete(s0, 1)`.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = crate::engine::Action::name(self);
        match self {
            Self::Arrive { client, is_write, draw } => {
                let kind = if *is_write { " write" } else { "" };
                write!(f, "{name}(c{client}{kind}{draw})")
            }
            Self::Reset { server, connection, draw } => {
                write!(f, "{name}(s{server}, {connection}{draw})")
            }
            Self::Establish(server, connection)
            | Self::Complete(server, connection)
            | Self::Abort(server, connection) => write!(f, "{name}(s{server}, {connection})"),
            Self::Abandon(place) => write!(f, "{name}({place})"),
            Self::Check(server)
            | Self::Lie(server)
            | Self::Probe(server)
            | Self::HearProbe(server)
            | Self::Warm(server)
            | Self::Outlier(server)
            | Self::Reinstate(server)
            | Self::Drain(server)
            | Self::Retire(server)
            | Self::Maintain(server)
            | Self::MakeReady(server)
            | Self::Crash(server)
            | Self::Kill(server)
            | Self::Recover(server) => write!(f, "{name}(s{server})"),
        }
    }
}
