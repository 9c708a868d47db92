//! How often each step happens, and the rest of what the engine asks of the model.

use std::fmt;

use serde_json::Value;

use crate::engine::{Fairness, Mutant, Refusal, Specification};

use super::options::{Commit, Launch, MapOutput, Pace, Records};
use super::{Action, Fault, MapReduce, State, Task, guard, mutant, picture, symmetry, traced};

/// The steps that count as one for fairness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Constraint {
    /// The master gives that worker a task when it asks.
    Answer(u8),
    /// The completion of that attempt arrives, or is lost for good.
    Hear(Task, u8),
    /// The master finds that worker crashed.
    Suspect(u8),
    /// The master makes some reduce give way to a lost map.
    Preempt,
    /// The master lets some attempt of that reduce rename.
    Grant(u8),
    /// The master ends attempts of completed reduces.
    Cancel,
    /// The master ends the job.
    Finish,
    /// That worker works.
    Work(u8),
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(worker) => write!(f, "answer w{worker}"),
            Self::Hear(task, worker) => write!(f, "hear of {task} from w{worker}"),
            Self::Suspect(worker) => write!(f, "suspect w{worker}"),
            Self::Preempt => write!(f, "preempt"),
            Self::Grant(reduce) => write!(f, "grant r{reduce}"),
            Self::Cancel => write!(f, "cancel"),
            Self::Finish => write!(f, "finish the job"),
            Self::Work(worker) => write!(f, "work of w{worker}"),
        }
    }
}

impl MapReduce {
    /// Whether that worker is sure to go on while it is up.
    const fn is_steady(&self, worker: u8) -> bool {
        match self.pace {
            Pace::Every => true,
            Pace::One => worker == 0,
        }
    }

    /// Weakly fair, if the worker is sure to go on.
    const fn if_steady(&self, worker: u8, constraint: Constraint) -> Fairness<Constraint> {
        if self.is_steady(worker) { Fairness::Weak(constraint) } else { Fairness::Unfair }
    }
}

impl Specification for MapReduce {
    type Constraint = Constraint;

    /// The master is fair, and so are the workers that are sure to go on; the environment grows
    /// quiet.
    ///
    /// Source: MAPREDUCE-20.
    fn fairness(&self, action: &Action) -> Fairness<Constraint> {
        match *action {
            Action::Assign(_, worker) | Action::Backup(_, worker) => {
                self.if_steady(worker, Constraint::Answer(worker))
            }
            Action::Hear(task, worker) => self.if_steady(worker, Constraint::Hear(task, worker)),
            Action::Suspect(worker) => Fairness::Weak(Constraint::Suspect(worker)),
            Action::Preempt(..) => Fairness::Weak(Constraint::Preempt),
            Action::Grant(reduce, _) => Fairness::Weak(Constraint::Grant(reduce)),
            Action::Cancel(..) => Fairness::Weak(Constraint::Cancel),
            Action::Finish => Fairness::Weak(Constraint::Finish),
            Action::Checkpoint => Fairness::Unfair,
            Action::Launch(_, worker)
            | Action::FinishMap(_, worker)
            | Action::FailOnRecord(worker)
            | Action::Fetch { worker, .. }
            | Action::Commit(_, worker)
            | Action::Resend(_, worker) => self.if_steady(worker, Constraint::Work(worker)),
            Action::Crash(_)
            | Action::SuspectFalsely(_)
            | Action::Lose(..)
            | Action::Duplicate(..)
            | Action::Rejoin(_)
            | Action::RestartMaster => Fairness::Finite,
        }
    }

    fn parameters(&self) -> Value {
        traced::parameters(self)
    }

    fn alphabet(&self) -> Vec<Action> {
        guard::alphabet(self)
    }

    fn refusal(&self, state: &State, action: &Action) -> Option<Refusal> {
        let by_faithful = || guard::refusal(self, state, *action);
        match self.fault {
            None => by_faithful(),
            Some(_) => Refusal::by_faulty(self, state, action, by_faithful),
        }
    }

    fn assumptions(&self) -> String {
        let workers = match self.pace {
            Pace::Every => "each worker that is up",
            Pace::One => "worker 0 while it is up",
        };
        format!("faults end; the master, {workers} and its messages are weakly fair")
    }

    fn repertoire(&self) -> Vec<&'static str> {
        let budget = self.budget;
        let (faults, is_lossy) = (budget.crashes + budget.false_suspicions, budget.losses > 0);
        let is_coordinated = self.commit == Commit::Coordinator;
        let may_lose_maps =
            self.map_output == MapOutput::LocalDisk && faults > 0 || budget.restarts > 0;
        let may_lose = is_lossy || budget.crashes > 0 || budget.rejoins > 0;
        let has_messages = self.launch == Launch::Message;
        let may_fail = self.records == Records::FirstIsBad || budget.failures > 0;
        let steps = [
            ("assign_map", true),
            ("assign_reduce", true),
            ("backup_map", self.backups),
            ("backup_reduce", self.backups),
            ("hear_map", true),
            ("hear_reduce", true),
            ("suspect", budget.crashes > 0),
            ("preempt", may_lose_maps),
            ("grant", is_coordinated),
            ("cancel", is_coordinated && self.backups),
            ("finish_job", true),
            ("checkpoint", budget.restarts > 0),
            ("launch_map", has_messages),
            ("launch_reduce", has_messages),
            ("finish_map", true),
            ("fail_on_record", may_fail),
            ("fetch", true),
            ("commit", true),
            ("resend_map", is_lossy),
            ("resend_reduce", is_lossy),
            ("crash", budget.crashes > 0),
            ("suspect_falsely", budget.false_suspicions > 0),
            ("lose_map", may_lose),
            ("lose_reduce", may_lose),
            ("duplicate_map", budget.duplicates > 0),
            ("duplicate_reduce", budget.duplicates > 0),
            ("rejoin", budget.rejoins > 0),
            ("restart_master", budget.restarts > 0),
        ];
        steps.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name).collect()
    }

    fn generators(&self, state: &State) -> Vec<State> {
        symmetry::swaps(self, state)
    }

    fn picture(&self, path: &[(Option<Action>, State)]) -> Option<String> {
        Some(picture::picture(self, path))
    }

    fn mutants() -> &'static [Mutant] {
        mutant::MUTANTS
    }

    fn mutate(&self, mutant: &str) -> Option<Self> {
        Fault::named(mutant)?.put_into(self)
    }
}
