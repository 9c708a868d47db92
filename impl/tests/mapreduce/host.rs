//! Jobs on threads over a directory: bad input, bad weather, workers that are killed, little
//! memory. Whatever happens, nothing partial is under a final name, and nothing is left behind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use crate::host_common::{Bench, hasty, joined, sequentially};
use straightedge_impl::host::mapreduce::{Job, JobError, run, run_sequentially, sample};
use straightedge_impl::host::post::Weather;
use straightedge_impl::mapreduce::application::{
    Arrivals, Grep, InvertedIndex, Links, Sort, WordCount,
};
use straightedge_impl::mapreduce::data::{Application, Emit, Ranges, Record, Values};
use straightedge_impl::mapreduce::{Barrier, MasterDelivery, Task};

fn run_plainly(job: &Job) -> Result<(), JobError> {
    run(job, &AtomicBool::new(false), &mut |_| ()).map(|_| ())
}

/// The job fails with this, in one line, and leaves nothing behind.
fn assert_fails(bench: &Bench, job: &Job, with: &str) {
    let error = run_plainly(job).unwrap_err().to_string();
    assert!(error.contains(with), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(!job.output.exists() || fs::read_dir(&job.output).unwrap().next().is_none());
    bench.assert_clean(&["out"]);
}

/// Every application, the killed and the plain and the sequential run, all have one output.
#[test]
fn every_application_is_right_though_workers_are_killed() {
    let bench = Bench::with_texts(3, 60_000);
    let ranges = Ranges::of_sample(sample(&bench.inputs, 10_000).unwrap(), 3);
    let applications: [Arc<dyn Application>; 5] = [
        Arc::new(WordCount),
        Arc::new(InvertedIndex),
        Arc::new(Links),
        Arc::new(Grep { text: b"ba".to_vec() }),
        Arc::new(Sort { ranges }),
    ];
    for (place, application) in applications.into_iter().enumerate() {
        let mut job = hasty(bench.job(application));
        job.output = bench.directory.path().join(format!("text-out-{place}"));
        job.maps = Some(9);
        job.reduces = 3;
        job.workers = 3;
        job.kills = 3;
        job.seed = place as u64;
        let report = bench.run(&job);
        assert_eq!(report.killed, 3);
        assert!(report.suspected >= 2, "{report:?}");
        let expected = sequentially(&job);
        assert_eq!(joined(&job.output), expected);
        job.output = job.output.with_extension("sequential");
        let sequential = run_sequentially(&job, &AtomicBool::new(false)).unwrap();
        assert_eq!(joined(&job.output), expected);
        assert_eq!(report.counters, sequential.counters, "each task is counted once");
    }
}

#[test]
fn sorted_outputs_are_sorted_one_after_the_other() {
    let bench = Bench::with_texts(2, 50_000);
    let ranges = Ranges::of_sample(sample(&bench.inputs, 50_000).unwrap(), 4);
    let job = Job { reduces: 4, maps: Some(5), ..hasty(bench.job(Arc::new(Sort { ranges }))) };
    bench.run(&job);
    let out = joined(&job.output);
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines.is_sorted() && lines.len() > 1000);
    let smallest = fs::read_dir(&job.output).unwrap().map(|e| e.unwrap().metadata().unwrap().len());
    assert!(smallest.min().unwrap() > 5000, "the ranges are about equally full");
}

#[test]
fn messages_that_are_lost_doubled_and_late_do_no_harm() {
    let bench = Bench::with_texts(2, 30_000);
    for seed in 0..3 {
        let mut job = hasty(bench.job(Arc::new(WordCount)));
        job.output = bench.directory.path().join(format!("text-out-{seed}"));
        job.maps = Some(6);
        job.workers = 3;
        job.kills = 1;
        job.seed = seed;
        if seed == 1 {
            job.barrier = Barrier::Function;
        }
        job.weather = Weather { lost: 100, doubled: 200, held: 100 };
        let report = bench.run(&job);
        assert_eq!(
            report.counters.get("different words"),
            joined(&job.output).lines().count() as u64
        );
        assert_eq!(joined(&job.output), sequentially(&job));
    }
}

/// With so little memory that every map has many runs and every reduce merges in several passes.
#[test]
fn little_memory_changes_nothing() {
    let bench = Bench::with_texts(1, 3_000_000);
    let mut job = hasty(bench.job(Arc::new(Links)));
    job.memory = 32 << 20;
    job.maps = Some(40);
    job.reduces = 2;
    bench.run(&job);
    assert_eq!(joined(&job.output), sequentially(&job));
    job.memory = 8 << 20;
    job.output = bench.directory.path().join("none");
    assert_fails(&bench, &job, "need at least 32 MiB");
}

