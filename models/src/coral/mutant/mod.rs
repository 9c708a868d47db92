//! Named faults: each changes one procedure, as a real implementation, a lecture or a shortcut did.
//!
//! The steps ask for a procedure here, and get the one of [`super::rules`] unless the fault has
//! another.

mod table;

use super::identifier::Id;
use super::operation::Phase;
use super::options::{Counting, Order};
use super::peers::Peers;
use super::routing::Policy;
use super::state::{Peer, State};
use super::step::client;
use super::store::{List, is_full, reads_full};
use super::{Coral, rules};

pub use table::{Fault, MUTANTS};

impl Fault {
    /// The model with this fault, or `None` if its protocol has no such procedure.
    pub(super) fn put_into(self, coral: &Coral) -> Option<Coral> {
        let is_timed = coral.horizon > 0;
        let has_gets = coral.gets().next().is_some();
        let has_levels = coral.levels > 1;
        let has_procedure = match self {
            Self::NoHalfLifeRule
            | Self::MoreThanHalfALife
            | Self::FullNeverEvicts
            | Self::EvictAnyShorter
            | Self::CountsExpiredValues
            | Self::LiteralWindow => is_timed,
            Self::ReturnsExpiredValues | Self::LeakCountsGets => is_timed && has_gets,
            Self::GetSkipsTheMiddle | Self::GetStopsAtTheFirstNode => has_gets,
            Self::SpliceForGreedy => coral.policy == Policy::Greedy,
            Self::SilenceIsRefusal
            | Self::SilenceIsSuccess
            | Self::StacksTheSilent
            | Self::NoTimeOut => coral.budget.has_silence(),
            Self::AsksOutsideTheCluster | Self::GoesOnAfterAHit | Self::LevelFromTheInitiator => {
                has_levels
            }
            Self::StoresUnderAnotherKey => coral.lists() > 1 && !has_levels,
            _ => true,
        };
        let counting = match self {
            Self::LiteralWindow => Counting::Literal,
            _ => coral.counting,
        };
        let order = match self {
            Self::OneAtATime => Order::Sequential,
            _ => coral.order,
        };
        has_procedure.then_some(Coral { counting, order, fault: Some(self), ..*coral })
    }
}

/// What a node does.
impl Coral {
    /// Source: CORAL-10, CORAL-11.
    pub(super) fn is_loaded(&self, peer: &Peer, list: usize) -> bool {
        match self.fault {
            Some(Fault::NeverLoaded) => false,
            Some(Fault::OneTooManyPasses) => peer.passed[list] > self.leakage,
            Some(Fault::LeakCountsGets) => peer.passed[list] + peer.seen[0] > self.leakage,
            _ => rules::is_loaded(peer, list, self.counting, self.leakage),
        }
    }

    /// Whether gets count for the load.
    pub(super) fn counts_gets(&self) -> bool {
        self.fault == Some(Fault::LeakCountsGets)
    }

    /// How many values a node says that it has.
    ///
    /// Source: CORAL-8, CORAL-12.
    pub(super) fn told_count(&self, list: List) -> u8 {
        match self.fault {
            Some(Fault::CountsExpiredValues) => list.entries().count() as u8,
            _ => list.count(),
        }
    }

    /// Source: CORAL-15.
    pub(super) fn accepts(&self, peer: &Peer, list: usize, value: u8, ttl: u8) -> bool {
        let held = peer.lists[list];
        let is_refresh = held.live_entry(value).is_some();
        let has_room = held.count() < self.capacity;
        match self.fault {
            Some(Fault::StoreIgnoresFull | Fault::ClientChecksAlone) => true,
            Some(Fault::FullIsMoreThanCapacity) => !is_full(held, self.capacity + 1, ttl),
            Some(Fault::NoHalfLifeRule | Fault::FullNeverEvicts) => is_refresh || has_room,
            Some(Fault::MoreThanHalfALife) => is_refresh || has_room || 2 * held.least() <= ttl,
            Some(Fault::EvictAnyShorter) => is_refresh || has_room || held.least() < ttl,
            Some(Fault::RefusesWhenLoaded) if peer.passed[list] >= self.leakage => is_refresh,
            Some(Fault::RefreshIsRefused) => !is_full(held, self.capacity, ttl),
            _ => rules::accepts(held, value, ttl, self.capacity),
        }
    }

    /// Source: CORAL-8, CORAL-15.
    pub(super) fn make_room(&self, list: List, value: u8) -> List {
        match self.fault {
            Some(
                Fault::StoreIgnoresFull | Fault::ClientChecksAlone | Fault::FullIsMoreThanCapacity,
            ) => rules::make_room(list, value, u8::MAX),
            Some(Fault::EvictsTheLongestLived) => {
                let longest = list.live().max_by_key(|entry| entry.left);
                match longest {
                    Some(entry) if list.count() >= self.capacity => list.purged().without(entry),
                    _ => list.purged(),
                }
            }
            Some(Fault::RefreshIsANewValue) => match rules::victim(list) {
                Some(entry) if list.count() >= self.capacity => list.purged().without(entry),
                _ => list.purged(),
            },
            _ => rules::make_room(list, value, self.capacity),
        }
    }

    /// The list in which a value is stored.
    ///
    /// Source: CORAL-8, CORAL-21.
    pub(super) fn stores_in(&self, operation: u8, level: u8) -> usize {
        match self.fault {
            Some(Fault::StoresUnderAnotherKey) => 1 - self.list_of(operation, level),
            _ => self.list_of(operation, level),
        }
    }

