//! Look-ups: one at a time, over whatever the members know.

use super::keys::{answers, best_successor};
use super::mutant::Fault;
use super::state::Lookup;
use crate::chord::{Action, Chord, Id, Set, State, between};

/// The steps of look-ups that may be enabled.
pub(super) fn actions(chord: &Chord, state: &State, actions: &mut Vec<Action>) {
    let members = state.members();
    let Some(Lookup { at, .. }) = state.upper().lookup else {
        for key in chord.layers.looked_up {
            actions.extend(members.iter().map(|node| Action::Lookup { node, key }));
        }
        return;
    };
    actions.extend(members.iter().map(|to| Action::Hop { to }));
    actions.extend(members.iter().map(|owner| Action::Answer { node: at, owner }));
}

/// Whom the member names as the owner of an identifier: itself if it answers for it, or its first
/// live successor if that is at it or after it.
///
/// Source: CHORD-66.
#[must_use]
pub fn named(chord: &Chord, state: &State, node: Id, key: Id) -> Option<Id> {
    if answers(state, node, key) {
        return Some(node);
    }
    let successor = best_successor(state, node)?;
    let is_just_ahead = key == successor || between(node, key, successor);
    let names_anyway = chord.layers.fault == Some(Fault::AnswerFromAnywhere);
    (is_just_ahead || names_anyway).then_some(successor)
}

/// The members to which a look-up may go on from there: with whatever fingers, any live one that
/// lies before the identifier.
///
/// Source: CHORD-65.
#[must_use]
pub fn ways_on(chord: &Chord, state: &State, lookup: Lookup) -> Set {
    let Lookup { at, key } = lookup;
    let others = state.members().without(at);
    match chord.layers.fault {
        Some(Fault::FingerFollowedPastKey) => others,
        Some(Fault::OnlyFingersFollowed) => Set::EMPTY,
        _ => others.iter().filter(|&to| between(at, to, key)).collect(),
    }
}

/// A member begins to look up an identifier.
///
/// Source: CHORD-65.
#[must_use]
pub fn begin(chord: &Chord, state: &State, node: Id, key: Id) -> Option<State> {
    let mut upper = state.upper();
    let is_free = upper.lookup.is_none();
    if !is_free || !state.is_member(node) || !chord.layers.looked_up.contains(key) {
        return None;
    }
    upper.lookup = Some(Lookup { key, at: node });
    Some(state.with_upper(&upper))
}

/// The look-up goes on to a member that is closer.
///
/// ```text
/// hop(t):   a look-up of k is at m,  m names no owner
///           t is alive,  between(m, t, k)
///   the look-up is at t
/// ```
///
/// Source: CHORD-65.
#[must_use]
pub fn hop(chord: &Chord, state: &State, to: Id) -> Option<State> {
    let mut upper = state.upper();
    let lookup = upper.lookup?;
    let is_over = named(chord, state, lookup.at, lookup.key).is_some();
    if is_over || !ways_on(chord, state, lookup).contains(to) {
        return None;
    }
    upper.lookup = Some(Lookup { at: to, ..lookup });
    Some(state.with_upper(&upper))
}

/// The look-up ends: the member that it is at names the owner.
///
/// Source: CHORD-66.
#[must_use]
pub fn answer(chord: &Chord, state: &State, node: Id, owner: Id) -> Option<State> {
    let mut upper = state.upper();
    let lookup = upper.lookup?;
    let is_named = named(chord, state, lookup.at, lookup.key) == Some(owner);
    if !is_named || lookup.at != node {
        return None;
    }
    upper.lookup = None;
    Some(state.with_upper(&upper))
}
