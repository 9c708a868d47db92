//! Procedures done wrong on purpose, each as a real load balancer or a shortcut has it.

use crate::faults::faults;

faults! {
    []
    FlapCounterNotReset, "flap_counter_not_reset", Some("flap_counter_not_reset"),
        "HAProxy b119a79fc: passed checks far apart add up, and one more makes a server up.";
    DoubleDecrement, "double_decrement", Some("double_decrement"),
        "HAProxy f899b94e6: a client that gives up while its connection is set up counts twice.";
    NoDecrementOnCrash, "no_decrement_on_crash", Some("no_decrement_on_crash"),
        "A connection that broke is counted for ever: the server looks full when it is back.";
    LeakOnRetry, "leak_on_retry", Some("leak_on_retry"),
        "HAProxy e763c8c99: a request that is tried again is still counted where it was.";
    DrainedServerDequeues, "drained_server_dequeues", Some("drained_server_dequeues"),
        "HAProxy f8e8b76ed: a draining server that has a free slot takes from the queue.";
    NoDequeueOnCompletion, "no_dequeue_on_completion", Some("no_dequeue_on_completion"),
        "HAProxy 5541d4995: a slot becomes free, and nobody looks at the queue.";
    NoDequeueOnUp, "no_dequeue_on_up", Some("no_dequeue_on_up"),
        "A server is up again, and what waits for one goes on waiting.";
    NoDequeueOnReady, "no_dequeue_on_ready", Some("no_dequeue_on_ready"),
        "A server is put into service, and what waits for one goes on waiting.";
    NoDequeueOnReset, "no_dequeue_on_reset", Some("no_dequeue_on_reset"),
        "A broken connection frees a slot that nobody is told of.";
    NoFlushWhenLastServerLeaves, "no_flush_when_last_server_leaves",
        Some("no_flush_when_last_server_leaves"),
        "HAProxy 53f52e67a, 1385e33eb: the last server leaves, and requests wait for nobody.";
    QueueWhenNoServer, "queue_when_no_server", Some("queue_when_no_server"),
        "HAProxy ca275d99c: a request is queued although there is nobody to take it out.";
    DropInFlightOnCrash, "drop_in_flight_on_crash", Some("drop_in_flight_on_crash"),
        "What a crashed server had is forgotten, and nobody answers.";
    DrainKillsActive, "drain_kills_active", Some("drain_kills_active"),
        "Kubernetes issue 43576: a target that is taken out loses what it was doing.";
    EjectionPrecheck, "ejection_precheck", Some("ejection_precheck"),
        "Envoy issue 26877: the share of ejected servers is looked at before the ejection only.";
    RrResetOnChange, "rr_reset_on_change", Some("rr_reset_on_change"),
        "Envoy pull request 3271: each change of health begins anew with the first server.";
    LcIgnoresPending, "lc_ignores_pending", Some("lc_ignores_pending"),
        "Envoy issue 44989: connections that are being set up do not count, and slow servers win.";
    LateProbeRevivesMaint, "late_probe_revives_maint", Some("late_probe_revives_maintenance"),
        "HAProxy 9f708ab70: a check that was under way puts a server back into service.";
    StaleSlotAfterDown, "stale_slot_after_down", Some("stale_slot_after_down"),
        "HAProxy 4256463b5: with one server left, the one that went down is still chosen.";
    ModNHash, "mod_n_hash", Some("mod_n_hash"),
        "nginx 1.3.0: a server that leaves moves the clients of all others.";
    SlowstartSkipped, "slowstart_skipped", Some("slowstart_skipped"),
        "HAProxy 0797e05d9: a server that was down for long is given everything at once.";
    PanicOff, "panic_off", Some("panic_off"),
        "k3s issue 10240: checks that fail under load take out one server after another.";
    FlipServesBothVersions, "flip_serves_both_versions", Some("flip_serves_both_versions"),
        "The first half of a flip takes requests as soon as it has the new version.";
    HarvestCountsDownShard, "harvest_counts_down_shard", Some("harvest_counts_down_shard"),
        "What a partition without a server holds is asked of another, which has nothing of it.";
    RetryNonIdempotent, "retry_non_idempotent", Some("retry_non_idempotent"),
        "nginx before 1.9.13: a request that a server may have acted on is given to another.";
    SelectUnavailableWhenEmpty, "select_unavailable_when_empty",
        Some("select_unavailable_when_empty"),
        "When nobody is eligible, somebody is chosen all the same.";
    RetriesWithoutBudget, "retries_without_budget", Some("retries_without_budget"),
        "Metastable failures: requests bounce between dead servers for as long as those last.";
    TwoChoicesTakesTheFirst, "two_choices_takes_the_first", None,
        "Two servers are drawn, and the loads are not compared.";
    DuplicateCompletionCounts, "duplicate_completion_counts", None,
        "HAProxy fe234281d: the end of a connection that has ended is counted once more.";
    MaintenanceForgetsConnections, "maintenance_forgets_connections", None,
        "A server is taken out at once, and the clients that it had are never answered.";
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
