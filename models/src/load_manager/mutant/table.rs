//! The faults, their names, where each is found, and what it stands for.

use crate::engine::Mutant;

/// Declares the faults, their names, and what each stands for, once.
macro_rules! faults {
    ($($fault:ident, $name:literal, $place:ident / $instance:literal, $claim:literal,
       $interleaving:literal, $stands_for:literal;)*) => {
        /// A procedure that is done wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Fault {
            $(#[doc = $stands_for] $fault,)*
        }

        /// Which model a fault is found in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum Place {
            Switch,
            Placement,
            Capacity,
            Upgrade,
            Rollout,
            Overload,
        }

        impl Fault {
            /// The fault of that name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$fault),)*
                    _ => None,
                }
            }

            const fn place(self) -> Place {
                match self {
                    $(Self::$fault => Place::$place,)*
                }
            }

            /// Whether the fault is one of the switch.
            #[must_use]
            pub const fn is_of_switch(self) -> bool {
                matches!(self.place(), Place::Switch)
            }
        }

        /// The mutants of this system.
        pub const MUTANTS: &[Mutant] = &[
            $(Mutant {
                name: $name,
                stands_for: $stands_for,
                instance: $instance,
                killed_by: $claim,
                interleaving_only: $interleaving,
            },)*
        ];
    };
}

