//! Each planted fault is noticed: by an assertion of the machine, by whoever watches what goes in
//! and comes out, or by requests that are never answered.
#![cfg(feature = "faults")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod load_manager_common;

use std::panic::{self, AssertUnwindSafe};

use load_manager_common::{World, config, steps};
use straightedge_impl::host::chance::Chance;
use straightedge_impl::load_manager::{FAULTS, Fault};

const SEEDS: u64 = 3_000;

fn run(fault: Option<Fault>, seed: u64) {
    let mut chance = Chance::new(seed);
    let mut config = config(&mut chance);
    config.fault = fault;
    World::run(&config, &steps(&mut chance, 250));
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
    let missed: Vec<&(Fault, Option<u64>)> =
        noticed.iter().filter(|(_, seed)| seed.is_none()).collect();
    assert!(missed.is_empty(), "not noticed: {missed:?}, of {noticed:?}");
}

#[test]
fn without_a_fault_nothing_is_noticed() {
    (0..SEEDS / 3).for_each(|seed| run(None, seed));
}
