//! The bounded instances, with the reason for each bound.
//!
//! Two servers are the fewest of which one may fail; three arrivals at two servers of one place
//! each are the fewest of which one waits. How the counts compare with another program's is
//! LOAD_MANAGER-30.

use crate::engine::{Checkable, Claim, Expected, Instance, Specification, System, Tier};

use super::options::{Blast, Budget, Ejection, Policy};
use super::{Switch, mutant, property, siblings};

/// The system: its instances and its mutants.
#[must_use]
pub fn system() -> System {
    let switches = basic()
        .into_iter()
        .chain(beliefs())
        .chain(by_client())
        .chain(limits())
        .chain(environment())
        .chain(nightly());
    System {
        name: "load_manager",
        summary: "Requests spread over servers that fail, fill up and are upgraded.",
        instances: switches.map(Row::instance).chain(siblings::instances()).collect(),
        mutants: mutant::MUTANTS.to_vec(),
    }
}

/// An instance before it is put together.
pub(super) struct Row<M: Specification> {
    name: &'static str,
    tier: Tier,
    reason: &'static str,
    model: M,
    claims: fn(&M) -> Vec<Claim<M>>,
    declared: Vec<(&'static str, Expected)>,
    symmetry: bool,
}

impl<M: Specification> Row<M> {
    pub(super) const fn of(
        name: &'static str,
        model: M,
        claims: fn(&M) -> Vec<Claim<M>>,
        reason: &'static str,
    ) -> Self {
        let (tier, symmetry) = (Tier::Ci, false);
        Self { name, tier, reason, model, claims, declared: Vec::new(), symmetry }
    }

    /// The same with its model changed.
    pub(super) fn with_model(mut self, change: impl Fn(M) -> M) -> Self {
        self.model = change(self.model.clone());
        self
    }

    /// The same, but checked once a day.
    fn nightly(mut self) -> Self {
        self.tier = Tier::Nightly;
        self
    }

    /// The same, with the claims that are false here: controls.
    pub(super) fn violating(mut self, claims: &[&'static str]) -> Self {
        self.declared.extend(claims.iter().map(|&claim| (claim, Expected::Violated)));
        self
    }

    pub(super) fn instance(self) -> Box<dyn Checkable> {
        Box::new(Instance {
            system: "load_manager",
            name: self.name,
            tier: self.tier,
            reason: self.reason,
            claims: (self.claims)(&self.model),
            model: self.model,
            declared: self.declared,
            depth: None,
            symmetry: self.symmetry,
        })
    }
}

impl Row<Switch> {
    const fn new(name: &'static str, model: Switch, reason: &'static str) -> Self {
        Self::of(name, model, property::claims, reason)
    }

