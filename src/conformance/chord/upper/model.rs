//! The model, as nodes are held against it above the ring.

use stateright::Model;
use straightedge_models::chord::upper::{Lookup, Upper, keys};
use straightedge_models::chord::{Action, Chord, Id, State, between};

/// The steps that the nodes have besides those of the model: a look-up is led to a node that is
/// gone, or one is named as the owner; and whoever has not noticed that the first of its list is
/// gone leads on where the model names the next one.
///
/// Source: CHORD-82.
pub fn actions(model: &Chord, state: &State, actions: &mut Vec<Action>) {
    let Some(lookup) = lookup(model, state) else { return };
    let gone = (0..model.nodes).filter(|&id| !state.is_member(id));
    for id in gone {
        actions.push(Action::Hop { to: id });
        actions.push(Action::Answer { node: lookup.at, owner: id });
    }
}

fn lookup(model: &Chord, state: &State) -> Option<Lookup> {
    if model.layers.looked_up.is_empty() { None } else { state.upper().lookup }
}

/// The state after a step of the model, or one of those. What the model counts for its claims
/// alone is left out: no step depends on it.
#[must_use]
pub fn next(model: &Chord, state: &State, action: Action) -> Option<State> {
    if model.layers.is_none() {
        return model.next_state(state, action);
    }
    let after = match action {
        Action::Hop { to } if !state.is_member(to) => is_led_to(model, state, to)?,
        Action::Answer { owner, .. } if !state.is_member(owner) => is_named(model, state, owner)?,
        Action::Hop { to } => {
            let is_led = || is_led_past_the_dead(model, state, to);
            model.next_state(state, action).or_else(is_led)?
        }
        _ => model.next_state(state, action)?,
    };
    Some(uncounted(&after))
}

/// The first of the list is dead, and whoever has not noticed names nobody behind it.
fn is_led_past_the_dead(model: &Chord, state: &State, to: Id) -> Option<State> {
    let Lookup { at, key } = lookup(model, state)?;
    let has_noticed = state.successors(at).head().is_none_or(|head| state.is_member(head));
    let may_lead = !has_noticed && !keys::answers(state, at, key) && between(at, to, key);
    let upper = Upper { lookup: Some(Lookup { at: to, key }), ..state.upper() };
    may_lead.then(|| state.with_upper(&upper))
}

/// The state without what the model counts for its claims alone.
#[must_use]
pub fn uncounted(state: &State) -> State {
    let mut upper = state.upper();
    for copies in &mut upper.keys {
        copies.failures = None;
    }
    state.with_upper(&upper)
}

/// Whoever is led to a node that is gone asks in vain: the look-up comes to nothing.
fn is_led_to(model: &Chord, state: &State, gone: Id) -> Option<State> {
    let Lookup { at, key } = lookup(model, state)?;
    let may_lead = !keys::answers(state, at, key) && between(at, gone, key);
    may_lead.then(|| without_lookup(state))
}

fn is_named(model: &Chord, state: &State, gone: Id) -> Option<State> {
    let Lookup { at, key } = lookup(model, state)?;
    let is_just_ahead = gone == key || between(at, key, gone);
    (!keys::answers(state, at, key) && is_just_ahead).then(|| without_lookup(state))
}

fn without_lookup(state: &State) -> State {
    state.with_upper(&Upper { lookup: None, ..state.upper() })
}
