//! The master and its workers, with messages lost, doubled and overtaken, workers that crash, are
//! suspected wrongly and replaced, and peers that say whatever they like.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::common::{Cluster, give, hasty};
use proptest::collection::vec;
use proptest::prelude::*;
use straightedge_impl::machine::{Input, Nonce, Time};
use straightedge_impl::mapreduce::{
    Address, AttemptId, Barrier, Config, Counters, MapOutput, Master, MasterCommand, MasterTimer,
    Message, Task, Worker, WorkerCommand, WorkerId, WorkerTimer, invariant,
};

/// So many cases, of which none is remembered in a file.
fn runs(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

const MOST_STEPS: u32 = 20_000;

/// What befalls a cluster: which of the things that can happen next does.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Arrive(u16),
    Lose(u16),
    Double(u16),
    Work(u16),
    Fail(u16),
    Wait(u16),
    Crash(u16),
    Replace(u16),
    Suspect(u16),
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        30 => any::<u16>().prop_map(Fate::Arrive),
        20 => any::<u16>().prop_map(Fate::Work),
        6 => any::<u16>().prop_map(Fate::Wait),
        2 => any::<u16>().prop_map(Fate::Lose),
        3 => any::<u16>().prop_map(Fate::Double),
        1 => any::<u16>().prop_map(Fate::Fail),
        1 => any::<u16>().prop_map(Fate::Crash),
        1 => any::<u16>().prop_map(Fate::Replace),
        1 => any::<u16>().prop_map(Fate::Suspect),
    ]
}

fn befall(cluster: &mut Cluster, fate: Fate) {
    let ids: Vec<WorkerId> = cluster.workers.keys().copied().collect();
    let known: Vec<WorkerId> = cluster.master.workers().keys().copied().collect();
    let (Fate::Arrive(number)
    | Fate::Lose(number)
    | Fate::Double(number)
    | Fate::Work(number)
    | Fate::Fail(number)
    | Fate::Wait(number)
    | Fate::Crash(number)
    | Fate::Replace(number)
    | Fate::Suspect(number)) = fate;
    let choices = match fate {
        Fate::Arrive(_) | Fate::Lose(_) | Fate::Double(_) => cluster.under_way.len(),
        Fate::Work(_) | Fate::Fail(_) => cluster.jobs.len(),
        Fate::Wait(_) => 1,
        // Somebody is left.
        Fate::Crash(_) => ids.len().saturating_sub(1),
        Fate::Replace(_) => ids.len(),
        Fate::Suspect(_) => known.len(),
    };
    let Some(place) = usize::from(number).checked_rem(choices) else { return };
    match fate {
        Fate::Arrive(_) => cluster.deliver(place),
        Fate::Lose(_) => drop(cluster.under_way.remove(place)),
        Fate::Double(_) => cluster.under_way.push(cluster.under_way[place].clone()),
        Fate::Work(_) => cluster.work(place),
        // By chance, on a record of its own: nothing fails twice.
        Fate::Fail(_) => cluster.fail(place, Some(u64::from(number))),
        Fate::Wait(_) => assert!(cluster.wait() || cluster.master.end().is_some()),
        Fate::Crash(_) => cluster.crash(ids[place]),
        Fate::Replace(_) => cluster.replace(ids[place]),
        Fate::Suspect(_) => cluster.suspect(known[place]),
    }
}

fn config() -> impl Strategy<Value = Config> {
    (0_u32..5, 0_u32..4, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(maps, reduces, is_shared, is_early, backups)| {
            let mut config = hasty(maps, reduces);
            config.backups = backups;
            if is_shared {
                config.map_output = MapOutput::SharedFileSystem;
            }
            if !is_early {
                config.barrier = Barrier::Assignment;
            }
            config.limits.skips = 1000;
            config.limits.failures = 1000;
            config
        },
    )
}

proptest! {
    #![proptest_config(runs(400))]

    /// Whatever happens first, the job is done in the end.
    #[test]
    fn a_job_is_done_in_spite_of_everything(
        config in config(),
        workers in 1_u16..5,
        fates in vec(fate(), 0..400),
    ) {
        let mut cluster = Cluster::new(config, workers);
        for fate in fates {
            befall(&mut cluster, fate);
        }
        prop_assert!(cluster.run_to_the_end(MOST_STEPS).is_some(), "not done: {cluster:#?}");
        cluster.assert_done();
    }
}

fn worker_id() -> impl Strategy<Value = WorkerId> {
    (0_u16..3, 0_u32..3).prop_map(|(machine, incarnation)| WorkerId { machine, incarnation })
}

fn attempt_id() -> impl Strategy<Value = AttemptId> {
    (worker_id(), 0_u32..6).prop_map(|(worker, number)| AttemptId { worker, number })
}

fn task() -> impl Strategy<Value = Task> {
    (any::<bool>(), number())
        .prop_map(|(is_map, task)| if is_map { Task::Map(task) } else { Task::Reduce(task) })
}

/// Mostly one that matters.
fn number() -> impl Strategy<Value = u32> {
    prop_oneof![9 => 0_u32..5, 1 => any::<u32>()]
}

fn counters() -> impl Strategy<Value = Counters> {
    let counters = proptest::collection::btree_map("[ab]", any::<u64>(), 0..3);
    counters.prop_map(Counters)
}

