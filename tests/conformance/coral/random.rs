//! Long runs of larger networks.

use straightedge::conformance::coral::random::{SETTINGS, Setting};
use straightedge::conformance::random::Tried;
use straightedge_impl::coral::Fault;
use straightedge_models::engine::run::unattended;

use crate::limits;

fn try_out(setting: &Setting, fault: Option<Fault>, seed: u64, cases: u32) -> Tried {
    unattended(limits(), |run| setting.try_out(fault, seed, cases, run))
}

#[test]
fn random_runs_are_explained_by_the_rules_and_show_everything() {
    for setting in SETTINGS {
        let tried = try_out(setting, None, 7, 40);
        assert_eq!(tried.difference, None, "{}", setting.name);
        assert_eq!((tried.cases, tried.is_interrupted), (40, false));
        assert_eq!(tried.below_floor(), Vec::<&str>::new(), "{:?}", tried.tally);
        assert_eq!(tried.nodes, usize::from(setting.nodes));
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
    assert!(idle.below_floor().contains(&"hear_store"), "{:?}", idle.tally);
}

#[test]
fn faults_are_found_in_large_networks_and_their_runs_are_shortened() {
    let setting = SETTINGS.last().unwrap();
    for fault in [Fault::StoreIgnoresFull, Fault::GreedyInsteadOfSplice, Fault::SilenceIsSuccess] {
        let tried = try_out(setting, Some(fault), 1, 40);
        let difference = tried.difference.unwrap();
        assert!(difference.steps.len() < 250, "{fault:?}: {} steps", difference.steps.len());
        assert!(difference.because.contains("which no rule explains"), "{}", difference.because);
        assert_eq!(setting.replay(Some(fault), &difference.steps), Some(difference.clone()));
        assert_eq!(setting.replay(None, &difference.steps), None);
    }
}
