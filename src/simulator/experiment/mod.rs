//! Experiments of the sources, by simulation: each one table, with the published figure beside the
//! measured one.

pub mod chart;
pub mod churn;
mod drive;
pub mod failures;
pub mod load;
pub mod paths;
pub mod root_rate;
pub mod slashdot;
pub mod statistics;
pub mod study;

pub use chart::{Chart, Series};
pub use study::{Cell, Study};

use super::network::Network;
use super::run::Watch;

/// Whoever watches put an end to the experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("interrupted")]
pub struct Interrupted;

/// Goes on unless whoever watches says no.
fn glance(watch: &mut Watch<'_>, done: u64) -> Result<(), Interrupted> {
    let goes_on = watch(done, straightedge_impl::machine::Time::ORIGIN);
    if goes_on { Ok(()) } else { Err(Interrupted) }
}

/// The network of experiments that are not about the network: nothing takes the long way.
fn experiment_network() -> Network {
    Network { detours_per_million: 0, ..Network::default() }
}
