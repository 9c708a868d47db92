//! Procedures done wrong on purpose, each as a real implementation or a reading of the paper has it.

/// Declares the faults, their names, the model's mutants that they are, and what each stands for.
macro_rules! faults {
    ($($fault:ident, $name:literal, $twin:expr, $needs:ident, $stands_for:literal;)*) => {
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
                needs: Needs::$needs,
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
    /// The name of the same fault in a model of the protocol, if it has one there.
    pub twin: Option<&'static str>,
    /// What it takes to see it.
    pub needs: Needs,
    /// The real mistake that it is an instance of.
    pub stands_for: &'static str,
}

/// What it takes to see a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Needs {
    /// Operations of honest nodes, which may overlap.
    Interleaving,
    /// Time that goes by.
    Time,
    /// Messages that are lost or come twice.
    Losses,
    /// Tables with more than one contact in a bucket.
    FullTables,
    /// A peer that lies.
    Lies,
}

impl Fault {
    /// The fault of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        FAULTS.iter().find(|planted| planted.name == name).map(|planted| planted.fault)
    }
}

faults! {
    StoreIgnoresFull, "store_ignores_full", Some("store_ignores_full"), Interleaving,
        "A server that stores whatever it is sent: the client has asked before, has it not?";
    StoreNeverRechecks, "store_never_rechecks", Some("store_never_rechecks"), Interleaving,
        "Checked when asked, used when stored: the client leaves full nodes out, and the server \
         does not look again.";
    NoReversePhase, "no_reverse_phase", Some("no_reverse_phase"), Interleaving,
        "Only the nearest node is tried, and a refusal is the end.";
    StackIncludesTerminator, "stack_includes_terminator", Some("stack_includes_terminator"),
        Interleaving,
        "The node that is full and loaded is asked to store nevertheless.";
    StopAtFullOrLoaded, "stop_at_full_or_loaded", Some("stop_at_full_or_loaded"), Interleaving,
        "The course notes' rule: full or loaded ends the way to the key.";
    FarthestFirst, "farthest_first", Some("farthest_first"), Interleaving,
        "The stack is taken from the wrong end.";
    FullIsMoreThanL, "full_is_more_than_l", Some("full_is_more_than_l"), Interleaving,
        "The course notes' more than l values, where the paper has l.";
    NoHalfRule, "no_half_rule", Some("no_half_rule"), Time,
        "A node with l values is full, however little of their lives is left.";
    StrictHalf, "strict_half", Some("strict_half"), Time,
        "Exactly half of the life left no longer counts as enough.";
    FullNeverEvicts, "full_never_evicts", Some("full_never_evicts"), Time,
        "A node with l values that live takes no other one.";
    EvictLongestLived, "evict_longest_lived", Some("evict_longest_lived"), Time,
        "A comparison the wrong way round: the freshest value makes room.";
    EvictAnyShorter, "evict_any_shorter", Some("evict_any_shorter"), Time,
        "Any value that lives less long makes room: another reading of the paper.";
    ReturnExpired, "return_expired", Some("return_expired"), Time,
        "Purging is lazy, and nobody looks at the life of what is returned.";
    GreedyInsteadOfSplice, "greedy_instead_of_splice", Some("greedy_instead_of_splice"),
        FullTables,
        "The nearest node that is known is asked at once, as in any other distributed hash table.";
    NeverLoaded, "never_loaded", Some("never_loaded"), Interleaving,
        "The rate is written down and never looked at.";
    LiteralWindow, "literal_window", Some("literal_window"), Time,
        "The paper's words to the letter: every request counts, let through or not.";
    GetsCount, "gets_count", Some("gets_count"), Interleaving,
        "One counter for all requests: many gets keep fresh values out.";
    RefreshCountsAsNew, "refresh_counts_as_new", Some("refresh_counts_as_new"), Interleaving,
        "The same value put again is another value.";
    LostReplyIsRefusal, "lost_reply_is_refusal", Some("lost_reply_is_refusal"), Losses,
        "A store that is not answered is tried again at another node.";
    LostReplyIsSuccess, "lost_reply_is_success", Some("lost_reply_is_success"), Losses,
        "A store that is not answered counts as done, as in an implementation for libp2p.";
    GetStopsAtFirst, "get_stops_at_first", Some("get_stops_at_first"), Interleaving,
        "A get that gives up when the first node that it asks has nothing.";
    GetSkipsIntermediates, "get_skips_intermediates", Some("get_skips_intermediates"),
        Interleaving,
        "A get is answered by the closest node only, whatever those on the way hold.";
    InitiatorDoesNotCount, "initiator_does_not_count", Some("initiator_does_not_count"),
        Interleaving,
        "A node throttles others and not itself: its own puts reach its neighbour unhindered.";
    AcceptAnyonesAnswers, "accept_anyones_answers", None, Lies,
        "Answers matched by their number alone: whoever guesses or overhears it can answer.";
    AcceptWrongPlaces, "accept_wrong_places", None, Lies,
        "Contacts are believed to be nearer because somebody says so.";
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
