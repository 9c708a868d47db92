//! Evidence of every kind, to be reported.

use std::io::Cursor;

use serde_json::{Value, json};
use straightedge_evidence::outcome::{
    Misfit, Nearest, Outcome, Position, Refused, Rejection, Step,
};
use straightedge_evidence::pattern::Difference;
use straightedge_evidence::report::{Account, Door, Held, Summary};
use straightedge_evidence::trace::{Options, Source, check_each};
use straightedge_models::engine::System;

pub(crate) const CHORD: &str = "corrected_four_nodes_two_successors";

pub(crate) fn chord() -> System {
    let systems = straightedge_models::systems();
    systems.into_iter().find(|system| system.name == "chord").unwrap()
}

/// What became of a log of Chord in which node 3 joins and takes a wrong predecessor.
pub(crate) fn refused_log() -> Account {
    let lines = [
        json!({"straightedge": 1, "system": "chord", "instance": CHORD}),
        json!({"action": {"join": {"node": 3}}}),
        json!({"action": {"stabilize_from_successor": {"node": 3}}}),
        json!({"action": {"rectify": {"node": 0, "from": 3}},
               "state": {"members": {"0": {"predecessor": 1}}}}),
    ];
    let log: Vec<String> = lines.iter().map(Value::to_string).collect();
    let source = Source::new("logs/chord.jsonl", Cursor::new(log.join("\n").into_bytes()));
    Account::from(&check_each(&chord(), vec![source], &Options::default()))
}

fn position(line: u64) -> Position {
    Position { file: "logs/ring of four.jsonl".into(), line, column: None }
}

/// A rejection that has everything that a rejection can have, and text that is up to no good.
pub(crate) fn rejection() -> Rejection {
    let state = |predecessor: u8| json!({"members": {"2": {"predecessor": predecessor}}});
    Rejection {
        at: position(12),
        event: json!({"action": {"rectify": {"node": 2}}, "note": "<script>alert(1)</script>"}),
        accepted: 10,
        sentence: "Node 2 has taken node 3 for its predecessor, although node 1 is closer.".into(),
        misfits: vec![Misfit {
            action: "rectify(2, from 1)".into(),
            differences: vec![Difference {
                path: "members.2.predecessor".into(),
                expected: Some(json!(1)),
                observed: Some(json!(3)),
            }],
        }],
        refused: vec![Refused {
            action: "rectify(2, from 3)".into(),
            guard: "The notification has arrived.".into(),
            read: "node 2 was notified by 1 alone".into(),
        }],
        nearest: Some(Nearest {
            action: "rectify(2, from 1)".into(),
            json: json!({"rectify": {"node": 2, "from": 1}}),
            distance: 1,
            state: state(1),
        }),
        possible: vec![state(0)],
        path: vec![
            Step::bare(None, None, state(0)),
            Step::bare(None, Some("fail(3)".into()), state(0)),
            Step::bare(Some(position(11)), Some("join(1, via 0)".into()), state(0)),
        ],
    }
}

fn held(name: &str, outcome: Outcome) -> Held {
    let mut summary = Summary::new(Door::Trace, "chord", vec![name.into()]);
    summary.instance = Some(CHORD.into());
    summary.events = 10;
    summary.actions = [("fail".into(), 0), ("join".into(), 4), ("rectify".into(), 6)].into();
    summary.triggers = [("ideal".into(), 3)].into();
    summary.deviations = [("late-notify".into(), 1)].into();
    Held { summary, outcome }
}

/// Evidence with every outcome there is.
pub(crate) fn every_outcome() -> Account {
    let why = || "the budget of 200,000 states ran out".to_owned();
    let mut driven = held("", Outcome::Rejected(Box::new(rejection())));
    driven.summary.door = Door::Drive;
    driven.summary.what = vec!["python3 examples/python/chord.py --bug".into()];
    driven.summary.seed = Some(7);
    driven.summary.notes = vec!["The run that fails has 3 steps.".into()];
    driven.summary.last_words = vec!["ring is broken".into()];
    driven.summary.replay = Some("straightedge drive chord --replay run.jsonl -- ./chord".into());
    let at = || position(5);
    Account {
        held: vec![
            held("logs/good.jsonl", Outcome::Accepted),
            held("logs/ring of four.jsonl", Outcome::Rejected(Box::new(rejection()))),
            driven,
            held("logs/long.jsonl", Outcome::Inconclusive { why: why(), at: at() }),
            held("logs/nine.jsonl", Outcome::OutOfScope { why: "a ninth node".into(), at: at() }),
            held("logs/cut.jsonl", Outcome::Malformed { why: "the line ends".into(), at: at() }),
        ],
        failures: vec!["action fail: 0, and at least 1 are asked for".into()],
    }
}
