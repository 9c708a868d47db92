//! Named faults: each changes one procedure, as a real implementation or a shortcut did.

use crate::engine::{Mutant, faults};

use super::identifier::{Id, Set, between};
use super::list::{List, adopt};
use super::options::{Pending, Protocol};
use super::state::{Member, State};
use super::{Action, Assembly, Chord, original, step, upper};

faults! {
    FailWithoutPrincipalGuard, "fail_without_principal_guard",
        "corrected_five_nodes_two_successors_without_rejoin", "at_most_one_ring", false,
        "A deployment that counts on live successors alone: any members may go, down to rings \
         smaller than r + 1, as in the protocol of 2001.";
    FailWithoutLiveSuccessorGuard, "fail_without_live_successor_guard",
        "corrected_five_nodes_two_successors_without_rejoin", "one_live_successor", false,
        "Successor lists too short for the failures between two repairs.";
    FailAtTheLastPrincipals, "fail_at_the_last_principals",
        "corrected_four_nodes_two_successors", "sufficient_principals", false,
        "An off-by-one in the minimum: r principals are taken to be enough.";
    InitialRingOfTwo, "initial_ring_of_two",
        "corrected_four_nodes_two_successors", "no_duplicates", false,
        "A network started from fewer than r + 1 members, as every implementation does.";
    AdoptWithoutAsking, "adopt_without_asking",
        "corrected_five_nodes_two_successors_without_rejoin", "at_least_one_ring", true,
        "The stabilize of 2001: the successor's predecessor is adopted without a look whether it \
         is alive.";
    AdoptAnyPredecessor, "adopt_any_predecessor",
        "corrected_four_nodes_two_successors_without_rejoin", "ordered_successor_lists", false,
        "A stabilize that takes whatever its successor calls its predecessor, wherever it lies.";
    KeepOwnTail, "keep_own_tail",
        "corrected_four_nodes_two_successors", "ideal", false,
        "A node that checks its first successor and never copies the rest of the list.";
    SkipHeadWhenCopying, "skip_head_when_copying",
        "corrected_three_nodes_one_successor", "sufficient_principals", false,
        "The successor's list is taken over without the successor itself in front.";
    PadWithoutWrap, "pad_without_wrap",
        "corrected_four_nodes_two_successors", "ideal_recoverable", false,
        "The published model's made-up entry: there is none after the largest identifier, so a \
         list that ends there is stuck with its dead head.";
    PadWithSelf, "pad_with_self",
        "corrected_four_nodes_two_successors", "loss_of_principal", false,
        "A short list filled up with the node's own address.";
    KeepDeadHead, "keep_dead_head",
        "corrected_four_nodes_two_successors", "ideal_recoverable", false,
        "A stabilize that gives up when its successor does not answer.";
    NotifyDeadBlocks, "notify_dead_blocks",
        "corrected_five_nodes_two_successors_without_rejoin", "ideal_recoverable", true,
        "The published model's typing: a dead node has no slot for a notification, so a repair \
         that would notify one is disabled.";
    StabilizeWithoutNotify, "stabilize_without_notify",
        "corrected_four_nodes_two_successors", "ideal", false,
        "A stabilize that only reads: nobody ever hears of a closer predecessor.";
    OverwritePendingNotification, "overwrite_pending_notification",
        "corrected_four_nodes_two_successors", "ideal", true,
        "A single mailbox: the latest notifier displaces a closer one that still waits.";
    NotificationCancelsQuery, "notification_cancels_query",
        "corrected_four_nodes_two_successors", "ideal", true,
        "The published model's single slot: a notification makes a member forget whom it was \
         about to ask.";
    RectifyAdoptsAnyone, "rectify_adopts_anyone",
        "corrected_four_nodes_notifier_set", "ideal", false,
        "The last to notify becomes the predecessor, closer or not.";
    RectifyKeepsDeadPredecessor, "rectify_keeps_dead_predecessor",
        "corrected_four_nodes_two_successors", "ideal_recoverable", false,
        "The notify of 2001, without the flush of 2002: a dead predecessor outlives every live \
         candidate behind it.";
    RectifyAtOnce, "rectify_at_once",
        "corrected_four_nodes_notifier_set", "several_notifiers_wait", false,
        "A model in which a notification is looked at in the step that sends it.";
    StabilizeInOneStep, "stabilize_in_one_step",
        "corrected_four_nodes_two_successors", "a_candidate_is_dead", false,
        "A model in which successor and candidate are asked in the same step.";
    JoinAnywhere, "join_anywhere",
        "corrected_four_nodes_two_successors_without_rejoin", "sufficient_principals", false,
        "A node that joins next to whomever it knows, without a look-up of its place.";
    JoinTellsEveryone, "join_tells_everyone",
        "corrected_four_nodes_two_successors", "an_appendage_exists", false,
        "A simulator that splices a new member into every list at once.";
    FailTellsEveryone, "fail_tells_everyone",
        "corrected_six_nodes_three_successors_without_rejoin", "two_leading_entries_are_dead",
        false, "An oracle that mends every pointer to a failed node at once.";
    JoinWithoutAskingSuccessor, "join_without_asking_successor",
        "original_four_nodes_fixed", "connected_appendages", false,
        "The join of 2001: the successor that it copies may be dead.";
    StabilizeWithoutAskingCandidate, "stabilize_without_asking_candidate",
        "original_four_nodes_fixed", "at_least_one_ring", false,
        "The stabilize of 2001: the candidate that it adopts may be dead.";
}

