//! Each assumption left out, one at a time: the nodes then do what the model does not, and a
//! shortest run shows it.

use straightedge_models::coral::{Budget, Coral, Network, Operation};
use straightedge_models::engine::Run;

use super::super::control::{Controlled, Rule};
use super::super::search::FAR;
use super::environment::Assumptions;
use super::instances::{Instance, Variation, instance};

/// An assumption that is left out.
#[derive(Clone, Copy, Debug)]
pub struct Control {
    /// What is left out.
    pub rule: Rule,
    /// What is assumed.
    pub assumptions: Assumptions,
    /// Where it is found.
    pub instance: Instance,
}

const ALL: Assumptions = Assumptions::ALL;
const NODES: [u8; 3] = [0, 2, 6];

fn three_nodes<const N: usize>(operations: [Operation; N]) -> Coral {
    Coral::new(Network::full(3, NODES), operations)
}

fn one_put_one_crash() -> Coral {
    three_nodes([Operation::put(6, 0, 8)]).with_budget(Budget { crashes: 1, ..Budget::NONE })
}

fn one_put_at_home_one_crash() -> Coral {
    three_nodes([Operation::put(0, 0, 8)]).with_budget(Budget { crashes: 1, ..Budget::NONE })
}

fn one_put_two_ticks() -> Coral {
    three_nodes([Operation::put(6, 0, 8)]).timed(2, 2)
}

fn one_put() -> Coral {
    three_nodes([Operation::put(6, 0, 8)])
}

fn a_copy() -> Coral {
    Coral::new(Network::full(3, [0, 6]), [Operation::put(6, 0, 4)])
        .timed(1, 1)
        .with_budget(Budget { copies: 1, ..Budget::NONE })
}

/// Every control.
pub const CONTROLS: &[Control] = &[
    Control {
        rule: Rule {
            name: "history",
            source: "CORAL-54",
            without: "what a crashed node's application was told is forgotten",
        },
        assumptions: Assumptions { remembered: false, ..ALL },
        instance: instance("one_put_at_home_one_crash", one_put_at_home_one_crash),
    },
    Control {
        rule: Rule {
            name: "clocks_together",
            source: "CORAL-55",
            without: "clocks tick one by one",
        },
        assumptions: Assumptions { together: false, ..ALL },
        instance: instance("one_put_two_ticks", one_put_two_ticks),
    },
    Control {
        rule: Rule {
            name: "fixed_windows",
            source: "CORAL-55",
            without: "the window of a counter is the one that ends now",
        },
        assumptions: Assumptions { aligned: false, ..ALL },
        instance: instance("one_put_two_ticks", one_put_two_ticks),
    },
    Control {
        rule: Rule {
            name: "patience",
            source: "CORAL-56",
            without: "a timer runs out while the answer is under way",
        },
        assumptions: Assumptions { patient: false, ..ALL },
        instance: instance("one_put", one_put),
    },
    Control {
        rule: Rule {
            name: "clients_stay",
            source: "CORAL-56",
            without: "a node crashes whose put is under way",
        },
        assumptions: Assumptions { steady: false, ..ALL },
        instance: instance("one_put_one_crash", one_put_one_crash),
    },
    Control {
        rule: Rule {
            name: "no_receipts",
            source: "CORAL-57",
            without: "a second copy of a store request gets the first one's answer",
        },
        assumptions: Assumptions { forgetful: false, ..ALL },
        instance: instance("a_copy", a_copy),
    },
    Control {
        rule: Rule {
            name: "all_ways",
            source: "CORAL-57",
            without: "an answer names one contact to ask next",
        },
        assumptions: Assumptions { all_ways: false, ..ALL },
        instance: instance("one_put_one_crash", one_put_one_crash),
    },
];

impl Control {
    /// Leaves the assumption out, and looks for a run that shows it.
    #[must_use]
    pub fn check(&self, run: &Run<'_>) -> Controlled {
        let variation = Variation { assumptions: self.assumptions, ..Variation::NONE };
        self.rule.left_out(self.instance.hunt(variation, FAR, run))
    }
}
