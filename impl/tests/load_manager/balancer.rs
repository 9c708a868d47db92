//! The whole balancer among servers that fail: whatever happens, each request is answered once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::common::{Step, Tally, World, config, steps};
use proptest::prelude::{Strategy, any};
use proptest::test_runner::{Config as ProptestConfig, RngAlgorithm, TestRng, TestRunner};
use straightedge_impl::host::chance::Chance;

/// A run that does not end fails, and does not hang.
fn within(most: Duration, work: impl FnOnce() + Send + 'static) {
    let (sender, receiver) = mpsc::channel();
    let worker = thread::spawn(move || {
        work();
        let _ = sender.send(());
    });
    let end = receiver.recv_timeout(most);
    assert!(end != Err(mpsc::RecvTimeoutError::Timeout), "no end after {most:?}");
    if let Err(failure) = worker.join() {
        std::panic::resume_unwind(failure);
    }
}

fn scenario() -> impl Strategy<Value = (u64, Vec<Step>)> {
    let step = (any::<u8>(), any::<u16>(), any::<u16>());
    (any::<u64>(), proptest::collection::vec(step, 0..250))
}

#[test]
fn whatever_happens_each_request_is_answered_once() {
    within(Duration::from_mins(4), || {
        let config_of_runs =
            ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() };
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(config_of_runs, rng);
        let result = runner.run(&scenario(), |(seed, steps)| {
            World::run(&config(&mut Chance::new(seed)), &steps);
            Ok(())
        });
        assert!(result.is_ok(), "{result:?}");
    });
}

#[test]
fn everything_that_may_happen_happens() {
    within(Duration::from_mins(4), || {
        let mut tally = Tally::new();
        for seed in 0..1_000 {
            let mut chance = Chance::new(seed);
            let config = config(&mut chance);
            let watch = World::run(&config, &steps(&mut chance, 250));
            watch.tally.into_iter().for_each(|(what, times)| {
                *tally.entry(what).or_default() += times;
            });
        }
        for (what, floor) in [
            ("forwarded", 12_000),
            ("again", 1_000),
            ("referred", 2_000),
            ("done", 6_000),
            ("failed", 1_500),
            ("shed", 2_000),
            ("no server", 4_000),
            ("lost", 1_000),
            ("cut off", 300),
            ("abandoned", 200),
            ("up", 1_500),
            ("down", 900),
            ("slow start", 200),
            ("ejected", 300),
            ("drained", 500),
            ("replaced", 1_000),
            ("upgraded", 300),
            ("panic", 3_000),
            ("ignored", 5_000),
        ] {
            let times = tally.get(what).copied().unwrap_or(0);
            assert!(times >= floor, "`{what}` happened {times} times only: {tally:?}");
        }
    });
}
