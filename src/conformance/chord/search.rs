//! Searches every interleaving of an instance, and holds each step against the model.

use straightedge_models::engine::Run;

use super::super::network::Network;
use super::super::search::{self, Searched};
use super::instances::{Instance, Variation};
use super::refinement::{Begun, Mapping};

/// Calls a function for a circle whose size is known when it runs only: from three to six.
macro_rules! on_circle {
    ($size:expr, $function:ident ( $($argument:expr),* )) => {
        match $size {
            ..=3 => $function::<3>($($argument),*),
            4 => $function::<4>($($argument),*),
            5 => $function::<5>($($argument),*),
            _ => $function::<6>($($argument),*),
        }
    };
}
pub(super) use on_circle;

impl Instance {
    /// Searches all of it.
    #[must_use]
    pub fn search(&self, variation: Variation, run: &Run<'_>) -> Searched {
        let instance = *self;
        on_circle!(self.circle, search(instance, variation, run))
    }

    /// Looks for a step that is not explained, in ever larger parts of the graph.
    #[must_use]
    pub fn hunt(&self, variation: Variation, reach: &[usize], run: &Run<'_>) -> Searched {
        search::hunt(reach, run, |run| self.search(variation, run))
    }
}

fn search<const N: u8>(instance: Instance, variation: Variation, run: &Run<'_>) -> Searched {
    let network = Network::new(instance.ring::<N>(variation));
    let begun = Begun { model: instance.model(), start: instance.start() };
    search::search(instance.name, &network, &begun, &Mapping, run)
}
