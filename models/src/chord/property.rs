//! The claims: safety and liveness. The cases that churn must reach are in `case`.

use crate::engine::{Claim, Form};

use super::identifier::Set;
use super::options::Protocol;
use super::state::State;
use super::{Action, Chord, case, reason};

/// All that is claimed of this variant of the protocol.
#[must_use]
pub fn claims(chord: &Chord) -> Vec<Claim<Chord>> {
    let mut claims = ring_claims();
    claims.push(RING_RECOVERABLE);
    claims.extend(useful_claims());
    match chord.protocol {
        Protocol::Original(_) => claims.extend(case::original(chord)),
        Protocol::Corrected(pending) => {
            claims.extend(list_claims());
            claims.extend([LOSS_OF_PRINCIPAL, IDEAL, IDEAL_RECOVERABLE]);
            claims.extend(case::corrected(chord, pending));
        }
    }
    claims
}

/// The claims that are read off the states alone, for instances too large to keep every edge.
#[must_use]
pub fn safety_claims(chord: &Chord) -> Vec<Claim<Chord>> {
    claims(chord).into_iter().filter(|claim| !claim.form.needs_edges()).collect()
}

type Holds = fn(&Chord, &State) -> bool;

const fn always(
    name: &'static str,
    sentence: &'static str,
    source: &'static str,
    holds: Holds,
) -> Claim<Chord> {
    Claim::new(name, sentence, source, Form::Always { when: None, holds })
}

/// What every ring protocol is for.
fn ring_claims() -> Vec<Claim<Chord>> {
    vec![
        always(
            "one_live_successor",
            "Every member lists a live successor.",
            "CHORD-11",
            one_live_successor,
        )
        .because(reason::one_live_successor),
        always(
            "at_least_one_ring",
            "Following best successors, some member comes back to itself.",
            "CHORD-16",
            at_least_one_ring,
        )
        .because(reason::at_least_one_ring),
        always(
            "at_most_one_ring",
            "All members that come back to themselves are in the same ring.",
            "CHORD-16",
            at_most_one_ring,
        )
        .because(reason::at_most_one_ring),
        always(
            "ordered_ring",
            "No ring member lies between a ring member and its best successor.",
            "CHORD-16",
            ordered_ring,
        )
        .because(reason::ordered_ring),
        always(
            "connected_appendages",
            "Every member outside the ring leads to the ring.",
            "CHORD-17",
            connected_appendages,
        )
        .because(reason::connected_appendages),
    ]
}

/// What repair needs of single lists, and keeps.
fn list_claims() -> Vec<Claim<Chord>> {
    vec![
        always(
            "sufficient_principals",
            "At least r + 1 members are passed over by nobody's list.",
            "CHORD-12",
            sufficient_principals,
        )
        .because(reason::sufficient_principals),
        always(
            "principals_in_ring",
            "Every principal is in the ring.",
            "CHORD-15",
            principals_in_ring,
        )
        .because(reason::principals_in_ring),
        always(
            "no_duplicates",
            "No member's extended list has an entry twice.",
            "CHORD-13",
            no_duplicates,
        )
        .because(reason::no_duplicates),
        always(
            "ordered_successor_lists",
            "Every member's extended list is in the order of the circle.",
            "CHORD-14",
            ordered_successor_lists,
        )
        .because(reason::ordered_successor_lists),
    ]
}

/// What helps look-ups and is repaired by itself where it is lost.
fn useful_claims() -> Vec<Claim<Chord>> {
    vec![
        always(
            "ordered_merges",
            "A member outside the ring leads into it at the right place.",
            "CHORD-20",
            ordered_merges,
        )
        .because(reason::ordered_merges),
        always(
            "ordered_appendages",
            "The members on the way into the ring are in the order of the circle.",
            "CHORD-20",
            ordered_appendages,
        )
        .because(reason::ordered_appendages),
        always(
            "valid_successor_list",
            "What a member lists, its best successor's list does not pass over.",
            "CHORD-20",
            valid_successor_list,
        )
        .because(reason::valid_successor_list),
    ]
}

