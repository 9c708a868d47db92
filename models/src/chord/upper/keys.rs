//! Keys: one function for each step, guard first, effect last.

use super::mutant::Fault;
use super::state::Copies;
use crate::chord::{Action, Chord, Id, State, between};

/// The steps of keys that may be enabled.
pub(super) fn actions(chord: &Chord, state: &State, actions: &mut Vec<Action>) {
    let (members, upper) = (state.members(), state.upper());
    for (place, key) in chord.keys() {
        let Copies { holders, released, .. } = upper.keys[place];
        let without = members.minus(holders);
        actions.extend(without.iter().map(|node| Action::Put { node, key }));
        for node in holders {
            let others = members.without(node);
            actions.extend(others.iter().map(|to| Action::Copy { node, to, key }));
        }
        let deleting = match chord.layers.fault {
            Some(Fault::DeleteBeforeAcknowledged) => holders,
            _ => released,
        };
        actions.extend(deleting.iter().map(|node| Action::Delete { node, key }));
    }
    if chord.layers.handover {
        for node in members {
            let others = members.without(node);
            actions.extend(others.iter().map(|to| Action::HandOver { node, to }));
        }
    }
}

/// Whether the member takes itself for the owner of a key: whether the key is its own identifier,
/// or lies between its predecessor and itself.
///
/// Source: CHORD-34.
#[must_use]
pub fn owns(state: &State, node: Id, key: Id) -> bool {
    let Some(member) = state.member(node) else { return false };
    key == node || member.predecessor.is_none_or(|predecessor| between(predecessor, key, node))
}

/// Whether the member answers for a key: whether it takes itself for the owner, and does not wait
/// until it may.
///
/// Source: CHORD-63.
#[must_use]
pub fn answers(state: &State, node: Id, key: Id) -> bool {
    owns(state, node, key) && !state.upper().unready.contains(node)
}

/// Whether the member holds a copy of any key.
pub(super) fn holds_some(state: &State, node: Id) -> bool {
    state.upper().keys.iter().any(|copies| copies.holders.contains(node))
}

/// The first live entry of the member's list, itself left out.
pub(super) fn best_successor(state: &State, node: Id) -> Option<Id> {
    state.successors(node).iter().find(|&entry| entry != node && state.is_member(entry))
}

/// Whether a look-up of the key may name that member: whether it answers for it, or another member
/// has it as its first live successor, with the key before it or at it.
///
/// Source: CHORD-67.
#[must_use]
pub fn may_be_named(state: &State, owner: Id, key: Id) -> bool {
    let names = |node: Id| {
        let is_just_ahead = key == owner || between(node, key, owner);
        is_just_ahead && best_successor(state, node) == Some(owner)
    };
    answers(state, owner, key) || state.members().iter().any(names)
}

/// The value of a key is given to a member.
///
/// ```text
/// put(m, k):   m answers for k, holds no copy, is not leaving
///   m holds a copy
/// ```
///
/// Source: CHORD-61.
#[must_use]
pub fn put(chord: &Chord, state: &State, node: Id, key: Id) -> Option<State> {
    let (place, mut copies) = copies_of(chord, state, key)?;
    let upper = state.upper();
    let is_new = !copies.holders.contains(node) && !upper.leaving.contains(node);
    if !is_new || !answers(state, node, key) {
        return None;
    }
    if copies.holders.is_empty() {
        copies.failures = None;
    }
    copies.holders = copies.holders.with(node);
    Some(state.with_upper(&upper.with_copies(place, copies)))
}

