//! What is claimed of keys and look-ups.

use crate::chord::property::ideal;
use crate::chord::{Action, Chord, Id, Set, State, between};
use crate::engine::{Claim, Form};

use super::account::{true_owner, true_replicas};
use super::state::{Copies, Lookup};
use super::{keys, lookup, reason};

/// All that is claimed of what is above the ring.
#[must_use]
pub fn claims(chord: &Chord) -> Vec<Claim<Chord>> {
    let mut claims = Vec::new();
    if !chord.layers.keys.is_empty() {
        claims.extend(key_claims(chord));
    }
    if !chord.layers.looked_up.is_empty() {
        claims.extend(lookup_claims());
    }
    claims
}

/// The claims that are read off the states and steps alone, for instances too large to keep every
/// edge.
#[must_use]
pub fn safety_claims(chord: &Chord) -> Vec<Claim<Chord>> {
    claims(chord).into_iter().filter(|claim| !claim.form.needs_edges()).collect()
}

/// The claims of the ring itself, without the cases that must come up.
#[must_use]
pub fn ring_claims(chord: &Chord) -> Vec<Claim<Chord>> {
    let claims = crate::chord::property::claims(chord).into_iter();
    claims.filter(|claim| !matches!(claim.form, Form::Sometimes(_))).collect()
}

type Holds = fn(&Chord, &State) -> bool;
type Step = fn(&Chord, &State, &Action, &State) -> bool;

const fn always(
    name: &'static str,
    sentence: &'static str,
    source: &'static str,
    when: Option<Holds>,
    holds: Holds,
) -> Claim<Chord> {
    Claim::new(name, sentence, source, Form::Always { when, holds })
}

const fn step(
    name: &'static str,
    sentence: &'static str,
    source: &'static str,
    when: Step,
    holds: Step,
) -> Claim<Chord> {
    Claim::new(name, sentence, source, Form::Step { when, holds })
}

fn key_claims(chord: &Chord) -> Vec<Claim<Chord>> {
    let mut claims = vec![
        always(
            "kept_while_no_holder_failed",
            "A key that all had who are to have it has a copy as long as no holder has failed \
             since.",
            "CHORD-62",
            Some(|chord, state| some_key(chord, state, |copies| copies.failures == Some(0))),
            |chord, state| is_kept_after(chord, state, 0),
        )
        .because(reason::lost),
        step(
            "transfers_leave_a_copy",
            "Deleting a copy that was acknowledged leaves another one.",
            "CHORD-62",
            |_, _, action, _| matches!(action, Action::Delete { .. }),
            a_copy_is_left,
        )
        .because(reason::gone),
        always(
            "at_most_one_answers",
            "At most one member answers for a key.",
            "CHORD-63",
            None,
            |chord, state| chord.keys().all(|(_, key)| answering(state, key).len() <= 1),
        )
        .because(reason::at_most_one_answers),
        Claim::new(
            "one_answers_in_the_end",
            "Once joins and failures end, exactly one member answers for each key, and it is the \
             first at it or after it.",
            "CHORD-63",
            Form::EventuallyAlways(the_owner_answers),
        )
        .because(reason::one_answers_in_the_end),
    ];
    // One that is leaving, and may not go, takes no copies for ever.
    if chord.layers.handover {
        claims.push(HANDED_OVER);
    } else {
        claims.push(SETTLE);
    }
    if !chord.layers.without_failures {
        claims.push(
            always(
                "kept_while_one_holder_failed",
                "A key that all had who are to have it has a copy as long as one holder has failed \
                 since.",
                "CHORD-62",
                Some(|chord, state| some_key(chord, state, |copies| copies.failures == Some(1))),
                |chord, state| is_kept_after(chord, state, 1),
            )
            .because(reason::lost),
        );
    }
    claims
}

const HANDED_OVER: Claim<Chord> = step(
    "leaves_after_handing_over",
    "A member that leaves with a copy has handed it to its successor.",
    "CHORD-64",
    |_, state, action, _| match *action {
        Action::Leave(node) => state.upper().keys.iter().any(|it| it.holders.contains(node)),
        _ => false,
    },
    |_, state, action, _| state.upper().leaving.contains(action.node()),
);

const SETTLE: Claim<Chord> = Claim::new(
    "copies_settle",
    "Once joins and failures end, a key that has a copy is held by its owner and the r \
             members after it, and by nobody else.",
    "CHORD-62",
    Form::EventuallyAlways(are_settled),
)
.because(reason::copies_settle);

