//! What a procedure of a worker has at hand besides the memory that it changes.

use std::time::Duration;

use super::Worker;
use crate::machine::{Output, OutputOf};
use crate::mapreduce::config::WorkerConfig;
use crate::mapreduce::fault::Fault;
use crate::mapreduce::message::{Message, WorkerDelivery, WorkerTimer};
use crate::mapreduce::task::Address;

/// The job, and where the outputs go.
pub(in crate::mapreduce) struct Context<'a> {
    pub(in crate::mapreduce) config: &'a WorkerConfig,
    pub(in crate::mapreduce) outputs: &'a mut Vec<OutputOf<Worker>>,
}

impl Context<'_> {
    pub(super) fn has(&self, fault: Fault) -> bool {
        self.config.has(fault)
    }

    /// To the master: workers do not talk to each other.
    pub(super) fn send(&mut self, message: Message) {
        self.outputs.push(Output::Send { to: Address::Master, message });
    }

    pub(super) fn set(&mut self, timer: WorkerTimer, after: Duration) {
        self.outputs.push(Output::SetTimer { timer, after });
    }

    pub(super) fn cancel(&mut self, timer: WorkerTimer) {
        self.outputs.push(Output::CancelTimer { timer });
    }

    pub(super) fn deliver(&mut self, delivery: WorkerDelivery) {
        self.outputs.push(Output::Deliver(delivery));
    }
}
