//! The steps that may be possible: [`super::step`] has their guards.

use super::operation::Kind;
use super::options::Counting;
use super::state::State;
use super::{Action, Coral};

/// Offers every step whose guard is worth a look.
pub(super) fn candidates(coral: &Coral, state: &State, actions: &mut Vec<Action>) {
    for (operation, asked) in coral.asked_for() {
        let progress = state.operation(operation);
        if coral.may_start(state, operation) {
            actions.push(match asked.kind {
                Kind::Put { .. } => Action::StartPut(operation),
                Kind::Get => Action::StartGet(operation),
            });
        }
        if progress.is_under_way() {
            actions.push(Action::TimeOut(operation));
        }
    }
    let mut before = None;
    for message in state.messages.iter() {
        // They are in order: a second copy is next to the first, and the same step.
        if before == Some(message) {
            continue;
        }
        before = Some(message);
        if message.is_request() {
            actions.extend([Action::Answer(message), Action::Duplicate(message)]);
        } else {
            actions.push(Action::Hear(message));
        }
        actions.push(Action::Lose(message));
    }
    if state.now < coral.horizon {
        actions.push(Action::Tick);
    }
    for (_, peer) in state.nodes() {
        actions.extend([Action::Purge(peer.identifier), Action::Crash(peer.identifier)]);
    }
}

/// Whether nodes keep count of all requests.
pub(super) fn keeps_count(coral: &Coral) -> bool {
    coral.counting == Counting::Literal || coral.counts_gets()
}
