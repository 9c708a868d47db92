//! An ideal ring, and the ways that a look-up takes on it.

/// An identifier of up to five bits.
pub type Id = u8;

/// An ideal ring: which of `2^bits` identifiers are members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ring {
    /// How many bits an identifier has.
    pub bits: u32,
    /// Bit `i` is set if identifier `i` is a member.
    pub members: u32,
}

/// How a look-up finds its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// One place knows every key's owner and is asked.
    CentralIndex,
    /// Every member knows every member.
    FullTable,
    /// Every member knows its successor.
    Neighbours,
    /// Every member knows its successor and its fingers.
    Fingers,
}

impl Ring {
    /// How many identifiers there are.
    #[must_use]
    pub const fn size(self) -> u32 {
        1 << self.bits
    }

    /// Every identifier.
    #[must_use]
    pub const fn identifiers(self) -> std::ops::Range<Id> {
        0..self.size() as Id
    }

    /// Whether the identifier is a member's.
    #[must_use]
    pub const fn contains(self, id: Id) -> bool {
        self.members >> id & 1 == 1
    }

    /// How far it is, clockwise.
    #[must_use]
    pub const fn distance(self, from: Id, to: Id) -> Id {
        (to as u32 + self.size() - from as u32) as Id & (self.size() - 1) as Id
    }

    /// The members in the order of their identifiers.
    pub fn members(self) -> impl Iterator<Item = Id> {
        self.identifiers().filter(move |&id| self.contains(id))
    }

    /// The first member at that identifier or after it.
    ///
    /// Source: CHORD-34.
    #[must_use]
    pub const fn owner(self, id: Id) -> Id {
        let ahead = self.members >> id;
        let first = if ahead == 0 { self.members } else { ahead << id };
        if first == 0 { id } else { first.trailing_zeros() as Id }
    }

    /// The identifier at which a finger begins.
    #[must_use]
    pub const fn start(self, node: Id, finger: u32) -> Id {
        ((node as u32 + (1 << finger)) % self.size()) as Id
    }

    /// A finger: the owner of the identifier that lies a power of two ahead.
    ///
    /// Source: CHORD-34.
    #[must_use]
    pub const fn finger(self, node: Id, finger: u32) -> Id {
        self.owner(self.start(node, finger))
    }

    /// Whether the member can name the owner: whether the key is its own identifier, or lies no
    /// farther than its successor.
    ///
    /// Source: CHORD-66.
    #[must_use]
    pub const fn names(self, at: Id, key: Id) -> bool {
        let to_successor = self.distance(at, self.finger(at, 0));
        to_successor == 0 || self.distance(at, key) <= to_successor
    }

    /// Of those that the member knows, the closest one before the key.
    ///
    /// Source: CHORD-34.
    pub fn closest_before(self, at: Id, key: Id, known: impl Iterator<Item = Id>) -> Option<Id> {
        let lies_before = |&id: &Id| id != at && self.distance(at, id) < self.distance(at, key);
        known.filter(lies_before).max_by_key(|&id| self.distance(at, id))
    }
}
