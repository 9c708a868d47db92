//! Each planted fault is noticed: by an assertion of the machine, by whoever watches what goes in
//! and comes out, or by requests that are never answered.
#![cfg(feature = "faults")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::panic::{self, AssertUnwindSafe};

use crate::common::{World, config, steps};
use straightedge_impl::host::chance::Chance;
use straightedge_impl::load_manager::{FAULTS, Fault};

const SEEDS: u64 = 1_000;

/// The faults, and what is said when they are noticed.
const NOTICED_BY: &[(&str, &str)] = &[
    ("flap_counter_not_reset", " is down"),
    ("double_decrement", "the count of a server is that of its connections"),
    ("no_decrement_on_crash", "the count of a server is that of its connections"),
    ("leak_on_retry", "the count of a server is that of its connections"),
    ("drained_server_dequeues", " is not eligible"),
    ("no_dequeue_on_completion", "nobody waits while a server could take it"),
    ("no_dequeue_on_up", "nobody waits while a server could take it"),
    ("no_dequeue_on_ready", "nobody waits while a server could take it"),
    ("no_dequeue_on_reset", "nobody waits while a server could take it"),
    ("no_flush_when_last_server_leaves", "somebody is eligible for whoever waits"),
    ("queue_when_no_server", "somebody is eligible for whoever waits"),
    ("drop_in_flight_on_crash", "never answered"),
    ("drain_kills_active", " cuts a connection of "),
    ("ejection_precheck", "no more are ejected than may be"),
    ("rr_reset_on_change", "RoundRobin of "),
    ("lc_ignores_pending", "ContentAware { partitions: 1 } of "),
    ("late_probe_revives_maint", " is not eligible"),
    ("stale_slot_after_down", "healthy is who is ready, up, not ejected"),
    ("mod_n_hash", "Maglev"),
    ("slowstart_skipped", " is no candidate"),
    ("panic_off", " is refused although somebody is there"),
    ("flip_serves_both_versions", "in a flip one version takes new requests"),
    ("harvest_counts_down_shard", " is not eligible"),
    ("retry_non_idempotent", "a server may have acted on "),
    ("select_unavailable_when_empty", "in maintenance is no connection"),
    ("retries_without_budget", "no request is tried more often than may be"),
    ("two_choices_takes_the_first", " has more than any other"),
    ("duplicate_completion_counts", "was ignored and changed something"),
    ("maintenance_forgets_connections", "never answered"),
];

fn run(fault: Option<Fault>, seed: u64) {
    let mut chance = Chance::new(seed);
    let mut config = config(&mut chance);
    config.fault = fault;
    World::run(&config, &steps(&mut chance, 250));
}

/// The first seed with which a fault is noticed, and how.
fn noticed(fault: Fault) -> Option<(u64, String)> {
    (0..SEEDS).find_map(|seed| {
        let how = panic::catch_unwind(AssertUnwindSafe(|| run(Some(fault), seed))).err()?;
        let text = how.downcast::<String>().map_or_else(|_| String::new(), |text| *text);
        Some((seed, text))
    })
}

#[test]
fn every_fault_is_noticed_by_what_it_breaks() {
    let former = panic::take_hook();
    panic::set_hook(Box::new(|_| ()));
    let how: Vec<(&str, Option<(u64, String)>)> =
        FAULTS.iter().map(|planted| (planted.name, noticed(planted.fault))).collect();
    panic::set_hook(former);
    let names: Vec<&str> = how.iter().map(|(name, _)| *name).collect();
    let expected: Vec<&str> = NOTICED_BY.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, expected);
    for ((name, how), (_, expected)) in how.iter().zip(NOTICED_BY) {
        let by = how.as_ref().map_or("nothing", |(_, by)| by);
        assert!(by.contains(expected), "{name} is noticed by {by}, not by {expected}");
    }
}

#[test]
fn without_a_fault_nothing_is_noticed() {
    (0..SEEDS).for_each(|seed| run(None, seed));
}
