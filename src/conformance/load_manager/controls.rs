//! Each assumption left out, one at a time: the balancer then does what the model does not, and a
//! shortest run shows it.

use straightedge_models::engine::Run;
use straightedge_models::load_manager::{Budget, Ejection, Policy, Switch};

use super::super::control::{Controlled, Rule};
use super::super::search::FAR;
use super::environment::Assumptions;
use super::instances::{Instance, NOTHING, Variation, instance};

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
const TWO: Switch = Switch::new(Policy::RoundRobin, 2, 1, 3);

/// Every control.
pub const CONTROLS: &[Control] = &[
    Control {
        rule: Rule {
            name: "writes_are_sent",
            source: "LOAD_MANAGER-52",
            without: "a server that is down refuses a request that must not be done twice, and the \
                      balancer knows that nothing was done",
        },
        assumptions: Assumptions { writes_are_sent: false, ..ALL },
        instance: instance(
            "one_write",
            Switch { budget: Budget { writes: 1, crashes: 1, ..NOTHING }, ..TWO },
            "",
        ),
    },
    Control {
        rule: Rule {
            name: "crashes_cut_all",
            source: "LOAD_MANAGER-53",
            without: "a connection that is being set up outlives a crash of its server",
        },
        assumptions: Assumptions { crashes_cut_all: false, ..ALL },
        instance: instance(
            "slow_connections",
            Switch { opens_slowly: true, ..Switch::new(Policy::LeastConnections, 2, 2, 3) }
                .with_crashes(1),
            "",
        ),
    },
    Control {
        rule: Rule {
            name: "answers_arrive",
            source: "LOAD_MANAGER-54",
            without: "what a server has answered is heard after it has crashed",
        },
        assumptions: Assumptions { answers_arrive: false, ..ALL },
        instance: instance("one_crash", TWO.with_crashes(1), ""),
    },
    Control {
        rule: Rule {
            name: "checks_are_in_time",
            source: "LOAD_MANAGER-55",
            without: "a check of a server that is up takes too long, and that is no lie",
        },
        assumptions: Assumptions { checks_are_in_time: false, ..ALL },
        instance: instance("one_crash", TWO.with_crashes(1), ""),
    },
    Control {
        rule: Rule {
            name: "draining_is_sound",
            source: "LOAD_MANAGER-57",
            without: "a server that drains fails what it has left, and is set aside for it",
        },
        assumptions: Assumptions { draining_is_sound: false, ..ALL },
        instance: instance(
            "one_drain_and_one_failure",
            Switch {
                ejection: Ejection { percent: 50, always_one: false },
                budget: Budget { reads: 2, drains: 1, outliers: 1, ..NOTHING },
                ..TWO
            },
            "",
        ),
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
