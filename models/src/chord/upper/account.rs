//! What every step means for what is above the ring.

use super::mutant::Fault;
use super::state::{Copies, Upper};
use crate::chord::{Action, Chord, Id, Set, State};

/// The most failures that are told apart from having no promise at all.
const MOST_FAILURES: u8 = 2;

/// The state after a step, with what is above the ring brought up to date: who is gone has
/// forgotten everything, who joins has nothing, and who counts failures has counted.
#[must_use]
pub fn account(chord: &Chord, before: &State, action: Action, after: &State) -> State {
    let mut upper = after.upper();
    match action {
        Action::Fail(node) => {
            for copies in &mut upper.keys {
                copies.failures = failures(*copies, node);
            }
            upper = upper.without(node);
        }
        Action::Leave(node) => upper = upper.without(node),
        Action::Join { node, .. } if chord.layers.answering_when_ready => {
            if chord.layers.fault == Some(Fault::AnswerBeforeReady) {
                return after.with_upper(&upper);
            }
            upper.unready = upper.unready.with(node);
        }
        Action::Rectify { node, from } => {
            let is_told = chord.layers.fault != Some(Fault::NeverReady);
            let is_counted = after.member(node).is_some_and(|it| it.predecessor == Some(from));
            if is_counted && is_told {
                upper.unready = upper.unready.without(from);
            }
        }
        _ => {}
    }
    for (place, key) in chord.keys() {
        let copies = &mut upper.keys[place];
        if copies.holders.is_empty() && !before.upper().keys[place].holders.is_empty() {
            // Lost: how many failures that took is kept, until it is put again.
            continue;
        }
        let is_whole = !copies.holders.is_empty()
            && true_replicas(chord, after, key).is_subset(copies.holders);
        if is_whole {
            copies.failures = Some(0);
        }
    }
    after.with_upper(&upper)
}

/// How many holders have failed once this member has, too.
fn failures(copies: Copies, failed: Id) -> Option<u8> {
    let more = u8::from(copies.holders.contains(failed));
    copies.failures.map(|failures| failures + more).filter(|&failures| failures <= MOST_FAILURES)
}

/// The members that are to hold a key when all is well: the first one at it or after it, and as
/// many after that as a list is long.
///
/// Source: CHORD-61.
#[must_use]
pub fn true_replicas(chord: &Chord, state: &State, key: Id) -> Set {
    let after = |id: Id| (key + id) % chord.nodes;
    let members = (0..chord.nodes).map(after).filter(|&id| state.is_member(id));
    members.take(chord.successors + 1).collect()
}

/// The first member at that identifier or after it.
///
/// Source: CHORD-34.
#[must_use]
pub fn true_owner(chord: &Chord, state: &State, key: Id) -> Option<Id> {
    let after = |id: Id| (key + id) % chord.nodes;
    (0..chord.nodes).map(after).find(|&id| state.is_member(id))
}

impl Upper {
    /// The same with other copies of one key.
    #[must_use]
    pub(super) const fn with_copies(mut self, place: usize, copies: Copies) -> Self {
        self.keys[place] = copies;
        self
    }
}
