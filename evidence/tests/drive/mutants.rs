//! A model passes as its own implementation, and each faulty one fails with a short run.

use straightedge_evidence::drive::Options;
use straightedge_evidence::outcome::Outcome;

use crate::common::{Model, brief, driven, walk};

/// What is driven.
const INSTANCES: [(&str, &str); 3] = [
    ("chord", "corrected_four_nodes_two_successors"),
    ("chord", "keys_four_nodes_two_successors"),
    ("mapreduce", "two_maps_one_reduce_one_crash"),
];

/// Faults of what only the environment does, which nobody who is driven can do wrong.
const OF_THE_ENVIRONMENT: &[&str] = &["fail_at_the_last_principals"];

/// Two attempts at a reduce of two maps that both rename take this many steps.
const LONGEST: usize = 14;

#[test]
fn a_model_that_implements_itself_is_accepted_with_every_step_taken() {
    for (system, instance) in INSTANCES {
        let model = walk(system, instance, None);
        let mut own = Model::new(walk(system, instance, None));
        let options = Options { steps: 1_000_000, ..brief() };
        let drive = driven(model.as_ref(), &mut own, &options);
        eprintln!("{system}: {:?} {:?}", drive.coverage, drive.counts);
        assert_eq!(drive.outcome, Outcome::Accepted, "{system}");
        assert!(drive.coverage.is_whole);
        assert_eq!(drive.coverage.exercised, drive.coverage.transitions);
    }
}

#[test]
fn each_faulty_model_of_the_instance_is_rejected_with_a_run_of_a_few_steps() {
    let systems = straightedge_models::systems();
    let (mut count, mut missed) = (0, Vec::new());
    for (system, instance) in INSTANCES {
        let known = systems.iter().find(|known| known.name == system).unwrap();
        for mutant in known.mutants.iter().filter(|mutant| mutant.instance == instance) {
            if OF_THE_ENVIRONMENT.contains(&mutant.name) {
                continue;
            }
            let model = walk(system, instance, None);
            let mut faulty = Model::new(walk(system, instance, Some(mutant.name)));
            let options = Options { steps: 1_000_000, refusals: 16, ..brief() };
            let drive = driven(model.as_ref(), &mut faulty, &options);
            let Outcome::Rejected(rejection) = &drive.outcome else {
                missed.push(mutant.name);
                continue;
            };
            let failing = drive.failing.as_ref().unwrap();
            eprintln!("{}: {} {:?}", mutant.name, rejection.sentence, failing.texts);
            assert!(failing.reproduced && failing.texts.len() <= LONGEST, "{}", mutant.name);
            count += 1;
        }
    }
    assert_eq!(missed, [""; 0]);
    assert!(count >= 3, "{count} mutants");
}
