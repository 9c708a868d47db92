//! Processes that do what no process should: each gets an answer, in time, and none is left over.

use std::time::Duration;

use straightedge_evidence::drive::{Drive, Options};
use straightedge_evidence::outcome::Outcome;
use straightedge_evidence::process::Limits;

use crate::common::{brief, run, timed, walk};

const INSTANCE: &str = "corrected_three_nodes_one_successor";

/// Answers `init`, so that what follows is about the rest.
const GREET: &str = r#"read l; echo '{"id":1,"type":"init_ok","protocol":1}'; "#;

fn impatient() -> Limits {
    Limits {
        line: 4096,
        answer: Duration::from_millis(600),
        stderr: 1 << 16,
        stderr_kept: 100,
        farewell: Duration::from_millis(200),
    }
}

fn shell_with(script: &str, options: &Options) -> Drive {
    let model = walk("chord", INSTANCE, None);
    let script = ["sh", "-c", script];
    let (drive, took) = timed(|| run(model.as_ref(), &script, options, impatient()));
    assert!(took < Duration::from_secs(40), "{took:?}");
    drive
}

fn shell(script: &str) -> Drive {
    shell_with(script, &brief())
}

/// The exit code, and what is said.
fn told(drive: &Drive) -> (u8, String) {
    let why = match &drive.outcome {
        Outcome::Accepted => String::new(),
        Outcome::Rejected(rejection) => rejection.sentence.clone(),
        Outcome::Inconclusive { why, .. }
        | Outcome::OutOfScope { why, .. }
        | Outcome::Malformed { why, .. } => why.clone(),
    };
    (drive.outcome.exit_code(), why)
}

fn tells(script: &str, code: u8, expected: &str) {
    let drive = shell(script);
    let (exit, why) = told(&drive);
    assert_eq!(exit, code, "{script}: {why}");
    assert!(why.contains(expected), "{script}: {why}");
}

#[test]
fn what_does_not_speak_the_protocol_is_malformed() {
    tells("sleep 60", 3, "does not answer within");
    tells("exit 7", 3, "exit status: 7");
    tells("read l; echo garbage", 3, "answers \"garbage\"");
    tells("read l; echo '{\"id\":1,\"type\":\"init_ok\",\"protocol\":2}'", 3, "version 2");
    tells("read l; echo '{\"id\":1,\"type\":\"ok\",\"state\":{}}'", 3, "`init_ok` was expected");
    let stray = r#"read l; echo '{"id":1,"type":"init_ok","protocol":1,"actions":["fly"]}'"#;
    tells(stray, 3, "an action `fly` that chord has not");
    let model = walk("chord", INSTANCE, None);
    let drive = run(model.as_ref(), &["/no/such/program"], &brief(), impatient());
    assert_eq!(told(&drive).0, 3);
    assert!(told(&drive).1.contains("cannot start `/no/such/program`"), "{drive:?}");
}

