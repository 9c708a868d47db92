//! Which procedure takes which input, for each of the two roles.

use super::master::{self, Master, Taken, require};
use super::message::{
    MasterCommand, MasterDelivery, MasterTimer, Message, Reason, WorkerCommand, WorkerDelivery,
    WorkerTimer,
};
use super::task::Address;
use super::worker::{self, Worker};
use crate::machine::{Input, InputOf, Machine, Output, OutputOf, Time};

impl Machine for Master {
    type Address = Address;
    type Message = Message;
    type Timer = MasterTimer;
    type Command = MasterCommand;
    type Delivery = MasterDelivery;
    type Reason = Reason;

    fn handle(&mut self, now: Time, input: InputOf<Self>, outputs: &mut Vec<OutputOf<Self>>) {
        let Self { config, table } = self;
        let mut context = master::Context { config, now, outputs };
        let taken = match input {
            Input::Message { from: Address::Worker(worker), message } => {
                table.hear(worker, message, &mut context)
            }
            Input::Message { from: Address::Master, .. } => Err(Reason::WrongSender),
            Input::Timer { timer: MasterTimer::Silence(worker), .. } => {
                table.silence(worker, &mut context)
            }
            Input::Timer { timer: MasterTimer::Preempt, .. } => table.preempt(&mut context),
            Input::Timer { timer: MasterTimer::Finish, .. } => table.finish(&mut context),
            Input::Command { command: MasterCommand::Prefer(task), .. } => {
                table.prefer(task, &context)
            }
            Input::Command { command: MasterCommand::Settled { reduce, is_published }, .. } => {
                table.settled(reduce, is_published, &mut context)
            }
        };
        tell_ignored(taken, outputs);
    }
}

impl Machine for Worker {
    type Address = Address;
    type Message = Message;
    type Timer = WorkerTimer;
    type Command = WorkerCommand;
    type Delivery = WorkerDelivery;
    type Reason = Reason;

    fn handle(&mut self, _now: Time, input: InputOf<Self>, outputs: &mut Vec<OutputOf<Self>>) {
        let Self { me: _, config, memory } = self;
        let mut context = worker::Context { config, outputs };
        let taken = match input {
            Input::Message { from, message } => {
                require(from == Address::Master, Reason::WrongSender)
                    .and_then(|()| memory.hear(message, &mut context))
            }
            Input::Timer { timer, .. } => memory.wake(timer, &mut context),
            Input::Command { command, .. } => memory.obey(command, &mut context),
        };
        tell_ignored(taken, outputs);
    }
}

fn tell_ignored<A, M, T, D>(taken: Taken, outputs: &mut Vec<Output<A, M, T, D, Reason>>) {
    if let Err(reason) = taken {
        outputs.push(Output::Ignored(reason));
    }
}
