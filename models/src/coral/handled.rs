//! The claims about what a node does with a request.

use crate::engine::Claim;

use super::message::{Body, Message};
use super::operation::Kind;
use super::order::{step, subject};
use super::state::State;
use super::store::Entry;
use super::{Action, Coral};

/// The claims about the answers in this instance.
pub(super) fn claims(coral: &Coral) -> Vec<Claim<Coral>> {
    let mut claims = Vec::new();
    let puts = coral.begins_puts();
    if puts > 0 {
        claims.push(TOLD_IS_WHAT_IS_LIVE);
    }
    if puts >= 2 && coral.levels == 1 && coral.lists() == 1 {
        claims.extend([LEAKAGE_IS_KEPT, AN_OVERLOADED_NODE_LEAKS]);
    }
    if has_renewals(coral) {
        claims.push(A_RENEWAL_IS_TAKEN);
    }
    if coral.gets().next().is_some() {
        claims.push(ONLY_LIVE_VALUES_ARE_RETURNED);
    }
    claims
}

/// Whether some value is put twice.
fn has_renewals(coral: &Coral) -> bool {
    coral.puts().any(|(_, value, _)| coral.puts_of(value).count() > 1)
}

const TOLD_IS_WHAT_IS_LIVE: Claim<Coral> = step(
    "told_is_what_is_live",
    "A node tells a put how many live values it has, and the least remaining life among them.",
    "CORAL-12",
    |_, _, action, next| answered(action, next).is_some_and(|(_, reply)| is_forward(reply)),
    |coral, state, action, next| {
        let Some((request, reply)) = answered(action, next) else { return true };
        let Body::ForwardReply { count, least, .. } = reply else { return true };
        let list = coral.list(state, request.peer, request.operation, request.level);
        (count, least) == (list.count(), list.least())
    },
);

/// The claims about the answers to store requests, for instances in which a race makes them all
/// come up.
pub(super) const OF_RACES: &[Claim<Coral>] =
    &[REFUSED_ONLY_WHEN_FULL, TAKEN_ONLY_WHEN_NOT_FULL, LOADED_ALONE_NEVER_REFUSES];

const REFUSED_ONLY_WHEN_FULL: Claim<Coral> = step(
    "refused_only_when_full",
    "A node refuses to store only if it is full for the value at that moment.",
    "CORAL-15",
    |_, _, action, next| was_answered(action, next, Body::StoreReply { stored: false }),
    |coral, state, action, _| {
        let Some(Message { operation, peer, level, .. }) = taken_in(action) else { return true };
        coral.is_full_for(state, peer, operation, level)
    },
);

const TAKEN_ONLY_WHEN_NOT_FULL: Claim<Coral> = step(
    "taken_only_when_not_full",
    "A node stores only what it is not full for at that moment, or has already.",
    "CORAL-15",
    |_, _, action, next| was_answered(action, next, Body::StoreReply { stored: true }),
    |coral, state, action, _| {
        let Some(request) = taken_in(action) else { return true };
        let Message { operation, peer, level, .. } = request;
        let is_full = coral.is_full_for(state, peer, operation, level);
        !is_full || had_the_value(coral, state, request)
    },
);

const LOADED_ALONE_NEVER_REFUSES: Claim<Coral> = step(
    "loaded_alone_never_refuses",
    "A node that is loaded and not full stores.",
    "CORAL-15",
    |coral, state, action, _| {
        let Some(Message { operation, peer, level, body }) = taken_in(action) else { return false };
        let is_loaded = coral.would_be_loaded(state, peer, operation, level);
        let is_full = coral.is_full_for(state, peer, operation, level);
        body == Body::StoreRequest && is_loaded && !is_full
    },
    |coral, _, action, next| {
        taken_in(action).is_none_or(|request| had_the_value(coral, next, request))
    },
);

const LEAKAGE_IS_KEPT: Claim<Coral> = step(
    "leakage_is_kept",
    "While it is full a node lets no more forward requests through in a window than the leakage.",
    "CORAL-23",
    |coral, state, action, _| {
        let Some(Message { operation, peer, level, body }) = taken_in(action) else { return false };
        body == Body::ForwardRequest && coral.is_full_for(state, peer, operation, level)
    },
    |coral, state, action, next| {
        let Some(Message { operation, peer, level, .. }) = taken_in(action) else { return true };
        let list = coral.list_of(operation, level);
        let before = coral.peer(state, peer).passed[list];
        let after = coral.peer(next, peer).passed[list];
        after == before || before < coral.leakage
    },
);

