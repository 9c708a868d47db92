//! The instances of which every interleaving is searched, with the reason for each bound.

use straightedge_impl::mapreduce::{
    Address, Barrier, Commit, Config, Fault, Limits, MapOutput, Timings, WorkerId,
};
use straightedge_models::engine::{Run, Tier};
use straightedge_models::mapreduce::{self as model, MapReduce, Records};

use super::super::network::Network;
use super::super::search::{self, Searched};
use super::super::world::{Allowance, Budget};
use super::environment::{Assumptions, Cluster, Faults, Order};
use super::refinement::Mapping;

/// A network that is searched whole.
#[derive(Clone, Copy, Debug)]
pub struct Instance {
    /// Stable name in `snake_case`.
    pub name: &'static str,
    /// When it is searched.
    pub tier: Tier,
    /// Why it has the bounds it has.
    pub reason: &'static str,
    /// The model that the machines are held against; what may go wrong is its budget.
    pub job: MapReduce,
    /// Whether any message may be lost and doubled, or completions alone.
    pub any_message: bool,
    /// Whether the master is told of the workers before they ask.
    pub are_expected: bool,
    /// Whether the operator chooses among tasks.
    pub has_operator: bool,
    /// In which order messages arrive.
    pub order: Order,
}

/// An instance of the ci tier.
pub(super) const fn instance(name: &'static str, job: MapReduce, reason: &'static str) -> Instance {
    Instance {
        name,
        tier: Tier::Ci,
        reason,
        job,
        any_message: false,
        are_expected: true,
        has_operator: false,
        order: Order::MasterFirst,
    }
}

const ONE_MAP: MapReduce = MapReduce::new(1, 1, 2);
const TWO_MAPS: MapReduce = MapReduce::new(2, 1, 2);
const TWO_REDUCES: MapReduce = MapReduce::new(1, 2, 2);

const COORDINATED: MapReduce = MapReduce { commit: model::Commit::Coordinator, ..ONE_MAP };
const LOSSY: model::Budget = model::Budget { losses: 1, duplicates: 1, ..model::Budget::NONE };

/// Every instance.
pub const INSTANCES: &[Instance] = &[
    Instance {
        order: Order::Any,
        ..instance(
            "one_map_one_reduce_one_crash_any_order",
            ONE_MAP.with_faults(1, 0),
            "The fewest tasks and workers of which one may fail, and every order of all messages.",
        )
    },
    nightly(Instance {
        order: Order::Any,
        ..instance(
            "one_map_one_reduce_one_false_suspicion_any_order",
            ONE_MAP.with_faults(0, 1),
            "A zombie that is told so at any time.",
        )
    }),
    instance(
        "one_map_one_reduce_one_false_suspicion",
        ONE_MAP.with_faults(0, 1),
        "A zombie whose disk can be read, and which goes on to rename.",
    ),
    instance(
        "two_maps_one_reduce_one_crash_without_backups",
        alone(TWO_MAPS.with_faults(1, 0)),
        "The smallest job with a barrier whose lost map has to be done again while a reduce waits.",
    ),
    instance(
        "one_map_two_reduces_one_crash_without_backups",
        alone(TWO_REDUCES.with_faults(1, 0)),
        "One reduce is completed when the worker fails, and the other is not.",
    ),
    instance(
        "shared_file_system",
        MapReduce { map_output: model::MapOutput::SharedFileSystem, ..alone(TWO_MAPS) }
            .with_faults(1, 0),
        "Completed maps of a failed worker stay completed.",
    ),
    instance(
        "barrier_at_the_function",
        MapReduce { barrier: model::Barrier::Function, ..alone(TWO_MAPS) }.with_faults(1, 0),
        "Reduces that begin before the last map is completed.",
    ),
    instance(
        "commit_coordinator",
        COORDINATED.with_faults(0, 1),
        "A permission that is taken back from a zombie, which may have used it.",
    ),
    instance(
        "messages_lost_and_doubled_without_backups",
        MapReduce { budget: LOSSY, ..alone(ONE_MAP) },
        "A completion is lost, and one is doubled or said again too soon.",
    ),
    Instance {
        any_message: true,
        order: Order::Any,
        ..instance(
            "any_message_lost_and_doubled",
            MapReduce { budget: LOSSY, workers: 1, ..COORDINATED },
            "One message of any kind is lost, and one is doubled.",
        )
    },
    instance(
        "new_incarnation",
        MapReduce {
            budget: model::Budget { false_suspicions: 1, rejoins: 1, ..model::Budget::NONE },
            ..alone(ONE_MAP)
        },
        "A worker that was suspected comes back as another, while its messages are under way.",
    ),
    Instance {
        are_expected: false,
        ..instance(
            "workers_that_introduce_themselves",
            ONE_MAP.with_faults(1, 0),
            "The master hears of a worker when it asks for the first time.",
        )
    },
    instance(
        "bad_record",
        MapReduce { records: Records::FirstIsBad, ..ONE_MAP },
        "Every attempt crashes on one record until it is left out.",
    ),
    instance(
        "record_that_fails_once",
        MapReduce { budget: model::Budget { failures: 1, ..model::Budget::NONE }, ..ONE_MAP },
        "One attempt crashes by chance.",
    ),
    Instance {
        has_operator: true,
        ..instance(
            "operator_without_backups",
            alone(TWO_MAPS),
            "The operator chooses among the tasks.",
        )
    },
    nightly(Instance {
        has_operator: true,
        ..instance("operator", TWO_MAPS, "The operator chooses among the tasks, and backups.")
    }),
    nightly(instance(
        "three_workers",
        MapReduce::new(1, 1, 3),
        "The fewest workers of which a third could join a race.",
    )),
    nightly(instance(
        "messages_lost_and_doubled",
        MapReduce { budget: LOSSY, ..ONE_MAP },
        "A completion is lost, and one is doubled, in a race.",
    )),
    nightly(instance(
        "two_maps_one_reduce_one_crash",
        TWO_MAPS.with_faults(1, 0),
        "A barrier, a race, and a lost map that has to be done again while a reduce waits.",
    )),
    nightly(instance(
        "one_map_two_reduces_one_crash",
        TWO_REDUCES.with_faults(1, 0),
        "One reduce is completed when the worker fails, and the other is in a race.",
    )),
    nightly(instance(
        "one_map_two_reduces_one_false_suspicion",
        TWO_REDUCES.with_faults(0, 1),
        "A zombie between two reduces.",
    )),
    nightly(instance(
        "commit_coordinator_two_faults",
        COORDINATED.with_faults(1, 1),
        "A permission that is taken back from a zombie, and from a worker that has crashed.",
    )),
    nightly(instance(
        "messages_lost_and_doubled_one_crash",
        MapReduce { budget: model::Budget { crashes: 1, ..LOSSY }, ..ONE_MAP },
        "The same with a worker that crashes.",
    )),
    nightly(instance(
        "new_incarnation_with_backups",
        MapReduce {
            budget: model::Budget { false_suspicions: 1, rejoins: 1, ..model::Budget::NONE },
            ..ONE_MAP
        },
        "A worker that comes back, and joins a race.",
    )),
];

