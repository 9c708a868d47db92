//! Each planted fault is noticed: by an assertion of a machine, by an output that is replaced or
//! lacks something, by counters that are wrong, or by a job that is not done.
#![cfg(feature = "faults")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::panic::{self, AssertUnwindSafe};

use crate::common::{Cluster, hasty};
use straightedge_impl::host::chance::Chance;
use straightedge_impl::mapreduce::{Barrier, Commit, FAULTS, Fault, WorkerId};

const MOST_STEPS: u32 = 6_000;
const SEEDS: u64 = 2_000;

/// What these checks cannot see, since it makes no difference to whether a job is done, and to
/// what its outputs are. Whoever compares each step with a model's can see it.
const UNSEEN: &[Fault] = &[
    // The regions of either execution will do.
    Fault::OverwriteLocationOnDuplicate,
    // Only a suspected worker is refused, and what it says does not count.
    Fault::CommitFailedButSuccess,
    // The attempt is told again as soon as it speaks of itself.
    Fault::KillBeforeLaunch,
    // The old completion has to be doubled, and late by a whole attempt of the same worker.
    Fault::AttemptNumberReused,
    // A backup too early costs time only.
    Fault::BackupWhileIdleTasks,
    // Its old attempts are known to have ended by their numbers.
    Fault::RejoinSameId,
    // A record that is left out leaves no trace where records have no content.
    Fault::SkipAfterOneFailure,
];

/// A cluster with this fault to which many things happen by chance.
fn run(fault: Option<Fault>, seed: u64) {
    let mut chance = Chance::new(seed);
    let mut config = hasty(1 + chance.below(3) as u32, 1 + chance.below(2) as u32);
    config.backups = chance.happens(700);
    if chance.happens(500) {
        config.barrier = Barrier::Assignment;
    }
    config.commit = Commit::Coordinator;
    config.limits.skips = 2;
    config.limits.failures = 1000;
    config.fault = fault;
    let has_bad_record = chance.happens(200);
    let mut cluster = Cluster::new(config, 2 + chance.below(2) as u16);
    for _ in 0..chance.below(150) {
        step(&mut cluster, &mut chance);
    }
    let is_left_out = !has_bad_record || cluster.fail_always_on(0, 7, MOST_STEPS);
    assert!(is_left_out, "a bad record is never left out");
    assert!(cluster.run_to_the_end(MOST_STEPS).is_some(), "not done");
    cluster.assert_done();
}

fn step(cluster: &mut Cluster, chance: &mut Chance) {
    let ids: Vec<WorkerId> = cluster.workers.keys().copied().collect();
    let mut place = |of: usize| chance.below(of as u64) as usize;
    let (message, job, worker) =
        (place(cluster.under_way.len()), place(cluster.jobs.len()), place(ids.len()));
    let (messages, jobs) = (cluster.under_way.len(), cluster.jobs.len());
    match place(100) {
        0..45 if messages > 0 => cluster.deliver(message),
        45..70 if jobs > 0 => cluster.work(job),
        70..78 => drop(cluster.wait()),
        78..82 if messages > 0 => drop(cluster.under_way.remove(message)),
        82..88 if messages > 0 => cluster.under_way.push(cluster.under_way[message].clone()),
        88..92 if ids.len() > 1 => cluster.crash(ids[worker]),
        92..95 if !ids.is_empty() => cluster.suspect(ids[worker]),
        95..98 if !ids.is_empty() => cluster.replace(ids[worker]),
        _ => {}
    }
}

#[test]
fn every_fault_is_noticed() {
    let former = panic::take_hook();
    panic::set_hook(Box::new(|_| ()));
    let is_noticed = |fault: Fault| {
        (0..SEEDS)
            .find(|&seed| panic::catch_unwind(AssertUnwindSafe(|| run(Some(fault), seed))).is_err())
    };
    let noticed: Vec<(Fault, Option<u64>)> =
        FAULTS.iter().map(|planted| (planted.fault, is_noticed(planted.fault))).collect();
    panic::set_hook(former);
    let missed: Vec<Fault> =
        noticed.iter().filter(|(_, seed)| seed.is_none()).map(|(fault, _)| *fault).collect();
    assert_eq!(missed, UNSEEN, "{noticed:?}");
}

#[test]
fn without_a_fault_nothing_is_noticed() {
    (0..SEEDS).for_each(|seed| run(None, seed));
}
