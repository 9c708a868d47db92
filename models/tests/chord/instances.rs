//! Chord's instances, claims and mutants: their names and sources.

use crate::common::system;
use straightedge_models::chord;

#[test]
fn names_are_unique_and_every_source_is_a_passage() {
    system::assert_names_and_sources(&chord::system(), "CHORD-", 79);
}
