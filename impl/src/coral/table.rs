//! The contacts of a node, in buckets.

use std::collections::BTreeMap;

use super::routing::{Hop, Place, Policy};
use crate::identifier::Xor;

/// The contacts of a node at one level: a bucket for each number of leading bits that a contact
/// may have in common with the node.
///
/// Source: CORAL-3.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Table<I> {
    me: I,
    /// In each bucket the contacts are in order; no bucket is empty.
    buckets: BTreeMap<u32, Vec<I>>,
}

impl<I: Xor> Table<I> {
    /// A table without contacts.
    #[must_use]
    pub const fn empty(me: I) -> Self {
        Self { me, buckets: BTreeMap::new() }
    }

    /// The table of a node with these contacts, as many as there are.
    #[must_use]
    pub fn with(me: I, contacts: impl IntoIterator<Item = I>) -> Self {
        let mut table = Self::empty(me);
        for contact in contacts {
            table.learn(contact, usize::MAX);
        }
        table
    }

    /// The table of a node with up to so many of these contacts in a bucket, the first to come.
    ///
    /// Source: CORAL-3.
    #[must_use]
    pub fn with_buckets(me: I, contacts: impl IntoIterator<Item = I>, most: usize) -> Self {
        let mut table = Self::empty(me);
        for contact in contacts {
            table.learn(contact, most);
        }
        table
    }

    /// Takes a contact in, if its bucket has fewer than so many: those that are there have proved
    /// themselves, and do not make room.
    ///
    /// Source: CORAL-40.
    pub fn learn(&mut self, contact: I, most: usize) {
        if contact == self.me || most == 0 {
            return;
        }
        let bucket = self.buckets.entry(self.me.common_prefix(contact)).or_default();
        if let Err(place) = bucket.binary_search(&contact)
            && bucket.len() < most
        {
            bucket.insert(place, contact);
        }
    }

    /// Forgets a contact.
    ///
    /// Source: CORAL-40.
    pub fn forget(&mut self, contact: I) {
        let prefix = self.me.common_prefix(contact);
        let Some(bucket) = self.buckets.get_mut(&prefix) else { return };
        bucket.retain(|known| *known != contact);
        if bucket.is_empty() {
            self.buckets.remove(&prefix);
        }
    }

    /// The node whose contacts they are.
    #[must_use]
    pub const fn owner(&self) -> I {
        self.me
    }

    /// All contacts.
    pub fn contacts(&self) -> impl Iterator<Item = I> + Clone {
        self.buckets.values().flatten().copied()
    }

    /// The contacts that have exactly so many leading bits in common with the node.
    #[must_use]
    pub fn bucket(&self, common_prefix: u32) -> &[I] {
        self.buckets.get(&common_prefix).map_or(&[], Vec::as_slice)
    }

    /// How many contacts the fullest bucket has.
    #[must_use]
    pub fn fullest(&self) -> usize {
        self.buckets.values().map(Vec::len).max().unwrap_or_default()
    }

    /// Whether every contact is in its bucket, in order, and none is the node itself.
    #[must_use]
    pub fn is_in_order(&self) -> bool {
        let in_place = |prefix: u32, bucket: &Vec<I>| {
            !bucket.is_empty()
                && bucket.is_sorted_by(|one, next| one < next)
                && bucket.iter().all(|id| *id != self.me && self.me.common_prefix(*id) == prefix)
        };
        self.buckets.iter().all(|(prefix, bucket)| in_place(*prefix, bucket))
    }

    /// Up to so many contacts to ask next: the first as the policy has it; each further one as the
    /// policy would go on, with its point, if those before it were asked in vain.
    ///
    /// Source: CORAL-22, CORAL-42.
    #[must_use]
    pub fn ways(&self, mut place: Place<I>, policy: Policy, most: usize) -> Vec<Hop<I>> {
        let mut ways: Vec<Hop<I>> = Vec::new();
        while ways.len() < most {
            let named: Vec<I> = ways.iter().map(|hop| hop.to).collect();
            let others = self.contacts().filter(|id| !named.contains(id));
            let Some(hop) = place.next(policy, others) else { break };
            place.target = hop.target;
            ways.push(hop);
        }
        ways
    }
}
