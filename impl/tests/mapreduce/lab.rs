//! The seven tests of the MIT course's MapReduce laboratory, written anew from their description,
//! and what else can be said of a job that runs on threads.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::host_common::{Bench, hasty, joined, sequentially};
use straightedge_impl::host::chance::Chance;
use straightedge_impl::host::mapreduce::{Job, ProcessExit, run};
use straightedge_impl::mapreduce::application::{InvertedIndex, WordCount};
use straightedge_impl::mapreduce::data::{Application, Emit, Record, Values};

/// 1: the words of several texts are counted by three workers.
#[test]
fn word_count() {
    let bench = Bench::with_texts(6, 40_000);
    let application = Arc::new(WordCount);
    let job = Job { workers: 3, reduces: 10, ..hasty(bench.job(application)) };
    let report = bench.run(&job);
    assert_eq!((report.maps, report.reduces), (6, 10));
    assert_eq!(joined(&job.output), sequentially(&job));
}

/// 2: the index of several texts is made by two workers.
#[test]
fn indexer() {
    let bench = Bench::with_texts(5, 20_000);
    let job = Job { workers: 2, reduces: 10, ..hasty(bench.job(Arc::new(InvertedIndex))) };
    bench.run(&job);
    assert_eq!(joined(&job.output), sequentially(&job));
}

/// Notices how many run user code at the same time: each waits a while for another.
#[derive(Debug, Default)]
struct Meeting {
    now: AtomicU32,
    most: AtomicU32,
}

