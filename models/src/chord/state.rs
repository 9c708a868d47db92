//! What the network remembers: for each member its pointers and its pending work.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use super::identifier::{Id, Set};
use super::list::List;
use super::packed::{DEPARTED, NOBODY, PRESENT, PackedMember};
use super::upper::{MAXIMUM_UPPER_NODES, Upper};

/// The largest identifier circle that a [`State`] can hold.
pub const MAXIMUM_NODES: Id = 8;

/// The longest successor list that a [`State`] can hold.
pub const MAXIMUM_SUCCESSORS: usize = 3;

/// What one member remembers.
///
/// Source: CHORD-3, CHORD-10.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// The next members on the circle, as far as this one knows; entries may be dead.
    pub successors: List,
    /// The member just behind, as far as this one knows; may be dead. Only the original protocol
    /// knows members without a predecessor.
    pub predecessor: Option<Id>,
    /// The successor's predecessor, which this member will ask next; `None` when it is not in the
    /// middle of stabilizing.
    pub candidate: Option<Id>,
    /// Who has notified this member and has not been looked at yet.
    pub notifiers: Set,
}

impl Member {
    /// A member with these pointers, and nothing pending.
    #[must_use]
    pub const fn new(successors: List, predecessor: Option<Id>) -> Self {
        Self { successors, predecessor, candidate: None, notifiers: Set::EMPTY }
    }

    /// The same member when every identifier has another name.
    #[must_use]
    fn renamed(self, name: impl Fn(Id) -> Id) -> Self {
        Self {
            successors: self.successors.iter().map(&name).fold(List::EMPTY, List::push),
            predecessor: self.predecessor.map(&name),
            candidate: self.candidate.map(&name),
            notifiers: self.notifiers.iter().map(&name).collect(),
        }
    }

    /// Whether a query or a notification waits for this member.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        self.candidate.is_some() || !self.notifiers.is_empty()
    }
}

/// The first of the words that hold what is above the ring, and how many bits each holds: those
/// that mark neither a member nor a departed node.
const UPPER: usize = MAXIMUM_UPPER_NODES as usize;
const UPPER_BITS: u32 = DEPARTED.trailing_zeros();

/// The whole network at one moment: the members, and what each remembers.
///
/// Source: CHORD-3.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    /// Each a [`PackedMember`]. Plain integers are hashed and compared all at once. Where there
    /// is more than the ring, the circle is smaller, and the last words hold it ([`Upper`]).
    members: [u32; MAXIMUM_NODES as usize],
}

impl State {
    /// The network without a member.
    pub const EMPTY: Self = Self { members: [NOBODY; MAXIMUM_NODES as usize] };

    const fn packed(&self, id: Id) -> PackedMember {
        PackedMember(self.members[id as usize])
    }

    /// What that member remembers; `None` if it is not a member.
    #[must_use]
    pub const fn member(&self, id: Id) -> Option<Member> {
        if id >= MAXIMUM_NODES {
            return None;
        }
        self.packed(id).unpack()
    }

    /// Whether it is a member. Every node that is not one is dead to its peers.
    #[must_use]
    pub const fn is_member(&self, id: Id) -> bool {
        id < MAXIMUM_NODES && self.packed(id).is_present()
    }

    /// The successor list of a member; the empty list of any other node.
    #[must_use]
    pub const fn successors(&self, id: Id) -> List {
        if self.is_member(id) { self.packed(id).successors() } else { List::EMPTY }
    }

    /// Whom that member will ask next, if it is in the middle of stabilizing.
    #[must_use]
    pub const fn candidate(&self, id: Id) -> Option<Id> {
        if self.is_member(id) { self.packed(id).candidate() } else { None }
    }

    /// Who has notified that member and has not been looked at yet; nobody of any other node.
    #[must_use]
    pub const fn notifiers(&self, id: Id) -> Set {
        if self.is_member(id) { self.packed(id).notifiers() } else { Set::EMPTY }
    }

    /// This state, but these have notified that member and have not been looked at yet.
    #[must_use]
    pub const fn with_notifiers(mut self, id: Id, notifiers: Set) -> Self {
        self.members[id as usize] = self.packed(id).with_notifiers(notifiers).0;
        self
    }

    /// This state, but that node is a member that remembers this.
    #[must_use]
    pub const fn with(mut self, id: Id, member: Member) -> Self {
        self.members[id as usize] = PackedMember::pack(member).0;
        self
    }

    /// This state, but that node is not a member.
    #[must_use]
    pub const fn without(mut self, id: Id) -> Self {
        self.members[id as usize] = NOBODY;
        self
    }

