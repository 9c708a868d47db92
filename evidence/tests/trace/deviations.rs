//! Departures that are known, and floors (TRACE-13, TRACE-14).

use straightedge_evidence::config::Day;
use straightedge_evidence::outcome::Outcome;
use straightedge_evidence::trace::{Options, Report};

use super::common::{checked, config, trace};

const WRONG: &str =
    r#"{"action": "join(5, via 2)", "state": {"members": {"5": {"successors": [0, 2]}}}}"#;
const STABILIZE: &str = r#"{"action": "stabilize_from_successor(5)"}"#;
const STRANGE: &str = r#"{"action": "rectify(5, from 2)"}"#;

fn with(text: &str, lines: &[&str], today: &str) -> Report {
    let (config, today) = (config(text).unwrap(), Day::read(today).unwrap());
    checked(trace(lines), &Options { config, today, ..Options::default() })
}

fn deviation(rest: &str) -> String {
    format!("[[deviations]]\nid = \"d\"\nreason = \"r\"\nexpires = 2027-01-31\n{rest}\n")
}

#[test]
fn a_field_that_is_known_to_be_otherwise_is_not_looked_at_and_the_model_goes_on() {
    let known = deviation("action = \"join\"\nfields = [\"members.*.successors\"]");
    let report = with(&known, &[WRONG, STABILIZE], "2027-01-31");
    assert_eq!((report.exit_code(), report.deviations[0].events), (0, 1), "{report:?}");
    let other = deviation("fields = [\"members.*.predecessor\"]");
    let report = with(&other, &[WRONG, STABILIZE], "2027-01-31");
    assert!(matches!(report.traces[0].outcome, Outcome::Rejected(_)));
    assert_eq!(report.exit_code(), 1);
}

#[test]
fn an_event_that_is_known_to_be_strange_is_as_if_it_had_not_been_seen() {
    let known = deviation("action = \"rectify\"");
    let report = with(&known, &[STRANGE, STRANGE, r#"{"action": "join(5, via 2)"}"#], "2026-01-01");
    assert_eq!((report.exit_code(), report.deviations[0].events), (0, 2), "{report:?}");
    assert_eq!(report.coverage.actions["rectify"], 0, "it was not taken");
}

#[test]
fn what_is_unused_or_expired_fails() {
    let known = deviation("action = \"rectify\"");
    let unused = with(
        &known,
        &[STABILIZE.replace("stabilize_from_successor(5)", "fail(1)").as_str()],
        "2026-01-01",
    );
    assert!(unused.failures.iter().any(|f| f.to_string().contains("met nowhere")), "{unused:?}");
    let expired = with(&known, &[STRANGE], "2027-02-01");
    let told: Vec<String> = expired.failures.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["deviation d: it expired on 2027-01-31"]);
    assert_eq!(expired.exit_code(), 1);
}

#[test]
fn floors_that_are_not_come_to_fail() {
    let floors = "[floors]\nevents = 2\nactions = { join = 1, fail = 1 }\n";
    let joins = r#"{"action": {"join": {"node": 5}}}"#;
    let report = with(floors, &[joins], "2026-01-01");
    let told: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        ["events: 1, and at least 2 are asked for", "action fail: 0, and at least 1 are asked for",]
    );
    assert_eq!(report.exit_code(), 1);
}

#[test]
fn a_configuration_is_told_what_is_wrong_with_it() {
    for (text, told) in [
        ("[floor]\n", "config.toml:1:2: unknown field `floor`"),
        ("[floors]\nevents = \"x\"\n", "config.toml:2:10: "),
        ("[floors.actions]\nexplode = 1\n", "no action `explode`"),
        ("[floors.claims]\nnothing = 1\n", "no claim `nothing`"),
        (&deviation(""), "names no action and no fields"),
        (&deviation("action = \"explode\""), "no action `explode`"),
        (&deviation("action = \"join\"").replace("2027-01-31", "\"soon\""), "config.toml:4:"),
        (&deviation("action = \"join\"").replace("\"r\"", "\" \""), "gives no reason"),
        (&deviation("action = \"join\"").repeat(2), "deviation `d` comes twice"),
    ] {
        let error = config(text).unwrap_err();
        assert!(error.contains(told) && !error.contains('\n'), "{text}: {error}");
    }
}

#[test]
fn days_are_in_order() {
    let days = ["1999-12-31", "2000-02-29", "2000-03-01", "2026-11-26", "2027-01-01"];
    let read: Vec<Day> = days.iter().map(|day| Day::read(day).unwrap()).collect();
    assert!(read.is_sorted_by(|a, b| a < b));
    assert!(Day::today() > read[3] || Day::today() >= Day::read("2026-01-01").unwrap());
    assert!(Day::read("2026-13-01").is_none() && Day::read("07:00:00").is_none());
}