impl Meeting {
    fn attend(&self) {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        for _ in 0..300 {
            if self.most.load(Ordering::SeqCst) >= 2 {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
        self.now.fetch_sub(1, Ordering::SeqCst);
    }
}

/// User code that meets in one of its functions.
#[derive(Debug, Default)]
struct Parallel {
    maps: Option<Meeting>,
    reduces: Option<Meeting>,
}

impl Application for Parallel {
    fn map(&self, record: Record<'_>, out: &mut dyn Emit) {
        self.maps.iter().for_each(Meeting::attend);
        out.emit(record.line, b"1");
    }

    fn reduce(&self, key: &[u8], values: &mut dyn Values, out: &mut dyn Emit) {
        self.reduces.iter().for_each(Meeting::attend);
        let mut count = 0;
        while values.next().is_some() {
            count += 1;
        }
        out.emit(key, count.to_string().as_bytes());
    }
}

/// 3: two maps run at the same time.
#[test]
fn map_parallelism() {
    let bench = Bench::with_lines(&["a", "b", "c", "d"]);
    let application = Arc::new(Parallel { maps: Some(Meeting::default()), reduces: None });
    bench.run(&Job { workers: 2, ..hasty(bench.job(Arc::clone(&application) as _)) });
    assert_eq!(application.maps.as_ref().unwrap().most.load(Ordering::SeqCst), 2);
}

/// 4: two reduces run at the same time.
#[test]
fn reduce_parallelism() {
    let bench = Bench::with_lines(&["a\nb\nc\nd\ne\nf\ng\nh"]);
    let application = Arc::new(Parallel { maps: None, reduces: Some(Meeting::default()) });
    let job = Job { workers: 2, reduces: 8, ..hasty(bench.job(Arc::clone(&application) as _)) };
    bench.run(&job);
    assert_eq!(application.reduces.as_ref().unwrap().most.load(Ordering::SeqCst), 2);
}

/// Counts how often each file is mapped.
#[derive(Debug, Default)]
struct Counting {
    maps: Mutex<BTreeMap<String, u32>>,
}

impl Application for Counting {
    fn map(&self, record: Record<'_>, out: &mut dyn Emit) {
        *self.maps.lock().unwrap().entry(record.file.to_owned()).or_default() += 1;
        thread::sleep(Duration::from_millis(20 + 10 * (record.line.len() as u64)));
        out.emit(record.line, b"");
    }

    fn reduce(&self, key: &[u8], _values: &mut dyn Values, out: &mut dyn Emit) {
        out.emit(key, b"");
    }
}

/// 5: where nothing goes wrong each of eight maps is run exactly once.
#[test]
fn job_count() {
    let texts = ["a", "bb", "ccc", "dddd", "e", "ff", "ggg", "hhhh"];
    let bench = Bench::with_lines(&texts);
    let application = Arc::new(Counting::default());
    let job = Job { workers: 4, ..bench.job(Arc::clone(&application) as _) };
    let report = bench.run(&job);
    assert_eq!(report.attempts, 8 + job.reduces);
    let maps = application.maps.lock().unwrap();
    assert_eq!(maps.values().copied().collect::<Vec<_>>(), [1; 8]);
}

/// Some reduces take longer than others.
#[derive(Debug, Default)]
struct Uneven;

impl Application for Uneven {
    fn map(&self, record: Record<'_>, out: &mut dyn Emit) {
        out.emit(record.line, record.line);
    }

    fn reduce(&self, key: &[u8], values: &mut dyn Values, out: &mut dyn Emit) {
        if key == b"slow" {
            thread::sleep(Duration::from_millis(600));
        }
        while let Some(value) = values.next() {
            out.emit(key, value);
        }
    }
}

/// 6: nobody goes home before the outputs are final. There is no output at all before the job is
/// done, and none changes afterwards.
#[test]
fn early_exit() {
    let bench = Bench::with_lines(&["slow\nb\nc\nd\ne\nf\ng", "slow\nh"]);
    let job = Job { workers: 3, reduces: 4, ..hasty(bench.job(Arc::new(Uneven))) };
    let mut seen_early = false;
    let report = run(&job, &AtomicBool::new(false), &mut |_| seen_early |= job.output.exists());
    report.unwrap();
    assert!(!seen_early);
    let at_the_end = joined(&job.output);
    thread::sleep(Duration::from_millis(800));
    assert_eq!(joined(&job.output), at_the_end);
    assert_eq!(at_the_end, sequentially(&job));
}

/// A third of all attempts end their process, a third are slow.
#[derive(Debug)]
struct Crashing {
    chance: Mutex<Chance>,
    exits: AtomicU64,
    delays: AtomicU64,
}

impl Crashing {
    fn perhaps(&self) {
        let fate = self.chance.lock().unwrap().below(1000);
        match fate {
            0..330 => {
                self.exits.fetch_add(1, Ordering::Relaxed);
                std::panic::panic_any(ProcessExit);
            }
            330..660 => {
                self.delays.fetch_add(1, Ordering::Relaxed);
                thread::sleep(Duration::from_millis(self.chance.lock().unwrap().below(150)));
            }
            _ => {}
        }
    }
}

impl Application for Crashing {
    fn map(&self, record: Record<'_>, out: &mut dyn Emit) {
        self.perhaps();
        out.emit(b"lines", record.line);
        out.emit(record.line, record.file.rsplit('/').next().unwrap().as_bytes());
        out.count("lines", 1);
    }

    fn reduce(&self, key: &[u8], values: &mut dyn Values, out: &mut dyn Emit) {
        self.perhaps();
        let mut all = Vec::new();
        while let Some(value) = values.next() {
            all.push(value.to_vec());
        }
        all.sort();
        out.emit(key, &all.join(&b' '));
    }
}

/// 7: workers end in the midst of tasks, or are slow, and the output is right all the same.
#[test]
fn crash() {
    let texts: Vec<String> = (0..8).map(|text| format!("line of {text}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let bench = Bench::with_lines(&texts);
    let crashing = |seed| Crashing {
        chance: Mutex::new(Chance::new(seed)),
        exits: AtomicU64::new(0),
        delays: AtomicU64::new(0),
    };
    let application = Arc::new(crashing(6));
    let mut job = Job { workers: 4, reduces: 5, ..hasty(bench.job(Arc::clone(&application) as _)) };
    job.timings.silence = Duration::from_millis(300);
    job.timings.backup = Duration::from_millis(200);
    let report = bench.run(&job);
    assert!(application.exits.load(Ordering::Relaxed) > 0, "no process ended");
    assert!(application.delays.load(Ordering::Relaxed) > 0, "nothing was slow");
    assert!(report.suspected > 0 && report.attempts > 8 + 5, "{report:?}");
    assert_eq!(report.counters.get("lines"), 8, "each task is counted once");
    let out: String = joined(&job.output);
    for text in &texts {
        assert!(out.contains(&format!("{text}\ttext-")), "{out}");
    }
    assert_eq!(out.lines().count(), 9);
    let lines = out.lines().find(|line| line.starts_with("lines\t")).unwrap();
    assert_eq!(lines, format!("lines\t{}", texts.join(" ")));
    assert_eq!(fs::read_dir(&job.output).unwrap().count(), 5);
}
