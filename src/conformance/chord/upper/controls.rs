//! Each assumption above the ring left out.

use straightedge_models::chord::{Action as Step, Set};

use super::super::super::control::Rule;
use super::super::controls::{Control, assuming};
use super::super::environment::Assumptions;
use super::super::instances::{Instance, budget, instance};
use super::ghost::Orders;
use super::instances::Above;

/// Every control above the ring.
pub const CONTROLS: &[Control] = &[
    Control {
        rule: Rule {
            name: "copies_end",
            source: "CHORD-81",
            without: "a copy arrives that its sender would not send any more",
        },
        variation: assuming(Assumptions { copies_end: false, ..Assumptions::ALL }),
        instance: COPYING,
    },
    Control {
        rule: Rule {
            name: "settled",
            source: "CHORD-81",
            without: "a member acts above the ring while an answer that changes its pointers is on \
                      its way to it",
        },
        variation: assuming(Assumptions { settled: false, ..Assumptions::ALL }),
        instance: Instance { above: Above { is_prompt: false, ..COPYING.above }, ..COPYING },
    },
];

/// A value at its owner and at the replica, and a node that joins and takes it over.
const COPYING: Instance = Instance {
    budget: budget(0, 1),
    above: Above { keys: Set::of(2), orders: Orders { repairs: 3, ..Orders::NONE }, ..Above::NONE },
    start: &[Step::Put { node: 0, key: 2 }, Step::Copy { node: 0, to: 1, key: 2 }],
    ..instance("keys_three_nodes_one_joins", 3, 1)
};
