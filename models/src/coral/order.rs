//! The claims about steps.

use crate::engine::{Claim, Form};

use super::identifier::{Id, distance};
use super::message::{Body, Message};
use super::operation::{Outcome, Phase, Progress};
use super::state::State;
use super::store::reads_full;
use super::{Action, Coral, handled};

/// The claims about the steps of this instance.
pub(super) fn claims(coral: &Coral) -> Vec<Claim<Coral>> {
    let mut claims = handled::claims(coral);
    if coral.begins_puts() > 0 {
        claims.extend([FORWARD_ENDS_FOR_A_REASON, STORED_BY_THE_NODES_WORD]);
        if coral.levels == 1 {
            claims.push(STORES_GO_OUTWARDS);
        }
    }
    claims.push(HOPS_GET_CLOSER);
    if coral.gets().next().is_some() {
        claims.extend([LOOK_UPS_END_AT_THE_CLOSEST, A_HIT_ENDS_THE_GET]);
        if coral.levels > 1 {
            claims.push(DISTANCE_NEVER_GROWS_BETWEEN_LEVELS);
        }
    }
    claims
}

pub(super) type HoldsOfStep = fn(&Coral, &State, &Action, &State) -> bool;

pub(super) const fn step(
    name: &'static str,
    sentence: &'static str,
    source: &'static str,
    when: HoldsOfStep,
    holds: HoldsOfStep,
) -> Claim<Coral> {
    Claim::new(name, sentence, source, Form::Step { when, holds })
}

const FORWARD_ENDS_FOR_A_REASON: Claim<Coral> = step(
    "forward_ends_for_a_reason",
    "A forward phase goes on until the closest node, or one that is full and loaded.",
    "CORAL-12",
    |_, _, action, _| heard_forward(action).is_some(),
    |coral, state, action, next| {
        let Some((reply, told)) = heard_forward(action) else { return true };
        let Message { operation, peer, level, .. } = reply;
        let goes_on = matches!(next.operation(operation).phase, Phase::Forward(_))
            && next.operation(operation).level == level;
        let is_closest = is_closest(coral, state, operation, peer);
        let is_stopped = is_stopped(coral, operation, told);
        goes_on != (is_closest || is_stopped)
    },
);

const STORES_GO_OUTWARDS: Claim<Coral> = step(
    "stores_go_outwards",
    "A put tries the closest node of its stack, then the others in the order of distance.",
    "CORAL-14",
    |coral, state, action, next| tried(coral, state, action, next).is_some(),
    |coral, state, action, next| {
        let Some((operation, node)) = tried(coral, state, action, next) else { return true };
        let key = coral.key(operation);
        let before = state.operation(operation);
        if let Phase::Reverse(refused) = before.phase {
            return distance(node, key) > distance(refused, key);
        }
        let client = coral.asked(operation).client;
        let heard = match heard_forward(action) {
            Some((reply, told)) if !is_stopped(coral, operation, told) => Some(reply.peer),
            _ => None,
        };
        let contacted = coral.network.ids(before.reached).chain([client]).chain(heard);
        contacted.min_by_key(|&other| distance(other, key)) == Some(node)
    },
);

const STORED_BY_THE_NODES_WORD: Claim<Coral> = step(
    "stored_by_the_nodes_word",
    "A put ends as stored only by the word of the node, or at its own node.",
    "CORAL-16",
    |_, state, action, next| ended_as_stored(state, action, next).is_some(),
    |coral, state, action, next| {
        let Some((operation, node)) = ended_as_stored(state, action, next) else { return true };
        let is_own = node == coral.asked(operation).client;
        let is_told = matches!(
            action,
            Action::Hear(reply) if reply.body == Body::StoreReply { stored: true }
        );
        is_own || is_told
    },
);

