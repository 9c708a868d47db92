//! `show`: counterexamples, controls and witnesses as prose and as a page.

use std::fs;

use super::harness::run;
use super::lamp::{lamp, undeclared};

#[test]
fn a_mutant_shows_the_lasso_that_kills_it_and_why_it_is_fair() {
    let done = run(lamp(), "show lamp/bulb@never_fades --quiet");
    assert_eq!(done.code, 0, "{done:?}");
    for text in [
        "lamp/bulb@never_fades\n",
        "Claim: A bright lamp is at some time not bright. (`bright_ends`, leads_to, LAMP-3)",
        "Model: with the fault `never_fades`: a timer that is never armed",
        "Bounds: Three brightnesses are all that the switch has.",
        "The claim is violated.\nChecked: 3 states, 3 transitions, depth 2, exhausted,",
        "Assumed: weak fairness of fade",
        "Initially\n    brightness: 0\n",
        " 1. press(lamp)\n    brightness 0 → 1\n 2. press(lamp)\n",
        "--- step 3 repeats for ever ---\n 3. stutter\n    nothing changes\n",
        "--- the state after step 2 is back ---\nThe loop is fair:\n  - no fair action is enabled",
        "\nWhy: ",
    ] {
        assert!(done.out.contains(text), "{text:?} is missing in\n{}", done.out);
    }
}

#[test]
fn a_control_is_shown_by_its_claim_and_by_default() {
    let named = run(lamp(), "show lamp/bulb@stays_off --quiet");
    assert!(named.out.contains("The claim is violated, as declared."), "{}", named.out);
    assert!(named.out.contains("Model: the faithful one."));
    assert_eq!(named.out.matches("Why: its brightness is 1.").count(), 1);
    let bare = run(lamp(), "show lamp/bulb --quiet").out;
    assert!(bare.contains("`goes_out`"), "the first that is violated: {bare}");
    assert_eq!(run(undeclared(), "show lamp/bulb").code, 0, "what is to be shown was shown");
}

#[test]
fn a_lasso_says_why_it_is_fair() {
    let done = run(lamp(), "show lamp/bulb@goes_out --quiet");
    let reasons = "The loop is fair:\n  - no fair action is enabled in the loop\nWhy: ";
    assert!(done.out.contains(reasons), "{}", done.out);
}

#[test]
fn a_witness_is_shown_as_a_witness() {
    let done = run(lamp(), "show lamp/bulb --claim bright");
    assert!(done.out.contains("The claim holds, and this is its witness."), "{}", done.out);
    assert!(done.out.contains(" 2. press(lamp)\n    brightness 1 → 2\n"));
}

#[test]
fn without_a_trace_there_is_a_sentence() {
    let lacking = run(lamp(), "show lamp/bulb@stuck_at_dim");
    assert_eq!(lacking.code, 0);
    assert!(
        lacking
            .out
            .contains("`bright` is violated. The lamp can be bright. No witness: none of the 2"),
        "{}",
        lacking.out
    );
    let holding = run(lamp(), "show lamp/bulb@bright_ends");
    assert!(
        holding.out.contains("`bright_ends` holds; there is no trace to show"),
        "{}",
        holding.out
    );
}

#[test]
fn a_page_has_a_picture_of_every_state_and_fetches_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("page.html");
    let done = run(lamp(), &format!("show lamp/bulb --claim bright --html {}", path.display()));
    assert_eq!(done.code, 0, "{done:?}");
    let page = fs::read_to_string(path).unwrap();
    for brightness in 0..3 {
        assert!(page.contains(&format!("<text>brightness {brightness}</text>")), "{page}");
    }
    assert!(!page.contains("http:") && !page.contains("https:"), "{page}");
}
