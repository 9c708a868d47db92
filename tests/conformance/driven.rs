//! The implementations, driven step by step by the tests that other people's types are held to, as
//! they are and with faults.

use serde_json::Value;
use straightedge::conformance::{chord, coral, load_manager, mapreduce};
use straightedge_evidence::conformance::Expected;
use straightedge_evidence::drive::Options;
use straightedge_evidence::subject::SystemUnderTest;
use straightedge_models::chord::Chord;
use straightedge_models::engine::Specification;
use straightedge_models::mapreduce::MapReduce;

/// A fault shows within so many steps.
const SHORT: Expected = Expected::Rejected { within: 10 };

/// Walks at random are for what the cover has not come to; here it comes to everything.
fn options() -> Options {
    Options { refusals: 2, walks: 10, ..Options::default() }
}

/// The balancer of an instance, with a fault if one is named.
fn balancer(instance: &str, fault: Option<&str>) -> impl SystemUnderTest {
    let named = |fault| straightedge_impl::load_manager::Fault::named(fault).expect("a fault");
    load_manager::subject::machines(instance, fault.map(named)).expect("an instance")
}

/// The nodes of an instance, with a fault if one is named.
fn nodes(instance: &str, fault: Option<&str>) -> impl SystemUnderTest {
    let named = |fault| straightedge_impl::coral::Fault::named(fault).expect("a fault");
    coral::subject::machines(instance, fault.map(named)).expect("an instance")
}

/// One map and one reduce, two workers of which one may crash.
const JOB: MapReduce = MapReduce::new(1, 1, 2).with_faults(1, 0);

fn job() -> Value {
    JOB.parameters()
}

/// Master and workers, with a fault if one is named.
fn cluster(job: MapReduce, fault: Option<&str>) -> impl SystemUnderTest {
    let named = |fault| straightedge_impl::mapreduce::Fault::named(fault).expect("a fault");
    mapreduce::subject::machines(job, fault.map(named))
}

/// The nodes of a ring, with a fault if one is named.
fn members(ring: Chord, fault: Option<&str>) -> impl SystemUnderTest {
    let named = |fault| straightedge_impl::chord::Fault::named(fault).expect("a fault");
    chord::subject::Members::new(ring, fault.map(named))
}

straightedge_evidence::conformance! {
    load_manager_maintenance {
        system: "load_manager",
        instance: "maintenance_at_once",
        subject: balancer("maintenance_at_once", None),
        called: "our balancer",
        options: options(),
    }

    load_manager_content_aware {
        system: "load_manager",
        instance: "content_aware",
        subject: balancer("content_aware", None),
        called: "our balancer",
        options: options(),
    }

    load_manager_maintenance_forgets_connections {
        system: "load_manager",
        instance: "maintenance_at_once",
        subject: balancer("maintenance_at_once", Some("maintenance_forgets_connections")),
        called: "our balancer",
        options: options(),
        expect: SHORT,
    }

    load_manager_harvest_counts_down_shard {
        system: "load_manager",
        instance: "content_aware",
        subject: balancer("content_aware", Some("harvest_counts_down_shard")),
        called: "our balancer",
        options: options(),
        expect: SHORT,
    }

    load_manager_no_dequeue_on_completion {
        system: "load_manager",
        instance: "maintenance_at_once",
        subject: balancer("maintenance_at_once", Some("no_dequeue_on_completion")),
        called: "our balancer",
        options: options(),
        expect: SHORT,
    }

    mapreduce_one_crash {
        system: "mapreduce",
        instance: job(),
        subject: cluster(JOB, None),
        called: "our master and workers",
        options: options(),
    }

    mapreduce_no_time_out {
        system: "mapreduce",
        instance: "no_time_out",
        subject: cluster(MapReduce { backups: false, ..MapReduce::new(2, 2, 2) }, None),
        called: "our master and workers",
        options: options(),
    }

    mapreduce_no_barrier {
        system: "mapreduce",
        instance: job(),
        subject: cluster(JOB, Some("no_barrier")),
        called: "our master and workers",
        options: options(),
        expect: SHORT,
    }

    mapreduce_no_reset_in_progress {
        system: "mapreduce",
        instance: job(),
        subject: cluster(JOB, Some("no_reset_in_progress")),
        called: "our master and workers",
        options: options(),
        expect: SHORT,
    }

    coral_two_nodes {
        system: "coral",
        instance: "two_nodes",
        subject: nodes("two_nodes", None),
        called: "our nodes",
        options: options(),
    }

    coral_renewal {
        system: "coral",
        instance: "a_renewal",
        subject: nodes("a_renewal", None),
        called: "our nodes",
        options: options(),
    }

    coral_no_reverse_phase {
        system: "coral",
        instance: "two_nodes",
        subject: nodes("two_nodes", Some("no_reverse_phase")),
        called: "our nodes",
        options: options(),
        expect: SHORT,
    }

    coral_full_is_more_than_capacity {
        system: "coral",
        instance: "two_nodes",
        subject: nodes("two_nodes", Some("full_is_more_than_capacity")),
        called: "our nodes",
        options: options(),
        expect: SHORT,
    }

    chord_three_nodes {
        system: "chord",
        instance: "corrected_three_nodes_one_successor",
        subject: members(Chord::corrected(3, 1), None),
        called: "our members",
        options: options(),
    }

    chord_keep_own_tail {
        system: "chord",
        instance: "corrected_four_nodes_two_successors",
        subject: members(Chord::corrected(4, 2), Some("keep_own_tail")),
        called: "our members",
        options: options(),
        expect: SHORT,
    }

    chord_join_anywhere {
        system: "chord",
        instance: "corrected_four_nodes_two_successors",
        subject: members(Chord::corrected(4, 2), Some("join_anywhere")),
        called: "our members",
        options: options(),
        expect: SHORT,
    }

    chord_rectify_keeps_dead_predecessor {
        system: "chord",
        instance: "corrected_four_nodes_two_successors",
        subject: members(Chord::corrected(4, 2), Some("rectify_keeps_dead_predecessor")),
        called: "our members",
        options: options(),
        expect: SHORT,
    }
}
