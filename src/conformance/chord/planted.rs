//! The faults that can be planted in a node, and how each is found.

use serde::Serialize;
use straightedge_impl::chord::{FAULTS, Planted};
use straightedge_models::engine::{Run, Tier};

use super::cover::{Missing, SUBJECTS, Subject, Until};
use super::instances::{Instance, REMEMBERED, Variation, instance};
use super::search::{Difference, NEAR};

/// How a fault is found.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// The fault's name.
    pub fault: &'static str,
    /// The real mistake that it is an instance of.
    pub stands_for: &'static str,
    /// The same fault in the model, if it is there.
    pub twin: Option<&'static str>,
    /// A step of the model that the nodes do not take, and the graph that it is in.
    pub cover: Option<(&'static str, Missing)>,
    /// A shortest run of the network that the model does not explain, and its instance.
    pub search: Option<(&'static str, Difference)>,
    /// Whether the search came to an end of its own.
    pub is_interrupted: bool,
}

impl Found {
    /// Whether the fault is found at all.
    #[must_use]
    pub const fn is_found(&self) -> bool {
        self.cover.is_some() || self.search.is_some()
    }
}

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
    Found {
        fault: planted.name,
        stands_for: planted.stands_for,
        twin: planted.twin,
        cover,
        search,
        is_interrupted: run.interruption().is_some(),
    }
}
