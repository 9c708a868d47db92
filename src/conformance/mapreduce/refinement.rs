//! Which step of the model explains which step of the network.

use straightedge_impl::mapreduce::{
    Address, MasterTimer, Message, Task as Concrete, WorkerCommand, WorkerId, WorkerTimer,
};
use straightedge_models::engine::refinement::Refinement;
use straightedge_models::mapreduce::{self as model, Action as Step, MapReduce, Task};

use super::super::environment::StateOf;
use super::super::network::Network;
use super::super::world::{Action, ActionOf, Allowance};
use super::abstraction::observe;
use super::environment::{Cluster, left};
use super::observed::{place_of, to_model};
use super::process::{Command, Process, Timer};

/// The mapping of the tables above and in MAPREDUCE-25.
#[derive(Clone)]
pub struct Mapping {
    /// The model that the machines are held against.
    pub job: MapReduce,
    /// Their environment.
    pub cluster: Cluster,
}

/// What the environment may still do, as the model counts it.
#[must_use]
pub fn left_of(cluster: &Cluster, state: &StateOf<Cluster>) -> model::Budget {
    let spent = state.ghost.spent;
    let times = |allowed: Allowance, spent: u8| match left(allowed, spent) {
        Allowance::Times(times) => times,
        Allowance::Unlimited => 0,
    };
    let (budget, faults) = (cluster.budget, cluster.faults);
    model::Budget {
        crashes: times(budget.crashes, spent.crashes),
        false_suspicions: times(faults.false_suspicions, spent.false_suspicions),
        losses: times(budget.losses, spent.losses),
        duplicates: times(budget.duplicates, spent.duplicates),
        rejoins: times(budget.entries, spent.rejoins),
        restarts: 0,
        failures: times(faults.failures, spent.failures),
    }
}

impl Mapping {
    /// The state of the model that the network stands for.
    #[must_use]
    pub fn seen(&self, state: &StateOf<Cluster>) -> model::State {
        let observed = observe(&self.cluster, state);
        to_model(&self.job, &observed, left_of(&self.cluster, state))
    }

    /// Whether a step of the network may be that step of the model.
    #[must_use]
    pub fn may_be(&self, concrete: &ActionOf<Process>, step: &Step) -> bool {
        let is = |worker: WorkerId, place: u8| place_of(&self.job, worker) == place;
        match (effect(concrete), *step) {
            (Effect::Question(worker), Step::Assign(_, at) | Step::Backup(_, at))
            | (Effect::Permission(worker), Step::Grant(_, at) | Step::Cancel(_, at))
            | (Effect::Sign(worker), Step::Cancel(_, at))
            | (Effect::Failure(worker), Step::FailOnRecord(at))
            | (Effect::Silence(worker), Step::Suspect(at) | Step::SuspectFalsely(at))
            | (Effect::Mapped(worker), Step::FinishMap(_, at))
            | (Effect::Published(worker), Step::Commit(_, at))
            | (Effect::Again(worker), Step::Resend(_, at) | Step::Duplicate(_, at))
            | (Effect::Crash(worker), Step::Crash(at)) => is(worker, at),
            (Effect::Heard(task, worker), Step::Hear(of, at))
            | (Effect::Lost(task, worker), Step::Lose(of, at))
            | (Effect::Doubled(task, worker), Step::Duplicate(of, at)) => {
                is(worker, at) && to_task(task) == of
            }
            (
                Effect::Fetched(worker, map, from),
                Step::Fetch { worker: at, map: of, from: source, .. },
            ) => is(worker, at) && map == u32::from(of) && is(from, source),
            (Effect::Preemption, Step::Preempt(..))
            | (Effect::End, Step::Finish)
            | (Effect::Newcomer(_), Step::Rejoin(_)) => true,
            _ => false,
        }
    }
}

fn to_task(task: Concrete) -> Task {
    match task {
        Concrete::Map(map) => Task::Map(map as u8),
        Concrete::Reduce(reduce) => Task::Reduce(reduce as u8),
    }
}