const LOSS_OF_PRINCIPAL: Claim<Chord> = Claim::new(
    "loss_of_principal",
    "A principal is lost only by its own failure, and no other with it.",
    "CHORD-18",
    Form::Step { when: a_principal_is_lost, holds: only_the_failing_one_is_lost },
);

const IDEAL: Claim<Chord> = Claim::new(
    "ideal",
    "Once joins and failures end, the ring becomes ideal and stays so.",
    "CHORD-19",
    Form::EventuallyAlways(ideal),
);

const IDEAL_RECOVERABLE: Claim<Chord> = Claim::new(
    "ideal_recoverable",
    "From every reachable state, repair alone can make the ring ideal.",
    "CHORD-19",
    Form::Recoverable { goal: ideal, using: Action::is_repair },
)
.because(reason::not_recoverable);

const RING_RECOVERABLE: Claim<Chord> = Claim::new(
    "ring_recoverable",
    "From every reachable state, repair alone can restore one ordered ring with all members.",
    "CHORD-17",
    Form::Recoverable { goal: one_ordered_ring, using: Action::is_repair },
)
.because(reason::not_recoverable);

fn one_live_successor(chord: &Chord, state: &State) -> bool {
    chord.shape(state).without_live_successor().is_empty()
}

fn sufficient_principals(chord: &Chord, state: &State) -> bool {
    chord.shape(state).principals().len() > chord.successors
}

fn principals_in_ring(chord: &Chord, state: &State) -> bool {
    let shape = chord.shape(state);
    shape.principals().is_subset(shape.ring())
}

fn no_duplicates(chord: &Chord, state: &State) -> bool {
    chord.shape(state).duplicate().is_none()
}

fn ordered_successor_lists(chord: &Chord, state: &State) -> bool {
    chord.shape(state).disordered_list().is_none()
}

fn at_least_one_ring(chord: &Chord, state: &State) -> bool {
    !chord.shape(state).ring().is_empty()
}

fn at_most_one_ring(chord: &Chord, state: &State) -> bool {
    chord.shape(state).is_at_most_one_ring()
}

fn ordered_ring(chord: &Chord, state: &State) -> bool {
    chord.shape(state).disorder().is_none()
}

fn connected_appendages(chord: &Chord, state: &State) -> bool {
    chord.shape(state).disconnected().is_empty()
}

fn one_ordered_ring(chord: &Chord, state: &State) -> bool {
    chord.shape(state).is_one_ordered_ring()
}

fn ordered_merges(chord: &Chord, state: &State) -> bool {
    chord.shape(state).misplaced_merge().is_none()
}

fn ordered_appendages(chord: &Chord, state: &State) -> bool {
    chord.shape(state).disordered_appendage().is_none()
}

fn valid_successor_list(chord: &Chord, state: &State) -> bool {
    chord.shape(state).invalid_list().is_none()
}

/// Whether the ring is as good as it can be: every list names the next members, and every
/// predecessor is the member just behind.
///
/// Source: CHORD-19.
#[must_use]
pub fn ideal(chord: &Chord, state: &State) -> bool {
    let shape = chord.shape(state);
    let mut members = state.iter();
    members.all(|(id, member)| {
        member.predecessor == shape.behind(id)
            && member.successors == shape.members_after(id, chord.successors)
    })
}

/// The principals of one state that are none in another.
fn lost_principals(chord: &Chord, state: &State, next: &State) -> Set {
    chord.shape(state).principals().minus(chord.shape(next).principals())
}

// The engine passes every action by reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn a_principal_is_lost(chord: &Chord, state: &State, _: &Action, next: &State) -> bool {
    !lost_principals(chord, state, next).is_empty()
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn only_the_failing_one_is_lost(
    chord: &Chord,
    state: &State,
    action: &Action,
    next: &State,
) -> bool {
    let is_departure = matches!(action, Action::Fail(_) | Action::Leave(_));
    is_departure && lost_principals(chord, state, next) == Set::of(action.node())
}
