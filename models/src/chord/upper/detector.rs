//! An imperfect failure detector: a live node is taken for dead.

use super::mutant::Fault;
use super::options::UNLIMITED;
use crate::chord::action::Role;
use crate::chord::list::{List, drop_dead_head};
use crate::chord::state::Member;
use crate::chord::step::notify;
use crate::chord::{Action, Chord, Id, State, between};

/// The errors that may happen, and the answers to them.
pub(super) fn actions(chord: &Chord, state: &State, actions: &mut Vec<Action>) {
    let upper = state.upper();
    let members = state.members();
    for (node, member) in state.iter() {
        if chord.layers.suspicions > 0 {
            for (role, target) in asked(&member) {
                if state.is_member(target) && target != node {
                    actions.push(Action::Suspect { node, target, role });
                }
            }
        }
        if chord.layers.stale_notices > 0 {
            let targets = members.without(node);
            actions.extend(targets.iter().map(|target| Action::StaleNotice { node, target }));
        }
        if let Some(target) = upper.suspected.get(usize::from(node)).copied().flatten() {
            actions.push(Action::Refute { node, target });
        }
    }
}

/// Whom the member asks next, and as what.
fn asked(member: &Member) -> impl Iterator<Item = (Role, Id)> + use<> {
    let looks_at_notification = !member.notifiers.is_empty();
    let successor = member.successors.head().filter(|_| member.candidate.is_none());
    let predecessor = member.predecessor.filter(|_| looks_at_notification);
    [
        successor.map(|id| (Role::Successor, id)),
        member.candidate.map(|id| (Role::Candidate, id)),
        predecessor.map(|id| (Role::Predecessor, id)),
    ]
    .into_iter()
    .flatten()
}

/// A live node does not answer in time: the member does what it does when that node is dead.
///
/// ```text
/// suspect(m, t):   t is alive, there were fewer than b suspicions
///   t is the head:                       as stabilize_from_successor, dead(h)
///   t is the candidate:                  as stabilize_from_predecessor, dead(q)
///   t is the predecessor, x has notified: as rectify, dead(predecessor)
/// ```
///
/// Source: CHORD-70.
#[must_use]
pub fn suspect(chord: &Chord, state: &State, node: Id, target: Id, role: Role) -> Option<State> {
    let mut member = state.member(node)?;
    let is_asked = asked(&member).any(|asked| asked == (role, target));
    if !is_asked || !state.is_member(target) || target == node {
        return None;
    }
    let mut upper = state.upper();
    upper.suspicions = one_more(upper.suspicions, most_suspicions(chord))?;
    let state = state.with_upper(&upper);
    let next = match role {
        Role::Successor => {
            member.successors = drop_dead_head(member.successors, chord.nodes);
            let head = member.successors.head()?;
            notify(chord, state.with(node, member), head, node)
        }
        Role::Candidate => {
            member.candidate = None;
            let head = member.successors.head()?;
            notify(chord, state.with(node, member), head, node)
        }
        Role::Predecessor => {
            let notifier = member.notifiers.first()?;
            member.notifiers = member.notifiers.without(notifier);
            member.predecessor = Some(notifier);
            state.with(node, member)
        }
    };
    Some(remembered(chord, &next, node, target))
}

/// A member is told, by whomever, that a live node is dead, and believes it.
///
/// ```text
/// stale_notice(m, t):   t is alive, m remembers it, there were fewer than b notices
///   t leaves m's list, and at the end come made-up entries;  t is no candidate and no notifier
///   t is the predecessor, x has notified:  predecessor := x
/// ```
///
/// Source: CHORD-70.
#[must_use]
pub fn stale_notice(chord: &Chord, state: &State, node: Id, target: Id) -> Option<State> {
    let before = state.member(node)?;
    let member = without_dead(before, target, chord.nodes);
    if member == before || !state.is_member(target) || target == node {
        return None;
    }
    let mut upper = state.upper();
    upper.stale_notices = one_more(upper.stale_notices, chord.layers.stale_notices)?;
    Some(remembered(chord, &state.with(node, member).with_upper(&upper), node, target))
}

/// What the member remembers once it believes that a node is dead.
///
/// Source: CHORD-70.
pub(super) fn without_dead(mut member: Member, target: Id, n: Id) -> Member {
    member.successors = without(member.successors, target, n);
    member.candidate = member.candidate.filter(|&id| id != target);
    member.notifiers = member.notifiers.without(target);
    if member.predecessor == Some(target)
        && let Some(notifier) = member.notifiers.first()
    {
        member.notifiers = member.notifiers.without(notifier);
        member.predecessor = Some(notifier);
    }
    member
}

/// The list without that entry, and with as many made-up entries at its end as keep its length.
fn without(list: List, target: Id, n: Id) -> List {
    let kept = list.iter().filter(|&entry| entry != target).fold(List::EMPTY, List::push);
    let removed = list.len() - kept.len();
    (0..removed).fold(kept, |padded, _| {
        let last = padded.last().unwrap_or(target);
        padded.push((last + 1) % n)
    })
}

/// A live node that was taken for dead says that it is alive. The member asks it next if it lies
/// before its successor, and looks at it as at a notifier if it lies beyond its predecessor.
///
/// ```text
/// refute(m, t):   m took t for dead, t is alive
///   between(m, t, head of m's list):  candidate of m := t
///   between(predecessor of m, t, m):  notify(m, t)
/// ```
///
/// Source: CHORD-72.
#[must_use]
pub fn refute(chord: &Chord, state: &State, node: Id, target: Id) -> Option<State> {
    let mut upper = state.upper();
    let place = upper.suspected.get_mut(usize::from(node))?;
    if *place != Some(target) {
        return None;
    }
    *place = None;
    let state = state.with_upper(&upper);
    let mut member = state.member(node)?;
    let is_before_head = member.successors.head().is_some_and(|head| between(node, target, head));
    if is_before_head {
        member.candidate = Some(target);
    }
    let state = state.with(node, member);
    let is_closer = member.predecessor.is_none_or(|old| between(old, target, node));
    Some(if is_closer { notify(chord, state, node, target) } else { state })
}

/// The state that remembers that the node took a live one for dead, where that can be refuted.
fn remembered(chord: &Chord, state: &State, node: Id, target: Id) -> State {
    let mut upper = state.upper();
    if chord.layers.refutation
        && let Some(place) = upper.suspected.get_mut(usize::from(node))
    {
        *place = Some(target);
    }
    state.with_upper(&upper)
}

fn most_suspicions(chord: &Chord) -> u8 {
    match chord.layers.fault {
        Some(Fault::OneSuspicionMore) => chord.layers.suspicions + 1,
        _ => chord.layers.suspicions,
    }
}

/// One error more than so many, if there may be as many.
const fn one_more(count: u8, most: u8) -> Option<u8> {
    match most {
        UNLIMITED => Some(0),
        _ if count < most => Some(count + 1),
        _ => None,
    }
}
