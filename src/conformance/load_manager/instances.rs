//! The instances of which every interleaving is searched, with the reason for each bound.

use straightedge_models::engine::{Run, Tier};
use straightedge_models::load_manager::{Blast, Budget, Ejection, Policy, Switch};

use super::super::network::Network;
use super::super::search::{self, Searched};
use super::environment::{Assumptions, Surroundings};
use super::refinement::{Forgetful, Mapping};
use super::setup::config;

/// A network that is searched whole.
#[derive(Clone, Copy, Debug)]
pub struct Instance {
    /// Stable name in `snake_case`.
    pub name: &'static str,
    /// When it is searched.
    pub tier: Tier,
    /// Why it has the bounds it has.
    pub reason: &'static str,
    /// The model that the balancer is held against; what may go wrong is its budget.
    pub switch: Switch,
}

/// An instance of the ci tier.
pub(super) const fn instance(name: &'static str, switch: Switch, reason: &'static str) -> Instance {
    Instance { name, tier: Tier::Ci, reason, switch }
}

/// The same instance, searched once a day.
const fn nightly(instance: Instance) -> Instance {
    Instance { tier: Tier::Nightly, ..instance }
}

const fn two(policy: Policy) -> Switch {
    Switch::new(policy, 2, 1, 3)
}

/// Nothing happens.
pub(super) const NOTHING: Budget = Budget {
    reads: 0,
    writes: 0,
    crashes: 0,
    recoveries: 0,
    kills: 0,
    lies: 0,
    late_results: 0,
    drains: 0,
    maintenances: 0,
    outliers: 0,
    aborts: 0,
};

const ROUND_ROBIN: Switch = two(Policy::RoundRobin);

/// One crash, one recovery, one order to drain.
const fn plain(policy: Policy, servers: u8, capacity: u8, arrivals: u8) -> Switch {
    Switch::new(policy, servers, capacity, arrivals).with_crashes(1).with_drains(1)
}

const fn with_budget(switch: Switch, budget: Budget) -> Switch {
    Switch { budget, ..switch }
}

const fn by_client(policy: Policy) -> Switch {
    Switch { clients: 3, ..Switch::new(policy, 3, 1, 2).with_crashes(1) }
}

const fn drained(policy: Policy) -> Switch {
    by_client(policy).with_drains(1)
}

const LATE: Budget =
    Budget { reads: 3, crashes: 1, recoveries: 1, late_results: 1, maintenances: 1, ..NOTHING };

const fn erring(percent: u8, always_one: bool) -> Switch {
    let three = Switch::new(Policy::RoundRobin, 3, 1, 4);
    let budget = Budget { outliers: 3, ..three.budget };
    Switch { ejection: Ejection { percent, always_one }, budget, ..three }
}

