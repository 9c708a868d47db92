//! The rules of the protocol, one by one.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use crate::common::{Cluster, hasty};
use straightedge_impl::machine::{Input, Nonce};
use straightedge_impl::mapreduce::{
    Address, AttemptId, Barrier, Config, Counters, Lock, MasterCommand, MasterDelivery, Message,
    Status, Task, WorkerId,
};

const MOST: u32 = 5_000;

fn id(machine: u16) -> WorkerId {
    WorkerId { machine, incarnation: 0 }
}

fn attempt(machine: u16, number: u32) -> AttemptId {
    AttemptId { worker: id(machine), number }
}

fn status(cluster: &Cluster, task: Task) -> Status {
    cluster.master.record(task).unwrap().status
}

/// Delivers every message, those included that are sent meanwhile.
fn deliver_all(cluster: &mut Cluster) {
    while !cluster.under_way.is_empty() {
        cluster.deliver(0);
    }
}

fn work_all(cluster: &mut Cluster) {
    while !cluster.jobs.is_empty() {
        cluster.work(0);
        deliver_all(cluster);
    }
}

fn say(cluster: &mut Cluster, worker: WorkerId, message: Message) {
    cluster.master_input(Input::Message { from: Address::Worker(worker), message });
}

fn prefer(cluster: &mut Cluster, task: Task) {
    let fresh = Nonce(0);
    cluster.master_input(Input::Command { command: MasterCommand::Prefer(task), fresh });
}

/// Two workers, one map done by each, and both wait with a reduce.
fn both_reduce() -> Cluster {
    let mut config = hasty(2, 2);
    config.backups = false;
    let mut cluster = Cluster::new(config, 2);
    deliver_all(&mut cluster);
    for _ in 0..2 {
        cluster.work(0);
        deliver_all(&mut cluster);
    }
    while !matches!(status(&cluster, Task::Reduce(1)), Status::InProgress) {
        assert!(cluster.wait());
        deliver_all(&mut cluster);
    }
    cluster
}

#[test]
fn a_suspected_workers_maps_are_done_again_and_its_words_do_not_count() {
    let mut config = hasty(2, 1);
    config.backups = false;
    let mut cluster = Cluster::new(config, 2);
    deliver_all(&mut cluster);
    cluster.work(0);
    deliver_all(&mut cluster);
    assert_eq!(status(&cluster, Task::Map(0)), Status::Completed(attempt(0, 1)));
    cluster.suspect(id(0));
    assert_eq!(status(&cluster, Task::Map(0)), Status::Idle);
    let task = Task::Map(0);
    let counters = Counters::default();
    say(&mut cluster, id(0), Message::Complete { number: 1, task, counters });
    assert_eq!(status(&cluster, task), Status::Idle);
    assert_eq!(cluster.under_way.pop().map(|(_, _, said)| said), Some(Message::Dismissed));
    say(&mut cluster, id(0), Message::Ask { after: 1 });
    assert!(!cluster.master.is_trusted(id(0)), "it has to come back as another");
    cluster.run_to_the_end(MOST).unwrap();
    cluster.assert_done();
}

#[test]
fn a_completed_reduce_is_not_done_again() {
    let mut cluster = both_reduce();
    while !status(&cluster, Task::Reduce(0)).is_completed() {
        cluster.work(0);
        deliver_all(&mut cluster);
    }
    let Status::Completed(by) = status(&cluster, Task::Reduce(0)) else { unreachable!() };
    cluster.crash(by.worker);
    cluster.suspect(by.worker);
    assert_eq!(status(&cluster, Task::Reduce(0)), Status::Completed(by));
    cluster.run_to_the_end(MOST).unwrap();
    cluster.assert_done();
}

#[test]
fn a_reduce_gives_way_where_nobody_is_free_to_redo_a_lost_map() {
    let mut cluster = both_reduce();
    // Its disk is lost before the other worker has read from it.
    cluster.crash(id(0));
    cluster.suspect(id(0));
    cluster.run_to_the_end(MOST).unwrap();
    cluster.assert_done();
    let gave_way = |told: &&MasterDelivery| matches!(told, MasterDelivery::Preempted { .. });
    assert_eq!(cluster.told.iter().filter(gave_way).count(), 1);
}

