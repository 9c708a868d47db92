//! Every step of the model's graph, taken by machines that have come to the state by themselves.
//!
//! Of each state of the model some networks that stand for it are kept: those to which the walk has
//! come so far. From them all steps that the model does not see are taken, in every order, until
//! each of the model's steps was taken; each new state that is come to is kept in its turn. So
//! nothing is put together: what is shown is what machines do from their beginning on.

use std::collections::{BTreeMap, VecDeque};

use stateright::Model;
use straightedge_impl::machine::{Input, InputOf, Nonce};
use straightedge_impl::mapreduce::{
    Address, Counters, MasterTimer, Message, Task as Concrete, WorkerCommand, WorkerId,
};
use straightedge_models::engine::{Run, Tier};
use straightedge_models::mapreduce::{
    self as model, Action as Step, MapReduce, MapStatus, Records, State, Task,
};

use super::super::cover::{self, Covered, Replay, StepOf, Taken, Until, one_line};
use super::super::environment::StateOf;
use super::super::network::Network;
use super::super::visited::Visited;
use super::environment::Cluster;
use super::history::Fate;
use super::instances::{Instance, Variation, instance};
use super::process::{Command, Process, Timer};
use super::refinement::Mapping;

/// A graph of the model whose steps are taken.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// The name of the model's instance.
    pub name: &'static str,
    /// When its steps are taken.
    pub tier: Tier,
    /// The model.
    pub job: MapReduce,
}

const fn subject(name: &'static str, job: MapReduce) -> Subject {
    Subject { name, tier: Tier::Ci, job }
}

const fn nightly(name: &'static str, job: MapReduce) -> Subject {
    Subject { name, tier: Tier::Nightly, job }
}

const SMALLEST: MapReduce = MapReduce::new(1, 1, 2);
const TWO_MAPS: MapReduce = MapReduce::new(2, 1, 2);
const LOSSY: model::Budget =
    model::Budget { crashes: 1, losses: 1, duplicates: 1, ..model::Budget::NONE };
const COORDINATOR: model::Commit = model::Commit::Coordinator;

/// The instances of the model whose options the machines have. Not here: those whose assignments
/// are messages, which the machines' are in the other instances too; those whose master is started
/// again, which ours cannot be; and those that differ from one of these in fairness or in what is
/// made of a file alone, since their graphs are the same.
pub const SUBJECTS: &[Subject] = &[
    subject("two_maps_one_reduce_one_crash", TWO_MAPS.with_faults(1, 0)),
    nightly("two_maps_one_reduce_one_false_suspicion", TWO_MAPS.with_faults(0, 1)),
    subject("one_map_two_reduces_one_crash", MapReduce::new(1, 2, 2).with_faults(1, 0)),
    nightly("one_map_two_reduces_one_false_suspicion", MapReduce::new(1, 2, 2).with_faults(0, 1)),
    nightly(
        "one_map_two_reduces_nondeterministic",
        MapReduce { deterministic: false, ..MapReduce::new(1, 2, 2) }.with_faults(0, 1),
    ),
    nightly("two_maps_two_reduces_one_crash", MapReduce::new(2, 2, 2).with_faults(1, 0)),
    subject("three_workers", MapReduce::new(1, 1, 3)),
    subject("no_time_out", MapReduce { backups: false, ..MapReduce::new(2, 2, 2) }),
    nightly(
        "shared_file_system",
        MapReduce { map_output: model::MapOutput::SharedFileSystem, ..TWO_MAPS }.with_faults(1, 0),
    ),
    nightly(
        "shared_file_system_with_zombie",
        MapReduce { map_output: model::MapOutput::SharedFileSystem, ..TWO_MAPS }.with_faults(0, 1),
    ),
    subject(
        "barrier_at_the_function",
        MapReduce { barrier: model::Barrier::Function, ..TWO_MAPS }.with_faults(1, 0),
    ),
    subject("commit_coordinator", MapReduce { commit: COORDINATOR, ..SMALLEST }.with_faults(0, 1)),
    nightly(
        "commit_coordinator_three_workers",
        MapReduce { commit: COORDINATOR, ..MapReduce::new(1, 1, 3) }.with_faults(1, 1),
    ),
    nightly(
        "nondeterministic_with_coordinator",
        MapReduce { commit: COORDINATOR, deterministic: false, ..MapReduce::new(1, 2, 2) }
            .with_faults(0, 1),
    ),
    nightly(
        "coordinator_and_barrier_at_the_function",
        MapReduce {
            commit: COORDINATOR,
            barrier: model::Barrier::Function,
            budget: LOSSY,
            ..TWO_MAPS
        },
    ),
    subject("messages_lost_and_doubled", MapReduce { budget: LOSSY, ..SMALLEST }),
    nightly("two_maps_one_reduce_lossy", MapReduce { budget: LOSSY, ..TWO_MAPS }),
    subject(
        "new_incarnation",
        MapReduce {
            budget: model::Budget { false_suspicions: 1, rejoins: 1, ..model::Budget::NONE },
            ..SMALLEST
        },
    ),
    subject("bad_record", MapReduce { records: Records::FirstIsBad, ..SMALLEST }),
    subject(
        "record_that_fails_once",
        MapReduce { budget: model::Budget { failures: 1, ..model::Budget::NONE }, ..SMALLEST },
    ),
    subject("as_many_faults_as_workers", SMALLEST.with_faults(1, 1)),
];