#[test]
fn bad_input_is_named_and_nothing_is_left() {
    let bench = Bench::with_lines(&["a b"]);
    let job = hasty(bench.job(Arc::new(WordCount)));
    let missing = Job { inputs: vec![PathBuf::from("/no/such/file")], ..job.clone() };
    assert_fails(&bench, &missing, "cannot read /no/such/file: ");
    let folder = bench.directory.path().to_owned();
    assert_fails(&bench, &Job { inputs: vec![folder], ..job.clone() }, "no ordinary file");
    assert_fails(&bench, &Job { reduces: 0, ..job.clone() }, "at least one reduce");
    assert_fails(&bench, &Job { workers: 0, ..job.clone() }, "at least one worker");
    let nowhere = Job { output: bench.directory.path().join("no/out"), ..job.clone() };
    assert_fails(&bench, &nowhere, "cannot write ");
    fs::create_dir(&job.output).unwrap();
    fs::write(job.output.join("mine"), "kept").unwrap();
    let error = run_plainly(&job).unwrap_err().to_string();
    assert!(error.ends_with("out is not empty"), "{error}");
    assert_eq!(fs::read_to_string(job.output.join("mine")).unwrap(), "kept");
    fs::remove_file(job.output.join("mine")).unwrap();
    bench.run(&job);
    assert_eq!(joined(&job.output), "a\t1\nb\t1\n");
}

/// No maps at all, more reduces than keys, no maps asked for.
#[test]
fn little_input_is_no_error() {
    let bench = Bench::with_lines(&["", "x\n"]);
    let mut job = hasty(bench.job(Arc::new(WordCount)));
    job.reduces = 20;
    job.maps = Some(0);
    let report = bench.run(&job);
    assert_eq!((report.maps, report.reduces), (1, 20));
    assert_eq!(joined(&job.output), "x\t1\n");
    assert_eq!(fs::read_dir(&job.output).unwrap().count(), 20);
    job.inputs.truncate(1);
    job.output = bench.directory.path().join("text-empty");
    assert_eq!(bench.run(&job).maps, 0);
    assert_eq!(joined(&job.output), "");
}

#[test]
fn a_key_of_ten_mebibytes_is_a_key() {
    let long = "k".repeat(10 << 20);
    let bench = Bench::with_lines(&[&format!("a {long} b\nb {long}\n")]);
    let mut job = hasty(bench.job(Arc::new(WordCount)));
    bench.run(&job);
    let out = joined(&job.output);
    assert_eq!(out.len(), "a\t1\nb\t2\n".len() + long.len() + "\t2\n".len());
    assert!(out.contains(&format!("{long}\t2\n")));
    job.memory = 40 << 20;
    job.output = bench.directory.path().join("none");
    assert_fails(&bench, &job, "line at byte 0 is longer than");
}

/// User code that panics on some lines, and on others once.
#[derive(Debug, Default)]
struct Panicking {
    once: AtomicU32,
}

impl Application for Panicking {
    fn map(&self, record: Record<'_>, out: &mut dyn Emit) {
        assert_ne!(record.line, b"bad", "cannot take it");
        let is_first = self.once.fetch_add(1, Ordering::Relaxed) == 0;
        assert!(record.line != b"unlucky" || !is_first, "by chance");
        out.emit(record.line, b"");
    }

    fn reduce(&self, key: &[u8], _values: &mut dyn Values, out: &mut dyn Emit) {
        assert_ne!(key, b"poison", "cannot reduce it");
        out.emit(key, b"");
    }
}

#[test]
fn records_on_which_user_code_crashes_are_left_out_if_that_is_wished() {
    let bench = Bench::with_lines(&["unlucky\na\nbad\nc\npoison\n"]);
    let mut job = hasty(bench.job(Arc::new(Panicking::default())));
    job.reduces = 1;
    assert_fails(&bench, &job, "text-0, the line at byte 10: assertion");
    job.application = Arc::new(Panicking::default());
    job.limits.skips = 1;
    let report = bench.run(&job);
    assert_eq!(joined(&job.output), "a\nc\nunlucky\n", "what failed by chance is not left out");
    let skipped: Vec<_> = report.skipped.into_iter().collect();
    assert_eq!(skipped, [(Task::Map(0), vec![2]), (Task::Reduce(0), vec![2])]);
    assert_eq!(report.failed, 5);
}