fn message() -> impl Strategy<Value = Message> {
    let region = || (number(), proptest::option::of(attempt_id()));
    let asks = prop_oneof![
        number().prop_map(|after| Message::Ask { after }),
        number().prop_map(|running| Message::Beat { running }),
        (number(), task(), counters()).prop_map(|(number, task, counters)| Message::Complete {
            number,
            task,
            counters
        }),
        (number(), task(), proptest::option::of(any::<u64>()))
            .prop_map(|(number, task, record)| Message::Failed { number, task, record }),
        (number(), vec(region(), 0..3))
            .prop_map(|(number, regions)| Message::Lack { number, regions }),
        (number(), counters())
            .prop_map(|(number, counters)| Message::AskCommit { number, counters }),
    ];
    let orders = prop_oneof![
        (number(), task(), vec(any::<u64>(), 0..2), number(), vec((number(), attempt_id()), 0..3))
            .prop_map(|(number, task, skip, maps, locations)| Message::Assign {
                number,
                task,
                skip,
                maps,
                locations
            }),
        (number(), number(), attempt_id()).prop_map(|(number, map, at)| Message::Location {
            number,
            map,
            at
        }),
        number().prop_map(|number| Message::Grant { number }),
        number().prop_map(|number| Message::Drop { number }),
        number().prop_map(|number| Message::Ack { number }),
        Just(Message::Ping),
    ];
    prop_oneof![20 => asks, 20 => orders, 1 => Just(Message::Dismissed), 1 => Just(Message::Ended)]
}

fn master_input() -> impl Strategy<Value = Input<Address, Message, MasterTimer, MasterCommand>> {
    let from = prop_oneof![20 => worker_id().prop_map(Address::Worker), 1 => Just(Address::Master)];
    let timer = prop_oneof![
        worker_id().prop_map(MasterTimer::Silence),
        Just(MasterTimer::Preempt),
        Just(MasterTimer::Finish),
    ];
    let command = prop_oneof![
        task().prop_map(MasterCommand::Prefer),
        (number(), any::<bool>())
            .prop_map(|(reduce, is_published)| MasterCommand::Settled { reduce, is_published }),
    ];
    let fresh = Nonce(0);
    prop_oneof![
        12 => (from, message()).prop_map(|(from, message)| Input::Message { from, message }),
        2 => timer.prop_map(move |timer| Input::Timer { timer, fresh }),
        2 => command.prop_map(move |command| Input::Command { command, fresh }),
    ]
}

fn worker_input() -> impl Strategy<Value = Input<Address, Message, WorkerTimer, WorkerCommand>> {
    let from = prop_oneof![1 => worker_id().prop_map(Address::Worker), 20 => Just(Address::Master)];
    let timer = prop_oneof![
        Just(WorkerTimer::Ask),
        Just(WorkerTimer::Beat),
        Just(WorkerTimer::Resend),
        Just(WorkerTimer::Lack),
    ];
    let command =
        prop_oneof![
            Just(WorkerCommand::Start),
            (number(), counters())
                .prop_map(|(number, counters)| WorkerCommand::Mapped { number, counters }),
            (number(), number(), attempt_id())
                .prop_map(|(number, map, from)| WorkerCommand::Fetched { number, map, from }),
            (number(), number(), attempt_id())
                .prop_map(|(number, map, from)| WorkerCommand::Unreadable { number, map, from }),
            (number(), counters())
                .prop_map(|(number, counters)| WorkerCommand::Reduced { number, counters }),
            number().prop_map(|number| WorkerCommand::Published { number }),
            number().prop_map(|number| WorkerCommand::Refused { number }),
            (number(), proptest::option::of(any::<u64>()))
                .prop_map(|(number, record)| WorkerCommand::Failed { number, record }),
        ];
    let fresh = Nonce(0);
    prop_oneof![
        12 => (from, message()).prop_map(|(from, message)| Input::Message { from, message }),
        2 => timer.prop_map(move |timer| Input::Timer { timer, fresh }),
        6 => command.prop_map(move |command| Input::Command { command, fresh }),
    ]
}

proptest! {
    #![proptest_config(runs(600))]

    /// Whatever comes, the master does not panic, its assertions hold, and what it refuses leaves
    /// it as it was.
    #[test]
    fn the_master_takes_anything(config in config(), inputs in vec(master_input(), 0..120)) {
        let mut master = Master::new(config);
        for (moment, input) in (0..).zip(inputs) {
            give(&mut master, Time::from_nanoseconds(moment), input, invariant::holds_of_master);
        }
    }

    /// So does a worker.
    #[test]
    fn a_worker_takes_anything(inputs in vec(worker_input(), 0..120)) {
        let id = WorkerId { machine: 1, incarnation: 1 };
        let mut worker = Worker::new(hasty(3, 3).of_a_worker(), id);
        let fresh = Nonce(0);
        let start = Input::Command { command: WorkerCommand::Start, fresh };
        give(&mut worker, Time::ORIGIN, start, invariant::holds_of_worker);
        for input in inputs {
            give(&mut worker, Time::ORIGIN, input, invariant::holds_of_worker);
        }
    }
}