    /// This state, but that node is not a member, and it is remembered that it was one.
    #[must_use]
    pub const fn departed(mut self, id: Id) -> Self {
        self.members[id as usize] = DEPARTED;
        self
    }

    /// Whether the node is remembered to have been a member.
    #[must_use]
    pub fn has_departed(&self, id: Id) -> bool {
        id < MAXIMUM_NODES && self.members[id as usize] == DEPARTED
    }

    /// What the network remembers above the ring.
    #[must_use]
    pub fn upper(&self) -> Upper {
        // On a larger circle the words are those of members, and each is marked as one.
        let is_of_node = |&word: &u32| word & (PRESENT | DEPARTED) != 0;
        if self.members[UPPER..].iter().any(is_of_node) {
            return Upper::EMPTY;
        }
        let words = self.members[UPPER..].iter().rev();
        Upper::from_bits(words.fold(0, |bits, &word| bits << UPPER_BITS | u64::from(word)))
    }

    /// This state, but the network remembers that above the ring.
    #[must_use]
    pub fn with_upper(mut self, upper: &Upper) -> Self {
        let mut bits = upper.bits();
        for word in &mut self.members[UPPER..] {
            *word = (bits & ((1 << UPPER_BITS) - 1)) as u32;
            bits >>= UPPER_BITS;
        }
        self
    }

    /// The members.
    #[must_use]
    pub const fn members(&self) -> Set {
        let mut bits = 0;
        let mut id = 0;
        while id < MAXIMUM_NODES as usize {
            bits |= (self.members[id] >> PRESENT.trailing_zeros()) << id;
            id += 1;
        }
        Set::from_bits(bits as u16)
    }

    /// The same network one identifier further round a circle of `n`, without what is above the
    /// ring: keys do not rotate.
    #[must_use]
    pub fn rotated(&self, n: Id) -> Self {
        let further = |id: Id| (id + 1) % n;
        (0..n).fold(Self::EMPTY, |rotated, id| match self.member(id) {
            Some(member) => rotated.with(further(id), member.renamed(further)),
            None if self.has_departed(id) => rotated.departed(further(id)),
            None => rotated,
        })
    }

    /// The identifiers of a circle of `n` that some member's extended list skips.
    ///
    /// Source: CHORD-3.
    #[must_use]
    pub fn skipped(&self, n: Id) -> Set {
        self.lists().fold(Set::EMPTY, |all, (id, list)| all.union(list.skipped(id, n)))
    }

    /// The members and their successor lists, in the order of their identifiers.
    pub fn lists(&self) -> impl Iterator<Item = (Id, List)> + '_ {
        let members = (0..).zip(&self.members).map(|(id, &packed)| (id, PackedMember(packed)));
        let present = members.filter(|(_, member)| member.is_present());
        present.map(|(id, member)| (id, member.successors()))
    }

    /// The members and what each remembers, in the order of their identifiers.
    pub fn iter(&self) -> impl Iterator<Item = (Id, Member)> + '_ {
        (0..MAXIMUM_NODES).filter_map(|id| self.member(id).map(|member| (id, member)))
    }
}

impl FromIterator<(Id, Member)> for State {
    fn from_iter<I: IntoIterator<Item = (Id, Member)>>(members: I) -> Self {
        members.into_iter().fold(Self::EMPTY, |state, (id, member)| state.with(id, member))
    }
}

/// One line a member: `0:[1 2|p3] asks 2, notified by {1}`.
impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (line, (id, member)) in self.iter().enumerate() {
            let separator = if line == 0 { "" } else { "\n" };
            write!(f, "{separator}{id}:{member}")?;
        }
        let upper = self.upper();
        if upper != Upper::EMPTY {
            write!(f, "\n{upper:?}")?;
        }
        Ok(())
    }
}

/// The pointers and the pending work of a member: `[1 2|p3] asks 2, notified by {1}`.
impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.predecessor {
            Some(predecessor) => write!(f, "[{}|p{predecessor}]", self.successors)?,
            None => write!(f, "[{}|-]", self.successors)?,
        }
        if let Some(candidate) = self.candidate {
            write!(f, " asks {candidate}")?;
        }
        if !self.notifiers.is_empty() {
            let comma = if self.candidate.is_some() { "," } else { "" };
            write!(f, "{comma} notified by {}", self.notifiers)?;
        }
        Ok(())
    }
}

