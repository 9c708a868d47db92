//! The parts of which holding Chord's nodes against its model consists.

use straightedge_models::engine::Tier;

use super::super::cover::Until;
use super::super::part::Part;
use super::controls::CONTROLS;
use super::cover::SUBJECTS;
use super::instances::{INSTANCES, Variation};
use super::planted;
use super::random::SETTINGS;
use super::upper;
use super::upper::cover::cover_above;

/// The whole: exhaustive, cover, controls, random.
#[must_use]
pub fn parts(tier: Tier, seed: u64, cases: u32) -> Vec<Part> {
    [searches(tier), covers(tier), controls(), random(seed, cases)].concat()
}

/// Every interleaving of the instances of that tier.
#[must_use]
pub fn searches(tier: Tier) -> Vec<Part> {
    let instances = INSTANCES.iter().chain(upper::instances::INSTANCES);
    let instances = instances.filter(|instance| instance.tier <= tier);
    let part = |instance: &'static super::instances::Instance| {
        Part::search(instance.name, |run| instance.search(Variation::NONE, run))
    };
    instances.map(part).collect()
}

/// Every step of the graphs of that tier.
#[must_use]
pub fn covers(tier: Tier) -> Vec<Part> {
    let subjects = SUBJECTS.iter().filter(|subject| subject.tier <= tier);
    let part = |subject: &'static super::cover::Subject| {
        Part::cover(subject.name, |run| subject.cover(Variation::NONE, Until::TheEnd, run))
    };
    subjects.map(part).chain(covers_above(tier)).collect()
}

/// Every step of the graphs of that tier of what is above the ring.
fn covers_above(tier: Tier) -> impl Iterator<Item = Part> {
    let subjects = upper::cover::SUBJECTS.iter().filter(move |subject| subject.tier <= tier);
    subjects.map(|subject| {
        Part::cover(subject.name, |run| cover_above(subject, Variation::NONE, Until::TheEnd, run))
    })
}

/// Every rule left out.
#[must_use]
pub fn controls() -> Vec<Part> {
    let part = |control: &'static super::controls::Control| {
        Part::control(control.rule.name, |run| control.check(run))
    };
    CONTROLS.iter().chain(upper::controls::CONTROLS).map(part).collect()
}

/// So many random runs in each setting.
#[must_use]
pub fn random(seed: u64, cases: u32) -> Vec<Part> {
    let part = |setting: &'static super::random::Setting| {
        let name = setting.name;
        Part::random(name, move |run| setting.try_out(Variation::NONE, seed, cases, run))
    };
    SETTINGS.iter().map(part).chain(random_above(seed, cases)).collect()
}

/// The same of what is above the ring, one run for eight: they are long, and at each of their steps
/// the whole ring is looked at.
fn random_above(seed: u64, cases: u32) -> impl Iterator<Item = Part> {
    let cases = cases.div_ceil(8);
    upper::random::SETTINGS.iter().map(move |setting| {
        Part::random(setting.name, move |run| {
            upper::random::try_out(setting, Variation::NONE, seed, cases, run)
        })
    })
}

/// Every fault.
#[must_use]
pub fn faults() -> Vec<Part> {
    let part = |planted: &'static straightedge_impl::chord::Planted| {
        Part::fault(planted.name, |run| planted::find(planted, run))
    };
    let above = |planted: &'static straightedge_impl::chord::Planted| {
        Part::fault(planted.name, |run| upper::planted::find(planted, run))
    };
    planted::faults().map(part).chain(upper::planted::faults().map(above)).collect()
}
