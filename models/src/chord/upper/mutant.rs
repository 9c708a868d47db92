//! Named faults above the ring.

use super::Layers;
use crate::chord::Chord;
use crate::engine::faults;

faults! {
    AnswerBeforeReady, "answer_before_ready",
        "keys_four_nodes_two_successors_answering_when_ready", "at_most_one_answers", false,
        "A new member that answers for keys as soon as it has joined.";
    DeleteBeforeAcknowledged, "delete_before_acknowledged",
        "keys_four_nodes_two_successors", "kept_while_no_holder_failed", false,
        "A transfer that deletes as it sends, or a holder that clears what it does not own.";
    ReleaseWhoIsCountedOn, "release_who_is_counted_on",
        "keys_four_nodes_one_successor", "copies_settle", false,
        "An acknowledgement that does not say whom the owner counts on: replicas are deleted as \
         if they were strays.";
    CopyToPredecessor, "copy_to_predecessor",
        "keys_four_nodes_one_successor", "copies_settle", false,
        "A transfer to the wrong neighbour: copies are sent backwards.";
    ReplicaNeverRepaired, "replica_never_repaired",
        "keys_four_nodes_one_successor", "copies_settle", false,
        "A replica that is made when the value is put, and never again.";
    NeverTransferred, "never_transferred",
        "keys_four_nodes_one_successor", "copies_settle", false,
        "A join that changes the owner and moves no key.";
    LeaveWithoutHandover, "leave_without_handover",
        "keys_four_nodes_leave_with_handover", "leaves_after_handing_over", false,
        "A shutdown that does not wait until its records have arrived.";
    NeverReady, "never_ready",
        "keys_four_nodes_answering_when_ready", "one_answers_in_the_end", false,
        "A new member that waits for a sign that nobody gives.";
    FingerFollowedPastKey, "finger_followed_past_key",
        "lookup_four_nodes_two_successors", "hops_approach", false,
        "A stale finger, or the closest node known, followed without a look where it lies.";
    OnlyFingersFollowed, "only_fingers_followed",
        "lookup_four_nodes_two_successors", "lookup_can_go_on", false,
        "A look-up that gives up when no finger helps, and never asks the successor.";
    AnswerFromAnywhere, "answer_from_anywhere",
        "lookup_four_nodes_two_successors", "answers_are_right_in_ideal_states", false,
        "A look-up that takes the successor of wherever it is for the owner.";
    OneSuspicionMore, "one_suspicion_more",
        "four_nodes_one_suspicion", "one_live_successor", false,
        "A failure detector that errs once more than was assumed.";
}

impl Fault {
    /// The model with this fault, or `None` if it has no such step.
    pub(in crate::chord) fn put_into(self, chord: &Chord) -> Option<Chord> {
        let layers = &chord.layers;
        let is_there = match self {
            Self::DeleteBeforeAcknowledged
            | Self::ReleaseWhoIsCountedOn
            | Self::CopyToPredecessor
            | Self::ReplicaNeverRepaired
            | Self::NeverTransferred => !layers.keys.is_empty(),
            Self::LeaveWithoutHandover => layers.handover,
            Self::NeverReady | Self::AnswerBeforeReady => layers.answering_when_ready,
            Self::FingerFollowedPastKey | Self::OnlyFingersFollowed | Self::AnswerFromAnywhere => {
                !layers.looked_up.is_empty()
            }
            Self::OneSuspicionMore => layers.suspicions > 0,
        };
        is_there.then_some(Chord { layers: Layers { fault: Some(self), ..*layers }, ..*chord })
    }
}
