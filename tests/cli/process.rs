//! The program itself, as a shell sees it.

use std::net::TcpListener;

use assert_cmd::Command;
use predicates::prelude::{PredicateBooleanExt, predicate};

fn straightedge() -> Command {
    Command::cargo_bin("straightedge").unwrap()
}

#[test]
fn the_program_lists_its_systems() {
    straightedge()
        .arg("list")
        .assert()
        .code(0)
        .stdout(predicate::str::starts_with("load_manager\n"));
}

#[test]
fn a_usage_error_is_one_line_and_exits_with_3() {
    for (arguments, said) in [
        (vec!["check", "--no-such-flag"], "unexpected argument '--no-such-flag' found"),
        (vec!["check", "--tier", "weekly"], "'weekly' for '--tier <TIER>' [possible values: ci"),
        (vec!["frobnicate"], "unrecognized subcommand 'frobnicate'"),
        (vec!["show"], "required arguments were not provided"),
    ] {
        straightedge().args(arguments).assert().code(3).stdout("").stderr(
            predicate::str::starts_with("straightedge: ")
                .and(predicate::str::contains(said))
                .and(predicate::str::is_match("^.*; see --help\n$").unwrap()),
        );
    }
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