impl Subject {
    /// The subject of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        SUBJECTS.iter().find(|subject| subject.name == name).copied()
    }

    /// Takes every step of the graph.
    #[must_use]
    pub fn cover(&self, variation: Variation, until: Until, run: &Run<'_>) -> Covered {
        let instance = Instance { has_operator: true, ..instance(self.name, self.job, "") };
        let network = Network::new(instance.cluster(variation));
        let mapping = instance.mapping(variation);
        let mut walk = Walk { mapping, network, kept: BTreeMap::new(), wrong: Vec::new() };
        for first in walk.network.init_states() {
            let seen = walk.mapping.seen(&first);
            walk.kept.insert(seen, vec![first]);
        }
        cover::cover(self.name, walk, until, run)
    }
}

/// So many networks are kept of each state of the model.
const KEPT: usize = 3;

/// After so many networks nothing new is expected of a state of the model.
const ENOUGH: usize = 4000;

struct Walk {
    mapping: Mapping,
    network: Network<Cluster>,
    kept: BTreeMap<State, Vec<StateOf<Cluster>>>,
    /// What the machines did that the model refuses, in the state at hand.
    wrong: Vec<(String, bool)>,
}

impl Replay for Walk {
    type Model = MapReduce;

    fn model(&self) -> &MapReduce {
        &self.mapping.job
    }

    fn steps(&mut self, state: &State, steps: &[StepOf<MapReduce>]) -> Vec<Taken> {
        self.wrong.clear();
        let starts = self.kept.get(state).cloned().unwrap_or_default();
        if starts.is_empty() {
            return steps.iter().map(|_| Taken::Beyond(UNREACHED)).collect();
        }
        let (are_taken, networks) = self.explore(state, steps, starts);
        let job = self.mapping.job;
        let taken = |((step, _), is_taken): (&StepOf<MapReduce>, bool)| match (
            is_taken,
            beyond(&job, state, step),
        ) {
            (true, _) => Taken::Taken,
            (false, Some(reason)) => Taken::Beyond(reason),
            (false, None) => Taken::Missing {
                instead: "nothing that the machines do from here is that".into(),
                after: networks,
            },
        };
        steps.iter().zip(are_taken).map(taken).collect()
    }

