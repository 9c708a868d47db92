//! `run mapreduce`: a job, with workers killed on the way if so wished.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use straightedge_impl::host::mapreduce::{self as host, Job, JobError, Observation, Report};
use straightedge_impl::mapreduce::Phase;
use straightedge_impl::mapreduce::application::{
    Arrivals, Grep, InvertedIndex, Links, Sort, WordCount,
};
use straightedge_impl::mapreduce::data::{Application, Ranges};
use straightedge_models::engine::Outcome;
use tempfile::{Builder, TempDir, TempPath};

use super::size;
use crate::cli::Console;
use crate::cli::progress::Display;
use crate::error::Error;
use crate::report::figure::{count, duration, memory, plural};

/// How much of the input is looked at to find ranges of about the same length.
const SAMPLE: u64 = 4 << 20;

/// Which user code.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Name {
    /// How often each word occurs
    WordCount,
    /// The files in which each word occurs
    InvertedIndex,
    /// The pages that link to each page, from lines of a page and what it links to
    Links,
    /// The lines in which --text occurs, and how often each
    Grep,
    /// The lines in order
    Sort,
    /// In which order threads came by: not deterministic, and different every time
    Arrivals,
}

/// What `run mapreduce` is asked for.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What is done with the lines of the input
    #[arg(value_enum, value_name = "APPLICATION")]
    application: Name,
    /// The files to read; with --generate the one to write first
    #[arg(long, value_name = "FILE", num_args = 1.., required_unless_present = "generate")]
    input: Vec<PathBuf>,
    /// The directory for the outputs, which must not exist or be empty
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// About how many maps [default: one for each 64 MiB and each file]
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    maps: Option<u32>,
    /// How many reduces, and outputs
    #[arg(long, value_name = "R", default_value_t = 4,
        value_parser = clap::value_parser!(u32).range(1..=100_000))]
    reduces: u32,
    /// How many workers
    #[arg(long, value_name = "W", default_value_t = 4,
        value_parser = clap::value_parser!(u16).range(1..=1024))]
    workers: u16,
    /// How much memory all of it may use
    #[arg(long, value_name = "MIB", default_value_t = 256,
        value_parser = clap::value_parser!(u64).range(1..=1 << 24))]
    memory: u64,
    /// How many workers are killed on the way
    #[arg(long, value_name = "N", default_value_t = 0)]
    kill: u32,
    /// How many bad records of a task are left out before the job fails
    #[arg(long, value_name = "N", default_value_t = 0)]
    skip: u32,
    /// Determines what is generated, and who is killed
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Generate so much text first, such as 1GiB
    #[arg(long, value_name = "SIZE", value_parser = size::bytes)]
    generate: Option<u64>,
    /// What `grep` looks for
    #[arg(long, value_name = "TEXT", default_value = "")]
    text: String,
    /// One task after the other, without master and workers
    #[arg(long)]
    sequential: bool,
    /// No progress, and nothing but errors
    #[arg(long)]
    quiet: bool,
}

/// Runs the job that is asked for.
pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<Outcome, Error> {
    console.listen();
    let mut display = Display::new(console, arguments.quiet);
    display.begin("run mapreduce");
    let start = Instant::now();
    let result = carry_out(arguments, &mut display, console);
    display.clear();
    match result {
        Ok(report) => {
            if !arguments.quiet {
                console.print(&summary(&report, start.elapsed()))?;
            }
            Ok(Outcome::AsDeclared)
        }
        Err(Error::Job(stopped @ JobError::Stopped)) => {
            console.note(&format!("straightedge: {stopped}"));
            Ok(Outcome::Inconclusive)
        }
        Err(error) => Err(error),
    }
}

fn carry_out(
    arguments: &Arguments,
    display: &mut Display,
    console: &mut Console,
) -> Result<Report, Error> {
    // The generated text, if nobody asks to keep it, is gone at the end.
    let mut scratch = None;
    let inputs = match arguments.generate {
        None => arguments.input.clone(),
        Some(bytes) => vec![generated(arguments, bytes, &mut scratch, display, console)?],
    };
    let job = job(arguments, inputs)?;
    let stop = Arc::clone(&console.stop);
    let report = if arguments.sequential {
        host::run_sequentially(&job, &stop)
    } else {
        let mut observe = |observation: &Observation<'_>| {
            display.tell("run mapreduce", console, &|_| figures(observation));
        };
        host::run(&job, &stop, &mut observe)
    };
    Ok(report?)
}

fn job(arguments: &Arguments, inputs: Vec<PathBuf>) -> Result<Job, Error> {
    let application = application(arguments, &inputs)?;
    let mut job = Job::new(application, inputs, arguments.output.clone());
    job.maps = arguments.maps;
    job.reduces = arguments.reduces;
    job.workers = arguments.workers;
    job.memory = arguments.memory << 20;
    job.kills = arguments.kill;
    job.seed = arguments.seed;
    job.limits.skips = arguments.skip;
    Ok(job)
}

