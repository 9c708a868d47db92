//! Which procedure takes which input.

use super::balancer::Balancer;
use super::context::{Context, Taken, require};
use super::message::{Command, Delivery, Message, Reason, Timer};
use super::request::Server;
use super::traffic::End;
use crate::machine::{Input, InputOf, Machine, Nonce, Output, OutputOf, Time};

impl Machine for Balancer {
    type Address = Server;
    type Message = Message;
    type Timer = Timer;
    type Command = Command;
    type Delivery = Delivery;
    type Reason = Reason;

    fn handle(&mut self, _now: Time, input: InputOf<Self>, outputs: &mut Vec<OutputOf<Self>>) {
        let mut context = Context { outputs };
        let taken = match input {
            Input::Message { from, message } => self.hear(from, message, &mut context),
            Input::Timer { timer, fresh } => self.wake_up(timer, fresh, &mut context),
            Input::Command { command, fresh } => self.obey(command, fresh, &mut context),
        };
        if let Err(reason) = taken {
            outputs.push(Output::Ignored(reason));
        }
    }
}

impl Balancer {
    fn hear(&mut self, from: Server, message: Message, context: &mut Context<'_>) -> Taken {
        require(self.backend(from).is_some(), Reason::NoSuchServer)?;
        match message {
            Message::Opened { attempt } => self.opened(from, attempt),
            Message::Refused { attempt } => self.ended(from, attempt, End::Refused, context),
            Message::Reset { attempt } => self.ended(from, attempt, End::Reset, context),
            Message::Done { attempt } => self.ended(from, attempt, End::Done, context),
            Message::Failed { attempt } => self.ended(from, attempt, End::Failed, context),
            Message::Probed { nonce, passed } => self.probed(from, nonce, passed, context),
            Message::Forward { .. } | Message::Cut { .. } | Message::Probe { .. } => {
                Err(Reason::NotForTheBalancer)
            }
        }
    }

    fn wake_up(&mut self, timer: Timer, fresh: Nonce, context: &mut Context<'_>) -> Taken {
        match timer {
            Timer::Check(server) => self.ask(server, fresh, context),
            Timer::Probe(server) => self.probe_timeout(server, context),
            Timer::Ramp(server) => self.warm(server, context),
            Timer::Ejection(server) => self.reinstate(server, context),
            Timer::Drain(server) => self.drain_timeout(server, context),
        }
    }

    fn obey(&mut self, command: Command, fresh: Nonce, context: &mut Context<'_>) -> Taken {
        match command {
            Command::Serve(request) => self.arrive(request, fresh, context),
            Command::Abort(request) => self.abort(request, context),
            Command::Order { server, admin } => self.order(server, admin, context),
            Command::Upgrade { strategy, version, is_compatible } => {
                self.begin_upgrade(strategy, version, is_compatible, context)
            }
            Command::Replaced(server) => self.replaced(server, context),
        }
    }
}
