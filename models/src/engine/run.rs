//! What one run may use, and how it tells where it is.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::verdict::Bound;

/// How much a run may use. A limit that is reached shows in every verdict.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Worker threads; results are the same at every number.
    pub threads: usize,
    /// Bytes that the graph and the deciding of its claims may hold.
    pub memory_bytes: u64,
    /// Wall-clock time.
    pub time: Option<Duration>,
    /// States numbered.
    pub states: Option<usize>,
    /// Steps from an initial state; states at that depth are numbered but not expanded.
    pub depth: Option<usize>,
}

impl Default for Limits {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self { threads, memory_bytes: 8 << 30, time: None, states: None, depth: None }
    }
}

/// Where a run is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What is being done, such as `exploring` or `deciding ideal`.
    pub phase: &'static str,
    /// States numbered so far.
    pub states: u64,
    /// Steps generated so far.
    pub transitions: u64,
    /// Steps from an initial state to the states being expanded.
    pub depth: usize,
    /// States numbered but not yet expanded.
    pub queue: u64,
    /// Bytes held.
    pub memory_bytes: u64,
    /// Time since the run began.
    pub elapsed: Duration,
}

/// One run: its limits, its stop signal, its listener.
pub struct Run<'a> {
    /// How much it may use.
    pub limits: Limits,
    /// Set by another thread to end the run at once, with what was established so far.
    pub stop: &'a AtomicBool,
    /// Called several times a second from the thread that started the run.
    pub listener: &'a dyn Fn(&Progress),
    /// Whether to spend time on looking for lossy state identity.
    pub audit: bool,
    /// When the run began.
    pub started: Instant,
}

impl<'a> Run<'a> {
    /// A run that starts now.
    #[must_use]
    pub fn new(limits: Limits, stop: &'a AtomicBool, listener: &'a dyn Fn(&Progress)) -> Self {
        Self { limits, stop, listener, audit: false, started: Instant::now() }
    }

    /// What ends the run now, if anything does: a stop signal or the time budget.
    #[must_use]
    pub fn interruption(&self) -> Option<Bound> {
        if self.stop.load(Ordering::Relaxed) {
            return Some(Bound::Interrupted);
        }
        let time = self.limits.time?;
        (self.started.elapsed() >= time).then_some(Bound::Time(time.as_millis() as u64))
    }
}

/// Runs `body` with the given limits, no listener, and no stop signal: for tests and benchmarks.
pub fn unattended<T>(limits: Limits, body: impl FnOnce(&Run<'_>) -> T) -> T {
    let stop = AtomicBool::new(false);
    body(&Run::new(limits, &stop, &|_| {}))
}
