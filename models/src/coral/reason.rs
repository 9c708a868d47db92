//! Why a state breaks a claim, in a sentence with the values it read.

use super::Coral;
use super::operation::Outcome;
use super::property::{gets_after_puts, is_alive};
use super::safety::copies;
use super::state::State;

/// Which node has too many.
pub(super) fn overfull(coral: &Coral, state: &State) -> String {
    for (_, peer) in state.nodes() {
        for list in peer.lists {
            if list.count() > coral.capacity {
                let (node, capacity) = (peer.identifier, coral.capacity);
                return format!("{node} takes {capacity} at most, and has {list:?}");
            }
        }
    }
    String::new()
}

/// Which value is there more than once.
pub(super) fn copies_of(coral: &Coral, state: &State) -> Vec<(u8, usize)> {
    let puts = coral.puts().filter(|&(_, value, _)| coral.puts_of(value).count() == 1);
    let counted = puts.flat_map(|(_, value, _)| {
        (0..coral.lists()).map(move |list| (value, copies(state, value, list)))
    });
    counted.filter(|&(_, count)| count > 1).collect()
}

/// The same in a sentence.
pub(super) fn more_than_one_copy(coral: &Coral, state: &State) -> String {
    let copies = copies_of(coral, state).into_iter();
    let sentences = copies.map(|(value, count)| format!("v{value} is alive at {count} nodes"));
    sentences.collect::<Vec<_>>().join(", ")
}

/// Which get has missed what.
pub(super) fn missed(coral: &Coral, state: &State) -> String {
    for (get, put) in gets_after_puts(coral) {
        let Outcome::Stored(node) = state.operation(put).outcome() else { continue };
        if state.operation(get).outcome() == Outcome::Miss && is_alive(coral, state, put) {
            return format!(
                "op {put} was stored at {node}; op {get}, begun after that, has missed"
            );
        }
    }
    String::new()
}
