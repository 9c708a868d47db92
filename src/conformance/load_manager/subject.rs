//! The balancer, with all that is around it, as something that is driven (LOAD_MANAGER-50).

use straightedge_impl::load_manager::Fault;

use super::environment::Surroundings;
use super::instances::{Instance, Variation};
use super::record::recorder;
use super::refinement::{Forgetful, Mapping};
use crate::conformance::subject::Machines;

/// The balancer of the instance of that name, with that fault if there is one.
#[must_use]
pub fn machines(
    name: &str,
    fault: Option<Fault>,
) -> Option<Machines<Surroundings, Forgetful, Mapping>> {
    let instance = Instance::named(name)?;
    Some(Machines::new(recorder(instance, Variation { fault, ..Variation::NONE })))
}