    fn refusals(&mut self, state: &State) -> Vec<(String, bool)> {
        let mut refusals = std::mem::take(&mut self.wrong);
        let start = self.kept.get(state).and_then(|kept| kept.first()).cloned();
        if let Some(start) = start {
            for (name, node, input) in self.provocations(state, &start) {
                let after = self.network.provoked(&start, node, input);
                let is_refused = after.is_some_and(|after| self.mapping.seen(&after) == *state);
                refusals.push((name, is_refused));
            }
        }
        refusals
    }
}

impl Walk {
    /// Which steps were taken, and how many networks that stand for the state were looked at.
    fn explore(
        &mut self,
        state: &State,
        steps: &[StepOf<MapReduce>],
        starts: Vec<StateOf<Cluster>>,
    ) -> (Vec<bool>, usize) {
        let job = self.mapping.job;
        let mut are_taken: Vec<bool> = steps.iter().map(|(_, next)| next == state).collect();
        let expected: Vec<bool> =
            steps.iter().map(|(step, _)| beyond(&job, state, step).is_none()).collect();
        let mut visited = Visited::default();
        let mut queue: VecDeque<_> = starts.into_iter().filter(|at| visited.is_new(at)).collect();
        let mut networks = 0;
        while let Some(at) = queue.pop_front() {
            networks += 1;
            let mut actions = Vec::new();
            self.network.actions(&at, &mut actions);
            for action in actions {
                let Some(after) = self.network.after(&at, &action) else { continue };
                let seen = self.mapping.seen(&after);
                if seen == *state {
                    if visited.is_new(&after) {
                        queue.push_back(after);
                    }
                    continue;
                }
                let mut is_explained = false;
                for ((step, next), is_taken) in steps.iter().zip(&mut are_taken) {
                    let is_it = *next == seen && self.mapping.may_be(&action, step);
                    *is_taken |= is_it;
                    is_explained |= is_it;
                }
                if is_explained {
                    self.keep(seen, after);
                } else {
                    self.wrong.push((format!("{action} to {}", one_line(&seen)), false));
                }
            }
            let is_whole =
                are_taken.iter().zip(&expected).all(|(taken, expected)| *taken || !expected);
            if is_whole || networks >= ENOUGH {
                break;
            }
        }
        (are_taken, networks)
    }

    /// Networks in which nobody has gone whom the model takes for slow can do more.
    fn keep(&mut self, seen: State, network: StateOf<Cluster>) {
        let gone = |network: &StateOf<Cluster>| {
            let pasts = network.ghost.workers.values();
            pasts.filter(|past| past.fate == Fate::Ended).count()
        };
        let kept = self.kept.entry(seen).or_default();
        if kept.contains(&network) {
            return;
        }
        let rank = gone(&network);
        let place = kept.iter().take_while(|other| gone(other) <= rank).count();
        kept.insert(place, network);
        kept.truncate(KEPT);
    }

    /// Inputs that would be steps which the model refuses.
    fn provocations(
        &self,
        state: &State,
        network: &StateOf<Cluster>,
    ) -> Vec<(String, usize, InputOf<Process>)> {
        let job = &self.mapping.job;
        let refuses = |step: Step| job.next_state(state, step).is_none();
        let fresh = Nonce(0);
        let timer = |timer| Input::Timer { timer: Timer::Master(timer), fresh };
        let mut inputs = Vec::new();
        if refuses(Step::Finish) {
            inputs.push((Step::Finish.to_string(), 0, timer(MasterTimer::Finish)));
        }
        let mut pairs = job.workers().flat_map(|w| job.reduces().map(move |r| (r, w)));
        if pairs.all(|(r, w)| refuses(Step::Preempt(r, w))) {
            inputs.push(("preempt".into(), 0, timer(MasterTimer::Preempt)));
        }
        for place in 0..job.workers {
            let worker = WorkerId { machine: u16::from(place), incarnation: 0 };
            if !state.is_trusted(place) || state.is_done() {
                let input = timer(MasterTimer::Silence(worker));
                inputs.push((Step::Suspect(place).to_string(), 0, input));
            }
            inputs.extend(self.provocations_of(state, network, (place, worker)));
        }
        inputs
    }

