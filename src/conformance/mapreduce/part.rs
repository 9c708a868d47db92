//! The parts of which holding MapReduce's machines against their model consists.

use straightedge_impl::mapreduce::{FAULTS, Planted};
use straightedge_models::engine::Tier;

use super::super::cover::Until;
use super::super::part::Part;
use super::controls::{CONTROLS, Control};
use super::cover::{SUBJECTS, Subject};
use super::instances::{INSTANCES, Instance, Variation};
use super::planted;
use super::random::{SETTINGS, Setting};

/// The whole: exhaustive, cover, controls, random.
#[must_use]
pub fn parts(tier: Tier, seed: u64, cases: u32) -> Vec<Part> {
    [searches(tier), covers(tier), controls(), random(seed, cases)].concat()
}

/// Every interleaving of the instances of that tier.
#[must_use]
pub fn searches(tier: Tier) -> Vec<Part> {
    let instances = INSTANCES.iter().filter(|instance| instance.tier <= tier);
    let part = |instance: &'static Instance| {
        Part::search(instance.name, |run| instance.search(Variation::NONE, run))
    };
    instances.map(part).collect()
}

/// Every step of the graphs of that tier.
#[must_use]
pub fn covers(tier: Tier) -> Vec<Part> {
    let subjects = SUBJECTS.iter().filter(|subject| subject.tier <= tier);
    let part = |subject: &'static Subject| {
        Part::cover(subject.name, |run| subject.cover(Variation::NONE, Until::TheEnd, run))
    };
    subjects.map(part).collect()
}

/// Every assumption left out.
#[must_use]
pub fn controls() -> Vec<Part> {
    let part =
        |control: &'static Control| Part::control(control.rule.name, |run| control.check(run));
    CONTROLS.iter().map(part).collect()
}

/// So many random runs in each setting.
#[must_use]
pub fn random(seed: u64, cases: u32) -> Vec<Part> {
    let part = |setting: &'static Setting| {
        let name = setting.name;
        Part::random(name, move |run| setting.try_out(Variation::NONE, seed, cases, run))
    };
    SETTINGS.iter().map(part).collect()
}

/// Every fault.
#[must_use]
pub fn faults() -> Vec<Part> {
    let part = |planted: &'static Planted| {
        Part::fault(planted.name, move |run| planted::find(planted, run))
    };
    FAULTS.iter().map(part).collect()
}
