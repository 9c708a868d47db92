//! What a procedure of the master has at hand besides the table that it changes.

use std::time::Duration;

use super::Master;
use crate::machine::{Output, OutputOf, Time};
use crate::mapreduce::config::Config;
use crate::mapreduce::fault::Fault;
use crate::mapreduce::message::{MasterDelivery, MasterTimer, Message, Reason};
use crate::mapreduce::task::{Address, AttemptId, WorkerId};

/// Nothing, or why the input is not acted on.
pub(in crate::mapreduce) type Taken = Result<(), Reason>;

/// The job, the time, and where the outputs go.
pub(in crate::mapreduce) struct Context<'a> {
    pub(in crate::mapreduce) config: &'a Config,
    pub(in crate::mapreduce) now: Time,
    pub(in crate::mapreduce) outputs: &'a mut Vec<OutputOf<Master>>,
}

impl Context<'_> {
    pub(super) fn has(&self, fault: Fault) -> bool {
        self.config.has(fault)
    }

    pub(super) fn send(&mut self, to: WorkerId, message: Message) {
        self.outputs.push(Output::Send { to: Address::Worker(to), message });
    }

    pub(super) fn set(&mut self, timer: MasterTimer, after: Duration) {
        self.outputs.push(Output::SetTimer { timer, after });
    }

    pub(super) fn cancel(&mut self, timer: MasterTimer) {
        self.outputs.push(Output::CancelTimer { timer });
    }

    pub(super) fn deliver(&mut self, delivery: MasterDelivery) {
        self.outputs.push(Output::Deliver(delivery));
    }

    /// Tells a worker to forget an attempt. It is told again whenever it speaks of it.
    pub(super) fn tell_dropped(&mut self, attempt: AttemptId) {
        if !self.has(Fault::KillEventLost) {
            self.send(attempt.worker, Message::Drop { number: attempt.number });
        }
    }
}

/// The guard of a procedure.
pub(in crate::mapreduce) fn require(condition: bool, otherwise: Reason) -> Taken {
    if condition { Ok(()) } else { Err(otherwise) }
}
