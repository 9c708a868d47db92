//! `run mapreduce`, as a shell sees it.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin;
use predicates::prelude::{PredicateBooleanExt, predicate};
use tempfile::TempDir;

fn straightedge(directory: &TempDir, line: &str) -> Command {
    let mut command = Command::cargo_bin("straightedge").unwrap();
    command.current_dir(directory).args(line.split_whitespace());
    command
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// What a shell makes of a line.
fn shell(directory: &TempDir, line: &str) -> String {
    let output = Process::new("sh").current_dir(directory).args(["-c", line]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The whole way, with workers killed, beside what `tr`, `sort`, `uniq` and `awk` make of the text.
#[test]
fn words_are_counted_as_by_other_tools() {
    let directory = tempfile::tempdir().unwrap();
    let line = "run mapreduce word_count --generate 8MiB --input text --output out --kill 3 \
                --workers 3 --maps 12 --reduces 5";
    straightedge(&directory, line)
        .assert()
        .code(0)
        .stdout(predicate::str::contains("12 maps and 5 reduces done in "))
        .stdout(predicate::str::contains("3 workers killed"));
    assert_eq!(names(directory.path()), ["out", "text"]);
    assert_eq!(names(&directory.path().join("out")).len(), 5);
    let ours = shell(&directory, "LC_ALL=C sort out/part-*");
    let tools = "tr -s ' ' '\\n' < text | LC_ALL=C sort | uniq -c | awk '{print $2 \"\\t\" $1}'";
    assert!(ours == shell(&directory, tools), "sort and uniq count otherwise");
    let line =
        "run mapreduce word_count --input text --output alone --sequential --reduces 5 --quiet";
    straightedge(&directory, line).assert().code(0).stdout("").stderr("");
    for part in names(&directory.path().join("out")) {
        let read = |folder: &str| fs::read(directory.path().join(folder).join(&part)).unwrap();
        assert!(read("out") == read("alone"), "{part} differs from the sequential run's");
    }
}

#[test]
fn lines_are_sorted_and_found_as_by_other_tools() {
    let directory = tempfile::tempdir().unwrap();
    let line = "run mapreduce sort --generate 1MiB --input text --output sorted --maps 5";
    straightedge(&directory, line).assert().code(0);
    let sorted = shell(&directory, "cat sorted/part-*");
    assert!(sorted == shell(&directory, "LC_ALL=C sort text"), "sort sorts otherwise");
    let line = "run mapreduce grep --text zab --input text --output found --reduces 1 --maps 3";
    straightedge(&directory, line).assert().code(0);
    let found = shell(&directory, "cut -f 1 found/part-*");
    assert!(!found.is_empty() && found == shell(&directory, "grep zab text | LC_ALL=C sort -u"));
}

#[test]
fn what_makes_no_sense_is_one_line_and_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("text"), "a b\n").unwrap();
    fs::create_dir(directory.path().join("full")).unwrap();
    fs::write(directory.path().join("full/file"), "").unwrap();
    for (arguments, said) in [
        ("word_count --input none --output out", "cannot read none: "),
        ("word_count --input full --output out", "cannot read full: it is no ordinary file"),
        ("word_count --input text --output full", "full is not empty"),
        ("word_count --input text --output no/out", "cannot write no/out: "),
        ("word_count --input text --output out --maps 0", "invalid value '0' for '--maps <M>'"),
        ("word_count --input text --output out --reduces 0", "invalid value '0' for '--reduces"),
        ("word_count --input text --output out --workers 0", "invalid value '0' for '--workers"),
        ("word_count --input text --output out --memory 8", "need at least 40 MiB of memory"),
        ("word_count --output out", "required arguments were not provided"),
        ("word_count --output out --generate 1GB", "is no size"),
        ("word_count --output out --generate 1KiB --input text", "cannot write text: "),
        ("word_count --output out --generate 1KiB --input x y", "--generate writes one file"),
        ("frobnicate --input text --output out", "invalid value 'frobnicate'"),
    ] {
        straightedge(&directory, &format!("run mapreduce {arguments}"))
            .assert()
            .code(3)
            .stdout("")
            .stderr(
                predicate::str::contains(said)
                    .and(predicate::str::is_match("^straightedge: .*\n$").unwrap()),
            );
        assert_eq!(names(directory.path()), ["full", "text"], "{arguments}");
    }
}

/// A file system that has no room: here files may not be longer than 64 KiB.
#[test]
fn no_room_for_the_output_is_one_line_and_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    straightedge(
        &directory,
        "run mapreduce sort --generate 1MiB --input text --output out --quiet",
    )
    .assert()
    .code(0);
    fs::remove_dir_all(directory.path().join("out")).unwrap();
    let line = format!(
        "trap '' XFSZ; ulimit -f 128; {} run mapreduce sort --input text --output out --reduces 1",
        cargo_bin("straightedge").display()
    );
    Command::new("sh")
        .current_dir(&directory)
        .args(["-c", &line])
        .assert()
        .code(3)
        .stdout("")
        .stderr(predicate::str::is_match("^straightedge: (map|reduce) 0 failed: .*\n$").unwrap());
    assert_eq!(names(directory.path()), ["text"]);
}

/// A job that is long enough to be met at work.
fn long_job(directory: &TempDir) -> std::process::Child {
    let line = "run mapreduce word_count --input text --output out --memory 64 --workers 2 --quiet";
    Process::new(cargo_bin("straightedge"))
        .current_dir(directory)
        .args(line.split_whitespace())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn generated(bytes: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let line = format!(
        "run mapreduce grep --text none --generate {bytes} --input text --output out --quiet"
    );
    straightedge(&directory, &line).assert().code(0);
    fs::remove_dir_all(directory.path().join("out")).unwrap();
    directory
}

#[test]
fn an_interrupt_leaves_nothing() {
    let directory = generated("32MiB");
    let child = long_job(&directory);
    let start = Instant::now();
    while names(directory.path()).len() < 2 && start.elapsed() < Duration::from_secs(10) {
        thread::sleep(Duration::from_millis(5));
    }
    thread::sleep(Duration::from_millis(200));
    shell(&directory, &format!("kill -INT {}", child.id()));
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "straightedge: stopped before the job was done\n");
    assert_eq!(names(directory.path()), ["text"]);
}

/// The most memory that a process has had, in KiB, as the kernel counts it.
fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(PathBuf::from(format!("/proc/{process}/status"))).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

#[cfg(target_os = "linux")]
#[test]
fn memory_stays_within_the_flag() {
    let directory = generated("32MiB");
    let mut child = long_job(&directory);
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        most = most.max(peak(child.id()).unwrap_or_default());
        thread::sleep(Duration::from_millis(2));
    }
    assert!(child.wait().unwrap().success());
    assert!(most > 8 << 10, "{most} KiB: nothing was measured");
    assert!(most <= 64 << 10, "{most} KiB");
}
