//! What is built on the ring: keys and their copies, look-ups, and what an imperfect failure
//! detector does to all of it.
//!
//! # Protocol
//!
//! A key belongs to the first member at it or after it, and its copies to the members that follow
//! ([`keys`], CHORD-61 to CHORD-64). A look-up goes from member to member, each time to one that
//! is closer to its end ([`lookup`], CHORD-65 to CHORD-69).
//!
//! # Abstractions
//!
//! A copy and its acknowledgement are what a key is here: values and versions are left out.
//! Fingers are not stored: a look-up may hop to any live member on its way, which covers every
//! table of fingers, however stale. What fingers save, and tables that are stored and fixed, are
//! models of their own ([`finger`]).
//!
//! # Environment
//!
//! Besides joins and failures, a limited number of errors of the failure detector ([`detector`],
//! CHORD-70).
//!
//! # Deviations
//!
//! None of the ring's steps is changed, and no ring step depends on anything here.

pub mod account;
pub mod detector;
pub mod finger;
pub(super) mod guard;
pub mod instance;
pub mod keys;
pub mod lookup;
pub mod mutant;
mod options;
pub mod property;
mod reason;
mod restraint;
mod state;

pub use mutant::{Fault, MUTANTS};
pub use options::{Layers, UNLIMITED};
pub use state::{Copies, Lookup, MAXIMUM_KEYS, MAXIMUM_UPPER_NODES, Upper};

pub use account::{account, true_owner, true_replicas};

use super::{Action, Chord, State};

/// The steps above the ring that may be enabled.
pub(super) fn actions(chord: &Chord, state: &State, actions: &mut Vec<Action>) {
    if !chord.layers.keys.is_empty() {
        keys::actions(chord, state, actions);
    }
    if !chord.layers.looked_up.is_empty() {
        lookup::actions(chord, state, actions);
    }
    if chord.layers.may_err() {
        detector::actions(chord, state, actions);
    }
}

/// Whether what is above the ring lets that step of the ring happen.
pub(super) fn admits(chord: &Chord, state: &State, action: Action) -> bool {
    let is_waited_for = chord.layers.prompt_acknowledgements
        && state.upper().keys.iter().any(|copies| !copies.released.is_empty());
    match action {
        Action::Fail(_) => !chord.layers.without_failures && !is_waited_for,
        Action::Leave(node) => !keys::is_bound(chord, state, node) && !is_waited_for,
        _ => true,
    }
}

/// A step above the ring, or `None` where it is disabled.
pub(super) fn step(chord: &Chord, state: &State, action: Action) -> Option<State> {
    if chord.layers.restraint && !restraint::admits(chord, state, action) {
        return None;
    }
    match action {
        Action::Put { node, key } => keys::put(chord, state, node, key),
        Action::Copy { node, to, key } => keys::copy(chord, state, node, to, key),
        Action::Delete { node, key } => keys::delete(chord, state, node, key),
        Action::HandOver { node, to } => keys::hand_over(chord, state, node, to),
        Action::Lookup { node, key } => lookup::begin(chord, state, node, key),
        Action::Hop { to } => lookup::hop(chord, state, to),
        Action::Answer { node, owner } => lookup::answer(chord, state, node, owner),
        Action::Suspect { node, target, role } => {
            detector::suspect(chord, state, node, target, role)
        }
        Action::StaleNotice { node, target } => detector::stale_notice(chord, state, node, target),
        Action::Refute { node, target } => detector::refute(chord, state, node, target),
        _ => None,
    }
}
