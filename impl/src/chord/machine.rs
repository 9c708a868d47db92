//! Which procedure takes which input.

use super::context::{Context, Taken, require};
use super::message::{Command, Delivery, Message, Question, Reason, Timer};
use super::node::{Member, Node, Role};
use crate::identifier::Identifier;
use crate::machine::{Input, InputOf, Machine, Nonce, Output, OutputOf, Time};

impl<I: Identifier> Machine for Node<I> {
    type Address = I;
    type Message = Message<I>;
    type Timer = Timer;
    type Command = Command<I>;
    type Delivery = Delivery<I>;
    type Reason = Reason;

    fn handle(&mut self, _now: Time, input: InputOf<Self>, outputs: &mut Vec<OutputOf<Self>>) {
        let mut context = Context { me: self.me, config: self.config, outputs };
        let taken = match input {
            Input::Message { from, message } => self.hear(from, message, &mut context),
            Input::Timer { timer, fresh } => self.wake(timer, fresh, &mut context),
            Input::Command { command, fresh } => self.obey(&command, fresh, &mut context),
        };
        if let Err(reason) = taken {
            outputs.push(Output::Ignored(reason));
        }
    }
}

impl<I: Identifier> Node<I> {
    fn hear(&mut self, from: I, message: Message<I>, context: &mut Context<'_, I>) -> Taken {
        require(from != self.me, Reason::Itself)?;
        match &mut self.role {
            Role::Outsider => Err(Reason::NotAMember),
            Role::Joining(_) => self.hear_while_joining(from, message, context),
            Role::Member(member) => member.hear(from, message, context),
        }
    }

    fn wake(&mut self, timer: Timer, fresh: Nonce, context: &mut Context<'_, I>) -> Taken {
        match (&mut self.role, timer) {
            (Role::Member(member), _) => member.wake(timer, fresh, context),
            (Role::Joining(joining), Timer::Join) => joining.ask(fresh, context),
            (Role::Joining(_), Timer::Timeout(Question::Join)) => self.join_timeout(context),
            (Role::Joining(_) | Role::Outsider, _) => Err(Reason::NotWaiting),
        }
    }

    fn obey(&mut self, command: &Command<I>, fresh: Nonce, context: &mut Context<'_, I>) -> Taken {
        match *command {
            Command::Join { via } => self.join(via, fresh, context),
            Command::Leave => self.leave(context),
        }
    }
}

impl<I: Identifier> Member<I> {
    fn hear(&mut self, from: I, message: Message<I>, context: &mut Context<'_, I>) -> Taken {
        match message {
            Message::AskNeighbours { nonce } => {
                self.tell_neighbours(from, nonce, context);
                Ok(())
            }
            Message::Neighbours { nonce, predecessor, successors } => {
                self.neighbours(from, nonce, predecessor, &successors, context)
            }
            Message::Busy { nonce } => self.busy(from, nonce, context),
            Message::AskToJoin { nonce } => {
                self.admit(from, nonce, context);
                Ok(())
            }
            Message::Notify { nonce } => self.notified(from, nonce, context),
            Message::NotifyAck { nonce } => self.acknowledged(from, nonce, context),
            Message::Ping { nonce } => {
                context.send(from, Message::Pong { nonce });
                Ok(())
            }
            Message::Pong { nonce } => self.predecessor_lives(from, nonce, context),
            Message::Admitted { .. } | Message::Redirect { .. } => Err(Reason::Unasked),
        }
    }

    fn wake(&mut self, timer: Timer, fresh: Nonce, context: &mut Context<'_, I>) -> Taken {
        match timer {
            Timer::Stabilize => self.stabilize_from_successor(fresh, context),
            Timer::AskCandidate => self.stabilize_from_predecessor(fresh, context),
            Timer::Rectify => self.rectify(fresh, context),
            Timer::Timeout(Question::Query) => self.query_timeout(context),
            Timer::Timeout(Question::Announcement) => self.announcement_timeout(context),
            Timer::Timeout(Question::Check) => self.check_timeout(context),
            Timer::Join | Timer::Timeout(Question::Join) => Err(Reason::NotWaiting),
        }
    }
}
