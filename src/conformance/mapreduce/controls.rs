//! Each assumption left out, one at a time: the machines then do what the model does not, and a
//! shortest run shows it.

use straightedge_models::engine::Run;
use straightedge_models::mapreduce::{self as model, MapReduce};

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
const SMALLEST: MapReduce = MapReduce::new(1, 1, 2);

/// Every control.
pub const CONTROLS: &[Control] = &[
    Control {
        rule: Rule {
            name: "history",
            source: "MAPREDUCE-26",
            without: "what a machine has forgotten is forgotten by the abstraction too",
        },
        assumptions: Assumptions { remembered: false, ..ALL },
        instance: instance("one_false_suspicion", SMALLEST.with_faults(0, 1), ""),
    },
    Control {
        rule: Rule {
            name: "settled_at_once",
            source: "MAPREDUCE-27",
            without: "tasks are handed out before the file system has said whether a permission \
                      was used",
        },
        assumptions: Assumptions { settled: false, ..ALL },
        instance: instance(
            "commit_coordinator",
            MapReduce { commit: model::Commit::Coordinator, ..SMALLEST }.with_faults(0, 1),
            "",
        ),
    },
    Control {
        rule: Rule {
            name: "questions_are_lost",
            source: "MAPREDUCE-28",
            without: "what a worker has asked arrives after it has crashed",
        },
        assumptions: Assumptions { questions: false, ..ALL },
        instance: instance("one_crash", SMALLEST.with_faults(1, 0), ""),
    },
    Control {
        rule: Rule {
            name: "acquainted",
            source: "MAPREDUCE-29",
            without: "the master makes room before it has heard of every worker",
        },
        assumptions: Assumptions { acquainted: false, ..ALL },
        instance: Instance {
            are_expected: false,
            ..instance("three_workers_one_crash", MapReduce::new(1, 1, 3).with_faults(1, 0), "")
        },
    },
    Control {
        rule: Rule {
            name: "replaced_once_suspected",
            source: "MAPREDUCE-30",
            without: "a new process asks while the one before it is trusted",
        },
        assumptions: Assumptions { replaced: false, ..ALL },
        instance: instance(
            "one_crash_and_a_new_incarnation",
            MapReduce {
                budget: model::Budget { crashes: 1, rejoins: 1, ..model::Budget::NONE },
                ..SMALLEST
            },
            "",
        ),
    },
    Control {
        rule: Rule {
            name: "one_by_one",
            source: "MAPREDUCE-31",
            without: "two completions are said again at once",
        },
        assumptions: Assumptions { one_by_one: false, ..ALL },
        instance: instance(
            "two_losses",
            MapReduce {
                workers: 1,
                budget: model::Budget { losses: 2, ..model::Budget::NONE },
                ..MapReduce::new(2, 1, 1)
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
