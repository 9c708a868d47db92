//! Convergence is demanded; when it fails to come, the reason is told and the plan shrinks.

use std::time::Duration;

use straightedge::simulator::plan::{Return, Stretch};
use straightedge::simulator::shrink::{Shrunk, shrink};
use straightedge::simulator::{Budget, Ending, Fault, Healing, Plan, run};

use super::gossip::{Bug, NUMBER, world};

const HEALING: Healing = Healing {
    within: Duration::from_secs(20),
    every: Duration::from_secs(1),
    looks: 2,
    events_max: 10_000_000,
};

fn ending(plan: &Plan, bug: Option<Bug>) -> Ending {
    run(&mut world(plan, bug, 3), &HEALING, &mut |_, _| true).ending
}

fn shrunk(plan: &Plan, bug: Bug, runs_max: u32) -> Shrunk {
    shrink(plan, 2, runs_max, &mut |plan| ending(plan, Some(bug)).is_failure())
}

#[test]
fn a_machine_without_a_fault_converges_under_every_plan() {
    for seed in 0..20 {
        let plan = Budget::moderate(30).plan(30, 20_000, seed);
        let ending = ending(&plan, None);
        assert!(matches!(ending, Ending::Converged { .. }), "seed {seed}: {ending:?}");
    }
}

#[test]
fn the_time_to_convergence_counts_from_the_end_of_the_last_fault() {
    // Nobody hears anything while the loss lasts, so all has still to be told afterwards.
    let during = Stretch { at_ms: 0, for_ms: 8_000 };
    let loss = Fault::Loss { during, per_million: 1_000_000 };
    let plan = Plan { nodes: 10, until_ms: 5_000, faults: vec![loss] };
    let Ending::Converged { after } = ending(&plan, None) else { panic!("it converges") };
    assert!(after >= Duration::from_secs(1) && after < Duration::from_secs(5), "{after:?}");
}

#[test]
fn a_reason_says_which_node_differs_and_how() {
    let back = Some(Return { after_ms: 1_000, disk: false });
    let crash = Fault::Crash { node: 7, at_ms: 2_000, back };
    let plan = Plan { nodes: 10, until_ms: 5_000, faults: vec![crash] };
    let Ending::NotConverged { differences } = ending(&plan, Some(Bug::DeafWithoutDisk)) else {
        panic!("it does not converge")
    };
    let told: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert_eq!(told, [format!("node 7: knows 0 instead of {NUMBER}")]);
}

#[test]
fn a_failing_plan_shrinks_to_the_one_fault_that_matters() {
    let plan = Budget::moderate(40).plan(40, 30_000, 2);
    assert!(ending(&plan, Some(Bug::DeafWithoutDisk)).is_failure());
    let shrunk = shrunk(&plan, Bug::DeafWithoutDisk, 500);
    assert!(!shrunk.is_cut, "{} runs", shrunk.runs);
    assert_eq!(shrunk.plan.faults.len(), 1, "{:?}", shrunk.plan);
    assert!(
        matches!(
            shrunk.plan.faults[0],
            Fault::Crash { back: Some(Return { disk: false, .. }), .. } | Fault::Arrive { .. }
        ),
        "{:?}",
        shrunk.plan
    );
    assert!(shrunk.plan.nodes <= 8 && shrunk.plan.until_ms < 30_000, "{:?}", shrunk.plan);
    assert!(ending(&shrunk.plan, Some(Bug::DeafWithoutDisk)).is_failure());
    assert!(!ending(&shrunk.plan, None).is_failure(), "without the bug it passes");
}

#[test]
fn a_fault_of_the_network_shrinks_too() {
    let plan = Budget { duplication_per_million: 200_000, ..Budget::moderate(20) };
    let plan = plan.plan(20, 20_000, 4);
    let shrunk = shrunk(&plan, Bug::DeafAfterTwin, 500);
    let [Fault::Duplication { during, .. }] = shrunk.plan.faults[..] else {
        panic!("{:?}", shrunk.plan)
    };
    assert!(during.for_ms < 10_000, "{during:?}");
}

#[test]
fn shrinking_keeps_to_its_limit() {
    let plan = Budget::moderate(40).plan(40, 30_000, 2);
    let shrunk = shrunk(&plan, Bug::DeafWithoutDisk, 3);
    assert!(shrunk.is_cut);
    assert_eq!(shrunk.runs, 3);
}

#[test]
fn a_run_that_goes_round_in_circles_is_ended() {
    let plan = Plan::quiet(4, Duration::from_secs(1));
    let ending = ending(&plan, Some(Bug::Restless));
    assert!(matches!(ending, Ending::Runaway { .. }), "{ending:?}");
}
