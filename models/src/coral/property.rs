//! The claims: what is claimed of which instance, and the claims about paths. Those about states
//! are in `safety`, those about steps in `order` and `handled`, the
//! cases that must come up in `case`.

use crate::engine::{Claim, Form};

use super::operation::{Kind, Outcome, Phase};
use super::state::State;
use super::{Coral, order, reason, safety};

/// All that is claimed of this instance.
#[must_use]
pub fn claims(coral: &Coral) -> Vec<Claim<Coral>> {
    let mut claims = safety_claims(coral);
    claims.push(EVERY_OPERATION_ENDS);
    claims
}

/// The claims that are read off the states alone, for instances too large to keep every edge.
#[must_use]
pub fn safety_claims(coral: &Coral) -> Vec<Claim<Coral>> {
    let mut claims = safety::claims(coral);
    claims.extend(order::claims(coral));
    claims
}

const EVERY_OPERATION_ENDS: Claim<Coral> = Claim::new(
    "every_operation_ends",
    "Every put and every get ends, unless its node has crashed before it began.",
    "CORAL-28",
    Form::Eventually(|coral, state: &State| {
        coral.asked_for().all(|(number, asked)| {
            let progress = state.operation(number);
            let never_begins =
                progress.phase == Phase::Idle && !coral.peer(state, asked.client).is_up();
            progress.is_over() || never_begins
        })
    }),
);

/// What Coral does not promise; of the instance that shows it.
///
/// Source: CORAL-18.
pub(super) const CORAL_GUARANTEES_GET_AFTER_PUT: Claim<Coral> = Claim::new(
    "coral_guarantees_get_after_put",
    "A get that begins when a put has ended as stored finds a value while that put's is alive.",
    "CORAL-18",
    Form::Always {
        when: Some(|coral, state: &State| {
            gets_after_puts(coral).any(|(get, _)| state.operation(get).is_over())
        }),
        holds: |coral, state: &State| {
            gets_after_puts(coral).all(|(get, put)| {
                let has_missed = state.operation(get).outcome() == Outcome::Miss;
                let was_stored = matches!(state.operation(put).outcome(), Outcome::Stored(_));
                !(has_missed && was_stored && is_alive(coral, state, put))
            })
        },
    },
)
.because(reason::missed);

/// The gets that wait for the end of a put for the same key, each with the put.
pub(super) fn gets_after_puts(coral: &Coral) -> impl Iterator<Item = (u8, u8)> {
    let coral = *coral;
    coral.asked_for().filter_map(move |(number, asked)| {
        let put = asked.after.filter(|_| asked.kind == Kind::Get)?;
        let is_put = coral.asked(put).value().is_some();
        let is_same_key = coral.key(put) == coral.key(number);
        (is_put && is_same_key).then_some((number, put))
    })
}

/// Whether the value of a put is alive at some node.
pub(super) fn is_alive(coral: &Coral, state: &State, put: u8) -> bool {
    let Some(value) = coral.asked(put).value() else { return false };
    let list = coral.list_of(put, 0);
    state.nodes().any(|(_, peer)| peer.lists[list].live_entry(value).is_some())
}
