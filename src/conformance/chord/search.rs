//! Searches every interleaving of an instance, and holds each step against the model.

use straightedge_models::engine::Run;

use super::super::network::Network;
use super::super::search::{self, Searched};
use super::instances::{Instance, Variation};
use super::refinement::{Begun, Mapping};

impl Instance {
    /// Searches all of it.
    #[must_use]
    pub fn search(&self, variation: Variation, run: &Run<'_>) -> Searched {
        let network = Network::new(self.ring(variation));
        let begun = Begun { model: self.model(), start: self.start() };
        search::search(self.name, &network, &begun, &Mapping { model: begun.model }, run)
    }

    /// Looks for a step that is not explained, in ever larger parts of the graph.
    #[must_use]
    pub fn hunt(&self, variation: Variation, reach: &[usize], run: &Run<'_>) -> Searched {
        search::hunt(reach, run, |run| self.search(variation, run))
    }
}
