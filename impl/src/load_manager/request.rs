//! Servers, requests, and the names of both.

use std::time::Duration;

/// A server, by its place among all of them, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Server(pub u32);

/// The name that the host gives a request. No two that are not answered yet have the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// One attempt at a request: a connection to a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attempt {
    /// The request.
    pub request: RequestId,
    /// How many attempts there were before, 0 for the first.
    pub number: u8,
}

/// What the balancer knows of a request. It does not depend on any other.
///
/// Source: LOAD_MANAGER-1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Request {
    /// Its name.
    pub id: RequestId,
    /// Who asks: what a policy that hashes looks at.
    pub client: u64,
    /// What is asked for: what a policy that looks at the content looks at.
    pub content: u64,
    /// Whether a server may have acted on it and it may still be tried again.
    pub is_idempotent: bool,
    /// How much it matters; more is more.
    pub priority: u8,
    /// How much of a server's work it takes, in any unit.
    pub cost: u32,
}

/// On which terms a request is served.
///
/// Source: LOAD_MANAGER-23.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Terms {
    /// How much of the data the answer is made of.
    pub data: Share,
    /// How old the data may be; none that they must be current.
    pub age: Option<Duration>,
}

/// A part of a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share {
    /// So many parts.
    pub parts: u32,
    /// Of so many; at least one.
    pub of: u32,
}

impl Share {
    /// All of it.
    pub const WHOLE: Self = Self { parts: 1, of: 1 };
}

impl Terms {
    /// Everything, and current.
    pub const FULL: Self = Self { data: Share::WHOLE, age: None };
}

/// How a request was answered. Each is answered exactly once.
///
/// Source: LOAD_MANAGER-1, LOAD_MANAGER-43.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// By this server.
    Done(Server),
    /// By this server, which says that it could not.
    Failed(Server),
    /// There is no room: it was not tried.
    Shed,
    /// No server is there for it.
    NoServer,
    /// The connection to this server broke, and it is not tried again.
    Lost(Server),
    /// An order ended the connection to this server.
    CutOff(Server),
    /// The client does not wait any more.
    Abandoned,
}

/// A request that has no connection at the moment, or had not before this one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pending {
    /// The request.
    pub request: Request,
    /// On which terms it was let in.
    pub terms: Terms,
    /// How many attempts there were.
    pub number: u8,
    /// What decides the draws for it; 0 where nothing is drawn.
    pub chance: u64,
    /// The servers that it was sent to in vain, each once.
    pub tried: Vec<Server>,
}

/// A request that a server has.
///
/// Source: LOAD_MANAGER-10.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Connection {
    /// The server.
    pub server: Server,
    /// Whether the server has taken it; it counts from before that.
    pub is_open: bool,
    /// The request.
    pub pending: Pending,
}
