//! The procedures: guard first, effect last; each is one atomic step.

pub mod client;
pub mod environment;
pub mod server;

use super::state::State;
use super::{Action, Coral};

/// The state after a step, or `None` if its guard is false.
#[must_use]
pub fn step(coral: &Coral, state: &State, action: Action) -> Option<State> {
    match action {
        Action::StartPut(operation) | Action::StartGet(operation) => {
            client::start(coral, state, operation)
        }
        Action::Answer(request) => server::answer(coral, state, request),
        Action::Hear(reply) => client::hear(coral, state, reply),
        Action::TimeOut(operation) => client::time_out(coral, state, operation),
        Action::Tick => environment::tick(coral, state),
        Action::Purge(node) => environment::purge(coral, state, node),
        Action::Lose(message) => environment::lose(state, message),
        Action::Duplicate(request) => environment::duplicate(state, request),
        Action::Crash(node) => environment::crash(coral, state, node),
    }
}
