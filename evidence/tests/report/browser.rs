//! The page in a real browser: it opens from disk, and works without a mouse.

use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value;
use straightedge_evidence::report::page::{Case, Counterexample, Page, Tone};
use straightedge_evidence::report::{Format, render};
use straightedge_models::engine::Limits;
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::trace::Evidence;

use super::chromium::{Chromium, find};
use super::samples::{chord, every_outcome, refused_log};

const CURRENT: &str = "document.querySelector('article.current').id";
const FOCUSED: &str = "document.activeElement.hash";

fn write(folder: &Path, name: &str, page: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, page).unwrap();
    path
}

/// A lasso of the protocol with one slot for what waits: its ring is never mended.
fn lasso() -> (Evidence, Page) {
    let system = chord();
    let instance = system
        .instances
        .iter()
        .find(|one| one.name() == "corrected_four_nodes_shared_slot")
        .unwrap();
    let report = unattended(Limits::default(), |run| instance.check(None, run)).unwrap();
    let found = report.claims.iter().filter_map(|claim| claim.evidence.clone());
    let evidence = found.into_iter().find(|found| found.loop_start.is_some()).unwrap();
    let walk = instance.walk(None).unwrap();
    let page = Counterexample {
        title: "chord/corrected_four_nodes_shared_slot",
        claim: "becomes_ideal",
        facts: &[("Claim", "Once joins and failures end, the ring becomes ideal.")],
        answer: "violated",
        tone: Tone::Bad,
        sentence: "The claim is violated.",
        evidence: &evidence,
        walk: walk.as_deref(),
        picture: &|actions| instance.picture(None, actions),
    };
    let page = page.page();
    (evidence, page)
}

