//! Controls, and what is checked once a day.

use crate::coral::Coral;
use crate::coral::case::{
    A_FULL_NODE_IS_STACKED, A_GET_IS_ANSWERED_ON_THE_WAY, A_GET_MISSES_A_LIVE_VALUE,
    A_RACE_FOR_THE_LAST_PLACE, A_VALUE_IS_EVICTED, AN_UNSURE_VALUE_IS_NOT_THERE,
    AN_UNSURE_VALUE_IS_THERE,
};
use crate::coral::handled::{EVICTIONS_FOLLOW_THE_RULE, OF_RACES};
use crate::coral::options::{Budget, Counting};
use crate::coral::order::THE_ROOT_ALONE_IS_ASKED;
use crate::coral::peers::{Network, Peers};
use crate::coral::property;
use crate::coral::routing::Policy;
use crate::engine::Row;

use super::{A, B, C, get, paths, put, row};

/// What cannot be promised.
pub(super) fn controls() -> Vec<Row<Coral>> {
    vec![
        row(
            "get_after_put",
            paths([put(A, 0, 2), put(A, 1, 4), get(C).after(1)]).timed(2, 2),
            "A control: a value that was stored on the way is alive, and a get on another path \
             misses it once the root has lost its own.",
        )
        .adding(&[A_GET_MISSES_A_LIVE_VALUE])
        .adding(&[property::CORAL_GUARANTEES_GET_AFTER_PUT])
        .violating(&["coral_guarantees_get_after_put"]),
        row(
            "literal_window",
            Coral {
                counting: Counting::Literal,
                ..Coral::new(
                    Network::full(3, [0, 2, A]),
                    [put(0, 0, 15).stored_at(2), put(A, 1, 15), put(A, 2, 15), put(A, 3, 15)],
                )
                .timed(1, 1)
            },
            "A control: under overload a literal window lets nothing through any more.",
        )
        .violating(&["an_overloaded_node_leaks"]),
        row(
            "a_copy_comes_late",
            paths([put(A, 0, 2), put(B, 1, 4)])
                .timed(2, 2)
                .with_budget(Budget { copies: 1, ..Budget::NONE }),
            "A control: the second copy of a store request that was refused comes when the node's \
             value has aged, and is accepted; the put has two copies.",
        )
        .violating(&["one_copy_of_each_put"]),
        row(
            "greedy_gets",
            Coral {
                policy: Policy::Greedy,
                ..paths([put(0, 0, 15).stored_at(0), get(A), get(B), get(C)])
            },
            "A control: every get goes to the root at once, and saturates it.",
        )
        .adding(&[THE_ROOT_ALONE_IS_ASKED])
        .vacuous(&[
            "paths_are_short",
            "stores_go_to_nodes_that_answered",
            "no_store_where_the_path_stopped",
            "look_ups_end_at_the_closest",
        ]),
    ]
}

/// What is checked once a day.
pub(super) fn nightly() -> Vec<Row<Coral>> {
    let rows = vec![
        row(
            "four_puts_one_get",
            paths([put(A, 0, 8), put(B, 1, 8), put(C, 2, 8), put(A, 3, 8), get(C)]),
            "The same with a get.",
        )
        .adding(&[
            A_RACE_FOR_THE_LAST_PLACE,
            A_GET_IS_ANSWERED_ON_THE_WAY,
            A_GET_MISSES_A_LIVE_VALUE,
        ])
        .adding(OF_RACES),
        row(
            "four_puts_two_gets",
            paths([put(A, 0, 8), put(B, 1, 8), put(C, 2, 8), put(A, 3, 8), get(A), get(C)]),
            "The same with two.",
        )
        .adding(&[A_GET_IS_ANSWERED_ON_THE_WAY, A_GET_MISSES_A_LIVE_VALUE])
        .claiming(property::safety_claims),
        row(
            "three_puts_one_get_timed",
            paths([put(A, 0, 2), put(B, 1, 4), put(A, 2, 4), get(C)]).timed(3, 2),
            "Mixed lives and a get.",
        )
        .adding(&[A_GET_MISSES_A_LIVE_VALUE, A_VALUE_IS_EVICTED, EVICTIONS_FOLLOW_THE_RULE])
        .claiming(property::safety_claims),
        row(
            "three_puts_four_ticks",
            paths([put(A, 0, 4), put(B, 1, 4), put(C, 2, 4)]).timed(4, 2),
            "Whole lives.",
        )
        .adding(&[A_FULL_NODE_IS_STACKED, A_VALUE_IS_EVICTED, EVICTIONS_FOLLOW_THE_RULE])
        .adding(OF_RACES),
        row(
            "four_puts_two_gets_timed",
            four_puts_two_gets_timed().with_swaps(),
            "Two short and two long lives, two gets and a tick, with two clients behind one node; \
             puts of one client are alike.",
        )
        .up_to_symmetry()
        .adding(&[
            A_RACE_FOR_THE_LAST_PLACE,
            A_FULL_NODE_IS_STACKED,
            A_VALUE_IS_EVICTED,
            A_GET_IS_ANSWERED_ON_THE_WAY,
            A_GET_MISSES_A_LIVE_VALUE,
            EVICTIONS_FOLLOW_THE_RULE,
        ])
        .adding(OF_RACES)
        .claiming(property::safety_claims),
    ];
    rows.into_iter().chain(nightly_faults()).map(Row::nightly).collect()
}

/// The root, the one node on the way to it, and two clients, each with two puts of the same life.
///
/// Source: CORAL-32.
fn four_puts_two_gets_timed() -> Coral {
    let operations = [put(A, 0, 2), put(A, 1, 2), put(B, 2, 4), put(B, 3, 4), get(A), get(B)];
    Coral::new(Network::full(4, [0, 2, A, B]), operations).timed(1, 1)
}

/// Faults, and levels, with a race.
fn nightly_faults() -> Vec<Row<Coral>> {
    vec![
        row(
            "three_puts_lost_and_doubled",
            paths([put(A, 0, 8), put(B, 1, 8), put(C, 2, 8)]).with_budget(Budget {
                losses: 1,
                copies: 1,
                early_time_outs: 1,
                ..Budget::NONE
            }),
            "Loss, a second copy and an early time-out, with a race at the root.",
        )
        .adding(&[AN_UNSURE_VALUE_IS_THERE, AN_UNSURE_VALUE_IS_NOT_THERE])
        .adding(OF_RACES)
        .claiming(property::safety_claims),
        row(
            "two_levels_three_puts",
            Coral {
                levels: 2,
                clusters: [Peers::first(5), Peers::of_bits(0b1_0110)],
                ..Coral::new(
                    Network::full(3, [0, 2, 3, 4, 7]),
                    [put(7, 0, 8), put(3, 1, 8), put(4, 2, 8), get(7), get(4)],
                )
            },
            "Three puts at two levels, and two gets.",
        )
        .claiming(property::safety_claims),
    ]
}
