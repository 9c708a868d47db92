//! The instances of the models beside the switch: hash tables, the DQ principle, upgrades.

use crate::engine::{Checkable, Row};

use super::capacity::{self, Capacity, Layout, Lever};
use super::instance::row;
use super::overload::{self, Overload};
use super::placement::{self, Hash, Placement};
use super::rollout::{self, Rollout};
use super::upgrade::{self, Strategy, Upgrade};

/// All of them.
pub(super) fn instances() -> Vec<Box<dyn Checkable>> {
    let tables = tables().into_iter().map(Row::instance);
    let capacities = full_load().into_iter().chain(levers()).map(Row::instance);
    let upgrades = upgrades().into_iter().map(Row::instance);
    let rollouts = rollouts().into_iter().map(Row::instance);
    let overloads = overloads().into_iter().map(Row::instance);
    tables.chain(capacities).chain(overloads).chain(upgrades).chain(rollouts).collect()
}

/// A row of hash tables.
fn table(name: &'static str, model: Placement, reason: &'static str) -> Row<Placement> {
    row(name, model, placement::claims, reason)
}

/// Hash tables alone.
fn tables() -> Vec<Row<Placement>> {
    let of =
        |hash, servers, clients| Placement { hash, servers, clients, tolerance: 10, fault: None };
    vec![
        table(
            "rendezvous_table",
            of(Hash::Rendezvous, 5, 100),
            "A hundred clients of any subset of five servers.",
        ),
        table(
            "modulo_table",
            of(Hash::Modulo, 5, 100),
            "A control: modulo moves clients of servers that stay.",
        )
        .violating(&["clients_of_others_stay"]),
        table(
            "maglev_table",
            of(Hash::Maglev, 5, 101),
            "A table of about twenty entries for each of five servers: an exact spread, and few \
             moves, though not none.",
        )
        .violating(&["clients_of_others_stay"]),
        table(
            "maglev_table_of_307",
            of(Hash::Maglev, 3, 307),
            "A hundred entries for each server, as the table's authors ask for.",
        )
        .violating(&["clients_of_others_stay"]),
    ]
}

/// A row of servers with data.
fn data(name: &'static str, model: Capacity, reason: &'static str) -> Row<Capacity> {
    row(name, model, capacity::claims::claims, reason)
}

/// Failures under a load that takes all there is.
fn full_load() -> Vec<Row<Capacity>> {
    let replicated = Capacity::full(6, Layout::Replicated);
    vec![
        data(
            "replicated_full",
            replicated,
            "Six replicas under full load, of which up to five fail.",
        ),
        data(
            "partitioned_full",
            Capacity::full(6, Layout::Partitioned),
            "Six partitions under full load, of which up to five fail.",
        ),
        data(
            "replicated_with_spare",
            Capacity { load: 40, peak: 70, ..replicated },
            "Two thirds of the load that six replicas can carry: two failures are not seen.",
        ),
    ]
}

/// Each way to give something up.
fn levers() -> Vec<Row<Capacity>> {
    let of = |layout, lever| Capacity { lever, ..Capacity::full(4, layout) };
    let mixed = |lever| Capacity { has_cheap_queries: true, ..of(Layout::Replicated, lever) };
    vec![
        data(
            "replicated_database",
            of(Layout::Replicated, Lever::Database),
            "At twice the load four replicas answer everything with half of the data.",
        ),
        data(
            "partitioned_database",
            of(Layout::Partitioned, Lever::Database),
            "At twice the load each query reads half of the partitions.",
        ),
        data(
            "replicated_by_cost",
            mixed(Lever::Cost),
            "Every other query reads one shard of four.",
        ),
        data(
            "replicated_by_priority",
            of(Layout::Replicated, Lever::Priority),
            "Every third query is of high priority.",
        ),
        data(
            "replicated_freshness",
            of(Layout::Replicated, Lever::Freshness),
            "What cannot be read anew is answered from what was read before.",
        ),
    ]
}

