//! The cases that must come up: without them the claims would be true of nothing. Each instance
//! names those that it shows.

use crate::engine::{Claim, Form};

use super::message::Body;
use super::operation::{Outcome, Phase};
use super::property::is_alive;
use super::state::State;
use super::store::reads_full;
use super::{Coral, Message};

const fn sometimes(
    name: &'static str,
    sentence: &'static str,
    source: &'static str,
    holds: fn(&Coral, &State) -> bool,
) -> Claim<Coral> {
    Claim::new(name, sentence, source, Form::Sometimes(holds))
}

pub(super) const A_RACE_FOR_THE_LAST_PLACE: Claim<Coral> = sometimes(
    "a_race_for_the_last_place",
    "A node that was not full in the forward phase refuses to store in the reverse phase.",
    "CORAL-12",
    |coral, state| {
        coral.puts().any(|(put, ..)| {
            let progress = state.operation(put);
            !progress.refused.minus(progress.found_full).is_empty()
        })
    },
);

pub(super) const A_VALUE_IS_STORED_ON_THE_WAY: Claim<Coral> = sometimes(
    "a_value_is_stored_on_the_way",
    "A put ends as stored at a node that is not the closest.",
    "CORAL-14",
    |coral, state| {
        outcomes(coral, state).any(|(number, outcome)| {
            matches!(outcome, Outcome::Stored(node) if coral.root(number, 0) != Some(node))
        })
    },
);

pub(super) const A_PUT_IS_NOT_STORED: Claim<Coral> = sometimes(
    "a_put_is_not_stored",
    "A put ends without any node that took the value.",
    "CORAL-16",
    |coral, state| outcomes(coral, state).any(|(_, outcome)| outcome == Outcome::NotStored),
);

pub(super) const A_PATH_STOPS_EARLY: Claim<Coral> = sometimes(
    "a_path_stops_early",
    "A forward phase ends before the closest node, at one that is full and loaded.",
    "CORAL-12",
    |coral, state| {
        state.messages.iter().any(|message| {
            let Message { operation, peer, level, body } = message;
            let Body::ForwardReply { loaded, count, least } = body else { return false };
            let ttl = coral.asked(operation).ttl();
            let is_full = reads_full(count, least, coral.capacity, ttl);
            loaded && is_full && coral.root(operation, level) != Some(peer)
        })
    },
);

pub(super) const A_FULL_NODE_IS_STACKED: Claim<Coral> = sometimes(
    "a_full_node_is_stacked",
    "A node that is full and not loaded is on the stack.",
    "CORAL-13",
    |coral, state| {
        coral.puts().any(|(put, ..)| {
            let progress = state.operation(put);
            !progress.stack.and(progress.found_full).is_empty()
        })
    },
);

pub(super) const A_LOADED_NODE_STORES: Claim<Coral> = sometimes(
    "a_loaded_node_stores",
    "A node that is loaded and not full is asked to store.",
    "CORAL-13",
    |coral, state| {
        state.messages.iter().any(|message| {
            let Message { operation, peer, level, body } = message;
            body == Body::StoreRequest
                && coral.would_be_loaded(state, peer, operation, level)
                && !coral.is_full_for(state, peer, operation, level)
        })
    },
);

pub(super) const A_GET_IS_ANSWERED_ON_THE_WAY: Claim<Coral> = sometimes(
    "a_get_is_answered_on_the_way",
    "A node that is not the closest has an answer to a get.",
    "CORAL-17",
    |coral, state| {
        state.messages.iter().any(|message| {
            let is_hit = matches!(message.body, Body::GetReply { values } if values != 0);
            is_hit && coral.root(message.operation, message.level) != Some(message.peer)
        })
    },
);

pub(super) const A_GET_MISSES_A_LIVE_VALUE: Claim<Coral> = sometimes(
    "a_get_misses_a_live_value",
    "A get ends as a miss, and a value is alive where it did not come by.",
    "CORAL-18",
    |coral, state| {
        let has_missed = coral.gets().any(|get| state.operation(get).outcome() == Outcome::Miss);
        has_missed && coral.puts().any(|(put, ..)| is_alive(coral, state, put))
    },
);

pub(super) const A_VALUE_IS_EVICTED: Claim<Coral> = sometimes(
    "a_value_is_evicted",
    "A value that was stored is gone before its life is over.",
    "CORAL-15",
    |coral, state| {
        coral.puts().any(|(put, value, ttl)| {
            let Outcome::Stored(node) = state.operation(put).outcome() else { return false };
            let peer = coral.peer(state, node);
            let is_there = peer.lists[coral.list_of(put, 0)].live_entry(value).is_some();
            !is_there && peer.is_up() && state.now < ttl
        })
    },
);

pub(super) const AN_UNSURE_VALUE_IS_THERE: Claim<Coral> = sometimes(
    "an_unsure_value_is_there",
    "A put does not know whether it was stored, and it was.",
    "CORAL-16",
    |coral, state| unsure(coral, state).any(is_there),
);

pub(super) const AN_UNSURE_VALUE_IS_NOT_THERE: Claim<Coral> = sometimes(
    "an_unsure_value_is_not_there",
    "A put does not know whether it was stored, and it was not.",
    "CORAL-16",
    |coral, state| unsure(coral, state).any(|is_there| !is_there),
);

/// Of the instance of the course's story.
pub(super) const THE_STORY_ENDS_AS_TOLD: Claim<Coral> = sometimes(
    "the_story_ends_as_told",
    "David has Naomi's value, the other node Jacques', Kamal his own; each get met the one before.",
    "CORAL-30",
    |_, state| {
        let told = [
            Outcome::Stored(100),
            Outcome::Hit(100),
            Outcome::Stored(104),
            Outcome::Hit(104),
            Outcome::Stored(75),
        ];
        state.operations.iter().zip(told).all(|(progress, told)| progress.outcome() == told)
    },
);

fn is_there(is_there: bool) -> bool {
    is_there
}

/// Of each put that ended as unsure, whether the value is alive at the node that was asked.
fn unsure(coral: &Coral, state: &State) -> impl Iterator<Item = bool> {
    let (coral, state) = (*coral, *state);
    coral.puts().filter_map(move |(put, value, _)| {
        let Outcome::Unsure(node) = state.operation(put).outcome() else { return None };
        Some(coral.list(&state, node, put, 0).live_entry(value).is_some())
    })
}

/// What each put that has begun here has come to.
fn outcomes(coral: &Coral, state: &State) -> impl Iterator<Item = (u8, Outcome)> {
    let state = *state;
    let begun = coral.asked_for().filter(|(_, asked)| asked.stored.is_none());
    begun
        .filter(move |&(number, _)| state.operation(number).phase == Phase::Ended)
        .map(move |(number, _)| (number, state.operation(number).outcome()))
}