#[test]
fn a_permission_goes_to_one_attempt_and_is_taken_back_from_the_dead() {
    for has_published in [false, true] {
        let mut cluster = both_reduce();
        while cluster.master.lock(0).is_none() {
            cluster.work(0);
            deliver_all(&mut cluster);
        }
        let Some(Lock::Held(holder)) = cluster.master.lock(0) else { unreachable!() };
        if has_published {
            // It renames, and dies before it can say so.
            let publishes = |(worker, _): &(WorkerId, _)| *worker == holder.worker;
            let place = cluster.jobs.iter().position(publishes).unwrap();
            cluster.work(place);
            cluster.under_way.clear();
        }
        assert_eq!(cluster.outputs.contains_key(&0), has_published);
        cluster.crash(holder.worker);
        cluster.suspect(holder.worker);
        assert_eq!(cluster.master.lock(0), None);
        assert_eq!(status(&cluster, Task::Reduce(0)).is_completed(), has_published);
        cluster.run_to_the_end(MOST).unwrap();
        cluster.assert_done();
        assert_eq!(cluster.outputs[&0].0 == holder, has_published);
    }
}

#[test]
fn a_backup_joins_only_near_the_end_and_the_first_completion_counts() {
    let mut cluster = Cluster::new(hasty(2, 1), 2);
    deliver_all(&mut cluster);
    let backups = |cluster: &Cluster| {
        let is_backup = |told: &&MasterDelivery| {
            matches!(told, MasterDelivery::Assigned { is_backup: true, .. })
        };
        cluster.told.iter().filter(is_backup).count()
    };
    assert_eq!(backups(&cluster), 0, "each worker has a map of its own");
    // The second worker is done, and backs up the first one's map.
    cluster.work(1);
    deliver_all(&mut cluster);
    assert_eq!(backups(&cluster), 1);
    let live: Vec<AttemptId> = cluster.master.record(Task::Map(0)).unwrap().live().collect();
    assert_eq!(live, [attempt(0, 1), attempt(1, 2)]);
    cluster.work(1);
    deliver_all(&mut cluster);
    assert_eq!(status(&cluster, Task::Map(0)), Status::Completed(attempt(1, 2)));
    cluster.work(0);
    deliver_all(&mut cluster);
    assert_eq!(status(&cluster, Task::Map(0)), Status::Completed(attempt(1, 2)));
    work_all(&mut cluster);
    cluster.run_to_the_end(MOST).unwrap();
    cluster.assert_done();
}

#[test]
fn a_map_goes_to_the_machine_that_its_split_lies_on() {
    let mut config: Config = hasty(3, 1);
    config.near = [(2, BTreeSet::from([0])), (0, BTreeSet::from([1]))].into();
    let mut cluster = Cluster::new(config, 3);
    deliver_all(&mut cluster);
    let given = |machine| {
        let attempts =
            (0..3).filter(|map| cluster.master.is_live(Task::Map(*map), attempt(machine, 1)));
        attempts.collect::<Vec<u32>>()
    };
    assert_eq!([given(0), given(1), given(2)], [[2], [0], [1]]);
}

#[test]
fn the_operator_chooses_among_tasks() {
    let mut cluster = Cluster::new(hasty(3, 1), 1);
    prefer(&mut cluster, Task::Map(1));
    deliver_all(&mut cluster);
    assert!(cluster.master.is_live(Task::Map(1), attempt(0, 1)));
    assert_eq!(cluster.master.preferred(), None);
    // What may not be begun yet is not begun for being preferred.
    prefer(&mut cluster, Task::Reduce(0));
    cluster.work(0);
    deliver_all(&mut cluster);
    assert!(cluster.master.is_live(Task::Map(0), attempt(0, 2)));
    assert_eq!(cluster.master.preferred(), Some(Task::Reduce(0)));
}

#[test]
fn an_order_to_drop_may_come_before_the_task() {
    let mut config = hasty(1, 1);
    config.barrier = Barrier::Assignment;
    let mut cluster = Cluster::new(config, 1);
    let drop = (Address::Master, Address::Worker(id(0)), Message::Drop { number: 1 });
    cluster.deliver(0);
    cluster.under_way.insert(0, drop);
    cluster.deliver(0);
    deliver_all(&mut cluster);
    assert!(cluster.jobs.is_empty(), "the attempt was dropped before it came");
    assert_eq!(cluster.workers[&id(0)].seen(), 1);
}
