//! What a procedure may do besides changing the balancer: say things.

use std::time::Duration;

use super::balancer::Balancer;
use super::message::{Delivery, Event, Message, Reason, Timer};
use super::request::{Answer, RequestId, Server};
use crate::machine::{Output, OutputOf};

/// Whether an input was acted on.
pub(super) type Taken = Result<(), Reason>;

/// Where a procedure puts what is to be done.
pub(super) struct Context<'a> {
    pub(super) outputs: &'a mut Vec<OutputOf<Balancer>>,
}

impl Context<'_> {
    pub(super) fn send(&mut self, to: Server, message: Message) {
        self.outputs.push(Output::Send { to, message });
    }

    pub(super) fn wait(&mut self, timer: Timer, after: Duration) {
        self.outputs.push(Output::SetTimer { timer, after });
    }

    pub(super) fn cancel(&mut self, timer: Timer) {
        self.outputs.push(Output::CancelTimer { timer });
    }

    pub(super) fn deliver(&mut self, delivery: Delivery) {
        self.outputs.push(Output::Deliver(delivery));
    }

    pub(super) fn answer(&mut self, request: RequestId, answer: Answer) {
        self.deliver(Delivery::Answered { request, answer });
    }

    pub(super) fn turned(&mut self, server: Server, event: Event) {
        self.deliver(Delivery::Turned { server, event });
    }
}

/// Goes on only if the condition holds.
pub(super) const fn require(holds: bool, reason: Reason) -> Taken {
    if holds { Ok(()) } else { Err(reason) }
}
