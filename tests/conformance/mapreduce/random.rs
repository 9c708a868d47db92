//! Long runs of larger jobs.

use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use stateright::Model;
use straightedge::conformance::mapreduce::instances::Variation;
use straightedge::conformance::mapreduce::random::{SETTINGS, Setting};
use straightedge::conformance::mapreduce::refinement::effect;
use straightedge::conformance::random::{Tried, World};
use straightedge_impl::mapreduce::Fault;
use straightedge_models::engine::run::unattended;

use crate::limits;

fn try_out(setting: &Setting, fault: Option<Fault>, seed: u64, cases: u32) -> Tried {
    let variation = Variation { fault, ..Variation::NONE };
    unattended(limits(), |run| setting.try_out(variation, seed, cases, run))
}

#[test]
fn random_runs_are_explained_by_the_rules_and_show_everything() {
    for setting in SETTINGS {
        let tried = try_out(setting, None, 7, 100);
        assert_eq!(tried.difference, None, "{}", setting.name);
        assert_eq!((tried.cases, tried.is_interrupted), (100, false));
        assert_eq!(tried.below_floor(), Vec::<&str>::new(), "{:?}", tried.tally);
        assert!(tried.nodes > usize::from(setting.job.workers), "{} were up", tried.nodes);
    }
}

#[test]
fn the_same_seed_gives_the_same_runs_and_another_one_others() {
    let tallies = [3, 3, 4].map(|seed| try_out(&SETTINGS[0], None, seed, 5).tally);
    assert_eq!(tallies[0], tallies[1]);
    assert_ne!(tallies[0], tallies[2]);
}

#[test]
fn runs_that_never_get_anywhere_are_below_the_floor() {
    let tried = try_out(&SETTINGS[0], None, 7, 1);
    let idle = Tried { steps: 1_000_000, ..tried };
    assert!(idle.below_floor().contains(&"assign_map"), "{:?}", idle.tally);
}

#[test]
fn a_fault_is_found_in_a_large_job_and_its_run_is_shortened() {
    let setting = SETTINGS.last().unwrap();
    let tried = try_out(setting, Some(Fault::AssignToBusyWorker), 1, 20);
    let difference = tried.difference.unwrap();
    assert!(difference.steps.len() < 30, "{} steps", difference.steps.len());
    assert!(difference.because.contains("which no rule explains"), "{}", difference.because);
    let variation = Variation { fault: Some(Fault::AssignToBusyWorker), ..Variation::NONE };
    assert_eq!(setting.replay(variation, &difference.steps), Some(difference.clone()));
    assert_eq!(setting.replay(Variation::NONE, &difference.steps), None);
}

/// The rules as a state machine, and the network as what is tested: the numbers that are drawn
/// choose among what is possible. Returns the numbers to which a failing run was shrunk.
fn state_machine(setting: &Setting, fault: Option<Fault>, cases: u32) -> Result<(), Vec<u32>> {
    let variation = Variation { fault, ..Variation::NONE };
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let generator = TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]);
    let mut runner = TestRunner::new_with_rng(config, generator);
    let outcome = runner.run(&vec(any::<u32>(), 1..300), |draws| {
        let world = setting.course(variation);
        let mut state = world.network().init_states().remove(0);
        let mut reference = world.observe(&state);
        for drawn in draws {
            let Some(step) = world.pick(&state, drawn) else { continue };
            let Some(after) = world.network().after(&state, &step) else { continue };
            let seen = world.observe(&after);
            let is_explained =
                seen == reference || world.explanation(&reference, &step, &seen).is_some();
            if !is_explained {
                let why = format!("{:?}: {}", effect(&step), world.change(&reference, &seen));
                return Err(TestCaseError::fail(why));
            }
            (state, reference) = (after, seen);
        }
        Ok(())
    });
    match outcome {
        Ok(()) => Ok(()),
        Err(TestError::Fail(_, draws)) => Err(draws),
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
}

#[test]
fn as_a_state_machine_the_machines_follow_the_rules() {
    for setting in SETTINGS {
        assert_eq!(state_machine(setting, None, 60), Ok(()), "{}", setting.name);
    }
}

#[test]
fn a_state_machine_with_a_fault_is_shrunk_to_a_short_run() {
    let draws = state_machine(&SETTINGS[0], Some(Fault::NoResetInProgress), 60).unwrap_err();
    assert!(draws.len() < 120, "{} numbers", draws.len());
}
