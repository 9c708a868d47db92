//! What is assumed of the world around the master and its workers, each assumption by itself.

use straightedge_impl::machine::{Input, Time};
use straightedge_impl::machine::{Machine as _, Nonce};
use straightedge_impl::mapreduce::{
    Address, AttemptId, Commit, Config, End, Life, Lock, MapOutput, Master, MasterTimer, Message,
    Standing, Worker, WorkerCommand, WorkerId,
};

use super::super::environment::{Cause, Environment, Started, StateOf};
use super::super::world::{Action, ActionOf, Allowance, Budget, PacketOf};
use super::at_once::is_question;
use super::history::{self, Fate, History, copies};
use super::process::{Command, Delivery, Process, Timer, of_either};

/// What is assumed. Each of them can be left out, to see what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one sentence, true or not")]
pub struct Assumptions {
    /// Whether a permission was used is settled before anything else happens. Source: MAPREDUCE-27
    pub settled: bool,
    /// What a worker has asked is lost with it. Source: MAPREDUCE-28
    pub questions: bool,
    /// The master knows all workers before it pre-empts one. Source: MAPREDUCE-29
    pub acquainted: bool,
    /// A new process comes once the old one was suspected. Source: MAPREDUCE-30
    pub replaced: bool,
    /// Of several completions only one is said again at once. Source: MAPREDUCE-31
    pub one_by_one: bool,
    /// The abstraction knows what machines have forgotten. Source: MAPREDUCE-26
    pub remembered: bool,
}

impl Assumptions {
    /// All of them.
    pub const ALL: Self = Self {
        settled: true,
        questions: true,
        acquainted: true,
        replaced: true,
        one_by_one: true,
        remembered: true,
    };
}

/// What may go wrong, beside what a network does of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Faults {
    /// Workers that are suspected though they are up.
    pub false_suspicions: Allowance,
    /// Attempts at map 0 that fail on its first record.
    pub failures: Allowance,
    /// Whether every attempt at map 0 fails that does not leave the record out.
    pub first_is_bad: bool,
    /// Whether any message may be lost and doubled, or completions alone.
    pub any_message: bool,
}

/// A master and its workers, and their hosts.
#[derive(Clone)]
pub struct Cluster {
    pub(super) addresses: Vec<Address>,
    pub(super) config: Config,
    pub(super) workers: u16,
    pub(super) budget: Budget,
    pub(super) faults: Faults,
    pub(super) assumptions: Assumptions,
    /// Whether the master is told of the workers before they ask.
    pub(super) are_expected: bool,
    /// Whether the operator chooses among tasks.
    pub(super) has_operator: bool,
    /// Whether timers of workers run out as they like.
    pub(super) is_hasty: bool,
    /// In which order messages arrive.
    pub(super) order: Order,
}

/// In which order messages arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// In any order, and at any time.
    Any,
    /// What the master says arrives before anything else happens; what workers say in any order,
    /// and at any time.
    MasterFirst,
}

type State = StateOf<Cluster>;
type Step = ActionOf<Process>;

