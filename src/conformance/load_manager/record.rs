//! What the balancer does, as a trace.

use straightedge_impl::load_manager::{FAULTS, Fault};
use straightedge_models::engine::{Label, Specification};
use straightedge_models::load_manager::Action as Move;

use super::super::network::Network;
use super::super::part::Recorded;
use super::super::record::{self, Recorder};
use super::environment::Surroundings;
use super::instances::{INSTANCES, Instance, Variation};
use super::refinement::{Forgetful, Mapping, Step};

/// How traces of the balancer are recorded.
pub const RECORDED: Recorded = Recorded { instances, faults, record };

fn instances() -> Vec<&'static str> {
    INSTANCES.iter().map(|instance| instance.name).collect()
}

fn faults() -> Vec<&'static str> {
    FAULTS.iter().map(|planted| planted.name).collect()
}

/// A server that is set aside in the step in which it fails a request is set aside in silence.
///
/// Source: LOAD_MANAGER-51.
fn record(name: &str, fault: Option<&str>, events: u64, seed: u64) -> Option<String> {
    let variation = Variation { fault: fault.and_then(Fault::named), ..Variation::NONE };
    Some(record::record(&recorder(Instance::named(name)?, variation), events, seed))
}

/// What is recorded of an instance.
pub(super) fn recorder(
    instance: Instance,
    variation: Variation,
) -> Recorder<Surroundings, Forgetful, Mapping> {
    let budget = instance.switch.budget;
    Recorder {
        system: "load_manager",
        instance: instance.switch.parameters(),
        silent: if budget.outliers > 0 { &["outlier"] } else { &[] },
        unseen: &["against", "passed_by", "home"],
        network: Network::new(instance.surroundings(variation)),
        model: Forgetful(instance.switch),
        mapping: instance.mapping(),
        alphabet: both(&instance.switch.alphabet()),
        label,
    }
}

fn both(moves: &[Move]) -> Vec<Step> {
    let of = |step: &Move| match *step {
        Move::Complete(server, _) => Some(Step::Both(Move::Outlier(server), *step)),
        _ => None,
    };
    let one = moves.iter().copied().map(Step::One);
    one.chain(moves.iter().filter_map(of)).collect()
}

fn label(step: &Step) -> Label {
    match step {
        Step::One(step) | Step::Both(_, step) => Label::of(step),
    }
}
