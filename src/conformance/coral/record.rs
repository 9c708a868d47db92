//! What nodes do, as a trace.

use straightedge_impl::coral::{FAULTS, Fault};
use straightedge_models::engine::{Label, Specification};

use super::super::network::Network;
use super::super::part::Recorded;
use super::super::record::{self, Recorder};
use super::abstraction::{Abstraction, Id};
use super::environment::Nodes;
use super::instances::{INSTANCES, Instance, Variation};
use super::refinement::Plain;

/// How traces of nodes are recorded.
pub const RECORDED: Recorded = Recorded { instances, faults, record };

fn instances() -> Vec<&'static str> {
    INSTANCES.iter().map(|instance| instance.name).collect()
}

fn faults() -> Vec<&'static str> {
    FAULTS.iter().map(|planted| planted.name).collect()
}

/// Source: CORAL-53.
fn record(name: &str, fault: Option<&str>, events: u64, seed: u64) -> Option<String> {
    let variation = Variation { fault: fault.and_then(Fault::named), ..Variation::NONE };
    Some(record::record(&recorder(Instance::named(name)?, variation), events, seed))
}

/// What is recorded of an instance.
pub(super) fn recorder(
    instance: Instance,
    variation: Variation,
) -> Recorder<Nodes<Id>, Plain, Abstraction> {
    let mapping = instance.abstraction(variation);
    Recorder {
        system: "coral",
        instance: mapping.coral.parameters(),
        silent: &[],
        unseen: &["found_full", "refused"],
        network: Network::new(mapping.nodes.clone()),
        alphabet: mapping.coral.alphabet(),
        model: Plain(mapping.coral),
        mapping,
        label: Label::of,
    }
}
