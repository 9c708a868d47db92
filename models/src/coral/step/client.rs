//! What a client does: it begins, hears, asks the next node, gives up, ends.

use crate::coral::Coral;
use crate::coral::identifier::Id;
use crate::coral::message::{Body, Message};
use crate::coral::operation::{Kind, Outcome, Phase, Progress};
use crate::coral::routing::{Position, next_hop_but};
use crate::coral::state::State;

use super::server::{Answer, inspect, look, own, store};

/// An operation begins, at the fastest level.
///
/// Source: CORAL-12, CORAL-17, CORAL-21.
#[must_use]
pub fn start(coral: &Coral, state: &State, operation: u8) -> Option<State> {
    let client = coral.asked(operation).client;
    let level = coral.fastest_level(operation);
    coral.may_start(state, operation).then(|| begin(coral, *state, operation, level, client))
}

/// An operation begins at a level, at a node: its own, which is asked without a message, or the
/// place that it has reached at a faster level.
///
/// Source: CORAL-12, CORAL-17, CORAL-21.
fn begin(coral: &Coral, mut state: State, operation: u8, level: u8, from: Id) -> State {
    let asked = coral.asked(operation);
    let outcomes = state.operation(operation).outcomes;
    state.operations[usize::from(operation)] = Progress {
        phase: Phase::Idle,
        level,
        at: asked.client,
        target: asked.client,
        outcomes,
        ..Progress::default()
    };
    let is_own = from == asked.client;
    match asked.kind {
        Kind::Put { .. } if is_own => {
            let request = own(operation, from, level, Body::ForwardRequest);
            let answer = inspect(coral, &mut state, request, true);
            consider(coral, state, operation, from, answer)
        }
        Kind::Get if is_own => {
            let request = own(operation, from, level, Body::GetRequest);
            let values = look(coral, &mut state, request);
            found(coral, state, operation, from, values)
        }
        Kind::Put { .. } => ask(coral, state, operation, Phase::Forward(from)),
        Kind::Get => ask(coral, state, operation, Phase::Look(from)),
    }
}

/// A reply for which an operation waits comes in.
///
/// Source: CORAL-12, CORAL-14, CORAL-17, CORAL-22.
#[must_use]
pub fn hear(coral: &Coral, state: &State, reply: Message) -> Option<State> {
    let is_under_way = state.messages.has(reply);
    let is_awaited = coral.is_awaited(state, reply);
    if !is_under_way || !is_awaited {
        return None;
    }
    let Message { operation, peer: node, .. } = reply;
    match reply.body {
        Body::ForwardReply { loaded, count, least } => {
            let answer = Answer { loaded, count, least };
            Some(consider(coral, *state, operation, node, answer))
        }
        Body::StoreReply { stored: true } => {
            Some(end(coral, *state, operation, Outcome::Stored(node)))
        }
        Body::StoreReply { stored: false } => Some(hear_refusal(coral, *state, operation)),
        Body::GetReply { values } => Some(found(coral, *state, operation, node, values)),
        Body::ForwardRequest | Body::StoreRequest | Body::GetRequest => None,
    }
}

/// A put has heard what a node tells of itself: it ends its forward phase there, or stacks the node
/// and goes on.
///
/// Source: CORAL-12, CORAL-13.
fn consider(
    coral: &Coral,
    mut state: State,
    operation: u8,
    node: Id,
    Answer { loaded, count, least }: Answer,
) -> State {
    let full = coral.reads_full(count, least, coral.asked(operation).ttl());
    arrive(coral, &mut state, operation, node);
    let position = coral.network.position(node);
    let progress = &mut state.operations[usize::from(operation)];
    if coral.is_stacked(full, loaded) {
        progress.stack = progress.stack.with(position);
    }
    if coral.ends_forward(full, loaded) {
        progress.stopped_at = Some(node);
        return retreat(coral, state, operation);
    }
    hop(coral, state, operation)
}

/// A get has heard of a node's values.
///
/// Source: CORAL-17.
fn found(coral: &Coral, mut state: State, operation: u8, node: Id, values: u8) -> State {
    arrive(coral, &mut state, operation, node);
    if values != 0 {
        return end(coral, state, operation, Outcome::Hit(node));
    }
    if coral.gives_up_at(&state, operation, node) {
        return end(coral, state, operation, Outcome::Miss);
    }
    hop(coral, state, operation)
}

/// A look-up has come to a node.
fn arrive(coral: &Coral, state: &mut State, operation: u8, node: Id) {
    let progress = state.operation(operation);
    let has_just_begun = progress.reached.is_empty();
    let target = if has_just_begun { node } else { way_on(coral, progress, operation).1 };
    let progress = &mut state.operations[usize::from(operation)];
    (progress.at, progress.target) = (node, target);
    progress.reached = progress.reached.with(coral.network.position(node));
}

/// The node to ask next, and the point for which it is found.
///
/// Source: CORAL-5, CORAL-22.
fn way_on(coral: &Coral, progress: &Progress, operation: u8) -> (Option<Id>, Id) {
    let is_put = coral.asked(operation).value().is_some();
    let position = Position { key: coral.key(operation), at: progress.at, target: progress.target };
    let contacts = coral.network.ids(coral.contacts(progress.at, progress.level));
    let is_silent = |node| progress.unreached.has(coral.network.position(node));
    let policy = coral.policy_of(is_put);
    next_hop_but(policy, coral.network.width, position, &contacts, is_silent)
}

