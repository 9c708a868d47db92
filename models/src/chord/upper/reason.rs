//! Why a state breaks a claim on what is above the ring, in one sentence with the values that were
//! read.

use crate::chord::reason::nothing;
use crate::chord::{Chord, Id, State};

use super::account::{true_owner, true_replicas};
use super::keys::best_successor;
use super::property;
use super::state::Lookup;

/// A member with what makes it answer: `2, whose predecessor is 1`.
fn with_predecessor(state: &State, id: Id) -> String {
    let predecessor = state.member(id).and_then(|member| member.predecessor);
    predecessor.map_or_else(|| id.to_string(), |it| format!("{id}, whose predecessor is {it}"))
}

pub(super) fn at_most_one_answers(chord: &Chord, state: &State) -> String {
    let answers = chord.keys().map(|(_, key)| (key, property::answering(state, key)));
    let Some((key, answering)) = answers.into_iter().find(|(_, answering)| answering.len() > 1)
    else {
        return nothing();
    };
    let each: Vec<String> = answering.iter().map(|id| with_predecessor(state, id)).collect();
    format!("for key {key} answer {}", each.join(", and "))
}

/// A key that is lost although it should not be.
pub(super) fn lost(chord: &Chord, state: &State) -> String {
    let upper = state.upper();
    let mut copies = chord.keys().map(|(place, key)| (key, upper.keys[place]));
    let lost = copies.find_map(|(key, copies)| {
        copies.failures.filter(|_| copies.holders.is_empty()).map(|failures| (key, failures))
    });
    let Some((key, failures)) = lost else { return nothing() };
    let failed = match failures {
        0 => "no holder has failed".to_owned(),
        1 => "one holder has failed".to_owned(),
        more => format!("{more} holders have failed"),
    };
    format!("nobody holds key {key} any more, and {failed} since all had it who are to have it")
}

/// A key that nobody holds.
pub(super) fn gone(chord: &Chord, state: &State) -> String {
    let upper = state.upper();
    let gone = chord.keys().find(|&(place, _)| upper.keys[place].holders.is_empty());
    gone.map_or_else(nothing, |(_, key)| format!("nobody holds key {key} any more"))
}

/// Of a loop: its last state may be one of those that are as they should be.
fn not_for_ever() -> String {
    "the loop goes on for ever, and comes again and again to a state where it is not so".to_owned()
}

pub(super) fn one_answers_in_the_end(chord: &Chord, state: &State) -> String {
    let wrong = chord.keys().find_map(|(_, key)| {
        let (answering, owner) = (property::answering(state, key), true_owner(chord, state, key)?);
        let is_so = answering.is_single() && answering.contains(owner);
        (!is_so).then(|| format!("for key {key} answer {answering}, and {owner} is its owner"))
    });
    wrong.map_or_else(not_for_ever, |wrong| format!("in the loop {wrong}"))
}

pub(super) fn copies_settle(chord: &Chord, state: &State) -> String {
    let upper = state.upper();
    let wrong = chord.keys().find_map(|(place, key)| {
        let (holders, replicas) = (upper.keys[place].holders, true_replicas(chord, state, key));
        let is_so = holders.is_empty() || holders == replicas;
        (!is_so).then(|| format!("key {key} is held by {holders}, and {replicas} are to hold it"))
    });
    wrong.map_or_else(not_for_ever, |wrong| format!("in the loop {wrong}"))
}

pub(super) fn hops_approach(_: &Chord, state: &State) -> String {
    let Some(Lookup { key, at }) = state.upper().lookup else { return nothing() };
    let is_member = state.is_member(at);
    let what = if is_member { "no nearer to it than before, or past it" } else { "no member" };
    format!("the look-up of {key} went on to {at}, which is {what}")
}

pub(super) fn lookup_can_go_on(_: &Chord, state: &State) -> String {
    let Some(Lookup { key, at }) = state.upper().lookup else { return nothing() };
    let successor = best_successor(state, at);
    let successor = successor.map_or_else(|| "none".to_owned(), |id| id.to_string());
    format!(
        "the look-up of {key} is at {}, which names nobody: its first live successor is \
         {successor}; and it knows nobody to go on to",
        with_predecessor(state, at)
    )
}
