//! Which variant of the protocol is meant, and under which fairness.

use super::original::Assembly;

/// What may wait at a node to be worked on.
///
/// Source: CHORD-10.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pending {
    /// One slot for both: a notification takes the place of a pending query of the candidate, and
    /// of an older notification. What the published model does.
    SharedSlot,
    /// A slot for the candidate, and one for the latest notifier.
    OverwrittenSlot,
    /// A slot for the candidate, and one for the closest notifier.
    BestNotifier,
    /// A slot for the candidate, and every notifier until it is looked at, in any order: what
    /// messages under way really are.
    NotifierSet,
}

/// Which protocol the members follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// The corrected one.
    Corrected(Pending),
    /// The original one, in one of its assemblies.
    Original(Assembly),
}

/// Which repairs count as one for fairness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granularity {
    /// All runs of one procedure at one node.
    Operation,
    /// The runs of one procedure at one node for one notifier.
    Argument,
}

/// How often repairs happen.
///
/// Source: CHORD-26.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// Again and again if enabled continuously.
    Weak(Granularity),
    /// Again and again if enabled again and again.
    Strong(Granularity),
}
