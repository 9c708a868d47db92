//! The two kinds of machine as one, and how what they say is called in the names of steps.

use serde::Serialize;
use straightedge_impl::machine::{Input, InputOf, Machine, Output, OutputOf, Time};
use straightedge_impl::mapreduce::{
    Address, Master, MasterCommand, MasterDelivery, MasterTimer, Message, Reason, Task, Worker,
    WorkerCommand, WorkerDelivery, WorkerTimer,
};

use super::super::world::Told;

/// The master, or a worker.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Process {
    /// The one that hands out tasks.
    Master(Master),
    /// One that carries them out.
    Worker(Worker),
}

/// What either of them waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Timer {
    /// The master.
    Master(MasterTimer),
    /// A worker.
    Worker(WorkerTimer),
}

/// What either of them is told by its host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Command {
    /// The master.
    Master(MasterCommand),
    /// A worker.
    Worker(WorkerCommand),
}

/// What the host of either is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Delivery {
    /// The master's.
    Master(MasterDelivery),
    /// A worker's.
    Worker(WorkerDelivery),
}

impl Process {
    /// The master, if it is that.
    #[must_use]
    pub const fn master(&self) -> Option<&Master> {
        match self {
            Self::Master(master) => Some(master),
            Self::Worker(_) => None,
        }
    }

    /// The worker, if it is one.
    #[must_use]
    pub const fn worker(&self) -> Option<&Worker> {
        match self {
            Self::Worker(worker) => Some(worker),
            Self::Master(_) => None,
        }
    }
}

impl Machine for Process {
    type Address = Address;
    type Message = Message;
    type Timer = Timer;
    type Command = Command;
    type Delivery = Delivery;
    type Reason = Reason;

    fn handle(&mut self, now: Time, input: InputOf<Self>, outputs: &mut Vec<OutputOf<Self>>) {
        let handled = match self {
            Self::Master(master) => of_master(master, now, input),
            Self::Worker(worker) => of_worker(worker, now, input),
        };
        // What is meant for the other kind of machine is nothing to this one.
        outputs.extend(handled.unwrap_or_else(|| vec![Output::Ignored(Reason::Unasked)]));
    }
}

fn of_master(
    master: &mut Master,
    now: Time,
    input: InputOf<Process>,
) -> Option<Vec<OutputOf<Process>>> {
    let input = match input {
        Input::Message { from, message } => Input::Message { from, message },
        Input::Timer { timer: Timer::Master(timer), fresh } => Input::Timer { timer, fresh },
        Input::Command { command: Command::Master(command), fresh } => {
            Input::Command { command, fresh }
        }
        Input::Timer { .. } | Input::Command { .. } => return None,
    };
    let mut outputs = Vec::new();
    master.handle(now, input, &mut outputs);
    Some(outputs.into_iter().map(of_either(Timer::Master, Delivery::Master)).collect())
}

fn of_worker(
    worker: &mut Worker,
    now: Time,
    input: InputOf<Process>,
) -> Option<Vec<OutputOf<Process>>> {
    let input = match input {
        Input::Message { from, message } => Input::Message { from, message },
        Input::Timer { timer: Timer::Worker(timer), fresh } => Input::Timer { timer, fresh },
        Input::Command { command: Command::Worker(command), fresh } => {
            Input::Command { command, fresh }
        }
        Input::Timer { .. } | Input::Command { .. } => return None,
    };
    let mut outputs = Vec::new();
    worker.handle(now, input, &mut outputs);
    Some(outputs.into_iter().map(of_either(Timer::Worker, Delivery::Worker)).collect())
}

