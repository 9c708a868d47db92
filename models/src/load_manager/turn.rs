//! What a step does: the next state, and which requests it sent to which servers.

use super::Switch;
use super::action::Draw;
use super::hash::members;
use super::policy::{Pick, next_after};
use super::state::{Client, Connection, Phase, Request, State};

/// A request that was sent to a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Send {
    /// What was sent.
    pub request: Request,
    /// To whom.
    pub server: u8,
    /// The state in which it was.
    pub before: State,
}

/// A step as far as it is done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// The state now.
    pub state: State,
    /// What was sent so far.
    pub sends: Vec<Send>,
}

impl From<State> for Turn {
    fn from(state: State) -> Self {
        Self { state, sends: Vec::new() }
    }
}

impl Switch {
    /// The request goes to that server. A server that is not up takes nothing: the connection is
    /// cut from the start.
    ///
    /// Source: LOAD_MANAGER-7.
    #[must_use]
    pub fn send(&self, turn: Turn, server: u8, request: Request) -> Turn {
        let before = turn.state;
        let phase = match before.server(server).is_up() {
            true if self.opens_slowly => Phase::Opening,
            true => Phase::Open,
            false => Phase::Cut,
        };
        let changed = before.server(server).with_connection(Connection { phase, request });
        let mut state = before.with_server(server, changed);
        if self.policy.has_pointer() {
            state.last = server;
        }
        if self.policy.is_by_hash()
            && let Some(client) = state.clients.get(request.client)
        {
            state = state.with_client(request.client, Client { home: Some(server), ..client });
        }
        let state = self.with_turn_taken(&before, state, server);
        let mut sends = turn.sends;
        sends.push(Send { request, server, before });
        Turn { state, sends }
    }

    /// The claims' memory of who was picked since whom.
    fn with_turn_taken(&self, before: &State, mut state: State, picked: u8) -> State {
        if !self.watches_turns {
            return state;
        }
        for waiting in members(self.candidates(before)) {
            let mut server = state.server(waiting);
            server.passed_by |= 1 << picked;
            state = state.with_server(waiting, server);
        }
        let mut server = state.server(picked);
        server.passed_by = 0;
        state.with_server(picked, server)
    }

    /// The first queued request that some server can take is sent there, again and again; then
    /// requests that no server is eligible for are refused.
    ///
    /// Source: LOAD_MANAGER-8.
    #[must_use]
    pub fn wake(&self, mut turn: Turn) -> Turn {
        while let Some((place, server)) = self.first_that_can_go(&turn.state) {
            let Some(request) = turn.state.queue.get(place) else { break };
            turn.state.queue = turn.state.queue.without(place);
            turn = self.send(turn, server, request);
        }
        Turn { state: self.flushed(turn.state), ..turn }
    }

    fn first_that_can_go(&self, state: &State) -> Option<(u8, u8)> {
        (0..state.queue.len()).find_map(|place| {
            let candidates = self.candidates_for(state, state.queue.get(place)?);
            let server = match self.pick(state, candidates, Draw::None) {
                Pick::Server(server) => server,
                Pick::Nobody => return None,
                // Panic alone frees several servers at once; nothing is drawn for the queue.
                Pick::OtherDraw => next_after(state.last, self.servers, candidates)?,
            };
            Some((place, server))
        })
    }

    /// The queue without the requests that no server is eligible for, which are refused.
    ///
    /// Source: LOAD_MANAGER-8.
    #[must_use]
    pub fn flushed(&self, mut state: State) -> State {
        let mut place = 0;
        while let Some(request) = state.queue.get(place) {
            if self.eligible_for(&state, request) == 0 {
                state.queue = state.queue.without(place);
                state.refused += 1;
            } else {
                place += 1;
            }
        }
        state
    }

    /// What the claims remember is brought up to date with what has become of the servers.
    fn remembered(&self, before: &State, mut state: State) -> State {
        if self.policy.is_by_hash() && self.eligible(before) != self.eligible(&state) {
            for client in &mut state.clients {
                client.home = None;
            }
        }
        if self.watches_turns {
            let candidates = self.candidates(&state);
            for identifier in state.identifiers() {
                if candidates >> identifier & 1 == 0 {
                    let server = state.server(identifier);
                    state = state.with_server(identifier, super::Server { passed_by: 0, ..server });
                }
            }
        }
        state
    }

    /// The end of a step that can make room or take the last server away.
    ///
    /// Source: LOAD_MANAGER-8.
    #[must_use]
    pub fn close(&self, before: &State, turn: Turn) -> Turn {
        let woken = self.wake(self.remembering(before, turn));
        self.remembering(before, woken)
    }

    /// The end of a step after which the queue is left as it is.
    #[must_use]
    pub fn remembering(&self, before: &State, turn: Turn) -> Turn {
        Turn { state: self.remembered(before, turn.state), ..turn }
    }
}
