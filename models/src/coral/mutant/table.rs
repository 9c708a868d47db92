//! The faults, their names, where each is found, and what it stands for.

use crate::engine::faults;

faults! {
    StoreIgnoresFull, "store_ignores_full",
        "three_puts", "capacity_is_kept", true,
        "A server that trusts the client: it stores whatever comes. Where every full node is \
         loaded too, puts in sequence never come to it; only a race does.";
    ClientChecksAlone, "client_checks_alone",
        "three_puts", "capacity_is_kept", true,
        "Time of check, time of use: the client passes full nodes by, and the server does not \
         look again when it stores.";
    NoReversePhase, "no_reverse_phase",
        "two_nodes", "not_stored_for_a_reason", true,
        "A client that gives up when the best node refuses: the usual distributed hash table with \
         a check for fullness.";
    StacksTheFullAndLoaded, "stacks_the_full_and_loaded",
        "three_puts", "no_store_where_the_path_stopped", false,
        "The node that ended the forward phase is asked to store, like all that were contacted.";
    StopsAtFullOrLoaded, "stops_at_full_or_loaded",
        "three_puts", "forward_ends_for_a_reason", false,
        "Course notes: retract at a node that is loaded or full, and store at one that is \
         neither.";
    FarthestFirst, "farthest_first",
        "three_puts", "stores_go_outwards", false,
        "A stack that is popped at the wrong end: the client keeps all its values itself.";
    FullIsMoreThanCapacity, "full_is_more_than_capacity",
        "two_nodes", "capacity_is_kept", false,
        "Course notes: a node is full with more than l values.";
    NoHalfLifeRule, "no_half_life_rule",
        "three_puts_three_ticks", "refused_only_when_full", false,
        "Course notes: a node is full when it stores l values, however short their lives.";
    MoreThanHalfALife, "more_than_half_a_life",
        "mixed_lives", "evictions_follow_the_rule", false,
        "An off-by-one in the half-life rule: exactly half is not full any more.";
    FullNeverEvicts, "full_never_evicts",
        "three_puts_three_ticks", "refused_only_when_full", false,
        "A server with a plain cap on its values, behind a client that knows the half-life rule.";
    EvictsTheLongestLived, "evicts_the_longest_lived",
        "two_places_at_one_node", "evictions_follow_the_rule", false,
        "Eviction by the wrong end of the order. With one place there is no other to choose.";
    EvictAnyShorter, "evict_any_shorter",
        "mixed_lives", "evictions_follow_the_rule", false,
        "Another reading of the paper: any value with a shorter life makes way.";
    ReturnsExpiredValues, "returns_expired_values",
        "mixed_lives_and_a_get", "only_live_values_are_returned", false,
        "A get that trusts the purge to have run.";
    CountsExpiredValues, "counts_expired_values",
        "mixed_lives", "told_is_what_is_live", false,
        "A forward reply whose count is the length of the list.";
    NeverLoaded, "never_loaded",
        "four_puts", "leakage_is_kept", false,
        "A server without a counter: every put goes on to the closest node.";
    OneTooManyPasses, "one_too_many_passes",
        "three_puts", "leakage_is_kept", false,
        "The paper's words with a leaky counter: more than the leakage, not as much.";
    LiteralWindow, "literal_window",
        "overload", "an_overloaded_node_leaks", false,
        "The paper to the letter: every request of the past window counts, and under permanent \
         overload none is let through any more.";
    LeakCountsGets, "leak_counts_gets",
        "mixed_lives_and_a_get", "an_overloaded_node_leaks", false,
        "Requests for a key are counted whatever they are: heavy reading keeps fresh values out.";
    RefusesWhenLoaded, "refuses_when_loaded",
        "course_story", "the_story_ends_as_told", false,
        "A server that sheds load where the protocol is about to store.";
    RefreshIsANewValue, "refresh_is_a_new_value",
        "a_renewal", "values_are_listed_once", false,
        "A list without a look for the same value: a renewed address is there twice.";
    RefreshIsRefused, "refresh_is_refused",
        "a_renewal", "a_renewal_is_taken", false,
        "A full node refuses the renewal of a value that it has, which then dies.";
    StoresUnderAnotherKey, "stores_under_another_key",
        "two_keys", "values_were_put_for_the_key", false,
        "A handler that takes the key from the wrong request.";
    GetSkipsTheMiddle, "get_skips_the_middle",
        "three_puts_two_gets", "a_get_is_answered_on_the_way", false,
        "Gets that go greedily to the closest node find nothing of what lies on the way.";
    GetStopsAtTheFirstNode, "get_stops_at_the_first_node",
        "three_puts_two_gets", "look_ups_end_at_the_closest", false,
        "A get that takes the first node's word for all.";
    SilenceIsRefusal, "silence_is_refusal",
        "lost_messages", "one_copy_of_each_put", false,
        "A lost reply is taken for a refusal, and the value is stored a second time farther out.";
    SilenceIsSuccess, "silence_is_success",
        "lost_messages", "stored_by_the_nodes_word", false,
        "Seen in an implementation of Kademlia's provider records: an absent reply is counted as \
         accepted.";
    StacksTheSilent, "stacks_the_silent",
        "lost_messages", "stores_go_to_nodes_that_answered", false,
        "A node that did not answer is asked to store: time spent on the dead.";
    NoTimeOut, "no_time_out",
        "lost_messages", "every_operation_ends", false,
        "A client that waits for ever.";
    AsksOutsideTheCluster, "asks_outside_the_cluster",
        "two_levels", "requests_stay_in_the_cluster", false,
        "One routing table for all levels: the fast level is as slow as the others.";
    GoesOnAfterAHit, "goes_on_after_a_hit",
        "two_levels", "a_hit_ends_the_get", false,
        "A get that asks every level and merges the answers.";
    LevelFromTheInitiator, "level_from_the_initiator",
        "two_levels", "distance_never_grows_between_levels", false,
        "Every level's look-up begins anew: three levels cost three look-ups.";
    OneAtATime, "one_at_a_time",
        "three_puts", "a_race_for_the_last_place", false,
        "A model, or a test, in which operations never overlap.";
    SpliceForGreedy, "splice_for_greedy",
        "greedy_gets", "the_root_alone_is_asked", false,
        "Look-ups by way of other nodes, where the control is to go straight to the closest.";
    StopsAtFull, "stops_at_full",
        "three_puts_two_let_through", "a_full_node_is_stacked", false,
        "A forward phase that ends at every full node, with the counter left out: the closest \
         node gets nothing new while those around it are full.";
}