impl Cluster {
    /// The master of the network.
    #[must_use]
    pub fn master<'a>(&self, state: &'a State) -> Option<&'a Master> {
        state.host(0)?.machine.master()
    }

    /// The worker of that name, if it is up.
    #[must_use]
    pub fn worker<'a>(&self, state: &'a State, worker: WorkerId) -> Option<&'a Worker> {
        let place = self.addresses.binary_search(&Address::Worker(worker)).ok()?;
        state.host(place)?.machine.worker()
    }

    /// The workers that have begun.
    pub fn present(&self, state: &State) -> impl Iterator<Item = WorkerId> {
        self.addresses
            .iter()
            .filter_map(|address| match address {
                Address::Master => None,
                Address::Worker(worker) => Some(*worker),
            })
            .filter(|worker| worker.incarnation == 0 || state.ghost.workers.contains_key(worker))
    }

    /// Whether the master counts on that worker. Until it has asked it does.
    #[must_use]
    pub fn is_trusted(&self, master: &Master, worker: WorkerId) -> bool {
        master.workers().get(&worker).is_none_or(|standing: &Standing| standing.is_trusted)
    }

    /// Whether regions are in a file system that all share.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.config.map_output == MapOutput::SharedFileSystem
    }

    pub(super) fn name(&self, place: usize) -> Option<WorkerId> {
        match self.addresses.get(place)? {
            Address::Master => None,
            Address::Worker(worker) => Some(*worker),
        }
    }

    /// Whether the region that this execution wrote can be read.
    pub(super) fn is_readable(&self, state: &State, map: u32, from: AttemptId) -> bool {
        let is_there = self.is_shared() || self.worker(state, from.worker).is_some();
        is_there && state.ghost.has_written(map, from)
    }

    /// Whether the file system lets that attempt rename.
    pub(super) fn is_permitted(&self, state: &State, reduce: u32, attempt: AttemptId) -> bool {
        let is_held = |master: &Master| master.lock(reduce) == Some(Lock::Held(attempt));
        self.config.commit == Commit::Rename || self.master(state).is_some_and(is_held)
    }

    pub(super) fn is_done(&self, state: &State) -> bool {
        self.master(state).is_some_and(|master| master.end() == Some(End::Done))
    }
}

/// What is left of an allowance when so much was spent.
pub(super) fn left(allowed: Allowance, spent: u8) -> Allowance {
    match allowed {
        Allowance::Times(times) => Allowance::Times(times.saturating_sub(spent)),
        Allowance::Unlimited => Allowance::Unlimited,
    }
}

pub(super) fn at_least(left: Allowance, wanted: u8) -> bool {
    match left {
        Allowance::Times(times) => times >= wanted,
        Allowance::Unlimited => true,
    }
}

impl Environment for Cluster {
    type Machine = Process;
    type Ghost = History;

    const REPEATS: bool = false;
    const TELLS: bool = true;

    fn addresses(&self) -> &[Address] {
        &self.addresses
    }

    fn start(&self) -> Vec<Option<Started<Self>>> {
        let first = (0..self.workers).map(|machine| WorkerId { machine, incarnation: 0 });
        let master = if self.are_expected {
            Master::expecting(self.config.clone(), first)
        } else {
            Master::new(self.config.clone())
        };
        let mut outputs = Vec::new();
        master.start(&mut outputs);
        let outputs: Vec<_> =
            outputs.into_iter().map(of_either(Timer::Master, Delivery::Master)).collect();
        let started = |address: &Address| match address {
            Address::Master => Some((Process::Master(master.clone()), outputs.clone())),
            Address::Worker(worker) if worker.incarnation == 0 => {
                let mut process = self.newcomer(*address);
                let command = Command::Worker(WorkerCommand::Start);
                let mut outputs = Vec::new();
                let input = Input::Command { command, fresh: Nonce(0) };
                process.handle(Time::ORIGIN, input, &mut outputs);
                Some((process, outputs))
            }
            Address::Worker(_) => None,
        };
        self.addresses.iter().map(started).collect()
    }

    fn budget(&self) -> Budget {
        self.budget
    }

    fn newcomer(&self, node: Address) -> Process {
        match node {
            Address::Master => Process::Master(Master::new(self.config.clone())),
            Address::Worker(worker) => {
                Process::Worker(Worker::new(self.config.of_a_worker(), worker))
            }
        }
    }

    /// A machine's next process, once the one before is gone.
    fn commands(&self, state: &State, node: usize) -> Vec<Command> {
        let (Some(worker), Some(master)) = (self.name(node), self.master(state)) else {
            return Vec::new();
        };
        let Some(incarnation) = worker.incarnation.checked_sub(1) else { return Vec::new() };
        let former = WorkerId { incarnation, ..worker };
        let is_new = !state.ghost.workers.contains_key(&worker);
        let has_followed = self.present(state).any(|other| other == former);
        let is_gone = self.worker(state, former).is_none();
        let is_suspected = !self.is_trusted(master, former) || !self.assumptions.replaced;
        let may_come = is_new && has_followed && is_gone && is_suspected && !self.is_done(state);
        if may_come { vec![Command::Worker(WorkerCommand::Start)] } else { Vec::new() }
    }

