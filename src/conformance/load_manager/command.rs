//! What can happen to a balancer and to what is around it, and how that is called in the names of
//! steps.

use std::fmt;

use serde::Serialize;

use super::super::world::Told;

/// Where the one machine of the network is: the balancer with all that is around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Here;

impl fmt::Display for Here {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "here")
    }
}

/// What is under way between machines, where there is but one: nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Nothing {}

impl Told for Nothing {
    fn told(&self) -> String {
        match *self {}
    }
}

/// What clients, servers, the administrator and chance do. Servers and requests are named by
/// number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Command {
    /// A request arrives.
    Arrive {
        /// Whose it is.
        client: u32,
        /// Whether it must not be done twice.
        is_write: bool,
        /// The number that came with it.
        chance: u64,
        /// The two candidates that are drawn by it, if any are.
        drawn: Option<(u32, u32)>,
    },
    /// A server has set up a connection.
    Establish(u32, u64),
    /// A server answers a request.
    Complete(u32, u64),
    /// A server answers a request by a failure.
    Fail(u32, u64),
    /// It is heard that a connection is broken.
    Break {
        /// At which server.
        server: u32,
        /// Which request.
        request: u64,
        /// Whether it could not even be opened.
        is_refused: bool,
    },
    /// A client gives up a request that is at a server.
    Abort(u32, u64),
    /// A client gives up a request that is queued.
    Abandon(u64),
    /// A server is checked, and the result is heard.
    Check {
        /// Which.
        server: u32,
        /// What is found.
        passed: bool,
        /// Whether it says so itself; else the time for it has run out.
        is_answered: bool,
        /// Whether that is not so.
        is_lie: bool,
    },
    /// A server is checked, and the result is under way.
    Probe(u32),
    /// A late result arrives.
    HearProbe(u32),
    /// A stage of the slow start is over.
    Warm(u32),
    /// The time of an ejection is over.
    Reinstate(u32),
    /// The order to drain.
    Drain(u32),
    /// The order that takes a drained server out.
    Retire(u32),
    /// The order that takes a server out at once.
    Maintain(u32),
    /// The order that puts a server back.
    MakeReady(u32),
    /// A server crashes.
    Crash(u32),
    /// Somebody kills a server.
    Kill(u32),
    /// A server that was down runs again.
    Recover(u32),
    /// A server says all that it has no reason to say: what is late, doubled or made up.
    Stray(u32),
}

impl Command {
    /// The name of its kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Arrive { .. } => "arrive",
            Self::Establish(..) => "establish",
            Self::Complete(..) => "complete",
            Self::Fail(..) => "fail",
            Self::Break { is_refused: false, .. } => "reset",
            Self::Break { is_refused: true, .. } => "refuse",
            Self::Abort(..) => "abort",
            Self::Abandon(_) => "abandon",
            Self::Check { is_lie: true, .. } => "lie",
            Self::Check { is_lie: false, is_answered: true, .. } => "check",
            Self::Check { is_lie: false, is_answered: false, .. } => "time_out",
            Self::Probe(_) => "probe",
            Self::HearProbe(_) => "hear_probe",
            Self::Warm(_) => "warm",
            Self::Reinstate(_) => "reinstate",
            Self::Drain(_) => "drain",
            Self::Retire(_) => "retire",
            Self::Maintain(_) => "maintain",
            Self::MakeReady(_) => "make_ready",
            Self::Crash(_) => "crash",
            Self::Kill(_) => "kill",
            Self::Recover(_) => "recover",
            Self::Stray(_) => "stray",
        }
    }
}

/// `arrive(c0 write)`, `arrive(c0, chance 3, draw s1 s0)`, `complete(s0, r1)`, `check(s0)`.
impl Told for Command {
    fn told(&self) -> String {
        let kind = self.kind();
        match *self {
            Self::Arrive { client, is_write, chance, drawn } => {
                let write = if is_write { " write" } else { "" };
                let chance = if chance > 0 { format!(", chance {chance}") } else { String::new() };
                let draw = drawn.map_or_else(String::new, |(a, b)| format!(", draw s{a} s{b}"));
                format!("{kind}(c{client}{write}{chance}{draw})")
            }
            Self::Establish(server, request)
            | Self::Complete(server, request)
            | Self::Fail(server, request)
            | Self::Break { server, request, .. }
            | Self::Abort(server, request) => format!("{kind}(s{server}, r{request})"),
            Self::Abandon(request) => format!("{kind}(r{request})"),
            Self::Check { server, is_lie: true, is_answered: false, .. } => {
                format!("{kind}(s{server}, by silence)")
            }
            Self::Check { server, .. }
            | Self::Probe(server)
            | Self::HearProbe(server)
            | Self::Warm(server)
            | Self::Reinstate(server)
            | Self::Drain(server)
            | Self::Retire(server)
            | Self::Maintain(server)
            | Self::MakeReady(server)
            | Self::Crash(server)
            | Self::Kill(server)
            | Self::Recover(server)
            | Self::Stray(server) => format!("{kind}(s{server})"),
        }
    }
}
