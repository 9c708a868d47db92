//! Master and workers as something that is driven (MAPREDUCE-24).

use straightedge_impl::mapreduce::Fault;
use straightedge_models::mapreduce::MapReduce;

use super::environment::Cluster;
use super::instances::{Instance, Variation, instance};
use super::record::recorder;
use super::refinement::Mapping;
use crate::conformance::subject::Machines;

/// A job's master and workers, with that fault if there is one; the operator chooses among tasks.
#[must_use]
pub fn machines(job: MapReduce, fault: Option<Fault>) -> Machines<Cluster, MapReduce, Mapping> {
    let instance = Instance { has_operator: true, ..instance("driven", job, "") };
    Machines::new(recorder(instance, Variation { fault, ..Variation::NONE }))
}
