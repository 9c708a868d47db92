//! A machine with its timers: what every host of one machine does.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::machine::{Input, InputOf, Machine, Nonce, Output, OutputOf, Time};

/// The time since the clock was made.
#[derive(Clone, Copy, Debug)]
pub struct Clock(Instant);

impl Clock {
    /// A clock that begins now.
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Time {
        Time::ORIGIN.after(self.0.elapsed())
    }
}

/// A machine, the timers that it has set, and the nonces that it was given.
#[derive(Clone, Debug)]
pub struct Driver<M: Machine> {
    machine: M,
    timers: BTreeMap<M::Timer, Time>,
    /// The same, by their times.
    due: BTreeSet<(Time, M::Timer)>,
    nonces: u64,
}

impl<M: Machine> Driver<M> {
    /// A machine that waits for nothing yet.
    pub const fn new(machine: M) -> Self {
        Self { machine, timers: BTreeMap::new(), due: BTreeSet::new(), nonces: 0 }
    }

    /// The machine.
    pub const fn machine(&self) -> &M {
        &self.machine
    }

    /// How long it is until the next timer runs out, if one is set.
    pub fn until_next(&self, now: Time) -> Option<Duration> {
        let (next, _) = self.due.first()?;
        Some(Duration::from_nanos(next.nanoseconds().saturating_sub(now.nanoseconds())))
    }

    /// Gives the machine a message. What it sends and delivers is left to the host.
    pub fn message(
        &mut self,
        now: Time,
        from: M::Address,
        message: M::Message,
    ) -> Vec<OutputOf<M>> {
        self.give(now, Input::Message { from, message })
    }

    /// Gives it a command.
    pub fn command(&mut self, now: Time, command: M::Command) -> Vec<OutputOf<M>> {
        let fresh = self.fresh();
        self.give(now, Input::Command { command, fresh })
    }

    /// Lets a timer run out whose time has come, if there is one.
    pub fn wake(&mut self, now: Time) -> Option<Vec<OutputOf<M>>> {
        let &(_, timer) = self.due.first().filter(|(at, _)| *at <= now)?;
        self.cancel(timer);
        let fresh = self.fresh();
        Some(self.give(now, Input::Timer { timer, fresh }))
    }

    /// Takes care of the timers among these outputs, and returns the rest.
    pub fn take(&mut self, now: Time, outputs: Vec<OutputOf<M>>) -> Vec<OutputOf<M>> {
        let mut rest = Vec::with_capacity(outputs.len());
        for output in outputs {
            match output {
                Output::SetTimer { timer, after } => {
                    self.cancel(timer);
                    let at = now.after(after);
                    self.timers.insert(timer, at);
                    self.due.insert((at, timer));
                }
                Output::CancelTimer { timer } => self.cancel(timer),
                other => rest.push(other),
            }
        }
        rest
    }

    fn cancel(&mut self, timer: M::Timer) {
        if let Some(at) = self.timers.remove(&timer) {
            self.due.remove(&(at, timer));
        }
    }

    fn give(&mut self, now: Time, input: InputOf<M>) -> Vec<OutputOf<M>> {
        let mut outputs = Vec::new();
        self.machine.handle(now, input, &mut outputs);
        self.take(now, outputs)
    }

    const fn fresh(&mut self) -> Nonce {
        self.nonces += 1;
        Nonce(self.nonces)
    }
}
