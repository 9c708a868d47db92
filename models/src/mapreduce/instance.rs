//! The bounded instances, with the reason for each bound.
//!
//! Two workers are the fewest of which one may fail; two maps the fewest for a barrier to mean
//! something; two reduces the fewest for one to be completed while another is not. How the counts
//! compare with another program's is MAPREDUCE-23.

use crate::engine::System;

use super::options::{Barrier, Budget, Commit, Launch, MapOutput, Pace, Records};
use super::{MapReduce, mutant, property, traced};

/// The system: its instances and its mutants.
#[must_use]
pub fn system() -> System {
    System {
        name: "mapreduce",
        summary: "A master that hands map and reduce tasks to workers that fail, and their files.",
        instances: rows().into_iter().map(Row::instance).collect(),
        mutants: mutant::MUTANTS.to_vec(),
        traced: Some(traced::TRACED),
    }
}

/// An instance of this system's one model.
type Row = crate::engine::Row<MapReduce>;

/// The instances before they are put together.
#[must_use]
pub fn rows() -> Vec<Row> {
    let all = [
        paper(),
        options(),
        coordinators(),
        messages_and_masters(),
        records(),
        controls(),
        nightly(),
    ];
    all.into_iter().flatten().collect()
}

/// An instance of the ci tier with all claims.
const fn row(name: &'static str, job: MapReduce, reason: &'static str) -> Row {
    Row::new("mapreduce", name, job, property::claims, reason)
}

/// The paper's protocol.
fn paper() -> Vec<Row> {
    vec![
        row(
            "two_maps_one_reduce_one_crash",
            MapReduce::new(2, 1, 2).with_faults(1, 0),
            "The smallest job with a barrier whose lost map has to be redone while a reduce waits.",
        ),
        row(
            "two_maps_one_reduce_one_false_suspicion",
            MapReduce::new(2, 1, 2).with_faults(0, 1),
            "A zombie with both maps behind it, whose disk can be read and who goes on to rename.",
        ),
        row(
            "one_map_two_reduces_one_crash",
            MapReduce::new(1, 2, 2).with_faults(1, 0),
            "One reduce is completed when the worker fails, and the other is not.",
        )
        .violating(UNMIXED),
        row(
            "one_map_two_reduces_one_false_suspicion",
            MapReduce::new(1, 2, 2).with_faults(0, 1),
            "A deterministic map: a zombie's late rename changes nothing.",
        )
        .violating(UNMIXED),
        row(
            "one_map_two_reduces_nondeterministic",
            MapReduce { deterministic: false, ..MapReduce::new(1, 2, 2) }.with_faults(0, 1),
            "The same with a map that writes something else each time: outputs of different \
             versions, and outputs that change after the job is done.",
        )
        .violating(&["one_version_of_each_map", "output_is_final_once_done"]),
        row(
            "two_maps_two_reduces_one_crash",
            MapReduce::new(2, 2, 2).with_faults(1, 0),
            "Both phases with more than one task.",
        )
        .violating(UNMIXED),
        row(
            "three_workers",
            MapReduce::new(1, 1, 3),
            "The fewest workers of which a third could join a race.",
        ),
    ]
}

/// A deterministic map has one version: that outputs hold two is unreachable.
const UNMIXED: &[&str] = &["versions_are_mixed"];

/// The other value of each option.
fn options() -> Vec<Row> {
    let two_maps = MapReduce::new(2, 1, 2);
    vec![
        row(
            "no_time_out",
            MapReduce { backups: false, ..MapReduce::new(2, 2, 2) },
            "Nothing fails and nothing times out: the laboratory's job count, and its tests of \
             parallelism. No step follows the end of the job.",
        )
        .violating(UNMIXED)
        .vacuous(&["output_is_final_once_done", "nothing_starts_once_done"]),
        row(
            "shared_file_system",
            MapReduce { map_output: MapOutput::SharedFileSystem, ..two_maps }.with_faults(1, 0),
            "The laboratory's file system: completed maps of a failed worker stay completed.",
        ),
        row(
            "shared_file_system_with_zombie",
            MapReduce { map_output: MapOutput::SharedFileSystem, ..two_maps }.with_faults(0, 1),
            "A zombie's completions are ignored, though its files would do.",
        ),
        row(
            "barrier_at_the_function",
            MapReduce { barrier: Barrier::Function, ..two_maps }.with_faults(1, 0),
            "The paper's shuffle, which begins before the last map is completed.",
        ),
        row(
            "combiner",
            MapReduce { combiner: true, ..two_maps },
            "Splits of one and of two records, the smallest for which an average of averages is \
             another number.",
        ),
        row(
            "launch_by_message",
            MapReduce { launch: Launch::Message, ..MapReduce::new(1, 1, 2) }.with_faults(1, 0),
            "An order to drop a reduce overtakes its launch.",
        ),
        row(
            "one_steady_worker",
            MapReduce { pace: Pace::One, ..two_maps }.with_faults(1, 0),
            "Worker 0 alone is sure to go on; the other may be slow for ever, or crash.",
        ),
    ]
}