/// The mutants of the ring, and of what is above it.
pub(super) const fn all() -> [Mutant; MUTANTS.len() + upper::MUTANTS.len()] {
    let mut all = [MUTANTS[0]; MUTANTS.len() + upper::MUTANTS.len()];
    let mut place = 0;
    while place < all.len() {
        let in_ring = place < MUTANTS.len();
        all[place] = if in_ring { MUTANTS[place] } else { upper::MUTANTS[place - MUTANTS.len()] };
        place += 1;
    }
    all
}

impl Fault {
    /// The model with this fault, or `None` if its protocol has no such procedure.
    pub(super) fn put_into(self, chord: &Chord) -> Option<Chord> {
        let protocol = match (self, chord.protocol) {
            (Self::JoinWithoutAskingSuccessor, Protocol::Original(assembly)) => {
                let has_fix = assembly.join_needs_live_successor;
                let broken = Assembly { join_needs_live_successor: false, ..assembly };
                has_fix.then_some(Protocol::Original(broken))?
            }
            (Self::StabilizeWithoutAskingCandidate, Protocol::Original(assembly)) => {
                let has_fix = assembly.stabilize_asks_candidate;
                let broken = Assembly { stabilize_asks_candidate: false, ..assembly };
                has_fix.then_some(Protocol::Original(broken))?
            }
            (Self::OverwritePendingNotification, Protocol::Corrected(Pending::BestNotifier)) => {
                Protocol::Corrected(Pending::OverwrittenSlot)
            }
            (
                Self::JoinWithoutAskingSuccessor
                | Self::StabilizeWithoutAskingCandidate
                | Self::OverwritePendingNotification,
                _,
            ) => return None,
            (Self::JoinAnywhere | Self::StabilizeWithoutNotify, protocol)
            | (_, protocol @ Protocol::Corrected(_)) => protocol,
            (_, Protocol::Original(_)) => return None,
        };
        let initial_ring = match self {
            Self::InitialRingOfTwo => 2,
            _ => chord.initial_ring,
        };
        Some(Chord { protocol, initial_ring, fault: Some(self), ..*chord })
    }
}

/// The step of the original protocol as this fault has it. That a fix is missing is for the
/// assembly to say.
pub(super) fn original_step(
    chord: &Chord,
    assembly: Assembly,
    fault: Fault,
    state: &State,
    action: Action,
) -> Option<State> {
    match (fault, action) {
        (Fault::JoinAnywhere, Action::Join { node, via }) => {
            if !chord.may_join(state, node) {
                return None;
            }
            let successor = state.member(via)?.successors.head()?;
            Some(state.with(node, Member::new(List::new(&[successor]), None)))
        }
        (Fault::StabilizeWithoutNotify, Action::Stabilize(node)) => {
            let next = original::stabilize(assembly, state, node)?;
            Some(state.with(node, next.member(node)?))
        }
        _ => original::step(chord, assembly, state, action),
    }
}

