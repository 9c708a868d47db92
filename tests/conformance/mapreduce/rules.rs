//! The rules for large jobs are the model's, where the model is large enough.

use stateright::Model;
use straightedge::conformance::mapreduce::cover::Subject;
use straightedge::conformance::mapreduce::observed::{from_model, to_model, worker_at};
use straightedge::conformance::mapreduce::rules::{self, Step};
use straightedge_impl::mapreduce::{self as concrete, WorkerId};
use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::run::unattended;
use straightedge_models::mapreduce::{Action, Budget, MapReduce, State, Task};

use crate::limits;

fn task(task: Task) -> concrete::Task {
    match task {
        Task::Map(map) => concrete::Task::Map(map.into()),
        Task::Reduce(reduce) => concrete::Task::Reduce(reduce.into()),
    }
}

/// The rule for an action of the model, unless the environment may not do it any more.
fn rule(job: &MapReduce, state: &State, action: Action) -> Option<Step> {
    let at = |place| worker_at(job, place);
    let left = state.left();
    let is_left = |count: u8| count > 0;
    Some(match action {
        Action::Assign(of, worker) => Step::Assign(task(of), at(worker)),
        Action::Backup(of, worker) => Step::Backup(task(of), at(worker)),
        Action::Hear(of, worker) => Step::Hear(task(of), at(worker)),
        Action::Suspect(worker) if state.is_crashed(worker) => Step::Suspect(at(worker)),
        Action::SuspectFalsely(worker) if state.is_up(worker) && is_left(left.false_suspicions) => {
            Step::Suspect(at(worker))
        }
        Action::Preempt(reduce, worker) => Step::Preempt(reduce.into(), at(worker)),
        Action::Grant(reduce, worker) => Step::Grant(reduce.into(), at(worker)),
        Action::Cancel(reduce, worker) => Step::Cancel(reduce.into(), at(worker)),
        Action::Finish => Step::Finish,
        Action::FinishMap(map, worker) => Step::FinishMap(map.into(), at(worker)),
        Action::FailOnRecord(worker)
            if is_left(left.failures)
                || job.records == straightedge_models::mapreduce::Records::FirstIsBad =>
        {
            Step::FailOnRecord(at(worker))
        }
        Action::Fetch { reduce, worker, map, from } => Step::Fetch {
            reduce: reduce.into(),
            worker: at(worker),
            map: map.into(),
            from: at(from),
        },
        Action::Commit(reduce, worker) => Step::Commit(reduce.into(), at(worker)),
        Action::Resend(of, worker) => Step::Resend(task(of), at(worker)),
        Action::Crash(worker) if is_left(left.crashes) => Step::Crash(at(worker)),
        Action::Lose(of, worker) if is_left(left.losses) || state.is_crashed(worker) => {
            Step::Lose(task(of), at(worker))
        }
        Action::Duplicate(of, worker) if is_left(left.duplicates) => {
            Step::Duplicate(task(of), at(worker))
        }
        Action::Rejoin(worker) if is_left(left.rejoins) => {
            let WorkerId { machine, incarnation } = at(worker);
            Step::Rejoin(WorkerId { machine, incarnation: incarnation + 1 })
        }
        _ => return None,
    })
}

/// Every step that anyone could think of.
fn candidates(job: &MapReduce) -> Vec<Action> {
    let tasks = || job.maps().map(Task::Map).chain(job.reduces().map(Task::Reduce));
    let mut actions = vec![Action::Finish];
    for worker in job.workers() {
        actions.extend([
            Action::Suspect(worker),
            Action::SuspectFalsely(worker),
            Action::FailOnRecord(worker),
            Action::Crash(worker),
            Action::Rejoin(worker),
        ]);
        for of in tasks() {
            let kinds: [fn(Task, u8) -> Action; 6] = [
                Action::Assign,
                Action::Backup,
                Action::Hear,
                Action::Resend,
                Action::Lose,
                Action::Duplicate,
            ];
            actions.extend(kinds.map(|kind| kind(of, worker)));
        }
        actions.extend(job.maps().map(|map| Action::FinishMap(map, worker)));
        for reduce in job.reduces() {
            let kinds: [fn(u8, u8) -> Action; 4] =
                [Action::Preempt, Action::Grant, Action::Cancel, Action::Commit];
            actions.extend(kinds.map(|kind| kind(reduce, worker)));
            for map in job.maps() {
                let from = job.workers();
                actions.extend(from.map(|from| Action::Fetch { reduce, worker, map, from }));
            }
        }
    }
    actions
}

/// How many steps both take, and how many both refuse.
fn agreement(job: &MapReduce) -> (usize, usize) {
    let build = Build { edges: false, ..Build::default() };
    let graph = unattended(limits(), |run| Graph::build(job, build, run));
    let candidates = candidates(job);
    let (mut taken, mut refused) = (0, 0);
    for state in graph.states() {
        let observed = from_model(job, state);
        assert_eq!(to_model(job, &observed, state.left()), *state);
        for &action in &candidates {
            let Some(step) = rule(job, state, action) else { continue };
            let by_rules = rules::next(job, &observed, step);
            let by_rules = by_rules.map(|next| to_model(job, &next, Budget::NONE));
            let by_model = job.next_state(state, action);
            let by_model = by_model.map(|next| next.with_left(Budget::NONE));
            assert_eq!(by_rules, by_model, "{action} in {state:?}");
            *(if by_model.is_some() { &mut taken } else { &mut refused }) += 1;
        }
    }
    (taken, refused)
}

#[test]
fn the_rules_are_those_of_the_model() {
    for name in [
        "one_map_two_reduces_nondeterministic",
        "shared_file_system",
        "barrier_at_the_function",
        "nondeterministic_with_coordinator",
        "messages_lost_and_doubled",
        "new_incarnation",
        "bad_record",
        "record_that_fails_once",
        "as_many_faults_as_workers",
    ] {
        let (taken, refused) = agreement(&Subject::named(name).unwrap().job);
        assert!(taken > 500 && refused > 500, "{name}: {taken} taken, {refused} refused");
    }
}

#[test]
fn a_wrong_rule_would_be_seen() {
    let job = Subject::named("barrier_at_the_function").unwrap().job;
    let start = from_model(&job, &job.initial_state());
    let step = Step::Assign(concrete::Task::Map(0), worker_at(&job, 0));
    let next = rules::next(&job, &start, step).unwrap();
    assert_ne!(to_model(&job, &next, job.budget), job.initial_state());
    let other = Step::Assign(concrete::Task::Reduce(0), worker_at(&job, 1));
    assert_eq!(rules::next(&job, &next, other), None, "a map is idle");
}
