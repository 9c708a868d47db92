//! Procedures done wrong on purpose, each as a real implementation or a reading has it.

use crate::faults::faults;

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

faults! {
    [
        /// What it takes to see it.
        needs: Needs
    ]
    StoreIgnoresFull, "store_ignores_full", Some("store_ignores_full"), needs: Needs::Interleaving,
        "A server that stores whatever it is sent: the client has asked before, has it not?";
    ClientChecksAlone, "client_checks_alone",
        Some("client_checks_alone"), needs: Needs::Interleaving,
        "Checked when asked, used when stored: the client leaves full nodes out, and the server \
         does not look again.";
    NoReversePhase, "no_reverse_phase", Some("no_reverse_phase"), needs: Needs::Interleaving,
        "Only the nearest node is tried, and a refusal is the end.";
    StacksTheFullAndLoaded, "stacks_the_full_and_loaded",
        Some("stacks_the_full_and_loaded"), needs: Needs::Interleaving,
        "The node that is full and loaded is asked to store nevertheless.";
    StopsAtFullOrLoaded, "stops_at_full_or_loaded",
        Some("stops_at_full_or_loaded"), needs: Needs::Interleaving,
        "The course notes' rule: full or loaded ends the way to the key.";
    FarthestFirst, "farthest_first", Some("farthest_first"), needs: Needs::Interleaving,
        "The stack is taken from the wrong end.";
    FullIsMoreThanCapacity, "full_is_more_than_capacity",
        Some("full_is_more_than_capacity"), needs: Needs::Interleaving,
        "The course notes' more than l values, where the paper has l.";
    NoHalfLifeRule, "no_half_life_rule", Some("no_half_life_rule"), needs: Needs::Time,
        "A node with l values is full, however little of their lives is left.";
    MoreThanHalfALife, "more_than_half_a_life", Some("more_than_half_a_life"), needs: Needs::Time,
        "Exactly half of the life left no longer counts as enough.";
    FullNeverEvicts, "full_never_evicts", Some("full_never_evicts"), needs: Needs::Time,
        "A node with l values that live takes no other one.";
    EvictsTheLongestLived, "evicts_the_longest_lived",
        Some("evicts_the_longest_lived"), needs: Needs::Time,
        "A comparison the wrong way round: the freshest value makes room.";
    EvictAnyShorter, "evict_any_shorter", Some("evict_any_shorter"), needs: Needs::Time,
        "Any value that lives less long makes room: another reading of the paper.";
    ReturnsExpiredValues, "returns_expired_values",
        Some("returns_expired_values"), needs: Needs::Time,
        "Purging is lazy, and nobody looks at the life of what is returned.";
    GreedyInsteadOfSplice, "greedy_instead_of_splice", None, needs: Needs::FullTables,
        "The nearest node that is known is asked at once, as in any other distributed hash table.";
    NeverLoaded, "never_loaded", Some("never_loaded"), needs: Needs::Interleaving,
        "The rate is written down and never looked at.";
    LiteralWindow, "literal_window", Some("literal_window"), needs: Needs::Time,
        "The paper's words to the letter: every request counts, let through or not.";
    LeakCountsGets, "leak_counts_gets", Some("leak_counts_gets"), needs: Needs::Interleaving,
        "One counter for all requests: many gets keep fresh values out.";
    RefreshIsANewValue, "refresh_is_a_new_value",
        Some("refresh_is_a_new_value"), needs: Needs::Interleaving,
        "The same value put again is another value.";
    SilenceIsRefusal, "silence_is_refusal", Some("silence_is_refusal"), needs: Needs::Losses,
        "A store that is not answered is tried again at another node.";
    SilenceIsSuccess, "silence_is_success", Some("silence_is_success"), needs: Needs::Losses,
        "A store that is not answered counts as done, as in an implementation for libp2p.";
    GetStopsAtTheFirstNode, "get_stops_at_the_first_node",
        Some("get_stops_at_the_first_node"), needs: Needs::Interleaving,
        "A get that gives up when the first node that it asks has nothing.";
    GetSkipsTheMiddle, "get_skips_the_middle",
        Some("get_skips_the_middle"), needs: Needs::Interleaving,
        "A get is answered by the closest node only, whatever those on the way hold.";
    InitiatorDoesNotCount, "initiator_does_not_count", None, needs: Needs::Interleaving,
        "A node throttles others and not itself: its own puts reach its neighbour unhindered.";
    OneTooManyPasses, "one_too_many_passes",
        Some("one_too_many_passes"), needs: Needs::Interleaving,
        "More than the rate make a node loaded, not as many.";
    RefusesWhenLoaded, "refuses_when_loaded",
        Some("refuses_when_loaded"), needs: Needs::Interleaving,
        "Load is shed where a value is about to be stored.";
    CountsExpiredValues, "counts_expired_values", Some("counts_expired_values"), needs: Needs::Time,
        "The number of values is the length of the list, dead ones included.";
    RefreshIsRefused, "refresh_is_refused", Some("refresh_is_refused"), needs: Needs::Interleaving,
        "A full node refuses the value that it has already, which then dies.";
    StacksTheSilent, "stacks_the_silent", Some("stacks_the_silent"), needs: Needs::Losses,
        "A node that has not answered on the way is asked to store.";
    LevelFromTheInitiator, "level_from_the_initiator",
        Some("level_from_the_initiator"), needs: Needs::Levels,
        "The way at each level begins anew: three levels cost three look-ups.";
    AcceptAnyonesAnswers, "accept_anyones_answers", None, needs: Needs::Lies,
        "Answers matched by their number alone: whoever guesses or overhears it can answer.";
    AcceptWrongPlaces, "accept_wrong_places", None, needs: Needs::Lies,
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
