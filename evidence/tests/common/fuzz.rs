//! The body of the fuzz target: what must be true of every sequence of bytes that is read as a
//! trace. The tests run it on the kept corpus.

use std::io::Cursor;
use std::sync::LazyLock;

use straightedge_evidence::outcome::Outcome;
use straightedge_evidence::report::{Account, Format, render};
use straightedge_evidence::trace::{Options, Source, check};
use straightedge_models::engine::System;

static CHORD: LazyLock<System> = LazyLock::new(straightedge_models::chord::system);

/// Bytes get an answer, and it is about one of their lines.
pub(crate) fn trace_reader(bytes: &[u8]) {
    let options = Options { budget: 200, longest_line: 1 << 12, ..Options::default() };
    let source = Source::new("bytes", Cursor::new(bytes.to_vec()));
    let report = check(&CHORD, vec![source], &options);
    let lines = bytes.split(|&byte| byte == b'\n').count() as u64;
    assert!(!report.traces.is_empty());
    for trace in &report.traces {
        assert!(trace.line <= lines.max(1));
        match &trace.outcome {
            Outcome::Accepted => assert!(trace.events > 0),
            Outcome::Rejected(rejection) => assert!((2..=lines).contains(&rejection.at.line)),
            Outcome::Inconclusive { why, at }
            | Outcome::OutOfScope { why, at }
            | Outcome::Malformed { why, at } => {
                assert!(!why.is_empty() && (1..=lines.max(1)).contains(&at.line), "{at}: {why}");
            }
        }
    }
    let account = Account::from(&report);
    assert!(render(&account, Format::Text).is_ok_and(|text| !text.is_empty()));
}
