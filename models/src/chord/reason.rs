//! Why a state breaks a claim, or meets one, in one sentence with the values that were read.

use super::identifier::{Id, Set};
use super::property;
use super::state::{Member, State};
use super::{Chord, Shape};

/// The members from this one on along best successors, until one comes again: `1 -> 3 -> 1`.
fn way(shape: &Shape, from: Id) -> String {
    let mut seen = Set::of(from);
    let mut stops = vec![from.to_string()];
    let mut at = from;
    while let Some(next) = shape.best(at) {
        stops.push(next.to_string());
        if seen.contains(next) {
            break;
        }
        seen = seen.with(next);
        at = next;
    }
    stops.join(" -> ")
}

/// For a state that does not break the claim.
pub(super) fn nothing() -> String {
    "the state does not show it".to_owned()
}

pub(super) fn one_live_successor(chord: &Chord, state: &State) -> String {
    let Some(id) = chord.shape(state).without_live_successor().first() else { return nothing() };
    format!("member {id} lists [{}], and none of them is alive", state.successors(id))
}

pub(super) fn sufficient_principals(chord: &Chord, state: &State) -> String {
    let shape = chord.shape(state);
    let principals = shape.principals();
    let skipped = shape.members().minus(principals);
    let needed = chord.successors + 1;
    let why = skipped.first().and_then(|p| {
        let by = shape
            .members()
            .iter()
            .find(|&id| !shape.list(id).is_empty() && super::list::skips(id, shape.list(id), p))?;
        Some(format!("; {by} with its list [{}] passes over {p}", shape.list(by)))
    });
    let why = why.unwrap_or_default();
    format!("the principals are {principals}, {} where {needed} are needed{why}", principals.len())
}

pub(super) fn principals_in_ring(chord: &Chord, state: &State) -> String {
    let shape = chord.shape(state);
    let Some(id) = shape.principals().minus(shape.ring()).first() else { return nothing() };
    format!("{id} is a principal, but its best successors lead {}", way(&shape, id))
}

pub(super) fn no_duplicates(chord: &Chord, state: &State) -> String {
    let Some((id, entry)) = chord.shape(state).duplicate() else { return nothing() };
    format!("{id} followed by its list [{}] has {entry} twice", state.successors(id))
}

pub(super) fn ordered_successor_lists(chord: &Chord, state: &State) -> String {
    let Some((id, [a, b, c])) = chord.shape(state).disordered_list() else { return nothing() };
    let list = state.successors(id);
    format!("{id} followed by its list [{list}] has {a}, {b}, {c} in an order the circle has not")
}

pub(super) fn at_least_one_ring(chord: &Chord, state: &State) -> String {
    let shape = chord.shape(state);
    let ways: Vec<String> = shape.members().iter().map(|id| way(&shape, id)).collect();
    format!("best successors lead {}: nobody comes back to itself", ways.join(", "))
}

pub(super) fn at_most_one_ring(chord: &Chord, state: &State) -> String {
    let shape = chord.shape(state);
    let mut rest = shape.ring();
    let mut rings = Vec::new();
    while let Some(id) = rest.first() {
        rings.push(way(&shape, id));
        rest = rest.minus(shape.reached_from(id));
    }
    format!("there are {} rings: {}", rings.len(), rings.join(", "))
}

pub(super) fn ordered_ring(chord: &Chord, state: &State) -> String {
    let Some((id, passed, best)) = chord.shape(state).disorder() else { return nothing() };
    format!("{id} has best successor {best}, and {passed} between them is in a ring too")
}

pub(super) fn connected_appendages(chord: &Chord, state: &State) -> String {
    let shape = chord.shape(state);
    let Some(id) = shape.disconnected().first() else { return nothing() };
    format!("member {id} leads {} and to no ring", way(&shape, id))
}

pub(super) fn ordered_merges(chord: &Chord, state: &State) -> String {
    let Some((id, passed, merge)) = chord.shape(state).misplaced_merge() else { return nothing() };
    format!("{id} leads into the ring at {merge}, and passes over the ring member {passed}")
}

pub(super) fn ordered_appendages(chord: &Chord, state: &State) -> String {
    let Some((id, passed, best)) = chord.shape(state).disordered_appendage() else {
        return nothing();
    };
    format!(
        "{id} has best successor {best}, and passes over {passed}, which comes later on its way"
    )
}

pub(super) fn valid_successor_list(chord: &Chord, state: &State) -> String {
    let Some((id, best, passed)) = chord.shape(state).invalid_list() else { return nothing() };
    let (list, its_list) = (state.successors(id), state.successors(best));
    format!(
        "{id} lists [{list}] with the live {passed}, which its best successor {best} passes over \
         with [{its_list}]"
    )
}

/// Why no repair leads on from here.
pub(super) fn not_recoverable(chord: &Chord, state: &State) -> String {
    let shape = chord.shape(state);
    let broken = if !shape.without_live_successor().is_empty() {
        one_live_successor(chord, state)
    } else if shape.ring().is_empty() {
        at_least_one_ring(chord, state)
    } else if !shape.is_at_most_one_ring() {
        at_most_one_ring(chord, state)
    } else if shape.disorder().is_some() {
        ordered_ring(chord, state)
    } else if !property::ideal(chord, state) {
        "the ring is not ideal".to_owned()
    } else {
        return nothing();
    };
    format!("{broken}; no sequence of repairs from here puts it right")
}

/// The sentence on the first member for which there is one.
fn on_some_member(state: &State, on: impl Fn(Id, Member) -> Option<String>) -> String {
    state.iter().find_map(|(id, member)| on(id, member)).unwrap_or_else(nothing)
}

pub(super) fn a_head_is_dead(_: &Chord, state: &State) -> String {
    on_some_member(state, |id, member| {
        let head = member.successors.head().filter(|&head| !state.is_member(head))?;
        Some(format!("{head}, the first successor of {id}, is dead"))
    })
}

pub(super) fn a_predecessor_is_dead(_: &Chord, state: &State) -> String {
    on_some_member(state, |id, member| {
        let predecessor =
            member.predecessor.filter(|&predecessor| !state.is_member(predecessor))?;
        Some(format!("{predecessor}, the predecessor of {id}, is dead"))
    })
}

pub(super) fn a_candidate_is_dead(_: &Chord, state: &State) -> String {
    on_some_member(state, |id, member| {
        let candidate = member.candidate.filter(|&candidate| !state.is_member(candidate))?;
        Some(format!("{id} is about to ask {candidate}, which is dead"))
    })
}

pub(super) fn a_closer_notifier_waits(_: &Chord, state: &State) -> String {
    on_some_member(state, |id, member| {
        let old = member.predecessor?;
        let is_closer = |&notifier: &Id| super::between(old, notifier, id);
        let closer = member.notifiers.iter().find(is_closer)?;
        Some(format!("{closer} has notified {id}, and is closer than its predecessor {old}"))
    })
}

pub(super) fn an_appendage_exists(chord: &Chord, state: &State) -> String {
    let shape = chord.shape(state);
    let (ring, outside) = (shape.ring(), shape.appendages());
    format!("the ring is {ring}, and {outside} is outside")
}

pub(super) fn a_member_is_passed_over(chord: &Chord, state: &State) -> String {
    let shape = chord.shape(state);
    let (members, principals) = (shape.members(), shape.principals());
    format!("of the members {members} only {principals} are principals")
}
