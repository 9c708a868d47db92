//! Nodes as something that is driven (CORAL-53).

use straightedge_impl::coral::Fault;

use super::abstraction::{Abstraction, Id};
use super::environment::Nodes;
use super::instances::{Instance, Variation};
use super::record::recorder;
use super::refinement::Plain;
use crate::conformance::subject::Machines;

/// The nodes of the instance of that name, with that fault if there is one.
#[must_use]
pub fn machines(
    name: &str,
    fault: Option<Fault>,
) -> Option<Machines<Nodes<Id>, Plain, Abstraction>> {
    let instance = Instance::named(name)?;
    Some(Machines::new(recorder(instance, Variation { fault, ..Variation::NONE })))
}
