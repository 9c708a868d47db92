//! What nodes do, as a trace.

use straightedge_impl::chord::{FAULTS, Fault};
use straightedge_models::engine::{Label, Specification};

use super::super::network::Network;
use super::super::part::Recorded;
use super::super::record::{self, Recorder};
use super::instances::{ANY_CHURN, Instance, Variation, instance};
use super::refinement::{Begun, Mapping};
use crate::conformance::world::{Allowance, Budget};

/// How traces of nodes are recorded.
pub const RECORDED: Recorded = Recorded { instances, faults, record };

/// Rings with any churn, in which answers may come twice.
const RINGS: [Instance; 3] = [
    churning(instance("eight_nodes_two_successors", 8, 2)),
    churning(instance("six_nodes_three_successors", 6, 3)),
    churning(instance("four_nodes_two_successors", 4, 2)),
];

const fn churning(instance: Instance) -> Instance {
    let budget = Budget { duplicates: Allowance::Unlimited, ..ANY_CHURN };
    Instance { budget, ..instance }
}

fn instances() -> Vec<&'static str> {
    RINGS.iter().map(|ring| ring.name).collect()
}

fn faults() -> Vec<&'static str> {
    FAULTS.iter().map(|planted| planted.name).collect()
}

fn record(name: &str, fault: Option<&str>, events: u64, seed: u64) -> Option<String> {
    let ring = RINGS.iter().find(|ring| ring.name == name)?;
    let fault = fault.and_then(Fault::named);
    Some(recorded(ring, fault, events, seed))
}

fn recorded(ring: &Instance, fault: Option<Fault>, events: u64, seed: u64) -> String {
    let model = ring.model();
    let recorder = Recorder {
        system: "chord",
        instance: model.parameters(),
        silent: &[],
        unseen: &["departed"],
        network: Network::new(ring.ring(Variation { fault, ..Variation::NONE })),
        alphabet: model.alphabet(),
        model: Begun { model, start: ring.start() },
        mapping: Mapping { model },
        label: Label::of,
    };
    record::record(&recorder, events, seed)
}
