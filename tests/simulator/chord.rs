//! Chord nodes under faults, which have to find their order again.

use std::time::Duration;

use straightedge::simulator::chord::{Chord, LookUps, correct_fingers, owner, useful_fingers};
use straightedge::simulator::experiment::churn::{Churn, Run};
use straightedge::simulator::{
    Budget, Ending, Fault, Happening, Healing, Network, NodeIndex, Observer, Plan, World, run,
};
use straightedge_impl::chord::{self, Command, Config, Node, Timings, invariant};
use straightedge_impl::identifier::Sha1Id;
use straightedge_impl::machine::{OutputOf, Time};

fn churn(successors: u8, fault: Option<chord::Fault>, seed: u64) -> Churn {
    let timings = Timings { repair: Duration::from_secs(5), ..Timings::default() };
    let config = Config { successors, fingers: 16, timings, fault, ..Config::default() };
    let healing = Healing { within: Duration::from_mins(2), ..Healing::default() };
    Churn { config, network: Network::default(), healing, writers: 1_000, seed }
}

fn plan(nodes: NodeIndex, seed: u64) -> Plan {
    Budget::moderate(nodes).plan(nodes, 30_000, seed)
}

fn carry_out(churn: &Churn, plan: &Plan) -> Run {
    churn.run(plan, &mut |_, _| true).unwrap()
}

#[test]
fn the_ring_finds_its_order_again_after_every_plan() {
    let mut all = None;
    for seed in 0..12 {
        let plan = plan(60, seed);
        let run = carry_out(&churn(8, None, seed), &plan);
        let ending = &run.course.ending;
        assert!(matches!(ending, Ending::Converged { .. }), "seed {seed}: {ending:?}");
        assert!(run.records_kept > 30, "seed {seed}: only {} records", run.records_kept);
        let tally = all.get_or_insert_with(|| run.tally.clone());
        tally.merge(&run.tally);
    }
    let tally = all.unwrap();
    assert_eq!(tally.below(&plan(60, 0).floors()), Vec::<String>::new());
    for (kind, count) in tally.kinds() {
        assert!(*count > 0, "no message of the kind {kind:?} was delivered");
    }
}

#[test]
fn the_same_seed_gives_the_same_run_of_chord() {
    let digest = |seed| carry_out(&churn(8, None, seed), &plan(60, 1)).digest;
    assert_eq!(digest(1), digest(1));
    assert_ne!(digest(1), digest(2));
}

/// Asks each node after each input whether all is well with it.
struct Doctor {
    asked: u64,
}

impl Observer<Node<Sha1Id>> for Doctor {
    fn did(
        &mut self,
        now: Time,
        node: NodeIndex,
        machine: &Node<Sha1Id>,
        outputs: &[OutputOf<Node<Sha1Id>>],
    ) {
        self.asked += 1;
        if let Err(assertion) = invariant::holds(machine) {
            panic!("node {node} at {now:?}: not {assertion}: {machine:?} {outputs:?}");
        }
    }
}

#[test]
fn every_node_keeps_its_invariant_after_every_input() {
    let config = Config { successors: 4, fingers: 12, ..Config::default() };
    let plan = plan(40, 5);
    let system = Chord::new(config, plan.nodes, plan.room(), 5).unwrap();
    let system = system.with_writers(40, Duration::from_secs(30));
    let mut world = World::new(system, Network::default(), plan, 5, Doctor { asked: 0 });
    let course = run(&mut world, &Healing::default(), &mut |_, _| true);
    assert!(matches!(course.ending, Ending::Converged { .. }), "{:?}", course.ending);
    assert!(world.observer().asked > 10_000, "{}", world.observer().asked);
}

#[test]
fn a_faulty_node_is_found_with_a_reason_and_a_smallest_plan() {
    let fault = chord::Fault::RectifyKeepsDeadPredecessor;
    let (faulty, faithful) = (churn(3, Some(fault), 1), churn(3, None, 1));
    let plan = plan(24, 1);
    let run = carry_out(&faulty, &plan);
    let Ending::NotConverged { differences } = &run.course.ending else {
        panic!("it converges: {:?}", run.course.ending)
    };
    let told = differences[0].to_string();
    assert!(told.contains("for its predecessor instead of node"), "{told}");
    let shrunk = faulty.shrink(&plan, &mut |_, _| true);
    assert!(!shrunk.is_cut && shrunk.plan.nodes <= 8, "{shrunk:?}");
    let is_of_the_kind = |fault: &Fault| {
        matches!(fault, Fault::Crash { .. } | Fault::Leave { .. } | Fault::Arrive { .. })
    };
    assert!(shrunk.plan.faults.len() <= 2 && shrunk.plan.faults.iter().all(is_of_the_kind));
    assert!(carry_out(&faulty, &shrunk.plan).course.ending.is_failure());
    assert!(!carry_out(&faithful, &shrunk.plan).course.ending.is_failure());
}

