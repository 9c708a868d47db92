//! What was seen already, each once.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hash};

use foldhash::fast::FixedState;

/// Things that were seen already.
pub(super) struct Visited<T>(BTreeMap<u64, Vec<T>>);

impl<T> Default for Visited<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Hash + Eq + Clone> Visited<T> {
    /// Notes a thing, unless it was seen.
    pub(super) fn is_new(&mut self, thing: &T) -> bool {
        let known = self.0.entry(FixedState::default().hash_one(thing)).or_default();
        let is_new = !known.contains(thing);
        if is_new {
            known.push(thing.clone());
        }
        is_new
    }
}