/// The step as this fault has it; the faithful one where the fault does not change the procedure.
pub(super) fn step(chord: &Chord, fault: Fault, state: &State, action: Action) -> Option<State> {
    match action {
        Action::Join { node, via } => join(chord, fault, state, node, via),
        Action::Fail(node) | Action::Leave(node) => fail(chord, fault, state, node),
        Action::StabilizeFromSuccessor(node) => stabilize_from_successor(chord, fault, state, node),
        Action::StabilizeFromPredecessor(node) => {
            stabilize_from_predecessor(chord, fault, state, node)
        }
        Action::Rectify { node, from } => rectify(fault, state, node, from),
        _ => None,
    }
}

fn join(chord: &Chord, fault: Fault, state: &State, node: Id, via: Id) -> Option<State> {
    if fault != Fault::JoinAnywhere {
        let joined = step::join(chord, state, node, via)?;
        let everyone_is_told = fault == Fault::JoinTellsEveryone;
        return Some(if everyone_is_told { all_told(chord, &joined) } else { joined });
    }
    if !chord.may_join(state, node) {
        return None;
    }
    let contact = state.member(via)?;
    Some(state.with(node, Member::new(contact.successors, Some(via))))
}

fn fail(chord: &Chord, fault: Fault, state: &State, node: Id) -> Option<State> {
    let live_successors = !step::relied_on(state).contains(node);
    let principals = !step::needed(chord, state).contains(node);
    let may_fail = match fault {
        Fault::FailWithoutPrincipalGuard => live_successors && state.members().len() > 1,
        Fault::FailWithoutLiveSuccessorGuard => principals,
        Fault::FailAtTheLastPrincipals => {
            let as_many_as_needed = chord.shape(state).principals().len() > chord.successors;
            live_successors && (principals || as_many_as_needed)
        }
        _ => live_successors && principals,
    };
    if !may_fail || !state.is_member(node) {
        return None;
    }
    let failed = chord.without(state, node);
    let everyone_is_told = fault == Fault::FailTellsEveryone;
    Some(if everyone_is_told { all_told(chord, &failed) } else { failed })
}

/// The state in which every member's pointers are those of the ideal ring, and nobody is in the
/// middle of stabilizing.
fn all_told(chord: &Chord, state: &State) -> State {
    let shape = chord.shape(state);
    state.iter().fold(*state, |told, (id, Member { notifiers, .. })| {
        let successors = shape.members_after(id, chord.successors);
        told.with(id, Member { notifiers, ..Member::new(successors, shape.behind(id)) })
    })
}

fn stabilize_from_successor(chord: &Chord, fault: Fault, state: &State, node: Id) -> Option<State> {
    let next = step::stabilize_from_successor(chord, state, node)?;
    let list = state.successors(node);
    let head = list.head()?;
    let head_is_live = state.is_member(head);
    match fault {
        Fault::KeepOwnTail if head_is_live => with_list(&next, node, list),
        Fault::SkipHeadWhenCopying if head_is_live => {
            with_list(&next, node, state.successors(head))
        }
        Fault::PadWithSelf if !head_is_live => with_list(&next, node, list.tail().push(node)),
        Fault::PadWithoutWrap => {
            let has_pad = list.last() != Some(chord.nodes - 1);
            (head_is_live || has_pad).then_some(next)
        }
        Fault::KeepDeadHead => head_is_live.then_some(next),
        Fault::AdoptAnyPredecessor => {
            let member = next.member(node)?;
            let named = state.member(head).and_then(|successor| successor.predecessor);
            let candidate = named.filter(|&id| id != node);
            Some(next.with(node, Member { candidate, ..member }))
        }
        Fault::StabilizeInOneStep => {
            let asked = step::stabilize_from_predecessor(chord, &next, node);
            Some(asked.unwrap_or(next))
        }
        _ => notification(fault, state, node, next),
    }
}

