//! The steps of both protocols and of their environment, and how they are called.

use std::fmt;

use super::identifier::Id;

/// A step, with the node that takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// A node becomes a member by copying the list of the member `via`.
    Join {
        /// The new member.
        node: Id,
        /// The member between which and its successor the new one lies.
        via: Id,
    },
    /// A member asks its first successor for its list and its predecessor.
    StabilizeFromSuccessor(Id),
    /// A member asks its candidate for its list.
    StabilizeFromPredecessor(Id),
    /// A member looks at a notification.
    Rectify {
        /// The member.
        node: Id,
        /// Who has notified it.
        from: Id,
    },
    /// A member fails without a word.
    Fail(Id),
    /// A member leaves without a word.
    Leave(Id),
    /// Original: a member asks its successor for its predecessor, and notifies its successor.
    Stabilize(Id),
    /// Original: a member takes its successor's successor as its second.
    Reconcile(Id),
    /// Original: a member replaces its dead successor by its second.
    Update(Id),
    /// Original: a member forgets its dead predecessor.
    Flush(Id),
}

impl Action {
    /// The node that takes the step.
    #[must_use]
    pub const fn node(&self) -> Id {
        match *self {
            Self::Join { node, .. }
            | Self::Rectify { node, .. }
            | Self::StabilizeFromSuccessor(node)
            | Self::StabilizeFromPredecessor(node)
            | Self::Fail(node)
            | Self::Leave(node)
            | Self::Stabilize(node)
            | Self::Reconcile(node)
            | Self::Update(node)
            | Self::Flush(node) => node,
        }
    }

    /// Whether the step repairs the ring, and is not churn.
    #[must_use]
    pub const fn is_repair(&self) -> bool {
        match self {
            Self::Join { .. } | Self::Fail(_) | Self::Leave(_) => false,
            Self::StabilizeFromSuccessor(_)
            | Self::StabilizeFromPredecessor(_)
            | Self::Rectify { .. }
            | Self::Stabilize(_)
            | Self::Reconcile(_)
            | Self::Update(_)
            | Self::Flush(_) => true,
        }
    }
}

impl crate::engine::Action for Action {
    const NAMES: &'static [&'static str] = &[
        "join",
        "stabilize_from_successor",
        "stabilize_from_predecessor",
        "rectify",
        "fail",
        "leave",
        "stabilize",
        "reconcile",
        "update",
        "flush",
    ];

    fn name_index(&self) -> usize {
        match self {
            Self::Join { .. } => 0,
            Self::StabilizeFromSuccessor(_) => 1,
            Self::StabilizeFromPredecessor(_) => 2,
            Self::Rectify { .. } => 3,
            Self::Fail(_) => 4,
            Self::Leave(_) => 5,
            Self::Stabilize(_) => 6,
            Self::Reconcile(_) => 7,
            Self::Update(_) => 8,
            Self::Flush(_) => 9,
        }
    }
}

/// The stable textual name: `join(3, via 1)`, `rectify(2, from 1)`, `fail(0)`.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = crate::engine::Action::name(self);
        match self {
            Self::Join { node, via } => write!(f, "{name}({node}, via {via})"),
            Self::Rectify { node, from } => write!(f, "{name}({node}, from {from})"),
            _ => write!(f, "{name}({})", self.node()),
        }
    }
}
