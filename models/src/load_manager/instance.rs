//! The bounded instances, with the reason for each bound.
//!
//! Two servers are the fewest of which one may fail; three arrivals at two servers of one place
//! each are the fewest of which one waits. How the counts compare with another program's is
//! LOAD_MANAGER-30.

use crate::engine::{Claim, Row, Specification, System};

use super::options::{Blast, Budget, Ejection, Policy};
use super::{Switch, mutant, property, siblings, traced};

/// The system: its instances and its mutants.
#[must_use]
pub fn system() -> System {
    let switches = rows().into_iter().map(Row::instance);
    System {
        name: "load_manager",
        summary: "Requests spread over servers that fail, fill up and are upgraded.",
        instances: switches.chain(siblings::instances()).collect(),
        mutants: mutant::MUTANTS.to_vec(),
        traced: Some(traced::TRACED),
    }
}

/// The instances of the model of routing and queue, before they are put together.
#[must_use]
pub fn rows() -> Vec<Row<Switch>> {
    let all = [basic(), beliefs(), by_client(), limits(), environment(), nightly()];
    all.into_iter().flatten().collect()
}

/// A row of this system, of any of its models.
pub(super) const fn row<M: Specification>(
    name: &'static str,
    model: M,
    claims: fn(&M) -> Vec<Claim<M>>,
    reason: &'static str,
) -> Row<M> {
    Row::new("load_manager", name, model, claims, reason)
}

/// A row of the model of routing and queue.
const fn switch(name: &'static str, model: Switch, reason: &'static str) -> Row<Switch> {
    row(name, model, property::claims, reason)
}

/// One crash, one recovery, one order to drain.
const fn plain(policy: Policy, servers: u8, capacity: u8, arrivals: u8) -> Switch {
    Switch::new(policy, servers, capacity, arrivals).with_crashes(1).with_drains(1)
}

/// Health, queue, drain and retries, by the three policies that need nothing of the client.
fn basic() -> Vec<Row<Switch>> {
    let two_choices = Switch::new(Policy::TwoChoices, 3, 2, 5).with_crashes(1);
    vec![
        switch(
            "round_robin",
            plain(Policy::RoundRobin, 2, 1, 3),
            "The smallest switch with a queue, of which one server may crash and one be drained.",
        ),
        switch(
            "least_connections",
            plain(Policy::LeastConnections, 2, 2, 3),
            "Room for two at each server, so that loads differ.",
        ),
        switch(
            "round_robin_three_servers",
            plain(Policy::RoundRobin, 3, 1, 3).every_rotation(),
            "Of three servers one may crash while another is drained; up to rotation.",
        )
        .claiming(property::safety_claims)
        .up_to_symmetry(),
        switch(
            "least_connections_three_servers",
            plain(Policy::LeastConnectionsAnyTie, 3, 1, 3),
            "The same with any of equals, which makes all servers alike.",
        )
        .claiming(property::safety_claims)
        .up_to_symmetry(),
        switch(
            "two_choices",
            two_choices,
            "Three servers are the fewest of which two are drawn and one is not.",
        )
        .claiming(property::safety_claims)
        .up_to_symmetry(),
        switch(
            "turns",
            Switch {
                watches_turns: true,
                ..Switch::new(Policy::RoundRobin, 3, 2, 5).with_drains(1)
            },
            "A third server comes and goes while the others wait for their turns.",
        ),
        switch(
            "slow_connections",
            Switch {
                opens_slowly: true,
                ..Switch::new(Policy::LeastConnections, 2, 2, 4).with_crashes(1)
            },
            "Setting up a connection takes a step, and another request arrives meanwhile.",
        ),
        switch(
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
        switch(
            "lying_checks",
            two.with_crashes(1).with_lies(1),
            "One check lies, and a server crashes: passes that are far apart must not add up.",
        ),
        switch(
            "late_results",
            Switch { budget: late, ..two },
            "A check is under way when its server is taken into maintenance.",
        ),
        switch(
            "asymmetric_thresholds",
            Switch { rise: 1, fall: 3, ..two }.with_crashes(1).with_lies(2),
            "One pass is enough and three failures are needed.",
        ),
        switch(
            "slow_start",
            Switch { window: 2, ..Switch::new(Policy::RoundRobin, 2, 2, 4).with_crashes(1) },
            "Two places, of which a server that came back has one for a while; enough requests \
             that both could be filled at once.",
        ),
        switch(
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
        switch(
            "round_robin_dns",
            cached,
            "A control: two clients keep an address for two uses, and one of two servers dies. \
             Traffic goes to a server that checks have found dead.",
        )
        .violating(&["eligible_servers_only"]),
        switch(
            "modulo",
            three(Policy::Modulo),
            "A control: one of three servers leaves, and clients of the others move.",
        )
        .violating(&["only_the_leavers_clients_move"]),
        switch("rendezvous", three(Policy::Rendezvous), "The same, and nobody moves without need."),
        switch(
            "maglev",
            three(Policy::Maglev),
            "The same with a table of seven entries; how many move is looked at in a larger one.",
        ),
        switch(
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
        switch(
            "outliers_half",
            erring(50, false),
            "Of three servers 50 % is one; a look at the number before makes it two.",
        ),
        switch(
            "outliers_two_thirds",
            erring(67, false),
            "Of three servers 67 % is two; a look at the number before makes it an outage.",
        ),
        switch(
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
        switch(
            "writes",
            Switch { budget: writes, ..two },
            "One request of three must not be done twice.",
        ),
        switch(
            "aborts",
            Switch { budget: aborts, ..two },
            "A client gives up while its request waits, is served, or is broken.",
        ),
        switch(
            "maintenance_at_once",
            Switch { budget: Budget { maintenances: 2, ..two.budget }, ..two },
            "Both servers are taken out with all they have, and the queue has nobody left.",
        ),
        switch(
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
        switch(
            "round_robin_three_servers_of_two",
            plain(Policy::RoundRobin, 3, 2, 4),
            "Three servers of two places each, with every edge kept.",
        ),
        switch(
            "round_robin_under_stress",
            stress(Policy::RoundRobin),
            "Three servers of two places, four requests, two crashes and two recoveries, a check \
             that lies, two retries.",
        ),
        switch(
            "round_robin_under_more_stress",
            Switch { queue: 1, ..stress(Policy::RoundRobin) }.with_drains(1).every_rotation(),
            "The same with one server drained, and a queue that overflows; up to rotation.",
        )
        .claiming(property::safety_claims)
        .up_to_symmetry(),
        switch(
            "least_connections_under_stress",
            stress(Policy::LeastConnectionsAnyTie).with_drains(1),
            "The same by least connections; up to the servers' names.",
        )
        .claiming(property::safety_claims)
        .up_to_symmetry(),
    ];
    rows.into_iter().map(Row::nightly).collect()
}
