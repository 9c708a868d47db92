//! `check --mutants`: the kill matrix.

use serde_json::Value;

use super::harness::run;
use super::lamp::{lamp, survived, undeclared};

#[test]
fn a_matrix_in_which_every_mutant_dies_and_every_claim_kills_passes() {
    let done = run(lamp(), "check --mutants --quiet");
    assert_eq!(done.code, 0, "{done:?}");
    for text in [
        "lamp: mutant  1  2  3\n",
        "skips_dim     ✗  .  .\n",
        "never_fades   .  .  ✗\n",
        "   1  presses_go_one_up\n   2  bright\n   3  bright_ends\n",
        "skips_dim on bulb: killed by presses_go_one_up\n    a debounce that counts",
        "stuck_at_dim on bulb: killed by bright; shown by interleaving alone",
        "never_fades on bulb: killed by bright_ends\n",
        "3 states; 3 of 3 mutants killed.\n",
    ] {
        assert!(done.out.contains(text), "{text:?} is missing in\n{}", done.out);
    }
    assert!(!done.out.contains("  stays_off\n"), "a control cannot kill");
    assert_eq!(done.err, "");
}

#[test]
fn a_survivor_and_a_claim_without_a_kill_fail() {
    let done = run(survived(), "check --mutants --quiet");
    assert_eq!(done.code, 1, "{done:?}");
    for text in [
        "lamp/bulb@never_fades survives: `presses_go_one_up` holds",
        "lamp: no mutant breaks `bright`\n",
        "never_fades on bulb: NOT killed by presses_go_one_up; also bright_ends",
        "; 0 of 1 mutant killed, 2 claims without a kill.\n",
    ] {
        assert!(done.out.contains(text), "{text:?} is missing in\n{}", done.out);
    }
}

#[test]
fn one_instance_has_its_own_mutants_and_need_not_kill_with_every_claim() {
    let done = run(survived(), "check lamp/bulb --mutants --format json --quiet");
    let report: Value = serde_json::from_str(&done.out).unwrap();
    let problems = report["kills"]["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 1, "the survivor, and no claim without a kill: {problems:?}");
    assert_eq!(report["kills"]["rows"][0]["kills"][0], "bright_ends");
    assert_eq!(report["kills"]["outcome"], "violated");
    assert_eq!(report["outcome"], "violated");
}

#[test]
fn a_mutant_that_was_not_decided_is_not_a_survivor() {
    let done = run(lamp(), "check --mutants --quiet --memory 0.0000001");
    assert_eq!(done.code, 2, "{done:?}");
}

#[test]
fn what_the_faithful_model_breaks_is_no_kill() {
    let done = run(undeclared(), "check --mutants --format json --quiet");
    assert_eq!(done.code, 1, "the faithful model is not as declared: {done:?}");
    let report: Value = serde_json::from_str(&done.out).unwrap();
    let unkilled = "lamp: no mutant breaks `stays_off`";
    assert_eq!(report["kills"]["problems"].as_array().unwrap(), &[Value::from(unkilled)]);
}
