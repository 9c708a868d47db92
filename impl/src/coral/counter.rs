//! How many requests to put a key were let through: a bucket that leaks.

use std::collections::{BTreeMap, VecDeque};

use super::config::{Config, Counting};
use super::fault::Fault;
use super::store::{Slot, between};
use crate::machine::Time;

/// When requests to put a key were let through, for each level and key.
///
/// Source: CORAL-10, CORAL-41.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Counters<I> {
    passed: BTreeMap<Slot<I>, VecDeque<Time>>,
}

impl<I: Ord + Copy> Counters<I> {
    pub(super) const fn new() -> Self {
        Self { passed: BTreeMap::new() }
    }

    /// When requests were let through, for each level and key, as far as it is remembered.
    #[must_use]
    pub const fn passed(&self) -> &BTreeMap<Slot<I>, VecDeque<Time>> {
        &self.passed
    }

    /// How many requests were let through in the window that ends, or is, now.
    ///
    /// Source: CORAL-10.
    #[must_use]
    pub fn in_window(&self, slot: Slot<I>, now: Time, config: &Config) -> usize {
        self.passed.get(&slot).map_or(0, |passed| passed.len() - void(passed, now, config))
    }

    /// Whether the node is loaded.
    ///
    /// Source: CORAL-10.
    #[must_use]
    pub fn is_loaded(&self, slot: Slot<I>, now: Time, config: &Config) -> bool {
        let in_window = self.in_window(slot, now, config);
        in_window >= most(config) && !config.has(Fault::NeverLoaded)
    }

    /// A request comes: whether the node is loaded. If not, the request is let through and counts.
    /// A node that has no room to count says that it is loaded.
    ///
    /// Source: CORAL-10, CORAL-45.
    pub(super) fn pass(&mut self, slot: Slot<I>, now: Time, config: &Config) -> bool {
        let is_loaded = self.is_loaded(slot, now, config);
        let counts_all = config.has(Fault::LiteralWindow);
        if is_loaded && !counts_all {
            return true;
        }
        let has_room = self.has_room(slot, now, config);
        if has_room {
            let passed = self.passed.entry(slot).or_default();
            passed.drain(..void(passed, now, config));
            passed.push_back(now);
            // More than the rate is never needed to tell that it is reached.
            passed.drain(..passed.len().saturating_sub(most(config).max(1)));
        }
        is_loaded || !has_room
    }

    fn has_room(&mut self, slot: Slot<I>, now: Time, config: &Config) -> bool {
        let most = config.limits.counters as usize;
        if self.passed.contains_key(&slot) {
            return true;
        }
        if self.passed.len() >= most {
            self.forget(now, config);
        }
        self.passed.len() < most
    }

    /// Forgets what counts no more.
    pub(super) fn forget(&mut self, now: Time, config: &Config) {
        self.passed.retain(|_, passed| {
            passed.drain(..void(passed, now, config));
            !passed.is_empty()
        });
    }
}

/// How many may be let through in a window.
fn most(config: &Config) -> usize {
    usize::from(config.rate) + usize::from(config.has(Fault::OneTooManyPasses))
}

/// How many of these moments, the oldest first, count no more.
fn void(passed: &VecDeque<Time>, now: Time, config: &Config) -> usize {
    passed.partition_point(|moment| !counts(*moment, now, config))
}

/// Whether what was let through at that moment still counts.
fn counts(moment: Time, now: Time, config: &Config) -> bool {
    match config.counting {
        Counting::Sliding => between(moment, now) < config.window,
        Counting::Aligned => {
            let length = (config.window.as_nanos() as u64).max(1);
            moment.nanoseconds() / length == now.nanoseconds() / length
        }
    }
}
