//! Long random runs of larger jobs, each step held against the rules.
//!
//! Workers are hasty here: their timers run out as they like, and nothing is taken at once but what
//! is assumed to be.

use straightedge_impl::mapreduce::{Address, MasterTimer, Message, WorkerId, WorkerTimer};
use straightedge_models::engine::Run;
use straightedge_models::mapreduce::{Barrier, Commit, MapOutput, MapReduce};

use super::super::environment::{Environment, StateOf};
use super::super::network::Network;
use super::super::random::{self, Plan, StepOf, Tally, Tried, World};
use super::super::search::Difference;
use super::super::world::{Action, ActionOf, Allowance, Budget};
use super::abstraction::observe;
use super::environment::{Assumptions, Cluster, Faults, Order};
use super::history::Fate;
use super::instances::{Variation, addresses, config};
use super::observed::Observed;
use super::process::{Process, Timer};
use super::refinement::effect;
use super::rules;

/// A job with which random runs are made.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Stable name in `snake_case`.
    pub name: &'static str,
    /// The job, with so many machines.
    pub job: MapReduce,
    /// How often a machine may come back.
    pub returns: u8,
    /// Steps of a run at most.
    pub steps: usize,
    /// What must have happened how often in every thousand steps.
    pub floors: &'static [(&'static str, u64)],
}

/// Every setting.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "six_tasks",
        job: MapReduce { barrier: Barrier::Function, ..MapReduce::new(4, 2, 3) },
        returns: 3,
        steps: 500,
        floors: RENAME,
    },
    Setting {
        name: "twelve_tasks_with_coordinator",
        job: MapReduce {
            commit: Commit::Coordinator,
            barrier: Barrier::Function,
            ..MapReduce::new(8, 4, 4)
        },
        returns: 3,
        steps: 900,
        floors: COORDINATOR,
    },
    Setting {
        name: "twenty_tasks_on_a_shared_file_system",
        job: MapReduce {
            map_output: MapOutput::SharedFileSystem,
            commit: Commit::Coordinator,
            ..MapReduce::new(12, 8, 6)
        },
        returns: 2,
        steps: 1200,
        floors: SHARED,
    },
];

const RENAME: &[(&str, u64)] = &[
    ("assign_map", 5),
    ("assign_reduce", 2),
    ("backup_map", 1),
    ("backup_reduce", 1),
    ("hear_map", 5),
    ("hear_reduce", 1),
    ("suspect", 2),
    ("finish_map", 5),
    ("fetch", 5),
    ("commit", 5),
    ("finish_job", 1),
    ("crash", 1),
    ("rejoin", 1),
    ("lose", 1),
    ("duplicate", 1),
    ("resend", 1),
    ("false_suspicion", 1),
    ("other_message_lost", 1),
    ("other_message_doubled", 1),
];

const COORDINATOR: &[(&str, u64)] = &[
    ("assign_map", 5),
    ("assign_reduce", 1),
    ("hear_map", 5),
    ("suspect", 2),
    ("preempt", 1),
    ("commit", 2),
    ("grant", 1),
    ("finish_map", 5),
    ("fetch", 5),
    ("crash", 1),
    ("rejoin", 1),
    ("lose", 1),
    ("duplicate", 1),
    ("resend", 1),
    ("false_suspicion", 1),
    ("other_message_lost", 1),
    ("other_message_doubled", 1),
];

const SHARED: &[(&str, u64)] = &[
    ("assign_map", 5),
    ("assign_reduce", 5),
    ("hear_map", 5),
    ("suspect", 2),
    ("commit", 5),
    ("grant", 1),
    ("finish_map", 5),
    ("fetch", 5),
    ("crash", 1),
    ("rejoin", 1),
    ("lose", 1),
    ("duplicate", 1),
    ("resend", 1),
    ("false_suspicion", 1),
    ("other_message_lost", 1),
    ("other_message_doubled", 1),
];

impl Setting {
    /// The cluster of one run.
    #[must_use]
    pub fn course(&self, variation: Variation) -> Course {
        let any = Allowance::Unlimited;
        let budget = Budget { crashes: any, duplicates: any, losses: any, entries: any };
        let cluster = Cluster {
            addresses: addresses(self.job.workers, self.returns),
            config: config(&self.job, variation.fault),
            workers: u16::from(self.job.workers),
            budget,
            faults: Faults {
                false_suspicions: any,
                failures: Allowance::NONE,
                first_is_bad: false,
                any_message: true,
            },
            assumptions: Assumptions { one_by_one: false, ..variation.assumptions },
            are_expected: true,
            has_operator: false,
            is_hasty: true,
            order: Order::Any,
        };
        Course { network: Network::new(cluster), job: self.job }
    }

    /// Runs so many cases that are drawn from this seed.
    #[must_use]
    pub fn try_out(&self, variation: Variation, seed: u64, cases: u32, run: &Run<'_>) -> Tried {
        let setting = *self;
        let Self { name, steps, floors, .. } = setting;
        let plan = Plan { setting: name, steps, floors, seed, cases };
        random::try_out(plan, || setting.course(variation), run)
    }

    /// Takes the steps of these names that are possible, one after the other; the run up to the
    /// first one that is not explained, if there is one.
    #[must_use]
    pub fn replay(&self, variation: Variation, names: &[String]) -> Option<Difference> {
        random::replay(self.course(variation), names)
    }
}

/// The cluster of one run.
pub struct Course {
    network: Network<Cluster>,
    job: MapReduce,
}

