//! The faults that can be planted in nodes, and how each is found.

use straightedge_impl::coral::Planted;
use straightedge_models::engine::Run;

use super::super::planted::{self, Found, Way};
use super::instances::{Instance, Variation};

use Way::{Beyond, Search};

const RACE: Way = Search("three_puts");

/// Each fault, and where it is found; the fewest states are looked at there.
///
/// Source: CORAL-59.
pub const WAYS: &[(&str, Way)] = &[
    ("store_ignores_full", RACE),
    ("client_checks_alone", RACE),
    ("no_reverse_phase", Search("two_nodes")),
    ("stacks_the_full_and_loaded", RACE),
    ("stops_at_full_or_loaded", RACE),
    ("farthest_first", RACE),
    ("full_is_more_than_capacity", Search("two_nodes")),
    ("no_half_life_rule", Search("two_lives_two_ticks")),
    ("more_than_half_a_life", Search("two_lives_two_ticks")),
    ("full_never_evicts", Search("two_lives_two_ticks")),
    ("evicts_the_longest_lived", Search("two_places_at_one_node")),
    ("evict_any_shorter", Search("two_lives_two_ticks")),
    ("returns_expired_values", Search("a_get_of_what_has_expired")),
    ("greedy_instead_of_splice", RACE),
    ("never_loaded", RACE),
    (
        "literal_window",
        Beyond(
            "A window that begins at a fixed moment forgets all requests alike when it ends: that \
             those which were refused count, too, is to be seen in a sliding one only.",
        ),
    ),
    ("leak_counts_gets", Search("get_after_put")),
    ("refresh_is_a_new_value", Search("a_renewal")),
    ("silence_is_refusal", Search("lost_messages")),
    ("silence_is_success", Search("lost_messages")),
    ("get_stops_at_the_first_node", Search("get_after_put")),
    ("get_skips_the_middle", Search("a_crash")),
    ("initiator_does_not_count", RACE),
    ("one_too_many_passes", RACE),
    ("refuses_when_loaded", RACE),
    ("counts_expired_values", Search("two_places_at_one_node")),
    ("refresh_is_refused", Search("a_renewal")),
    ("stacks_the_silent", Search("lost_messages")),
    ("level_from_the_initiator", Search("two_levels_one_put_one_get")),
    (
        "accept_anyones_answers",
        Beyond("In a network in which nobody lies every answer comes from who was asked."),
    ),
    (
        "accept_wrong_places",
        Beyond("In a network in which nobody lies every contact named is nearer."),
    ),
];

/// How many states are looked at, one number after the other.
const REACH: &[usize] = &[1_000, 8_000, 40_000];

/// Where those are looked for that cannot be found.
const SMALL: &[Way] = &[Search("two_nodes"), Search("lost_messages")];

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
