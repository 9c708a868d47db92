//! The faults that can be planted above the ring, and how each is found.

use straightedge_impl::chord::{FAULTS, Planted};
use straightedge_models::engine::Run;

use super::super::super::cover::Until;
use super::super::super::planted::{self, Found, Way};
use super::super::super::search::FAR;
use super::super::instances::Variation;
use super::cover::{SUBJECTS, cover_above};
use super::instances::INSTANCES;

/// How each fault is found.
const WAYS: &[(&str, Way)] = &[
    ("answer_before_ready", Way::Search("keys_three_nodes_answering_when_ready")),
    ("delete_before_acknowledged", Way::Search("keys_three_nodes_one_joins")),
    ("transfer_to_wrong_neighbour", Way::Search("keys_three_nodes_one_joins")),
    ("follow_fingers_past_the_key", Way::Search("lookup_stale_fingers")),
    // Who does nothing does nothing wrong: what is missing is a step.
    ("do_not_repair", Way::Cover("keys_three_nodes_leave_with_handover")),
];

/// The faults that are found above the ring.
pub fn faults() -> impl Iterator<Item = &'static Planted> {
    let is_placed = |planted: &&Planted| WAYS.iter().any(|(name, _)| *name == planted.name);
    FAULTS.iter().filter(is_placed)
}

/// Looks for a fault in its place.
#[must_use]
pub fn find(planted: &Planted, run: &Run<'_>) -> Found {
    let variation = Variation { fault: Some(planted.fault), ..Variation::NONE };
    let search = |name: &str| {
        let instance = INSTANCES.iter().find(|instance| instance.name == name)?;
        let searched = instance.hunt(variation, FAR, run);
        searched.difference.map(|difference| (instance.name, difference))
    };
    let cover = |name: &str| {
        let subject = SUBJECTS.iter().find(|subject| subject.name == name)?;
        let covered = cover_above(subject, variation, Until::TheFirst, run);
        covered.missing.into_iter().next().map(|missing| (subject.name, missing))
    };
    let Planted { name, stands_for, twin, .. } = *planted;
    let planted = planted::Planted { name, stands_for, twin, beyond: None };
    planted.find(Way::of(name, WAYS), &[], search, cover, run)
}
