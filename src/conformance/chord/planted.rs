//! The faults that can be planted in a node, and how each is found.

use straightedge_impl::chord::{FAULTS, Planted};
use straightedge_models::engine::{Run, Tier};

use super::super::cover::Until;
use super::super::planted::{self, Found};
use super::super::search::NEAR;
use super::cover::{SUBJECTS, Subject};
use super::instances::{Instance, REMEMBERED, Variation, instance};

/// The faults that honest nodes show while they maintain the ring.
pub fn faults() -> impl Iterator<Item = &'static Planted> {
    FAULTS.iter().filter(|planted| planted.is_of_the_ring)
}

/// Where short runs are looked for: with churn, with an answer that comes twice, with lists of
/// two, and with a node that is remembered.
fn grounds() -> Vec<Instance> {
    let three = instance("three_nodes_one_successor", 3, 1);
    let twice = Instance::named("three_nodes_one_duplicate");
    let four = instance("four_nodes_two_successors", 4, 2);
    [three].into_iter().chain(twice).chain([four, REMEMBERED]).collect()
}

/// A graph with every procedure whose steps are taken in an instant.
pub const SMALL: &str = "corrected_four_nodes_two_successors_without_rejoin";

/// Looks for a fault in both directions.
#[must_use]
pub fn find(planted: &Planted, run: &Run<'_>) -> Found {
    let variation = Variation { fault: Some(planted.fault), ..Variation::NONE };
    let covers = |subject: &Subject| {
        let covered = subject.cover(variation, Until::TheFirst, run);
        covered.missing.into_iter().next().map(|missing| (subject.name, missing))
    };
    let searches = |instance: Instance| {
        let searched = instance.hunt(variation, NEAR, run);
        searched.difference.map(|difference| (instance.name, difference))
    };
    let search = grounds().into_iter().find_map(searches);
    // The small graph says how many steps it takes; the others are for what nothing else finds.
    let mut subjects = SUBJECTS.iter().filter(|subject| subject.tier == Tier::Ci);
    let small = subjects.clone().find(|subject| subject.name == SMALL).and_then(covers);
    let is_found = small.is_some() || search.is_some();
    let cover = if is_found { small } else { subjects.find_map(covers) };
    let Planted { name, stands_for, twin, .. } = *planted;
    let planted = planted::Planted { name, stands_for, twin, beyond: None };
    let is_interrupted = run.interruption().is_some();
    Found { cover, whole: Some(SMALL), search, is_interrupted, ..planted.unfound() }
}
