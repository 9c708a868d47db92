//! The bounded instances, with the reason for each bound.
//!
//! Most are on `PATHS`, the fewest nodes on which two clients share their path and a third meets
//! them at the closest node only. Models of their own have their instances with them. How the
//! counts compare with another program's is CORAL-26.

mod more;

use crate::engine::{Row, System};

use crate::coral::case::{
    A_FULL_NODE_IS_STACKED, A_GET_IS_ANSWERED_ON_THE_WAY, A_GET_MISSES_A_LIVE_VALUE,
    A_LOADED_NODE_STORES, A_PATH_STOPS_EARLY, A_PUT_IS_NOT_STORED, A_RACE_FOR_THE_LAST_PLACE,
    A_VALUE_IS_EVICTED, A_VALUE_IS_STORED_ON_THE_WAY, AN_UNSURE_VALUE_IS_NOT_THERE,
    AN_UNSURE_VALUE_IS_THERE, THE_STORY_ENDS_AS_TOLD,
};
use crate::coral::handled::{EVICTIONS_FOLLOW_THE_RULE, OF_RACES};
use crate::coral::identifier::Id;
use crate::coral::operation::Operation;
use crate::coral::options::Budget;
use crate::coral::order::NOT_STORED_FOR_A_REASON;
use crate::coral::peers::{Network, Peers};
use crate::coral::{Coral, flood, mutant, placement, property, proxies, traced, walk};

/// The system: its instances and its mutants.
#[must_use]
pub fn system() -> System {
    System {
        name: "coral",
        summary: "A sloppy hash table whose puts retreat from nodes that are full and loaded.",
        instances: rows()
            .map(Row::instance)
            .chain(walk::rows().into_iter().map(Row::instance))
            .chain(flood::rows().into_iter().map(Row::instance))
            .chain(proxies::rows().into_iter().map(Row::instance))
            .chain(placement::rows().into_iter().map(Row::instance))
            .collect(),
        mutants: [
            mutant::MUTANTS,
            walk::MUTANTS,
            flood::MUTANTS,
            proxies::MUTANTS,
            placement::MUTANTS,
        ]
        .concat(),
        traced: Some(traced::TRACED),
    }
}

/// The models of the ci tier, with the names of their instances.
#[must_use]
pub fn models() -> Vec<(&'static str, Coral)> {
    rows().filter_map(Row::of_ci).collect()
}

fn rows() -> impl Iterator<Item = Row<Coral>> {
    races()
        .into_iter()
        .chain(timed())
        .chain(renewals_and_overload())
        .chain(keys_and_levels())
        .chain(faults())
        .chain(more::controls())
        .chain(more::nightly())
}

fn row(name: &'static str, coral: Coral, reason: &'static str) -> Row<Coral> {
    Row::new("coral", name, coral, property::claims, reason)
}

/// The root 0; nodes 2 and 1 on the way to it; clients 6 and 10 behind 2, and 5 behind 1.
const PATHS: [Id; 6] = [0, 1, 2, 5, 6, 10];
const A: Id = 6;
const B: Id = 10;
const C: Id = 5;

fn paths<const N: usize>(operations: [Operation; N]) -> Coral {
    Coral::new(Network::full(4, PATHS), operations)
}

const fn put(client: Id, value: u8, ttl: u8) -> Operation {
    Operation::put(client, value, ttl)
}

const fn get(client: Id) -> Operation {
    Operation::get(client)
}

