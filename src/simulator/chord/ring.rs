//! Questions about the ring as a whole, which no node can answer: what each node would know if all
//! were in order, and which nodes may fail.

use straightedge_impl::chord::{Node, Phase, Successors};
use straightedge_impl::identifier::{Identifier, Sha1Id, between};

use super::Chord;
use crate::simulator::system::Nodes;

/// What a member knows in the ideal state.
///
/// Source: CHORD-19.
pub(super) struct Ideal<I> {
    pub(super) successors: Vec<I>,
    pub(super) predecessor: I,
}

impl<I: Identifier> Ideal<I> {
    /// Of a node on a ring that is not empty, given in the order of the circle; the list runs
    /// round it more than once if it has to.
    pub(super) fn of(ring: &[I], me: I, length: usize) -> Self {
        let behind = ring.partition_point(|&other| other < me);
        let ahead = ring.partition_point(|&other| other <= me);
        let successors = (0..length).map(|step| ring[(ahead + step) % ring.len()]).collect();
        Self { successors, predecessor: ring[(behind + ring.len() - 1) % ring.len()] }
    }
}

/// The first node at an identifier or after it, on a ring that is given in the order of the
/// circle.
///
/// Source: CHORD-34.
#[must_use]
pub fn owner<I: Identifier>(ring: &[I], key: I) -> Option<I> {
    let at_or_after = ring.partition_point(|&node| node < key);
    ring.get(at_or_after).or_else(|| ring.first()).copied()
}

/// The correct fingers of a node, the farthest first; there is none where the node would be its
/// own finger.
///
/// Source: CHORD-34.
#[must_use]
pub fn correct_fingers<I: Identifier>(ring: &[I], me: I, number: u8) -> Vec<Option<I>> {
    let exponents = (0..me.bits()).rev().take(usize::from(number));
    let finger = |exponent| owner(ring, me.plus_power_of_two(exponent)).filter(|&it| it != me);
    exponents.map(finger).collect()
}

/// The members at one moment, in the order of the circle.
pub(super) struct Members<'a>(Vec<(Sha1Id, &'a Node<Sha1Id>)>);

impl<'a> Members<'a> {
    pub(super) fn of(nodes: &'a Nodes<'_, Chord>) -> Self {
        let members = nodes.present().filter(|(_, machine)| machine.phase() == Phase::Member);
        let mut members: Vec<_> = members.map(|(_, machine)| (machine.me(), machine)).collect();
        members.sort_unstable_by_key(|&(id, _)| id);
        Self(members)
    }

    fn has(&self, id: Sha1Id) -> bool {
        self.0.binary_search_by_key(&id, |&(member, _)| member).is_ok()
    }

    /// Whether every other member that lists the failing one lists another member besides.
    ///
    /// Source: CHORD-6.
    pub(super) fn keep_a_live_successor(&self, failing: Sha1Id) -> bool {
        let others = self.0.iter().filter(|(id, _)| *id != failing);
        others.filter_map(|(_, machine)| machine.successors()).all(|list| {
            let rests_on_it = list.iter().any(|entry| entry == failing);
            !rests_on_it || list.iter().any(|entry| entry != failing && self.has(entry))
        })
    }

    /// Whether `r + 1` principals remain without the failing one, if it is one of them.
    ///
    /// Source: CHORD-6, CHORD-12.
    pub(super) fn keep_enough_principals(&self, failing: Sha1Id, r: usize) -> bool {
        let others = self.0.iter().filter(|(id, _)| *id != failing);
        let principals = others.filter(|(id, _)| self.is_principal(*id)).take(r + 1);
        principals.count() > r || !self.is_principal(failing)
    }

    /// Whether no member's extended list skips it.
    ///
    /// Source: CHORD-3.
    fn is_principal(&self, id: Sha1Id) -> bool {
        let skips = |&(member, machine): &(Sha1Id, &Node<Sha1Id>)| {
            let mut last = member;
            machine.successors().into_iter().flat_map(Successors::iter).any(|entry| {
                let is_skipped = between(last, id, entry);
                last = entry;
                is_skipped
            })
        };
        !self.0.iter().any(skips)
    }
}
