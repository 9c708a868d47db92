//! Independent jobs on a few threads, with one order of results at every number of threads.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use crate::engine::run::{Progress, Run};
use crate::engine::verdict::Bound;

const POLL: Duration = Duration::from_millis(100);

/// What the jobs of a run have done so far, and whether they are to stop.
#[derive(Default)]
pub(super) struct Meter {
    stopped: AtomicBool,
    cut_short: AtomicBool,
    states: AtomicU64,
    transitions: AtomicU64,
}

impl Meter {
    /// Whether the job, which has more to do, is to end at once.
    pub(super) fn is_stopped(&self) -> bool {
        let stopped = self.stopped.load(Ordering::Relaxed);
        if stopped {
            self.cut_short.store(true, Ordering::Relaxed);
        }
        stopped
    }

    /// Reports more work done.
    pub(super) fn add(&self, states: u64, transitions: u64) {
        self.states.fetch_add(states, Ordering::Relaxed);
        self.transitions.fetch_add(transitions, Ordering::Relaxed);
    }

    fn progress(&self, run: &Run<'_>, phase: &'static str, queue: usize) -> Progress {
        Progress {
            phase,
            states: self.states.load(Ordering::Relaxed),
            transitions: self.transitions.load(Ordering::Relaxed),
            depth: 0,
            queue: queue as u64,
            memory_bytes: 0,
            elapsed: run.started.elapsed(),
        }
    }

    /// What ends the run now, if anything does.
    fn interruption(&self, run: &Run<'_>) -> Option<Bound> {
        let states = self.states.load(Ordering::Relaxed);
        let too_many = run.limits.states.filter(|&limit| states > limit as u64);
        run.interruption().or(too_many.map(Bound::States))
    }
}

/// Does every job, and returns the results in the order of the jobs, and what stopped the run
/// before its end, if anything did.
pub(super) fn run_all<J: Sync, R: Send>(
    run: &Run<'_>,
    phase: &'static str,
    jobs: &[J],
    work: impl Fn(&J, &Meter) -> R + Sync,
) -> (Vec<R>, Option<Bound>) {
    let meter = Meter::default();
    let next = AtomicUsize::new(0);
    let (sender, results) = mpsc::channel();
    let mut done: Vec<Option<R>> = jobs.iter().map(|_| None).collect();
    let mut bound = None;
    std::thread::scope(|scope| {
        for _ in 0..run.limits.threads.clamp(1, jobs.len().max(1)) {
            let (sender, meter, next, work) = (sender.clone(), &meter, &next, &work);
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(number) else { break };
                    if meter.is_stopped() || sender.send((number, work(job, meter))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut queue = jobs.len();
        let mut reported = std::time::Instant::now();
        loop {
            match results.recv_timeout(POLL) {
                Ok((number, result)) => {
                    done[number] = Some(result);
                    queue -= 1;
                }
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if reported.elapsed() >= POLL {
                reported = std::time::Instant::now();
                (run.listener)(&meter.progress(run, phase, queue));
                if bound.is_none() {
                    bound = meter.interruption(run);
                }
                meter.stopped.store(bound.is_some(), Ordering::Relaxed);
            }
        }
    });
    // A limit that was reached when all was done has cut nothing off.
    let bound = bound.filter(|_| meter.cut_short.load(Ordering::Relaxed));
    (done.into_iter().flatten().collect(), bound)
}
