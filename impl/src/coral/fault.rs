//! Procedures done wrong on purpose, each as a real implementation or a reading has it.

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
    /// Clusters of more than one level.
    Levels,
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
    ClientChecksAlone, "client_checks_alone", Some("client_checks_alone"), Interleaving,
        "Checked when asked, used when stored: the client leaves full nodes out, and the server \
         does not look again.";
    NoReversePhase, "no_reverse_phase", Some("no_reverse_phase"), Interleaving,
        "Only the nearest node is tried, and a refusal is the end.";
    StacksTheFullAndLoaded, "stacks_the_full_and_loaded", Some("stacks_the_full_and_loaded"),
        Interleaving,
        "The node that is full and loaded is asked to store nevertheless.";
    StopsAtFullOrLoaded, "stops_at_full_or_loaded", Some("stops_at_full_or_loaded"), Interleaving,
        "The course notes' rule: full or loaded ends the way to the key.";
    FarthestFirst, "farthest_first", Some("farthest_first"), Interleaving,
        "The stack is taken from the wrong end.";
    FullIsMoreThanCapacity, "full_is_more_than_capacity", Some("full_is_more_than_capacity"),
        Interleaving,
        "The course notes' more than l values, where the paper has l.";
    NoHalfLifeRule, "no_half_life_rule", Some("no_half_life_rule"), Time,
        "A node with l values is full, however little of their lives is left.";
    MoreThanHalfALife, "more_than_half_a_life", Some("more_than_half_a_life"), Time,
        "Exactly half of the life left no longer counts as enough.";
    FullNeverEvicts, "full_never_evicts", Some("full_never_evicts"), Time,
        "A node with l values that live takes no other one.";
    EvictsTheLongestLived, "evicts_the_longest_lived", Some("evicts_the_longest_lived"), Time,
        "A comparison the wrong way round: the freshest value makes room.";
    EvictAnyShorter, "evict_any_shorter", Some("evict_any_shorter"), Time,
        "Any value that lives less long makes room: another reading of the paper.";
    ReturnsExpiredValues, "returns_expired_values", Some("returns_expired_values"), Time,
        "Purging is lazy, and nobody looks at the life of what is returned.";
    GreedyInsteadOfSplice, "greedy_instead_of_splice", None,
        FullTables,
        "The nearest node that is known is asked at once, as in any other distributed hash table.";
    NeverLoaded, "never_loaded", Some("never_loaded"), Interleaving,
        "The rate is written down and never looked at.";
    LiteralWindow, "literal_window", Some("literal_window"), Time,
        "The paper's words to the letter: every request counts, let through or not.";
    LeakCountsGets, "leak_counts_gets", Some("leak_counts_gets"), Interleaving,
        "One counter for all requests: many gets keep fresh values out.";
    RefreshIsANewValue, "refresh_is_a_new_value", Some("refresh_is_a_new_value"), Interleaving,
        "The same value put again is another value.";
    SilenceIsRefusal, "silence_is_refusal", Some("silence_is_refusal"), Losses,
        "A store that is not answered is tried again at another node.";
    SilenceIsSuccess, "silence_is_success", Some("silence_is_success"), Losses,
        "A store that is not answered counts as done, as in an implementation for libp2p.";
    GetStopsAtTheFirstNode, "get_stops_at_the_first_node", Some("get_stops_at_the_first_node"),
        Interleaving,
        "A get that gives up when the first node that it asks has nothing.";
    GetSkipsTheMiddle, "get_skips_the_middle", Some("get_skips_the_middle"),
        Interleaving,
        "A get is answered by the closest node only, whatever those on the way hold.";
    InitiatorDoesNotCount, "initiator_does_not_count", None,
        Interleaving,
        "A node throttles others and not itself: its own puts reach its neighbour unhindered.";
    OneTooManyPasses, "one_too_many_passes", Some("one_too_many_passes"), Interleaving,
        "More than the rate make a node loaded, not as many.";
    RefusesWhenLoaded, "refuses_when_loaded", Some("refuses_when_loaded"), Interleaving,
        "Load is shed where a value is about to be stored.";
    CountsExpiredValues, "counts_expired_values", Some("counts_expired_values"), Time,
        "The number of values is the length of the list, dead ones included.";
    RefreshIsRefused, "refresh_is_refused", Some("refresh_is_refused"), Interleaving,
        "A full node refuses the value that it has already, which then dies.";
    StacksTheSilent, "stacks_the_silent", Some("stacks_the_silent"), Losses,
        "A node that has not answered on the way is asked to store.";
    LevelFromTheInitiator, "level_from_the_initiator", Some("level_from_the_initiator"), Levels,
        "The way at each level begins anew: three levels cost three look-ups.";
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
