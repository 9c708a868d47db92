//! The program itself, as a shell sees it.

use std::net::TcpListener;

use assert_cmd::Command;
use predicates::prelude::{PredicateBooleanExt, predicate};

fn straightedge() -> Command {
    Command::cargo_bin("straightedge").unwrap()
}

#[test]
fn the_program_lists_its_systems() {
    straightedge().arg("list").assert().code(0).stdout(predicate::str::starts_with("chord\n"));
}

#[test]
fn usage_errors_exit_with_3_and_say_so_on_the_standard_error() {
    straightedge()
        .args(["check", "--no-such-flag"])
        .assert()
        .code(3)
        .stdout("")
        .stderr(predicate::str::contains("--no-such-flag"));
}

#[test]
fn an_unknown_system_is_one_line() {
    straightedge().args(["check", "cord"]).assert().code(3).stdout("").stderr(
        predicate::str::contains("did you mean `chord`?")
            .and(predicate::str::is_match("^.*\n$").unwrap()),
    );
}

#[test]
fn a_port_that_is_taken_is_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    straightedge().args(["explore", "chord", "--port", &port]).assert().code(3).stdout("").stderr(
        predicate::str::starts_with(format!("straightedge: cannot listen on 127.0.0.1:{port}")),
    );
}
