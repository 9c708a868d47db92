//! What a procedure has at hand besides the state that it changes.

use std::collections::BTreeMap;
use std::time::Duration;

use super::config::Config;
use super::fault::Fault;
use super::message::{Delivery, Message, Question, Reason, Record, Timer};
use super::node::Node;
use crate::identifier::Identifier;
use crate::machine::{Output, OutputOf};

/// Nothing, or why the input is not acted on.
pub(super) type Taken = Result<(), Reason>;

/// Keys, and what is held under them.
pub(super) type Store<I> = BTreeMap<I, Record>;

/// Who the node is, what holds for it, and where its outputs go.
pub(super) struct Context<'a, I: Identifier> {
    pub(super) me: I,
    pub(super) config: Config,
    /// The records that the node holds.
    pub(super) store: &'a mut Store<I>,
    pub(super) outputs: &'a mut Vec<OutputOf<Node<I>>>,
}

impl<I: Identifier> Context<'_, I> {
    pub(super) fn send(&mut self, to: I, message: Message<I>) {
        self.outputs.push(Output::Send { to, message });
    }

    pub(super) fn set(&mut self, timer: Timer, after: Duration) {
        self.outputs.push(Output::SetTimer { timer, after });
    }

    /// Goes on with another operation as soon as the host can: it brings the nonce for it.
    pub(super) fn go_on(&mut self, timer: Timer) {
        self.set(timer, Duration::ZERO);
    }

    pub(super) fn await_answer(&mut self, question: Question) {
        let after = match question {
            Question::Announcement => self.config.timings.acknowledgement,
            _ => self.config.timings.answer,
        };
        self.set(Timer::Timeout(question), after);
    }

    pub(super) fn stop_waiting(&mut self, question: Question) {
        self.cancel(Timer::Timeout(question));
    }

    pub(super) fn cancel(&mut self, timer: Timer) {
        self.outputs.push(Output::CancelTimer { timer });
    }

    pub(super) fn deliver(&mut self, delivery: Delivery<I>) {
        self.outputs.push(Output::Deliver(delivery));
    }

    /// Sets the timers of a new member's upper layers: none if it keeps no fingers and no records.
    pub(super) fn begin_above_the_ring(&mut self, holds_records: bool) {
        if self.config.fingers > 0 {
            self.set(Timer::FixFinger, self.config.timings.fix_finger);
        }
        if holds_records {
            self.set(Timer::Repair, self.config.timings.repair);
        }
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.config.has(fault)
    }
}

/// Goes on if this holds of the input, and refuses it for that reason if not.
pub(super) fn require(holds: bool, reason: Reason) -> Taken {
    if holds { Ok(()) } else { Err(reason) }
}
