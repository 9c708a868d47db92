//! The nodes of an instance, and sets of them.

use super::identifier::{Id, distance};

/// The most nodes that a state can hold.
pub const MAXIMUM_PEERS: usize = 6;

/// A set of nodes, by their positions in the instance's list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Peers(u8);

impl Peers {
    /// No node.
    pub const NONE: Self = Self(0);

    /// The nodes at these positions, one bit each.
    #[must_use]
    pub const fn of_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// The first so many nodes.
    #[must_use]
    pub const fn first(count: u8) -> Self {
        Self(((1_u16 << count) - 1) as u8)
    }

    /// Whether the node at that position is in the set.
    #[must_use]
    pub const fn has(self, position: usize) -> bool {
        self.0 >> position & 1 != 0
    }

    /// The set with that node.
    #[must_use]
    pub const fn with(self, position: usize) -> Self {
        Self(self.0 | 1 << position)
    }

    /// The set without that node.
    #[must_use]
    pub const fn without(self, position: usize) -> Self {
        Self(self.0 & !(1 << position))
    }

    /// What is in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in one of them.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in this and not in the other.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// How many there are.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The positions, in order.
    pub fn iter(self) -> impl Iterator<Item = usize> + Clone {
        (0..u8::BITS as usize).filter(move |&position| self.has(position))
    }
}

/// The nodes of an instance, and whom each knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// How many bits an identifier has.
    pub width: u8,
    /// How many nodes there are.
    pub count: u8,
    /// Their identifiers; as many as there are nodes count.
    pub identifiers: [Id; MAXIMUM_PEERS],
    /// Whom the node at each position knows.
    pub contacts: [Peers; MAXIMUM_PEERS],
}

impl Network {
    /// Nodes that know each other all.
    #[must_use]
    pub fn full<const N: usize>(width: u8, identifiers: [Id; N]) -> Self {
        let mut network = Self {
            width,
            count: N as u8,
            identifiers: [0; MAXIMUM_PEERS],
            contacts: [Peers::NONE; MAXIMUM_PEERS],
        };
        network.identifiers[..N].copy_from_slice(&identifiers);
        for position in 0..N {
            network.contacts[position] = Peers::first(N as u8).without(position);
        }
        network
    }

    /// The identifiers, in the order of the list.
    #[must_use]
    pub fn nodes(&self) -> &[Id] {
        &self.identifiers[..usize::from(self.count)]
    }

    /// Where in the list a node is.
    ///
    /// # Panics
    ///
    /// If there is no such node.
    #[must_use]
    pub fn position(&self, node: Id) -> usize {
        let found = self.nodes().iter().position(|&other| other == node);
        assert!(found.is_some(), "there is no node {node}");
        found.unwrap_or_default()
    }

    /// The node of a set that is closest to a key.
    #[must_use]
    pub fn closest(&self, key: Id, among: Peers) -> Option<Id> {
        self.ids(among).min_by_key(|&node| distance(node, key))
    }

    /// The identifiers of a set.
    pub fn ids(&self, set: Peers) -> impl Iterator<Item = Id> + Clone {
        let identifiers = self.identifiers;
        set.iter().map(move |position| identifiers[position])
    }
}
