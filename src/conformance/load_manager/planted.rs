//! The faults that can be planted in the balancer, and how each is found (LOAD_MANAGER-59).

use straightedge_impl::load_manager::Planted;
use straightedge_models::engine::Run;

use super::super::planted::{self, Found, Way};
use super::instances::{Instance, Variation};

use Way::{Beyond, Search};

const PLAIN: Way = Search("round_robin");

/// Each fault, and where it is found; the fewest states are looked at there.
pub const WAYS: &[(&str, Way)] = &[
    ("flap_counter_not_reset", Search("lying_checks")),
    ("double_decrement", Search("slow_connections_given_up")),
    ("no_decrement_on_crash", PLAIN),
    ("leak_on_retry", PLAIN),
    ("drained_server_dequeues", PLAIN),
    ("no_dequeue_on_completion", PLAIN),
    ("no_dequeue_on_up", PLAIN),
    ("no_dequeue_on_ready", PLAIN),
    ("no_dequeue_on_reset", Search("writes")),
    ("no_flush_when_last_server_leaves", PLAIN),
    ("queue_when_no_server", Search("two_crashes")),
    ("drop_in_flight_on_crash", Search("writes")),
    ("drain_kills_active", PLAIN),
    ("ejection_precheck", Search("outliers_half")),
    ("rr_reset_on_change", PLAIN),
    ("lc_ignores_pending", Search("slow_connections")),
    ("late_probe_revives_maint", Search("late_results_two_arrivals")),
    ("stale_slot_after_down", PLAIN),
    ("mod_n_hash", Search("rendezvous_one_crash")),
    ("slowstart_skipped", Search("slow_start")),
    ("panic_off", Search("panic_one_crash")),
    (
        "flip_serves_both_versions",
        Beyond("Upgrades are another model, with which the balancer is not compared here."),
    ),
    ("harvest_counts_down_shard", Search("content_aware")),
    ("retry_non_idempotent", Search("writes")),
    ("select_unavailable_when_empty", Search("two_crashes")),
    ("retries_without_budget", Search("two_crashes")),
    ("two_choices_takes_the_first", Search("two_choices_three_arrivals")),
    ("duplicate_completion_counts", PLAIN),
    ("maintenance_forgets_connections", Search("maintenance_at_once")),
];

/// How many states are looked at, one number after the other.
const REACH: &[usize] = &[300, 3_000, 30_000];

/// Where those are looked for that cannot be found.
const SMALL: &[Way] = &[Search("round_robin")];

/// Looks for a fault.
#[must_use]
pub fn find(planted: &Planted, run: &Run<'_>) -> Found {
    let variation = Variation { fault: Some(planted.fault), ..Variation::NONE };
    let Planted { name, stands_for, twin, .. } = *planted;
    let searched = |instance: &str| {
        let instance = Instance::named(instance)?;
        Some((instance.name, instance.hunt(variation, REACH, run).difference?))
    };
    let fault = planted::Planted { name, stands_for, twin, beyond: None };
    fault.find(Way::of(name, WAYS), SMALL, searched, |_| None, run)
}
