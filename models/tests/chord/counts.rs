//! How many states Chord's variants reach: equal to an independent program's counts, and to
//! stateright's own search.

use straightedge_models::chord::upper::instance::{fingers, rows};
use straightedge_models::chord::{Assembly, Chord, Pending, system};
use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::{Checkable, Limits, Row, Tier};

use crate::common::system::check;

/// States, steps, and levels of the breadth-first search (the first state is on the first).
fn counts(chord: &Chord) -> (usize, u64, usize) {
    let limits = Limits { threads: 2, ..Limits::default() };
    unattended(limits, |run| {
        let graph = Graph::build(chord, Build::default(), run);
        assert_eq!(graph.bound(), None, "the whole graph is built");
        (graph.len(), graph.transitions(), graph.depth() + 1)
    })
}

fn states(chord: &Chord) -> usize {
    counts(chord).0
}

fn shared(nodes: u8, r: usize) -> Chord {
    Chord::corrected(nodes, r).pending(Pending::SharedSlot)
}

#[test]
fn the_single_slot_reaches_as_many_states_as_published_semantics_repaired() {
    assert_eq!(counts(&shared(3, 2)), (7, 21, 3));
    assert_eq!(counts(&shared(4, 3)), (15, 60, 4));
    assert_eq!(counts(&shared(4, 2)), (2_577, 12_224, 32));
    assert_eq!(counts(&shared(5, 3)), (17_851, 103_210, 41));
    assert_eq!(counts(&shared(5, 2)), (777_771, 5_375_975, 54));
    assert_eq!(counts(&shared(6, 2).without_rejoin()), (334_167, 2_118_220, 32));
}

#[test]
fn a_slot_for_the_best_notifier_doubles_the_states_of_four_nodes() {
    assert_eq!(counts(&Chord::corrected(4, 2)), (5_464, 36_308, 32));
    assert_eq!(counts(&Chord::corrected(5, 3)), (50_282, 413_525, 46));
    assert_eq!(states(&Chord::corrected(5, 2).without_rejoin()), 20_191);
    // Which notifier is kept changes the steps that lead to a state, not the states.
    let overwritten = Chord::corrected(4, 2).pending(Pending::OverwrittenSlot);
    assert_eq!(counts(&overwritten), (5_464, 36_308, 29));
}

#[test]
fn five_nodes_that_join_again_reach_millions_of_states() {
    assert_eq!(counts(&Chord::corrected(5, 2)), (3_666_013, 35_306_115, 60));
}

#[test]
fn leaving_adds_steps_and_no_states() {
    let (states, steps, levels) = counts(&Chord::corrected(4, 2));
    let leaving = counts(&Chord::corrected(4, 2).with_leave());
    assert_eq!((leaving.0, leaving.2), (states, levels));
    assert!(leaving.1 > steps);
}

#[test]
fn the_original_protocol_reaches_as_many_states_as_counted_elsewhere() {
    let once = |assembly| states(&Chord::original(4, assembly).without_rejoin());
    assert_eq!(once(Assembly::RAW), 17_430);
    assert_eq!(once(Assembly::RAW.published_failures()), 18_006);
    assert_eq!(once(Assembly::FIXED.published_failures()), 13_676);
    assert_eq!(states(&Chord::original(3, Assembly::FIXED)), 5_449);
    assert_eq!(states(&Chord::original(5, Assembly::FIXED).without_rejoin()), 555_881);
    assert_eq!(states(&Chord::original(5, Assembly::RAW).without_rejoin()), 999_295);
}

#[test]
fn the_original_protocol_with_nodes_that_join_again_is_counted_too() {
    assert_eq!(states(&Chord::original(4, Assembly::RAW)), 4_174_467);
    assert_eq!(states(&Chord::original(4, Assembly::FIXED)), 3_183_555);
}

#[test]
fn the_published_failure_rule_lets_more_states_through() {
    assert_eq!(states(&Chord::original(4, Assembly::RAW.published_failures())), 4_191_458);
    assert_eq!(states(&Chord::original(4, Assembly::FIXED.published_failures())), 3_912_294);
}

#[test]
fn a_permanent_base_leaves_little_to_reach() {
    let base = |nodes, assembly| {
        states(&Chord::original(nodes, assembly).initial_ring(3).permanent_base())
    };
    assert_eq!(base(4, Assembly::BEST), 18);
    assert_eq!(base(4, Assembly::FIXED), 540);
}

#[test]
fn stateright_counts_the_same_states() {
    let system = system();
    for name in [
        "corrected_four_nodes_two_successors",
        "corrected_four_nodes_shared_slot",
        "corrected_four_nodes_notifier_set",
        "corrected_five_nodes_three_successors",
        "original_four_nodes",
        "original_four_nodes_best",
    ] {
        let instance = system.instance(name);
        let limits = Limits { threads: 1, ..Limits::default() };
        let report = instance.map(|instance| unattended(limits, |run| instance.check(None, run)));
        let own = report.and_then(Result::ok).map(|report| report.states);
        let counted = instance.and_then(Checkable::stateright_count);
        assert!(own.is_some(), "{name}");
        assert_eq!(counted, own, "{name}");
    }
}

/// Every instance of the ci tier that has more than the ring, or a model of its own above it.
#[test]
fn stateright_counts_the_same_states_above_the_ring() {
    let system = system();
    let mut compared = 0;
    for (name, chord) in rows().into_iter().filter_map(Row::of_ci) {
        let counted = system.instance(name).and_then(Checkable::stateright_count);
        assert_eq!(counted, Some(states(&chord) as u64), "{name}");
        compared += 1;
    }
    for instance in fingers().iter().filter(|instance| instance.tier() == Tier::Ci) {
        let Some(counted) = instance.stateright_count() else { continue };
        assert_eq!(counted, check(instance.as_ref(), None).states, "{}", instance.name());
        compared += 1;
    }
    assert!(compared >= 21, "only {compared} instances were compared");
}