fn stabilize_from_predecessor(
    chord: &Chord,
    fault: Fault,
    state: &State,
    node: Id,
) -> Option<State> {
    let member = state.member(node)?;
    let candidate = member.candidate?;
    let asked = state.member(candidate);
    let faithful = step::stabilize_from_predecessor(chord, state, node);
    match (fault, asked) {
        // The dead one's list cannot be had: the rest stays what it was.
        (Fault::AdoptWithoutAsking, None) => {
            with_list(&faithful?, node, adopt(candidate, member.successors))
        }
        (Fault::AdoptAnyPredecessor, Some(asked)) => {
            let successors = adopt(candidate, asked.successors);
            let member = Member { successors, candidate: None, ..member };
            Some(step::notify(chord, state.with(node, member), candidate, node))
        }
        _ => notification(fault, state, node, faithful?),
    }
}

/// What becomes of the notification in a step that sends one.
fn notification(fault: Fault, state: &State, node: Id, next: State) -> Option<State> {
    match fault {
        Fault::StabilizeWithoutNotify => Some(without_new_notifications(state, next)),
        Fault::NotifyDeadBlocks => {
            let member = next.member(node)?;
            let sends_one = member.candidate.is_none();
            let target_is_live = member.successors.head().is_some_and(|id| next.is_member(id));
            (!sends_one || target_is_live).then_some(next)
        }
        Fault::NotificationCancelsQuery => {
            Some(notified_by(state, &next, node).iter().fold(next, |next, id| {
                let cancelled = next.member(id).map(|member| Member { candidate: None, ..member });
                cancelled.map_or(next, |member| next.with(id, member))
            }))
        }
        Fault::RectifyAtOnce => {
            let notified = notified_by(state, &next, node).first();
            let rectified = notified.and_then(|id| step::rectify(&next, id, node));
            Some(rectified.unwrap_or(next))
        }
        _ => Some(next),
    }
}

/// The members at which this node has left its name in this step.
fn notified_by(state: &State, next: &State, node: Id) -> Set {
    let waits =
        |state: &State, id| state.member(id).is_some_and(|member| member.notifiers.contains(node));
    next.members().iter().filter(|&id| waits(next, id) && !waits(state, id)).collect()
}

fn without_new_notifications(state: &State, next: State) -> State {
    next.iter().fold(next, |next, (id, member)| {
        let notifiers = state.member(id).map_or(Set::EMPTY, |before| before.notifiers);
        next.with(id, Member { notifiers, ..member })
    })
}

fn with_list(next: &State, node: Id, successors: List) -> Option<State> {
    let member = next.member(node)?;
    Some(next.with(node, Member { successors, ..member }))
}

fn rectify(fault: Fault, state: &State, node: Id, from: Id) -> Option<State> {
    let mut member = step::take_notification(state, node, from)?;
    let is_closer = member.predecessor.is_none_or(|old| between(old, from, node));
    match fault {
        Fault::RectifyAdoptsAnyone => member.predecessor = Some(from),
        Fault::RectifyKeepsDeadPredecessor if is_closer => member.predecessor = Some(from),
        Fault::RectifyKeepsDeadPredecessor => {}
        _ => return step::rectify(state, node, from),
    }
    Some(state.with(node, member))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found_by_its_name() {
        for mutant in MUTANTS {
            assert!(Fault::named(mutant.name).is_some(), "{}", mutant.name);
        }
        assert_eq!(Fault::named("no_such_fault"), None);
    }

    #[test]
    fn a_fault_is_put_only_into_a_protocol_that_has_the_procedure() {
        let fixed = Chord::original(4, Assembly::FIXED);
        let raw = Chord::original(4, Assembly::RAW);
        let corrected = Chord::corrected(4, 2);
        let join = Fault::JoinWithoutAskingSuccessor;
        assert!(join.put_into(&fixed).is_some());
        assert_eq!((join.put_into(&raw), join.put_into(&corrected)), (None, None));
        assert!(Fault::KeepOwnTail.put_into(&corrected).is_some());
        assert_eq!(Fault::KeepOwnTail.put_into(&fixed), None);
        assert!(Fault::JoinAnywhere.put_into(&raw).is_some());
    }
}
