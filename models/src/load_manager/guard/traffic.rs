//! What keeps a request from its next step.

use crate::engine::Refusal;
use crate::load_manager::hash::members;
use crate::load_manager::options::Policy;
use crate::load_manager::policy::Pick;
use crate::load_manager::state::{Phase, Request, State};
use crate::load_manager::step::traffic::{broken, may_be_tried_again};
use crate::load_manager::{Connection, Draw, Switch};

use super::{Guarded, Guards, listed};

/// Source: LOAD_MANAGER-1, LOAD_MANAGER-7, LOAD_MANAGER-8, LOAD_MANAGER-9.
impl Guards<'_> {
    pub(super) fn arrive(&self, client: u8, is_write: bool, draw: Draw) -> Guarded {
        if is_write {
            self.is_left("writes", |left| left.writes)?;
        } else {
            self.is_left("reads", |left| left.reads)?;
        }
        let request = Request { client, is_write, tries: 0 };
        fits(self.switch, self.state, request, draw)
    }

    pub(super) fn establish(&self, server: u8, place: u8) -> Guarded {
        let connection = self.connection(server, place)?;
        let is_opening = connection.phase == Phase::Opening;
        let guard = "the connection must be being set up";
        Refusal::unless(is_opening, guard, || at(server, place, connection))
    }

    pub(super) fn complete(&self, server: u8, place: u8) -> Guarded {
        let connection = self.connection(server, place)?;
        let is_open = connection.phase == Phase::Open;
        let guard = "the connection must be open, and the request on it be served";
        Refusal::unless(is_open, guard, || at(server, place, connection))?;
        self.is_up(server)
    }

    pub(super) fn reset(&self, server: u8, place: u8, draw: Draw) -> Guarded {
        let connection = self.connection(server, place)?;
        let Some((freed, request)) = broken(self.state, server, place) else {
            let read = at(server, place, connection);
            return Err(Refusal::new("the connection must be broken", read));
        };
        if may_be_tried_again(self.switch, request) {
            let again = Request { tries: request.tries + 1, ..request };
            return fits(self.switch, &freed, again, draw);
        }
        let guard = "nothing may be drawn for a request that is not tried again";
        let read = || format!("{}; drawn: {}", at(server, place, connection), drawn(draw));
        Refusal::unless(draw == Draw::None, guard, read)
    }

    pub(super) fn abort(&self, server: u8, place: u8) -> Guarded {
        self.connection(server, place)?;
        self.is_left("aborts", |left| left.aborts)
    }

    pub(super) fn abandon(&self, place: u8) -> Guarded {
        let guard = "a request must wait at that place of the queue";
        let read = || format!("queue: {}", listed(&self.state.queue));
        Refusal::unless(self.state.queue.get(place).is_some(), guard, read)?;
        self.is_left("aborts", |left| left.aborts)
    }

    /// The connection at that place, if it is not told apart from the one before it.
    fn connection(&self, server: u8, place: u8) -> Result<Connection, Refusal> {
        let connections = self.state.server(server).connections;
        let Some(connection) = connections.get(place) else {
            let guard = "the server must have a connection at that place";
            return Err(Refusal::new(guard, self.connections(server)));
        };
        let previous = place.checked_sub(1).and_then(|place| connections.get(place));
        let guard = "of connections that are alike the first must be named";
        let read = || self.connections(server);
        Refusal::unless(previous != Some(connection), guard, read)?;
        Ok(connection)
    }
}

/// What is drawn must be what the policy leaves open.
///
/// Source: LOAD_MANAGER-11, LOAD_MANAGER-12, LOAD_MANAGER-13, LOAD_MANAGER-14.
fn fits(switch: &Switch, state: &State, request: Request, draw: Draw) -> Guarded {
    if !switch.policy.is_managed() {
        return Ok(());
    }
    let candidates = switch.candidates_for(state, request);
    let guard = match switch.policy {
        Policy::TwoChoices => "two candidates must be drawn, and nothing where there are not two",
        _ => {
            "one of the candidates with the fewest connections must be drawn, and nothing where \
             there is one or none"
        }
    };
    let read = || {
        let of = |server| format!("s{server} with {}", state.server(server).count);
        format!("candidates: {}; drawn: {}", listed(members(candidates).map(of)), drawn(draw))
    };
    Refusal::unless(switch.pick(state, candidates, draw) != Pick::OtherDraw, guard, read)
}

fn drawn(draw: Draw) -> String {
    listed(draw.servers().into_iter().map(|server| format!("s{server}")))
}

/// `servers.0.connections.1: cut c0`.
fn at(server: u8, place: u8, connection: Connection) -> String {
    format!("servers.{server}.connections.{place}: {connection}")
}
