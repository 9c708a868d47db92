//! `check` and the bare command: text, exit codes, limits, interrupts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::harness::{run, run_refused, run_until};
use super::lamp::{deaf, endless, lamp, undeclared};

#[test]
fn bare_checks_the_ci_tier_and_all_is_as_declared() {
    let done = run(lamp(), "");
    assert_eq!(done.code, 0, "{done:?}");
    for line in [
        "lamp/bulb",
        "  3 states, 4 transitions, depth 2, exhausted, no symmetry, ",
        "  liveness assumes weak fairness of fade",
        "  ✓ presses_go_one_up  step               holds",
        "  ✓ bright_ends        leads_to           holds",
        "  ✓ stays_off          always             violated, as declared",
        "Violated, as declared, in so many steps (",
        "  lamp/bulb\n      goes_out (2), stays_off (1)\n",
    ] {
        assert!(done.out.contains(line), "{line:?} is missing in\n{}", done.out);
    }
    assert!(!done.out.contains("lamp/counted"), "nightly instances wait for the night");
    let last = done.out.lines().last().unwrap();
    assert_eq!(last, "Every answer is the declared one: 5 claims on 1 instance, 3 states.");
    assert!(done.out.lines().all(|line| line.chars().count() <= 100), "{}", done.out);
    assert_eq!(done.err, "", "a check of a moment has no progress to tell");
}

#[test]
fn nightly_includes_ci_and_a_named_instance_needs_no_tier() {
    let nightly = run(lamp(), "check --tier nightly");
    assert_eq!(nightly.code, 0, "{nightly:?}");
    assert!(nightly.out.ends_with("10 claims on 2 instances, 153 states.\n"), "{}", nightly.out);
    let named = run(lamp(), "check lamp/counted");
    assert!(named.out.ends_with("5 claims on 1 instance, 150 states.\n"), "{}", named.out);
}

#[test]
fn a_violation_is_told_step_by_step_and_exits_with_1() {
    let done = run(undeclared(), "check lamp");
    assert_eq!(done.code, 1, "{done:?}");
    assert!(
        done.out.contains("  ✗ stays_off          always             violated; declared: holds")
    );
    assert!(done.out.contains(
        "lamp/bulb: `stays_off` violated; declared: holds
    The lamp stays off. (LAMP-4)
    Initially
        brightness: 0
        presses: 0
     1. press(lamp)
        brightness 0 → 1
    Why: its brightness is 1.
"
    ));
    assert!(done.out.ends_with("Not as declared: 1 answer of 5 claims on 1 instance, 3 states.\n"));
}

#[test]
fn too_little_memory_is_inconclusive_and_exits_with_2() {
    let done = run(endless(), "check lamp/endless --memory 0.0001 --quiet");
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.out.contains("memory limit"), "{}", done.out);
    assert!(done.out.lines().last().unwrap().starts_with("Not established"), "{}", done.out);
}

#[test]
fn too_little_time_is_inconclusive_and_exits_with_2() {
    let began = Instant::now();
    let done = run(endless(), "check lamp/endless --time 0.3 --threads 1");
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.out.contains("time limit of 300 ms"), "{}", done.out);
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn an_interrupt_ends_at_once_with_what_was_established() {
    let stop = Arc::new(AtomicBool::new(false));
    let signal = Arc::clone(&stop);
    let interrupting = thread::spawn(move || {
        thread::sleep(Duration::from_millis(500));
        signal.store(true, Ordering::Relaxed);
    });
    let began = Instant::now();
    let done = run_until(endless(), "check --threads 1", stop);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    interrupting.join().unwrap();
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.out.contains("  ✓ presses_go_one_up  step               holds"), "{}", done.out);
    assert!(done.out.contains("interrupted: this table is partial"), "{}", done.out);
    assert!(done.out.contains("not checked: lamp/after"), "{}", done.out);
    assert!(done.out.lines().any(|line| line.starts_with("Interrupted: ")), "{}", done.out);
}

#[test]
fn an_interrupt_does_not_wait_for_a_check_that_does_not_hear_it() {
    let began = Instant::now();
    let done = run_until(deaf(), "check", Arc::new(AtomicBool::new(true)));
    assert!(began.elapsed() < Duration::from_millis(1500), "{:?}", began.elapsed());
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.out.contains("not checked: lamp/deaf"), "{}", done.out);
    let mutants = run(deaf(), "check lamp/deaf --mutants");
    assert_eq!(mutants.code, 2, "no mutants, nothing to check: {mutants:?}");
}

#[test]
fn names_that_nothing_has_are_met_with_the_closest_one() {
    for (line, hint) in [
        ("check lmap", "no system `lmap` (did you mean `lamp`?)"),
        ("check lamp/bulp", "no instance `bulp` (did you mean `bulb`?)"),
        (
            "show lamp/bulb@skips_dimm",
            "no mutant or claim `skips_dimm` (did you mean `skips_dim`?)",
        ),
        ("show lamp/bulb --claim brigth", "no claim `brigth` (did you mean `bright`?)"),
    ] {
        let done = run(lamp(), line);
        assert_eq!((done.code, done.out.as_str()), (3, ""), "{line}");
        assert!(done.err.contains(hint) && done.err.contains("straightedge list"), "{}", done.err);
        assert_eq!(done.err.lines().count(), 1, "{}", done.err);
    }
}

#[test]
fn numbers_that_make_no_sense_are_usage_errors() {
    for line in [
        "check --threads 0",
        "check --threads -1",
        "check --memory NaN",
        "check --memory 0",
        "check --time -3",
        "check --tier weekly",
        "check --format yaml",
        "explore lamp --port 0",
        "explore lamp --port 65536",
        "check lamp/bulb@skips_dim",
        "show lamp",
        "frobnicate",
    ] {
        let done = run(lamp(), line);
        assert_eq!((done.code, done.out.as_str()), (3, ""), "{line}: {done:?}");
        assert!(!done.err.is_empty(), "{line}");
    }
}

#[test]
fn help_and_version_are_answers() {
    for line in ["--help", "--version", "check --help", "help show"] {
        let done = run(lamp(), line);
        assert_eq!((done.code, done.err.as_str()), (0, ""), "{line}");
        assert!(!done.out.is_empty(), "{line}");
    }
}

#[test]
fn a_full_disk_is_told_and_a_reader_who_left_is_not() {
    let (code, err) = run_refused(lamp(), "check", std::io::ErrorKind::StorageFull);
    assert_eq!(code, 3);
    assert!(err.starts_with("straightedge: cannot write to the standard output"), "{err}");
    let left = run_refused(lamp(), "check", std::io::ErrorKind::BrokenPipe);
    assert_eq!(left, (3, String::new()));
}