/// The next node is asked; if there is none that is closer, a put turns round and a get has missed.
///
/// Source: CORAL-5, CORAL-12, CORAL-17.
fn hop(coral: &Coral, state: State, operation: u8) -> State {
    let is_put = coral.asked(operation).value().is_some();
    match way_on(coral, state.operation(operation), operation).0 {
        Some(node) if is_put => ask(coral, state, operation, Phase::Forward(node)),
        Some(node) => ask(coral, state, operation, Phase::Look(node)),
        None if is_put => retreat(coral, state, operation),
        None => end(coral, state, operation, Outcome::Miss),
    }
}

/// A put asks the closest node of its stack to store; its own node without a message.
///
/// Source: CORAL-12, CORAL-14.
fn retreat(coral: &Coral, mut state: State, operation: u8) -> State {
    let client = coral.asked(operation).client;
    let progress = state.operation(operation);
    let Some(node) = coral.top(operation, progress.stack) else {
        return end(coral, state, operation, Outcome::NotStored);
    };
    let level = progress.level;
    let progress = &mut state.operations[usize::from(operation)];
    progress.stack = progress.stack.without(coral.network.position(node));
    if node != client {
        return ask(coral, state, operation, Phase::Reverse(node));
    }
    let request = own(operation, client, level, Body::StoreRequest);
    if store(coral, &mut state, request, true) {
        end(coral, state, operation, Outcome::Stored(client))
    } else {
        hear_refusal(coral, state, operation)
    }
}

/// A node has refused: the next one is tried.
///
/// Source: CORAL-14.
fn hear_refusal(coral: &Coral, state: State, operation: u8) -> State {
    if coral.tries_the_next() {
        retreat(coral, state, operation)
    } else {
        end(coral, state, operation, Outcome::NotStored)
    }
}

/// A request is sent. Replies to former ones are forgotten.
fn ask(coral: &Coral, mut state: State, operation: u8, phase: Phase) -> State {
    let progress = &mut state.operations[usize::from(operation)];
    (progress.phase, progress.repeats) = (phase, 0);
    forget_replies(&mut state, operation);
    repeat(coral, state, operation)
}

/// The request that is waited for is sent, or sent again. To a node that has crashed it is sent
/// into the void.
///
/// Source: CORAL-22.
fn repeat(coral: &Coral, mut state: State, operation: u8) -> State {
    let request = Coral::awaited(&state, operation);
    if let Some(request) = request.filter(|request| coral.peer(&state, request.peer).is_up()) {
        state.messages = state.messages.with(request);
    }
    state
}

fn forget_replies(state: &mut State, operation: u8) {
    let is_kept = |message: Message| message.operation != operation || message.is_request();
    state.messages = state.messages.only(is_kept);
}

/// An operation ends at a level, and goes on at the next slower one if it has to: a get that has
/// missed, from where it has come; a put that the level did not stop, from where it was stored.
///
/// Source: CORAL-16, CORAL-17, CORAL-21.
fn end(coral: &Coral, mut state: State, operation: u8, outcome: Outcome) -> State {
    let client = coral.asked(operation).client;
    let progress = &mut state.operations[usize::from(operation)];
    let level = progress.level;
    progress.outcomes[usize::from(level)] = outcome;
    let goes_on_from = match outcome {
        Outcome::Stored(node) if progress.stopped_at.is_none() => Some(node),
        Outcome::NotStored if progress.stopped_at.is_none() => Some(client),
        Outcome::Miss => Some(progress.at),
        Outcome::Hit(node) if coral.goes_on_after_a_hit() => Some(node),
        _ => None,
    };
    let goes_on_from = coral.next_level_from(client, goes_on_from);
    if let (Some(from), true) = (goes_on_from, level > 0) {
        return begin(coral, state, operation, level - 1, from);
    }
    *progress = Progress::ended(level, progress.outcomes);
    forget_replies(&mut state, operation);
    state
}

/// A client has waited long enough: the reply is lost, or it only seems so. It asks again, and
/// after the last time gives up: in the forward phase and in a get the look-up goes on without the
/// node; a put that has asked it to store cannot know.
///
/// Source: CORAL-16, CORAL-22.
#[must_use]
pub fn time_out(coral: &Coral, state: &State, operation: u8) -> Option<State> {
    let progress = state.operation(operation);
    let node = progress.asks()?;
    let is_early = coral.is_under_way(state, operation);
    let may_be_early = state.left.early_time_outs > 0;
    if is_early && !may_be_early || !coral.has_time_outs() {
        return None;
    }
    let mut state = *state;
    state.left.early_time_outs -= u8::from(is_early);
    let progress = &mut state.operations[usize::from(operation)];
    if progress.repeats < coral.repeats {
        progress.repeats += 1;
        return Some(repeat(coral, state, operation));
    }
    if matches!(progress.phase, Phase::Reverse(_)) {
        return Some(coral.after_silence(state, operation, node));
    }
    let position = coral.network.position(node);
    progress.unreached = progress.unreached.with(position);
    if coral.stacks_the_silent() {
        progress.stack = progress.stack.with(position);
    }
    Some(hop(coral, state, operation))
}

/// A put whose store request stays unanswered does not know.
///
/// Source: CORAL-16, CORAL-22.
#[must_use]
pub fn end_unsure(coral: &Coral, state: State, operation: u8, node: Id) -> State {
    end(coral, state, operation, Outcome::Unsure(node))
}

/// As if the node had refused; for a fault.
pub(in crate::coral) fn take_as_refusal(coral: &Coral, state: State, operation: u8) -> State {
    hear_refusal(coral, state, operation)
}

/// As if the node had stored; for a fault.
pub(in crate::coral) fn take_as_stored(
    coral: &Coral,
    state: State,
    operation: u8,
    node: Id,
) -> State {
    end(coral, state, operation, Outcome::Stored(node))
}
