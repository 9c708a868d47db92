//! Long runs with more servers and requests.

use straightedge::conformance::load_manager::instances::Variation;
use straightedge::conformance::load_manager::random::{SETTINGS, Setting};
use straightedge::conformance::random::Tried;
use straightedge_impl::load_manager::Fault;
use straightedge_models::engine::run::unattended;

use crate::limits;

fn try_out(setting: &Setting, fault: Option<Fault>, seed: u64, cases: u32) -> Tried {
    let variation = Variation { fault, ..Variation::NONE };
    unattended(limits(), |run| setting.try_out(variation, seed, cases, run))
}

#[test]
fn random_runs_are_explained_by_the_rules_and_show_everything() {
    for setting in SETTINGS {
        let tried = try_out(setting, None, 7, 25);
        assert_eq!(tried.difference, None, "{}", setting.name);
        assert_eq!((tried.cases, tried.is_interrupted), (25, false));
        assert_eq!(tried.below_floor(), Vec::<&str>::new(), "{}: {:?}", setting.name, tried.tally);
    }
}

#[test]
fn the_same_seed_gives_the_same_runs_and_another_one_others() {
    let tallies = [3, 3, 4].map(|seed| try_out(&SETTINGS[0], None, seed, 3).tally);
    assert_eq!(tallies[0], tallies[1]);
    assert_ne!(tallies[0], tallies[2]);
}

#[test]
fn runs_that_never_get_anywhere_are_below_the_floor() {
    let tried = try_out(&SETTINGS[0], None, 7, 1);
    let idle = Tried { steps: 1_000_000, ..tried };
    assert!(idle.below_floor().contains(&"arrive"), "{:?}", idle.tally);
}

#[test]
fn a_fault_is_found_among_many_servers_and_its_run_is_shortened() {
    let setting = &SETTINGS[0];
    let tried = try_out(setting, Some(Fault::NoDecrementOnCrash), 1, 20);
    let difference = tried.difference.unwrap();
    assert!(difference.steps.len() < 30, "{} steps", difference.steps.len());
    assert!(difference.because.contains("which no rule explains"), "{}", difference.because);
    let variation = Variation { fault: Some(Fault::NoDecrementOnCrash), ..Variation::NONE };
    assert_eq!(setting.replay(variation, &difference.steps), Some(difference.clone()));
    assert_eq!(setting.replay(Variation::NONE, &difference.steps), None);
}
