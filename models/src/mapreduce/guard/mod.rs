//! Why a step is disabled: the guards of the procedures once more, one after another, each with
//! what it reads.
//!
//! That they refuse what the procedures refuse, and nothing else, is a test over every state.

mod commit;
mod environment;
mod master;
mod worker;

use crate::engine::Refusal;

use super::attempt::Report;
use super::state::{Machine, State};
use super::step::worker::report;
use super::{Action, MapReduce, Task, moves};

/// Every step that this job could ever offer: all that is offered while everybody is up.
pub(super) fn alphabet(job: &MapReduce) -> Vec<Action> {
    let start = job.initial_state();
    let all_up = job.workers().fold(start, |state, worker| state.with_machine(worker, Machine::Up));
    let mut actions = Vec::new();
    moves::candidates(job, &all_up, &mut actions);
    actions
}

/// The first guard that refuses.
pub(super) fn refusal(job: &MapReduce, state: &State, action: Action) -> Option<Refusal> {
    let at = Guards { job, state };
    let guarded = match action {
        Action::Assign(task, worker) => at.assign(task, worker),
        Action::Backup(task, worker) => at.backup(task, worker),
        Action::Hear(task, worker) => at.hear(task, worker),
        Action::Suspect(worker) => at.suspect(worker),
        Action::Preempt(reduce, worker) => at.preempt(reduce, worker),
        Action::Grant(reduce, worker) => at.grant(reduce, worker),
        Action::Cancel(reduce, worker) => at.cancel(reduce, worker),
        Action::Finish => at.finish_job(),
        Action::Checkpoint => at.checkpoint(),
        Action::Launch(task, worker) => at.launch(task, worker),
        Action::FinishMap(map, worker) => at.finish_map(map, worker),
        Action::FailOnRecord(worker) => at.fail_on_record(worker),
        Action::Fetch { reduce, worker, map, from } => at.fetch((reduce, worker), (map, from)),
        Action::Commit(reduce, worker) => at.commit(reduce, worker),
        Action::Resend(task, worker) => at.resend(task, worker),
        Action::Crash(worker) => at.crash(worker),
        Action::SuspectFalsely(worker) => at.suspect_falsely(worker),
        Action::Lose(task, worker) => at.lose(task, worker),
        Action::Duplicate(task, worker) => at.duplicate(task, worker),
        Action::Rejoin(worker) => at.rejoin(worker),
        Action::RestartMaster => at.is_left("restarts", |left| left.restarts),
    };
    guarded.err()
}

type Guarded = Result<(), Refusal>;

/// The guards, in one state.
struct Guards<'a> {
    job: &'a MapReduce,
    state: &'a State,
}

/// What most guards begin with, and what they read.
impl Guards<'_> {
    fn is_not_done(&self) -> Guarded {
        let read = || "done: true".to_owned();
        Refusal::unless(!self.state.is_done(), "the job must not be reported as done", read)
    }

    fn is_up(&self, worker: u8) -> Guarded {
        let is_up = self.state.is_up(worker);
        Refusal::unless(is_up, "the worker must be up", || self.worker(worker))
    }

    fn is_trusted(&self, worker: u8) -> Guarded {
        let is_trusted = self.state.is_trusted(worker);
        let guard = "the master must not have marked the worker as failed";
        Refusal::unless(is_trusted, guard, || self.worker(worker))
    }

    fn has_message(&self, task: Task, worker: u8) -> Guarded {
        let is_under_way = report(self.state, task, worker).is_some_and(Report::is_under_way);
        let guard = "the completion must be on its way to the master";
        Refusal::unless(is_under_way, guard, || self.attempt(task, worker))
    }

    fn worker(&self, worker: u8) -> String {
        format!("w{worker}: {}", self.state.standing(worker).unwrap_or("not started"))
    }

    fn attempt(&self, task: Task, worker: u8) -> String {
        match task {
            Task::Map(map) => {
                format!("{task} at w{worker}: {}", self.state.map_attempt(map, worker))
            }
            Task::Reduce(reduce) => {
                format!("{task} at w{worker}: {}", self.state.reduce_attempt(reduce, worker))
            }
        }
    }

    fn task(&self, task: Task) -> String {
        self.listed(|own| own == task)
    }

    fn maps(&self) -> String {
        self.listed(|task| matches!(task, Task::Map(_)))
    }

    fn reduces(&self) -> String {
        self.listed(|task| matches!(task, Task::Reduce(_)))
    }

    fn listed(&self, is_meant: impl Fn(Task) -> bool) -> String {
        let tasks = self.state.tasks().filter(|(task, _)| is_meant(*task));
        tasks.map(|(task, what)| format!("{task}: {what}")).collect::<Vec<_>>().join("; ")
    }
}