    /// The same up to the symmetry of the servers, and without the claims about paths.
    fn up_to_symmetry(mut self) -> Self {
        self.symmetry = true;
        self.claims = property::safety_claims;
        self
    }
}

/// One crash, one recovery, one order to drain.
const fn plain(policy: Policy, servers: u8, capacity: u8, arrivals: u8) -> Switch {
    Switch::new(policy, servers, capacity, arrivals).with_crashes(1).with_drains(1)
}

/// Health, queue, drain and retries, by the three policies that need nothing of the client.
fn basic() -> Vec<Row<Switch>> {
    let two_choices = Switch::new(Policy::TwoChoices, 3, 2, 5).with_crashes(1);
    vec![
        Row::new(
            "round_robin",
            plain(Policy::RoundRobin, 2, 1, 3),
            "The smallest switch with a queue, of which one server may crash and one be drained.",
        ),
        Row::new(
            "least_connections",
            plain(Policy::LeastConnections, 2, 2, 3),
            "Room for two at each server, so that loads differ.",
        ),
        Row::new(
            "round_robin_three_servers",
            plain(Policy::RoundRobin, 3, 1, 3).every_rotation(),
            "Of three servers one may crash while another is drained; up to rotation.",
        )
        .up_to_symmetry(),
        Row::new(
            "least_connections_three_servers",
            plain(Policy::LeastConnectionsAnyTie, 3, 1, 3),
            "The same with any of equals, which makes all servers alike.",
        )
        .up_to_symmetry(),
        Row::new(
            "two_choices",
            two_choices,
            "Three servers are the fewest of which two are drawn and one is not.",
        )
        .up_to_symmetry(),
        Row::new(
            "turns",
            Switch {
                watches_turns: true,
                ..Switch::new(Policy::RoundRobin, 3, 2, 5).with_drains(1)
            },
            "A third server comes and goes while the others wait for their turns.",
        ),
        Row::new(
            "slow_connections",
            Switch {
                opens_slowly: true,
                ..Switch::new(Policy::LeastConnections, 2, 2, 4).with_crashes(1)
            },
            "Setting up a connection takes a step, and another request arrives meanwhile.",
        ),
        Row::new(
            "two_crashes",
            Switch { retries: 2, ..Switch::new(Policy::RoundRobin, 2, 1, 3).with_crashes(2) },
            "A request whose second server crashes too.",
        ),
    ]
}

/// What checks make the manager believe.
fn beliefs() -> Vec<Row<Switch>> {
    let two = Switch::new(Policy::RoundRobin, 2, 1, 3);
    let late = Budget { late_results: 1, maintenances: 1, ..two.with_crashes(1).budget };
    vec![
        Row::new(
            "lying_checks",
            two.with_crashes(1).with_lies(1),
            "One check lies, and a server crashes: passes that are far apart must not add up.",
        ),
        Row::new(
            "late_results",
            Switch { budget: late, ..two },
            "A check is under way when its server is taken into maintenance.",
        ),
        Row::new(
            "asymmetric_thresholds",
            Switch { rise: 1, fall: 3, ..two }.with_crashes(1).with_lies(2),
            "One pass is enough and three failures are needed.",
        ),
        Row::new(
            "slow_start",
            Switch { window: 2, ..Switch::new(Policy::RoundRobin, 2, 2, 4).with_crashes(1) },
            "Two places, of which a server that came back has one for a while; enough requests \
             that both could be filled at once.",
        ),
        Row::new(
            "panic",
            Switch { panic: 50, ..two }.with_crashes(2).with_lies(2),
            "Checks take out the second server when the first has crashed, truly or by two lies.",
        ),
    ]
}

/// Policies that look at who asks.
fn by_client() -> Vec<Row<Switch>> {
    let three = |policy| Switch { clients: 3, ..plain(policy, 3, 1, 2) };
    let cached = Switch {
        clients: 2,
        ..Switch::new(Policy::RoundRobinDns { uses: 2 }, 2, 1, 3).with_crashes(1)
    };
    vec![
        Row::new(
            "round_robin_dns",
            cached,
            "A control: two clients keep an address for two uses, and one of two servers dies. \
             Traffic goes to a server that checks have found dead.",
        )
        .violating(&["eligible_servers_only"]),
        Row::new(
            "modulo",
            three(Policy::Modulo),
            "A control: one of three servers leaves, and clients of the others move.",
        )
        .violating(&["only_the_leavers_clients_move"]),
        Row::new(
            "rendezvous",
            three(Policy::Rendezvous),
            "The same, and nobody moves without need.",
        ),
        Row::new(
            "maglev",
            three(Policy::Maglev),
            "The same with a table of seven entries; how many move is looked at in a larger one.",
        ),
        Row::new(
            "content_aware",
            Switch { clients: 2, ..Switch::new(Policy::ContentAware, 2, 1, 3).with_crashes(1) },
            "Two partitions, of which one fails: its queries have no server, the others do.",
        ),
    ]
}

/// Ceilings.
fn limits() -> Vec<Row<Switch>> {
    let erring = |percent, always_one| {
        let three = Switch::new(Policy::RoundRobin, 3, 1, 4);
        let budget = Budget { outliers: 3, ..three.budget };
        Switch { ejection: Ejection { percent, always_one }, budget, ..three }
    };
    vec![
        Row::new(
            "outliers_half",
            erring(50, false),
            "Of three servers 50 % is one; a look at the number before makes it two.",
        ),
        Row::new(
            "outliers_two_thirds",
            erring(67, false),
            "Of three servers 67 % is two; a look at the number before makes it an outage.",
        ),
        Row::new(
            "outliers_at_least_one",
            erring(10, true),
            "Of three servers 10 % is none, and one is ejected all the same.",
        ),
    ]
}

/// Writes, clients that give up, orders, kills.
fn environment() -> Vec<Row<Switch>> {
    let two = Switch::new(Policy::RoundRobin, 2, 1, 3);
    let writes = Budget { reads: 2, writes: 1, ..two.with_crashes(1).budget };
    let aborts = Budget { aborts: 1, ..two.with_crashes(1).budget };
    let kills = Budget { kills: 2, recoveries: 2, ..two.budget };
    vec![
        Row::new(
            "writes",
            Switch { budget: writes, ..two },
            "One request of three must not be done twice.",
        ),
        Row::new(
            "aborts",
            Switch { budget: aborts, ..two },
            "A client gives up while its request waits, is served, or is broken.",
        ),
        Row::new(
            "maintenance_at_once",
            Switch { budget: Budget { maintenances: 2, ..two.budget }, ..two },
            "Both servers are taken out with all they have, and the queue has nobody left.",
        ),
        Row::new(
            "chaos",
            Switch { budget: kills, blast: Blast { least_live: 2, radius: 1 }, servers: 3, ..two },
            "Two kills at any moment, one server at a time, two of three left.",
        ),
    ]
}

/// Too large for every change.
fn nightly() -> Vec<Row<Switch>> {
    let stress = |policy| {
        let switch = Switch { retries: 2, ..Switch::new(policy, 3, 2, 4) };
        switch.with_crashes(2).with_lies(1)
    };
    let rows = vec![
        Row::new(
            "round_robin_three_servers_of_two",
            plain(Policy::RoundRobin, 3, 2, 4),
            "Three servers of two places each, with every edge kept.",
        ),
        Row::new(
            "round_robin_under_stress",
            stress(Policy::RoundRobin),
            "Three servers of two places, four requests, two crashes and two recoveries, a check \
             that lies, two retries.",
        ),
        Row::new(
            "round_robin_under_more_stress",
            Switch { queue: 1, ..stress(Policy::RoundRobin) }.with_drains(1).every_rotation(),
            "The same with one server drained, and a queue that overflows; up to rotation.",
        )
        .up_to_symmetry(),
        Row::new(
            "least_connections_under_stress",
            stress(Policy::LeastConnectionsAnyTie).with_drains(1),
            "The same by least connections; up to the servers' names.",
        )
        .up_to_symmetry(),
    ];
    rows.into_iter().map(Row::nightly).collect()
}