/// Without time: all lives are the same, and a full node stays full.
fn races() -> Vec<Row<Coral>> {
    let three = paths([put(A, 0, 8), put(B, 1, 8), put(C, 2, 8)]);
    let two_nodes =
        Coral::new(Network::full(3, [0, A]), [put(A, 0, 8), put(A, 1, 8), put(A, 2, 8)]);
    vec![
        row(
            "three_puts",
            three,
            "Two puts that share their path, and one that meets them at the root.",
        )
        .adding(&[A_RACE_FOR_THE_LAST_PLACE, A_VALUE_IS_STORED_ON_THE_WAY, A_LOADED_NODE_STORES])
        .adding(OF_RACES),
        row(
            "three_puts_in_sequence",
            three.in_sequence(),
            "The same puts one after another: what this cannot show only a race can.",
        )
        .adding(&[A_VALUE_IS_STORED_ON_THE_WAY, A_LOADED_NODE_STORES]),
        row(
            "two_nodes",
            two_nodes,
            "The shortest path: the third put finds every node full, and ends as not stored.",
        )
        .adding(&[
            A_RACE_FOR_THE_LAST_PLACE,
            A_VALUE_IS_STORED_ON_THE_WAY,
            A_PUT_IS_NOT_STORED,
            NOT_STORED_FOR_A_REASON,
        ])
        .adding(OF_RACES),
        row("two_nodes_in_sequence", two_nodes.in_sequence(), "The same one after another.")
            .adding(&[A_VALUE_IS_STORED_ON_THE_WAY, A_PUT_IS_NOT_STORED, NOT_STORED_FOR_A_REASON]),
        row(
            "three_puts_two_let_through",
            three.holding(1, 2),
            "A full node that is not loaded is on the stack, and refuses.",
        )
        .adding(&[A_RACE_FOR_THE_LAST_PLACE, A_VALUE_IS_STORED_ON_THE_WAY, A_FULL_NODE_IS_STACKED])
        .adding(OF_RACES),
        row("three_puts_two_places", three.holding(2, 1), "A loaded node that is not full.")
            .adding(&[A_VALUE_IS_STORED_ON_THE_WAY]),
        row(
            "four_puts",
            paths([put(A, 0, 8), put(B, 1, 8), put(C, 2, 8), put(A, 3, 8)]),
            "As many puts as fill every node of a path.",
        )
        .adding(&[A_RACE_FOR_THE_LAST_PLACE, A_VALUE_IS_STORED_ON_THE_WAY, A_PATH_STOPS_EARLY])
        .adding(OF_RACES),
        row(
            "three_puts_two_gets",
            paths([put(A, 0, 8), put(B, 1, 8), put(C, 2, 8), get(A), get(C)]),
            "Gets that meet puts on either path.",
        )
        .adding(&[
            A_RACE_FOR_THE_LAST_PLACE,
            A_GET_IS_ANSWERED_ON_THE_WAY,
            A_GET_MISSES_A_LIVE_VALUE,
        ])
        .adding(OF_RACES),
    ]
}

/// With ticks.
fn timed() -> Vec<Row<Coral>> {
    vec![
        row(
            "three_puts_three_ticks",
            paths([put(A, 0, 4), put(B, 1, 4), put(C, 2, 4)]).timed(3, 2),
            "Values lose more than half of their life while other puts are under way.",
        )
        .adding(&[A_FULL_NODE_IS_STACKED, A_VALUE_IS_EVICTED, EVICTIONS_FOLLOW_THE_RULE])
        .adding(OF_RACES),
        row(
            "mixed_lives",
            paths([put(A, 0, 2), put(B, 1, 4), put(A, 2, 4)]).timed(3, 2),
            "Short and long lives: exactly half, and less than half, of a new one.",
        )
        .adding(&[
            A_RACE_FOR_THE_LAST_PLACE,
            A_FULL_NODE_IS_STACKED,
            A_VALUE_IS_EVICTED,
            EVICTIONS_FOLLOW_THE_RULE,
        ])
        .adding(OF_RACES),
        row(
            "mixed_lives_and_a_get",
            paths([put(A, 0, 2), put(B, 1, 4), get(C)]).timed(3, 2),
            "A get while values expire, and are purged or not.",
        )
        .adding(&[
            A_GET_MISSES_A_LIVE_VALUE,
            A_VALUE_IS_EVICTED,
            EVICTIONS_FOLLOW_THE_RULE,
        ]),
        row(
            "two_places_at_one_node",
            Coral::new(Network::full(3, [0, A]), [put(A, 0, 2), put(A, 1, 4), put(A, 2, 8)])
                .holding(2, 2)
                .timed(2, 1),
            "Two places and three lives: the fewest for which the victim could be the wrong one.",
        )
        .adding(&[A_VALUE_IS_EVICTED, EVICTIONS_FOLLOW_THE_RULE]),
    ]
}