fn application(arguments: &Arguments, inputs: &[PathBuf]) -> Result<Arc<dyn Application>, Error> {
    Ok(match arguments.application {
        Name::WordCount => Arc::new(WordCount),
        Name::InvertedIndex => Arc::new(InvertedIndex),
        Name::Links => Arc::new(Links),
        Name::Grep => Arc::new(Grep { text: arguments.text.clone().into_bytes() }),
        Name::Sort => {
            let sample = host::sample(inputs, SAMPLE)?;
            Arc::new(Sort { ranges: Ranges::of_sample(sample, arguments.reduces) })
        }
        Name::Arrivals => Arc::new(Arrivals::default()),
    })
}

/// Generates the input: under the name that is asked for once it is whole, or beside the output.
fn generated(
    arguments: &Arguments,
    bytes: u64,
    scratch: &mut Option<TempDir>,
    display: &mut Display,
    console: &mut Console,
) -> Result<PathBuf, Error> {
    let wanted = match arguments.input.as_slice() {
        [] => None,
        [file] => Some(file),
        _ => return Err(Error::Usage("--generate writes one file: give one --input".to_owned())),
    };
    let beside = wanted.unwrap_or(&arguments.output);
    let fail = |source: &io::Error| Error::File {
        path: beside.clone(),
        source: io::Error::from(source.kind()),
    };
    if wanted.is_some() && beside.exists() {
        return Err(fail(&io::ErrorKind::AlreadyExists.into()));
    }
    let parent = beside.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = Builder::new()
        .prefix(".straightedge-input-")
        .tempdir_in(parent.unwrap_or(Path::new(".")))
        .map_err(|error| fail(&error))?;
    let path = directory.path().join("generated");
    let stop = Arc::clone(&console.stop);
    let mut go_on = |written| {
        display.tell("run mapreduce", console, &|_| {
            format!("generating, {} of {}", memory(written), memory(bytes))
        });
        !stop.load(Ordering::Relaxed)
    };
    let result = host::generate(&path, bytes, arguments.seed, &mut go_on);
    match result {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => {
            return Err(JobError::Stopped.into());
        }
        other => other.map_err(|error| fail(&error))?,
    }
    let Some(wanted) = wanted else {
        *scratch = Some(directory);
        return Ok(path);
    };
    fs::File::open(&path).and_then(|file| file.sync_all()).map_err(|error| fail(&error))?;
    let file = TempPath::try_from_path(path).map_err(|error| fail(&error))?;
    file.persist_noclobber(wanted).map_err(|error| fail(&error.error))?;
    Ok(wanted.clone())
}

fn figures(observation: &Observation<'_>) -> String {
    let progress = &observation.progress;
    let phase = |phase: &Phase| {
        let tasks = phase.idle + phase.in_progress + phase.completed;
        format!("{} of {tasks} done, {} running", phase.completed, phase.in_progress)
    };
    format!(
        "maps {}; reduces {}; {} working, {} lost; {}",
        phase(&progress.maps),
        phase(&progress.reduces),
        plural(progress.trusted as usize, "worker"),
        progress.suspected,
        duration(observation.elapsed.as_secs_f64()),
    )
}

fn summary(report: &Report, elapsed: Duration) -> String {
    let mut text = format!(
        "{} and {} done in {}: {}, {} as backups, {} failed, {} given up for a lost map; \
         {} killed, {} suspected\n",
        plural(report.maps as usize, "map"),
        plural(report.reduces as usize, "reduce"),
        duration(elapsed.as_secs_f64()),
        plural(report.attempts as usize, "attempt"),
        report.backups,
        report.failed,
        report.preempted,
        plural(report.killed as usize, "worker"),
        report.suspected,
    );
    for (counter, times) in &report.counters.0 {
        text.push_str(&format!("{counter}: {}\n", count(*times)));
    }
    for (task, records) in &report.skipped {
        text.push_str(&format!("{task} left out {}\n", plural(records.len(), "bad record")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use straightedge_impl::mapreduce::Progress;

    #[test]
    fn progress_tells_both_phases() {
        let observation = Observation {
            progress: Progress {
                maps: Phase { idle: 1, in_progress: 2, completed: 3 },
                reduces: Phase { idle: 4, in_progress: 0, completed: 0 },
                trusted: 2,
                suspected: 1,
            },
            elapsed: Duration::from_millis(1500),
            event: None,
        };
        assert_eq!(
            figures(&observation),
            "maps 3 of 6 done, 2 running; reduces 0 of 4 done, 0 running; \
             2 workers working, 1 lost; 1.50 s"
        );
    }
}
