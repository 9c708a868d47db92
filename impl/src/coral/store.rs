//! What a node holds: values that live for a while, several under one key.

use std::collections::BTreeMap;
use std::time::Duration;

use super::config::Config;
use super::fault::Fault;
use crate::machine::Time;

/// What an application puts under a key.
pub type Value = Vec<u8>;

/// The values under one key, each with the moment at which its life ends.
pub type Entries = BTreeMap<Value, Time>;

/// Where a value is put: a level, and a key. What is put at one level is not seen at another.
///
/// Source: CORAL-21.
pub type Slot<I> = (u8, I);

/// What a node holds.
///
/// Source: CORAL-8.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Store<I> {
    slots: BTreeMap<Slot<I>, Entries>,
}

/// What a node says of the values that it holds under a key.
///
/// Source: CORAL-12.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Holding {
    /// How many live.
    pub count: u8,
    /// The least life that any of them has left; none if there are none.
    pub least: Duration,
}

impl Holding {
    /// Whether a node that holds this is full for a value that is to live so long.
    ///
    /// Source: CORAL-9.
    #[must_use]
    pub fn is_full_for(self, ttl: Duration, config: &Config) -> bool {
        let most = u16::from(config.values) + u16::from(config.has(Fault::FullIsMoreThanCapacity));
        let twice = self.least.saturating_mul(2);
        let least_lives_long = if config.has(Fault::NoHalfLifeRule) {
            true
        } else if config.has(Fault::MoreThanHalfALife) {
            twice > ttl
        } else {
            twice >= ttl
        };
        u16::from(self.count) >= most && least_lives_long
    }
}

/// How much later the second moment is.
pub(super) const fn between(earlier: Time, later: Time) -> Duration {
    Duration::from_nanos(later.nanoseconds().saturating_sub(earlier.nanoseconds()))
}

impl<I: Ord + Copy> Store<I> {
    pub(super) const fn new() -> Self {
        Self { slots: BTreeMap::new() }
    }

    /// Everything that is held, dead or alive.
    #[must_use]
    pub const fn slots(&self) -> &BTreeMap<Slot<I>, Entries> {
        &self.slots
    }

    /// The values under a key that live, each with what is left of its life.
    ///
    /// Source: CORAL-8.
    pub fn live(&self, slot: Slot<I>, now: Time) -> impl Iterator<Item = (&Value, Duration)> {
        let entries = self.slots.get(&slot).into_iter().flatten();
        let left = entries.map(move |(value, end)| (value, between(now, *end)));
        left.filter(|(_, left)| *left > Duration::ZERO)
    }

    /// What the node says of the values under a key, if it does as the configuration has it.
    ///
    /// Source: CORAL-12.
    pub(super) fn said(&self, slot: Slot<I>, now: Time, config: &Config) -> Holding {
        let holding = self.holding(slot, now);
        let dead_too = self.slots.get(&slot).map_or(0, BTreeMap::len).min(u8::MAX.into()) as u8;
        let counts_all = config.has(Fault::CountsExpiredValues) && holding.count > 0;
        Holding { count: if counts_all { dead_too } else { holding.count }, ..holding }
    }

    /// What the values under a key come to.
    ///
    /// Source: CORAL-12.
    #[must_use]
    pub fn holding(&self, slot: Slot<I>, now: Time) -> Holding {
        let count = self.live(slot, now).count().min(u8::MAX.into()) as u8;
        let least = self.live(slot, now).map(|(_, left)| left).min().unwrap_or_default();
        Holding { count, least }
    }

    /// The node is to hold a value; whether it does. It does unless it is full, or has the value
    /// already. The value that has least of its life left makes room.
    ///
    /// Source: CORAL-8, CORAL-15.
    pub(super) fn accept(
        &mut self,
        slot: Slot<I>,
        value: Value,
        ttl: Duration,
        now: Time,
        config: &Config,
    ) -> bool {
        let has_it_already = self.live(slot, now).any(|(held, _)| *held == value);
        let is_refreshed = has_it_already
            && !config.has(Fault::RefreshIsANewValue)
            && !config.has(Fault::RefreshIsRefused);
        if !is_refreshed && !self.has_room(slot, ttl, now, config) {
            return false;
        }
        self.make_room(slot, is_refreshed, now, config);
        let counts_twice = has_it_already && config.has(Fault::RefreshIsANewValue);
        let value = if counts_twice { [value, vec![0]].concat() } else { value };
        self.slots.entry(slot).or_default().insert(value, now.after(ttl));
        true
    }

    fn has_room(&self, slot: Slot<I>, ttl: Duration, now: Time, config: &Config) -> bool {
        let holding = self.holding(slot, now);
        if config.has(Fault::FullNeverEvicts) {
            return holding.count < config.values;
        }
        if config.has(Fault::EvictAnyShorter) {
            return holding.count < config.values || holding.least < ttl;
        }
        let is_checked =
            !config.has(Fault::StoreIgnoresFull) && !config.has(Fault::ClientChecksAlone);
        !(is_checked && holding.is_full_for(ttl, config))
    }

    /// Buries the dead of a key; then, if the key has as many values as may be and another one
    /// comes, the one that has least of its life left.
    fn make_room(&mut self, slot: Slot<I>, is_refreshed: bool, now: Time, config: &Config) {
        let Some(entries) = self.slots.get_mut(&slot) else { return };
        entries.retain(|_, end| *end > now);
        let most =
            usize::from(config.values) + usize::from(config.has(Fault::FullIsMoreThanCapacity));
        let is_crowded = entries.len() >= most && !config.has(Fault::StoreIgnoresFull);
        if is_refreshed || !is_crowded || config.has(Fault::ClientChecksAlone) {
            return;
        }
        let first_to_go = |(value, end): (&Value, &Time)| (*end, value.clone());
        let victim = if config.has(Fault::EvictsTheLongestLived) {
            entries.iter().map(first_to_go).max()
        } else {
            entries.iter().map(first_to_go).min()
        };
        if let Some((_, victim)) = victim {
            entries.remove(&victim);
        }
    }

    /// Whether there is room for that key, if need be once all dead are buried.
    ///
    /// Source: CORAL-45.
    pub(super) fn has_room_for(&mut self, slot: Slot<I>, now: Time, most: u32) -> bool {
        if self.slots.contains_key(&slot) {
            return true;
        }
        if self.slots.len() >= most as usize {
            self.bury(now);
        }
        self.slots.len() < most as usize
    }

    /// Forgets values whose life is over.
    pub(super) fn bury(&mut self, now: Time) {
        self.slots.retain(|_, entries| {
            entries.retain(|_, end| *end > now);
            !entries.is_empty()
        });
    }

    /// A value that is there from the beginning.
    pub(super) fn put_in(&mut self, slot: Slot<I>, value: Value, end: Time) {
        self.slots.entry(slot).or_default().insert(value, end);
    }
}
