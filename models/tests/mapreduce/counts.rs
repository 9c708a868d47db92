//! How many states MapReduce's instances reach: equal to stateright's own search, and to the sum of
//! the orbits where workers are alike.

use crate::common;

use straightedge_models::engine::Limits;
use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::symmetry::{audit, orbit};
use straightedge_models::mapreduce::property::safety_claims;
use straightedge_models::mapreduce::{Commit, MapReduce, system};

fn build<T>(job: &MapReduce, symmetry: bool, body: impl Fn(&Graph<MapReduce>) -> T) -> T {
    unattended(Limits { threads: 2, ..Limits::default() }, |run| {
        let graph = Graph::build(job, Build { symmetry, ..Build::default() }, run);
        assert_eq!(graph.bound(), None, "the whole graph is built");
        body(&graph)
    })
}

/// States, steps and depth.
fn counts(job: &MapReduce) -> (usize, u64, usize) {
    build(job, false, |graph| (graph.len(), graph.transitions(), graph.depth()))
}

#[test]
fn stateright_counts_the_same_states() {
    common::system::assert_stateright_agrees(&system(), 20);
}

#[test]
fn a_combiner_changes_no_step() {
    let job = MapReduce::new(2, 1, 2);
    assert_eq!(counts(&job), counts(&MapReduce { combiner: true, ..job }));
}

#[test]
fn backups_are_what_makes_the_space_large() {
    let job = MapReduce::new(2, 2, 2).with_faults(1, 0);
    assert_eq!(counts(&job), (122_100, 514_068, 34));
    assert_eq!(counts(&MapReduce { backups: false, ..job }), (3_813, 10_162, 27));
}

#[test]
fn versions_are_told_apart_only_where_they_differ() {
    let job = MapReduce::new(1, 2, 2).with_faults(0, 1);
    let (one_version, ..) = counts(&job);
    let (versions, ..) = counts(&MapReduce { deterministic: false, ..job });
    assert_eq!((one_version, versions), (13_049, 16_663));
}

#[test]
fn the_orbits_of_the_workers_add_up_to_the_whole() {
    let plain = MapReduce::new(1, 1, 3).with_faults(1, 0);
    let versioned = MapReduce { deterministic: false, ..plain };
    let coordinated = MapReduce { commit: Commit::Coordinator, ..plain };
    for (job, whole, orbits) in
        [(plain, 11_341, 1_923), (versioned, 13_753, 2_325), (coordinated, 8_806, 1_493)]
    {
        let (quotient, sum) = build(&job, true, |graph| {
            assert_eq!(audit(&job, graph.states(), &safety_claims(&job)), Ok(()));
            let members = |state| orbit(&job, state).len();
            (graph.len(), graph.states().iter().map(members).sum::<usize>())
        });
        assert_eq!((counts(&job).0, quotient, sum), (whole, orbits, whole));
    }
}