/// The commit coordinator.
fn coordinators() -> Vec<Row> {
    let two_maps = MapReduce::new(2, 1, 2);
    vec![
        row(
            "commit_coordinator",
            MapReduce { commit: Commit::Coordinator, ..MapReduce::new(1, 1, 2) }.with_faults(0, 1),
            "One permission to rename, and a zombie that holds it.",
        ),
        row(
            "commit_coordinator_three_workers",
            MapReduce { commit: Commit::Coordinator, ..MapReduce::new(1, 1, 3) }.with_faults(1, 1),
            "Three attempts at one reduce, of which two are lost.",
        ),
        row(
            "nondeterministic_with_coordinator",
            MapReduce {
                commit: Commit::Coordinator,
                deterministic: false,
                ..MapReduce::new(1, 2, 2)
            }
            .with_faults(0, 1),
            "With a coordinator no output changes after the end, whatever the map; versions still \
             mix.",
        )
        .violating(&["one_version_of_each_map"]),
        row(
            "coordinator_and_barrier_at_the_function",
            MapReduce {
                commit: Commit::Coordinator,
                barrier: Barrier::Function,
                budget: Budget { crashes: 1, losses: 1, duplicates: 1, ..Budget::NONE },
                ..two_maps
            },
            "The options of later systems together, with messages that are lost and doubled.",
        ),
    ]
}

/// Faults of messages, of the master, and workers that come back.
fn messages_and_masters() -> Vec<Row> {
    let smallest = MapReduce::new(1, 1, 2);
    let restarts = Budget { restarts: 1, ..Budget::NONE };
    vec![
        row(
            "messages_lost_and_doubled",
            MapReduce {
                budget: Budget { crashes: 1, losses: 1, duplicates: 1, ..Budget::NONE },
                ..smallest
            },
            "One message is lost, one arrives twice, and a worker crashes.",
        ),
        row(
            "two_maps_one_reduce_lossy",
            MapReduce {
                budget: Budget { crashes: 1, losses: 1, duplicates: 1, ..Budget::NONE },
                ..MapReduce::new(2, 1, 2)
            },
            "The same with a barrier.",
        ),
        row(
            "new_incarnation",
            MapReduce {
                budget: Budget { false_suspicions: 1, rejoins: 1, ..Budget::NONE },
                ..smallest
            },
            "A worker that was suspected comes back as another, while its messages are under way.",
        ),
        row(
            "master_restart",
            MapReduce { budget: Budget { crashes: 1, ..restarts }, ..smallest },
            "The master starts again from any of its checkpoints, with a worker that has crashed.",
        ),
        row(
            "master_restart_with_coordinator",
            MapReduce { budget: restarts, commit: Commit::Coordinator, ..smallest },
            "The master starts again while an attempt holds its permission to rename.",
        ),
    ]
}

/// Records that crash user code.
fn records() -> Vec<Row> {
    let smallest = MapReduce::new(1, 1, 2);
    vec![
        row(
            "bad_record",
            MapReduce { records: Records::FirstIsBad, ..smallest },
            "Every attempt crashes on one record until it is left out.",
        ),
        row(
            "record_that_fails_once",
            MapReduce { budget: Budget { failures: 1, ..Budget::NONE }, ..smallest },
            "One attempt crashes by chance: nothing may be left out.",
        ),
    ]
}

/// What cannot be promised.
fn controls() -> Vec<Row> {
    let one_steady = MapReduce { pace: Pace::One, ..MapReduce::new(2, 1, 2) };
    vec![
        row(
            "as_many_faults_as_workers",
            MapReduce::new(1, 1, 2).with_faults(1, 1),
            "A control: with as many crashes and false suspicions as workers nobody may be left, \
             and the job is not done.",
        )
        .violating(&[
            "job_is_done",
            "job_can_be_done",
            "no_dead_end",
            "lost_maps_are_redone",
        ]),
        row(
            "one_steady_worker_barrier_at_the_function",
            MapReduce { barrier: Barrier::Function, ..one_steady }.with_faults(1, 0),
            "A control: worker 0 holds a reduce that waits for a map of a worker that is slow for \
             ever.",
        )
        .violating(&["job_is_done_by_one_worker"]),
        row(
            "one_steady_worker_with_coordinator",
            MapReduce { commit: Commit::Coordinator, ..one_steady }.with_faults(1, 0),
            "A control: a worker that is slow for ever holds the permission to rename.",
        )
        .violating(&["job_is_done_by_one_worker"]),
    ]
}

fn nightly() -> Vec<Row> {
    let two_and_two = MapReduce::new(2, 2, 2);
    let rows = vec![
        row(
            "two_maps_two_reduces_lossy",
            MapReduce {
                budget: Budget { crashes: 1, losses: 1, duplicates: 1, ..Budget::NONE },
                ..two_and_two
            },
            "Both phases with more than one task, a crash, and messages lost and doubled.",
        )
        .violating(UNMIXED),
        row(
            "two_maps_two_reduces_nondeterministic",
            MapReduce { deterministic: false, ..two_and_two }.with_faults(0, 1),
            "Versions of two maps, mixed in two outputs.",
        )
        .violating(&["one_version_of_each_map", "output_is_final_once_done"]),
        row(
            "three_maps_two_reduces_one_crash",
            MapReduce::new(3, 2, 2).with_faults(1, 0),
            "As many tasks as a state can hold.",
        )
        .violating(UNMIXED),
        row(
            "two_maps_one_reduce_three_workers_one_crash",
            MapReduce::new(2, 1, 3).with_faults(1, 0),
            "A race of two workers and a crash while a third is free.",
        ),
        row(
            "two_maps_one_reduce_three_workers_two_faults",
            MapReduce::new(2, 1, 3).with_faults(1, 1),
            "A crash and a zombie, and one worker that is neither; up to the workers' names.",
        )
        .up_to_symmetry()
        .claiming(property::safety_claims),
        row(
            "two_maps_two_reduces_three_workers_one_crash",
            MapReduce::new(2, 2, 3).with_faults(1, 0),
            "More tasks than one in both phases, and three workers; up to the workers' names.",
        )
        .violating(UNMIXED)
        .up_to_symmetry()
        .claiming(property::safety_claims),
    ];
    rows.into_iter().map(Row::nightly).collect()
}