impl Serialize for Member {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let optional =
            [self.predecessor.is_some(), self.candidate.is_some(), !self.notifiers.is_empty()];
        let fields = 1 + optional.into_iter().filter(|&present| present).count();
        let mut member = serializer.serialize_struct("Member", fields)?;
        member.serialize_field("successors", &self.successors)?;
        if let Some(predecessor) = self.predecessor {
            member.serialize_field("predecessor", &predecessor)?;
        }
        if let Some(candidate) = self.candidate {
            member.serialize_field("candidate", &candidate)?;
        }
        if !self.notifiers.is_empty() {
            member.serialize_field("notifiers", &self.notifiers)?;
        }
        member.end()
    }
}

/// `{"members": {"0": {"successors": [1, 2], "predecessor": 3}, …}}`, without what is empty; and
/// `"departed": [2]` where nodes are remembered to have been members, `"upper"` where there is more
/// than the ring.
impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Members<'a>(&'a State);
        impl Serialize for Members<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                for (id, member) in self.0.iter() {
                    map.serialize_entry(&id.to_string(), &member)?;
                }
                map.end()
            }
        }
        let departed: Set = (0..MAXIMUM_NODES).filter(|&id| self.has_departed(id)).collect();
        let upper = self.upper();
        let fields = [!departed.is_empty(), upper != Upper::EMPTY];
        let fields = 1 + fields.into_iter().filter(|&present| present).count();
        let mut state = serializer.serialize_struct("State", fields)?;
        state.serialize_field("members", &Members(self))?;
        if !departed.is_empty() {
            state.serialize_field("departed", &departed)?;
        }
        if upper != Upper::EMPTY {
            state.serialize_field("upper", &upper)?;
        }
        state.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn busy() -> Member {
        Member {
            successors: List::new(&[1, 7, 2]),
            predecessor: Some(3),
            candidate: Some(2),
            notifiers: [0, 7].into_iter().collect(),
        }
    }

    #[test]
    fn a_member_is_read_as_it_was_written() {
        let single = Member::new(List::new(&[0]), None);
        for member in [busy(), single, Member::new(List::new(&[7, 7]), Some(0))] {
            for id in 0..MAXIMUM_NODES {
                let state = State::EMPTY.with(id, member);
                assert_eq!(state.member(id), Some(member));
                assert_eq!(state.successors(id), member.successors);
                assert_eq!(state.members(), Set::of(id));
                assert_eq!(state.without(id), State::EMPTY);
            }
        }
    }

    #[test]
    fn a_node_that_is_not_a_member_remembers_nothing() {
        let state = State::EMPTY.with(1, busy());
        assert_eq!((state.member(0), state.member(200)), (None, None));
        assert_eq!(state.successors(0), List::EMPTY);
        assert!(state.is_member(1) && !state.is_member(0) && !state.is_member(200));
    }

    #[test]
    fn a_departed_node_is_no_member_and_is_remembered() {
        let state = State::EMPTY.with(1, busy()).departed(1);
        assert!(state.has_departed(1) && !state.has_departed(0) && !state.is_member(1));
        assert_eq!((state.member(1), state.members()), (None, Set::EMPTY));
        assert_ne!(state, State::EMPTY);
        let json = serde_json::to_value(state).ok();
        assert_eq!(json, Some(serde_json::json!({"members": {}, "departed": [1]})));
        assert!(State::EMPTY.departed(1).with(1, busy()).is_member(1));
    }

    #[test]
    fn a_rotation_moves_members_and_what_they_remember_one_further() {
        let state = State::EMPTY.with(7, busy()).departed(3);
        let moved = Member {
            successors: List::new(&[2, 0, 3]),
            predecessor: Some(4),
            candidate: Some(3),
            notifiers: [1, 0].into_iter().collect(),
        };
        assert_eq!(state.rotated(8), State::EMPTY.with(0, moved).departed(4));
        assert_eq!((0..8).fold(state, |state, _| state.rotated(8)), state);
    }

    #[test]
    fn json_leaves_out_what_is_empty() {
        let state = State::EMPTY.with(0, busy()).with(5, Member::new(List::new(&[0]), None));
        let json = serde_json::to_value(state).ok();
        let expected = serde_json::json!({"members": {
            "0": {"successors": [1, 7, 2], "predecessor": 3, "candidate": 2, "notifiers": [0, 7]},
            "5": {"successors": [0]},
        }});
        assert_eq!(json, Some(expected));
    }

    #[test]
    fn a_state_prints_one_line_a_member() {
        let state = State::EMPTY.with(0, busy()).with(5, Member::new(List::new(&[0]), None));
        assert_eq!(format!("{state:?}"), "0:[1 7 2|p3] asks 2, notified by {0, 7}\n5:[0|-]");
    }
}
