//! Coral's stories, as files tell them.

use std::fs;
use std::path::{Path, PathBuf};

use straightedge::simulator::coral::story::{NAOMI, picture, play};

fn stories() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/coral");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn every_story_comes_out_as_it_says() {
    let paths = stories();
    let mut numbers = std::collections::BTreeSet::new();
    for path in &paths {
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains("# Source: "), "{name} does not say what it rests on");
        let told = play(name, &text).unwrap_or_else(|error| panic!("{error}"));
        assert!(told.met > 0, "{name} expects nothing");
        numbers.extend(name.strip_prefix('t').and_then(|rest| rest.get(..2)?.parse::<u8>().ok()));
    }
    assert!((1..=17).all(|number| numbers.contains(&number)), "{numbers:?}");
}

/// A file whose expectation is wrong is told by its name and line.
#[test]
fn a_wrong_expectation_fails_at_its_line() {
    let (file, text) = NAOMI;
    let wrong = text.replace("expect outcome is stored 104", "expect outcome is stored 100");
    let line = 1 + wrong.lines().position(|line| line == "expect outcome is stored 100").unwrap();
    let later = wrong.lines().filter(|line| *line == "expect outcome is stored 100").count();
    assert_eq!(later, 2);
    let error = play(file, &wrong).unwrap_err();
    assert_eq!(error.why, "expected `stored 100`, and it is `stored 104`");
    assert!(
        error.line > line && error.to_string().starts_with(&format!("{file}:{}: ", error.line))
    );
}

#[test]
fn what_is_no_line_is_told() {
    for (text, line, why) in [
        ("nodes 1\n\nput 1 key 2 value x", 3, "neither `put NODE key KEY value VALUE life LIFE`"),
        ("nodes 1 256", 1, "`256` is not a number, or too large, in `nodes 1 256`"),
        ("sing", 1, "no such line in `sing`"),
        ("expect path", 1, "no ` is `"),
        ("expect mood is good", 1, "no such query"),
        ("nodes 1 2\nget 3 key 1", 2, "there is no node 3"),
        ("nodes 1 2\nget 1 key 1\nrate 3", 3, "the story has begun"),
        ("rate at the closest of 9", 1, "not a power of two"),
        ("place 3", 1, "there is no ring"),
        ("rate 0\nnodes 1\nget 1 key 1", 3, "the rate is one at least"),
        ("swarm 33 pieces 1 slots strict", 1, "a file has 1 to 32 pieces, not 33, in `swarm"),
        ("link m1", 1, "no such line in `link m1`"),
        ("share m1 E\nrounds 3", 2, "there is no swarm"),
        ("nodes 1 2\nwait 1.2345", 2, "`` is not a number"),
    ] {
        let error = play("a.txt", text).unwrap_err();
        assert!(error.why.starts_with(why) && error.line == line, "{text}: {error}");
    }
}

#[test]
fn the_picture_shows_names_ways_values_and_marks() {
    let (file, text) = NAOMI;
    let told = play(file, text).unwrap();
    assert_eq!((told.panels.len(), told.lines.len()), (5, 5));
    let svg = picture(&told.panels);
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
    for shown in ["30 Naomi", "60 Jacques", "75 Kamal", "100 David", "75 gets 100", "3599 s"] {
        assert!(svg.contains(shown), "{shown} is not in the picture");
    }
    // One for the way of the first put, two for the first get, and so on; a mark for each key.
    assert!(svg.matches("<path").count() > 5 + 5, "{}", svg.matches("<path").count());
    assert!(svg.matches("r=\"9\"").count() >= 7, "full nodes have a ring");
}
