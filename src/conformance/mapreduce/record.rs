//! What master and workers do, as a trace.

use straightedge_impl::mapreduce::{FAULTS, Fault};
use straightedge_models::engine::{Label, Specification};
use straightedge_models::mapreduce::MapReduce;

use super::super::network::Network;
use super::super::part::Recorded;
use super::super::record::{self, Recorder};
use super::environment::Cluster;
use super::instances::{INSTANCES, Instance, Variation};
use super::refinement::Mapping;

/// How traces of jobs are recorded.
pub const RECORDED: Recorded = Recorded { instances, faults, record };

fn instances() -> Vec<&'static str> {
    INSTANCES.iter().map(|instance| instance.name).collect()
}

fn faults() -> Vec<&'static str> {
    FAULTS.iter().map(|planted| planted.name).collect()
}

fn record(name: &str, fault: Option<&str>, events: u64, seed: u64) -> Option<String> {
    let variation = Variation { fault: fault.and_then(Fault::named), ..Variation::NONE };
    Some(record::record(&recorder(Instance::named(name)?, variation), events, seed))
}

/// What is recorded of an instance.
pub(super) fn recorder(
    instance: Instance,
    variation: Variation,
) -> Recorder<Cluster, MapReduce, Mapping> {
    Recorder {
        system: "mapreduce",
        instance: instance.job.parameters(),
        silent: &[],
        unseen: &[],
        network: Network::new(instance.cluster(variation)),
        model: instance.job,
        mapping: instance.mapping(variation),
        alphabet: instance.job.alphabet(),
        label: Label::of,
    }
}
