//! Rotations of the circle: one state may stand for all of its own, and only where nothing on the
//! circle is special.

use straightedge_models::chord::{Chord, property};
use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::symmetry::{audit, orbit};
use straightedge_models::engine::{Limits, Specification};

fn graph(chord: &Chord, symmetry: bool) -> Graph<Chord> {
    unattended(Limits::default(), |run| {
        let graph = Graph::build(chord, Build { symmetry, ..Build::default() }, run);
        assert_eq!(graph.bound(), None, "the whole graph is built");
        graph
    })
}

fn audited(chord: &Chord) -> Result<(), String> {
    audit(chord, graph(chord, false).states(), &property::safety_claims(chord))
}

#[test]
fn the_states_are_the_orbits_of_the_quotients_states() {
    for (chord, whole, quotient) in [
        (Chord::corrected(4, 2).every_rotation(), 5_464, 1_371),
        (Chord::corrected(5, 3).every_rotation(), 50_282, 10_058),
    ] {
        let orbits = graph(&chord, true);
        let sizes = orbits.states().iter().map(|state| orbit(&chord, state).len());
        assert_eq!((orbits.len(), sizes.sum::<usize>()), (quotient, whole));
        assert_eq!(graph(&chord, false).len(), whole);
    }
}

#[test]
fn steps_and_claims_do_not_tell_a_rotation_from_the_state() {
    for chord in [
        Chord::corrected(4, 2).every_rotation(),
        Chord::corrected(5, 3).every_rotation(),
        Chord::corrected(5, 2).without_rejoin().every_rotation(),
    ] {
        assert_eq!(audited(&chord), Ok(()));
    }
}

#[test]
fn the_audit_finds_made_up_entries_that_do_not_wrap() {
    let chord = Chord::corrected(4, 2).every_rotation().mutate("pad_without_wrap");
    let complaint = chord.map(|chord| audited(&chord));
    assert!(matches!(complaint, Some(Err(ref why)) if why.contains("are not the images")));
}

#[test]
fn a_ring_that_begins_in_one_place_names_no_symmetry() {
    let chord = Chord::corrected(4, 2);
    assert!(chord.generators(&chord.initial_state()).is_empty());
}
