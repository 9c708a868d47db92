//! What a node does with a request.

use crate::coral::identifier::Id;
use crate::coral::message::{Body, Message};
use crate::coral::operation::Kind;
use crate::coral::state::State;
use crate::coral::store::Entry;
use crate::coral::{Coral, moves};

/// What a node tells in the forward phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether it is loaded.
    pub loaded: bool,
    /// How many live entries it has.
    pub count: u8,
    /// The least remaining life among them.
    pub least: u8,
}

/// A node takes in a request that is under way, and replies. A reply that nobody waits for is
/// forgotten at once.
///
/// Source: CORAL-12, CORAL-15, CORAL-17, CORAL-27.
#[must_use]
pub fn answer(coral: &Coral, state: &State, request: Message) -> Option<State> {
    let is_under_way = state.messages.has(request);
    let is_up = coral.peer(state, request.peer).is_up();
    if !is_under_way || !is_up {
        return None;
    }
    let mut state = *state;
    let is_awaited = coral.is_awaited(&state, request);
    state.messages = state.messages.without(request);
    let reply = match request.body {
        Body::ForwardRequest => {
            let Answer { loaded, count, least } = inspect(coral, &mut state, request, is_awaited);
            Body::ForwardReply { loaded, count, least }
        }
        Body::StoreRequest => {
            Body::StoreReply { stored: store(coral, &mut state, request, is_awaited) }
        }
        Body::GetRequest => Body::GetReply { values: look(coral, &mut state, request) },
        Body::ForwardReply { .. } | Body::StoreReply { .. } | Body::GetReply { .. } => return None,
    };
    if is_awaited {
        state.messages = state.messages.with(request.saying(reply));
    }
    Some(state)
}

/// What a node tells a put of itself; the put counts, if it is let through. More requests than the
/// leakage are as good as many more. Notes for the claims
/// whether the node was full.
///
/// Source: CORAL-10, CORAL-12.
pub fn inspect(coral: &Coral, state: &mut State, request: Message, is_awaited: bool) -> Answer {
    let Message { operation, peer: node, level, .. } = request;
    let position = coral.network.position(node);
    if is_awaited && coral.is_full_for(state, node, operation, level) {
        let progress = &mut state.operations[usize::from(operation)];
        progress.found_full = progress.found_full.with(position);
    }
    let list_number = coral.list_of(operation, level);
    let peer = &mut state.peers[position];
    if moves::keeps_count(coral) {
        peer.seen[0] = (peer.seen[0] + 1).min(coral.leakage + 1);
    }
    let list = peer.lists[list_number];
    let loaded = coral.is_loaded(peer, list_number);
    peer.passed[list_number] += u8::from(!loaded);
    Answer { loaded, count: coral.told_count(list), least: list.least() }
}

/// A node stores a value, or refuses it. Notes for the claims whether it was full.
///
/// Source: CORAL-15.
pub fn store(coral: &Coral, state: &mut State, request: Message, is_awaited: bool) -> bool {
    let Message { operation, peer: node, level, .. } = request;
    let Kind::Put { value, ttl } = coral.asked(operation).kind else { return false };
    let position = coral.network.position(node);
    let list_number = coral.stores_in(operation, level);
    let is_full = coral.is_full_for(state, node, operation, level);
    let peer = &mut state.peers[position];
    let list = peer.lists[list_number];
    let is_accepted = coral.accepts(peer, list_number, value, ttl);
    if is_accepted {
        let list = coral.make_room(list, value);
        peer.lists[list_number] = list.with(Entry { value, left: ttl });
    } else if is_awaited && is_full {
        let progress = &mut state.operations[usize::from(operation)];
        progress.refused = progress.refused.with(position);
    }
    is_accepted
}

/// The values that a node returns.
///
/// Source: CORAL-8, CORAL-17.
pub fn look(coral: &Coral, state: &mut State, request: Message) -> u8 {
    let peer = &mut state.peers[coral.network.position(request.peer)];
    if coral.counts_gets() {
        peer.seen[0] = (peer.seen[0] + 1).min(coral.leakage + 1);
    }
    coral.returned(peer.lists[coral.list_of(request.operation, request.level)])
}

/// The request that a client would send, for what it does at its own node.
#[must_use]
pub fn own(operation: u8, client: Id, level: u8, body: Body) -> Message {
    Message { operation, peer: client, level, body }
}
