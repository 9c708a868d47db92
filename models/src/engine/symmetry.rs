//! Quotient, and the audit that earns it.

use std::collections::BTreeSet;

use super::property::{Claim, Form, Specification};

/// Every state that the model's generators make of this one, itself first. Orbits are small, and a
/// search asks for one at every state: a list is the fastest set.
#[must_use]
pub fn orbit<M: Specification>(model: &M, state: &M::State) -> Vec<M::State> {
    let mut orbit = vec![state.clone()];
    let mut seen = 0;
    while let Some(member) = orbit.get(seen) {
        for image in model.generators(member) {
            if !orbit.contains(&image) {
                orbit.push(image);
            }
        }
        seen += 1;
    }
    orbit
}

/// The least member of the state's orbit: the same for every member.
#[must_use]
pub fn canonical<M: Specification>(model: &M, state: &M::State) -> M::State {
    orbit(model, state).into_iter().min().unwrap_or_else(|| state.clone())
}

/// How many states the audit looks at, evenly spread over those reached.
const AUDITED: usize = 1000;

/// Whether the quotient by the model's generators may be used for safety on these states.
///
/// For every member of the orbits of a sample of the states, and every generator: the image's
/// successors are the images of the successors, initial states map to initial states, every claim
/// has the same truth in both, and both have the same canonical form.
///
/// # Errors
///
/// The first state and generator for which one of these fails.
pub fn audit<M: Specification>(
    model: &M,
    states: &[M::State],
    claims: &[Claim<M>],
) -> Result<(), String> {
    let initial: BTreeSet<_> = model.init_states().into_iter().collect();
    for state in &initial {
        if let Some(image) = model.generators(state).into_iter().find(|i| !initial.contains(i)) {
            return Err(format!("{image:?} is the image of an initial state but is none"));
        }
    }
    let stride = states.len().div_ceil(AUDITED).max(1);
    for state in states.iter().step_by(stride) {
        // The quotient holds one member of each orbit; a claim may tell the others apart.
        for member in orbit(model, state) {
            audit_state(model, &member, claims)?;
        }
    }
    Ok(())
}

fn audit_state<M: Specification>(
    model: &M,
    state: &M::State,
    claims: &[Claim<M>],
) -> Result<(), String> {
    let successors = model.next_states(state);
    for (generator, image) in model.generators(state).into_iter().enumerate() {
        let at = format!("generator {generator} at {state:?}");
        if canonical(model, &image) != canonical(model, state) {
            return Err(format!("the canonical form is not the same on both sides of {at}"));
        }
        let of_image: BTreeSet<_> = model.next_states(&image).into_iter().collect();
        let images: BTreeSet<_> = successors
            .iter()
            .filter_map(|next| model.generators(next).into_iter().nth(generator))
            .collect();
        if of_image != images {
            return Err(format!("the steps of the image are not the images of the steps: {at}"));
        }
        for claim in claims {
            if truths(model, claim, state) != truths(model, claim, &image) {
                return Err(format!("claim {} tells the image from the state: {at}", claim.name));
            }
        }
    }
    Ok(())
}

/// The truth of each predicate of a claim in one state.
fn truths<M: Specification>(model: &M, claim: &Claim<M>, state: &M::State) -> Vec<bool> {
    match claim.form {
        Form::Always { when, holds } => {
            vec![when.is_none_or(|when| when(model, state)), holds(model, state)]
        }
        Form::Sometimes(p)
        | Form::Eventually(p)
        | Form::InfinitelyOften(p)
        | Form::EventuallyAlways(p)
        | Form::NoDeadlock { terminal: p }
        | Form::Recoverable { goal: p, .. } => vec![p(model, state)],
        Form::LeadsTo(p, q) => vec![p(model, state), q(model, state)],
        Form::Step { when, holds } => {
            let mut actions = Vec::new();
            model.actions(state, &mut actions);
            let truth = |action: M::Action| {
                let next = model.next_state(state, action.clone())?;
                let is_meant = when(model, state, &action, &next);
                Some((is_meant, !is_meant || holds(model, state, &action, &next)))
            };
            // The image may offer its steps in another order.
            let mut truths: Vec<_> = actions.into_iter().filter_map(truth).collect();
            truths.sort_unstable();
            truths.into_iter().flat_map(|(is_meant, is_kept)| [is_meant, is_kept]).collect()
        }
    }
}
