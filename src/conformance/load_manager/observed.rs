//! What the network stands for, whatever its size: the abstraction function (LOAD_MANAGER-51).

use std::collections::VecDeque;
use std::fmt;

use serde::Serialize;
use straightedge_impl::load_manager::{Admin, Pending, Server as Name};
use straightedge_models::load_manager::list::List;
use straightedge_models::load_manager::{
    self as model, Administration, Budget, Connection, Machine, Policy, Request, State, Switch,
};

use super::place::{Kept, Line, Tally};
use super::site::Site;

/// A server, as it is and as it is believed to be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seen {
    /// Whether it runs.
    pub machine: Machine,
    /// The health counter.
    pub health: u16,
    /// What the administrator ordered.
    pub administration: Administration,
    /// Whether it was set aside.
    pub is_ejected: bool,
    /// Stages of the slow start that are over; the window, without one.
    pub warmth: u32,
    /// How many connections are counted.
    pub count: u32,
    /// How many there are, in ascending order.
    pub connections: Vec<Connection>,
    /// What a late result says.
    pub late_result: Option<bool>,
}

/// The whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Observed {
    /// The servers.
    pub servers: Vec<Seen>,
    /// Who waits, the first in front.
    pub queue: VecDeque<Request>,
    /// The server that was picked last.
    pub last: u32,
    /// The clients, where they keep addresses.
    pub clients: Vec<Kept>,
    /// What became of requests.
    pub tally: Tally,
}

/// What stands for a network.
#[must_use]
pub fn observe(switch: &Switch, site: &Site) -> Observed {
    let servers = (0..site.places.len() as u32).map(|server| seen(switch, site, server));
    let balancer = &site.balancer;
    let is_by_name = site.habits.uses > 0;
    let before_the_first = balancer.config().servers.saturating_sub(1);
    Observed {
        servers: servers.collect(),
        queue: balancer.queue().iter().map(waiting).collect(),
        last: match balancer.last() {
            Some(last) if switch.policy.has_pointer() => last.0,
            _ => before_the_first,
        },
        clients: if is_by_name { site.clients.clone() } else { Vec::new() },
        tally: site.tally,
    }
}

fn seen(switch: &Switch, site: &Site, server: u32) -> Seen {
    let place = site.place(server).cloned().unwrap_or_default();
    let Some(backend) = site.balancer.backend(Name(server)) else {
        unreachable!("there is a place for each server")
    };
    let mut connections: Vec<Connection> = place.lines.values().map(connection).collect();
    connections.sort_unstable();
    // Who gives out addresses alone counts nothing: there the count is the server's own.
    let is_counted = switch.policy.is_managed();
    Seen {
        machine: place.condition,
        health: backend.health.0,
        administration: match backend.admin {
            Admin::Ready => Administration::Ready,
            Admin::Draining => Administration::Draining,
            Admin::Maintenance => Administration::Maintenance,
        },
        is_ejected: backend.is_ejected,
        warmth: backend.warmth.unwrap_or_else(|| switch.window.into()),
        count: if is_counted { backend.count } else { connections.len() as u32 },
        connections,
        late_result: place.late,
    }
}

fn connection(line: &Line) -> Connection {
    let Line { phase, client, is_write, number } = *line;
    Connection { phase, request: Request { client: client as u8, is_write, tries: number } }
}

fn waiting(pending: &Pending) -> Request {
    Request {
        client: pending.request.content as u8,
        is_write: !pending.request.is_idempotent,
        tries: pending.number,
    }
}

