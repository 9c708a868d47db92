//! The faults that can be planted in master and workers, and how each is found.

use straightedge_impl::mapreduce::Planted;
use straightedge_models::engine::Run;

use super::super::cover::Until;
use super::super::planted::{self, Found, Way};
use super::cover::Subject;
use super::instances::{Instance, Variation};

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

/// Where those are looked for that cannot be found.
const SMALL: &[Way] = &[
    Search("record_that_fails_once"),
    Search("any_message_lost_and_doubled"),
    Cover("commit_coordinator"),
];

/// Looks for a fault.
#[must_use]
pub fn find(planted: &Planted, run: &Run<'_>) -> Found {
    let variation = Variation { fault: Some(planted.fault), ..Variation::NONE };
    let Planted { name, stands_for, twin, .. } = *planted;
    let searched = |instance: &str| {
        let instance = Instance::named(instance)?;
        Some((instance.name, instance.hunt(variation, REACH, run).difference?))
    };
    let covered = |subject: &str| {
        let subject = Subject::named(subject)?;
        let covered = subject.cover(variation, Until::TheFirst, run);
        Some((subject.name, covered.missing.into_iter().next()?))
    };
    let fault = planted::Planted { name, stands_for, twin, beyond: None };
    fault.find(Way::of(name, WAYS), SMALL, searched, covered, run)
}