/// Values that are put again, and a node that is asked too often.
fn renewals_and_overload() -> Vec<Row<Coral>> {
    vec![
        row(
            "two_puts_of_a_proxy",
            paths([put(A, 0, 2), put(A, 0, 8).after(0), put(B, 1, 4), get(C)]).timed(2, 1),
            "A short put and a long one of the same address, another proxy, and a get.",
        )
        .adding(&[A_VALUE_IS_EVICTED, EVICTIONS_FOLLOW_THE_RULE]),
        row(
            "a_renewal",
            paths([put(A, 0, 8), put(B, 1, 8), put(A, 0, 15).after(0)]).holding(2, 3),
            "A value that is put again where the node is full; so much is let through that no node \
             is ever loaded.",
        )
        .vacuous(&["an_overloaded_node_leaks"]),
        row(
            "overload",
            Coral::new(
                Network::full(3, [0, 2, A]),
                [put(0, 0, 15).stored_at(2), put(A, 1, 15), put(A, 2, 15), put(A, 3, 15)],
            )
            .timed(1, 1),
            "A node that is full from the beginning, and more requests than it lets through.",
        )
        .adding(&[A_VALUE_IS_STORED_ON_THE_WAY, A_LOADED_NODE_STORES]),
    ]
}

fn keys_and_levels() -> Vec<Row<Coral>> {
    let two_keys =
        paths([put(A, 0, 8), put(B, 1, 8).second_key(), put(A, 2, 8), get(C).second_key()]);
    let levels = |operations| Coral {
        levels: 2,
        clusters: [Peers::first(5), Peers::of_bits(0b1_0110)],
        ..Coral::new(Network::full(3, [0, 2, 3, 4, 7]), operations)
    };
    vec![
        row(
            "two_keys",
            Coral { keys: [0, 7], ..two_keys },
            "Two keys at the opposite ends of the space: full for one is not full for the other.",
        )
        .adding(&[A_GET_MISSES_A_LIVE_VALUE]),
        row(
            "course_story",
            course_story(),
            "Naomi, Jacques and Kamal of the course, and the nodes 100 (David) and 104.",
        )
        .adding(&[
            A_VALUE_IS_STORED_ON_THE_WAY,
            A_GET_IS_ANSWERED_ON_THE_WAY,
            THE_STORY_ENDS_AS_TOLD,
        ])
        .vacuous(&["look_ups_end_at_the_closest"]),
        row(
            "two_levels",
            levels([put(7, 0, 8), put(3, 1, 8), get(7), get(4)]),
            "A fast cluster of 2, 3 and 7 in a space of five, whose closest node is not the root.",
        ),
    ]
}

/// Naomi's put, Jacques' get and put, Kamal's get and put, one after another.
///
/// Source: CORAL-30.
fn course_story() -> Coral {
    let (naomi, jacques, kamal) = (30, 60, 75);
    let operations = [
        put(naomi, 0, 8),
        get(jacques).after(0),
        put(jacques, 1, 8).after(1),
        get(kamal).after(2),
        put(kamal, 2, 8).after(3),
    ];
    let network = Network::full(7, [naomi, jacques, kamal, 100, 104]);
    Coral { keys: [100; 2], ..Coral::new(network, operations) }
}

/// Messages that are lost, late or doubled, and nodes that crash.
fn faults() -> Vec<Row<Coral>> {
    let two = paths([put(A, 0, 8), put(B, 1, 8)]);
    let budget = Budget::NONE;
    vec![
        row(
            "lost_messages",
            two.with_budget(Budget { losses: 2, ..budget }),
            "A request or its reply is lost, and the repetition too.",
        )
        .adding(&[AN_UNSURE_VALUE_IS_THERE, AN_UNSURE_VALUE_IS_NOT_THERE]),
        row(
            "late_and_doubled_messages",
            two.with_budget(Budget { copies: 1, early_time_outs: 2, ..budget }),
            "A store request comes twice, or after its client has given up.",
        )
        .adding(&[AN_UNSURE_VALUE_IS_THERE, AN_UNSURE_VALUE_IS_NOT_THERE]),
        row(
            "a_crash",
            paths([put(A, 0, 8), put(C, 1, 8), get(B)])
                .with_budget(Budget { crashes: 1, ..budget }),
            "A node takes its values with it, and does not answer any more.",
        )
        .adding(&[A_GET_MISSES_A_LIVE_VALUE]),
    ]
}