#[test]
fn a_refused_line_is_what_the_page_opens_on() {
    let Some(program) = find() else { return };
    let folder = tempfile::tempdir().unwrap();
    let page = render(&refused_log(), Format::Html).unwrap();
    let path = write(folder.path(), "page.html", &page);
    let mut browser = Chromium::start(&program, 1280, false);
    browser.open(&path, "");
    assert_eq!(browser.eval(CURRENT), "refused");
    let shown = browser.eval("document.querySelector('article.current').innerText");
    let shown = shown.as_str().unwrap();
    for said in ["logs/chord.jsonl:4", "members.0.predecessor", "expected", "observed"] {
        assert!(shown.contains(said), "{said:?} is missing in\n{shown}");
    }
    browser.press("k");
    assert_eq!(browser.eval(CURRENT), "2-stabilize_from_successor-3");
    let shown = browser.eval("document.querySelector('article.current').innerText");
    let shown = shown.as_str().unwrap();
    for said in ["logs/chord.jsonl:3", "Claims in this state", "What changed"] {
        assert!(shown.contains(said), "{said:?} is missing in\n{shown}");
    }
    assert_eq!(browser.eval("document.querySelectorAll('article.current svg').length"), 1);
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn every_key_does_what_the_help_says() {
    let Some(program) = find() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "page.html", &render(&refused_log(), Format::Html).unwrap());
    let mut browser = Chromium::start(&program, 1280, false);
    browser.open(&path, "#0-before");
    let steps = ["0-before", "1-join-3-via-2", "2-stabilize_from_successor-3", "refused"];
    assert_eq!(browser.eval(CURRENT), steps[0]);
    for (key, step) in [
        ("j", 1),
        ("ArrowDown", 2),
        ("ArrowRight", 3),
        ("j", 3),
        ("k", 2),
        ("ArrowUp", 1),
        ("ArrowLeft", 0),
        ("k", 0),
        ("End", 3),
        ("Home", 0),
    ] {
        browser.press(key);
        let address = Value::from(format!("#{}", steps[step]));
        assert_eq!(browser.eval(CURRENT), steps[step], "{key}");
        assert_eq!(browser.eval("location.hash"), address, "{key}: the address follows");
        assert_eq!(browser.eval(FOCUSED), address, "{key}: the focus follows");
        let ring = "getComputedStyle(document.activeElement).outlineStyle";
        assert_eq!(browser.eval(ring), "solid", "{key}: the focus is seen");
    }
    let is_open = "document.querySelector('article.current details').open";
    assert_eq!(browser.eval(is_open), false);
    browser.press("Enter");
    assert_eq!(browser.eval(is_open), true, "Enter opens the whole state");
    browser.press("Tab");
    assert_eq!(browser.eval(FOCUSED), "#1-join-3-via-2", "Tab goes on to the next link");
    browser.press("Enter");
    // The browser follows a link in its own time.
    browser.wait_for(&format!("{CURRENT} == '{}'", steps[1]));
    browser.press("?");
    assert_eq!(browser.eval("document.getElementById('help').open"), true);
    browser.press("j");
    assert_eq!(browser.eval(CURRENT), steps[1], "behind the help nothing moves");
    browser.press("Escape");
    assert_eq!(browser.eval("document.getElementById('help').open"), false);
    let told = browser.eval("document.querySelector('[role=status]').textContent");
    assert_eq!(told, "2 of 4: 1. join(3, via 2)");
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn an_address_finds_its_action_when_its_number_has_changed() {
    let Some(program) = find() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "page.html", &render(&refused_log(), Format::Html).unwrap());
    let mut browser = Chromium::start(&program, 1280, false);
    for (address, step) in
        [("#1-join-3-via-2", "1-join-3-via-2"), ("#9-join-3-via-2", "1-join-3-via-2")]
    {
        browser.open(&path, address);
        assert_eq!(browser.eval(CURRENT), step);
    }
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn a_lasso_is_marked_and_shows_the_truth_of_claims_at_every_state() {
    let (evidence, page) = lasso();
    let [case] = page.cases.as_slice() else { panic!("{page:?}") };
    let Case { frames, repeats: Some(repeats), .. } = case else { panic!("{case:?}") };
    assert_eq!(frames.len(), evidence.steps.len() + 1);
    assert!(frames.iter().all(|frame| !frame.standings.is_empty() && frame.picture.is_some()));
    let Some(program) = find() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "page.html", &page.render());
    let mut browser = Chromium::start(&program, 400, true);
    browser.open(&path, "");
    let in_loop = browser.eval("document.querySelectorAll('nav li.repeats').length");
    assert_eq!(in_loop, repeats.last - repeats.first + 1);
    browser.press("End");
    let shown = browser.eval("document.querySelector('article.current').innerText");
    let shown = shown.as_str().unwrap();
    assert!(shown.contains("is back.") && shown.contains("The loop is fair"), "{shown}");
    let overflow = "document.documentElement.scrollWidth <= document.documentElement.clientWidth";
    assert_eq!(browser.eval(overflow), true, "400 pixels are wide enough");
    assert_eq!(browser.complaints, Vec::<String>::new());
}

/// For whoever changes how the page looks: `STRAIGHTEDGE_SCREENSHOTS=folder cargo test -- --ignored
/// screenshots` leaves pages and pictures of them there, in base 64.
#[test]
#[ignore = "draws pictures to be looked at"]
fn screenshots() {
    let (Some(program), Some(folder)) = (find(), env::var_os("STRAIGHTEDGE_SCREENSHOTS")) else {
        return;
    };
    let folder = fs::canonicalize(folder).unwrap();
    let pages = [
        ("refused", render(&refused_log(), Format::Html).unwrap(), &["", "#1-join-3-via-2"][..]),
        ("outcomes", render(&every_outcome(), Format::Html).unwrap(), &[""]),
        ("lasso", lasso().1.render(), &["", "#2-stabilize_from_successor-0"]),
    ];
    for (name, page, addresses) in pages {
        let path = write(&folder, &format!("{name}.html"), &page);
        for (width, is_dark) in [(1280, false), (400, true)] {
            let mut browser = Chromium::start(&program, width, is_dark);
            for (number, address) in addresses.iter().enumerate() {
                browser.open(&path, address);
                let picture = browser.screenshot();
                fs::write(folder.join(format!("{name}-{width}-{number}.b64")), picture).unwrap();
            }
        }
    }
}
