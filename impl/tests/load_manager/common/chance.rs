//! Configurations and steps, by chance.

use std::time::Duration;
use straightedge_impl::host::chance::Chance;
use straightedge_impl::load_manager::{
    Config, Degradation, Ejection, Hysteresis, Limits, Policy, Share, Timings,
};

use super::Step;

pub(crate) fn steps(chance: &mut Chance, many: u64) -> Vec<Step> {
    let step = |chance: &mut Chance| {
        (chance.below(256) as u8, chance.below(1 << 16) as u16, chance.below(1 << 16) as u16)
    };
    (0..many).map(|_| step(chance)).collect()
}

fn policy(chance: &mut Chance, servers: u32) -> Policy {
    match chance.below(8) {
        0 => Policy::RoundRobinDns { lifetime: Duration::from_secs(1) },
        1 => Policy::LeastConnections,
        2 => Policy::TwoChoices,
        3 => Policy::IpHashModulo,
        4 => Policy::IpHashRendezvous,
        5 => Policy::IpHashMaglev { entries: if chance.happens(500) { 7 } else { 31 } },
        6 => Policy::ContentAware { partitions: 1 + chance.below(u64::from(servers)) as u32 },
        _ => Policy::RoundRobin,
    }
}

fn degradation(chance: &mut Chance) -> Degradation {
    match chance.below(5) {
        0 => Degradation::LessData(Share { parts: 1, of: 2 }),
        1 => Degradation::ByCost { most: 3 },
        2 => Degradation::ByPriority,
        3 => Degradation::Stale(Duration::from_mins(1)),
        _ => Degradation::Shed,
    }
}

/// A small configuration in which much may happen.
pub(crate) fn config(chance: &mut Chance) -> Config {
    let servers = 1 + chance.below(5) as u32;
    let mut config = Config::new(servers, policy(chance, servers));
    config.hysteresis =
        Hysteresis { rise: 1 + chance.below(3) as u8, fall: 1 + chance.below(3) as u8 };
    config.ejection = Ejection {
        failures: chance.below(4) as u32,
        most_percent: [0, 34, 50, 67, 100][chance.below(5) as usize],
        always_one: chance.happens(300),
    };
    config.panic_percent = if chance.happens(600) { 0 } else { chance.below(101) as u8 };
    config.degradation = degradation(chance);
    config.avoids_tried = chance.happens(500);
    config.trusts_replaced = chance.happens(500);
    config.timings = Timings {
        drain: chance.happens(500).then_some(Duration::from_secs(1)),
        ..Timings::default()
    };
    config.limits = Limits {
        queue: chance.below(6) as u32,
        capacity: 1 + chance.below(4) as u32,
        retries: chance.below(4) as u8,
        saturation: chance.below(3) as u32,
        stages: chance.below(5) as u32,
        ejections: 3,
    };
    config
}