/// A member's copy reaches another one.
///
/// ```text
/// copy(m, t, k):   m holds a copy,  t is alive and not leaving
///                  m answers for k:   t is in m's list
///                  otherwise:         t is m's predecessor, or a look-up of k may name t
///   t holds a copy
///   t answers for k, m does not, and m is not in t's list:   m is released
/// ```
///
/// Source: CHORD-62. The acknowledgement is under way as long as `m` is released.
#[must_use]
pub fn copy(chord: &Chord, state: &State, node: Id, to: Id, key: Id) -> Option<State> {
    let (place, mut copies) = copies_of(chord, state, key)?;
    let upper = state.upper();
    let takes_copies = state.is_member(to) && to != node && !upper.leaving.contains(to);
    if !copies.holders.contains(node) || !takes_copies {
        return None;
    }
    let is_an_offer = !answers(state, node, key);
    let is_destination = if is_an_offer {
        is_taker(chord, state, node, to, key)
    } else {
        is_replica(chord, state, node, to)
    };
    if !is_destination {
        return None;
    }
    copies.holders = copies.holders.with(to);
    let is_counted_on = state.successors(to).contains(node)
        && chord.layers.fault != Some(Fault::ReleaseWhoIsCountedOn);
    if is_an_offer && answers(state, to, key) && !is_counted_on {
        copies.released = copies.released.with(node);
    }
    Some(state.with_upper(&upper.with_copies(place, copies)))
}

/// Whether an owner copies to that member.
fn is_replica(chord: &Chord, state: &State, owner: Id, to: Id) -> bool {
    match chord.layers.fault {
        Some(Fault::ReplicaNeverRepaired) => false,
        Some(Fault::CopyToPredecessor) => {
            state.member(owner).is_some_and(|member| member.predecessor == Some(to))
        }
        _ => state.successors(owner).contains(to),
    }
}

/// Whether one that is not the owner copies to that member.
fn is_taker(chord: &Chord, state: &State, node: Id, to: Id, key: Id) -> bool {
    let is_predecessor = state.member(node).is_some_and(|member| member.predecessor == Some(to));
    let never_transfers = chord.layers.fault == Some(Fault::NeverTransferred);
    !never_transfers && (is_predecessor || may_be_named(state, to, key))
}

/// A member that was released deletes its copy, unless it answers for the key by now.
///
/// ```text
/// delete(m, k):   m holds a copy and is released
///   m is not released;  unless m answers for k, it holds no copy
/// ```
///
/// Source: CHORD-62.
#[must_use]
pub fn delete(chord: &Chord, state: &State, node: Id, key: Id) -> Option<State> {
    let (place, mut copies) = copies_of(chord, state, key)?;
    let is_released = copies.released.contains(node)
        || chord.layers.fault == Some(Fault::DeleteBeforeAcknowledged);
    if !copies.holders.contains(node) || !is_released {
        return None;
    }
    copies.released = copies.released.without(node);
    if !owns(state, node, key) {
        copies.holders = copies.holders.without(node);
    }
    Some(state.with_upper(&state.upper().with_copies(place, copies)))
}

/// The copies of a member that is about to leave reach its first live successor. From then on it
/// takes no more.
///
/// ```text
/// hand_over(m, t):   members hand over;  t is m's first live successor, and not leaving
///   t holds a copy of every key that m holds a copy of;  m is leaving
/// ```
///
/// Source: CHORD-64.
#[must_use]
pub fn hand_over(chord: &Chord, state: &State, node: Id, to: Id) -> Option<State> {
    let mut upper = state.upper();
    let is_destination = best_successor(state, node) == Some(to) && !upper.leaving.contains(to);
    if !chord.layers.handover || !is_destination {
        return None;
    }
    for copies in &mut upper.keys {
        if copies.holders.contains(node) {
            copies.holders = copies.holders.with(to);
        }
    }
    upper.leaving = upper.leaving.with(node);
    Some(state.with_upper(&upper))
}

/// Whether the member may not leave of its own will yet: whether it has still to hand over what it
/// holds, where members do.
///
/// Source: CHORD-64.
#[must_use]
pub fn is_bound(chord: &Chord, state: &State, node: Id) -> bool {
    let hands_over =
        chord.layers.handover && chord.layers.fault != Some(Fault::LeaveWithoutHandover);
    hands_over && holds_some(state, node) && !state.upper().leaving.contains(node)
}

pub(super) fn copies_of(chord: &Chord, state: &State, key: Id) -> Option<(usize, Copies)> {
    let (place, _) = chord.keys().find(|&(_, id)| id == key)?;
    Some((place, state.upper().keys[place]))
}
