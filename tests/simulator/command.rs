//! `straightedge simulate`, as a shell sees it.

use std::fs;

use assert_cmd::Command;
use predicates::prelude::{PredicateBooleanExt, predicate};

fn simulate(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("straightedge").unwrap();
    command.arg("simulate").args(arguments);
    command
}

#[test]
fn churn_that_heals_says_so_and_exits_with_0() {
    simulate(&["chord-churn", "--nodes", "40", "--seconds", "20", "--successors", "4", "--quiet"])
        .assert()
        .code(0)
        .stderr("")
        .stdout(
            predicate::str::contains("after the last fault the ring was ideal")
                .and(predicate::str::is_match("crashes +[1-9]").unwrap())
                .and(predicate::str::contains("events/s")),
        );
}

#[test]
fn churn_that_does_not_heal_prints_a_command_that_shows_it_again() {
    let arguments = ["--nodes", "24", "--seconds", "20", "--successors", "3", "--healing", "60"];
    let fault = ["--fault", "stabilize_without_notify", "--quiet"];
    let mut command = simulate(&["chord-churn"]);
    let assert = command.args(arguments).args(fault).assert().code(1);
    let out = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    assert!(out.contains("Not converged: ") && out.contains(" instead of "), "{out}");
    let replay = out.lines().last().unwrap();
    let (words, plan) = replay.split_once(" --plan ").unwrap();
    let words: Vec<&str> = words.split_whitespace().skip(2).collect();
    let plan = plan.trim_matches('\'');
    let again = simulate(&words).args(["--plan", plan, "--quiet"]).assert().code(1);
    let again = String::from_utf8(again.get_output().stdout.clone()).unwrap();
    assert!(again.contains("Not converged: "), "{again}");
}

#[test]
fn a_run_without_what_it_is_about_establishes_nothing() {
    // A partition of a millisecond hardly ever cuts a message off.
    simulate(&["chord-churn", "--nodes", "10", "--seconds", "5", "--successors", "3", "--quiet"])
        .args(["--partitions", "1", "--partition-ms", "1"])
        .assert()
        .code(2)
        .stdout(predicate::str::contains("Not established: messages cut off: 0"));
}

#[test]
fn figures_are_written_as_a_table_and_as_a_chart() {
    let directory = tempfile::tempdir().unwrap();
    let [csv, svg] = ["paths.csv", "paths.svg"].map(|name| directory.path().join(name));
    simulate(&["chord-paths", "--from", "3", "--to", "5", "--repeats", "2", "--quiet"])
        .arg("--csv")
        .arg(&csv)
        .arg("--svg")
        .arg(&svg)
        .assert()
        .code(0)
        .stdout(predicate::str::starts_with("Path length of look-ups\n"));
    let table = fs::read_to_string(csv).unwrap();
    assert!(table.starts_with("nodes,look-ups,mean,"), "{table}");
    assert_eq!(table.lines().count(), 1 + 3);
    assert!(fs::read_to_string(svg).unwrap().contains("log2 of the number of nodes"));
}

#[test]
fn what_cannot_be_carried_out_is_one_line() {
    for (arguments, why) in [
        (vec!["chord-churn", "--plan", "{"], "the plan cannot be carried out: "),
        (vec!["chord-churn", "--fault", "no_such"], "no fault `no_such`; there are adopt_"),
        (vec!["chord-churn", "--nodes", "4"], "a ring with lists of 8 begins with at least 9"),
        (vec!["chord-paths", "--from", "9", "--to", "4"], "--from is at most --to"),
        (vec!["chord-load", "--csv", "/no/such/folder/file"], "cannot write /no/such/"),
        (
            vec!["chord-churn", "--plan", r#"{"nodes":4000000000,"until_ms":1,"faults":[]}"#],
            "needs room for 4,000,000,000 nodes",
        ),
    ] {
        simulate(&arguments).assert().code(3).stdout("").stderr(
            predicate::str::contains(why).and(predicate::str::is_match("^[^\n]*\n$").unwrap()),
        );
    }
}

#[test]
fn what_failures_and_upgrades_cost_is_a_table_and_a_chart() {
    let directory = tempfile::tempdir().unwrap();
    let [csv, svg] = ["dq.csv", "dq.svg"].map(|name| directory.path().join(name));
    for (command, rows, text, chart) in [
        ("dq-upgrades", 9, "big flip", "Least capacity during an upgrade"),
        ("dq-failures", 6, "4/3", "Load on the survivors"),
    ] {
        simulate(&[command, "--servers", "4"])
            .arg("--csv")
            .arg(&csv)
            .arg("--svg")
            .arg(&svg)
            .assert()
            .code(0)
            .stdout(predicate::str::contains(text));
        let table = fs::read_to_string(&csv).unwrap();
        assert!(table.starts_with("servers,"), "{table}");
        assert_eq!(table.lines().count(), 1 + rows);
        assert!(fs::read_to_string(&svg).unwrap().contains(chart));
    }
}

#[test]
fn the_rate_at_corals_closest_node_is_a_table_and_a_chart() {
    let directory = tempfile::tempdir().unwrap();
    let [csv, svg] = ["rate.csv", "rate.svg"].map(|name| directory.path().join(name));
    simulate(&["coral-root-rate", "--from", "3", "--to", "4", "--quiet"])
        .arg("--csv")
        .arg(&csv)
        .arg("--svg")
        .arg(&svg)
        .assert()
        .code(0)
        .stdout(predicate::str::contains("Requests at the closest node"));
    let table = fs::read_to_string(csv).unwrap();
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!((rows.len(), rows[0][3], rows[0][4]), (3, "splice_most", "beta_m"));
    assert!(rows[1..].iter().all(|row| row[3] == row[4] && row[6] == row[7]), "{table}");
    assert!(fs::read_to_string(svg).unwrap().contains("greedy, unthrottled"));
}

#[test]
fn naomis_story_is_told_with_its_picture_and_a_wrong_story_with_its_line() {
    let directory = tempfile::tempdir().unwrap();
    let svg = directory.path().join("naomi.svg");
    simulate(&["coral-naomi", "--svg"])
        .arg(&svg)
        .assert()
        .code(0)
        .stdout(predicate::str::contains("75 puts 75 under 100 for 3600 s: stored 75"));
    assert!(fs::read_to_string(svg).unwrap().contains("100 David"));
    let story = directory.path().join("wrong.txt");
    fs::write(&story, "distance 75 42\nexpect result is 101\n").unwrap();
    simulate(&["coral-story"])
        .arg(&story)
        .assert()
        .code(3)
        .stderr(predicate::str::contains("wrong.txt:2: expected `101`, and it is `97`"));
}