fn lookup_claims() -> Vec<Claim<Chord>> {
    vec![
        step(
            "hops_approach",
            "A hop leads to a live member that is nearer to the identifier, and not past it.",
            "CHORD-65",
            |_, _, action, _| matches!(action, Action::Hop { .. }),
            approaches,
        )
        .because(reason::hops_approach),
        always(
            "lookup_can_go_on",
            "A look-up that is at a member ends there, or has a member to go on to.",
            "CHORD-65",
            Some(|_, state| state.upper().lookup.is_some()),
            can_go_on,
        )
        .because(reason::lookup_can_go_on),
        Claim::new(
            "lookup_ends",
            "A look-up comes to its end, whatever way it takes.",
            "CHORD-65",
            Form::LeadsTo(
                |_, state: &State| state.upper().lookup.is_some(),
                |_, state: &State| state.upper().lookup.is_none(),
            ),
        ),
        step(
            "answers_are_right_in_ideal_states",
            "In an ideal state a look-up names the first member at the identifier or after it.",
            "CHORD-66",
            |chord, state, action, _| is_answer(action) && ideal(chord, state),
            |chord, state, action, _| {
                let key = state.upper().lookup.map(|lookup| lookup.key);
                key.and_then(|key| true_owner(chord, state, key)) == owner_of(action)
            },
        ),
        step(
            "named_successor_is_not_past_a_principal",
            "A successor that is named is a member, and no principal lies between the identifier \
             and it.",
            "CHORD-67",
            |_, _, action, _| matches!(action, Action::Answer { node, owner } if node != owner),
            is_not_past_a_principal,
        ),
        step(
            "own_answer_is_not_past_a_principal",
            "A member that names itself has no principal between the identifier and itself.",
            "CHORD-67",
            |_, _, action, _| matches!(action, Action::Answer { node, owner } if node == owner),
            is_not_past_a_principal,
        ),
    ]
}

fn some_key(chord: &Chord, state: &State, is_so: impl Fn(Copies) -> bool) -> bool {
    let upper = state.upper();
    chord.keys().any(|(place, _)| is_so(upper.keys[place]))
}

fn is_kept_after(chord: &Chord, state: &State, failures: u8) -> bool {
    !some_key(chord, state, |copies| copies.failures == Some(failures) && copies.holders.is_empty())
}

// The engine passes every action by reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn a_copy_is_left(chord: &Chord, _: &State, action: &Action, next: &State) -> bool {
    let Action::Delete { key, .. } = *action else { return true };
    let upper = next.upper();
    chord.keys().all(|(place, id)| id != key || !upper.keys[place].holders.is_empty())
}

pub(super) fn answering(state: &State, key: Id) -> Set {
    state.members().iter().filter(|&node| keys::answers(state, node, key)).collect()
}

fn the_owner_answers(chord: &Chord, state: &State) -> bool {
    chord.keys().all(|(_, key)| {
        let owner = true_owner(chord, state, key);
        owner.is_some_and(|owner| answering(state, key) == Set::of(owner))
    })
}

/// Whether all keys are held by exactly those that are to hold them. One that is leaving takes no
/// copies, and does not count.
fn are_settled(chord: &Chord, state: &State) -> bool {
    let upper = state.upper();
    chord.keys().all(|(place, key)| {
        let holders = upper.keys[place].holders.minus(upper.leaving);
        let replicas = true_replicas(chord, state, key).minus(upper.leaving);
        upper.keys[place].holders.is_empty() || holders == replicas
    })
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn approaches(_: &Chord, state: &State, action: &Action, _: &State) -> bool {
    let (Some(Lookup { at, key }), Action::Hop { to }) = (state.upper().lookup, *action) else {
        return false;
    };
    state.is_member(to) && between(at, to, key)
}

fn can_go_on(chord: &Chord, state: &State) -> bool {
    let Some(lookup) = state.upper().lookup else { return true };
    lookup::named(chord, state, lookup.at, lookup.key).is_some()
        || !lookup::ways_on(chord, state, lookup).is_empty()
}

const fn is_answer(action: &Action) -> bool {
    matches!(action, Action::Answer { .. })
}

const fn owner_of(action: &Action) -> Option<Id> {
    match *action {
        Action::Answer { owner, .. } => Some(owner),
        _ => None,
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_not_past_a_principal(chord: &Chord, state: &State, action: &Action, _: &State) -> bool {
    let (Some(Lookup { key, .. }), Some(owner)) = (state.upper().lookup, owner_of(action)) else {
        return false;
    };
    let principals = chord.shape(state).principals().without(owner);
    let is_passed = |p: Id| key != owner && (p == key || between(key, p, owner));
    state.is_member(owner) && !principals.iter().any(is_passed)
}