    /// Source: CORAL-8, CORAL-17.
    pub(super) fn returned(&self, list: List) -> u8 {
        match self.fault {
            Some(Fault::ReturnsExpiredValues) => {
                list.entries().fold(0, |values, entry| values | 1 << entry.value)
            }
            _ => list.live_values(),
        }
    }
}

/// What a client does.
impl Coral {
    /// Source: CORAL-9, CORAL-12.
    pub(super) fn reads_full(&self, count: u8, least: u8, ttl: u8) -> bool {
        match self.fault {
            Some(Fault::FullIsMoreThanCapacity) => reads_full(count, least, self.capacity + 1, ttl),
            Some(Fault::NoHalfLifeRule) => count >= self.capacity,
            Some(Fault::MoreThanHalfALife) => count >= self.capacity && 2 * least > ttl,
            _ => reads_full(count, least, self.capacity, ttl),
        }
    }

    /// Source: CORAL-12.
    pub(super) fn ends_forward(&self, full: bool, loaded: bool) -> bool {
        match self.fault {
            Some(Fault::StopsAtFullOrLoaded) => full || loaded,
            Some(Fault::StopsAtFull) => full,
            _ => rules::ends_forward(full, loaded),
        }
    }

    /// Source: CORAL-13.
    pub(super) fn is_stacked(&self, full: bool, loaded: bool) -> bool {
        match self.fault {
            Some(Fault::StacksTheFullAndLoaded) => true,
            Some(Fault::StopsAtFullOrLoaded) => !(full || loaded),
            Some(Fault::ClientChecksAlone | Fault::StopsAtFull) => !full,
            _ => rules::is_stacked(full, loaded),
        }
    }

    /// Source: CORAL-13, CORAL-14.
    pub(super) fn top(&self, operation: u8, stack: Peers) -> Option<Id> {
        let key = self.key(operation);
        match self.fault {
            Some(Fault::FarthestFirst) => {
                self.network.ids(stack).max_by_key(|&node| super::identifier::distance(node, key))
            }
            _ => rules::top(&self.network, key, stack),
        }
    }

    /// Whether a put that was refused goes on.
    ///
    /// Source: CORAL-14.
    pub(super) fn tries_the_next(&self) -> bool {
        self.fault != Some(Fault::NoReversePhase)
    }

    /// Source: CORAL-5.
    pub(super) fn policy_of(&self, is_put: bool) -> Policy {
        match self.fault {
            Some(Fault::GetSkipsTheMiddle) if !is_put => Policy::Greedy,
            Some(Fault::SpliceForGreedy) => Policy::Splice(1),
            _ => self.policy,
        }
    }

    /// Whom a node knows in a level's cluster.
    ///
    /// Source: CORAL-3, CORAL-21.
    pub(super) fn contacts(&self, node: Id, level: u8) -> Peers {
        let known = self.network.contacts[self.network.position(node)];
        match self.fault {
            Some(Fault::AsksOutsideTheCluster) => known,
            _ => known.and(self.cluster(level)),
        }
    }

    /// Whether a get that found nothing at a node ends there, though there are closer ones.
    ///
    /// Source: CORAL-17.
    pub(super) fn gives_up_at(&self, state: &State, operation: u8, node: Id) -> bool {
        let is_first = state.operation(operation).phase == Phase::Look(node);
        self.fault == Some(Fault::GetStopsAtTheFirstNode) && is_first
    }

    /// Source: CORAL-21.
    pub(super) fn goes_on_after_a_hit(&self) -> bool {
        self.fault == Some(Fault::GoesOnAfterAHit)
    }

    /// Where an operation that goes on at the next level begins there.
    ///
    /// Source: CORAL-21.
    pub(super) fn next_level_from(&self, client: Id, reached: Option<Id>) -> Option<Id> {
        match self.fault {
            Some(Fault::LevelFromTheInitiator) => reached.map(|_| client),
            _ => reached,
        }
    }

    /// Source: CORAL-22.
    pub(super) fn has_time_outs(&self) -> bool {
        self.fault != Some(Fault::NoTimeOut)
    }

    /// Whether a node that did not answer in the forward phase may be asked to store.
    ///
    /// Source: CORAL-22.
    pub(super) fn stacks_the_silent(&self) -> bool {
        self.fault == Some(Fault::StacksTheSilent)
    }

    /// What a put makes of a store request that stays unanswered.
    ///
    /// Source: CORAL-16, CORAL-22.
    pub(super) fn after_silence(&self, state: State, operation: u8, node: Id) -> State {
        match self.fault {
            Some(Fault::SilenceIsRefusal) => client::take_as_refusal(self, state, operation),
            Some(Fault::SilenceIsSuccess) => client::take_as_stored(self, state, operation, node),
            _ => client::end_unsure(self, state, operation, node),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coral::{Network, Operation};

    #[test]
    fn every_fault_is_found_by_its_name() {
        for mutant in MUTANTS {
            assert!(Fault::named(mutant.name).is_some(), "{}", mutant.name);
        }
        assert_eq!(Fault::named("no_such_fault"), None);
    }

    #[test]
    fn a_fault_is_put_only_into_a_protocol_that_has_the_procedure() {
        let network = Network::full(3, [0, 2, 6]);
        let plain = Coral::new(network, [Operation::put(6, 0, 4)]);
        for fault in [Fault::SilenceIsRefusal, Fault::GetSkipsTheMiddle, Fault::LiteralWindow] {
            assert_eq!(fault.put_into(&plain), None, "{fault:?}");
        }
        let timed = Fault::LiteralWindow.put_into(&plain.timed(2, 1));
        assert_eq!(timed.map(|coral| coral.counting), Some(Counting::Literal));
        assert!(Fault::StoreIgnoresFull.put_into(&plain).is_some());
    }
}
