//! Coral in the simulator: nodes that put without pause, proxies with users, and stories.

pub mod proxies;
pub mod puts;
pub mod story;

use straightedge_impl::identifier::BitId;

/// Identifiers of experiments in small spaces.
pub type SmallId = BitId<16>;
