//! Each kind of fault is really there: it is counted, and its effect is observed.

use std::time::Duration;

use straightedge::simulator::plan::{Return, Stretch};
use straightedge::simulator::random::MILLION;
use straightedge::simulator::{Fault, Floor, Happening, NodeIndex, Plan, World};
use straightedge_impl::machine::Time;

use super::gossip::{Gossip, NUMBER, Note, world};

const ALWAYS: Stretch = Stretch { at_ms: 0, for_ms: 10_000 };

fn after(milliseconds: u64) -> Time {
    Time::ORIGIN.after(Duration::from_millis(milliseconds))
}

/// Ten seconds among ten nodes with these faults.
fn ten_seconds(faults: Vec<Fault>) -> World<Gossip> {
    let plan = Plan { nodes: 10, until_ms: 10_000, faults };
    let mut world = world(&plan, None, 1);
    assert!(world.run_until(after(10_000), 1_000_000));
    world
}

fn notes(world: &World<Gossip>) -> &[Note] {
    &world.system().notes
}

/// How often a message was heard after a later one from the same node.
fn overtaken(notes: &[Note]) -> usize {
    let is_late = |(place, note): (usize, &Note)| {
        let earlier = &notes[..place];
        let same = |other: &&Note| (other.node, other.from) == (note.node, note.from);
        earlier.iter().filter(same).any(|other| other.round > note.round)
    };
    notes.iter().enumerate().filter(|&pair| is_late(pair)).count()
}

/// How often a message was heard that had been heard before.
fn twins(notes: &[Note]) -> usize {
    let key = |note: &Note| (note.node, note.from, note.round);
    let is_twin =
        |(place, note): (usize, &Note)| notes[..place].iter().any(|other| key(other) == key(note));
    notes.iter().enumerate().filter(|&pair| is_twin(pair)).count()
}

fn heard_by(notes: &[Note], node: NodeIndex, from_ms: u64, to_ms: u64) -> Vec<Note> {
    let is_in =
        |note: &&Note| note.node == node && after(from_ms) < note.at && note.at <= after(to_ms);
    notes.iter().filter(is_in).copied().collect()
}

#[test]
fn without_faults_each_message_comes_once_and_in_order() {
    let world = ten_seconds(vec![]);
    let tally = world.tally();
    assert!(tally.of(Happening::Sent) >= 900, "{}", tally.of(Happening::Sent));
    let under_way = tally.of(Happening::Sent) - tally.of(Happening::Delivered);
    assert!(under_way <= 10, "{under_way} are under way");
    assert_eq!((overtaken(notes(&world)), twins(notes(&world))), (0, 0));
    let faults = [Happening::Lost, Happening::Duplicated, Happening::HeldBack, Happening::Crashed];
    assert_eq!(faults.map(|fault| tally.of(fault)), [0; 4]);
    assert_eq!(tally.kinds(), [("tell", tally.of(Happening::Delivered))]);
}

#[test]
fn lost_messages_are_not_heard() {
    let loss = Fault::Loss { during: ALWAYS, per_million: MILLION / 2 };
    let world = ten_seconds(vec![loss]);
    let (sent, lost) = (world.tally().of(Happening::Sent), world.tally().of(Happening::Lost));
    assert!((sent * 2 / 5..sent * 3 / 5).contains(&lost), "{lost} of {sent}");
    assert!(notes(&world).len() as u64 <= sent - lost);
}

#[test]
fn weather_is_over_when_its_stretch_is() {
    let during = Stretch { at_ms: 2_000, for_ms: 3_000 };
    let loss = Fault::Loss { during, per_million: MILLION };
    let world = ten_seconds(vec![loss]);
    let (before, within, later): (usize, usize, usize) = (0..10).fold((0, 0, 0), |sum, node| {
        let heard = |from, to| heard_by(notes(&world), node, from, to).len();
        (sum.0 + heard(0, 2_000), sum.1 + heard(2_010, 5_000), sum.2 + heard(5_010, 10_000))
    });
    assert_eq!(within, 0);
    assert!(before > 150 && later > 400, "{before} before, {later} later");
}

#[test]
fn duplicated_messages_are_heard_twice() {
    let duplication = Fault::Duplication { during: ALWAYS, per_million: MILLION / 4 };
    let world = ten_seconds(vec![duplication]);
    let duplicated = world.tally().of(Happening::Duplicated);
    assert!(duplicated > 100);
    assert!(twins(notes(&world)) as u64 >= duplicated - 10);
}

#[test]
fn messages_held_back_are_overtaken() {
    let during = ALWAYS;
    let reordering = Fault::Reordering { during, per_million: MILLION / 4, by_ms: 3_000 };
    let world = ten_seconds(vec![reordering]);
    assert!(world.tally().of(Happening::HeldBack) > 100);
    assert!(overtaken(notes(&world)) > 20, "{}", overtaken(notes(&world)));
}

