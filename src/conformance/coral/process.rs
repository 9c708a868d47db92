//! A node, its clock, and the application that it tells how puts and gets have ended.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use straightedge_impl::coral::{self, Delivery, Message, Node, Outcome, Reason, Timer};
use straightedge_impl::identifier::Xor;
use straightedge_impl::machine::{Input, InputOf, Machine, Nonce, Output, OutputOf, Time};

/// How long a tick is: a second, so that lives are whole numbers of it.
pub const TICK: Duration = Duration::from_secs(1);

/// A node with what its host knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Process<I> {
    /// The node.
    pub node: Node<I>,
    /// How many ticks its clock has made.
    pub ticks: u8,
    /// What the application was told, by the number of the operation.
    pub ended: BTreeMap<u8, Ended<I>>,
}

/// How an operation has ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Ended<I> {
    /// A put, by level, the fastest first.
    Put(Vec<(u8, Outcome<I>)>),
    /// A get that has found values.
    Found {
        /// The node that held them.
        at: I,
        /// At which level.
        level: u8,
    },
    /// A get that has not.
    Missed {
        /// The closest node that it could reach.
        at: I,
    },
}

/// What a node, or its host, is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Command<I> {
    /// The application puts or gets.
    Begin {
        /// The number of the operation.
        operation: u8,
        /// What it wants.
        command: coral::Command<I>,
    },
    /// The clock goes on.
    Tick,
    /// The host lets the node forget what time has made void.
    Purge,
}

impl<I: Xor> Process<I> {
    /// A node that has not been told anything.
    #[must_use]
    pub const fn new(node: Node<I>) -> Self {
        Self { node, ticks: 0, ended: BTreeMap::new() }
    }

    /// What its clock shows.
    #[must_use]
    pub fn now(&self) -> Time {
        at(self.ticks)
    }

    fn take(&mut self, input: InputOf<Node<I>>, outputs: &mut Vec<OutputOf<Self>>) {
        let mut said = Vec::new();
        let now = self.now();
        self.node.handle(now, input, &mut said);
        for output in said {
            match output {
                Output::Send { to, message } => outputs.push(Output::Send { to, message }),
                Output::SetTimer { timer, after } => {
                    outputs.push(Output::SetTimer { timer, after });
                }
                Output::CancelTimer { timer } => outputs.push(Output::CancelTimer { timer }),
                Output::Deliver(delivery) => {
                    self.note(&delivery);
                    outputs.push(Output::Deliver(delivery));
                }
                Output::Ignored(reason) => outputs.push(Output::Ignored(reason)),
            }
        }
    }

    fn note(&mut self, delivery: &Delivery<I>) {
        let (operation, ended) = match delivery {
            Delivery::PutEnded { operation, outcomes } => (operation, Ended::Put(outcomes.clone())),
            Delivery::Found { operation, at, level, .. } => {
                (operation, Ended::Found { at: *at, level: *level })
            }
            Delivery::Missed { operation, at } => (operation, Ended::Missed { at: *at }),
        };
        self.ended.insert(operation.0 as u8, ended);
    }
}

/// The moment after so many ticks.
#[must_use]
pub fn at(ticks: u8) -> Time {
    Time::ORIGIN.after(TICK * u32::from(ticks))
}

impl<I: Xor> Machine for Process<I> {
    type Address = I;
    type Message = Message<I>;
    type Timer = Timer<I>;
    type Command = Command<I>;
    type Delivery = Delivery<I>;
    type Reason = Reason;

    /// The clock is the process's own: what the host says of the time is left aside.
    fn handle(&mut self, _: Time, input: InputOf<Self>, outputs: &mut Vec<OutputOf<Self>>) {
        match input {
            Input::Message { from, message } => {
                self.take(Input::Message { from, message }, outputs);
            }
            Input::Timer { timer, fresh } => self.take(Input::Timer { timer, fresh }, outputs),
            Input::Command { command: Command::Begin { operation, command }, .. } => {
                let fresh = Nonce(u64::from(operation));
                self.take(Input::Command { command, fresh }, outputs);
            }
            Input::Command { command: Command::Tick, .. } => {
                self.ticks = self.ticks.saturating_add(1);
            }
            Input::Command { command: Command::Purge, .. } => {
                self.node = self.node.clone().settled(self.now());
            }
        }
    }
}