    fn is_out(&self, machine: &Process) -> bool {
        let life = machine.worker().map(Worker::life);
        matches!(life, Some(Life::Dismissed | Life::Ended))
    }

    fn may_crash(&self, state: &State) -> Vec<usize> {
        state.up().map(|(place, _)| place).filter(|place| *place > 0).collect()
    }

    fn may_fire(&self, state: &State, node: usize, timer: &Timer) -> bool {
        match *timer {
            Timer::Master(MasterTimer::Silence(worker)) => {
                let has_crashed = state.ghost.fate(worker) == Fate::Crashed;
                let spent = state.ghost.spent.false_suspicions;
                has_crashed || left(self.faults.false_suspicions, spent).is_left()
            }
            Timer::Master(MasterTimer::Preempt) => {
                let Some(master) = self.master(state) else { return false };
                let knows = |worker| master.workers().contains_key(&worker);
                !self.assumptions.acquainted || self.present(state).all(knows)
            }
            Timer::Master(MasterTimer::Finish) => true,
            Timer::Worker(timer) => {
                self.name(node).is_some_and(|worker| self.may_wake(state, worker, timer))
            }
        }
    }

    fn may_repeat(&self, _: &PacketOf<Process>) -> bool {
        false
    }

    fn may_double(&self, state: &State, packet: &PacketOf<Process>) -> bool {
        let (Address::Worker(worker), Message::Complete { number, task, .. }) =
            (packet.from, &packet.message)
        else {
            return self.faults.any_message;
        };
        let finished = state.ghost.finished(worker, *task).filter(|of| of.number == *number);
        let is_counted = finished.is_some_and(|finished| !finished.is_heard);
        let spent = state.ghost.spent.duplicates;
        is_counted
            && copies(state, worker, *number) == 1
            && !self.is_done(state)
            && left(self.budget.duplicates, spent).is_left()
    }

    fn may_lose(&self, packet: &PacketOf<Process>) -> bool {
        self.faults.any_message || matches!(packet.message, Message::Complete { .. })
    }

    fn is_lost_freely(&self, state: &State, packet: &PacketOf<Process>) -> bool {
        let Address::Worker(worker) = packet.from else { return false };
        let is_completion = matches!(packet.message, Message::Complete { .. });
        is_completion && state.ghost.fate(worker) == Fate::Crashed && !self.is_done(state)
    }

    fn outlives(&self, packet: &PacketOf<Process>) -> bool {
        !self.assumptions.questions || matches!(packet.message, Message::Complete { .. })
    }

    fn orders(&self, state: &State, node: usize) -> Vec<Command> {
        let Some(worker) = self.name(node) else {
            let Some(master) = self.master(state) else { return Vec::new() };
            let mut orders = self.settlements(state, master);
            if state.packets().any(is_question) || self.may_preempt(state) {
                orders.extend(self.orders_of_master(master));
            }
            return orders.into_iter().map(Command::Master).collect();
        };
        self.orders_of_worker(state, worker).into_iter().map(Command::Worker).collect()
    }

    fn comes_first(&self, state: &State, actions: &mut Vec<Step>) -> bool {
        let Some(master) = self.master(state) else { return false };
        let before = actions.len();
        if self.assumptions.settled {
            let node = Address::Master;
            let settlements = self.settlements(state, master).into_iter();
            let tell = |command| Action::Tell { node, command: Command::Master(command) };
            actions.extend(settlements.map(tell));
        }
        if actions.len() == before {
            actions.extend(self.unseen(state));
        }
        if actions.len() == before && master.preferred().is_some() && !self.is_hasty {
            actions.extend(self.choices(state));
            return true;
        }
        actions.len() > before
    }

    fn is_connected(&self, _: &State, _: &PacketOf<Process>) -> bool {
        true
    }

    fn fresh(&self, _: &State, _: usize, _: &Cause<Process>) -> Nonce {
        Nonce(0)
    }

    fn ghost(&self, before: &State, action: &Step, after: &State) -> History {
        history::after(self, before, action, after)
    }
}
