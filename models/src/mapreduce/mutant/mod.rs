//! Named faults: each changes one procedure, as a real implementation or a shortcut did.
//!
//! Which bugs they stand for, and which bugs have no place in this model, is MAPREDUCE-22.

mod commit;
mod failure;
mod hand_out;
mod hear;
mod table;

use super::options::{Commit, Launch, Records};
use super::{Action, MapReduce, Merge, State, Task, step};

pub use table::{Fault, MUTANTS};

impl Fault {
    /// The model with this fault, or `None` if its protocol has no such procedure.
    pub(super) fn put_into(self, job: &MapReduce) -> Option<MapReduce> {
        let is_coordinated = job.commit == Commit::Coordinator;
        let has_procedure = match self {
            Self::CommitLockNeverReleased
            | Self::LockReleasedAlthoughCommitted
            | Self::NoLock
            | Self::GrantToFailedAttempt
            | Self::CommitOkButResultIgnored => is_coordinated,
            Self::SplitBrainMaster => is_coordinated && job.budget.restarts > 0,
            Self::RerunAfterDone => job.budget.restarts > 0,
            Self::RejoinSameId => job.budget.rejoins > 0,
            Self::KillBeforeLaunch => job.launch == Launch::Message,
            Self::NondeterministicPartition => job.deterministic,
            Self::VersionsForgotten => !job.deterministic,
            Self::CombinerOnAverage => job.combiner,
            Self::BadRecordNeverSkipped => job.records == Records::FirstIsBad,
            _ => true,
        };
        let deterministic = match self {
            Self::NondeterministicPartition => false,
            Self::VersionsForgotten => true,
            _ => job.deterministic,
        };
        let merge = match self {
            Self::CombinerOnAverage => Merge::Average,
            _ => job.merge,
        };
        has_procedure.then_some(MapReduce { deterministic, merge, fault: Some(self), ..*job })
    }
}

/// The step as this fault has it; the faithful one where the fault does not change the procedure.
pub(super) fn step(job: &MapReduce, fault: Fault, state: &State, action: Action) -> Option<State> {
    let faulty = match action {
        Action::Assign(task, worker) => hand_out::assign(job, fault, state, task, worker),
        Action::Backup(task, worker) => hand_out::backup(job, fault, state, task, worker),
        Action::Preempt(reduce, worker) => hand_out::preempt(job, fault, state, reduce, worker),
        Action::Launch(Task::Reduce(reduce), worker) => {
            hand_out::launch_reduce(fault, state, reduce, worker)
        }
        Action::Hear(Task::Map(map), worker) => hear::map(job, fault, state, map, worker),
        Action::Hear(Task::Reduce(reduce), worker) => {
            hear::reduce(job, fault, state, reduce, worker)
        }
        Action::Suspect(worker) => failure::suspect(job, fault, state, worker),
        Action::SuspectFalsely(worker) => failure::suspect_falsely(job, fault, state, worker),
        Action::Rejoin(worker) => failure::rejoin(job, fault, state, worker),
        Action::RestartMaster => failure::restart_master(job, fault, state),
        Action::Fetch { reduce, worker, map, from } => {
            commit::fetch(job, fault, state, (reduce, worker), (map, from))
        }
        Action::Commit(reduce, worker) => commit::commit(job, fault, state, reduce, worker),
        Action::Grant(reduce, worker) => commit::grant(job, fault, state, reduce, worker),
        _ => Changed::No,
    };
    match faulty {
        Changed::No => step::faithful(job, state, action),
        Changed::To(next) => next,
    }
}

/// What a fault makes of a step.
enum Changed {
    /// What it is without the fault.
    No,
    /// This, or nothing: the step is disabled.
    To(Option<State>),
}

/// The step's outcome if the condition is met.
fn when(condition: bool, next: impl FnOnce() -> State) -> Changed {
    Changed::To(condition.then(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found_by_its_name() {
        for mutant in MUTANTS {
            assert!(Fault::named(mutant.name).is_some(), "{}", mutant.name);
        }
        assert_eq!(Fault::named("no_such_fault"), None);
    }

    #[test]
    fn a_fault_is_put_only_into_a_protocol_that_has_the_procedure() {
        let plain = MapReduce::new(1, 1, 2);
        let coordinated = MapReduce { commit: Commit::Coordinator, ..plain };
        for fault in [Fault::NoLock, Fault::CommitLockNeverReleased] {
            assert!(fault.put_into(&coordinated).is_some());
            assert_eq!(fault.put_into(&plain), None);
        }
        for fault in [Fault::RejoinSameId, Fault::SplitBrainMaster, Fault::CombinerOnAverage] {
            assert_eq!(fault.put_into(&coordinated), None);
        }
        assert_eq!(Fault::VersionsForgotten.put_into(&plain), None);
        let mutant = Fault::NondeterministicPartition.put_into(&plain);
        assert_eq!(mutant.map(|job| job.deterministic), Some(false));
    }
}