impl Refinement<Network<Cluster>, MapReduce> for Mapping {
    fn abstraction(&self, state: &StateOf<Cluster>) -> model::State {
        self.seen(state)
    }

    fn explains(&self, concrete: &ActionOf<Process>, step: &Step) -> bool {
        self.may_be(concrete, step)
    }
}

/// What a step of the network may be for the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: the state that is seen must stay what it is.
    Nothing,
    /// A worker asks for work.
    Question(WorkerId),
    /// A worker asks whether it may rename.
    Permission(WorkerId),
    /// A worker tells where it is.
    Sign(WorkerId),
    /// A completion arrives.
    Heard(Concrete, WorkerId),
    /// A failure arrives.
    Failure(WorkerId),
    /// A completion is lost.
    Lost(Concrete, WorkerId),
    /// A completion is doubled.
    Doubled(Concrete, WorkerId),
    /// What was not acknowledged is said again.
    Again(WorkerId),
    /// A worker is silent for too long.
    Silence(WorkerId),
    /// A reduce makes room.
    Preemption,
    /// The job ends.
    End,
    /// A map's regions are written.
    Mapped(WorkerId),
    /// A region is read, of this map and from there.
    Fetched(WorkerId, u32, WorkerId),
    /// An output has its final name, or may not have it.
    Published(WorkerId),
    /// A process ends.
    Crash(WorkerId),
    /// A process begins.
    Newcomer(WorkerId),
}

/// What this step of the network may be for the model.
#[must_use]
pub fn effect(concrete: &ActionOf<Process>) -> Effect {
    match concrete {
        Action::Deliver(packet) | Action::DeliverAndKeep(packet) => match packet.from {
            Address::Worker(worker) => heard(worker, &packet.message),
            Address::Master => Effect::Nothing,
        },
        Action::Lose(packet) => match (packet.from, &packet.message) {
            (Address::Worker(worker), Message::Complete { task, .. }) => {
                Effect::Lost(*task, worker)
            }
            _ => Effect::Nothing,
        },
        Action::Double(packet) => match (packet.from, &packet.message) {
            (Address::Worker(worker), Message::Complete { task, .. }) => {
                Effect::Doubled(*task, worker)
            }
            _ => Effect::Nothing,
        },
        Action::Fire { node, timer } => match (node, timer) {
            (_, Timer::Master(MasterTimer::Silence(worker))) => Effect::Silence(*worker),
            (_, Timer::Master(MasterTimer::Preempt)) => Effect::Preemption,
            (_, Timer::Master(MasterTimer::Finish)) => Effect::End,
            (Address::Worker(worker), Timer::Worker(WorkerTimer::Resend)) => Effect::Again(*worker),
            _ => Effect::Nothing,
        },
        Action::Tell { node: Address::Worker(worker), command: Command::Worker(command) } => {
            reported(*worker, command)
        }
        Action::Enter { node: Address::Worker(worker), .. } => Effect::Newcomer(*worker),
        Action::Crash(Address::Worker(worker)) => Effect::Crash(*worker),
        Action::Enter { .. } | Action::Tell { .. } | Action::Crash(Address::Master) => {
            Effect::Nothing
        }
    }
}

fn heard(worker: WorkerId, message: &Message) -> Effect {
    match message {
        Message::Ask { .. } => Effect::Question(worker),
        Message::Complete { task, .. } => Effect::Heard(*task, worker),
        Message::AskCommit { .. } => Effect::Permission(worker),
        Message::Beat { .. } | Message::Lack { .. } => Effect::Sign(worker),
        Message::Failed { .. } => Effect::Failure(worker),
        _ => Effect::Nothing,
    }
}

fn reported(worker: WorkerId, command: &WorkerCommand) -> Effect {
    match command {
        WorkerCommand::Mapped { .. } => Effect::Mapped(worker),
        WorkerCommand::Fetched { map, from, .. } => Effect::Fetched(worker, *map, from.worker),
        WorkerCommand::Published { .. } | WorkerCommand::Refused { .. } => {
            Effect::Published(worker)
        }
        _ => Effect::Nothing,
    }
}
