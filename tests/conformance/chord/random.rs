//! Long runs of large rings.

use std::fs;
use std::path::Path;

use straightedge::conformance::chord::instances::Variation;
use straightedge::conformance::chord::random::{SETTINGS, Setting};
use straightedge::conformance::random::Tried;
use straightedge_impl::chord::Fault;
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
        assert!(tried.nodes + 1 >= setting.most, "at most {} nodes were up", tried.nodes);
    }
}

#[test]
fn the_same_seed_gives_the_same_runs_and_another_one_others() {
    let setting = &SETTINGS[1];
    let tallies = [3, 3, 4].map(|seed| try_out(setting, None, seed, 5).tally);
    assert_eq!(tallies[0], tallies[1]);
    assert_ne!(tallies[0], tallies[2]);
}

#[test]
fn runs_that_never_get_anywhere_are_below_the_floor() {
    let tried = try_out(&SETTINGS[0], Some(Fault::KeepDeadHead), 7, 20);
    assert_eq!(tried.difference, None, "who does nothing does nothing wrong");
    let tally = tried.tally.clone();
    let idle = Tried { steps: 1_000_000, ..tried };
    assert!(idle.below_floor().contains(&"join"), "{tally:?}");
}

/// A run that once showed a difference: where, with which fault, and the names of its steps.
struct Regression {
    setting: Setting,
    fault: Fault,
    steps: Vec<String>,
}

/// Blocks of lines: `setting fault`, then the steps.
fn regressions() -> Vec<Regression> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/chord/regressions.txt");
    let text = fs::read_to_string(path).unwrap();
    let block = |block: &str| {
        let mut lines = block.lines();
        let (setting, fault) = lines.next()?.split_once(' ')?;
        let setting = *SETTINGS.iter().find(|candidate| candidate.name == setting)?;
        let fault = Fault::named(fault)?;
        Some(Regression { setting, fault, steps: lines.map(str::to_owned).collect() })
    };
    text.split("\n\n").map(|text| block(text.trim()).expect(text)).collect()
}

#[test]
fn runs_that_once_showed_a_fault_show_it_still_and_no_other() {
    let regressions = regressions();
    assert!(regressions.len() >= 8, "only {} runs", regressions.len());
    for Regression { setting, fault, steps } in regressions {
        let wrong = Variation { fault: Some(fault), ..Variation::NONE };
        let found = setting.replay(wrong, &steps);
        let length = found.map(|difference| difference.steps.len());
        assert_eq!(length, Some(steps.len()), "{fault:?} in {}", setting.name);
        assert_eq!(setting.replay(Variation::NONE, &steps), None, "{fault:?}");
    }
}

#[test]
fn a_fault_is_found_in_a_large_ring_and_its_run_is_shortened() {
    let setting = SETTINGS.last().unwrap();
    let tried = try_out(setting, Some(Fault::RectifyPrefersFarther), 1, 20);
    let difference = tried.difference.unwrap();
    assert!(difference.steps.len() < 30, "{} steps", difference.steps.len());
    assert!(difference.because.contains("which no rule explains"), "{}", difference.because);
}
