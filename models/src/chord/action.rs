//! The steps of both protocols and of their environment, and how they are called.

use std::fmt;

use serde_json::Value;

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
    /// A member that takes itself for the owner of a key is given its value.
    Put {
        /// The member.
        node: Id,
        /// The key.
        key: Id,
    },
    /// A copy reaches another member.
    Copy {
        /// The member that holds the key.
        node: Id,
        /// The member that is to hold it too.
        to: Id,
        /// The key.
        key: Id,
    },
    /// A member deletes a copy that its owner does not count on.
    Delete {
        /// The member.
        node: Id,
        /// The key.
        key: Id,
    },
    /// The copies of a member that is about to leave reach its successor.
    HandOver {
        /// The member.
        node: Id,
        /// Its successor.
        to: Id,
    },
    /// A member begins to look up an identifier.
    Lookup {
        /// The member.
        node: Id,
        /// What is looked up.
        key: Id,
    },
    /// The look-up goes on to a member that is closer to its end.
    Hop {
        /// That member.
        to: Id,
    },
    /// The look-up ends: the member that is asked names the owner.
    Answer {
        /// The member that is asked.
        node: Id,
        /// The member that it names.
        owner: Id,
    },
    /// A member takes a live one that it asks for dead.
    Suspect {
        /// The member that asks.
        node: Id,
        /// The live one.
        target: Id,
        /// What the live one is to it.
        role: Role,
    },
    /// A member is told that a live one is dead.
    StaleNotice {
        /// The member.
        node: Id,
        /// The live one.
        target: Id,
    },
    /// A member that was taken for dead says that it is alive.
    Refute {
        /// The member that took it for dead.
        node: Id,
        /// The live one.
        target: Id,
    },
}

/// What a node is to the member that asks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Its first successor.
    Successor,
    /// The candidate that it asks next.
    Candidate,
    /// Its predecessor, while it looks at a notification.
    Predecessor,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Successor => "successor",
            Self::Candidate => "candidate",
            Self::Predecessor => "predecessor",
        })
    }
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
            | Self::Flush(node)
            | Self::Put { node, .. }
            | Self::Copy { node, .. }
            | Self::Delete { node, .. }
            | Self::HandOver { node, .. }
            | Self::Lookup { node, .. }
            | Self::Hop { to: node }
            | Self::Answer { node, .. }
            | Self::Suspect { node, .. }
            | Self::StaleNotice { node, .. }
            | Self::Refute { node, .. } => node,
        }
    }

    /// Whether the step repairs the ring or the copies of keys, and is not churn, an error, or
    /// what applications do.
    #[must_use]
    pub const fn is_repair(&self) -> bool {
        match self {
            Self::Join { .. }
            | Self::Fail(_)
            | Self::Leave(_)
            | Self::Put { .. }
            | Self::HandOver { .. }
            | Self::Lookup { .. }
            | Self::Hop { .. }
            | Self::Answer { .. }
            | Self::Suspect { .. }
            | Self::StaleNotice { .. } => false,
            Self::StabilizeFromSuccessor(_)
            | Self::StabilizeFromPredecessor(_)
            | Self::Rectify { .. }
            | Self::Stabilize(_)
            | Self::Reconcile(_)
            | Self::Update(_)
            | Self::Flush(_)
            | Self::Copy { .. }
            | Self::Delete { .. }
            | Self::Refute { .. } => true,
        }
    }

    /// Whether it is a step of the ring itself, and not of what is above it.
    #[must_use]
    pub const fn is_of_the_ring(&self) -> bool {
        match self {
            Self::Join { .. }
            | Self::StabilizeFromSuccessor(_)
            | Self::StabilizeFromPredecessor(_)
            | Self::Rectify { .. }
            | Self::Fail(_)
            | Self::Leave(_)
            | Self::Stabilize(_)
            | Self::Reconcile(_)
            | Self::Update(_)
            | Self::Flush(_) => true,
            Self::Put { .. }
            | Self::Copy { .. }
            | Self::Delete { .. }
            | Self::HandOver { .. }
            | Self::Lookup { .. }
            | Self::Hop { .. }
            | Self::Answer { .. }
            | Self::Suspect { .. }
            | Self::StaleNotice { .. }
            | Self::Refute { .. } => false,
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
        "put",
        "copy",
        "delete",
        "hand_over",
        "lookup",
        "hop",
        "answer",
        "suspect",
        "stale_notice",
        "refute",
    ];

    const ENVIRONMENT: &'static [&'static str] =
        &["fail", "leave", "lookup", "suspect", "stale_notice"];

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
            Self::Put { .. } => 10,
            Self::Copy { .. } => 11,
            Self::Delete { .. } => 12,
            Self::HandOver { .. } => 13,
            Self::Lookup { .. } => 14,
            Self::Hop { .. } => 15,
            Self::Answer { .. } => 16,
            Self::Suspect { .. } => 17,
            Self::StaleNotice { .. } => 18,
            Self::Refute { .. } => 19,
        }
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        let node = ("node", Value::from(self.node()));
        match *self {
            Self::Join { via, .. } => vec![node, ("via", via.into())],
            Self::Rectify { from, .. } => vec![node, ("from", from.into())],
            Self::Put { key, .. } | Self::Delete { key, .. } | Self::Lookup { key, .. } => {
                vec![node, ("key", key.into())]
            }
            Self::Copy { to, key, .. } => vec![node, ("to", to.into()), ("key", key.into())],
            Self::HandOver { to, .. } => vec![node, ("to", to.into())],
            Self::Hop { to } => vec![("to", to.into())],
            Self::Answer { owner, .. } => vec![node, ("owner", owner.into())],
            Self::Suspect { target, role, .. } => {
                vec![node, ("role", role.to_string().into()), ("target", target.into())]
            }
            Self::StaleNotice { target, .. } | Self::Refute { target, .. } => {
                vec![node, ("target", target.into())]
            }
            Self::StabilizeFromSuccessor(_)
            | Self::StabilizeFromPredecessor(_)
            | Self::Fail(_)
            | Self::Leave(_)
            | Self::Stabilize(_)
            | Self::Reconcile(_)
            | Self::Update(_)
            | Self::Flush(_) => vec![node],
        }
    }
}

/// The stable textual name: `join(3, via 1)`, `rectify(2, from 1)`, `fail(0)`, `put(2, key 1)`,
/// `copy(2, to 3, key 1)`, `hop(to 1)`, `answer(0, owner 1)`, `suspect(0, successor 1)`.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = crate::engine::Action::name(self);
        match self {
            Self::Join { node, via } => write!(f, "{name}({node}, via {via})"),
            Self::Rectify { node, from } => write!(f, "{name}({node}, from {from})"),
            Self::Put { node, key } | Self::Delete { node, key } | Self::Lookup { node, key } => {
                write!(f, "{name}({node}, key {key})")
            }
            Self::Copy { node, to, key } => write!(f, "{name}({node}, to {to}, key {key})"),
            Self::HandOver { node, to } => write!(f, "{name}({node}, to {to})"),
            Self::Hop { to } => write!(f, "{name}(to {to})"),
            Self::Answer { node, owner } => write!(f, "{name}({node}, owner {owner})"),
            Self::Suspect { node, target, role } => write!(f, "{name}({node}, {role} {target})"),
            Self::StaleNotice { node, target } => write!(f, "{name}({node}, of {target})"),
            Self::Refute { node, target } => write!(f, "{name}({node}, by {target})"),
            _ => write!(f, "{name}({})", self.node()),
        }
    }
}
