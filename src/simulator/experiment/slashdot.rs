//! How often an origin is asked for one page that the users of many proxies want.

use std::time::Duration;

use straightedge_impl::coral::proxy::Config;

use super::chart::{Chart, Series};
use super::study::{Cell, Study};
use super::{Interrupted, experiment_network};
use crate::simulator::coral::proxies::{Proxies, Seen};
use crate::simulator::run::Watch;
use crate::simulator::{Plan, Random, World, random::Stream};

/// How many events happen between two glances at the outside.
const GLANCE: u64 = 1 << 16;

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slashdot {
    /// How many proxies there are, in each row.
    pub proxies: Vec<u32>,
    /// How many users each proxy has.
    pub users: u32,
    /// Within how many seconds the first users of all proxies come, in the middle case.
    pub rush: u32,
    /// What decides the run.
    pub seed: u64,
}

/// When the proxies' users come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Each proxy's only once the one before has been served.
    OneByOne,
    /// Within the time of a rush.
    InARush,
    /// All proxies' at the same moment, but for those of the proxy that is closest to the key: it
    /// would find itself before anybody else has asked.
    AtOnce,
}

/// Carries out the experiment.
///
/// Source: CORAL-20.
///
/// # Errors
///
/// Whoever watches puts an end to it.
pub fn carry_out(experiment: &Slashdot, watch: &mut Watch<'_>) -> Result<Study, Interrupted> {
    let mut rows = Vec::new();
    for &proxies in &experiment.proxies {
        let alone = Config { cooperates: false, ..Config::default() };
        let mut seen = vec![one(experiment, alone, proxies, Arrival::InARush, watch)?];
        for arrival in [Arrival::OneByOne, Arrival::InARush, Arrival::AtOnce] {
            seen.push(one(experiment, Config::default(), proxies, arrival, watch)?);
        }
        rows.push((proxies, seen));
    }
    Ok(study(experiment, &rows))
}

/// What happens at that many proxies with ten users each, alone or with Coral.
///
/// Source: CORAL-20.
#[must_use]
pub fn usual(proxies: u32, cooperates: bool, arrival: Arrival) -> Seen {
    let experiment = Slashdot { proxies: vec![proxies], users: 10, rush: 10, seed: 1 };
    let config = Config { cooperates, ..Config::default() };
    one(&experiment, config, proxies, arrival, &mut |_, _| true).unwrap_or_default()
}

fn one(
    experiment: &Slashdot,
    config: Config,
    proxies: u32,
    arrival: Arrival,
    watch: &mut Watch<'_>,
) -> Result<Seen, Interrupted> {
    let mut random = Random::new(experiment.seed, Stream::Plan);
    let rush = Duration::from_secs(experiment.rush.into());
    let first = |proxy: u32| match arrival {
        Arrival::OneByOne => Duration::from_secs(10) * proxy,
        Arrival::InARush => random.duration(Duration::ZERO, rush),
        Arrival::AtOnce => Duration::ZERO,
    };
    let mut first_user: Vec<Duration> = (0..proxies).map(first).collect();
    if let (Arrival::AtOnce, Some(closest)) =
        (arrival, Proxies::closest(proxies as usize, experiment.seed))
    {
        first_user[closest] = Duration::from_secs(10);
    }
    let last = first_user.iter().copied().max().unwrap_or_default();
    let system = Proxies::new(config, experiment.users, first_user, experiment.seed);
    let plan = Plan { nodes: proxies, ..Plan::default() };
    let mut world = World::new(system, experiment_network(), plan, experiment.seed, ());
    let end = world.now().after(last + Duration::from_mins(1));
    while !world.run_until(end, GLANCE) {
        if !watch(world.events(), world.now()) {
            return Err(Interrupted);
        }
    }
    Ok(world.system().seen)
}

fn study(experiment: &Slashdot, rows: &[(u32, Vec<Seen>)]) -> Study {
    let title = "Fetches from the origin of one page".to_owned();
    let cells = |(proxies, seen): &(u32, Vec<Seen>)| {
        let fetches = seen.iter().map(|seen| Cell::Count(seen.fetches));
        let served = seen.iter().map(|seen| seen.served).min().unwrap_or_default();
        let users = u64::from(*proxies) * u64::from(experiment.users);
        let first = [Cell::Count(u64::from(*proxies)), Cell::Count(users)];
        first.into_iter().chain(fetches).chain([Cell::Count(served)]).collect()
    };
    Study {
        title: title.clone(),
        columns: vec![
            "proxies",
            "users",
            "each alone",
            "coral, one by one",
            "coral, in a rush",
            "coral, at once",
            "users served",
        ],
        rows: rows.iter().map(cells).collect(),
        notes: vec![format!(
            "Each proxy has {} users, who come within a second and wait for one fetch. Alone: \
             every proxy fetches. One by one: the next proxy's users come when the one before has \
             the page. In a rush: all within {} s. At once: in the same moment, but for the proxy \
             closest to the key, when many look before any has put. Between 1 and the number of \
             proxies is all that is promised (CORAL-20). Users served is the least of the four \
             runs.",
            experiment.users, experiment.rush,
        )],
        chart: chart(title, rows),
    }
}

fn chart(title: String, rows: &[(u32, Vec<Seen>)]) -> Chart {
    let names = ["each alone", "coral, one by one", "coral, in a rush", "coral, at once"];
    let line = |(place, name): (usize, &str)| {
        let fetches = |(proxies, seen): &(u32, Vec<Seen>)| {
            let fetches = seen.get(place).map_or(0, |seen| seen.fetches);
            (f64::from(*proxies).log10(), (fetches.max(1) as f64).log10())
        };
        Series {
            name: name.into(),
            points: rows.iter().map(fetches).collect(),
            ..Series::default()
        }
    };
    Chart {
        title,
        across: "log10 of the number of proxies".into(),
        up: "log10 of fetches".into(),
        series: names.into_iter().enumerate().map(line).collect(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_by_one_the_origin_is_asked_once_and_alone_by_every_proxy() {
        let experiment = Slashdot { proxies: vec![30], users: 20, rush: 5, seed: 1 };
        let run = |config, arrival| one(&experiment, config, 30, arrival, &mut |_, _| true);
        let alone = Config { cooperates: false, ..Config::default() };
        let alone = run(alone, Arrival::InARush).unwrap();
        assert_eq!((alone.fetches, alone.served, alone.failed), (30, 600, 0));
        let one_by_one = run(Config::default(), Arrival::OneByOne).unwrap();
        assert_eq!((one_by_one.fetches, one_by_one.served), (1, 600));
        assert!(one_by_one.from_peers >= 29, "{one_by_one:?}");
        let rush = run(Config::default(), Arrival::InARush).unwrap();
        let at_once = run(Config::default(), Arrival::AtOnce).unwrap();
        assert!(rush.fetches < at_once.fetches, "{rush:?} {at_once:?}");
        assert!(at_once.fetches > 3 && at_once.fetches <= 30, "{at_once:?}");
        assert_eq!((rush.served, at_once.served), (600, 600));
    }
}
