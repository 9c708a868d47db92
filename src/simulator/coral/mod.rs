//! Coral in the simulator: nodes that put without pause, and proxies with users.

pub mod proxies;
pub mod puts;

use straightedge_impl::identifier::BitId;

/// Identifiers of experiments in small spaces.
pub type SmallId = BitId<16>;