/// A row of queues.
fn queue(name: &'static str, model: Overload, reason: &'static str) -> Row<Overload> {
    row(name, model, overload::claims, reason)
}

/// Overload and its end.
fn overloads() -> Vec<Row<Overload>> {
    let fits =
        Overload { load: 1, capacity: 3, queue: 9, retries: Some(1), stalls: 6, fault: None };
    vec![
        queue(
            "retries_that_fit",
            fits,
            "One request a unit, tried twice, is less than the three that are served: the overload \
             passes.",
        ),
        queue(
            "retries_beyond_capacity",
            Overload { load: 2, ..fits },
            "A control: two requests a unit, tried twice, are more than three, though two are not.",
        )
        .violating(&["the_overload_passes", "nobody_waits_in_vain_at_last"]),
        queue(
            "retries_for_ever",
            Overload { retries: None, ..fits },
            "A control: without a budget one request a unit keeps servers of three busy for ever.",
        )
        .violating(&["the_overload_passes", "nobody_waits_in_vain_at_last"]),
        queue(
            "short_queue",
            Overload { retries: None, queue: 6, load: 2, ..fits },
            "A queue as short as clients are patient: what comes beyond is refused, and retries \
             without a budget do no harm.",
        ),
    ]
}

/// A row of upgrades.
fn waves(name: &'static str, model: Upgrade, reason: &'static str) -> Row<Upgrade> {
    row(name, model, upgrade::claims, reason)
}

/// Waves.
fn upgrades() -> Vec<Row<Upgrade>> {
    let incompatible = |strategy| Upgrade { is_compatible: false, ..Upgrade::new(8, strategy) };
    vec![
        waves(
            "any_division",
            Upgrade { units: 2, ..Upgrade::new(8, Strategy::AnyWaves) },
            "Every division of eight servers into waves, in every order.",
        ),
        waves("fast_of_eight", incompatible(Strategy::Fast), "All at once: versions never meet."),
        waves("rolling_of_eight", Upgrade::new(8, Strategy::Rolling), "One at a time."),
        waves(
            "flip_of_eight",
            incompatible(Strategy::BigFlip),
            "Half, and half: versions never meet though service goes on.",
        ),
        waves("flip_of_seven", incompatible(Strategy::BigFlip), "Halves that are not equal.")
            .with_servers(7),
        waves(
            "rolling_incompatible",
            incompatible(Strategy::Rolling),
            "A control: a rolling upgrade to a version that is not compatible.",
        )
        .violating(&["versions_that_serve_together_are_compatible"]),
    ]
}

impl Row<Upgrade> {
    /// The same with so many servers.
    fn with_servers(self, servers: u8) -> Self {
        self.with(|model| Upgrade { servers, ..model })
    }
}

/// A row of upgrades under load.
fn under_load(name: &'static str, model: Rollout, reason: &'static str) -> Row<Rollout> {
    row(name, model, rollout::claims::claims, reason)
}

/// Upgrades under load.
fn rollouts() -> Vec<Row<Rollout>> {
    let of = |strategy, is_compatible| Rollout {
        servers: 3,
        capacity: 2,
        queue: 1,
        arrivals: 7,
        strategy,
        is_compatible,
        fault: None,
    };
    vec![
        under_load(
            "rolling_under_load",
            of(Strategy::Rolling, true),
            "Three servers of two places, one waiting, and more requests than fit.",
        ),
        under_load(
            "flip_under_load",
            of(Strategy::BigFlip, false),
            "Two of three are upgraded, all traffic is switched, and then the third.",
        ),
        under_load(
            "fast_under_load",
            of(Strategy::Fast, false),
            "Nobody is left, and whoever waits is told so.",
        ),
        under_load(
            "rolling_incompatible_under_load",
            of(Strategy::Rolling, false),
            "A control: servers of versions that are not compatible get requests together.",
        )
        .violating(&["versions_that_are_listed_together_are_compatible"]),
    ]
}
