//! The faults, their names, where each is found, and what it stands for.

use crate::engine::faults;

faults! {
    NoResetDoneMap, "no_reset_done_map",
        "two_maps_one_reduce_one_crash", "maps_are_where_recorded", false,
        "A master that redoes only what is in progress: completed maps of a failed worker stay \
         completed, and their regions are gone.";
    StaleMapLocations, "stale_map_locations",
        "two_maps_one_reduce_one_crash", "maps_are_where_recorded", false,
        "SPARK-32003, SPARK-29551, SPARK-20230, SPARK-19753: a lost executor takes away one map \
         output, and the others that it held stay on record.";
    NoResetInProgress, "no_reset_in_progress",
        "two_maps_one_reduce_one_crash", "job_is_done", false,
        "A master that redoes the completed maps of a failed worker and waits for what it had in \
         progress.";
    ResetDoneReduce, "reset_done_reduce",
        "one_map_two_reduces_one_crash", "completed_reduces_stay", false,
        "A master that treats completed reduces of a failed worker like its maps, though their \
         output is in the global file system.";
    SpeculationHidesALostMap, "speculation_hides_a_lost_map",
        "two_maps_one_reduce_one_crash", "job_can_be_done", true,
        "Hadoop MAPREDUCE-4425 and Hadoop MAPREDUCE-4772: a lost map output is not redone since \
         another attempt exists, which has reported already and was ignored.";
    SuspicionKillsTheWorker, "suspicion_kills_the_worker",
        "two_maps_one_reduce_one_false_suspicion", "a_zombie_renames", false,
        "A model in which whoever is suspected stops at once: no zombie ever renames.";
    AcceptCompletionFromFailedWorker, "accept_completion_from_failed_worker",
        "two_maps_one_reduce_one_crash", "maps_are_where_recorded", true,
        "The paper's rule to the letter: a completion counts unless the task is completed, even \
         from a worker that is marked as failed and will never be reset again.";
    OverwriteLocationOnDuplicate, "overwrite_location_on_duplicate",
        "two_maps_one_reduce_one_crash", "completed_maps_stay", true,
        "The last completion of a map wins, and the recorded place of its regions moves.";
    CountersDouble, "counters_double",
        "two_maps_one_reduce_one_crash", "counters_count_once", true,
        "Hadoop MAPREDUCE-1143, Hadoop MAPREDUCE-2264: the counters of a backup are added to those \
         of its primary.";
    DuplicateSuccessReopensTask, "duplicate_success_reopens_task",
        "one_map_two_reduces_one_crash", "completed_reduces_stay", true,
        "Hadoop MAPREDUCE-4748, Hadoop MAPREDUCE-5358, Hadoop MAPREDUCE-4607, \
         Hadoop MAPREDUCE-4890: a second success is an invalid event, and the task is not \
         completed any more.";
    AttemptNumberReused, "attempt_number_reused",
        "messages_lost_and_doubled", "maps_are_where_recorded", true,
        "SPARK-24589, SPARK-24552: attempts are told apart by a number that two of them have, and \
         a late message of the first completes the second.";
    NoBarrier, "no_barrier",
        "two_maps_one_reduce_one_crash", "reduce_reads_every_map", false,
        "Reduces start, and run their function, without a look at the maps.";
    ReduceAssignedEarly, "reduce_assigned_early",
        "no_time_out", "reduces_wait_for_the_last_map", false,
        "A laboratory solution that hands out reduces as soon as no map is idle.";
    BarrierBackAtAssignment, "barrier_back_at_assignment",
        "barrier_at_the_function", "a_reduce_starts_early", false,
        "A scheduler whose slow start is set to all maps: no reduce ever reads early.";
    BarrierByMessageCount, "barrier_by_message_count",
        "two_maps_one_reduce_one_false_suspicion", "reduce_reads_every_map", true,
        "The last map is found by counting completions: a backup's counts as another task's.";
    SkipMissingInput, "skip_missing_input",
        "two_maps_one_reduce_one_crash", "completed_reduces_are_complete", false,
        "A fetch that fails is taken for an empty region, as when missing files are skipped.";
    ResumedFetch, "resumed_fetch",
        "two_maps_one_reduce_one_false_suspicion", "regions_are_pure", false,
        "A fetch that breaks off is taken up at the same offset in the file of another execution.";
    RefetchAfterNotice, "refetch_after_notice",
        "two_maps_one_reduce_one_false_suspicion", "final_files_are_whole", true,
        "A reduce that is told of a re-execution reads the region again that it has already.";
    NoPreemption, "no_preemption",
        "two_maps_one_reduce_one_crash", "no_dead_end", true,
        "Hadoop MAPREDUCE-5689, Hadoop MAPREDUCE-5744, Hadoop MAPREDUCE-5844, and the paper read \
         with one slot a worker: reduces hold every worker while they wait for a lost map.";
    KillEventLost, "kill_event_lost",
        "two_maps_one_reduce_one_crash", "job_is_done", false,
        "Hadoop MAPREDUCE-4751, Hadoop MAPREDUCE-4833, Hadoop MAPREDUCE-3186: the order to end an \
         attempt is lost, and the master waits for a worker that is never free.";
    KillBeforeLaunch, "kill_before_launch",
        "launch_by_message", "job_is_done", true,
        "Hadoop MAPREDUCE-3274, Hadoop MAPREDUCE-4637: the order to end an attempt overtakes its \
         launch, is dropped, and the attempt runs on unknown to the master.";
    AssignToBusyWorker, "assign_to_busy_worker",
        "no_time_out", "workers_run_one_task", false,
        "A master that pushes tasks to workers that have not asked.";
    OneMapAtATime, "one_map_at_a_time",
        "no_time_out", "two_maps_overlap", false,
        "A coordinator that holds its lock while a worker runs a task.";
    OneReduceAtATime, "one_reduce_at_a_time",
        "no_time_out", "two_reduces_overlap", false,
        "A coordinator that hands out reduces one after another.";
    TimeOutAtOnce, "time_out_at_once",
        "no_time_out", "each_task_runs_once", false,
        "A time-out shorter than a task: every task is handed out again while it runs.";
    BackupsNeverStart, "backups_never_start",
        "one_steady_worker", "job_is_done_by_one_worker", false,
        "Speculation switched off: the job waits for its slowest worker.";
    NoRace, "no_race",
        "two_maps_one_reduce_one_crash", "a_completion_comes_late", false,
        "Speculation switched off where no worker is slow for ever: no two attempts race.";
    BackupWhileIdleTasks, "backup_while_idle_tasks",
        "two_maps_one_reduce_one_crash", "second_attempts_are_backups", false,
        "Backups from the start, while there are tasks that nobody has begun.";
    BackupsWithoutLimit, "backups_without_limit",
        "three_workers", "two_live_attempts_at_most", false,
        "Every worker that asks gets a copy of the last task.";
    BackupKillsPrimaryFirst, "backup_kills_primary_first",
        "two_maps_one_reduce_one_crash", "backups_leave_the_primary", false,
        "The straggler is killed to make room for its backup.";
    NonatomicCommit, "nonatomic_commit",
        "two_maps_one_reduce_one_crash", "final_files_are_whole", false,
        "Hadoop MAPREDUCE-7282: the second file output committer moves one file after another to \
         the final place, and an attempt that fails on the way leaves a part.";
    ReportBeforeRename, "report_before_rename",
        "two_maps_one_reduce_one_crash", "output_is_sequential", true,
        "A worker that says it is done and then renames: the job may be over in between.";
    CommitFailedButSuccess, "commit_failed_but_success",
        "two_maps_one_reduce_one_crash", "completed_reduces_are_complete", false,
        "Hadoop MAPREDUCE-838: the rename fails, nobody looks at its result, and the task is \
         reported as completed.";
    SharedTemporaryName, "shared_temporary_name",
        "two_maps_one_reduce_one_crash", "final_files_are_whole", true,
        "SPARK-33402, SPARK-33230, HADOOP-17318: two attempts write to one temporary place, and \
         one publishes what the other has written so far.";
    CommitRefusedIfPresent, "commit_refused_if_present",
        "two_maps_one_reduce_one_crash", "job_can_be_done", false,
        "HADOOP-17258: an attempt committed and died before it could say so; the next one finds \
         its output there, and fails.";
    CommitLockNeverReleased, "commit_lock_never_released",
        "commit_coordinator", "job_is_done", false,
        "Hadoop MAPREDUCE-3858, Hadoop MAPREDUCE-5009, SPARK-10381: an attempt that was allowed to \
         commit has died, and every other one is refused for ever.";
    LockReleasedAlthoughCommitted, "lock_released_although_committed",
        "commit_coordinator", "one_rename_for_each_reduce", true,
        "SPARK-39195: an executor dies after the rename and before its report; its permission goes \
         to another attempt, which commits too.";
    NoLock, "no_lock",
        "commit_coordinator", "one_rename_for_each_reduce", false,
        "Every attempt that asks may commit under a name of its own, and the job has two outputs.";
    GrantToFailedAttempt, "grant_to_failed_attempt",
        "commit_coordinator", "locks_are_with_trusted_workers", true,
        "SPARK-19631: an attempt asks after its executor was declared lost, and holds a permission \
         that nothing will take back.";
    CommitOkButResultIgnored, "commit_ok_but_result_ignored",
        "commit_coordinator", "job_can_be_done", true,
        "Seen in review of Spark's pull request 16959: the commit succeeded, the scheduler drops \
         the result as one of a lost executor, and later attempts are refused for ever.";
    SplitBrainMaster, "split_brain_master",
        "master_restart_with_coordinator", "one_rename_for_each_reduce", true,
        "Hadoop MAPREDUCE-4832: what an old master has allowed is done beside what the new one \
         allows.";
    RerunAfterDone, "rerun_after_done",
        "master_restart", "nothing_starts_once_done", false,
        "Hadoop MAPREDUCE-4819: a master that is restarted runs the job again after the client was \
         told that it is done.";
    RejoinSameId, "rejoin_same_id",
        "new_incarnation", "maps_are_where_recorded", true,
        "A worker comes back under its old name: what its former process had sent is taken for its \
         own, and the disk is empty.";
    NondeterministicPartition, "nondeterministic_partition",
        "one_map_two_reduces_one_false_suspicion", "one_version_of_each_map", true,
        "SPARK-23207, SPARK-23243, SPARK-25341, SPARK-38160: a map that writes something else when \
         it is run again, and reduces that read different runs.";
    VersionsForgotten, "versions_forgotten",
        "one_map_two_reduces_nondeterministic", "versions_are_mixed", false,
        "A model that takes every execution of a map for the same.";
    CombinerOnAverage, "combiner_on_average",
        "combiner", "output_is_sequential", false,
        "A reduce function that is not associative, given as combiner: averages of averages.";
    SkipAfterOneFailure, "skip_after_one_failure",
        "record_that_fails_once", "records_are_skipped_for_a_reason", false,
        "A record is left out after its first failure, which may have been chance.";
    BadRecordNeverSkipped, "bad_record_never_skipped",
        "bad_record", "job_is_done", false,
        "Attempts are repeated for ever on the record that crashes them.";
}