/// A partition function that is wrong.
struct Elsewhere;

impl Application for Elsewhere {
    fn map(&self, record: Record<'_>, out: &mut dyn Emit) {
        out.emit(record.line, b"");
    }

    fn reduce(&self, _key: &[u8], _values: &mut dyn Values, _out: &mut dyn Emit) {}

    fn partition(&self, _key: &[u8], reduces: u32) -> u32 {
        reduces
    }
}

#[test]
fn a_partition_that_does_not_exist_is_an_error() {
    let bench = Bench::with_lines(&["a"]);
    let job = hasty(bench.job(Arc::new(Elsewhere)));
    assert_fails(&bench, &job, "map 0 failed: the partition function gave 2");
}

/// User code that does not come back the first time.
#[derive(Debug, Default)]
struct Stuck {
    first: AtomicBool,
}

impl Application for Stuck {
    fn map(&self, record: Record<'_>, out: &mut dyn Emit) {
        if record.line == b"stuck" && !self.first.swap(true, Ordering::Relaxed) {
            thread::sleep(Duration::from_secs(3));
        }
        out.emit(record.line, b"");
    }

    fn reduce(&self, key: &[u8], _values: &mut dyn Values, out: &mut dyn Emit) {
        out.emit(key, b"");
    }
}

#[test]
fn a_straggler_is_backed_up_and_not_waited_for() {
    let bench = Bench::with_lines(&["stuck", "a", "b"]);
    let mut job = hasty(bench.job(Arc::new(Stuck::default())));
    job.timings.backup = Duration::from_millis(50);
    let start = std::time::Instant::now();
    let report = bench.run(&job);
    assert!(start.elapsed() < Duration::from_secs(2));
    assert!(report.backups >= 1 && report.suspected == 0, "{report:?}");
    assert_eq!(joined(&job.output), sequentially(&job));
}

/// Whenever it is stopped, there is no output, and nothing else either.
#[test]
fn a_job_that_is_stopped_leaves_nothing() {
    let bench = Bench::with_texts(2, 200_000);
    let job = Job { maps: Some(8), reduces: 6, ..hasty(bench.job(Arc::new(WordCount))) };
    for completed in [0, 1, 8, 9, 12] {
        let stop = AtomicBool::new(false);
        let mut count = 0;
        let result = run(&job, &stop, &mut |seen| {
            count += u32::from(matches!(seen.event, Some(MasterDelivery::Completed { .. })));
            stop.store(count >= completed, Ordering::Relaxed);
        });
        assert!(matches!(result, Err(JobError::Stopped)), "{result:?}");
        assert!(!job.output.exists());
        bench.assert_clean(&[]);
    }
    let stopped = run_sequentially(&job, &AtomicBool::new(true));
    assert!(matches!(stopped, Err(JobError::Stopped)));
    bench.assert_clean(&[]);
}

/// A disk that is gone is noticed by whoever reads from it: its maps are done again, and a reduce
/// gives way if nobody is free to.
#[test]
fn lost_maps_are_done_again_though_every_worker_has_a_reduce() {
    let bench = Bench::with_texts(1, 40_000);
    let keys = sequentially(&bench.job(Arc::new(WordCount))).lines().count() as u64;
    for seed in 0..8 {
        let mut job = hasty(bench.job(Arc::new(WordCount)));
        job.output = bench.directory.path().join(format!("text-out-{seed}"));
        job.maps = Some(4);
        job.reduces = 2;
        job.workers = 2;
        job.kills = 3;
        job.seed = seed;
        job.barrier = Barrier::Function;
        let report = bench.run(&job);
        assert_eq!((report.killed, report.counters.get("different words")), (3, keys));
        assert_eq!(joined(&job.output), sequentially(&job));
    }
}

/// The outputs of what is not deterministic are those of some runs, one for each output: every
/// line is there under every key.
#[test]
fn each_output_of_what_is_not_deterministic_is_of_some_run() {
    let bench = Bench::with_lines(&["a\nb\nc\n", "d\ne\n"]);
    let job = Job { reduces: 4, kills: 2, ..hasty(bench.job(Arc::new(Arrivals::default()))) };
    bench.run(&job);
    let out = joined(&job.output);
    assert_eq!(out.lines().count(), 5 * 16);
    let mut keys: Vec<&str> = out.lines().map(|line| line.split('\t').next().unwrap()).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 5 * 16);
}
