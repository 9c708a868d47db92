//! Time, and what goes wrong.

use crate::coral::Coral;
use crate::coral::identifier::Id;
use crate::coral::message::Message;
use crate::coral::state::{Machine, Peer, State};

/// A tick passes: everything is a tick older, and at the end of a window counters begin anew.
///
/// Source: CORAL-10, CORAL-11, CORAL-27.
#[must_use]
pub fn tick(coral: &Coral, state: &State) -> Option<State> {
    if state.now >= coral.horizon {
        return None;
    }
    let mut state = *state;
    state.now += 1;
    let is_new_window = state.now.is_multiple_of(coral.window);
    for peer in &mut state.peers {
        peer.lists = peer.lists.map(super::super::store::List::aged);
        peer.seen = [0, peer.seen[0]];
        if is_new_window {
            peer.passed = [0; 2];
        }
    }
    Some(state)
}

/// A node removes what has expired; it may wait with that as long as it likes.
///
/// Source: CORAL-8.
#[must_use]
pub fn purge(coral: &Coral, state: &State, node: Id) -> Option<State> {
    let mut state = *state;
    let peer = &mut state.peers[coral.network.position(node)];
    let purged = peer.lists.map(super::super::store::List::purged);
    if purged == peer.lists {
        return None;
    }
    peer.lists = purged;
    Some(state)
}

/// A message is lost.
///
/// Source: CORAL-22.
#[must_use]
pub fn lose(state: &State, message: Message) -> Option<State> {
    if state.left.losses == 0 || !state.messages.has(message) {
        return None;
    }
    let mut state = *state;
    state.left.losses -= 1;
    state.messages = state.messages.without(message);
    Some(state)
}

/// A request is on its way twice.
///
/// Source: CORAL-22.
#[must_use]
pub fn duplicate(state: &State, request: Message) -> Option<State> {
    if state.left.copies == 0 || !state.messages.has(request) || !request.is_request() {
        return None;
    }
    let mut state = *state;
    state.left.copies -= 1;
    state.messages = state.messages.with(request);
    Some(state)
}

/// A node crashes, and with it go its entries and the requests to it. A node with an operation of
/// its own under way does not crash; one whose operations have not begun never begins them.
///
/// Source: CORAL-22.
#[must_use]
pub fn crash(coral: &Coral, state: &State, node: Id) -> Option<State> {
    let position = coral.network.position(node);
    let is_up = state.peer(position).is_up();
    let is_client = coral
        .asked_for()
        .any(|(number, asked)| asked.client == node && state.operation(number).is_under_way());
    if state.left.crashes == 0 || !is_up || is_client {
        return None;
    }
    let mut state = *state;
    state.left.crashes -= 1;
    state.peers[position] = Peer { identifier: node, machine: Machine::Crashed, ..Peer::default() };
    state.messages = state.messages.only(|message| message.peer != node || !message.is_request());
    Some(state)
}
