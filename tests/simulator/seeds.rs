//! A seed decides a run, event for event.

use std::time::Duration;

use straightedge::simulator::{
    Budget, Ending, Healing, Network, NodeIndex, Observer, Plan, World, run,
};
use straightedge_impl::machine::{InputOf, OutputOf, Time};

use super::gossip::{Gossip, Node};

/// Everything that happened, in words.
#[derive(Default)]
struct Chronicle(String);

impl Observer<Node> for Chronicle {
    fn takes(&mut self, now: Time, node: NodeIndex, _: &Node, input: &InputOf<Node>) {
        self.0 += &format!("{} {node} {input:?}\n", now.nanoseconds());
    }

    fn did(&mut self, _: Time, _: NodeIndex, machine: &Node, outputs: &[OutputOf<Node>]) {
        self.0 += &format!("  {outputs:?} {machine:?}\n");
    }
}

fn plan(seed: u64) -> Plan {
    Budget::moderate(40).plan(40, 20_000, seed)
}

fn chronicle(plan: &Plan, seed: u64) -> (String, u64, Ending) {
    let system = Gossip { room: plan.room(), ..Gossip::default() };
    let network = Network::default();
    let mut world = World::new(system, network, plan.clone(), seed, Chronicle::default());
    let ending = run(&mut world, &Healing::default(), &mut |_, _| true).ending;
    (world.observer().0.clone(), world.digest(), ending)
}

#[test]
fn the_same_seed_gives_the_same_run_to_the_last_byte() {
    let (first, first_digest, ending) = chronicle(&plan(5), 5);
    let (second, second_digest, _) = chronicle(&plan(5), 5);
    assert!(first.lines().count() > 10_000, "only {} lines", first.lines().count());
    assert_eq!(first, second);
    assert_eq!(first_digest, second_digest);
    assert!(matches!(ending, Ending::Converged { .. }), "{ending:?}");
}

#[test]
fn another_seed_gives_another_run_of_the_same_plan() {
    let (first, first_digest, _) = chronicle(&plan(5), 5);
    let (second, second_digest, _) = chronicle(&plan(5), 6);
    assert_ne!(first, second);
    assert_ne!(first_digest, second_digest);
}

#[test]
fn what_the_network_draws_does_not_change_the_plan() {
    assert_eq!(plan(9), plan(9));
    assert_ne!(plan(9).faults, plan(10).faults);
}

#[test]
fn digests_differ_wherever_runs_do() {
    let digests: Vec<u64> = (0..20).map(|seed| chronicle(&plan(1), seed).1).collect();
    let mut distinct = digests.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), digests.len());
}

#[test]
fn a_run_can_be_stopped_from_outside() {
    let system = Gossip { room: 40, ..Gossip::default() };
    let plan = Plan::quiet(40, Duration::from_hours(1));
    let mut world = World::new(system, Network::default(), plan, 1, ());
    let ending = run(&mut world, &Healing::default(), &mut |events, _| events < 100_000).ending;
    assert_eq!(ending, Ending::Interrupted);
    assert!(world.events() < 300_000, "{}", world.events());
}
