//! What is remembered of a switch: the servers as they are and as they are believed to be, the
//! queue, and what became of the requests.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::ser::Serializer;

use crate::engine::schema;

use super::list::List;
use super::options::Budget;

// How much a state can hold. Numbers and not named constants: with these the compiler (1.95) fails
// where a closure captures a part of a state.

/// The servers of a [`State`], three at most.
pub type Servers = List<Server, 3>;

/// The connections of a [`Server`], two at most.
pub type Connections = List<Connection, 2>;

/// Who waits, two at most.
pub type Queue = List<Request, 2>;

/// The clients of which something is remembered, three at most.
pub type Clients = List<Client, 3>;

/// A request on its way.
///
/// Source: LOAD_MANAGER-1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Request {
    /// Who sent it.
    pub client: u8,
    /// Whether it must not be done twice.
    pub is_write: bool,
    /// How often it was tried again.
    pub tries: u8,
}

/// `c0`, `c1 write`, `c0 again`, `c0 again 2`.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{}{}", self.client, if self.is_write { " write" } else { "" })?;
        match self.tries {
            0 => Ok(()),
            1 => write!(f, " again"),
            tries => write!(f, " again {tries}"),
        }
    }
}

impl Serialize for Request {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Request {
    fn schema_name() -> Cow<'static, str> {
        "Request".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema::text(
            r"^c[0-9]+( write)?( again( [0-9]+)?)?$",
            "A request by its client: `c0`, `c1 write`, `c0 again` once it is tried again.",
        )
    }
}

/// How far a connection is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// It is being set up.
    Opening,
    /// The request is being served.
    #[default]
    Open,
    /// It is broken, and the manager has not heard of it yet.
    Cut,
}

/// A request at a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Connection {
    /// How far it is.
    pub phase: Phase,
    /// What is asked.
    pub request: Request,
}

/// `open c0`, `cut c0 again`.
impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phase = match self.phase {
            Phase::Opening => "opening",
            Phase::Open => "open",
            Phase::Cut => "cut",
        };
        write!(f, "{phase} {}", self.request)
    }
}

impl Serialize for Connection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Connection {
    fn schema_name() -> Cow<'static, str> {
        "Connection".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema::text(
            r"^(opening|open|cut) c[0-9]+( write)?( again( [0-9]+)?)?$",
            "How far a connection is, and the request on it: `open c0`, `cut c1 write`.",
        )
    }
}

/// Whether a server runs.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Machine {
    /// It runs.
    #[default]
    Up,
    /// It does not.
    Down,
    /// It does not, since somebody killed it.
    Killed,
}

/// What the administrator ordered.
///
/// Source: LOAD_MANAGER-4.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Administration {
    /// It gets traffic.
    #[default]
    Ready,
    /// It gets nothing new.
    Draining,
    /// It has nothing.
    Maintenance,
}

/// One server, as it is and as the manager believes it to be.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema,
)]
pub struct Server {
    /// Whether it runs.
    pub machine: Machine,
    /// The health counter.
    ///
    /// Source: LOAD_MANAGER-2.
    pub health: u8,
    /// How many results in a row contradict the belief: a memory of the claims, not the manager's.
    pub against: u8,
    /// What the administrator ordered.
    pub administration: Administration,
    /// Whether it was ejected for its errors.
    pub is_ejected: bool,
    /// Units of time since it came back up, at most the window.
    ///
    /// Source: LOAD_MANAGER-5.
    pub warmth: u8,
    /// How many connections the manager counts.
    ///
    /// Source: LOAD_MANAGER-10.
    pub count: i8,
    /// Its connections, in ascending order.
    pub connections: Connections,
    /// A result that is late: whether the check passed.
    pub late_result: Option<bool>,
    /// Who was picked since this server was, or became a candidate, one bit each: a memory of the
    /// claims.
    pub passed_by: u8,
}

impl Server {
    /// Whether it runs.
    #[must_use]
    pub const fn is_up(&self) -> bool {
        matches!(self.machine, Machine::Up)
    }

    /// Whether it is ready.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        matches!(self.administration, Administration::Ready)
    }

    /// This server with one more connection, known to the manager.
    #[must_use]
    pub fn with_connection(mut self, connection: Connection) -> Self {
        self.connections = self.connections.with(connection).sorted();
        self.count += 1;
        self
    }

    /// This server without the connection at that place, known to the manager.
    #[must_use]
    pub fn without_connection(mut self, index: u8) -> Self {
        self.connections = self.connections.without(index);
        self.count -= 1;
        self
    }
}

/// What is known of a client.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema,
)]
pub struct Client {
    /// The address it has kept.
    ///
    /// Source: LOAD_MANAGER-11.
    pub address: Option<u8>,
    /// How often it will still use that.
    pub uses: u8,
    /// Where its last request went, unless the eligible servers have changed since: a memory of
    /// the claims.
    pub home: Option<u8>,
}

/// The whole at one moment.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema,
)]
pub struct State {
    /// The servers, by identifier.
    pub servers: Servers,
    /// Who waits, the first in front.
    ///
    /// Source: LOAD_MANAGER-7.
    pub queue: Queue,
    /// The server that was picked last.
    ///
    /// Source: LOAD_MANAGER-12.
    pub last: u8,
    /// The clients, where they differ.
    pub clients: Clients,
    /// Requests that were answered.
    pub done: u8,
    /// Requests that were refused, and never served.
    pub refused: u8,
    /// Requests that were answered with an error.
    pub failed: u8,
    /// Requests that their client gave up.
    pub aborted: u8,
    /// What may still happen.
    pub left: Budget,
}

impl State {
    /// That server.
    #[must_use]
    pub fn server(&self, server: u8) -> Server {
        self.servers.get(server).unwrap_or_default()
    }

    /// The servers' identifiers.
    #[must_use]
    pub fn identifiers(&self) -> std::ops::Range<u8> {
        0..self.servers.len()
    }

    /// This state, but that server is so.
    #[must_use]
    pub fn with_server(mut self, server: u8, changed: Server) -> Self {
        if let Some(place) = self.servers.iter_mut().nth(usize::from(server)) {
            *place = changed;
        }
        self
    }

    /// This state, but that client is so.
    #[must_use]
    pub fn with_client(mut self, client: u8, changed: Client) -> Self {
        if let Some(place) = self.clients.iter_mut().nth(usize::from(client)) {
            *place = changed;
        }
        self
    }

    /// Every request that is on its way: queued, or at a server.
    pub fn requests(&self) -> impl Iterator<Item = Request> + '_ {
        let at_servers = self.servers.iter().flat_map(|server| server.connections.iter());
        self.queue.iter().copied().chain(at_servers.map(|connection| connection.request))
    }

    /// Whether no request is on its way.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.requests().next().is_none()
    }
}
