//! What one member remembers, in one word: most of a search is hashing and comparing states.

use super::identifier::{Id, Set};
use super::list::List;
use super::state::Member;

/// A [`Member`] in 32 bits, or the mark of a node that was one; zero for any other node.
///
/// From the lowest bit: three successors, predecessor and candidate of four bits each (all ones
/// is none), eight bits of notifiers; bit 30 for a departed node, and the highest for a member.
#[derive(Clone, Copy)]
pub(super) struct PackedMember(pub(super) u32);

pub(super) const NOBODY: u32 = 0;
pub(super) const PRESENT: u32 = 1 << 31;
pub(super) const DEPARTED: u32 = 1 << 30;
const NONE: u32 = 0xF;
const NOTIFIERS: u32 = 20;

impl PackedMember {
    pub(super) const fn pack(member: Member) -> Self {
        let successors = member.successors.bits() as u32 & 0xFFF;
        let notifiers = member.notifiers.bits() as u32;
        Self(
            PRESENT
                | successors
                | pack_id(member.predecessor) << 12
                | pack_id(member.candidate) << 16
                | notifiers << NOTIFIERS,
        )
    }

    pub(super) const fn is_present(self) -> bool {
        self.0 & PRESENT != 0
    }

    pub(super) const fn unpack(self) -> Option<Member> {
        if !self.is_present() {
            return None;
        }
        Some(Member {
            successors: self.successors(),
            predecessor: unpack_id(self.0 >> 12),
            candidate: self.candidate(),
            notifiers: self.notifiers(),
        })
    }

    pub(super) const fn successors(self) -> List {
        List::from_bits(0xF000 | (self.0 & 0xFFF) as u16)
    }

    pub(super) const fn candidate(self) -> Option<Id> {
        unpack_id(self.0 >> 16)
    }

    pub(super) const fn notifiers(self) -> Set {
        Set::from_bits((self.0 >> NOTIFIERS & 0xFF) as u16)
    }

    pub(super) const fn with_notifiers(self, notifiers: Set) -> Self {
        Self(self.0 & !(0xFF << NOTIFIERS) | (notifiers.bits() as u32) << NOTIFIERS)
    }
}

const fn pack_id(id: Option<Id>) -> u32 {
    match id {
        None => NONE,
        Some(id) => id as u32,
    }
}

const fn unpack_id(bits: u32) -> Option<Id> {
    match bits & NONE {
        NONE => None,
        id => Some(id as Id),
    }
}