/// Of instances in which that happens.
pub(super) const NOT_STORED_FOR_A_REASON: Claim<Coral> = step(
    "not_stored_for_a_reason",
    "A put ends as not stored only if each node that it contacted was full for it at some moment.",
    "CORAL-16",
    |_, state, action, next| ended_as(state, action, next, Outcome::NotStored).is_some(),
    |coral, state, action, next| {
        let ended = ended_as(state, action, next, Outcome::NotStored);
        let Some(operation) = ended else { return true };
        let before = state.operation(operation);
        let client = coral.asked(operation).client;
        let was_full = before.found_full.or(before.refused);
        let is_full = |node| coral.is_full_for(state, node, operation, before.level);
        coral
            .network
            .ids(before.reached.minus(was_full))
            .chain([client])
            .all(|node| is_full(node) || was_full.has(coral.network.position(node)))
    },
);

const HOPS_GET_CLOSER: Claim<Coral> = step(
    "hops_get_closer",
    "Each node that a look-up asks is closer to the key than the one that answered before.",
    "CORAL-7",
    |coral, state, action, next| hopped(coral, state, action, next).is_some(),
    |coral, state, action, next| {
        let Some((operation, from, to)) = hopped(coral, state, action, next) else { return true };
        let key = coral.key(operation);
        distance(to, key) < distance(from, key)
    },
);

const LOOK_UPS_END_AT_THE_CLOSEST: Claim<Coral> = step(
    "look_ups_end_at_the_closest",
    "A get misses only at the closest node of those that answer.",
    "CORAL-17",
    |_, state, action, next| missed(state, action, next).is_some(),
    |coral, state, action, next| {
        let Some(operation) = missed(state, action, next) else { return true };
        let at = match action {
            Action::Hear(reply) => reply.peer,
            Action::TimeOut(_) => return true,
            _ => coral.asked(operation).client,
        };
        is_closest(coral, state, operation, at)
    },
);

/// Of greedy look-ups with full tables.
pub(super) const THE_ROOT_ALONE_IS_ASKED: Claim<Coral> = step(
    "the_root_alone_is_asked",
    "Every get asks the closest node, and no other.",
    "CORAL-4",
    |_, _, action, _| matches!(action, Action::Answer(_)),
    |coral, _, action, _| match action {
        Action::Answer(request) => {
            coral.root(request.operation, request.level) == Some(request.peer)
        }
        _ => true,
    },
);

const A_HIT_ENDS_THE_GET: Claim<Coral> = step(
    "a_hit_ends_the_get",
    "A get that hears of a value ends there, at whatever level it is.",
    "CORAL-17",
    |_, _, action, _| heard_values(action).is_some(),
    |_, _, action, next| {
        let Some(reply) = heard_values(action) else { return true };
        let progress = next.operation(reply.operation);
        progress.is_over() && progress.outcome() == Outcome::Hit(reply.peer)
    },
);

const DISTANCE_NEVER_GROWS_BETWEEN_LEVELS: Claim<Coral> = step(
    "distance_never_grows_between_levels",
    "A get that goes on at a slower level goes on from the place that it has reached.",
    "CORAL-21",
    |_, state, action, next| slowed_down(state, action, next).is_some(),
    |coral, state, action, next| {
        let Some((operation, to)) = slowed_down(state, action, next) else { return true };
        let reached = match action {
            Action::Hear(reply) => reply.peer,
            _ => coral.asked(operation).client,
        };
        let key = coral.key(operation);
        distance(to, key) <= distance(reached, key)
    },
);

/// The operation that a step is about.
pub(super) const fn subject(action: &Action) -> Option<u8> {
    match *action {
        Action::StartPut(operation) | Action::StartGet(operation) | Action::TimeOut(operation) => {
            Some(operation)
        }
        Action::Answer(message) | Action::Hear(message) => Some(message.operation),
        Action::Tick
        | Action::Purge(_)
        | Action::Lose(_)
        | Action::Duplicate(_)
        | Action::Crash(_) => None,
    }
}

/// A reply of the forward phase that is taken in, and what it tells.
const fn heard_forward(action: &Action) -> Option<(Message, (bool, u8, u8))> {
    match *action {
        Action::Hear(reply) => match reply.body {
            Body::ForwardReply { loaded, count, least } => Some((reply, (loaded, count, least))),
            _ => None,
        },
        _ => None,
    }
}

