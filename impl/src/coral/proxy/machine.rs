//! Which procedure of a proxy takes which input.

use super::message::{Command, Delivery, Message, Reason, Timer};
use super::{Proxy, Stage};
use crate::coral;
use crate::coral::node::Node;
use crate::identifier::Xor;
use crate::machine::{Input, InputOf, Machine, Nonce, Output, OutputOf, Time};

impl<I: Xor> Machine for Proxy<I> {
    type Address = I;
    type Message = Message<I>;
    type Timer = Timer<I>;
    type Command = Command<I>;
    type Delivery = Delivery<I>;
    type Reason = Reason;

    fn handle(&mut self, now: Time, input: InputOf<Self>, outputs: &mut Vec<OutputOf<Self>>) {
        let mut context = Context { now, outputs };
        let taken = match input {
            Input::Message { from, message } => self.hear(from, message, &mut context),
            Input::Timer { timer, fresh } => self.wake(timer, fresh, &mut context),
            Input::Command { command: Command::Request { key, digest }, fresh } => {
                self.request(key, digest, fresh, &mut context)
            }
            Input::Command { command: Command::OriginReply { key, content }, .. } => {
                self.origin_replied(key, content, &mut context)
            }
        };
        if let Err(reason) = taken {
            outputs.push(Output::Ignored(reason));
        }
    }
}

/// Nothing, or why the input is not acted on.
pub(super) type Taken = Result<(), Reason>;

/// The moment, and where outputs go.
pub(super) struct Context<'a, I: Xor> {
    pub(super) now: Time,
    pub(super) outputs: &'a mut Vec<OutputOf<Proxy<I>>>,
}

impl<I: Xor> Context<'_, I> {
    pub(super) fn send(&mut self, to: I, message: Message<I>) {
        self.outputs.push(Output::Send { to, message });
    }

    pub(super) fn set(&mut self, timer: Timer<I>, after: std::time::Duration) {
        self.outputs.push(Output::SetTimer { timer, after });
    }

    pub(super) fn cancel(&mut self, timer: Timer<I>) {
        self.outputs.push(Output::CancelTimer { timer });
    }

    pub(super) fn deliver(&mut self, delivery: Delivery<I>) {
        self.outputs.push(Output::Deliver(delivery));
    }
}

/// Goes on if this holds of the input, and refuses it for that reason if not.
pub(super) fn require(holds: bool, reason: Reason) -> Taken {
    if holds { Ok(()) } else { Err(reason) }
}

impl<I: Xor> Proxy<I> {
    fn hear(&mut self, from: I, message: Message<I>, context: &mut Context<'_, I>) -> Taken {
        require(from != self.node.me(), Reason::Itself)?;
        match message {
            Message::Index(message) => self.index(Input::Message { from, message }, context),
            Message::ContentRequest { nonce, key } => {
                self.content_requested(from, nonce, key, context);
                Ok(())
            }
            Message::ContentReply { nonce, key, content } => {
                self.content_replied(from, nonce, key, content, context)
            }
        }
    }

    fn wake(&mut self, timer: Timer<I>, fresh: Nonce, context: &mut Context<'_, I>) -> Taken {
        match timer {
            Timer::Index(timer) => self.index(Input::Timer { timer, fresh }, context),
            Timer::Announce { key } | Timer::Renew { key } => self.announce(key, fresh, context),
            Timer::Peer { key } => {
                let fetch = self.fetches.get(&key).ok_or(Reason::NotWaiting)?;
                let is_waiting = matches!(fetch.stage, Stage::Peer(_));
                require(is_waiting, Reason::NotWaiting)?;
                self.next_source(key, context);
                Ok(())
            }
        }
    }

    /// Gives an input to the node of the index, and does what it says.
    pub(super) fn index(&mut self, input: InputOf<Node<I>>, context: &mut Context<'_, I>) -> Taken {
        let mut outputs = Vec::new();
        self.node.handle(context.now, input, &mut outputs);
        for output in outputs {
            match output {
                Output::Send { to, message } => context.send(to, Message::Index(message)),
                Output::SetTimer { timer, after } => context.set(Timer::Index(timer), after),
                Output::CancelTimer { timer } => context.cancel(Timer::Index(timer)),
                Output::Deliver(delivery) => self.index_told(delivery, context),
                Output::Ignored(reason) => return Err(Reason::Index(reason)),
            }
        }
        Ok(())
    }

    fn index_told(&mut self, delivery: coral::Delivery<I>, context: &mut Context<'_, I>) {
        let (operation, values) = match delivery {
            coral::Delivery::Found { operation, values, .. } => (operation, values),
            coral::Delivery::Missed { operation, .. } => (operation, Vec::new()),
            // Coral does its best, and nothing more is to be done if that was not enough.
            coral::Delivery::PutEnded { .. } => return,
        };
        let mut fetches = self.fetches.iter();
        let fetch = fetches.find(|(_, fetch)| fetch.nonce == operation);
        if let Some(key) = fetch.map(|(key, _)| *key) {
            let values: Vec<Vec<u8>> = values.into_iter().map(|(value, _)| value).collect();
            self.sources_found(key, &values, context);
        }
    }
}
