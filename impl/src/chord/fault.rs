//! Procedures done wrong on purpose, each as a real implementation or a shortcut has it.

/// Declares the faults, their names, whether a search finds them, and what each stands for, once.
macro_rules! faults {
    ($($fault:ident, $name:literal, $twin:expr, $is_of_the_ring:literal,
       $stands_for:literal;)*) => {
        /// A procedure that is done wrong. It can be put into a [`Config`](super::Config) where
        /// the feature `faults` is built in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fault {
            $(#[doc = $stands_for] $fault,)*
        }

        /// Every fault, in the order of [`Fault`].
        pub const FAULTS: &[Planted] = &[
            $(Planted {
                fault: Fault::$fault,
                name: $name,
                twin: $twin,
                is_of_the_ring: $is_of_the_ring,
                stands_for: $stands_for,
            },)*
        ];
    };
}

/// What is known of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planted {
    /// The fault.
    pub fault: Fault,
    /// Its name: stable, and unique.
    pub name: &'static str,
    /// The name of the same fault in an atomic model of the protocol, if it has one there.
    pub twin: Option<&'static str>,
    /// Whether honest nodes' ring maintenance shows it: whether a search of all interleavings
    /// that compares each step with the protocol's must find it. The others need a hostile peer,
    /// or keys.
    pub is_of_the_ring: bool,
    /// The real mistake that it is an instance of.
    pub stands_for: &'static str,
}

impl Fault {
    /// The fault of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        FAULTS.iter().find(|planted| planted.name == name).map(|planted| planted.fault)
    }
}

faults! {
    AdoptWithoutAsking, "adopt_without_asking", Some("adopt_without_asking"), true,
        "The stabilize of 2001: the successor's predecessor is adopted without a question.";
    AdoptAnyPredecessor, "adopt_any_predecessor", Some("adopt_any_predecessor"), true,
        "A stabilize that asks, and adopts, whatever its successor calls its predecessor.";
    KeepOwnTail, "keep_own_tail", Some("keep_own_tail"), true,
        "A node that checks its first successor and never copies the rest of the list.";
    SkipHeadWhenCopying, "skip_head_when_copying", Some("skip_head_when_copying"), true,
        "The successor's list is taken over without the successor itself in front.";
    PadWithoutWrap, "pad_without_wrap", Some("pad_without_wrap"), true,
        "No made-up entry after the largest identifier: such a list keeps its dead head.";
    PadWithSelf, "pad_with_self", Some("pad_with_self"), true,
        "A short list filled up with the node's own address.";
    DoNotPad, "do_not_pad", None, true,
        "A list that is shorter for every dead head.";
    KeepDeadHead, "keep_dead_head", Some("keep_dead_head"), true,
        "A stabilize that gives up when its successor does not answer.";
    StabilizeWithoutNotify, "stabilize_without_notify", Some("stabilize_without_notify"), true,
        "A stabilize that only reads: nobody ever hears of a closer predecessor.";
    OverwritePendingNotification, "overwrite_pending_notification",
        Some("overwrite_pending_notification"), true,
        "A single mailbox: the latest notifier displaces one that still waits.";
    NotificationCancelsQuery, "notification_cancels_query", Some("notification_cancels_query"),
        true,
        "A single slot: a notification makes a member forget whom it was about to ask.";
    RectifyAdoptsAnyone, "rectify_adopts_anyone", Some("rectify_adopts_anyone"), true,
        "The last to notify becomes the predecessor, closer or not, and nobody is asked.";
    RectifyPrefersFarther, "rectify_prefers_farther", None, true,
        "A comparison the wrong way round.";
    RectifyKeepsDeadPredecessor, "rectify_keeps_dead_predecessor",
        Some("rectify_keeps_dead_predecessor"), true,
        "The notify of 2001: a dead predecessor outlives every live candidate behind it.";
    JoinAnywhere, "join_anywhere", Some("join_anywhere"), true,
        "A node that joins next to whomever it knows, without a look-up of its place.";
    JoinCopiesHeadOnly, "join_copies_head_only", None, true,
        "The join of 2001: one successor, and the rest of the list made up.";
    DeafWhileJoining, "deaf_while_joining", None, true,
        "A node that is deaf until it is a member: who notified it early is never looked at.";
    AnswerWhileWaiting, "answer_while_waiting", None, true,
        "No busy rule: a node tells its pointers while an answer that changes them is on its way.";
    TakeBusyForDead, "take_busy_for_dead", None, true,
        "A successor that answers, but not what was asked, is dropped as if it were dead.";
    DoNotAwaitAcknowledgement, "do_not_await_acknowledgement", None, true,
        "Notifications that are sent and forgotten: an old one arrives after the state has moved.";
    AcceptStaleAnswers, "accept_stale_answers", None, true,
        "Answers matched by sender and kind alone: a late one is taken for the answer to the \
         latest question.";
    AcceptAnyonesAnswers, "accept_anyones_answers", None, false,
        "Answers matched by their number alone: whoever guesses or overhears it can answer.";
    AnswerBeforeCopied, "answer_before_copied", None, false,
        "A value is said to be kept before anyone but the owner has it.";
    DoNotRepair, "do_not_repair", None, false,
        "Copies are made when a value is written, and never again.";
    DeleteBeforeAcknowledged, "delete_before_acknowledged", None, false,
        "Records are deleted when they are sent to their new owner, not when it has them.";
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
