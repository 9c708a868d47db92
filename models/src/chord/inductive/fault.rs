//! Named faults of the inductive check: what the check must find.

use crate::engine::Mutant;

/// A procedure, a guard or a part of the invariant that is left out or done wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The invariant asks for `r` principals instead of `r + 1`.
    PrincipalsOneTooFew,
    /// The invariant asks for no principal.
    PrincipalsNotRequired,
    /// The invariant does not ask for live successors.
    LiveSuccessorNotRequired,
    /// A principal fails although no more than `r + 1` are left.
    FailureOfANeededPrincipal,
    /// A member fails although another one lists no other live member.
    FailureOfALastLiveSuccessor,
    /// A list that loses its head gets no new last entry.
    PaddingRemoved,
    /// A list that loses its head has its last entry twice.
    PadRepeatsLastEntry,
    /// The head is dropped although it is alive.
    LiveHeadDropped,
    /// The successor's list is taken over as it is, without the successor in front.
    SuccessorLeftOut,
    /// The candidate is put in front without asking whether it is alive; the own list follows,
    /// for a dead candidate has none to give.
    CandidateAdoptedUnasked,
    /// A node joins through a member whose arc it does not lie in.
    JoinThroughAnyMember,
}

impl Fault {
    /// The fault of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let position = MUTANTS.iter().position(|mutant| mutant.name == name)?;
        ALL.get(position).copied()
    }

    /// The fault's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        let position = ALL.iter().position(|&fault| fault == self);
        position.and_then(|position| MUTANTS.get(position)).map_or("", |mutant| mutant.name)
    }

    /// Whether it is the invariant that is wrong, and not a step.
    #[must_use]
    pub const fn is_of_invariant(self) -> bool {
        matches!(
            self,
            Self::PrincipalsOneTooFew
                | Self::PrincipalsNotRequired
                | Self::LiveSuccessorNotRequired
        )
    }
}

/// Every fault, in the order of [`MUTANTS`].
pub const ALL: &[Fault] = &[
    Fault::PrincipalsOneTooFew,
    Fault::PrincipalsNotRequired,
    Fault::LiveSuccessorNotRequired,
    Fault::FailureOfANeededPrincipal,
    Fault::FailureOfALastLiveSuccessor,
    Fault::PaddingRemoved,
    Fault::PadRepeatsLastEntry,
    Fault::LiveHeadDropped,
    Fault::SuccessorLeftOut,
    Fault::CandidateAdoptedUnasked,
    Fault::JoinThroughAnyMember,
];

/// The instances on which the mutants are killed.
const LISTS: &str = "invariant_is_inductive_two_successors";
const STATES: &str = "every_step_keeps_invariant_two_successors";
const RING: &str = "invariant_implies_ring_two_successors";

const fn mutant(
    name: &'static str,
    stands_for: &'static str,
    instance: &'static str,
    killed_by: &'static str,
) -> Mutant {
    Mutant { name, stands_for, instance, killed_by, interleaving_only: false }
}

/// The mutants of the inductive check, each with the claim that finds it.
pub const MUTANTS: &[Mutant] = &[
    mutant(
        "principals_one_too_few",
        "sizing the ring by the length of a successor list instead of one more",
        LISTS,
        "lists_over_principals_are_in_order",
    ),
    mutant(
        "principals_not_required",
        "an invariant of live successors alone, as claimed for the original protocol",
        RING,
        "invariant_gives_at_most_one_ring",
    ),
    mutant(
        "live_successor_not_required",
        "an invariant of principals alone: lists in order, but with nobody alive in them",
        RING,
        "invariant_gives_a_ring",
    ),
    mutant(
        "failure_of_a_needed_principal",
        "a small ring that loses nodes faster than it recruits principals",
        STATES,
        "every_step_keeps_the_invariant",
    ),
    mutant(
        "failure_of_a_last_live_successor",
        "more neighbours fail between two stabilizations than a list is long",
        LISTS,
        "failing_keeps_live_successors",
    ),
    mutant(
        "padding_removed",
        "an implementation whose list gets shorter with every dead head (it stays safe, but it \
         survives fewer failures)",
        LISTS,
        "lists_keep_their_length",
    ),
    mutant(
        "pad_repeats_last_entry",
        "filling a list up to its length with copies of its last entry",
        LISTS,
        "dropping_a_dead_head_keeps_the_invariant",
    ),
    mutant(
        "live_head_dropped",
        "a failure detector that suspects a live successor",
        STATES,
        "only_its_failure_loses_a_principal",
    ),
    mutant(
        "successor_left_out",
        "copying the successor's list and forgetting the successor itself",
        LISTS,
        "stabilizing_from_successor_keeps_the_invariant",
    ),
    mutant(
        "candidate_adopted_unasked",
        "the stabilize of 2001, which takes its successor's predecessor without asking it",
        LISTS,
        "stabilizing_from_predecessor_keeps_the_invariant",
    ),
    mutant(
        "join_through_any_member",
        "joining with the list of the contact node, without a look-up",
        LISTS,
        "joining_keeps_the_invariant",
    ),
];
