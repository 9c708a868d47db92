//! The shape of the network: who is a member, and which successors each lists.
//!
//! Every claim on rings, appendages and principals is a question about this much of the state
//! alone, so the inductive check can ask it of circles larger than a [`State`] holds.

use super::identifier::{Id, Set, between};
use super::list::{List, skips};
use super::state::State;

/// The largest identifier circle that a [`Shape`] can hold.
pub const MAXIMUM_SHAPE: Id = 12;

const NONE: Id = Id::MAX;

/// Members and their successor lists.
///
/// Source: CHORD-3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    n: Id,
    members: Set,
    lists: [List; MAXIMUM_SHAPE as usize],
    best: [Id; MAXIMUM_SHAPE as usize],
}

impl Shape {
    /// The shape of a state on a circle of `n` identifiers.
    #[must_use]
    pub fn of(n: Id, state: &State) -> Self {
        let mut lists = [List::EMPTY; MAXIMUM_SHAPE as usize];
        let mut members = Set::EMPTY;
        for id in (0..n).filter(|&id| state.is_member(id)) {
            members = members.with(id);
            lists[id as usize] = state.successors(id);
        }
        Self::new(n, members, lists)
    }

    /// The shape in which each member has the list at its own index. Lists of others are ignored.
    #[must_use]
    pub fn new(n: Id, members: Set, lists: [List; MAXIMUM_SHAPE as usize]) -> Self {
        let mut best = [NONE; MAXIMUM_SHAPE as usize];
        for id in members {
            let live = lists[id as usize].iter().find(|&entry| members.contains(entry));
            best[id as usize] = live.unwrap_or(NONE);
        }
        Self { n, members, lists, best }
    }

    /// How many identifiers the circle has.
    #[must_use]
    pub const fn n(&self) -> Id {
        self.n
    }

    /// The members.
    #[must_use]
    pub const fn members(&self) -> Set {
        self.members
    }

    /// The successor list of a member.
    #[must_use]
    pub const fn list(&self, id: Id) -> List {
        self.lists[id as usize]
    }

    /// The best successor of a member: the first entry of its list that is a member.
    ///
    /// Source: CHORD-11.
    #[must_use]
    pub const fn best(&self, id: Id) -> Option<Id> {
        let best = self.best[id as usize];
        if best == NONE { None } else { Some(best) }
    }

    /// The members that have no live successor.
    ///
    /// Source: CHORD-11.
    #[must_use]
    pub fn without_live_successor(&self) -> Set {
        self.members.iter().filter(|&id| self.best(id).is_none()).collect()
    }

    /// The best successors of these members.
    fn best_of(&self, ids: Set) -> Set {
        ids.iter().filter_map(|id| self.best(id)).collect()
    }

    /// The identifiers that a member's extended list passes over.
    #[must_use]
    pub fn skipped(&self) -> Set {
        let skipped_by = |id: Id| self.list(id).skipped(id, self.n);
        self.members.iter().fold(Set::EMPTY, |all, id| all.union(skipped_by(id)))
    }

    /// The members that no member's extended list passes over.
    ///
    /// Source: CHORD-3, CHORD-12.
    #[must_use]
    pub fn principals(&self) -> Set {
        self.members.minus(self.skipped())
    }

    /// The members that come back to themselves along best successors.
    ///
    /// Source: CHORD-16.
    #[must_use]
    pub fn ring(&self) -> Set {
        // What is still reached after ever more steps shrinks to the cycles.
        let mut reached = self.members;
        loop {
            let next = self.best_of(reached);
            if next == reached {
                return reached;
            }
            reached = next;
        }
    }

    /// The members that are not in a ring.
    ///
    /// Source: CHORD-17.
    #[must_use]
    pub fn appendages(&self) -> Set {
        self.members.minus(self.ring())
    }

    /// The members that best successors lead to from this one, itself only if it is in a ring.
    #[must_use]
    pub fn reached_from(&self, id: Id) -> Set {
        let mut reached = Set::EMPTY;
        let mut at = self.best(id);
        while let Some(here) = at.filter(|&here| !reached.contains(here)) {
            reached = reached.with(here);
            at = self.best(here);
        }
        reached
    }

    /// Whether all members of rings are in the same one. True without any ring.
    ///
    /// Source: CHORD-16.
    #[must_use]
    pub fn is_at_most_one_ring(&self) -> bool {
        let ring = self.ring();
        ring.first().is_none_or(|id| self.reached_from(id) == ring)
    }

    /// A member of a ring, a member of a ring that its best successor passes over, and that best
    /// successor: where the ring is out of order, if it is. A member that is its own best
    /// successor is a ring in order; that there are others is for [`Self::is_at_most_one_ring`].
    ///
    /// Source: CHORD-16.
    #[must_use]
    pub fn disorder(&self) -> Option<(Id, Id, Id)> {
        let ring = self.ring();
        ring.iter().find_map(|id| {
            let best = self.best(id).filter(|&best| best != id)?;
            let passed = ring.intersection(Set::arc(id, best, self.n)).first()?;
            Some((id, passed, best))
        })
    }