faults! {
    FlapCounterNotReset, "flap_counter_not_reset",
        Switch / "lying_checks", "beliefs_change_after_results_in_a_row", true,
        "HAProxy b119a79fc: failures of a server that is down do not lower its counter, and passes \
         that are far apart add up.";
    HealthRunsOver, "health_runs_over",
        Switch / "round_robin", "health_is_in_range", false,
        "A counter of checks without an upper end: a server that was well for long is down late.";
    StuckDown, "stuck_down",
        Switch / "round_robin", "recovered_servers_are_used", false,
        "HAProxy e31148031, 8f29829e2: a server that passes its checks again stays down, since its \
         state is not committed.";
    CrashIsSeenAtOnce, "crash_is_seen_at_once",
        Switch / "round_robin", "a_dead_server_is_trusted", false,
        "A model in which the manager knows of a crash when it happens: no request is ever sent to \
         a dead server.";
    HealthNotConsulted, "health_not_consulted",
        Switch / "round_robin", "eligible_servers_only", false,
        "coredns issue 1247, vllm production-stack issue 601: checks fail, and the turn goes to \
         the server all the same.";
    SelectUnavailableWhenEmpty, "select_unavailable_when_empty",
        Switch / "round_robin", "eligible_servers_only", false,
        "A published TLA+ model of a balancer, which picks any server when none is available.";
    DoubleDecrement, "double_decrement",
        Switch / "aborts", "counts_are_true", false,
        "HAProxy f899b94e6, fe234281d: an abort takes two off the count, which wraps, and the \
         server looks full for ever.";
    NoDecrementOnCrash, "no_decrement_on_crash",
        Switch / "writes", "counts_are_true", false,
        "HAProxy fe234281d, the other way: a broken connection is never taken off the count.";
    LeakOnRetry, "leak_on_retry",
        Switch / "two_crashes", "counts_are_true", false,
        "HAProxy e763c8c99: a retry forgets to take the first try off the count.";
    QueueLeakOnAbort, "queue_leak_on_abort",
        Switch / "aborts", "every_request_is_accounted_for", false,
        "HAProxy 099c1b244: a stream that is given up while it waits stays in the queue's length.";
    DrainedServerDequeues, "drained_server_dequeues",
        Switch / "round_robin", "eligible_servers_only", true,
        "HAProxy f8e8b76ed, a8694654b: a server of weight 0 takes requests from the queue when it \
         has finished one.";
    NoDequeueOnCompletion, "no_dequeue_on_completion",
        Switch / "round_robin", "no_queued_request_has_a_candidate", true,
        "HAProxy 5541d4995, 53f52e67a: full at one moment and idle at the next, and the request \
         that was queued in between waits until its time-out.";
    NoDequeueOnUp, "no_dequeue_on_up",
        Switch / "round_robin", "no_queued_request_has_a_candidate", true,
        "HAProxy ca275d99c: a server that is up again does not look at the queue.";
    NoDequeueOnReady, "no_dequeue_on_ready",
        Switch / "round_robin", "no_queued_request_has_a_candidate", true,
        "HAProxy ca275d99c, 7c669d7e0: a server that is put back does not look at the queue.";
    NoDequeueOnReset, "no_dequeue_on_reset",
        Switch / "round_robin", "no_queued_request_has_a_candidate", true,
        "HAProxy 5541d4995: the last connection of a server breaks, nothing else will end there, \
         and the queue waits for an end.";
    NoFlushWhenLastServerLeaves, "no_flush_when_last_server_leaves",
        Switch / "round_robin", "queued_requests_have_a_server", true,
        "HAProxy 53f52e67a: the last server is removed, and the queue of the backend is left.";
    QueueWhenNoServer, "queue_when_no_server",
        Switch / "round_robin", "queued_requests_have_a_server", false,
        "HAProxy ca275d99c: a request is queued with nobody to take it out.";
    MaintenanceKeepsQueue, "maintenance_keeps_queue",
        Switch / "maintenance_at_once", "queued_requests_have_a_server", true,
        "HAProxy 1385e33eb: a server in maintenance keeps what was queued for it.";
    NoQueue, "no_queue",
        Switch / "round_robin", "refusals_have_a_reason", false,
        "A manager that sheds as soon as all servers are busy, with an empty queue.";
    DropInFlightOnCrash, "drop_in_flight_on_crash",
        Switch / "round_robin", "every_request_is_accounted_for", false,
        "Requests of a dead server are forgotten with it; their clients wait.";
    DrainKillsActive, "drain_kills_active",
        Switch / "round_robin", "connections_outlive_orders", false,
        "Kubernetes issue 43576: a server that is to be drained is ended with its connections.";
    RetryNonIdempotent, "retry_non_idempotent",
        Switch / "writes", "writes_are_sent_once", false,
        "nginx before 1.9.13: a POST that was sent is sent again to the next server.";
    RetriesWithoutBudget, "retries_without_budget",
        Switch / "panic", "everything_is_answered", false,
        "Metastable failures (Bronson et al. 2021): retries keep the overload alive when its cause \
         is gone.";
    ExtraTry, "extra_try",
        Switch / "two_crashes", "tries_are_within_budget", false,
        "A budget that is compared after the try: one more than allowed.";
    NoRetries, "no_retries",
        Switch / "round_robin", "a_request_is_tried_again", false,
        "A manager that answers every broken connection with an error.";
    LateProbeRevivesMaintenance, "late_probe_revives_maintenance",
        Switch / "late_results", "results_never_override_orders", true,
        "HAProxy 9f708ab70: a check is under way when the administrator takes the server out, and \
         its success puts it back.";
    EjectionPrecheck, "ejection_precheck",
        Switch / "outliers_half", "ejections_are_under_the_ceiling", false,
        "Envoy issues 26877, 27066, 3263: the ceiling is compared before the ejection; of three \
         servers two are ejected at 50 %, all at 67 %.";
    PanicOff, "panic_off",
        Switch / "panic", "panic_ignores_health", false,
        "k3s issue 10240: checks that fail under load take out one server after another.";
    SlowStartSkipped, "slowstart_skipped",
        Switch / "slow_start", "slow_start_is_slow", false,
        "HAProxy 0797e05d9: a server that was down for longer than the window gets its full load \
         at once.";
    RoundRobinResetOnChange, "rr_reset_on_change",
        Switch / "turns", "turns_are_taken", true,
        "Any change of the list starts the turn anew: under frequent changes the first server gets \
         all.";
    LeastConnectionsIgnoresPending, "lc_ignores_pending",
        Switch / "slow_connections", "the_least_loaded_is_picked", true,
        "Envoy issue 44989: connections that are being set up are not counted, and a slow server \
         wins again and again.";
    TwoChoicesTakesTheFirst, "two_choices_takes_the_first",
        Switch / "two_choices", "the_better_of_two_is_picked", false,
        "tower pull request 39: the second choice is not looked at where the first is ready.";
    StaleSlotAfterDown, "stale_slot_after_down",
        Switch / "rendezvous", "eligible_servers_only", false,
        "HAProxy 4256463b5: with exactly one server up the old table is used, and a request goes \
         to one that is down.";
    ModuloHash, "mod_n_hash",
        Switch / "rendezvous", "only_the_leavers_clients_move", false,
        "nginx before 1.3.0: to mark one server as down gives other servers' clients new ones.";
    HashByArrival, "hash_by_arrival",
        Switch / "maglev", "clients_keep_their_server", false,
        "A hash of something that changes with each request, such as the client's port.";
    ContentBlind, "content_blind",
        Switch / "content_aware", "requests_go_to_their_partition", false,
        "A layer-4 switch before partitioned data.";
    MonkeyWithoutGuard, "monkey_without_guard",
        Switch / "chaos", "the_blast_radius_is_kept", false,
        "A kill that does not look at how many servers are left.";
    MonkeyNeverKills, "monkey_never_kills",
        Switch / "chaos", "a_kill_hits_a_request", false,
        "A guard so strict that nothing is ever killed, and the experiment shows nothing.";
    TableByModulo, "table_by_modulo",
        Placement / "rendezvous_table", "clients_of_others_stay", false,
        "nginx before 1.3.0, in a whole table: most clients move when one server of many leaves.";
    HomeOfNobody, "home_of_nobody",
        Placement / "rendezvous_table", "every_client_has_a_home", false,
        "A table that is one entry short.";
    MaglevWithoutTurns, "maglev_without_turns",
        Placement / "maglev_table", "spread_of_one", false,
        "Each entry goes to whom it hashes to: an even spread on average, and no better.";
    MaglevInOrder, "maglev_in_order",
        Placement / "maglev_table", "moves_within_tolerance", false,
        "A table that is filled in order of its entries, without permutations: modulo again.";
    HarvestCountsDownShard, "harvest_counts_down_shard",
        Capacity / "partitioned_full", "capacity_is_never_exceeded", false,
        "An answer that counts as whole although a partition was missing.";
    HedgedReadsCountTwice, "hedged_reads_count_twice",
        Capacity / "replicated_full", "harvest_and_yield_are_shares", false,
        "A query that is sent to two replicas for speed, and whose data are counted at both.";
    NeighbourTakesAll, "neighbour_takes_all",
        Capacity / "replicated_full", "survivors_carry_the_load", false,
        "A ring without virtual nodes: the load of a dead server goes to its neighbour alone.";
    NoRedirection, "no_redirection",
        Capacity / "replicated_with_spare", "spare_capacity_hides_failures", false,
        "Brewer's problem of redirected load, not solved: queries for the dead replica are lost \
         though others have room.";
    ShedsAndCuts, "sheds_and_cuts",
        Capacity / "replicated_database", "cut_data_keep_yield", false,
        "Data are cut to the least at the first sign of overload: paid, and not needed.";
    CostBlind, "cost_blind",
        Capacity / "replicated_by_cost", "cheap_queries_first", false,
        "Admission by arrival: one expensive query takes the place of several cheap ones.";
    PriorityInverted, "priority_inverted",
        Capacity / "replicated_by_priority", "high_priority_first", false,
        "A sort in the wrong direction: what is worth most is refused first.";
    StaleCountsAsFresh, "stale_counts_as_fresh",
        Capacity / "replicated_freshness", "capacity_is_never_exceeded", false,
        "A cache whose expired entries are counted as answers from today.";
    ServerRebootedTwice, "server_rebooted_twice",
        Upgrade / "any_division", "every_division_loses_the_same", false,
        "An upgrade whose last wave needs a second reboot.";
    RollingTakesTwo, "rolling_takes_two",
        Upgrade / "rolling_of_eight", "least_capacity_is_as_told", false,
        "A rolling upgrade that begins the next server before the last one is up.";
    LastServerForgotten, "last_server_forgotten",
        Upgrade / "rolling_of_eight", "the_upgrade_ends", false,
        "An upgrade that never takes the last server that runs the old version.";
    FlipServesBothVersions, "flip_serves_both_versions",
        Upgrade / "flip_of_eight", "versions_are_never_mixed", false,
        "A flip whose first half gets traffic as soon as it is up.";
    RollingKeptApart, "rolling_kept_apart",
        Upgrade / "rolling_of_eight", "both_versions_serve", false,
        "A rolling upgrade that keeps what is upgraded out of traffic until the end.";
    OverloadRetriesForEver, "overload_retries_for_ever",
        Overload / "retries_that_fit", "the_overload_passes", false,
        "Metastable failures (Bronson et al. 2021): each client asks until it is answered, and the \
         servers are busy with what nobody waits for any more.";
    OverloadNeverHappens, "overload_never_happens",
        Overload / "retries_that_fit", "stale_work_is_done", false,
        "A test whose fault is over before any client gives up.";
    UpgradeWithoutDrain, "upgrade_without_drain",
        Rollout / "rolling_under_load", "requests_are_at_servers_that_run", false,
        "Kubernetes issue 43576, aws-load-balancer-controller issue 2366: a target ends with the \
         requests that it has.";
    TerminateBeforeDelisting, "terminate_before_delisting",
        Rollout / "rolling_under_load", "requests_are_at_servers_that_run", true,
        "istio issue 7665, skipper issue 652, vllm production-stack issue 601: a target ends \
         before it is off the list, and new requests go there.";
    DrainStopsServing, "drain_stops_serving",
        Rollout / "rolling_under_load", "all_requests_end", false,
        "Kubernetes issue 43576, the other way: a server that is told to end answers nothing more, \
         and keeps what it has.";
    NeverBoots, "never_boots",
        Rollout / "rolling_under_load", "the_rollout_ends", false,
        "The new version does not start.";
    RolloutKeepsQueue, "rollout_keeps_queue",
        Rollout / "fast_under_load", "waiting_requests_have_a_listed_server", true,
        "HAProxy 53f52e67a, in an upgrade: all servers are off the list, and requests wait.";
    RolloutSheds, "rollout_sheds",
        Rollout / "rolling_under_load", "only_a_full_queue_refuses", false,
        "Traffic is refused for the time of the upgrade though servers are left.";
    RolloutForgetsRefusals, "rollout_forgets_refusals",
        Rollout / "fast_under_load", "upgrades_lose_no_request", false,
        "The queue is emptied when the last server leaves, and nobody is told.";
    DelistsIdleServers, "delists_idle_servers",
        Rollout / "rolling_under_load", "drained_under_load", false,
        "An upgrade that waits until nobody asks anything.";
    FlipTakesAll, "flip_takes_all",
        Rollout / "flip_under_load", "somebody_is_listed", false,
        "A flip whose second half is taken down with the first.";
    RolloutMixesVersions, "rollout_mixes_versions",
        Rollout / "flip_under_load", "versions_that_are_listed_together_are_compatible", true,
        "A flip under load whose first half gets traffic as soon as it is up.";
}
