//! What the balancer and servers say to each other, what it waits for, what it may be asked, and
//! what it tells its host.

use std::time::Duration;

use super::balancer::Admin;
use super::request::{Answer, Attempt, Request, RequestId, Server, Terms};
use super::upgrade::Strategy;
use crate::machine::Nonce;

/// What is said between the balancer and a server. The host speaks for the server: it knows what
/// became of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Message {
    /// To a server: open a connection for this request.
    Forward {
        /// Which attempt it is.
        attempt: Attempt,
        /// On which terms it is served.
        terms: Terms,
    },
    /// To a server: end this connection. The request has been answered.
    Cut {
        /// Which.
        attempt: Attempt,
    },
    /// To a server: are you there?
    Probe {
        /// For the answer.
        nonce: Nonce,
    },
    /// From a server: the connection is open.
    Opened {
        /// Which.
        attempt: Attempt,
    },
    /// From a server: the connection could not be opened. The server has not acted.
    Refused {
        /// Which.
        attempt: Attempt,
    },
    /// From a server: the connection is broken. The server may have acted.
    Reset {
        /// Which.
        attempt: Attempt,
    },
    /// From a server: the request is answered.
    Done {
        /// Which.
        attempt: Attempt,
    },
    /// From a server: the request is answered, by a failure.
    Failed {
        /// Which.
        attempt: Attempt,
    },
    /// From a server: whether a check was passed.
    Probed {
        /// Of the question.
        nonce: Nonce,
        /// Whether it was.
        passed: bool,
    },
}

/// What the balancer waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// Time for the next check of a server. Source: LOAD_MANAGER-2.
    Check(Server),
    /// Time for the answer to a check.
    Probe(Server),
    /// Time for a server that came back to take more. Source: LOAD_MANAGER-5.
    Ramp(Server),
    /// Time for an ejected server to be tried again. Source: LOAD_MANAGER-19.
    Ejection(Server),
    /// Time for a server to be drained. Source: LOAD_MANAGER-4.
    Drain(Server),
}

/// What the balancer may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Command {
    /// A request has arrived.
    Serve(Request),
    /// The client of this request does not wait any more.
    Abort(RequestId),
    /// What the administrator wants of a server. Source: LOAD_MANAGER-4.
    Order {
        /// The server.
        server: Server,
        /// What it is to be.
        admin: Admin,
    },
    /// Replace the software of every server. Source: LOAD_MANAGER-24.
    Upgrade {
        /// In which order.
        strategy: Strategy,
        /// By which version.
        version: u32,
        /// Whether the old and the new one may serve at the same time. Source: LOAD_MANAGER-25.
        is_compatible: bool,
    },
    /// The software of a server was replaced, as asked.
    Replaced(Server),
}

/// What the balancer tells its host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Delivery {
    /// A request is answered.
    Answered {
        /// Which.
        request: RequestId,
        /// How.
        answer: Answer,
    },
    /// A client is given the address of a server, and what it does there is its own business: all
    /// that round-robin DNS does. Source: LOAD_MANAGER-11.
    Referred {
        /// Which request is answered by it.
        request: RequestId,
        /// The server.
        server: Server,
        /// How long the client may keep to it.
        lifetime: Duration,
    },
    /// Something has become of a server.
    Turned {
        /// The server.
        server: Server,
        /// What.
        event: Event,
    },
    /// Replace the software of a server that has no connection.
    Replace {
        /// The server.
        server: Server,
        /// By which version.
        version: u32,
    },
    /// Every server has this version.
    Upgraded {
        /// Which.
        version: u32,
    },
}

/// What may become of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// By its checks it is up.
    Up,
    /// By its checks it is down.
    Down,
    /// It is an outlier, and set aside for a while.
    Ejected,
    /// That while is over.
    Reinstated,
    /// It is out of service, and its last connection has ended.
    Drained,
}

/// Why an input was not acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// There is no such server.
    NoSuchServer,
    /// Servers do not say this.
    NotForTheBalancer,
    /// Nothing of the kind was asked, or not of this server, or it is answered already.
    Unasked,
    /// There is a request of that name.
    NameIsTaken,
    /// There is no such request.
    NoSuchRequest,
    /// Nothing waits for this timer.
    NotWaiting,
    /// It is so already.
    Unchanged,
    /// An upgrade goes on.
    UpgradeGoesOn,
    /// No upgrade goes on.
    NoUpgrade,
    /// Two versions would serve at the same time.
    Incompatible,
    /// A division into waves of no server.
    NoWaves,
}
