//! The cases that churn must reach: without them the claims would be true of nothing.

use crate::engine::{Claim, Form};

use super::identifier::{Id, between};
use super::options::Pending;
use super::state::{Member, State};
use super::{Chord, reason};

const fn sometimes(
    name: &'static str,
    sentence: &'static str,
    source: &'static str,
    holds: fn(&Chord, &State) -> bool,
) -> Claim<Chord> {
    Claim::new(name, sentence, source, Form::Sometimes(holds))
}

/// The cases that churn must reach for the claims to mean something.
pub(super) fn corrected(chord: &Chord, pending: Pending) -> Vec<Claim<Chord>> {
    let mut cases = vec![
        A_PREDECESSOR_IS_DEAD,
        sometimes(
            "a_candidate_is_dead",
            "Some candidate dies before it is asked.",
            "CHORD-8",
            a_candidate_is_dead,
        )
        .because(reason::a_candidate_is_dead),
        sometimes(
            "a_closer_notifier_waits",
            "Some notifier is closer than the predecessor that it will replace.",
            "CHORD-9",
            a_closer_notifier_waits,
        )
        .because(reason::a_closer_notifier_waits),
        AN_APPENDAGE_EXISTS,
        sometimes(
            "a_member_is_passed_over",
            "Some member is no principal.",
            "CHORD-3",
            a_member_is_passed_over,
        )
        .because(reason::a_member_is_passed_over),
    ];
    // A list that begins with two dead entries and holds a live one takes two dead identifiers
    // besides r + 1 principals.
    if chord.successors >= 3 && usize::from(chord.nodes) >= chord.successors + 3 {
        cases.push(sometimes(
            "two_leading_entries_are_dead",
            "Some list begins with two dead entries.",
            "CHORD-7",
            two_leading_entries_are_dead,
        ));
    }
    // The only entry of a list of one is alive.
    if chord.successors >= 2 {
        cases.push(A_HEAD_IS_DEAD);
    }
    if pending != Pending::SharedSlot {
        cases.push(sometimes(
            "a_query_and_a_notification_wait",
            "Some member is notified in the middle of its own stabilization.",
            "CHORD-10",
            a_query_and_a_notification_wait,
        ));
    }
    if pending == Pending::NotifierSet {
        cases.push(sometimes(
            "several_notifiers_wait",
            "Some member has been notified by two others that it has not looked at.",
            "CHORD-10",
            several_notifiers_wait,
        ));
    }
    cases
}

pub(super) fn original(_: &Chord) -> Vec<Claim<Chord>> {
    vec![A_HEAD_IS_DEAD, A_PREDECESSOR_IS_DEAD, AN_APPENDAGE_EXISTS]
}

const A_HEAD_IS_DEAD: Claim<Chord> = sometimes(
    "a_head_is_dead",
    "Some member's first successor is dead.",
    "CHORD-7",
    a_head_is_dead,
)
.because(reason::a_head_is_dead);

const A_PREDECESSOR_IS_DEAD: Claim<Chord> = sometimes(
    "a_predecessor_is_dead",
    "Some member's predecessor is dead.",
    "CHORD-9",
    a_predecessor_is_dead,
)
.because(reason::a_predecessor_is_dead);

const AN_APPENDAGE_EXISTS: Claim<Chord> = sometimes(
    "an_appendage_exists",
    "Some member is not in the ring.",
    "CHORD-17",
    an_appendage_exists,
)
.because(reason::an_appendage_exists);

fn some_member(state: &State, is_so: impl Fn(Id, Member) -> bool) -> bool {
    state.iter().any(|(id, member)| is_so(id, member))
}

fn a_head_is_dead(_: &Chord, state: &State) -> bool {
    some_member(state, |_, member| member.successors.head().is_some_and(|h| !state.is_member(h)))
}

fn two_leading_entries_are_dead(_: &Chord, state: &State) -> bool {
    some_member(state, |_, member| {
        member.successors.len() > 1 && !member.successors.iter().take(2).any(|e| state.is_member(e))
    })
}

fn a_predecessor_is_dead(_: &Chord, state: &State) -> bool {
    some_member(state, |_, member| member.predecessor.is_some_and(|p| !state.is_member(p)))
}

fn a_candidate_is_dead(_: &Chord, state: &State) -> bool {
    some_member(state, |_, member| member.candidate.is_some_and(|c| !state.is_member(c)))
}

fn a_closer_notifier_waits(_: &Chord, state: &State) -> bool {
    some_member(state, |id, member| {
        let predecessor = member.predecessor.unwrap_or(id);
        member.notifiers.iter().any(|notifier| between(predecessor, notifier, id))
    })
}

fn an_appendage_exists(chord: &Chord, state: &State) -> bool {
    !chord.shape(state).appendages().is_empty()
}

fn a_member_is_passed_over(chord: &Chord, state: &State) -> bool {
    let shape = chord.shape(state);
    shape.principals() != shape.members()
}

fn a_query_and_a_notification_wait(_: &Chord, state: &State) -> bool {
    some_member(state, |_, member| member.candidate.is_some() && !member.notifiers.is_empty())
}

fn several_notifiers_wait(_: &Chord, state: &State) -> bool {
    some_member(state, |_, member| member.notifiers.len() > 1)
}
