//! Which steps a state offers: candidates, which their guards then let through or not.

use super::{Action, Commit, Launch, MapReduce, Records, State, Task};

/// The steps that may be enabled in this state.
pub(super) fn candidates(job: &MapReduce, state: &State, actions: &mut Vec<Action>) {
    if job.budget.restarts > 0 {
        actions.push(Action::RestartMaster);
    }
    if !state.is_done() {
        of_the_master(job, state, actions);
    }
    for worker in job.workers() {
        if state.is_up(worker) {
            of_a_worker(job, worker, actions);
        }
    }
}

fn of_the_master(job: &MapReduce, state: &State, actions: &mut Vec<Action>) {
    actions.push(Action::Finish);
    if job.budget.restarts > 0 {
        actions.push(Action::Checkpoint);
    }
    for worker in job.workers() {
        let tasks = job.maps().map(Task::Map).chain(job.reduces().map(Task::Reduce));
        for task in tasks {
            actions.push(Action::Hear(task, worker));
            actions.push(Action::Lose(task, worker));
            if job.budget.duplicates > 0 {
                actions.push(Action::Duplicate(task, worker));
            }
            if state.is_up(worker) {
                actions.push(Action::Assign(task, worker));
                actions.push(Action::Backup(task, worker));
            }
        }
        for reduce in job.reduces() {
            actions.push(Action::Preempt(reduce, worker));
            if job.commit == Commit::Coordinator {
                actions.push(Action::Grant(reduce, worker));
                actions.push(Action::Cancel(reduce, worker));
            }
        }
        actions.extend([
            Action::Suspect(worker),
            Action::SuspectFalsely(worker),
            Action::Crash(worker),
        ]);
        if job.budget.rejoins > 0 {
            actions.push(Action::Rejoin(worker));
        }
    }
}

fn of_a_worker(job: &MapReduce, worker: u8, actions: &mut Vec<Action>) {
    for map in job.maps() {
        actions.push(Action::FinishMap(map, worker));
        if job.launch == Launch::Message {
            actions.push(Action::Launch(Task::Map(map), worker));
        }
        if job.budget.losses > 0 {
            actions.push(Action::Resend(Task::Map(map), worker));
        }
    }
    if job.records == Records::FirstIsBad || job.budget.failures > 0 {
        actions.push(Action::FailOnRecord(worker));
    }
    for reduce in job.reduces() {
        for map in job.maps() {
            actions.extend(job.workers().map(|from| Action::Fetch { reduce, worker, map, from }));
        }
        actions.push(Action::Commit(reduce, worker));
        if job.launch == Launch::Message {
            actions.push(Action::Launch(Task::Reduce(reduce), worker));
        }
        if job.budget.losses > 0 {
            actions.push(Action::Resend(Task::Reduce(reduce), worker));
        }
    }
}
