//! Every claim is checked, and every mutant killed: each verdict is the declared one, and each
//! verdict, count and counterexample is that of the instance's file.
//!
//! Times and memory are left out: they differ from machine to machine. To accept what has changed,
//! `INSTA_UPDATE=always cargo test --test snapshots`; the difference is then read before it is
//! committed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use straightedge::cli::{self, Console};
use straightedge::report::figure;
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::trace::Evidence;
use straightedge_models::engine::verdict::{ClaimReport, Coverage};
use straightedge_models::engine::{Checkable, Limits, Outcome, Report, System, Tier};

/// Compares with `snapshots/‹system›/‹name›.snap`.
fn compare(system: &str, name: &str, text: &str) {
    let mut settings = insta::Settings::new();
    settings
        .set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots").join(system));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn describe(report: &Report) -> String {
    let search = figure::search(report);
    let mut text = format!(
        "{}/{}\n{}, {}, depth {}, {search}, {}\n\nclaims\n",
        report.system,
        report.instance,
        figure::plural(report.states as usize, "state"),
        figure::plural(report.transitions as usize, "transition"),
        report.depth,
        figure::symmetry(report),
    );
    for claim in &report.claims {
        text += &describe_claim(claim);
    }
    text += "\nactions\n";
    for action in &report.coverage {
        text +=
            &format!("  {}: taken {}, changed {}\n", action.action, action.taken, action.changed);
    }
    for complaint in &report.complaints {
        text += &format!("complaint: {complaint}\n");
    }
    text
}

fn describe_claim(claim: &ClaimReport) -> String {
    let mut text = format!("  {} {}: {}\n", claim.form, claim.claim, figure::verdict(claim));
    if let Some(fairness) = &claim.fairness {
        text += &format!("    assumes {fairness}\n");
    }
    text + &claim.evidence.as_ref().map_or_else(String::new, actions)
}

fn actions(evidence: &Evidence) -> String {
    let mut text = String::new();
    for (index, action) in evidence.actions().iter().enumerate() {
        if evidence.loop_start == Some(index) {
            text += "    for ever\n";
        }
        text += &format!("    {action}\n");
    }
    text
}

/// Every claim has the declared answer, and every action is taken that is said to be.
fn assert_as_declared(report: &Report) {
    let complaints: Vec<_> = report.coverage.iter().filter_map(Coverage::complaint).collect();
    assert_eq!(complaints, Vec::<String>::new(), "{}", report.instance);
    assert_eq!(report.complaints, Vec::<String>::new(), "{}", report.instance);
    for claim in &report.claims {
        assert!(claim.is_as_declared(), "{}/{}: {}", report.instance, claim.claim, claim.verdict);
    }
    assert_eq!(report.outcome(), Outcome::AsDeclared, "{}", report.instance);
}

/// Calls `body` with every item, of which there are so many at least, and fails once with the names
/// of all that failed.
fn all<T>(
    at_least: usize,
    items: impl Iterator<Item = T>,
    name: impl Fn(&T) -> String,
    body: impl Fn(&T),
) {
    let mut looked_at = 0;
    let mut failed = Vec::new();
    for item in items {
        looked_at += 1;
        if catch_unwind(AssertUnwindSafe(|| body(&item))).is_err() {
            failed.push(name(&item));
        }
    }
    assert!(looked_at >= at_least, "only {looked_at} were looked at");
    assert!(failed.is_empty(), "not as in the snapshots: {}", failed.join(", "));
}

fn limits() -> Limits {
    Limits { threads: 2, ..Limits::default() }
}

#[test]
fn every_instance_of_the_ci_tier_is_as_in_its_snapshot() {
    let systems = straightedge_models::systems();
    let instances = systems.iter().flat_map(|system| &system.instances);
    let ci = instances.filter(|instance| instance.tier() == Tier::Ci).map(AsRef::as_ref);
    let name = |instance: &&dyn Checkable| format!("{}/{}", instance.system(), instance.name());
    all(185, ci, name, |instance| {
        let report = unattended(limits(), |run| instance.check(None, run)).unwrap();
        assert_as_declared(&report);
        compare(instance.system(), instance.name(), &describe(&report));
    });
}

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn kills(systems: &'static [System], system: &str) -> Value {
    let out = Buffer::default();
    let mut console = Console {
        out: Box::new(out.clone()),
        err: Box::new(io::stderr()),
        is_terminal: false,
        stop: Arc::new(AtomicBool::new(false)),
        listens: false,
    };
    let words = ["straightedge", "check", system, "--mutants", "--quiet", "--format", "json"];
    // Each mutant is killed by the claim that it names, and each claim by a mutant.
    assert_eq!(cli::main(systems, words, &mut console), 0, "{system}");
    let report: Value = serde_json::from_slice(&out.0.lock().unwrap()).unwrap();
    report["kills"].clone()
}

fn names(list: &Value) -> String {
    let names = list.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    names.collect::<Vec<_>>().join(", ")
}

fn describe_kills(kills: &Value) -> String {
    let mut text = String::new();
    for row in kills["rows"].as_array().unwrap() {
        let mutant = &row["mutant"];
        let field = |name: &str| mutant[name].as_str().unwrap().to_owned();
        text += &format!(
            "{} on {}\n  named: {}\n  breaks: {}\n",
            field("name"),
            field("instance"),
            field("killed_by"),
            names(&row["kills"]),
        );
    }
    text + &format!("\nproblems: [{}]\n", names(&kills["problems"]))
}

#[test]
fn every_kill_matrix_is_as_in_its_snapshot() {
    let systems: &'static [System] = Box::leak(straightedge_models::systems().into_boxed_slice());
    let mutated = systems.iter().filter(|system| !system.mutants.is_empty());
    all(
        4,
        mutated,
        |system| system.name.to_owned(),
        |system| {
            let kills = kills(systems, system.name);
            compare(system.name, "mutants", &describe_kills(&kills));
        },
    );
}
