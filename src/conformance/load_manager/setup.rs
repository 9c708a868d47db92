//! The balancer's configuration for a model.

use std::time::Duration;

use straightedge_impl::load_manager::{Config, Ejection, Fault, Hysteresis, Limits, Policy};
use straightedge_models::load_manager::{self as model, Switch};

/// How many entries the balancer's table has: as many as the switch's. Source: LOAD_MANAGER-56
const ENTRIES: u32 = 7;

/// The switch as the balancer knows it.
#[must_use]
pub fn config(switch: &Switch, fault: Option<Fault>) -> Config {
    let servers = u32::from(switch.servers);
    let policy = match switch.policy {
        model::Policy::RoundRobinDns { .. } => {
            Policy::RoundRobinDns { lifetime: Duration::from_secs(1) }
        }
        model::Policy::RoundRobin => Policy::RoundRobin,
        model::Policy::LeastConnections | model::Policy::LeastConnectionsAnyTie => {
            Policy::LeastConnections
        }
        model::Policy::TwoChoices => Policy::TwoChoices,
        model::Policy::Modulo => Policy::IpHashModulo,
        model::Policy::Rendezvous => Policy::IpHashRendezvous,
        model::Policy::Maglev => Policy::IpHashMaglev { entries: ENTRIES },
        model::Policy::ContentAware => Policy::ContentAware { partitions: servers },
    };
    let erring = switch.ejection;
    // One failure is enough where somebody may be set aside: how many are is the environment's.
    let failures = u32::from(switch.budget.outliers > 0);
    Config {
        hysteresis: Hysteresis { rise: switch.rise, fall: switch.fall },
        ejection: Ejection {
            failures,
            most_percent: erring.percent,
            always_one: erring.always_one,
        },
        panic_percent: switch.panic,
        avoids_tried: false,
        trusts_replaced: true,
        limits: Limits {
            queue: switch.queue.into(),
            capacity: switch.capacity.into(),
            retries: switch.retries,
            saturation: u32::MAX,
            stages: switch.window.into(),
            ejections: 1,
        },
        fault,
        ..Config::new(servers, policy)
    }
}
