//! How many states the load manager's instances reach: equal to stateright's own search, and to the
//! sum of the orbits where servers are alike.

use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::symmetry::{audit, orbit};
use straightedge_models::engine::{Limits, Specification, Tier};
use straightedge_models::load_manager::capacity::{Capacity, Layout};
use straightedge_models::load_manager::property::safety_claims;
use straightedge_models::load_manager::{Policy, Switch, capacity, system};

fn build<M: Specification, T>(model: &M, symmetry: bool, body: impl Fn(&Graph<M>) -> T) -> T {
    unattended(Limits { threads: 2, ..Limits::default() }, |run| {
        let graph = Graph::build(model, Build { symmetry, ..Build::default() }, run);
        assert_eq!(graph.bound(), None, "the whole graph is built");
        body(&graph)
    })
}

fn states(switch: &Switch) -> usize {
    build(switch, false, Graph::len)
}

fn plain(policy: Policy, servers: u8, capacity: u8, arrivals: u8) -> Switch {
    Switch::new(policy, servers, capacity, arrivals).with_crashes(1).with_drains(1)
}

/// An instance up to symmetry has fewer states than the model; how many is the next test's matter.
#[test]
fn stateright_counts_the_same_states() {
    let mut compared = 0;
    for instance in system().instances {
        if instance.tier() == Tier::Nightly {
            continue;
        }
        let limits = Limits { threads: 2, ..Limits::default() };
        let report = unattended(limits, |run| instance.check(None, run));
        let own = report.as_ref().ok().map(|report| report.states);
        let is_quotient = report.is_ok_and(|report| report.symmetry);
        if is_quotient {
            assert!(instance.stateright_count() > own, "{}", instance.name());
            continue;
        }
        assert!(own.is_some(), "{}", instance.name());
        assert_eq!(instance.stateright_count(), own, "{}", instance.name());
        compared += 1;
    }
    assert!(compared >= 40, "only {compared} instances were compared");
}

/// The bounds of the table in LOAD_MANAGER-30.
#[test]
fn sizes_are_those_that_are_compared() {
    use Policy::{LeastConnectionsAnyTie, RoundRobin};
    for (switch, count) in [
        (plain(RoundRobin, 2, 1, 3), 6_154),
        (plain(LeastConnectionsAnyTie, 2, 1, 3), 5_220),
        (plain(RoundRobin, 3, 1, 3), 12_743),
        (plain(LeastConnectionsAnyTie, 3, 1, 3), 14_506),
        (plain(RoundRobin, 3, 2, 4), 35_006),
        (plain(LeastConnectionsAnyTie, 3, 2, 4), 50_639),
        (plain(RoundRobin, 3, 1, 3).with_lies(1), 52_812),
        (plain(LeastConnectionsAnyTie, 3, 1, 3).with_lies(1), 58_958),
    ] {
        assert_eq!(states(&switch), count, "{:?} of {}", switch.policy, switch.servers);
    }
}

#[test]
fn the_orbits_of_the_servers_add_up_to_the_whole() {
    let rotated = |policy| plain(policy, 3, 1, 2).every_rotation();
    let watching = Switch {
        watches_turns: true,
        ..Switch::new(Policy::RoundRobin, 3, 2, 3).with_drains(1).every_rotation()
    };
    for switch in [
        rotated(Policy::RoundRobin),
        rotated(Policy::LeastConnections),
        rotated(Policy::LeastConnectionsAnyTie),
        rotated(Policy::TwoChoices),
        watching,
    ] {
        let (quotient, sum) = build(&switch, true, |graph| {
            assert_eq!(audit(&switch, graph.states(), &safety_claims(&switch)), Ok(()));
            let members = |state| orbit(&switch, state).len();
            (graph.len(), graph.states().iter().map(members).sum::<usize>())
        });
        let whole = states(&switch);
        assert_eq!(sum, whole, "{:?}", switch.policy);
        assert!(quotient * 2 < whole, "{:?}: {quotient} of {whole}", switch.policy);
    }
}

#[test]
fn servers_with_the_same_data_are_alike() {
    for layout in [Layout::Replicated, Layout::Partitioned] {
        let servers = Capacity::full(5, layout);
        build(&servers, true, |graph| {
            let claims = capacity::claims::claims(&servers);
            assert_eq!(audit(&servers, graph.states(), &claims), Ok(()));
            // Down from none to four, at a peak or not, with a report or without.
            assert_eq!(graph.len(), 5 * 2 * 2);
        });
    }
}

/// A pointer, or a hash, tells servers apart: a swap of two is refused by the audit.
#[test]
fn the_audit_finds_a_pointer_that_stays_behind() {
    let switch = plain(Policy::RoundRobin, 3, 1, 2);
    assert!(switch.generators(&switch.initial_state()).is_empty());
    let hashed = Switch { clients: 3, ..plain(Policy::Rendezvous, 3, 1, 2) }.every_rotation();
    assert!(hashed.generators(&hashed.initial_state()).is_empty());
    let broken = rr_reset(&switch.every_rotation());
    let complaint = broken.map(|switch| {
        build(&switch, false, |graph| audit(&switch, graph.states(), &safety_claims(&switch)))
    });
    assert!(matches!(complaint, Some(Err(ref why)) if why.contains("are not the images")));
}

/// A pointer that is set to one server whatever happens knows that server by name.
fn rr_reset(switch: &Switch) -> Option<Switch> {
    switch.mutate("rr_reset_on_change")
}