/// Every instance.
pub const INSTANCES: &[Instance] = &[
    instance(
        "round_robin",
        plain(Policy::RoundRobin, 2, 1, 3),
        "The smallest switch with a queue, of which one server may crash and one be drained.",
    ),
    instance(
        "least_connections",
        plain(Policy::LeastConnections, 2, 2, 3),
        "Room for two at each server, so that loads differ.",
    ),
    instance(
        "two_choices_three_arrivals",
        Switch::new(Policy::TwoChoices, 3, 2, 3),
        "Three servers are the fewest of which two are drawn and one is not.",
    ),
    instance(
        "two_choices_one_crash",
        Switch::new(Policy::TwoChoices, 3, 1, 2).with_crashes(1),
        "A request that is tried again is drawn for anew.",
    ),
    instance(
        "slow_connections",
        Switch { opens_slowly: true, ..Switch::new(Policy::LeastConnections, 2, 2, 4) }
            .with_crashes(1),
        "Setting up a connection takes a step, and another request arrives meanwhile.",
    ),
    instance(
        "slow_connections_given_up",
        Switch {
            opens_slowly: true,
            ..with_budget(
                Switch::new(Policy::LeastConnections, 2, 2, 2),
                Budget { reads: 2, crashes: 1, aborts: 1, ..NOTHING },
            )
        },
        "A client gives up while its connection is set up.",
    ),
    instance(
        "two_crashes",
        Switch { retries: 2, ..ROUND_ROBIN.with_crashes(2) },
        "A request whose second server crashes too; nobody is left, and the queue is flushed.",
    ),
    instance(
        "lying_checks",
        ROUND_ROBIN.with_crashes(1).with_lies(1),
        "One check lies, and a server crashes: passes that are far apart must not add up.",
    ),
    instance(
        "late_results_two_arrivals",
        with_budget(ROUND_ROBIN, Budget { reads: 2, ..LATE }),
        "A check is under way when its server is taken into maintenance.",
    ),
    instance(
        "asymmetric_thresholds",
        Switch { rise: 1, fall: 3, ..ROUND_ROBIN }.with_crashes(1).with_lies(2),
        "One pass is enough and three failures are needed.",
    ),
    instance(
        "slow_start",
        Switch { window: 2, ..Switch::new(Policy::RoundRobin, 2, 2, 4).with_crashes(1) },
        "Two places, of which a server that came back has one for a while.",
    ),
    instance(
        "panic_one_crash",
        Switch { panic: 50, ..Switch::new(Policy::RoundRobin, 2, 1, 2) }
            .with_crashes(1)
            .with_lies(2),
        "Checks take out the second server when the first has crashed.",
    ),
    instance(
        "writes",
        with_budget(
            ROUND_ROBIN,
            Budget { reads: 2, writes: 1, crashes: 1, recoveries: 1, ..NOTHING },
        ),
        "One request of three must not be done twice.",
    ),
    instance(
        "aborts",
        with_budget(
            ROUND_ROBIN,
            Budget { reads: 3, aborts: 1, crashes: 1, recoveries: 1, ..NOTHING },
        ),
        "A client gives up while its request waits, is served, or is broken.",
    ),
    instance(
        "maintenance_at_once",
        with_budget(ROUND_ROBIN, Budget { reads: 3, maintenances: 2, ..NOTHING }),
        "Both servers are taken out with all they have, and the queue has nobody left.",
    ),
    instance(
        "maintenance_of_a_dead_server",
        with_budget(ROUND_ROBIN, Budget { reads: 2, maintenances: 1, crashes: 1, ..NOTHING }),
        "Connections that are cut, and of which nobody has heard, are answered.",
    ),
    instance(
        "outliers_half",
        erring(50, false),
        "Of three servers 50 % is one; a look at the number before makes it two.",
    ),
    instance(
        "outliers_two_thirds",
        erring(67, false),
        "Of three servers 67 % is two; a look at the number before makes it an outage.",
    ),
    instance(
        "outliers_at_least_one",
        erring(10, true),
        "Of three servers 10 % is none, and one is set aside all the same.",
    ),
    instance(
        "round_robin_dns",
        Switch { clients: 2, ..two(Policy::RoundRobinDns { uses: 2 }).with_crashes(1) },
        "Two clients keep an address for two uses, and one of two servers dies.",
    ),
    instance(
        "modulo_one_crash",
        by_client(Policy::Modulo),
        "One of three servers leaves, and comes back.",
    ),
    instance("rendezvous_one_crash", by_client(Policy::Rendezvous), "The same."),
    instance("maglev_one_crash", by_client(Policy::Maglev), "The same."),
    instance(
        "content_aware",
        Switch { clients: 2, ..two(Policy::ContentAware).with_crashes(1) },
        "Two partitions, of which one fails: its queries have no server, the others do.",
    ),
    nightly(instance("late_results", with_budget(ROUND_ROBIN, LATE), "One arrival more.")),
    nightly(instance(
        "panic",
        Switch { panic: 50, ..ROUND_ROBIN }.with_crashes(2).with_lies(2),
        "Checks take out the second server when the first has crashed, truly or by two lies.",
    )),
    nightly(instance(
        "chaos",
        Switch {
            blast: Blast { least_live: 2, radius: 1 },
            ..with_budget(
                Switch::new(Policy::RoundRobin, 3, 1, 3),
                Budget { reads: 3, kills: 2, recoveries: 2, ..NOTHING },
            )
        },
        "Two kills at any moment, one server at a time, two of three left.",
    )),
    nightly(instance("modulo", drained(Policy::Modulo), "A crash and an order to drain.")),
    nightly(instance("rendezvous", drained(Policy::Rendezvous), "The same.")),
    nightly(instance("maglev", drained(Policy::Maglev), "The same.")),
    nightly(instance(
        "round_robin_three_servers",
        plain(Policy::RoundRobin, 3, 1, 3),
        "Of three servers one may crash while another is drained.",
    )),
    nightly(instance(
        "least_connections_three_servers",
        plain(Policy::LeastConnections, 3, 1, 3),
        "The same.",
    )),
    nightly(instance(
        "two_choices_three_servers",
        plain(Policy::TwoChoices, 3, 1, 2),
        "The same, with an order to drain.",
    )),
    nightly(instance(
        "least_connections_four_arrivals",
        plain(Policy::LeastConnections, 2, 2, 4).with_lies(1),
        "One arrival more, and a check that lies.",
    )),
];

impl Instance {
    /// The instance of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        INSTANCES.iter().find(|instance| instance.name == name).copied()
    }

    /// The balancer's surroundings.
    #[must_use]
    pub fn surroundings(&self, variation: Variation) -> Surroundings {
        let config = config(&self.switch, variation.fault);
        Surroundings {
            switch: self.switch,
            config,
            chances: CHANCES,
            assumptions: variation.assumptions,
            is_endless: false,
        }
    }

    /// The mapping to the model.
    #[must_use]
    pub const fn mapping(&self) -> Mapping {
        Mapping { switch: self.switch }
    }

    /// Searches all of it.
    #[must_use]
    pub fn search(&self, variation: Variation, run: &Run<'_>) -> Searched {
        let network = Network::new(self.surroundings(variation));
        search::search(self.name, &network, &Forgetful(self.switch), &self.mapping(), run)
    }

    /// Looks for a step that is not explained, in ever larger parts of the graph.
    #[must_use]
    pub fn hunt(&self, variation: Variation, reach: &[usize], run: &Run<'_>) -> Searched {
        search::hunt(reach, run, |run| self.search(variation, run))
    }
}

/// So many numbers come with requests: enough for each pair of three servers, in either order, to
/// be drawn.
const CHANCES: u64 = 12;

/// What is otherwise than it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variation {
    /// What is assumed.
    pub assumptions: Assumptions,
    /// What the balancer does wrong.
    pub fault: Option<straightedge_impl::load_manager::Fault>,
}

impl Variation {
    /// Nothing is.
    pub const NONE: Self = Self { assumptions: Assumptions::ALL, fault: None };
}
