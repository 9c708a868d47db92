//! Which procedure takes which input.

use super::context::{Context, Taken, require};
use super::message::{Command, Delivery, Message, Question, Reason, Timer};
use super::node::{Member, Node, Role};
use super::upper::Goal;
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
        let Self { me, role, store, config } = self;
        let mut context = Context { me: *me, config: *config, store, outputs };
        let taken = match input {
            Input::Message { from, message } => role.hear(from, message, &mut context),
            Input::Timer { timer, fresh } => role.wake(timer, fresh, &mut context),
            Input::Command { command, fresh } => role.obey(command, fresh, &mut context),
        };
        if let Err(reason) = taken {
            outputs.push(Output::Ignored(reason));
        }
    }
}

impl<I: Identifier> Role<I> {
    fn hear(&mut self, from: I, message: Message<I>, context: &mut Context<'_, I>) -> Taken {
        require(from != context.me, Reason::Itself)?;
        match self {
            Self::Outsider => Err(Reason::NotAMember),
            Self::Joining(_) => self.hear_while_joining(from, message, context),
            Self::Member(member) => member.hear(from, message, context),
        }
    }

    fn wake(&mut self, timer: Timer, fresh: Nonce, context: &mut Context<'_, I>) -> Taken {
        match (&mut *self, timer) {
            (Self::Member(member), _) => member.wake(timer, fresh, context)?,
            (Self::Joining(joining), Timer::Join) => joining.ask(fresh, context)?,
            (Self::Joining(_), Timer::Timeout(Question::Join)) => self.join_timeout(context)?,
            (Self::Joining(_) | Self::Outsider, _) => return Err(Reason::NotWaiting),
        }
        if timer == Timer::HandOver {
            self.leave_if_handed_over(context);
        }
        Ok(())
    }

    fn obey(&mut self, command: Command<I>, fresh: Nonce, context: &mut Context<'_, I>) -> Taken {
        match (command, &mut *self) {
            (Command::Join { via }, _) => self.join(via, fresh, context),
            (Command::Leave, _) => self.leave(context),
            (Command::Lookup { key }, Self::Member(member)) => {
                member.request(Goal::Lookup, key, fresh, context)
            }
            (Command::Put { key, value }, Self::Member(member)) => {
                require(
                    value.len() <= usize::from(context.config.limits.value),
                    Reason::ValueTooLong,
                )?;
                member.request(Goal::Put { value }, key, fresh, context)
            }
            (Command::Get { key }, Self::Member(member)) => {
                member.request(Goal::Get, key, fresh, context)
            }
            (Command::Lookup { .. } | Command::Put { .. } | Command::Get { .. }, _) => {
                Err(Reason::NotAMember)
            }
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
            Message::NotifyAck { nonce, is_counted } => {
                self.acknowledged(from, nonce, is_counted, context)
            }
            Message::Ping { nonce } => {
                context.send(from, Message::Pong { nonce });
                Ok(())
            }
            Message::Pong { nonce } => self.predecessor_lives(from, nonce, context),
            Message::Admitted { .. } | Message::Redirect { .. } => Err(Reason::Unasked),
            above_the_ring => self.hear_above_the_ring(from, above_the_ring, context),
        }
    }

    /// Look-ups and records.
    fn hear_above_the_ring(
        &mut self,
        from: I,
        message: Message<I>,
        context: &mut Context<'_, I>,
    ) -> Taken {
        match message {
            Message::AskNext { nonce, key, without } => {
                self.lead_on(from, nonce, key, &without, context)
            }
            Message::Next { nonce, closer } => self.led_on(from, nonce, closer, context),
            Message::Owner { nonce, owner } => self.owner_named(from, nonce, owner, context),
            Message::Fetch { nonce, key } => {
                self.fetch(from, nonce, key, context);
                Ok(())
            }
            Message::Fetched { nonce, record, successors } => {
                self.fetched(from, nonce, record, &successors, context)
            }
            Message::Store { nonce, key, record } => self.store(from, nonce, key, record, context),
            Message::Stored { nonce } => self.stored(from, nonce, context),
            Message::NotMine { nonce, predecessor } => {
                self.not_mine(from, nonce, predecessor, context)
            }
            Message::Copy { nonce, records } => self.copy(from, nonce, records, context),
            Message::Copied { nonce, keepers } => self.copied(from, nonce, &keepers, context),
            _ => Err(Reason::Unasked),
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
            Timer::Timeout(Question::Request(nonce)) => self.request_timeout(nonce, context),
            Timer::Timeout(Question::Copy(nonce)) => self.copy_timeout(nonce, context),
            Timer::FixFinger => self.fix_finger(fresh, context),
            Timer::Repair => self.repair(fresh, context),
            Timer::HandOver => self.hand_over(fresh, context),
            Timer::Join | Timer::Timeout(Question::Join) => Err(Reason::NotWaiting),
        }
    }
}