const AN_OVERLOADED_NODE_LEAKS: Claim<Coral> = step(
    "an_overloaded_node_leaks",
    "A node says that it is loaded only once it has let the leakage through in this window.",
    "CORAL-10",
    |_, _, action, next| {
        let reply = answered(action, next).map(|(_, reply)| reply);
        matches!(reply, Some(Body::ForwardReply { loaded: true, .. }))
    },
    |coral, state, action, _| {
        let Some(Message { operation, peer, level, .. }) = taken_in(action) else { return true };
        coral.peer(state, peer).passed[coral.list_of(operation, level)] >= coral.leakage
    },
);

const A_RENEWAL_IS_TAKEN: Claim<Coral> = step(
    "a_renewal_is_taken",
    "A node that has the value takes it again with its new life, full or not.",
    "CORAL-8",
    |coral, state, action, _| {
        let is_store = |request: &Message| request.body == Body::StoreRequest;
        taken_in(action).filter(is_store).is_some_and(|r| had_the_value(coral, state, r))
    },
    |coral, _, action, next| {
        let Some(request) = taken_in(action) else { return true };
        let Message { operation, peer, level, .. } = request;
        let Kind::Put { value, ttl } = coral.asked(operation).kind else { return true };
        let entry = coral.list(next, peer, operation, level).live_entry(value);
        entry == Some(Entry { value, left: ttl })
    },
);

/// Of instances in which something is evicted.
pub(super) const EVICTIONS_FOLLOW_THE_RULE: Claim<Coral> = step(
    "evictions_follow_the_rule",
    "What is evicted has the least left of all, and less than half of the new value's life.",
    "CORAL-15",
    |_, state, action, next| evicted(state, action, next).is_some(),
    |coral, state, action, next| {
        let Some((position, list, entry)) = evicted(state, action, next) else { return true };
        let Some(operation) = subject(action) else { return false };
        let is_least = state.peer(position).lists[list].least() == entry.left;
        is_least && 2 * entry.left < coral.asked(operation).ttl()
    },
);

const ONLY_LIVE_VALUES_ARE_RETURNED: Claim<Coral> = step(
    "only_live_values_are_returned",
    "A node answers a get with the values that are alive there, all of them and no other.",
    "CORAL-17",
    |_, _, action, next| matches!(answered(action, next), Some((_, Body::GetReply { .. }))),
    |coral, state, action, next| {
        let Some((request, Body::GetReply { values })) = answered(action, next) else {
            return true;
        };
        let list = coral.list(state, request.peer, request.operation, request.level);
        values == list.live_values()
    },
);

/// The request that a node takes in.
const fn taken_in(action: &Action) -> Option<Message> {
    match *action {
        Action::Answer(request) => Some(request),
        _ => None,
    }
}

/// The request that a node takes in and the reply to it, if somebody waits for it.
fn answered(action: &Action, next: &State) -> Option<(Message, Body)> {
    let request = taken_in(action)?;
    let is_reply = |message: &Message| {
        let is_same_question = message.question() == request.question();
        let is_same = message.operation == request.operation && message.peer == request.peer;
        is_same && is_same_question && message.level == request.level && !message.is_request()
    };
    let mut replies = next.messages.iter().filter(is_reply);
    let reply = replies.next()?;
    // With two replies under way it is not known which is the new one.
    replies.next().is_none().then_some((request, reply.body))
}

fn was_answered(action: &Action, next: &State, reply: Body) -> bool {
    answered(action, next).is_some_and(|(_, body)| body == reply)
}

const fn is_forward(reply: Body) -> bool {
    matches!(reply, Body::ForwardReply { .. })
}

fn had_the_value(coral: &Coral, state: &State, request: Message) -> bool {
    let Message { operation, peer, level, .. } = request;
    let value = coral.asked(operation).value();
    value.is_some_and(|v| coral.list(state, peer, operation, level).live_entry(v).is_some())
}

/// A live entry that a step other than a crash takes away without putting its value back: where,
/// and what it was.
fn evicted(state: &State, action: &Action, next: &State) -> Option<(usize, usize, Entry)> {
    if matches!(action, Action::Crash(_) | Action::Tick) {
        return None;
    }
    for (position, peer) in state.nodes() {
        for (number, list) in peer.lists.iter().enumerate() {
            let after = next.peer(position).lists[number];
            if let Some(entry) = list.live().find(|e| after.live_entry(e.value).is_none()) {
                return Some((position, number, entry));
            }
        }
    }
    None
}