#[test]
fn what_says_that_it_cannot_do_the_instance_is_out_of_scope() {
    tells(r#"read l; echo '{"id":1,"type":"unsupported"}'"#, 2, "does not support this instance");
}

#[test]
fn answers_that_cannot_be_read_are_malformed() {
    let after = |rest: &str| format!("{GREET}{rest}");
    tells(&after("read l; echo '{\"id\":2,\"type\":\"ok\"'"), 3, "answers \"{");
    tells(&after("read l; printf '\\377\\376\\n'"), 3, "not UTF-8");
    let wrong = r#"read l; echo '{"id":9,"type":"ok","state":{}}'"#;
    tells(&after(wrong), 3, "answers message 9, and 2 was expected");
    let twice =
        r#"read l; echo '{"id":2,"type":"ok","state":{}}'; echo '{"id":2,"type":"ok","state":{}}'"#;
    tells(&after(&format!("{twice}; cat >/dev/null")), 3, "answers message 2, and 3");
    let typing_error = r#"read l; echo '{"id":2,"type":"ok","sate":{}}'"#;
    tells(&after(typing_error), 3, "unknown field `sate`");
    tells(&after(r#"read l; echo '{"id":2,"type":"ok","state":3}'"#), 3, "no JSON object");
    tells(&after("head -c 100000 /dev/zero; cat >/dev/null"), 3, "a line that is too long");
    let nested = "read l; printf '{\"id\":2,\"type\":\"ok\",\"state\":'; \
                  i=0; while [ $i -lt 300 ]; do printf '['; i=$((i+1)); done; echo";
    tells(&after(nested), 3, "recursion limit");
    tells(&after("yes; true"), 3, "answers \"y\"");
}

#[test]
fn a_flood_of_words_is_stopped_and_its_end_is_kept() {
    let drive = shell(&format!("{GREET}yes flood >&2"));
    assert!(told(&drive).1.contains("floods its standard error"), "{:?}", drive.outcome);
    assert_eq!(told(&drive).0, 3);
    assert!(drive.last_words.iter().map(String::len).sum::<usize>() <= 100);
    assert!(drive.last_words.iter().any(|line| line == "flood"));
}

#[test]
fn who_ends_or_hangs_in_the_middle_is_rejected_with_its_last_words() {
    let begins = format!(
        "{GREET}read l; {}",
        r#"echo '{"id":2,"type":"ok","state":{"members":{"0":{"predecessor":1}}}}'; "#
    );
    for (rest, why) in [
        ("read l; echo I am ill >&2; exit 4", "exit status: 4"),
        ("read l; echo I am ill >&2; kill -9 $$", "signal: 9"),
        ("read l; echo I am ill >&2; exec sleep 60", "does not answer within"),
        ("read l; echo I am ill >&2; exec >&-; sleep 60", "closed its standard output"),
    ] {
        let drive = shell_with(&format!("{begins}{rest}"), &Options { tries: 6, ..brief() });
        let (code, said) = told(&drive);
        assert_eq!(code, 1, "{rest}: {said}");
        assert!(said.contains(why), "{rest}: {said}");
        assert!(drive.last_words.iter().any(|line| line == "I am ill"), "{:?}", drive.last_words);
        let failing = drive.failing.unwrap();
        assert!(failing.reproduced && failing.actions.len() == 1, "{failing:?}");
    }
}

#[test]
fn who_never_reads_does_not_keep_us_waiting() {
    // The pipe to it fills up: a suite of messages is larger than any pipe.
    tells(&format!("{GREET}sleep 60"), 1, "does not answer within");
}

#[test]
fn the_time_for_the_whole_run_is_kept() {
    let options = Options { time: Duration::from_millis(100), ..brief() };
    let drive = shell_with("sleep 60", &options);
    assert_eq!(drive.outcome.exit_code(), 2, "{:?}", drive.outcome);
}

/// Whether a process of that number runs.
#[cfg(target_os = "linux")]
fn runs(process: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"));
    status.is_ok_and(|status| !status.contains("State:\tZ"))
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_is_left_over_of_a_process_and_of_what_it_has_started() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("numbers");
    let path = file.display();
    // The second one ignores the end of its input, as one does that ignores `bye`.
    for rest in ["exit 1", "trap '' TERM HUP INT; while :; do sleep 60; done"] {
        shell(&format!("sleep 60 & echo $! $$ > {path}; {GREET}{rest}"));
        let numbers = std::fs::read_to_string(&file).unwrap();
        let all_have_ended = || numbers.split_whitespace().all(|number| !runs(number));
        let ended = (0..100).any(|_| {
            std::thread::sleep(Duration::from_millis(20));
            all_have_ended()
        });
        assert!(ended, "{rest}: {numbers}");
    }
}

#[test]
fn who_supports_nothing_or_shows_nothing_is_out_of_scope() {
    let each = |answer: &str| {
        format!(
            "{GREET}n=2; while read l; do case $l in *reset*|*observe*) \
             a='\"ok\",\"state\":{{}}';; *) a='{answer}';; esac; \
             echo \"{{\\\"id\\\":$n,\\\"type\\\":$a}}\"; n=$((n+1)); done"
        )
    };
    tells(&each("\"unsupported\""), 2, "nothing was exercised");
}
