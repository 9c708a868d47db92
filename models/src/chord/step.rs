//! The corrected protocol: one function for each procedure, guard first, effect last.
//!
//! `None` means that the step is disabled in that state, and nothing else.

use super::identifier::{Id, Set, between};
use super::list::{adopt, drop_dead_head};
use super::state::{Member, State};
use super::{Chord, Pending, Protocol};

/// A node becomes a member: it takes over the whole list of the member behind it, which is also
/// its predecessor.
///
/// ```text
/// join(new) via m:   new is no member, between(m, new, head of m's list)
///   list := m's list,  predecessor := m
/// ```
///
/// Source: CHORD-5. The head of `m`'s list may be dead: the look-up that found `m` did not ask it.
#[must_use]
pub fn join(chord: &Chord, state: &State, node: Id, via: Id) -> Option<State> {
    if !chord.may_join(state, node) {
        return None;
    }
    let behind = state.member(via)?;
    if !between(via, node, behind.successors.head()?) {
        return None;
    }
    Some(state.with(node, Member::new(behind.successors, Some(via))))
}

/// A member fails, in the middle of whatever it does. To its peers a member that leaves of its
/// own will has failed (CHORD-24).
///
/// ```text
/// fail(f):   every member that lists f lists another live one
///            f is a principal => there are more than r + 1 principals
///   f and all that it remembers are gone
/// ```
///
/// Source: CHORD-6. The guard is an assumption on the environment, not a check that anyone makes.
#[must_use]
pub fn fail(chord: &Chord, state: &State, node: Id) -> Option<State> {
    may_fail(chord, state).contains(node).then(|| chord.without(state, node))
}

/// The members whose failure the assumption on the environment allows.
///
/// Source: CHORD-6.
#[must_use]
pub fn may_fail(chord: &Chord, state: &State) -> Set {
    let bound_to_stay = chord.permanent.union(relied_on(state)).union(needed(chord, state));
    state.members().minus(bound_to_stay)
}

/// The members that are the only live entry of some other member's list.
///
/// Source: CHORD-6.
#[must_use]
pub fn relied_on(state: &State) -> Set {
    let members = state.members();
    state.lists().fold(Set::EMPTY, |relied_on, (id, list)| {
        let live = list.set_of().intersection(members);
        let is_only_one = live.is_single() && live != Set::of(id);
        if is_only_one { relied_on.union(live) } else { relied_on }
    })
}

/// The principals, if one fewer would be too few: if there are no more than `r + 1`.
///
/// Source: CHORD-6, CHORD-12.
#[must_use]
pub fn needed(chord: &Chord, state: &State) -> Set {
    let principals = state.members().minus(state.skipped(chord.nodes));
    let can_spare_one = principals.len() > chord.successors + 1;
    if can_spare_one { Set::EMPTY } else { principals }
}

/// A member asks its first successor for its list and its predecessor, or finds it dead.
///
/// ```text
/// stabilize_from_successor(m):   no query of m is under way;  h := head of m's list
///   dead(h):  list := tail ++ [identifier after the last],   notify(new head, m)
///   live(h):  list := h :: h's list without its last
///             between(m, h's predecessor, h):  candidate := h's predecessor
///             otherwise:                       notify(h, m)
/// ```
///
/// Source: CHORD-7.
#[must_use]
pub fn stabilize_from_successor(chord: &Chord, state: &State, node: Id) -> Option<State> {
    let mut member = ready_to_stabilize(chord, state, node)?;
    let head = member.successors.head()?;

    let Some(successor) = state.member(head) else {
        member.successors = drop_dead_head(member.successors, chord.nodes);
        let next_head = member.successors.head()?;
        return Some(notify(chord, state.with(node, member), next_head, node));
    };
    member.successors = adopt(head, successor.successors);
    member.candidate = successor.predecessor.filter(|&id| between(node, id, head));
    let state = state.with(node, member);
    let asks_candidate_next = member.candidate.is_some();
    Some(if asks_candidate_next { state } else { notify(chord, state, head, node) })
}

/// The member, unless it may not begin to stabilize because something waits at it.
pub(super) fn ready_to_stabilize(chord: &Chord, state: &State, node: Id) -> Option<Member> {
    let member = state.member(node)?;
    let waits = match chord.protocol {
        // In the published model the one slot is the node's status, and must be free.
        Protocol::Corrected(Pending::SharedSlot) => member.is_busy(),
        _ => member.candidate.is_some(),
    };
    (!waits).then_some(member)
}

/// A member asks its candidate, its successor's predecessor, for its list, and adopts it as its
/// successor if it is alive.
///
/// ```text
/// stabilize_from_predecessor(m):   q := candidate of m, between(m, q, head of m's list)
///   dead(q):  notify(head, m)
///   live(q):  list := q :: q's list without its last,  notify(q, m)
/// ```
///
/// Source: CHORD-8. That `q` is asked before it is adopted is what the original lacks.
#[must_use]
pub fn stabilize_from_predecessor(chord: &Chord, state: &State, node: Id) -> Option<State> {
    let mut member = state.member(node)?;
    let candidate = member.candidate.take()?;
    let head = member.successors.head()?;
    if !between(node, candidate, head) {
        return None;
    }
    let live_candidate = state.member(candidate);
    if let Some(closer) = live_candidate {
        member.successors = adopt(candidate, closer.successors);
    }
    let notified = if live_candidate.is_some() { candidate } else { head };
    Some(notify(chord, state.with(node, member), notified, node))
}

/// A notification reaches a node and waits there, or is lost because the node is dead.
///
/// Source: CHORD-10.
#[must_use]
pub fn notify(chord: &Chord, state: State, node: Id, notifier: Id) -> State {
    let Protocol::Corrected(pending) = chord.protocol else { return state };
    if !state.is_member(node) {
        return state;
    }
    match pending {
        Pending::SharedSlot => forget_candidate(state, node, notifier),
        Pending::OverwrittenSlot => state.with_notifiers(node, Set::of(notifier)),
        Pending::BestNotifier => {
            let mut older = state.notifiers(node).iter();
            let is_best = older.all(|older| between(older, notifier, node));
            if is_best { state.with_notifiers(node, Set::of(notifier)) } else { state }
        }
        Pending::NotifierSet => state.with_notifiers(node, state.notifiers(node).with(notifier)),
    }
}

/// What a notification does where there is one slot for all that waits.
fn forget_candidate(state: State, node: Id, notifier: Id) -> State {
    let Some(member) = state.member(node) else { return state };
    state.with(node, Member { candidate: None, notifiers: Set::of(notifier), ..member })
}

/// A notified member adopts a closer predecessor, or replaces a dead one.
///
/// ```text
/// rectify(m):   t := a notifier of m
///   between(predecessor, t, m):  predecessor := t       without asking the old one
///   dead(predecessor):           predecessor := t
/// ```
///
/// Source: CHORD-9.
#[must_use]
pub fn rectify(state: &State, node: Id, from: Id) -> Option<State> {
    let mut member = take_notification(state, node, from)?;
    let is_closer = member.predecessor.is_none_or(|old| between(old, from, node));
    let old_is_dead = member.predecessor.is_none_or(|old| !state.is_member(old));
    if is_closer || old_is_dead {
        member.predecessor = Some(from);
    }
    Some(state.with(node, member))
}

/// The member without that notification, if it is there.
pub(super) fn take_notification(state: &State, node: Id, from: Id) -> Option<Member> {
    let mut member = state.member(node)?;
    let is_notified = member.notifiers.contains(from);
    member.notifiers = member.notifiers.without(from);
    is_notified.then_some(member)
}
