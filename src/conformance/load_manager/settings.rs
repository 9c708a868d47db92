//! The sizes of random runs, and what must come up in them.

use straightedge_models::load_manager::{Budget, Ejection, Policy, Switch};

use super::instances::NOTHING;
use super::random::Setting;

/// Anything happens again and again.
const ALL: Budget = Budget {
    reads: 1,
    writes: 1,
    crashes: 1,
    recoveries: 1,
    kills: 0,
    lies: 1,
    late_results: 1,
    drains: 1,
    maintenances: 1,
    outliers: 0,
    aborts: 1,
};

/// Every setting.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "eight_servers_in_turn",
        switch: Switch {
            clients: 4,
            queue: 6,
            window: 3,
            budget: ALL,
            ..Switch::new(Policy::RoundRobin, 8, 2, 1)
        },
        steps: 600,
        floors: EVERYTHING,
    },
    Setting {
        name: "twelve_servers_by_least_connections",
        switch: Switch {
            clients: 4,
            queue: 20,
            retries: 3,
            fall: 3,
            opens_slowly: true,
            panic: 90,
            budget: ALL,
            ..Switch::new(Policy::LeastConnections, 12, 4, 1)
        },
        steps: 800,
        floors: SLOW,
    },
    Setting {
        name: "six_servers_by_two_choices",
        switch: Switch {
            clients: 4,
            queue: 6,
            retries: 2,
            budget: ALL,
            ..Switch::new(Policy::TwoChoices, 6, 4, 1)
        },
        steps: 600,
        floors: EVERYTHING_BUT_SLOW_STARTS,
    },
    Setting {
        name: "ten_servers_by_client",
        switch: Switch {
            clients: 40,
            queue: 12,
            budget: ALL,
            ..Switch::new(Policy::Modulo, 10, 3, 1)
        },
        steps: 600,
        floors: EVERYTHING_BUT_SLOW_STARTS,
    },
    Setting {
        name: "six_servers_that_fail_requests",
        switch: Switch {
            clients: 2,
            queue: 3,
            ejection: Ejection { percent: 34, always_one: false },
            budget: Budget { outliers: 1, aborts: 1, lies: 1, ..NO_FAULTS },
            ..Switch::new(Policy::LeastConnections, 6, 1, 1)
        },
        steps: 500,
        floors: &[
            ("arrive", 100),
            ("complete", 50),
            ("outlier", 5),
            ("reinstate", 2),
            ("abort", 5),
            ("lie", 5),
            ("stray", 5),
            ("queued", 5),
            ("shed", 1),
        ],
    },
];

const NO_FAULTS: Budget = Budget { reads: 1, ..NOTHING };

const EVERYTHING: &[(&str, u64)] = &[
    ("arrive", 100),
    ("complete", 20),
    ("reset", 5),
    ("abort", 5),
    ("abandon", 1),
    ("check", 20),
    ("lie", 5),
    ("probe", 5),
    ("hear_probe", 5),
    ("warm", 1),
    ("drain", 3),
    ("retire", 1),
    ("maintain", 3),
    ("make_ready", 5),
    ("crash", 5),
    ("recover", 5),
    ("stray", 5),
    ("queued", 5),
    ("shed", 1),
    ("tried_again", 2),
];

const EVERYTHING_BUT_SLOW_STARTS: &[(&str, u64)] = &[
    ("arrive", 100),
    ("complete", 20),
    ("reset", 5),
    ("abort", 5),
    ("abandon", 1),
    ("check", 20),
    ("lie", 5),
    ("hear_probe", 5),
    ("drain", 3),
    ("retire", 1),
    ("maintain", 3),
    ("make_ready", 5),
    ("crash", 5),
    ("recover", 5),
    ("stray", 5),
    ("queued", 5),
    ("shed", 1),
    ("tried_again", 2),
];

const SLOW: &[(&str, u64)] = &[
    ("arrive", 100),
    ("establish", 20),
    ("complete", 20),
    ("reset", 5),
    ("abort", 5),
    ("check", 20),
    ("lie", 5),
    ("hear_probe", 5),
    ("drain", 3),
    ("retire", 1),
    ("maintain", 3),
    ("make_ready", 5),
    ("crash", 5),
    ("recover", 5),
    ("stray", 5),
    ("queued", 2),
    ("tried_again", 2),
    ("panic", 1),
];
