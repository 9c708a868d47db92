//! The action: its inputs all have an effect, and its script ends as the program did.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The keys one level below a key at the margin.
fn keys(text: &str, section: &str) -> BTreeSet<String> {
    let begins = format!("{section}:");
    let body = text.lines().skip_while(|line| *line != begins).skip(1);
    let body = body.take_while(|line| line.is_empty() || line.starts_with(' '));
    let names = body.filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'));
    names.filter(|name| !name.starts_with(' ')).map(str::to_owned).collect()
}

/// What follows a prefix, wherever it is in a text.
fn after<'a>(text: &'a str, prefix: &'a str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    text.split(prefix)
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| is_part(*c)).collect())
        .collect()
}

#[test]
fn every_input_is_used_and_every_output_is_set() {
    let action = fs::read_to_string(root().join("action.yml")).unwrap();
    let script = fs::read_to_string(root().join(".ci/hold")).unwrap();
    let inputs = keys(&action, "inputs");
    assert!(inputs.len() > 8, "{inputs:?}");
    assert_eq!(inputs, after(&action, "${{ inputs."), "each is handed to the script");
    for input in &inputs {
        let name = input.to_uppercase();
        assert!(action.contains(&format!("{name}: ${{{{ inputs.{input} }}}}")), "{input}");
        assert!(script.contains(&format!("${name}")) || script.contains(&format!("${{{name}")));
    }
    let outputs = keys(&action, "outputs");
    assert_eq!(outputs, after(&action, "steps.hold.outputs."));
    for output in &outputs {
        let is_set = [format!("output {output} "), format!(" {output}:")];
        assert!(is_set.iter().any(|text| script.contains(text)), "{output} is never set");
    }
    let runs: Vec<&str> = action.lines().filter(|line| line.trim().starts_with("run:")).collect();
    assert!(runs.len() == 2 && runs.iter().all(|run| !run.contains("${{")), "{runs:?}");
    let recipe = fs::read_to_string(root().join("docs/ci.md")).unwrap();
    let workflow = fs::read_to_string(root().join(".github/workflows/conformance.yml")).unwrap();
    for used in
        after(&workflow, "steps.held.outputs.").iter().chain(&after(&recipe, "steps.held.outputs."))
    {
        assert!(outputs.contains(used), "there is no output {used}");
    }
}

/// The script, run with a program that writes its reports and ends with that code.
struct Job {
    folder: tempfile::TempDir,
}

impl Job {
    fn new(code: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        let text = format!(
            "#!/bin/sh\nprintf '%s|' \"$@\" >>called\nwhile [ $# -gt 0 ]; do case $1 in --html) \
             echo page >\"$2\";; esac; shift; done\necho '<b> & line 4'\nexit {code}\n"
        );
        fs::write(&program, text).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(folder.path().join("my logs")).unwrap();
        fs::write(folder.path().join("my logs/a b.jsonl"), "").unwrap();
        Self { folder }
    }

    /// The exit code with those inputs.
    fn run(&self, inputs: &[(&str, &str)]) -> i32 {
        let mut command = Command::new("bash");
        command.arg(root().join(".ci/hold").canonicalize().unwrap());
        command.current_dir(self.folder.path());
        let defaults =
            ["TRACES", "COMMAND", "INSTANCE", "CONFIG", "OPTIONS"].map(|name| (name, ""));
        let given = [("SYSTEM", "chord"), ("EACH", "true"), ("FORMAT", "text"), ("REPORTS", "r")];
        let files = [("GITHUB_OUTPUT", "outputs"), ("GITHUB_STEP_SUMMARY", "summary")];
        command.envs(defaults).envs(given).envs(files).envs([("EXPECT", "accepted")]);
        command.env("PROGRAM", self.folder.path().join("program"));
        let done = command.envs(inputs.iter().copied()).output().unwrap();
        done.status.code().unwrap()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }
}

#[test]
fn the_job_ends_as_the_program_did_and_says_so() {
    for (code, outcome) in [(0, "accepted"), (1, "rejected"), (2, "inconclusive"), (3, "malformed")]
    {
        let job = Job::new(code);
        assert_eq!(job.run(&[("TRACES", "my logs/*.jsonl\n")]), i32::from(code));
        let outputs = job.read("outputs");
        assert!(outputs.contains(&format!("outcome={outcome}\nexit-code={code}\n")), "{outputs}");
        assert!(outputs.contains("html=r/report.html\n") && !outputs.contains("json="));
        assert!(job.read("summary").contains("&lt;b&gt; &amp; line 4"), "a log is text");
        assert!(job.read("called").starts_with("trace|chord|my logs/a b.jsonl|--html|"));
    }
    assert_eq!(Job::new(101).run(&[("COMMAND", "x")]), 101, "a program that dies is no success");
}

#[test]
fn an_expected_rejection_is_a_success_and_nothing_else_is() {
    let inputs = [("COMMAND", "./adapter --bug x"), ("INSTANCE", "small"), ("EXPECT", "rejected")];
    let job = Job::new(1);
    assert_eq!(job.run(&inputs), 0);
    let called = job.read("called");
    assert!(called.starts_with("drive|chord/small|"), "{called}");
    assert!(called.ends_with("|--|./adapter|--bug|x|"), "{called}");
    assert_eq!(Job::new(0).run(&inputs), 1, "a planted fault that is not found");
    assert_eq!(Job::new(2).run(&inputs), 2);
}

#[test]
fn inputs_that_make_no_sense_are_refused_before_anything_runs() {
    for inputs in [
        &[][..],
        &[("TRACES", "a"), ("COMMAND", "b")],
        &[("TRACES", "none/*.jsonl")],
        &[("COMMAND", "b"), ("CONFIG", "c.toml")],
        &[("COMMAND", "b"), ("EXPECT", "anything")],
    ] {
        let job = Job::new(0);
        assert_eq!(job.run(inputs), 3, "{inputs:?}");
        assert_eq!(job.read("called"), "", "{inputs:?}");
    }
}
