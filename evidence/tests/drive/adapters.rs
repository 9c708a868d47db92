//! The example adapters, each as it should be and with each of its planted bugs.
//!
//! Where a language is not on the machine its tests say so, and fail if `STRAIGHTEDGE_ADAPTERS` is
//! `required`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use straightedge_evidence::drive::{Drive, Options};
use straightedge_evidence::outcome::Outcome;
use straightedge_evidence::process::Limits;

use crate::common::{run, walk};
use crate::languages::or_skipped;

const CHORD: &str = "corrected_four_nodes_two_successors";
const MAPREDUCE: &str = "two_maps_one_reduce_one_crash";

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

/// The command of an example in Python.
pub(crate) fn python(name: &str) -> Option<Vec<String>> {
    let script = examples().join("python").join(format!("{name}.py"));
    Some(vec![or_skipped("python3")?.into(), "-B".into(), script.display().to_string()])
}

/// The command of an example in C, which is compiled once.
pub(crate) fn c(name: &str) -> Option<Vec<String>> {
    static BUILT: OnceLock<tempfile::TempDir> = OnceLock::new();
    let compiler = or_skipped("cc")?;
    let directory = BUILT.get_or_init(|| {
        let directory = tempfile::tempdir().unwrap();
        for name in ["chord", "mapreduce"] {
            let sources = [format!("{name}.c"), "harness.c".into()];
            let built = Command::new(compiler)
                .args(["-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-pedantic", "-o"])
                .arg(directory.path().join(name))
                .args(sources.map(|source| examples().join("c").join(source)))
                .status()
                .unwrap();
            assert!(built.success(), "{name}.c does not compile");
        }
        directory
    });
    Some(vec![directory.path().join(name).display().to_string()])
}

fn driven(system: &str, instance: &str, command: &[String], options: &Options) -> Drive {
    let model = walk(system, instance, None);
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    run(model.as_ref(), &command, options, Limits::default())
}

/// It is accepted with every step taken; and with each bug rejected by a short run.
fn passes_and_fails(system: &str, instance: &str, command: Option<Vec<String>>, bugs: &[&str]) {
    let Some(command) = command else { return };
    let drive = driven(system, instance, &command, &Options::default());
    assert_eq!(drive.outcome, Outcome::Accepted, "{command:?}: {:?}", drive.last_words);
    assert!(drive.coverage.is_whole && drive.coverage.percent >= 100.0, "{:?}", drive.coverage);
    assert!(drive.counts.refusals > 1000 && drive.unsupported.is_empty());
    for bug in bugs {
        let command = [&command[..], &["--bug".to_owned(), (*bug).to_owned()]].concat();
        let drive = driven(system, instance, &command, &Options::default());
        let Outcome::Rejected(rejection) = &drive.outcome else {
            panic!("{command:?}: {:?}", drive.outcome)
        };
        let failing = drive.failing.as_ref().unwrap();
        eprintln!("{system} with {bug}: {}\n  {}", rejection.sentence, failing.texts.join("\n  "));
        assert!(failing.reproduced && failing.texts.len() <= 10, "{bug}: {:?}", failing.texts);
    }
}

const CHORD_BUGS: &[&str] = &["adopt_without_asking", "keep_dead_predecessor", "drop_notification"];
const MAPREDUCE_BUGS: &[&str] = &["accept_suspected", "forget_lost_maps", "early_reduce"];

#[test]
fn chord_in_python() {
    passes_and_fails("chord", CHORD, python("chord"), CHORD_BUGS);
}

#[test]
fn mapreduce_in_python() {
    passes_and_fails("mapreduce", MAPREDUCE, python("mapreduce"), MAPREDUCE_BUGS);
}

#[test]
fn chord_in_c() {
    passes_and_fails("chord", CHORD, c("chord"), CHORD_BUGS);
}

#[test]
fn mapreduce_in_c() {
    passes_and_fails("mapreduce", MAPREDUCE, c("mapreduce"), MAPREDUCE_BUGS);
}

#[test]
fn which_languages_were_skipped() {
    let missing: Vec<&str> =
        ["python3", "cc"].into_iter().filter(|program| or_skipped(program).is_none()).collect();
    if !missing.is_empty() {
        eprintln!("SKIPPED in all: the example adapters that need {}", missing.join(", "));
    }
}
