//! Members that do nothing in vain: which of the steps above the ring they take.
//!
//! The model leaves much to its members that a program decides. With restraint less is left: every
//! step that there is then, a program takes that looks no further than what it knows itself.
//!
//! Source: CHORD-74.

use super::keys;
use crate::chord::{Action, Chord, Id, Set, State, between};

/// Whether a member with restraint takes that step, if it can be taken at all.
pub(super) fn admits(chord: &Chord, state: &State, action: Action) -> bool {
    match action {
        Action::Copy { node, to, key } if !keys::answers(state, node, key) => {
            is_worth_offering(chord, state, node, key) && knows_taker(state, node, to, key)
        }
        Action::HandOver { node, to } => {
            let has_handed_over = state.upper().leaving.contains(node);
            let is_head = state.successors(node).head() == Some(to);
            !has_handed_over && is_head && keys::holds_some(state, node)
        }
        Action::Hop { to } => skipped(state, to).is_none(),
        _ => true,
    }
}

/// Whether a member that does not answer for a key offers its copy: unless it leaves, for then it
/// hands everything over, or was answered already, and need only hear of it.
pub(super) fn is_worth_offering(chord: &Chord, state: &State, node: Id, key: Id) -> bool {
    let copies = keys::copies_of(chord, state, key);
    let is_released = copies.is_some_and(|(_, copies)| copies.released.contains(node));
    !state.upper().leaving.contains(node) && !is_released
}

/// Whether a member that does not answer for a key may come to know of that one that it does: it is
/// the member's predecessor, with the key behind it, or a look-up by the member ends there.
pub(super) fn knows_taker(state: &State, node: Id, to: Id, key: Id) -> bool {
    let is_predecessor = state.member(node).is_some_and(|member| member.predecessor == Some(to));
    is_predecessor && !keys::owns(state, node, key) || found(state, node, key).contains(to)
}

/// Whom the look-ups of a key name that begin at that member, with whatever fingers.
pub(super) fn found(state: &State, node: Id, key: Id) -> Set {
    let (mut found, mut asked, mut to_ask) = (Set::EMPTY, Set::EMPTY, Set::of(node));
    while let Some(at) = to_ask.first() {
        asked = asked.with(at);
        match named(state, at, key) {
            Some(owner) => found = found.with(owner),
            None => to_ask = to_ask.union(ways_on(state, at, key)),
        }
        to_ask = to_ask.minus(asked);
    }
    found
}

/// Whom a member names that finds out who is gone by asking in vain: an entry on the way is asked,
/// and one that is at the identifier or after it is named, and not asked.
fn named(state: &State, at: Id, key: Id) -> Option<Id> {
    if keys::answers(state, at, key) {
        return Some(at);
    }
    let is_just_ahead = |entry: Id| key == entry || between(at, key, entry);
    let mut others = state.successors(at).iter().filter(|&entry| entry != at);
    let first = others.find(|&entry| state.is_member(entry) || is_just_ahead(entry));
    first.filter(|&entry| is_just_ahead(entry))
}

/// The members to which a look-up goes on from there: as near to the identifier as the nearest in
/// the list, or nearer by a finger.
fn ways_on(state: &State, at: Id, key: Id) -> Set {
    let others = state.members().without(at).iter();
    let on_the_way = others.filter(|&to| between(at, to, key));
    on_the_way.filter(|&to| nearer(state, at, to, key).is_none()).collect()
}

/// The live entry of the list of the member that is asked that the look-up under way would pass by,
/// if it went on to that member.
pub(super) fn skipped(state: &State, to: Id) -> Option<Id> {
    let lookup = state.upper().lookup?;
    nearer(state, lookup.at, to, lookup.key)
}

fn nearer(state: &State, at: Id, to: Id, key: Id) -> Option<Id> {
    let is_nearer = |entry: Id| between(at, entry, key) && between(to, entry, key);
    state.successors(at).iter().find(|&entry| state.is_member(entry) && is_nearer(entry))
}
