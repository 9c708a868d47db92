//! Every passage that is cited is there, and every passage that is there is cited.

use std::collections::BTreeSet;

use super::repository::{Source, below, systems};

/// What stands before the number of a bug of Hadoop, whose tracker names some of its bugs as we
/// name our passages: `Hadoop MAPREDUCE-3858`.
const TRACKER: &str = "Hadoop ";

/// `CHORD-7` and the like that a text cites, for passages whose names begin with `CHORD-`.
fn cited(text: &str, prefix: &str) -> BTreeSet<String> {
    let mut passages = BTreeSet::new();
    for (at, _) in text.match_indices(prefix) {
        let number: String =
            text[at + prefix.len()..].chars().take_while(char::is_ascii_digit).collect();
        let is_whole = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let is_bug = text[..at].ends_with(TRACKER);
        if is_whole && !is_bug && !number.is_empty() {
            passages.insert(format!("{prefix}{number}"));
        }
    }
    passages
}

/// The passages of a specification: its headings that begin with a passage's name.
fn passages(specification: &str, prefix: &str) -> BTreeSet<String> {
    let headings = specification.lines().filter_map(|line| line.strip_prefix("## "));
    let named = headings.filter(|heading| heading.starts_with(prefix));
    named.filter_map(|heading| cited(heading, prefix).into_iter().next()).collect()
}

/// `CHORD-` for `chord`, `LOAD_MANAGER-` for `load_manager`.
fn prefix(system: &str) -> String {
    format!("{}-", system.to_uppercase())
}

fn mismatches(specification: &Source, prefix: &str, sources: &[Source]) -> Vec<String> {
    let passages = passages(&specification.text, prefix);
    let mut everywhere = BTreeSet::new();
    let mut violations = Vec::new();
    for source in sources {
        let cited = cited(&source.text, prefix);
        for missing in cited.difference(&passages) {
            let path = &source.path;
            violations.push(format!("{path} cites {missing}, which {} lacks", specification.path));
        }
        everywhere.extend(cited);
    }
    let uncited = passages.difference(&everywhere);
    violations.extend(uncited.map(|passage| format!("no source cites {passage}")));
    violations
}

#[test]
fn both_directions_are_found() {
    let specification =
        Source::new("specs/coral.md", "## CORAL-1 · a\n## CORAL-2 · b\n### CORAL-3\n");
    let source = Source::new("a.rs", "/// Source: CORAL-1, CORAL-12; not ACORAL-2.");
    assert_eq!(
        mismatches(&specification, "CORAL-", &[source]),
        ["a.rs cites CORAL-12, which specs/coral.md lacks", "no source cites CORAL-2",]
    );
}

#[test]
fn a_bug_of_a_tracker_is_no_passage() {
    let specification = Source::new("specs/mapreduce.md", "## MAPREDUCE-1 · a\n");
    let text = "/// Hadoop MAPREDUCE-3858, MAPREDUCE-5009. Source: MAPREDUCE-1.";
    assert_eq!(
        mismatches(&specification, "MAPREDUCE-", &[Source::new("a.rs", text)]),
        ["a.rs cites MAPREDUCE-5009, which specs/mapreduce.md lacks"]
    );
    let only_a_bug = Source::new("a.rs", "/// Hadoop MAPREDUCE-1.");
    assert_eq!(
        mismatches(&specification, "MAPREDUCE-", &[only_a_bug]),
        ["no source cites MAPREDUCE-1"]
    );
}

#[test]
fn specifications_and_code_cite_each_other() {
    let mut sources = below("models/src", "rs");
    sources.extend(below("impl/src", "rs"));
    sources.extend(below("src", "rs"));
    let specifications = below("specs", "md");
    sources.extend(below("evidence/src", "rs"));
    let mut violations = Vec::new();
    for system in systems().into_iter().chain(["trace".to_owned()]) {
        let path = format!("specs/{system}.md");
        let prefix = prefix(&system);
        let Some(specification) = specifications.iter().find(|source| source.path == path) else {
            violations.push(format!("there is no {path}"));
            continue;
        };
        let count = passages(&specification.text, &prefix).len();
        assert!(count > 0, "{path} has no passage {prefix}n");
        violations.extend(mismatches(specification, &prefix, &sources));
    }
    super::assert_tidy(&violations);
}