    fn provocations_of(
        &self,
        state: &State,
        network: &StateOf<Cluster>,
        (place, worker): (u8, WorkerId),
    ) -> Vec<(String, usize, InputOf<Process>)> {
        let job = &self.mapping.job;
        let cluster = &self.mapping.cluster;
        let refuses = |step: Step| job.next_state(state, step).is_none();
        let fresh = Nonce(0);
        let mut inputs = Vec::new();
        let (Some(machine), Some(master)) =
            (cluster.worker(network, worker), cluster.master(network))
        else {
            return inputs;
        };
        let Ok(node) = cluster.addresses.binary_search(&Address::Worker(worker)) else {
            return inputs;
        };
        let number = machine.seen();
        let mut tell = |step: Step, command| {
            if refuses(step) {
                let command = Command::Worker(command);
                inputs.push((step.to_string(), node, Input::Command { command, fresh }));
            }
        };
        let is_mapping = matches!(machine.activity().task(), Some(Concrete::Map(_)));
        if !is_mapping || state.is_done() {
            let counters = Counters::default();
            tell(Step::FinishMap(0, place), WorkerCommand::Mapped { number, counters });
        }
        if job.reduces().all(|reduce| refuses(Step::Commit(reduce, place))) {
            tell(Step::Commit(0, place), WorkerCommand::Published { number });
        }
        let mut tasks = job.maps().map(Task::Map).chain(job.reduces().map(Task::Reduce));
        let is_given_nothing = tasks
            .all(|task| refuses(Step::Assign(task, place)) && refuses(Step::Backup(task, place)));
        if is_given_nothing {
            let after = master.workers().get(&worker).map_or(0, |standing| standing.ended);
            let (from, message) = (Address::Worker(worker), Message::Ask { after });
            inputs.push((format!("assign(w{place})"), 0, Input::Message { from, message }));
        }
        inputs
    }
}

/// No run of the machines comes to the state.
const UNREACHED: &str = "in a state to which the machines do not come";

/// Why the machines cannot take a step that the model has, if that is so.
fn beyond(job: &MapReduce, state: &State, step: &Step) -> Option<&'static str> {
    match *step {
        Step::Fetch { worker, map, from, .. } => {
            let is_current = state.map(map) == MapStatus::Completed(from);
            let is_told = is_current && state.is_trusted(worker);
            (!is_told).then_some("a region is read where it was, which not every worker was told")
        }
        Step::Crash(worker)
        | Step::FinishMap(_, worker)
        | Step::Commit(_, worker)
        | Step::Resend(_, worker)
        | Step::Duplicate(_, worker)
            if !state.is_trusted(worker) =>
        {
            Some("a suspected worker may have been told to end")
        }
        Step::Resend(task, worker) | Step::Duplicate(task, worker)
            if is_said_with_another(job, state, task, worker) =>
        {
            Some("a worker says again all that was not acknowledged, and not one of two alone")
        }
        Step::Preempt(_, worker) if state.is_crashed(worker) => {
            Some("a worker has crashed before it could say what it lacks")
        }
        Step::Preempt(reduce, _) => {
            let is_cancelled =
                job.commit == COORDINATOR && state.reduce(reduce) == model::ReduceStatus::Completed;
            is_cancelled.then_some("an attempt at a completed reduce is cancelled instead")
        }
        _ => None,
    }
}

/// Whether a completion that is not under way would be said again with another of the worker.
fn is_said_with_another(job: &MapReduce, state: &State, task: Task, worker: u8) -> bool {
    let report = |task| match task {
        Task::Map(map) => state.map_attempt(map, worker).report(),
        Task::Reduce(reduce) => state.reduce_attempt(reduce, worker).report(),
    };
    let mut tasks = job.maps().map(Task::Map).chain(job.reduces().map(Task::Reduce));
    let is_gone = report(task).is_some_and(|report| !report.is_under_way());
    is_gone && tasks.any(|other| other != task && report(other).is_some())
}
