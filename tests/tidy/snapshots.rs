//! Every snapshot belongs to an instance or to a part of conformance, and every instance of the ci
//! tier has one.

use std::collections::BTreeSet;

use straightedge_models::engine::Tier;

use super::repository::files;

fn strays(files: &[String], expected: &BTreeSet<String>) -> Vec<String> {
    let present: BTreeSet<String> = files.iter().cloned().collect();
    let orphans = present.difference(expected).map(|path| format!("{path} belongs to nothing"));
    let missing = expected.difference(&present).map(|path| format!("{path} is missing"));
    orphans.chain(missing).collect()
}

#[test]
fn an_orphan_and_a_missing_snapshot_are_found() {
    let files = ["snapshots/a/b.snap", "snapshots/a/c.snap.new"].map(str::to_owned);
    let expected = ["snapshots/a/b.snap", "snapshots/a/mutants.snap"].map(str::to_owned);
    assert_eq!(
        strays(&files, &expected.into_iter().collect()),
        ["snapshots/a/c.snap.new belongs to nothing", "snapshots/a/mutants.snap is missing",]
    );
}

#[test]
fn snapshots_are_those_of_the_instances() {
    let mut expected = BTreeSet::new();
    for system in straightedge_models::systems() {
        let name = system.name;
        let instances = system.instances.iter().filter(|instance| instance.tier() == Tier::Ci);
        expected.extend(instances.map(|i| format!("snapshots/{name}/{}.snap", i.name())));
        if !system.mutants.is_empty() {
            expected.insert(format!("snapshots/{name}/mutants.snap"));
        }
    }
    for system in ["load_manager", "mapreduce", "chord", "coral"] {
        let parts = ["interleavings", "steps", "controls", "faults"];
        expected.extend(parts.map(|part| format!("snapshots/{system}/conformance_{part}.snap")));
    }
    assert!(!expected.is_empty(), "no snapshot is expected");
    super::assert_tidy(&strays(&files("snapshots"), &expected));
}