fn heard_values(action: &Action) -> Option<Message> {
    match *action {
        Action::Hear(reply) => {
            matches!(reply.body, Body::GetReply { values } if values != 0).then_some(reply)
        }
        _ => None,
    }
}

/// Whether a node is the closest of the level's cluster, leaving out those that did not answer.
fn is_closest(coral: &Coral, state: &State, operation: u8, node: Id) -> bool {
    let progress = state.operation(operation);
    let is_under_way = progress.is_under_way();
    let level = if is_under_way { progress.level } else { coral.fastest_level(operation) };
    let there = coral.cluster(level).minus(progress.unreached);
    coral.network.closest(coral.key(operation), there) == Some(node)
}

/// Where a put stands before and after a step that is about it.
fn of_subject<'a>(
    state: &'a State,
    action: &Action,
    next: &'a State,
) -> Option<(u8, &'a Progress, &'a Progress)> {
    let operation = subject(action)?;
    Some((operation, state.operation(operation), next.operation(operation)))
}

/// Whether what a node has told means that it is full and loaded.
fn is_stopped(coral: &Coral, operation: u8, (loaded, count, least): (bool, u8, u8)) -> bool {
    loaded && reads_full(count, least, coral.capacity, coral.asked(operation).ttl())
}

/// A put asks another node to store, or stores at its own.
fn tried(coral: &Coral, state: &State, action: &Action, next: &State) -> Option<(u8, Id)> {
    let (operation, before, after) = of_subject(state, action, next)?;
    let client = coral.asked(operation).client;
    match after.phase {
        Phase::Reverse(node) if before.phase != after.phase => Some((operation, node)),
        Phase::Ended if after.outcome() == Outcome::Stored(client) && !before.is_over() => {
            Some((operation, client))
        }
        _ => None,
    }
}

/// A put ends with that outcome, at its last level.
fn ended_as(state: &State, action: &Action, next: &State, outcome: Outcome) -> Option<u8> {
    let (operation, before, after) = of_subject(state, action, next)?;
    let has_ended = !before.is_over() && after.is_over();
    (has_ended && after.outcome() == outcome).then_some(operation)
}

fn ended_as_stored(state: &State, action: &Action, next: &State) -> Option<(u8, Id)> {
    let (operation, before, after) = of_subject(state, action, next)?;
    let mut levels = before.outcomes.iter().zip(after.outcomes);
    levels.find_map(|(before, after)| match after {
        Outcome::Stored(node) if *before != after => Some((operation, node)),
        _ => None,
    })
}

/// A get ends as a miss at a level.
fn missed(state: &State, action: &Action, next: &State) -> Option<u8> {
    let (operation, before, after) = of_subject(state, action, next)?;
    let level = if before.is_under_way() { before.level } else { after.level };
    let is_new = before.outcomes != after.outcomes;
    let has_missed = after.outcomes[usize::from(level)] == Outcome::Miss;
    (is_new && has_missed).then_some(operation)
}

/// A look-up asks another node at the same level, and where it was.
fn hopped(coral: &Coral, state: &State, action: &Action, next: &State) -> Option<(u8, Id, Id)> {
    let (operation, before, after) = of_subject(state, action, next)?;
    let (Phase::Forward(to) | Phase::Look(to)) = after.phase else { return None };
    let is_new =
        before.phase != after.phase && (before.level == after.level || before.phase == Phase::Idle);
    let is_at_a_place = !after.reached.is_empty();
    let client = coral.asked(operation).client;
    let from = if is_at_a_place { after.at } else { client };
    (is_new && is_at_a_place).then_some((operation, from, to))
}

/// A get asks at a slower level than before.
fn slowed_down(state: &State, action: &Action, next: &State) -> Option<(u8, Id)> {
    let (operation, before, after) = of_subject(state, action, next)?;
    let Phase::Look(to) = after.phase else { return None };
    let has_slowed = before.is_under_way() && after.level < before.level;
    has_slowed.then_some((operation, to))
}