#[test]
fn a_partition_is_deaf_in_one_direction_only() {
    let during = Stretch { at_ms: 3_000, for_ms: 4_000 };
    let partition = Fault::Partition { from: vec![1, 2], to: vec![3, 4], during };
    let world = ten_seconds(vec![partition]);
    let between = |from: [NodeIndex; 2], to: [NodeIndex; 2]| {
        let heard = to.into_iter().flat_map(|node| heard_by(notes(&world), node, 3_010, 7_000));
        heard.filter(|note| from.contains(&note.from)).count()
    };
    assert_eq!(between([1, 2], [3, 4]), 0);
    assert!(between([3, 4], [1, 2]) > 10);
    assert!(world.tally().of(Happening::CutOff) > 10);
    assert_eq!(world.tally().of(Happening::Partitioned), 1);
}

#[test]
fn a_crashed_node_hears_nothing_and_its_messages_are_for_nobody() {
    let back = Some(Return { after_ms: 4_000, disk: false });
    let world = ten_seconds(vec![Fault::Crash { node: 3, at_ms: 2_000, back }]);
    assert!(!heard_by(notes(&world), 3, 0, 2_000).is_empty());
    assert_eq!(heard_by(notes(&world), 3, 2_000, 6_000), []);
    assert!(!heard_by(notes(&world), 3, 6_010, 10_000).is_empty());
    let tally = world.tally();
    assert_eq!(tally.of(Happening::Crashed), 1);
    assert!(tally.of(Happening::Undeliverable) > 20);
}

#[test]
fn what_a_restart_finds_depends_on_the_disk() {
    let number = |disk: bool, at: u64| {
        // Nobody tells the node anything, so what it knows it has from its disk.
        let others: Vec<NodeIndex> = (0..10).filter(|&node| node != 3).collect();
        let during = Stretch { at_ms: 5_000, for_ms: 5_000 };
        let partition = Fault::Partition { from: others, to: vec![3], during };
        let back = Some(Return { after_ms: 1_000, disk });
        let crash = Fault::Crash { node: 3, at_ms: 5_000, back };
        let plan = Plan { nodes: 10, until_ms: 10_000, faults: vec![partition, crash] };
        let mut world = world(&plan, None, 1);
        world.run_until(after(at), 1_000_000);
        let with = world.tally().of(Happening::RestartedWithDisk);
        let without = world.tally().of(Happening::RestartedWithoutDisk);
        (world.nodes().machine(3).map(|machine| machine.number), with, without)
    };
    assert_eq!(number(true, 4_999).0, Some(NUMBER));
    assert_eq!(number(true, 5_500), (None, 0, 0));
    assert_eq!(number(true, 9_000), (Some(NUMBER), 1, 0));
    assert_eq!(number(false, 9_000), (Some(0), 0, 1));
}

#[test]
fn a_slow_node_takes_its_time_for_each_input() {
    let during = Stretch { at_ms: 0, for_ms: 10_000 };
    let world = ten_seconds(vec![Fault::Slow { node: 4, during, by_ms: 300 }]);
    let heard = heard_by(notes(&world), 4, 0, 10_000);
    assert!(heard.len() > 5, "{heard:?}");
    let apart = heard.windows(2).map(|pair| pair[1].at.nanoseconds() - pair[0].at.nanoseconds());
    assert!(apart.min() >= Some(300_000_000));
    assert!(world.tally().of(Happening::Waited) > 30);
    assert!(heard.len() < heard_by(notes(&world), 5, 0, 10_000).len() / 2);
}

#[test]
fn nodes_come_and_go() {
    let arrive = Fault::Arrive { node: 10, at_ms: 3_000 };
    let leave = Fault::Leave { node: 6, at_ms: 5_000 };
    let world = ten_seconds(vec![arrive, leave]);
    assert_eq!(heard_by(notes(&world), 10, 0, 3_000), []);
    assert!(!heard_by(notes(&world), 10, 3_000, 10_000).is_empty());
    assert!(!heard_by(notes(&world), 6, 0, 5_000).is_empty());
    assert_eq!(heard_by(notes(&world), 6, 5_000, 10_000), []);
    let tally = world.tally();
    assert_eq!((tally.of(Happening::Arrived), tally.of(Happening::Left)), (1, 1));
    assert!(world.nodes().machine(6).is_none());
}

#[test]
fn a_run_without_the_fault_that_it_is_about_is_told() {
    let world = ten_seconds(vec![]);
    let floor = Floor { happening: Happening::Crashed, at_least: 1 };
    assert_eq!(world.tally().below(&[floor]), ["crashes: 0, but at least 1 are demanded"]);
}