impl Course {
    fn has_crashed(state: &StateOf<Cluster>, worker: WorkerId) -> bool {
        state.ghost.fate(worker) == Fate::Crashed
    }

    /// Timers but those with which somebody is suspected, or only those with which one is rightly,
    /// or wrongly.
    fn expiries(&self, state: &StateOf<Cluster>, wanted: Wanted) -> Vec<ActionOf<Process>> {
        let mut actions = Vec::new();
        self.network.expiries(state, &mut actions);
        actions.retain(|action| {
            let Action::Fire { timer, .. } = action else { return false };
            let kind = match *timer {
                Timer::Master(MasterTimer::Silence(worker)) => {
                    let is_right = Self::has_crashed(state, worker);
                    if is_right { Wanted::Suspicion } else { Wanted::FalseSuspicion }
                }
                Timer::Worker(WorkerTimer::Beat) => Wanted::Beat,
                Timer::Worker(WorkerTimer::Resend) => Wanted::Resend,
                _ => Wanted::Timer,
            };
            kind == wanted
        });
        actions
    }

    /// Of workers of which the master has heard: any other might as well never have begun.
    fn crashes(&self, state: &StateOf<Cluster>) -> Vec<ActionOf<Process>> {
        let mut actions = Vec::new();
        self.network.crashes(state, &mut actions);
        let Some(master) = self.network.environment.master(state) else { return actions };
        let is_known = |action: &ActionOf<Process>| match action {
            Action::Crash(Address::Worker(worker)) => master.workers().contains_key(worker),
            _ => false,
        };
        actions.retain(is_known);
        actions
    }

    fn deliveries(&self, state: &StateOf<Cluster>, is_failure: bool) -> Vec<ActionOf<Process>> {
        let mut actions = Vec::new();
        self.network.deliveries(state, &mut actions);
        actions.retain(|action| matches!(action, Action::Deliver(_)) != is_failure);
        actions
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Timer,
    Beat,
    Resend,
    Suspicion,
    FalseSuspicion,
}

impl World for Course {
    type Environment = Cluster;
    type Observed = Observed;

    fn network(&self) -> &Network<Cluster> {
        &self.network
    }

    fn observe(&self, state: &StateOf<Cluster>) -> Observed {
        observe(&self.network.environment, state)
    }

    /// Of sixty-four steps about thirty are messages that arrive, fourteen are what hosts report,
    /// ten are timers, four are messages that are lost or doubled, three are suspicions of the
    /// dead, one is a worker that comes back; now and then one is a suspicion of the living, or a
    /// crash.
    fn pick(&self, state: &StateOf<Cluster>, drawn: u32) -> Option<StepOf<Cluster>> {
        let (kind, choice) = (drawn % 64, (drawn / 64) as usize);
        let mut actions = Vec::new();
        let places = 0..self.network.environment.addresses().len();
        if !self.network.environment.comes_first(state, &mut actions) {
            match kind {
                30..=43 => {
                    places.for_each(|place| self.network.orders(state, place, &mut actions));
                }
                44..=50 => actions = self.expiries(state, Wanted::Timer),
                51..=52 => actions = self.expiries(state, Wanted::Resend),
                53 => actions = self.expiries(state, Wanted::Beat),
                54..=57 => actions = self.deliveries(state, true),
                58..=60 => actions = self.expiries(state, Wanted::Suspicion),
                61 if choice.is_multiple_of(3) => {
                    actions = self.expiries(state, Wanted::FalseSuspicion);
                }
                62 if choice.is_multiple_of(3) => actions = self.crashes(state),
                63 => {
                    places.for_each(|place| self.network.entries(state, place, &mut actions));
                }
                _ => actions = self.deliveries(state, false),
            }
        }
        let among = actions.len();
        (among > 0).then(|| actions.swap_remove(choice % among))
    }

    fn explanation(
        &self,
        before: &Observed,
        step: &StepOf<Cluster>,
        after: &Observed,
    ) -> Option<&'static str> {
        Some(rules::explanation(&self.job, before, effect(step), after)?.name())
    }

    fn change(&self, before: &Observed, after: &Observed) -> String {
        let (before, after) = (before.told(), after.told());
        let only = |of: &[String], other: &[String]| {
            let changed = of.iter().filter(|line| !other.contains(line)).cloned();
            changed.collect::<Vec<_>>().join("; ")
        };
        format!("[{}] → [{}]", only(&before, &after), only(&after, &before))
    }

    fn note(&self, before: &StateOf<Cluster>, step: &StepOf<Cluster>, tally: &mut Tally) {
        let mut count = |name| *tally.entry(name).or_default() += 1;
        let is_other = |message: &Message| !matches!(message, Message::Complete { .. });
        match step {
            Action::Fire { timer: Timer::Master(MasterTimer::Silence(worker)), .. }
                if !Self::has_crashed(before, *worker) =>
            {
                count("false_suspicion");
            }
            Action::Fire { timer: Timer::Worker(WorkerTimer::Beat), .. } => count("beat"),
            Action::Lose(packet) if is_other(&packet.message) => count("other_message_lost"),
            Action::Double(packet) if is_other(&packet.message) => count("other_message_doubled"),
            Action::Deliver(packet) => match packet.message {
                Message::Dismissed => count("dismissed"),
                Message::Drop { .. } => count("dropped"),
                _ => {}
            },
            _ => {}
        }
    }
}
