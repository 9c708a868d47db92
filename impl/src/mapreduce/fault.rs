//! Procedures done wrong on purpose, each as a real implementation or a shortcut has it.

use crate::faults::faults;

faults! {
    []
    NoResetDoneMap, "no_reset_done_map", Some("no_reset_done_map"),
        "A suspected worker's completed maps stay completed, on a disk that is gone.";
    NoResetInProgress, "no_reset_in_progress", Some("no_reset_in_progress"),
        "A suspected worker's tasks in progress stay in progress, and nobody works on them.";
    ResetDoneReduce, "reset_done_reduce", Some("reset_done_reduce"),
        "A suspected worker's completed reduces are done again, as if their output were lost.";
    AcceptCompletionFromFailedWorker, "accept_completion_from_failed_worker",
        Some("accept_completion_from_failed_worker"),
        "The completion of a suspected worker counts, and its regions are never reset again.";
    OverwriteLocationOnDuplicate, "overwrite_location_on_duplicate",
        Some("overwrite_location_on_duplicate"),
        "The last completion of a map counts, not the first.";
    BarrierByMessageCount, "barrier_by_message_count", Some("barrier_by_message_count"),
        "Reduces wait for as many completions as there are maps, backups' included.";
    NoBarrier, "no_barrier", Some("no_barrier"),
        "A reduce works with the regions that are there when it is handed out.";
    SkipMissingInput, "skip_missing_input", Some("skip_missing_input"),
        "A region that cannot be read is taken for an empty one.";
    ReportBeforeRename, "report_before_rename", Some("report_before_rename"),
        "A reduce is said to be completed before its output has the final name.";
    CommitFailedButSuccess, "commit_failed_but_success", Some("commit_failed_but_success"),
        "Hadoop MAPREDUCE-838: that the rename was refused is not looked at.";
    NoPreemption, "no_preemption", Some("no_preemption"),
        "Every worker waits with a reduce for a map that nobody is free to do again.";
    KillEventLost, "kill_event_lost", Some("kill_event_lost"),
        "An attempt that was taken back is never told, and goes on.";
    KillBeforeLaunch, "kill_before_launch", Some("kill_before_launch"),
        "Hadoop MAPREDUCE-3274: the order to drop an attempt that has not begun is lost on it.";
    CommitLockNeverReleased, "commit_lock_never_released", Some("commit_lock_never_released"),
        "Hadoop MAPREDUCE-3858: the permission of a dead attempt is never taken back.";
    LockReleasedAlthoughCommitted, "lock_released_although_committed",
        Some("lock_released_although_committed"),
        "SPARK-39195: a permission that was used is given to another attempt as well.";
    CommitOkButResultIgnored, "commit_ok_but_result_ignored", Some("commit_ok_but_result_ignored"),
        "An output has its final name, its worker dies, and nobody may commit or finish the task.";
    NoLock, "no_lock", Some("no_lock"),
        "Whoever asks may give its output the final name.";
    CommitWithoutGrant, "commit_without_grant", None,
        "A reduce gives its output the final name without asking.";
    GrantToFailedAttempt, "grant_to_failed_attempt", Some("grant_to_failed_attempt"),
        "SPARK-19631: an attempt that is known to have failed may commit.";
    CountersDouble, "counters_double", Some("counters_double"),
        "Hadoop MAPREDUCE-1143: the counters of a second execution are added to the first's.";
    DuplicateSuccessReopensTask, "duplicate_success_reopens_task",
        Some("duplicate_success_reopens_task"),
        "Hadoop MAPREDUCE-4748: a second completion throws a completed task back.";
    AttemptNumberReused, "attempt_number_reused", Some("attempt_number_reused"),
        "SPARK-24589: an old attempt's completion is taken for the new one's of the same worker.";
    BackupWhileIdleTasks, "backup_while_idle_tasks", Some("backup_while_idle_tasks"),
        "Backups are made while there are tasks that nobody has begun.";
    BackupsWithoutLimit, "backups_without_limit", Some("backups_without_limit"),
        "Every worker that is free joins in, however many there are.";
    BackupKillsPrimaryFirst, "backup_kills_primary_first", Some("backup_kills_primary_first"),
        "A backup ends the attempt that it was to back up.";
    AssignToBusyWorker, "assign_to_busy_worker", Some("assign_to_busy_worker"),
        "An old question for work is answered with a new task.";
    RejoinSameId, "rejoin_same_id", Some("rejoin_same_id"),
        "A suspected worker that asks for work is trusted again under its old name.";
    SkipAfterOneFailure, "skip_after_one_failure", Some("skip_after_one_failure"),
        "A record is left out after a single failure, which may have been a chance.";
    BadRecordNeverSkipped, "bad_record_never_skipped", Some("bad_record_never_skipped"),
        "A record that always fails is tried for ever.";
    StaleMapLocations, "stale_map_locations", Some("stale_map_locations"),
        "SPARK-32003: of a suspected worker's completed maps only one is reset.";
    SpeculationHidesALostMap, "speculation_hides_a_lost_map", Some("speculation_hides_a_lost_map"),
        "Hadoop MAPREDUCE-4425: a lost map is left to a backup that has ended.";
    StaleLocationKept, "stale_location_kept", None,
        "A reduce keeps to the first place of a map's regions that it was told.";
    CompletionSentOnce, "completion_sent_once", None,
        "A completion that is lost is not sent again.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found_by_its_name_and_no_name_is_given_twice() {
        for planted in FAULTS {
            assert_eq!(Fault::named(planted.name), Some(planted.fault));
        }
        assert_eq!(Fault::named("no_such_fault"), None);
    }
}