/// The same as a state of the model, which must be large enough for it. What claims remember is
/// empty there.
#[must_use]
pub fn to_model(switch: &Switch, observed: &Observed, left: Budget) -> State {
    let mut servers = List::default();
    for seen in &observed.servers {
        let mut connections = List::default();
        for connection in &seen.connections {
            connections = connections.with(*connection);
        }
        servers = servers.with(model::Server {
            machine: seen.machine,
            health: seen.health as u8,
            administration: seen.administration,
            is_ejected: seen.is_ejected,
            warmth: seen.warmth as u8,
            count: seen.count as i8,
            connections,
            late_result: seen.late_result,
            ..model::Server::default()
        });
    }
    let mut clients = List::default();
    for kept in &observed.clients {
        let address = kept.address.map(|address| address as u8);
        clients = clients.with(model::Client { address, uses: kept.uses, home: None });
    }
    if switch.policy.is_by_hash() {
        clients = List::of(model::Client::default(), switch.clients);
    }
    let queue = observed.queue.iter().fold(List::default(), |queue, request| queue.with(*request));
    State {
        servers,
        queue,
        last: observed.last as u8,
        clients,
        done: observed.tally.done as u8,
        refused: observed.tally.refused as u8,
        failed: observed.tally.failed as u8,
        aborted: observed.tally.aborted as u8,
        left,
    }
}

/// What a state of the model is, without what claims remember.
#[must_use]
pub fn from_model(switch: &Switch, state: &State) -> Observed {
    read(state, matches!(switch.policy, Policy::RoundRobinDns { .. }))
}

fn read(state: &State, is_by_name: bool) -> Observed {
    let seen = |server: &model::Server| Seen {
        machine: server.machine,
        health: server.health.into(),
        administration: server.administration,
        is_ejected: server.is_ejected,
        warmth: server.warmth.into(),
        count: u32::try_from(server.count).unwrap_or(0),
        connections: server.connections.as_slice().to_vec(),
        late_result: server.late_result,
    };
    let kept =
        |client: &model::Client| Kept { address: client.address.map(u32::from), uses: client.uses };
    Observed {
        servers: state.servers.iter().map(seen).collect(),
        queue: state.queue.iter().copied().collect(),
        last: state.last.into(),
        clients: state.clients.iter().filter(|_| is_by_name).map(kept).collect(),
        tally: Tally {
            done: state.done.into(),
            refused: state.refused.into(),
            failed: state.failed.into(),
            aborted: state.aborted.into(),
        },
    }
}

/// The state without what claims remember (LOAD_MANAGER-51).
#[must_use]
pub fn forgetful(mut state: State) -> Abstract {
    for server in &mut state.servers {
        server.against = 0;
        server.passed_by = 0;
    }
    for client in &mut state.clients {
        client.home = None;
    }
    Abstract(state)
}

impl Seen {
    /// In one line, what is as it usually is left out.
    fn told(&self) -> String {
        let mut told = format!("{:?}, ", self.machine);
        if self.administration != Administration::Ready {
            told += &format!("{:?}, ", self.administration);
        }
        if self.is_ejected {
            told += "ejected, ";
        }
        if let Some(passed) = self.late_result {
            told += &format!("late {passed}, ");
        }
        let Self { health, warmth, count, connections, .. } = self;
        let connections: Vec<String> = connections.iter().map(ToString::to_string).collect();
        told + &format!(
            "health {health}, warmth {warmth}, count {count} [{}]",
            connections.join(", ")
        )
    }
}

impl Observed {
    /// One line for each server, the queue, and the rest.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let servers = self.servers.iter().enumerate();
        let mut lines: Vec<String> =
            servers.map(|(server, seen)| format!("s{server} {}", seen.told())).collect();
        let queue: Vec<String> = self.queue.iter().map(ToString::to_string).collect();
        lines.push(format!("queue [{}], last s{}", queue.join(", "), self.last));
        for (client, kept) in self.clients.iter().enumerate() {
            let address = kept.address.map_or("nothing".into(), |server| format!("s{server}"));
            lines.push(format!("c{client} keeps {address} for {}", kept.uses));
        }
        let Tally { done, refused, failed, aborted } = self.tally;
        lines.push(format!("{done} done, {refused} refused, {failed} failed, {aborted} aborted"));
        lines
    }
}

/// A state of the model, told in a few words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Abstract(pub State);

/// What is left of the budget is left out.
impl fmt::Debug for Abstract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keeps = self.0.clients.iter().any(|client| client.uses > 0);
        write!(f, "{{{}}}", read(&self.0, keeps).told().join("; "))
    }
}
