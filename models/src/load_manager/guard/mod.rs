//! Why a step is disabled: the guards of the procedures once more, one after another, each with
//! what it reads.
//!
//! That they refuse what the procedures refuse, and nothing else, is a test over every state.

mod server;
mod traffic;

use crate::engine::Refusal;

use super::list::List;
use super::options::Budget;
use super::state::{Connection, Phase, Request, State};
use super::{Action, Switch, moves};

/// Every step that this switch could ever offer: all that is offered while every place is taken.
pub(super) fn alphabet(switch: &Switch) -> Vec<Action> {
    let nth = |tries| Request { tries, ..Request::default() };
    let mut full = switch.initial_state();
    full.queue = (0..switch.queue).fold(List::default(), |queue, tries| queue.with(nth(tries)));
    // Connections that differ, since equal ones are offered once.
    let connections = (0..switch.capacity).fold(List::default(), |connections, tries| {
        connections.with(Connection { phase: Phase::Open, request: nth(tries) })
    });
    for server in &mut full.servers {
        server.connections = connections;
    }
    let mut actions = Vec::new();
    moves::candidates(switch, &full, &mut actions);
    actions
}

/// The first guard that refuses.
pub(super) fn refusal(switch: &Switch, state: &State, action: Action) -> Option<Refusal> {
    let at = Guards { switch, state };
    let guarded = match action {
        Action::Arrive { client, is_write, draw } => at.arrive(client, is_write, draw),
        Action::Establish(server, place) => at.establish(server, place),
        Action::Complete(server, place) => at.complete(server, place),
        Action::Reset { server, connection, draw } => at.reset(server, connection, draw),
        Action::Abort(server, place) => at.abort(server, place),
        Action::Abandon(place) => at.abandon(place),
        Action::Check(server) => at.is_checked(server),
        Action::Lie(server) => at.lie(server),
        Action::Probe(server) => at.probe(server),
        Action::HearProbe(server) => at.hear_probe(server),
        Action::Warm(server) => at.warm(server),
        Action::Outlier(server) => at.outlier(server),
        Action::Reinstate(server) => at.reinstate(server),
        Action::Drain(server) => at.drain(server),
        Action::Retire(server) => at.retire(server),
        Action::Maintain(server) => at.maintain(server),
        Action::MakeReady(server) => at.make_ready(server),
        Action::Crash(server) => at.crash(server),
        Action::Kill(server) => at.kill(server),
        Action::Recover(server) => at.recover(server),
    };
    guarded.err()
}

type Guarded = Result<(), Refusal>;

/// The guards, in one state.
struct Guards<'a> {
    switch: &'a Switch,
    state: &'a State,
}

impl Guards<'_> {
    fn is_left(&self, what: &'static str, of: fn(&Budget) -> u8) -> Guarded {
        let left = of(&self.state.left);
        let guard = "the budget must allow it once more";
        Refusal::unless(left > 0, guard, || format!("left.{what}: 0"))
    }

    fn is_up(&self, server: u8) -> Guarded {
        let is_up = self.state.server(server).is_up();
        Refusal::unless(is_up, "the server must be up", || self.machine(server))
    }

    fn machine(&self, server: u8) -> String {
        format!("servers.{server}.machine: {}", name(&self.state.server(server).machine))
    }

    fn administration(&self, server: u8) -> String {
        let administration = self.state.server(server).administration;
        format!("servers.{server}.administration: {}", name(&administration))
    }

    fn connections(&self, server: u8) -> String {
        let connections = self.state.server(server).connections;
        format!("servers.{server}.connections: {}", listed(&connections))
    }
}

/// A value as states name it.
fn name(value: &impl serde::Serialize) -> String {
    match crate::engine::trace::to_json(value) {
        serde_json::Value::String(name) => name,
        other => other.to_string(),
    }
}

/// `[open c0, cut c1]`.
fn listed<T: std::fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<_> = items.into_iter().map(|item| item.to_string()).collect();
    format!("[{}]", items.join(", "))
}