/// What a machine wants done, as that of either kind.
pub(super) fn of_either<T, D>(
    of_timer: fn(T) -> Timer,
    of_delivery: fn(D) -> Delivery,
) -> impl Fn(Output<Address, Message, T, D, Reason>) -> OutputOf<Process> {
    move |output| match output {
        Output::Send { to, message } => Output::Send { to, message },
        Output::SetTimer { timer, after } => Output::SetTimer { timer: of_timer(timer), after },
        Output::CancelTimer { timer } => Output::CancelTimer { timer: of_timer(timer) },
        Output::Deliver(delivery) => Output::Deliver(of_delivery(delivery)),
        Output::Ignored(reason) => Output::Ignored(reason),
    }
}

/// `m0`, `r1`.
pub(super) fn task_name(task: Task) -> String {
    match task {
        Task::Map(map) => format!("m{map}"),
        Task::Reduce(reduce) => format!("r{reduce}"),
    }
}

impl Told for Message {
    fn told(&self) -> String {
        match self {
            Self::Ask { after } => format!("ask after {after}"),
            Self::Beat { running } => format!("beat in {running}"),
            Self::Complete { number, task, .. } => {
                format!("complete {number} {}", task_name(*task))
            }
            Self::Failed { number, task, .. } => format!("failed {number} {}", task_name(*task)),
            Self::Lack { number, regions } => {
                let maps = regions.iter().map(|(map, place)| match place {
                    Some(at) => format!(" m{map} at {at}"),
                    None => format!(" m{map}"),
                });
                format!("lack {number}{}", maps.collect::<String>())
            }
            Self::AskCommit { number, .. } => format!("ask_commit {number}"),
            Self::Assign { number, task, locations, .. } => {
                let places = locations.iter().map(|(map, at)| format!(" m{map} at {at}"));
                format!("assign {number} {}{}", task_name(*task), places.collect::<String>())
            }
            Self::Location { number, map, at } => format!("location {number} m{map} at {at}"),
            Self::Grant { number } => format!("grant {number}"),
            Self::Drop { number } => format!("drop {number}"),
            Self::Ack { number } => format!("ack {number}"),
            Self::Ping => "ping".into(),
            Self::Dismissed => "dismissed".into(),
            Self::Ended => "ended".into(),
        }
    }
}

impl Told for Timer {
    fn told(&self) -> String {
        match self {
            Self::Master(MasterTimer::Silence(worker)) => format!("silence of {worker}"),
            Self::Master(MasterTimer::Preempt) => "preempt".into(),
            Self::Master(MasterTimer::Finish) => "finish".into(),
            Self::Worker(WorkerTimer::Ask) => "ask".into(),
            Self::Worker(WorkerTimer::Beat) => "beat".into(),
            Self::Worker(WorkerTimer::Resend) => "resend".into(),
            Self::Worker(WorkerTimer::Lack) => "lack".into(),
        }
    }
}

impl Told for Command {
    fn told(&self) -> String {
        match self {
            Self::Master(command) => of_the_master(command),
            Self::Worker(command) => of_a_worker(command),
        }
    }
}

fn of_the_master(command: &MasterCommand) -> String {
    match command {
        MasterCommand::Prefer(task) => format!("prefer {}", task_name(*task)),
        MasterCommand::Settled { reduce, is_published: true } => format!("r{reduce} is published"),
        MasterCommand::Settled { reduce, .. } => format!("r{reduce} is not published"),
    }
}

fn of_a_worker(command: &WorkerCommand) -> String {
    match command {
        WorkerCommand::Start => "start".into(),
        WorkerCommand::Mapped { number, .. } => format!("mapped {number}"),
        WorkerCommand::Fetched { number, map, from } => {
            format!("fetched {number} m{map} from {from}")
        }
        WorkerCommand::Unreadable { number, map, from } => {
            format!("unreadable {number} m{map} at {from}")
        }
        WorkerCommand::Reduced { number, .. } => format!("reduced {number}"),
        WorkerCommand::Published { number } => format!("published {number}"),
        WorkerCommand::Refused { number } => format!("refused {number}"),
        WorkerCommand::Failed { number, .. } => format!("failed {number}"),
    }
}