    /// Whether there is exactly one ring, it is in order, and every member leads to it: what
    /// repair needs to start from.
    ///
    /// Source: CHORD-16, CHORD-17.
    #[must_use]
    pub fn is_one_ordered_ring(&self) -> bool {
        !self.ring().is_empty()
            && self.is_at_most_one_ring()
            && self.disorder().is_none()
            && self.disconnected().is_empty()
    }

    /// The members that lead to no ring.
    ///
    /// Source: CHORD-17.
    #[must_use]
    pub fn disconnected(&self) -> Set {
        let ring = self.ring();
        let leads_nowhere = |id: &Id| self.reached_from(*id).intersection(ring).is_empty();
        self.members.iter().filter(leads_nowhere).collect()
    }

    /// An appendage that merges into a ring at the wrong place: the appendage, the ring member
    /// that it passes over, and the ring member at which it merges.
    ///
    /// Source: CHORD-20.
    #[must_use]
    pub fn misplaced_merge(&self) -> Option<(Id, Id, Id)> {
        let ring = self.ring();
        self.members.minus(ring).iter().find_map(|id| {
            let merge = self.best(id).filter(|&best| ring.contains(best))?;
            let passed = ring.intersection(Set::arc(id, merge, self.n)).first()?;
            Some((id, passed, merge))
        })
    }

    /// A disorder within an appendage: an appendage member, a later member of its way to the
    /// ring (the first of the ring included) that it passes over, and its best successor.
    ///
    /// Source: CHORD-20.
    #[must_use]
    pub fn disordered_appendage(&self) -> Option<(Id, Id, Id)> {
        let ring = self.ring();
        let leads_to_ring = self.members.minus(ring).minus(self.disconnected());
        leads_to_ring.iter().find_map(|id| {
            let best = self.best(id)?;
            let mut at = best;
            while !ring.contains(at) {
                at = self.best(at)?;
                if between(id, at, best) {
                    return Some((id, at, best));
                }
            }
            None
        })
    }

    /// Where a list is not valid: a member, its best successor, and another member that the first
    /// one lists but the second one's list passes over. The same entry twice in a row, as in the
    /// list of a member that is alone, passes over nobody here.
    ///
    /// Source: CHORD-20.
    #[must_use]
    pub fn invalid_list(&self) -> Option<(Id, Id, Id)> {
        self.members.iter().find_map(|antecedent| {
            let best = self.best(antecedent)?;
            let listed = self.list(antecedent).set_of().intersection(self.members).without(best);
            let pairs = self.list(best).pairs(best).filter(|(a, b)| a != b);
            let passed_over =
                pairs.fold(Set::EMPTY, |all, (a, b)| all.union(Set::arc(a, b, self.n)));
            let passed = listed.intersection(passed_over).first()?;
            Some((antecedent, best, passed))
        })
    }

    /// A member and an entry that its extended list holds twice.
    ///
    /// Source: CHORD-13.
    #[must_use]
    pub fn duplicate(&self) -> Option<(Id, Id)> {
        self.members.iter().find_map(|id| {
            let mut seen = Set::of(id);
            for entry in self.list(id) {
                if seen.contains(entry) {
                    return Some((id, entry));
                }
                seen = seen.with(entry);
            }
            None
        })
    }

    /// A member whose extended list is out of order, and the three entries that show it.
    ///
    /// Source: CHORD-14.
    #[must_use]
    pub fn disordered_list(&self) -> Option<(Id, [Id; 3])> {
        self.members.iter().find_map(|id| {
            let mut extended = [id; List::CAPACITY + 1];
            let mut length = 1;
            for entry in self.list(id) {
                extended[length] = entry;
                length += 1;
            }
            disordered_triple(&extended[..length]).map(|triple| (id, triple))
        })
    }

    /// The member just behind on the circle; itself if it is the only one.
    #[must_use]
    pub fn behind(&self, id: Id) -> Option<Id> {
        (1..=self.n).map(|back| (id + self.n - back) % self.n).find(|&b| self.members.contains(b))
    }

    /// The first `length` members clockwise from this one; fewer never, for the circle is walked
    /// on and on.
    #[must_use]
    pub fn members_after(&self, id: Id, length: usize) -> List {
        let mut list = List::EMPTY;
        let mut at = id;
        while list.len() < length && !self.members.is_empty() {
            at = (at + 1) % self.n;
            if self.members.contains(at) {
                list = list.push(at);
            }
        }
        list
    }

    /// Whether some member's extended list passes over this one.
    #[must_use]
    pub fn is_skipped(&self, p: Id) -> bool {
        self.members.iter().any(|id| skips(id, self.list(id), p))
    }
}

/// Three entries, in this order in the list, that are not so on the circle.
fn disordered_triple(extended: &[Id]) -> Option<[Id; 3]> {
    for (i, &a) in extended.iter().enumerate() {
        for (j, &b) in extended.iter().enumerate().skip(i + 1) {
            let later = extended.iter().skip(j + 1);
            if let Some(&c) = later.into_iter().find(|&&c| !between(a, b, c)) {
                return Some([a, b, c]);
            }
        }
    }
    None
}
