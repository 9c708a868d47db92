//! The faults that can be planted in master and workers, and how each is found.

use straightedge_impl::mapreduce::{FAULTS, Planted};
use straightedge_models::engine::Run;

use super::super::cover::Until;
use super::super::planted::{self, Found};
use super::cover::Subject;
use super::instances::{Instance, Variation};

/// Where a fault is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// In the interleavings of this instance.
    Search(&'static str),
    /// By a step of the model that is not taken, in the graph of this subject.
    Cover(&'static str),
    /// Nowhere, for this reason.
    Beyond(&'static str),
}

use Way::{Beyond, Cover, Search};

const CRASH: Way = Search("one_map_one_reduce_one_crash_any_order");
const COORDINATOR: Way = Search("commit_coordinator");
const TWO_FAULTS: Way = Cover("as_many_faults_as_workers");

/// Each fault, and where it is found; the fewest states are looked at there.
pub const WAYS: &[(&str, Way)] = &[
    ("no_reset_done_map", CRASH),
    ("no_reset_in_progress", CRASH),
    ("reset_done_reduce", CRASH),
    ("accept_completion_from_failed_worker", CRASH),
    ("overwrite_location_on_duplicate", CRASH),
    ("barrier_by_message_count", Search("new_incarnation_with_backups")),
    ("no_barrier", CRASH),
    ("skip_missing_input", CRASH),
    ("report_before_rename", CRASH),
    (
        "commit_failed_but_success",
        Beyond(
            "The file system refuses nobody but who is suspected, and what a suspected worker says \
             does not count.",
        ),
    ),
    ("no_preemption", TWO_FAULTS),
    (
        "kill_event_lost",
        Beyond(
            "A worker that is never told waits for ever, and does nothing wrong; and of a state in \
             which it should be free there is another network, in which it is.",
        ),
    ),
    (
        "kill_before_launch",
        Beyond(
            "The master takes back only attempts that have spoken, so that no order to drop one \
             comes before it.",
        ),
    ),
    ("commit_lock_never_released", COORDINATOR),
    ("lock_released_although_committed", COORDINATOR),
    ("commit_ok_but_result_ignored", COORDINATOR),
    ("no_lock", COORDINATOR),
    ("commit_without_grant", COORDINATOR),
    ("grant_to_failed_attempt", COORDINATOR),
    ("counters_double", CRASH),
    ("duplicate_success_reopens_task", CRASH),
    ("attempt_number_reused", Search("messages_lost_and_doubled_one_crash")),
    ("backup_while_idle_tasks", Search("operator")),
    ("backups_without_limit", Search("three_workers")),
    ("backup_kills_primary_first", CRASH),
    ("assign_to_busy_worker", Cover("bad_record")),
    ("rejoin_same_id", Search("new_incarnation")),
    ("skip_after_one_failure", Search("record_that_fails_once")),
    ("bad_record_never_skipped", Search("bad_record")),
    ("stale_map_locations", Search("two_maps_one_reduce_one_crash_without_backups")),
    ("speculation_hides_a_lost_map", CRASH),
    ("stale_location_kept", TWO_FAULTS),
    ("completion_sent_once", Cover("messages_lost_and_doubled")),
];

/// How many states are looked at, one number after the other.
const REACH: &[usize] = &[1_500, 12_000, 60_000];

/// The faults, each with its place.
pub fn faults() -> impl Iterator<Item = (&'static Planted, Way)> {
    let unplaced = Beyond("It is not said where it is to be looked for.");
    FAULTS.iter().map(move |planted| {
        let way = WAYS.iter().find(|(name, _)| *name == planted.name);
        (planted, way.map_or(unplaced, |(_, way)| *way))
    })
}

/// Looks for a fault. One that cannot be found is looked for in a small place all the same.
#[must_use]
pub fn find(planted: &Planted, way: Way, run: &Run<'_>) -> Found {
    let variation = Variation { fault: Some(planted.fault), ..Variation::NONE };
    let Planted { name, stands_for, twin, .. } = *planted;
    let beyond = match way {
        Beyond(reason) => Some(reason),
        Search(_) | Cover(_) => None,
    };
    let mut found = planted::Planted { name, stands_for, twin, beyond }.unfound();
    let searched = |name: &str| {
        let instance = Instance::named(name)?;
        let difference = instance.hunt(variation, REACH, run).difference?;
        Some((instance.name, difference))
    };
    let covered = |name: &str| {
        let subject = Subject::named(name)?;
        let missing = subject.cover(variation, Until::TheFirst, run).missing.into_iter().next()?;
        Some((subject.name, missing))
    };
    match way {
        Search(instance) => found.search = searched(instance),
        Cover(subject) => found.cover = covered(subject),
        Beyond(_) => {
            let grounds = ["record_that_fails_once", "any_message_lost_and_doubled"];
            found.search = grounds.into_iter().find_map(searched);
            found.cover = covered("commit_coordinator");
        }
    }
    found.is_interrupted = run.interruption().is_some();
    found
}
