//! The invariant and the steps of corrected Chord, as far as successor lists go.
//!
//! Every step of the model either leaves all lists and members as they are or is one of the steps
//! here; `predecessor`, `candidate` and `notifiers` enter only as an identifier `q` that a member
//! may be about to ask, and `q` is quantified universally. What a step writes is computed by the
//! functions of [`list`](crate::chord::list) that the model's own steps call.
//!
//! Source: CHORD-25.

use super::fault::Fault;
use crate::chord::list::{adopt, drop_dead_head};
use crate::chord::shape::Shape;
use crate::chord::{Id, List, Set, between};

/// A circle, the length of successor lists, and the fault under check, if any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rules {
    /// How many identifiers the circle has.
    pub(super) n: Id,
    /// How long successor lists are.
    pub(super) r: usize,
    /// What is done wrong.
    pub(super) fault: Option<Fault>,
}

impl Rules {
    fn has(self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// How many principals the invariant asks for: `r + 1`.
    ///
    /// Source: CHORD-12.
    pub(super) fn required_principals(self) -> usize {
        match self.fault {
            Some(Fault::PrincipalsOneTooFew) => self.r,
            Some(Fault::PrincipalsNotRequired) => 0,
            _ => self.r + 1,
        }
    }

    /// Whether a list of a network with these members may be in a state of the invariant.
    ///
    /// Source: CHORD-11.
    pub(super) fn has_live_entry(self, list: List, members: Set) -> bool {
        self.has(Fault::LiveSuccessorNotRequired) || !list.set_of().intersection(members).is_empty()
    }

    /// The invariant: every member lists a member, and there are enough principals.
    ///
    /// Source: CHORD-11, CHORD-12.
    pub(super) fn invariant(self, shape: &Shape) -> bool {
        let members = shape.members();
        members.iter().all(|id| self.has_live_entry(shape.list(id), members))
            && shape.principals().len() >= self.required_principals()
    }

    /// The list of a member whose live head has this list.
    ///
    /// Source: CHORD-7.
    pub(super) fn adopt_successor(self, head: Id, its_list: List) -> List {
        if self.has(Fault::SuccessorLeftOut) { its_list } else { adopt(head, its_list) }
    }

    /// Whether a member drops a head that is, or is not, a member.
    ///
    /// Source: CHORD-7.
    pub(super) fn may_drop_head(self, is_alive: bool) -> bool {
        !is_alive || self.has(Fault::LiveHeadDropped)
    }

    /// The list of a member that has dropped its head.
    ///
    /// Source: CHORD-7.
    pub(super) fn drop_head(self, list: List) -> List {
        match (self.fault, list.last()) {
            (Some(Fault::PaddingRemoved), _) => list.tail(),
            (Some(Fault::PadRepeatsLastEntry), Some(end)) => list.tail().push(end),
            _ => drop_dead_head(list, self.n),
        }
    }

    /// Whether a member with that head may be about to ask this candidate.
    ///
    /// Source: CHORD-8.
    pub(super) fn may_ask(self, node: Id, candidate: Id, head: Id) -> bool {
        candidate < self.n && between(node, candidate, head)
    }

    /// The list of a member after it has asked a candidate that answers with its list, or is
    /// dead; `None` if the list stays as it is.
    ///
    /// Source: CHORD-8.
    pub(super) fn ask_candidate(
        self,
        candidate: Id,
        answer: Option<List>,
        own: List,
    ) -> Option<List> {
        match answer {
            Some(its_list) => Some(adopt(candidate, its_list)),
            None if self.has(Fault::CandidateAdoptedUnasked) => Some(adopt(candidate, own)),
            None => None,
        }
    }

    /// Whether a node that is not a member may join through a member with this list.
    ///
    /// Source: CHORD-5.
    pub(super) fn may_join(self, node: Id, via: Id, its_list: List) -> bool {
        let lies_in_its_arc = its_list.head().is_some_and(|head| between(via, node, head));
        node != via && (lies_in_its_arc || self.has(Fault::JoinThroughAnyMember))
    }

    /// Whether the owner of this list lists another member besides the one that fails, if it
    /// lists that one.
    ///
    /// Source: CHORD-6.
    pub(super) fn spares_live_successor(self, list: List, members: Set, failing: Id) -> bool {
        let others = members.without(failing);
        !list.contains(failing)
            || !list.set_of().intersection(others).is_empty()
            || self.has(Fault::FailureOfALastLiveSuccessor)
    }

    /// Whether this member may fail.
    ///
    /// Source: CHORD-6.
    pub(super) fn may_fail(self, shape: &Shape, failing: Id) -> bool {
        let members = shape.members();
        let principals = shape.principals();
        let spares = |id| self.spares_live_successor(shape.list(id), members, failing);
        let is_spare_principal = !principals.contains(failing)
            || principals.len() > self.required_principals()
            || self.has(Fault::FailureOfANeededPrincipal);
        is_spare_principal && members.without(failing).iter().all(spares)
    }

    /// Every list of `r` entries on the circle, in ascending order.
    pub(super) fn all_lists(self) -> impl Iterator<Item = List> {
        let n = u32::from(self.n);
        let length = self.r as u32;
        (0..n.pow(length)).map(move |number| {
            let digits = (0..length).rev().map(|place| (number / n.pow(place) % n) as Id);
            digits.fold(List::EMPTY, List::push)
        })
    }

    /// The shape with these members and these lists, the other members' lists being as they were.
    pub(super) fn rewrite(self, shape: &Shape, members: Set, written: &[(Id, List)]) -> Shape {
        let mut lists = [List::EMPTY; crate::chord::shape::MAXIMUM_SHAPE as usize];
        for id in shape.members().intersection(members) {
            lists[usize::from(id)] = shape.list(id);
        }
        for &(id, list) in written {
            lists[usize::from(id)] = list;
        }
        Shape::new(self.n, members, lists)
    }
}

/// What a step does to lists and members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operation {
    /// A member asks its live successor.
    StabilizeFromSuccessor,
    /// A member finds its successor dead.
    DropDeadHead,
    /// A member asks its candidate.
    StabilizeFromPredecessor,
    /// A node joins.
    Join,
    /// A member fails.
    Fail,
}

impl Operation {
    /// Every operation, in the order of its number.
    pub(super) const ALL: [Self; 5] = [
        Self::StabilizeFromSuccessor,
        Self::DropDeadHead,
        Self::StabilizeFromPredecessor,
        Self::Join,
        Self::Fail,
    ];

    /// The operation's name in reports.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::StabilizeFromSuccessor => "stabilize_from_successor",
            Self::DropDeadHead => "drop_dead_head",
            Self::StabilizeFromPredecessor => "stabilize_from_predecessor",
            Self::Join => "join",
            Self::Fail => "fail",
        }
    }
}

/// A step as people read it: `join(3) via 2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// What is done.
    pub(super) operation: Operation,
    /// By whom.
    pub(super) node: Id,
    /// The candidate that is asked, or the member that is joined through.
    pub(super) other: Option<Id>,
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}({})", self.operation.name(), self.node)?;
        match (self.operation, self.other) {
            (Operation::Join, Some(via)) => write!(f, " via {via}"),
            (_, Some(asked)) => write!(f, " asks {asked}"),
            (_, None) => Ok(()),
        }
    }
}
