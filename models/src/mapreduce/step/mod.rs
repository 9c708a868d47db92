//! The procedures of the master, of the workers and of their environment: guard first, effect
//! last.
//!
//! `None` means that the step is disabled in that state, and nothing else.

pub mod commit;
pub mod environment;
pub mod failure;
pub mod master;
pub mod worker;

use super::{Action, MapReduce, State, Task};

/// The step as the protocol has it, or `None` where it is disabled.
pub(super) fn faithful(job: &MapReduce, state: &State, action: Action) -> Option<State> {
    match action {
        Action::Assign(Task::Map(map), worker) => master::assign_map(job, state, map, worker),
        Action::Assign(Task::Reduce(reduce), worker) => {
            master::assign_reduce(job, state, reduce, worker)
        }
        Action::Backup(Task::Map(map), worker) => master::backup_map(job, state, map, worker),
        Action::Backup(Task::Reduce(reduce), worker) => {
            master::backup_reduce(job, state, reduce, worker)
        }
        Action::Hear(Task::Map(map), worker) => master::hear_map(job, state, map, worker),
        Action::Hear(Task::Reduce(reduce), worker) => {
            master::hear_reduce(job, state, reduce, worker)
        }
        Action::Suspect(worker) => failure::suspect(job, state, worker),
        Action::Preempt(reduce, worker) => master::preempt(job, state, reduce, worker),
        Action::Grant(reduce, worker) => commit::grant(job, state, reduce, worker),
        Action::Cancel(reduce, worker) => commit::cancel(job, state, reduce, worker),
        Action::Finish => master::finish_job(job, state),
        Action::Checkpoint => failure::checkpoint(state),
        Action::Launch(task, worker) => worker::launch(state, task, worker),
        Action::FinishMap(map, worker) => worker::finish_map(job, state, map, worker),
        Action::FailOnRecord(worker) => worker::fail_on_record(job, state, worker),
        Action::Fetch { reduce, worker, map, from } => {
            worker::fetch(job, state, reduce, worker, map, from)
        }
        Action::Commit(reduce, worker) => commit::commit(job, state, reduce, worker),
        Action::Resend(task, worker) => worker::resend(state, task, worker),
        Action::Crash(worker) => environment::crash(job, state, worker),
        Action::SuspectFalsely(worker) => environment::suspect_falsely(job, state, worker),
        Action::Lose(task, worker) => environment::lose(job, state, task, worker),
        Action::Duplicate(task, worker) => environment::duplicate(state, task, worker),
        Action::Rejoin(worker) => environment::rejoin(job, state, worker),
        Action::RestartMaster => environment::restart_master(job, state),
    }
}
