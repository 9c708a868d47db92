//! Traces from text, and what becomes of them.

use std::io::Cursor;

use straightedge_evidence::config::Config;
use straightedge_evidence::outcome::{Outcome, Rejection};
use straightedge_evidence::trace::{Options, Report, Source, check};
use straightedge_models::engine::System;

/// A ring of three principals on a circle of eight.
pub(crate) const HEADER: &str =
    r#"{"straightedge": 1, "system": "chord", "instance": {"nodes": 8, "successors": 2}}"#;

pub(crate) fn system(name: &str) -> System {
    straightedge_models::systems().into_iter().find(|system| system.name == name).unwrap()
}

pub(crate) fn chord() -> System {
    system("chord")
}

/// Lines under the header, as one file.
pub(crate) fn trace(lines: &[&str]) -> String {
    let lines = std::iter::once(&HEADER).chain(lines);
    lines.map(|line| format!("{line}\n")).collect()
}

pub(crate) fn checked(text: impl Into<Vec<u8>>, options: &Options) -> Report {
    check(&chord(), vec![Source::new("log", Cursor::new(text.into()))], options)
}

/// What became of the only trace of a file.
pub(crate) fn outcome(text: impl Into<Vec<u8>>) -> Outcome {
    let report = checked(text, &Options::default());
    assert_eq!(report.traces.len(), 1, "{report:?}");
    report.traces[0].outcome.clone()
}

pub(crate) fn rejection(lines: &[&str]) -> Rejection {
    match outcome(trace(lines)) {
        Outcome::Rejected(rejection) => *rejection,
        other => panic!("{other:?}"),
    }
}

/// Where it cannot be read, and why.
pub(crate) fn malformed(text: impl Into<Vec<u8>>) -> String {
    match outcome(text) {
        Outcome::Malformed { why, at } => format!("{at}: {why}"),
        other => panic!("{other:?}"),
    }
}

/// Several files, merged.
pub(crate) fn merged(files: &[String]) -> Report {
    let sources = files.iter().enumerate();
    let sources = sources
        .map(|(number, text)| Source::new(format!("log{number}"), Cursor::new(text.clone())));
    check(&chord(), sources.collect(), &Options::default())
}

pub(crate) fn config(text: &str) -> Result<Config, String> {
    Config::read(text, "config.toml", &chord())
}
