//! Jobs in directories of their own, and a sequential run that shares no code with them.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use straightedge_impl::host::mapreduce::{Job, Report, generate, run};
use straightedge_impl::mapreduce::data::{Application, Emit, Record, Values};
use tempfile::TempDir;

/// A directory with inputs, and room for outputs.
pub(crate) struct Bench {
    pub(crate) directory: TempDir,
    pub(crate) inputs: Vec<PathBuf>,
}

impl Bench {
    pub(crate) fn with_lines(texts: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let write = |(place, text): (usize, &&str)| {
            let path = directory.path().join(format!("text-{place}"));
            fs::write(&path, text).unwrap();
            path
        };
        let inputs = texts.iter().enumerate().map(write).collect();
        Self { directory, inputs }
    }

    /// So many files of about so many bytes of words.
    pub(crate) fn with_texts(count: u64, bytes: u64) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let write = |seed| {
            let path = directory.path().join(format!("text-{seed}"));
            generate(&path, bytes, seed, &mut |_| true).unwrap();
            path
        };
        let inputs = (0..count).map(write).collect();
        Self { directory, inputs }
    }

    pub(crate) fn job(&self, application: Arc<dyn Application>) -> Job {
        Job::new(application, self.inputs.clone(), self.directory.path().join("out"))
    }

    pub(crate) fn run(&self, job: &Job) -> Report {
        let report = run(job, &AtomicBool::new(false), &mut |_| ()).unwrap();
        self.assert_clean(&["out"]);
        report
    }

    /// Besides the inputs there is nothing but these.
    pub(crate) fn assert_clean(&self, but: &[&str]) {
        for entry in fs::read_dir(self.directory.path()).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(name.starts_with("text") || but.contains(&name.as_str()), "{name} is left");
        }
    }
}

/// The job as a test wants it: quick to notice things, without backups of what is only slow.
pub(crate) fn hasty(mut job: Job) -> Job {
    job.timings.ask = Duration::from_millis(5);
    job.timings.beat = Duration::from_millis(50);
    job.timings.resend = Duration::from_millis(50);
    job.timings.lack = Duration::from_millis(20);
    job.timings.preempt = Duration::from_millis(20);
    job
}

/// All outputs, one after the other.
pub(crate) fn joined(output: &Path) -> String {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(output).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[derive(Default)]
struct Collected(Vec<(Vec<u8>, Vec<u8>)>);

impl Emit for Collected {
    fn emit(&mut self, key: &[u8], value: &[u8]) {
        self.0.push((key.to_vec(), value.to_vec()));
    }

    fn count(&mut self, _counter: &str, _times: u64) {}
}

struct Remaining(std::vec::IntoIter<Vec<u8>>, Vec<u8>);

impl Values for Remaining {
    fn next(&mut self) -> Option<&[u8]> {
        self.1 = self.0.next()?;
        Some(&self.1)
    }
}

/// What the job's outputs, one after the other, are to be: everything in memory, no combiner, no
/// files but the inputs.
pub(crate) fn sequentially(job: &Job) -> String {
    let mut pairs = Collected::default();
    for path in &job.inputs {
        let text = fs::read(path).unwrap();
        let mut offset = 0;
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            let file = path.to_str().unwrap();
            let record = Record { file, offset, line: line.strip_suffix(b"\n").unwrap_or(line) };
            job.application.map(record, &mut pairs);
            offset += line.len() as u64;
        }
    }
    let mut groups: BTreeMap<(u32, Vec<u8>), Vec<Vec<u8>>> = BTreeMap::new();
    for (key, value) in pairs.0 {
        let partition = job.application.partition(&key, job.reduces);
        groups.entry((partition, key)).or_default().push(value);
    }
    let mut out = Collected::default();
    for ((_, key), values) in groups {
        let mut values = Remaining(values.into_iter(), Vec::new());
        job.application.reduce(&key, &mut values, &mut out);
    }
    let mut text = Vec::new();
    for (key, value) in out.0 {
        text.extend(key);
        if !value.is_empty() {
            text.push(b'\t');
        }
        text.extend(value);
        text.push(b'\n');
    }
    String::from_utf8(text).unwrap()
}
