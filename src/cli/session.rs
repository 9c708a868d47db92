//! Runs checks on threads of their own, so that an interrupt is heard at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use straightedge_models::engine::verdict::Bound;
use straightedge_models::engine::{Checkable, Limits, Progress, Report, Run};

use super::Console;
use super::budget::Budget;
use super::progress::Display;
use crate::error::Error;
use crate::system::address;

/// How often the console is looked after.
const TICK: Duration = Duration::from_millis(100);

/// How long an interrupted check may take to hand over what it has.
const GRACE: Duration = Duration::from_millis(800);

/// One check.
#[derive(Clone, Copy)]
pub(crate) struct Job {
    /// What is checked.
    pub(crate) instance: &'static dyn Checkable,
    /// The fault with which it is checked.
    pub(crate) mutant: Option<&'static str>,
}

/// Something that is done in a session.
pub(crate) trait Work: Clone + Send + Sync + 'static {
    /// What it comes to.
    type Report: Send + 'static;
    /// How progress calls it.
    fn label(&self) -> String;
    /// Does it.
    fn carry_out(&self, run: &Run<'_>) -> Result<Self::Report, Error>;
    /// Whether the user ended it before its end.
    fn is_interrupted(report: &Self::Report) -> bool;
}

impl Work for Job {
    type Report = Report;

    fn label(&self) -> String {
        address(self.instance, self.mutant)
    }

    fn carry_out(&self, run: &Run<'_>) -> Result<Report, Error> {
        Ok(self.instance.check(self.mutant, run)?)
    }

    fn is_interrupted(report: &Report) -> bool {
        report.bound == Some(Bound::Interrupted)
    }
}

/// What a session came to.
pub(crate) struct Ran<R = Report> {
    /// One report for each of the first jobs.
    pub(crate) reports: Vec<R>,
    /// Whether the user ended it.
    pub(crate) interrupted: bool,
}

/// What is heard of the job with that index.
enum Event<R> {
    Progress(usize, Progress),
    Finished(usize, Box<Result<R, Error>>),
}

/// Called with each report as it comes in.
pub(crate) type Listener<'a, R = Report> = dyn FnMut(&R, &mut Console) -> Result<(), Error> + 'a;

/// Carries out the jobs in order, each on all threads.
pub(crate) fn run<W: Work>(
    jobs: &[W],
    budget: &Budget,
    audit: bool,
    console: &mut Console,
    finished: &mut Listener<'_, W::Report>,
) -> Result<Ran<W::Report>, Error> {
    run_on(jobs, 1, budget.limits(), budget.quiet, audit, console, finished)
}

/// Carries out as many jobs at once as there are threads, each on one. They are begun, and heard
/// of, in order.
pub(crate) fn run_side_by_side<W: Work>(
    jobs: &[W],
    budget: &Budget,
    console: &mut Console,
    finished: &mut Listener<'_, W::Report>,
) -> Result<Ran<W::Report>, Error> {
    let limits = budget.limits();
    let each = Limits { threads: 1, ..limits };
    run_on(jobs, limits.threads, each, budget.quiet, false, console, finished)
}

fn run_on<W: Work>(
    jobs: &[W],
    at_once: usize,
    limits: Limits,
    quiet: bool,
    audit: bool,
    console: &mut Console,
    finished: &mut Listener<'_, W::Report>,
) -> Result<Ran<W::Report>, Error> {
    console.listen();
    let (sender, events) = mpsc::channel();
    let queue = Arc::new(Queue { jobs: jobs.to_vec(), begun: AtomicUsize::new(0) });
    for _ in 0..at_once.min(jobs.len()) {
        let (queue, stop, sender) = (Arc::clone(&queue), Arc::clone(&console.stop), sender.clone());
        thread::spawn(move || carry_out(&queue, limits, audit, &stop, &sender));
    }
    drop(sender);
    let display = Display::new(console, quiet);
    let ran = Ran { reports: Vec::new(), interrupted: false };
    let mut watch = Watch { jobs, events, early: BTreeMap::new(), display, ran, stopped: None };
    let result = watch.until_the_end(console, finished);
    watch.display.clear();
    if result.is_err() {
        // Nobody reads on: the checks need not go on either.
        console.stop.store(true, Ordering::Relaxed);
    }
    result.map(|()| watch.ran)
}

/// Jobs that are begun in order.
struct Queue<W> {
    jobs: Vec<W>,
    /// How many of the first have been begun.
    begun: AtomicUsize,
}

/// A checking thread. It ends when nobody listens any more.
fn carry_out<W: Work>(
    queue: &Queue<W>,
    limits: Limits,
    audit: bool,
    stop: &AtomicBool,
    events: &Sender<Event<W::Report>>,
) {
    loop {
        let index = queue.begun.fetch_add(1, Ordering::Relaxed);
        let Some(job) = queue.jobs.get(index) else { return };
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let listener = |progress: &Progress| {
            // A listener that has gone away is noticed at the end of the check.
            let _ = events.send(Event::Progress(index, *progress));
        };
        let run = Run { audit, ..Run::new(limits, stop, &listener) };
        let result = job.carry_out(&run);
        if events.send(Event::Finished(index, Box::new(result))).is_err() {
            return;
        }
    }
}

struct Watch<'a, W: Work> {
    jobs: &'a [W],
    events: Receiver<Event<W::Report>>,
    /// What came in before the report of an earlier job.
    early: BTreeMap<usize, Result<W::Report, Error>>,
    display: Display,
    ran: Ran<W::Report>,
    /// When the interrupt was noticed.
    stopped: Option<Instant>,
}

impl<W: Work> Watch<'_, W> {
    fn until_the_end(
        &mut self,
        console: &mut Console,
        finished: &mut Listener<'_, W::Report>,
    ) -> Result<(), Error> {
        let mut shown = None;
        while let Some(job) = self.jobs.get(self.ran.reports.len()) {
            let current = self.ran.reports.len();
            if let Some(result) = self.early.remove(&current) {
                self.take(result, console, finished)?;
                continue;
            }
            if shown.replace(current) != Some(current) {
                self.display.begin(&job.label());
            }
            if console.stop.load(Ordering::Relaxed) {
                self.ran.interrupted = true;
                let since = *self.stopped.get_or_insert_with(Instant::now);
                if since.elapsed() >= GRACE {
                    return Ok(());
                }
            }
            match self.events.recv_timeout(TICK) {
                Ok(Event::Progress(index, progress)) if index == current => {
                    self.display.show(&job.label(), &progress, console);
                }
                Ok(Event::Finished(index, result)) => {
                    self.early.insert(index, *result);
                }
                Ok(Event::Progress(..)) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) if self.ran.interrupted => return Ok(()),
                Err(RecvTimeoutError::Disconnected) => return Err(Error::Died(job.label())),
            }
        }
        Ok(())
    }

    fn take(
        &mut self,
        result: Result<W::Report, Error>,
        console: &mut Console,
        finished: &mut Listener<'_, W::Report>,
    ) -> Result<(), Error> {
        let report = result?;
        if W::is_interrupted(&report) {
            self.ran.interrupted = true;
        }
        self.display.clear();
        finished(&report, console)?;
        self.ran.reports.push(report);
        Ok(())
    }
}
