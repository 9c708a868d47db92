//! Which procedure takes which input.

use super::message::{Command, Delivery, Message, Reason, Timer};
use super::node::{Context, Node, Taken, require};
use super::operation::Goal;
use super::store::Holding;
use crate::identifier::Xor;
use crate::machine::{Input, InputOf, Machine, Output, OutputOf, Time};

impl<I: Xor> Machine for Node<I> {
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
            Input::Timer { timer: Timer::Answer { operation, of }, .. } => {
                self.timeout(operation, of, &mut context)
            }
            Input::Command { command: Command::Put { key, value, ttl }, fresh } => {
                self.begin(Goal::Put { value, ttl }, key, fresh, &mut context)
            }
            Input::Command { command: Command::Get { key }, fresh } => {
                self.begin(Goal::Get, key, fresh, &mut context)
            }
        };
        if let Err(reason) = taken {
            outputs.push(Output::Ignored(reason));
        }
    }
}

impl<I: Xor> Node<I> {
    fn hear(&mut self, from: I, message: Message<I>, context: &mut Context<'_, I>) -> Taken {
        require(from != self.me, Reason::Itself)?;
        match message {
            Message::ForwardRequest { call, cluster, target } => {
                self.answer_forward(from, call, cluster, target, context)
            }
            Message::ForwardReply { call, loaded, count, least, ways } => {
                let said = (loaded, Holding { count, least });
                self.hear_forward(from, &call, said, ways, context)
            }
            Message::StoreRequest { call, cluster, value, ttl } => {
                self.answer_store(from, (call, cluster), value, ttl, context)
            }
            Message::StoreReply { call, accepted } => {
                self.hear_store(from, &call, accepted, context)
            }
            Message::GetRequest { call, cluster, target } => {
                self.answer_get(from, call, cluster, target, context)
            }
            Message::GetReply { call, values, ways } => {
                self.hear_get(from, &call, values, ways, context)
            }
        }
    }
}
