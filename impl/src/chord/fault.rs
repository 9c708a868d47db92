//! Procedures done wrong on purpose, each as a real implementation or a shortcut has it.

use crate::faults::faults;

faults! {
    [
        /// Whether honest nodes' ring maintenance shows it: whether a search of all interleavings
        /// that compares each step with the protocol's must find it. The others need a hostile
        /// peer, or keys.
        is_of_the_ring: bool
    ]
    AdoptWithoutAsking, "adopt_without_asking", Some("adopt_without_asking"), is_of_the_ring: true,
        "The stabilize of 2001: the successor's predecessor is adopted without a question.";
    AdoptAnyPredecessor, "adopt_any_predecessor",
        Some("adopt_any_predecessor"), is_of_the_ring: true,
        "A stabilize that asks, and adopts, whatever its successor calls its predecessor.";
    KeepOwnTail, "keep_own_tail", Some("keep_own_tail"), is_of_the_ring: true,
        "A node that checks its first successor and never copies the rest of the list.";
    SkipHeadWhenCopying, "skip_head_when_copying",
        Some("skip_head_when_copying"), is_of_the_ring: true,
        "The successor's list is taken over without the successor itself in front.";
    PadWithoutWrap, "pad_without_wrap", Some("pad_without_wrap"), is_of_the_ring: true,
        "No made-up entry after the largest identifier: such a list keeps its dead head.";
    PadWithSelf, "pad_with_self", Some("pad_with_self"), is_of_the_ring: true,
        "A short list filled up with the node's own address.";
    DoNotPad, "do_not_pad", None, is_of_the_ring: true,
        "A list that is shorter for every dead head.";
    KeepDeadHead, "keep_dead_head", Some("keep_dead_head"), is_of_the_ring: true,
        "A stabilize that gives up when its successor does not answer.";
    StabilizeWithoutNotify, "stabilize_without_notify",
        Some("stabilize_without_notify"), is_of_the_ring: true,
        "A stabilize that only reads: nobody ever hears of a closer predecessor.";
    OverwritePendingNotification, "overwrite_pending_notification",
        Some("overwrite_pending_notification"), is_of_the_ring: true,
        "A single mailbox: the latest notifier displaces one that still waits.";
    NotificationCancelsQuery, "notification_cancels_query",
        Some("notification_cancels_query"), is_of_the_ring: true,
        "A single slot: a notification makes a member forget whom it was about to ask.";
    RectifyAdoptsAnyone, "rectify_adopts_anyone",
        Some("rectify_adopts_anyone"), is_of_the_ring: true,
        "The last to notify becomes the predecessor, closer or not, and nobody is asked.";
    RectifyPrefersFarther, "rectify_prefers_farther", None, is_of_the_ring: true,
        "A comparison the wrong way round.";
    RectifyKeepsDeadPredecessor, "rectify_keeps_dead_predecessor",
        Some("rectify_keeps_dead_predecessor"), is_of_the_ring: true,
        "The notify of 2001: a dead predecessor outlives every live candidate behind it.";
    JoinAnywhere, "join_anywhere", Some("join_anywhere"), is_of_the_ring: true,
        "A node that joins next to whomever it knows, without a look-up of its place.";
    JoinCopiesHeadOnly, "join_copies_head_only", None, is_of_the_ring: true,
        "The join of 2001: one successor, and the rest of the list made up.";
    DeafWhileJoining, "deaf_while_joining", None, is_of_the_ring: true,
        "A node that is deaf until it is a member: who notified it early is never looked at.";
    AnswerWhileWaiting, "answer_while_waiting", None, is_of_the_ring: true,
        "No busy rule: a node tells its pointers while an answer that changes them is on its way.";
    TakeBusyForDead, "take_busy_for_dead", None, is_of_the_ring: true,
        "A successor that answers, but not what was asked, is dropped as if it were dead.";
    DoNotAwaitAcknowledgement, "do_not_await_acknowledgement", None, is_of_the_ring: true,
        "Notifications that are sent and forgotten: an old one arrives after the state has moved.";
    AcceptStaleAnswers, "accept_stale_answers", None, is_of_the_ring: true,
        "Answers matched by sender and kind alone: a late one is taken for the answer to the \
         latest question.";
    AcceptAnyonesAnswers, "accept_anyones_answers", None, is_of_the_ring: false,
        "Answers matched by their number alone: whoever guesses or overhears it can answer.";
    AnswerBeforeCopied, "answer_before_copied", None, is_of_the_ring: false,
        "A value is said to be kept before anyone but the owner has it.";
    DoNotRepair, "do_not_repair", None, is_of_the_ring: false,
        "Copies are made when a value is written, and never again.";
    AnswerBeforeReady, "answer_before_ready", Some("answer_before_ready"), is_of_the_ring: false,
        "A new member that answers for keys as soon as it has joined, though it is to wait until \
         it is counted as a predecessor.";
    DeleteBeforeAcknowledged, "delete_before_acknowledged",
        Some("delete_before_acknowledged"), is_of_the_ring: false,
        "Records are deleted when they are sent to their new owner, not when it has them.";
    TransferToWrongNeighbour, "transfer_to_wrong_neighbour", None, is_of_the_ring: false,
        "The two directions of a transfer mixed up: a new predecessor's records go to the \
         successor, and those of a member that leaves to its predecessor.";
    FollowFingersPastTheKey, "follow_fingers_past_the_key", None, is_of_the_ring: false,
        "A finger is followed without a look at where it points: a stale one leads past the key.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found_by_its_name_and_no_name_is_given_twice() {
        for planted in FAULTS {
            assert_eq!(Fault::named(planted.name), Some(planted.fault));
        }
        assert_eq!(Fault::named("no_such_fault"), None);
    }
}