#[test]
fn faults_of_every_layer_keep_the_ring_from_its_order() {
    for fault in [
        chord::Fault::KeepOwnTail,
        chord::Fault::SkipHeadWhenCopying,
        chord::Fault::KeepDeadHead,
        chord::Fault::StabilizeWithoutNotify,
        chord::Fault::RectifyPrefersFarther,
        chord::Fault::TakeBusyForDead,
        chord::Fault::DoNotRepair,
    ] {
        // Whether a run meets with the fault is chance: some need a join beside a record.
        let is_found = |seed| {
            let run = carry_out(&churn(3, Some(fault), seed), &plan(24, seed));
            run.course.ending.is_failure()
        };
        assert!((1..=5).any(is_found), "{fault:?}: five runs converge");
    }
}

#[test]
fn a_crash_that_the_assumptions_forbid_is_withheld() {
    // Lists of two: whoever lists both of two neighbours rests on them.
    let plan = plan(24, 3);
    let crashes = (0..24).map(|node| Fault::Crash { node, at_ms: 1_000, back: None }).collect();
    let plan = Plan { faults: crashes, ..plan };
    let run = carry_out(&churn(2, None, 3), &plan);
    let crashed = run.tally.of(Happening::Crashed);
    assert_eq!(crashed + run.tally.of(Happening::CrashWithheld), 24);
    assert!((5..=21).contains(&crashed), "{crashed} crashed");
    assert!(!run.course.ending.is_failure(), "{:?}", run.course.ending);
}

#[test]
fn nodes_find_the_fingers_that_they_should_have() {
    let nodes = 32;
    let config = Config { successors: 4, fingers: useful_fingers(nodes), ..Config::default() };
    let system = Chord::new(config, nodes, nodes, 7).unwrap();
    let ring = system.ring().to_vec();
    let plan = Plan::quiet(nodes, Duration::ZERO);
    let mut world = World::new(system, Network::default(), plan, 7, LookUps::on(ring.clone()));
    let rounds = u64::from(config.fingers) + 1;
    world.run_until(Time::ORIGIN.after(Duration::from_secs(3 * rounds)), 10_000_000);
    for (_, machine) in world.nodes().present() {
        let mut known = machine.fingers().to_vec();
        known.resize(usize::from(config.fingers), None);
        assert_eq!(known, correct_fingers(&ring, machine.me(), config.fingers));
    }
}

#[test]
fn a_look_up_is_judged_by_who_owns_the_key_in_truth() {
    let nodes = 16;
    let config = Config { successors: 2, ..Config::default() };
    let system = Chord::new(config, nodes, nodes, 2).unwrap().without_maintenance();
    let ring = system.ring().to_vec();
    let key = Sha1Id::of(b"a key");
    let owner = owner(&ring, key).unwrap();
    let judged = |ring: Vec<Sha1Id>| {
        let plan = Plan::quiet(nodes, Duration::ZERO);
        let system = system.clone();
        let mut world = World::new(system, Network::default(), plan, 2, LookUps::on(ring));
        world.command(3, Duration::ZERO, Command::Lookup { key });
        world.run_until(Time::ORIGIN.after(Duration::from_mins(1)), 1_000_000);
        let seen = world.observer();
        assert_eq!(seen.ended(), 1);
        (seen.right, seen.wrong, seen.gone)
    };
    assert_eq!(judged(ring.clone()), (1, 0, 0));
    // As if the owner were not there, and as if there were one before it.
    let without: Vec<Sha1Id> = ring.iter().copied().filter(|&id| id != owner).collect();
    assert_eq!(judged(without), (0, 0, 1));
    let mut with_another = ring;
    with_another.push(key);
    with_another.sort_unstable();
    assert_eq!(judged(with_another), (0, 1, 0));
}
