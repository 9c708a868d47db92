//! Looks for state identity that loses something.

use super::graph::{Graph, hash_collision};
use super::property::Specification;
use super::trace::to_json;

/// How many states are expanded again to compare equal states field by field.
const AUDITED: usize = 20_000;

/// Every sign that `Hash` or `Eq` forgets a field of the state.
///
/// Two unequal states whose 64-bit hashes are equal point at `Hash`. Two equal states whose JSON
/// differs point at `Eq`: the engine merged what the model tells apart.
#[must_use]
pub fn identity<M: Specification>(model: &M, graph: &Graph<M>) -> Vec<String> {
    let mut complaints = Vec::new();
    if let Some((one, other)) = hash_collision(graph.states()) {
        let (one, other) = (&graph.states()[one], &graph.states()[other]);
        complaints.push(format!("Hash loses a field: {one:?} and {other:?} hash alike"));
    }
    complaints.extend(merged_states(model, graph));
    complaints
}

/// A generated state that was merged with a state of another content.
fn merged_states<M: Specification>(model: &M, graph: &Graph<M>) -> Option<String> {
    let stride = graph.expanded().div_ceil(AUDITED).max(1);
    graph.states()[..graph.expanded()].iter().step_by(stride).find_map(|state| {
        model.next_states(state).into_iter().find_map(|next| {
            let kept = graph.state(graph.number_of(&next)?);
            let merged = to_json(kept) != to_json(&next);
            merged.then(|| format!("Eq loses a field: {next:?} was merged with {kept:?}"))
        })
    })
}