/// The same job, in which no task is handed out twice unless it has to be.
const fn alone(job: MapReduce) -> MapReduce {
    MapReduce { backups: false, ..job }
}

/// The same instance, searched once a day.
const fn nightly(instance: Instance) -> Instance {
    Instance { tier: Tier::Nightly, ..instance }
}

impl Instance {
    /// The instance of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        INSTANCES.iter().find(|instance| instance.name == name).copied()
    }

    /// The master, its workers and their environment.
    #[must_use]
    pub fn cluster(&self, variation: Variation) -> Cluster {
        let budget = self.job.budget;
        Cluster {
            addresses: addresses(self.job.workers, budget.rejoins),
            config: config(&self.job, variation.fault),
            workers: u16::from(self.job.workers),
            budget: Budget {
                crashes: Allowance::Times(budget.crashes),
                duplicates: Allowance::Times(budget.duplicates),
                losses: Allowance::Times(budget.losses),
                entries: Allowance::Times(budget.rejoins),
            },
            faults: Faults {
                false_suspicions: Allowance::Times(budget.false_suspicions),
                failures: Allowance::Times(budget.failures),
                first_is_bad: self.job.records == Records::FirstIsBad,
                any_message: self.any_message,
            },
            assumptions: variation.assumptions,
            are_expected: self.are_expected,
            has_operator: self.has_operator,
            is_hasty: false,
            order: self.order,
        }
    }

    /// The mapping to the model.
    #[must_use]
    pub fn mapping(&self, variation: Variation) -> Mapping {
        Mapping { job: self.job, cluster: self.cluster(variation) }
    }

    /// Searches all of it.
    #[must_use]
    pub fn search(&self, variation: Variation, run: &Run<'_>) -> Searched {
        let network = Network::new(self.cluster(variation));
        search::search(self.name, &network, &self.job, &self.mapping(variation), run)
    }

    /// Looks for a step that is not explained, in ever larger parts of the graph.
    #[must_use]
    pub fn hunt(&self, variation: Variation, reach: &[usize], run: &Run<'_>) -> Searched {
        search::hunt(reach, run, |run| self.search(variation, run))
    }
}

/// The master, and workers on so many machines, each of which may come back so often.
pub(super) fn addresses(machines: u8, rejoins: u8) -> Vec<Address> {
    let workers = (0..u16::from(machines)).flat_map(|machine| {
        let incarnations = 0..=u32::from(rejoins);
        incarnations.map(move |incarnation| WorkerId { machine, incarnation })
    });
    std::iter::once(Address::Master).chain(workers.map(Address::Worker)).collect()
}

/// The job as the master knows it. Backups are made at once: time is nothing to the model.
pub(super) fn config(job: &MapReduce, fault: Option<Fault>) -> Config {
    let backup = std::time::Duration::ZERO;
    Config {
        map_output: match job.map_output {
            model::MapOutput::LocalDisk => MapOutput::LocalDisk,
            model::MapOutput::SharedFileSystem => MapOutput::SharedFileSystem,
        },
        barrier: match job.barrier {
            model::Barrier::Assignment => Barrier::Assignment,
            model::Barrier::Function => Barrier::Function,
        },
        commit: match job.commit {
            model::Commit::Rename => Commit::Rename,
            model::Commit::Coordinator => Commit::Coordinator,
        },
        backups: job.backups,
        timings: Timings { backup, ..Timings::default() },
        // A record that fails is left out, and does not end the job.
        limits: Limits { skips: 1, ..Limits::default() },
        fault,
        ..Config::new(u32::from(job.maps), u32::from(job.reduces))
    }
}

/// What is otherwise than it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variation {
    /// What is assumed.
    pub assumptions: Assumptions,
    /// What the machines do wrong.
    pub fault: Option<Fault>,
}

impl Variation {
    /// Nothing is.
    pub const NONE: Self = Self { assumptions: Assumptions::ALL, fault: None };
}
