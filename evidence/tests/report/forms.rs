//! What each form says: snapshots, and what must be in all of them.

use straightedge_evidence::outcome::Outcome;
use straightedge_evidence::report::{Account, Format, render};

use super::samples::{every_outcome, refused_log};

/// Compares with `snapshots/‹name›.snap` beside this file.
fn compare(name: &str, text: &str) {
    let mut settings = insta::Settings::new();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn text(account: &Account, format: Format) -> String {
    let text = render(account, format).unwrap();
    text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn every_outcome_is_told_in_every_form() {
    let account = every_outcome();
    assert_eq!(account.exit_code(), 3, "something malformed comes first");
    compare("text", &text(&account, Format::Text));
    compare("json", &text(&account, Format::Json));
    compare("sarif", &text(&account, Format::Sarif));
    // The number of the run is drawn by chance.
    let junit = text(&account, Format::Junit);
    assert!(!junit.contains("<skipped"), "what is not established is no skipped test");
    compare("junit", &junit);
}

#[test]
fn a_refused_line_of_a_log_is_told_in_every_form() {
    let account = refused_log();
    let Outcome::Rejected(rejection) = &account.held[0].outcome else { panic!("{account:?}") };
    assert_eq!((rejection.at.line, rejection.accepted), (4, 2));
    assert_eq!(account.exit_code(), 1);
    for format in [Format::Text, Format::Json, Format::Junit, Format::Sarif, Format::Html] {
        let text = text(&account, format);
        for said in ["logs/chord.jsonl", "predecessor", "rectify(0, from 3)"] {
            assert!(text.contains(said), "{format:?} lacks {said:?}:\n{text}");
        }
    }
    compare("refused_line", &text(&account, Format::Text));
}

#[test]
fn text_is_as_wide_as_a_terminal() {
    for account in [every_outcome(), refused_log()] {
        for line in text(&account, Format::Text).lines().filter(|line| !line.starts_with("    {")) {
            let is_long = line.chars().count() > 100;
            assert!(!is_long || line.trim_start().starts_with("Again"), "{line}");
        }
    }
}

#[test]
fn a_page_runs_nothing_that_a_log_says_and_reaches_for_nothing() {
    for account in [every_outcome(), refused_log()] {
        let page = text(&account, Format::Html);
        assert!(!page.contains("<script>alert"), "the text of a log is text");
        assert!(!page.contains("http:") && !page.contains("https:"), "nothing is fetched");
        assert_eq!(page.matches("<script>").count(), 1);
    }
}
