//! The way to a key: which contact is asked next.

use serde::{Deserialize, Serialize};

use crate::identifier::{Xor, is_nearer};

/// Which contact is asked next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Policy {
    /// The one nearest to the key. Source: CORAL-4.
    Greedy,
    /// The one nearest to a point that shares some more leading bits with the key.
    /// Source: CORAL-5.
    Splice {
        /// How many more bits: one at least.
        bits: u8,
    },
    /// The one whose distance comes closest to half of the distance. Source: CORAL-6.
    Half,
}

/// A contact to ask next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hop<I> {
    /// The contact.
    pub to: I,
    /// The point that it was found for.
    pub target: I,
}

/// Where a way is, and where it leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place<I> {
    /// The node that has been reached.
    pub at: I,
    /// The point that it was found for; the node itself, where a way begins.
    pub target: I,
    /// The key that the way leads to.
    pub key: I,
}

impl<I: Xor> Place<I> {
    /// Where a way to the key begins.
    #[must_use]
    pub const fn beginning(at: I, key: I) -> Self {
        Self { at, target: at, key }
    }

    /// The contact to ask next: nothing if no contact is nearer to the key, so that the node that
    /// has been reached is the closest of those it knows.
    #[must_use]
    pub fn next(self, policy: Policy, contacts: impl Iterator<Item = I> + Clone) -> Option<Hop<I>> {
        match policy {
            Policy::Greedy => self.greedy(contacts),
            Policy::Splice { bits } => self.splice(u32::from(bits.max(1)), &contacts),
            Policy::Half => self.half(contacts),
        }
    }

    /// The contact nearest to the key.
    ///
    /// Source: CORAL-4.
    fn greedy(self, contacts: impl Iterator<Item = I>) -> Option<Hop<I>> {
        let nearest = contacts.min_by_key(|contact| contact.xor(self.key))?;
        self.is_progress(nearest).then_some(Hop { to: nearest, target: self.target })
    }

    /// The contact nearest to the next point. Where it is no nearer to the key than the node that
    /// has been reached, there is no hop, but a farther point.
    ///
    /// Source: CORAL-5.
    fn splice(self, bits: u32, contacts: &(impl Iterator<Item = I> + Clone)) -> Option<Hop<I>> {
        let mut target = self.target;
        loop {
            let was_at_the_key = target == self.key;
            target = advanced(target, self.key, bits);
            let nearest = contacts.clone().min_by_key(|contact| contact.xor(target))?;
            if self.is_progress(nearest) {
                return Some(Hop { to: nearest, target });
            }
            if was_at_the_key {
                return None;
            }
        }
    }

    /// Of the contacts nearer to the key, the one whose distance comes closest to half of the
    /// distance here; of two that come equally close, the nearer one.
    ///
    /// Source: CORAL-6.
    fn half(self, contacts: impl Iterator<Item = I>) -> Option<Hop<I>> {
        let whole = self.at.xor(self.key);
        let half = whole.half();
        // Of an odd distance the half lies between two numbers.
        let half_rounded_up = whole.apart(half);
        let nearer = contacts.filter(|contact| self.is_progress(*contact));
        let closest = |contact: &I| {
            let distance = contact.xor(self.key);
            let half = if distance > half { half_rounded_up } else { half };
            (distance.apart(half), distance)
        };
        nearer.min_by_key(closest).map(|to| Hop { to, target: self.target })
    }

    fn is_progress(self, contact: I) -> bool {
        is_nearer(contact, self.at, self.key)
    }

    /// Whether what another node says is a hop from here can be one: it leads nearer to the key,
    /// and its point is no step back.
    ///
    /// Source: CORAL-44.
    #[must_use]
    pub fn can_lead_to(self, hop: Hop<I>) -> bool {
        let is_a_point_on_the_way = hop.target.xor(self.key) <= self.target.xor(self.key);
        self.is_progress(hop.to) && is_a_point_on_the_way
    }
}

/// The point that shares the next `bits` bits, or the next that differ, with the key.
///
/// Source: CORAL-5.
#[must_use]
pub fn advanced<I: Xor>(target: I, key: I, bits: u32) -> I {
    let common = target.common_prefix(key);
    let smallest_that_changes_it = common / bits + 1;
    key.spliced(target, key.bits().min(smallest_that_changes_it.saturating_mul(bits)))
}
