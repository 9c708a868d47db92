//! What the network does to a message: how long it takes, whether it comes, and how often.

use std::time::Duration;

use super::plan::NodeIndex;
use super::random::Random;
use super::tally::{Happening, Tally};

/// A network without faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// How long a message takes at least.
    pub delay_min: Duration,
    /// How long a message takes at most; in between each time is as likely as any other, so that
    /// messages overtake each other.
    pub delay_max: Duration,
    /// How many messages in a million take the long way.
    pub detours_per_million: u32,
    /// How much longer a message on the long way takes at most.
    pub detour_max: Duration,
    /// Whether messages travel on connections: those for a node that crashes, and those from its
    /// life before to its life after, are gone. Otherwise a node that came back may be told what
    /// was meant for the one before.
    pub connections: bool,
}

impl Default for Network {
    /// A question and its answer take 60 ms on average, as between the sites of SIGCOMM 2001.
    ///
    /// Source: CHORD-50.
    fn default() -> Self {
        Self {
            delay_min: Duration::from_millis(10),
            delay_max: Duration::from_millis(50),
            detours_per_million: 1_000,
            detour_max: Duration::from_millis(200),
            connections: true,
        }
    }
}

/// Messages from some nodes to some others are cut off.
#[derive(Clone, Debug)]
pub(crate) struct Cut {
    /// Which fault of the plan it is.
    pub(crate) fault: usize,
    from: Vec<bool>,
    to: Vec<bool>,
}

impl Cut {
    pub(crate) fn new(fault: usize, from: &[NodeIndex], to: &[NodeIndex]) -> Self {
        Self { fault, from: marks(from), to: marks(to) }
    }

    fn is_between(&self, from: NodeIndex, to: NodeIndex) -> bool {
        let marked =
            |marks: &[bool], node: NodeIndex| marks.get(node as usize).copied().unwrap_or_default();
        marked(&self.from, from) && marked(&self.to, to)
    }
}

fn marks(nodes: &[NodeIndex]) -> Vec<bool> {
    let size = nodes.iter().max().map_or(0, |&last| last as usize + 1);
    let mut marks = vec![false; size];
    for &node in nodes {
        marks[node as usize] = true;
    }
    marks
}

/// The faults that are at work now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Weather {
    pub(crate) loss_per_million: u32,
    pub(crate) duplication_per_million: u32,
    pub(crate) reordering_per_million: u32,
    pub(crate) reordering_by: Duration,
    pub(crate) cuts: Vec<Cut>,
}

/// When the copies of a message arrive, from now on: none if it is lost.
pub(crate) type Arrivals = [Option<Duration>; 2];

/// What becomes of a message from one node to another.
pub(crate) fn carry(
    network: &Network,
    weather: &Weather,
    (from, to): (NodeIndex, NodeIndex),
    random: &mut Random,
    tally: &mut Tally,
) -> Arrivals {
    if weather.cuts.iter().any(|cut| cut.is_between(from, to)) {
        tally.count(Happening::CutOff);
        return [None; 2];
    }
    if random.happens(weather.loss_per_million) {
        tally.count(Happening::Lost);
        return [None; 2];
    }
    let first = delay(network, weather, random, tally);
    if !random.happens(weather.duplication_per_million) {
        return [Some(first), None];
    }
    tally.count(Happening::Duplicated);
    [Some(first), Some(delay(network, weather, random, tally))]
}

fn delay(network: &Network, weather: &Weather, random: &mut Random, tally: &mut Tally) -> Duration {
    let mut delay = random.duration(network.delay_min, network.delay_max);
    if random.happens(network.detours_per_million) {
        delay += random.duration(Duration::ZERO, network.detour_max);
    }
    if random.happens(weather.reordering_per_million) {
        tally.count(Happening::HeldBack);
        delay += random.duration(network.delay_max, network.delay_max + weather.reordering_by);
    }
    delay
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::random::{MILLION, Stream};

    fn carried(weather: &Weather, link: (NodeIndex, NodeIndex)) -> (Arrivals, Tally) {
        let mut tally = Tally::new(&[]);
        let mut random = Random::new(1, Stream::Network);
        let arrivals = carry(&Network::default(), weather, link, &mut random, &mut tally);
        (arrivals, tally)
    }

    #[test]
    fn a_cut_has_one_direction() {
        let cut = Cut::new(0, &[1, 4], &[2]);
        let weather = Weather { cuts: vec![cut], ..Weather::default() };
        for (link, passes) in [((1, 2), false), ((4, 2), false), ((2, 1), true), ((1, 9), true)] {
            let (arrivals, tally) = carried(&weather, link);
            assert_eq!(arrivals[0].is_some(), passes, "{link:?}");
            assert_eq!(tally.of(Happening::CutOff), u64::from(!passes));
        }
    }

    #[test]
    fn each_kind_of_weather_does_what_it_says() {
        let lossy = Weather { loss_per_million: MILLION, ..Weather::default() };
        assert_eq!(carried(&lossy, (0, 1)).0, [None; 2]);
        let doubling = Weather { duplication_per_million: MILLION, ..Weather::default() };
        assert!(carried(&doubling, (0, 1)).0.iter().all(Option::is_some));
        let by = Duration::from_secs(5);
        let mixing =
            Weather { reordering_per_million: MILLION, reordering_by: by, ..Weather::default() };
        let network = Network::default();
        let longest = network.delay_max + network.detour_max;
        let (arrivals, tally) = carried(&mixing, (0, 1));
        assert!(arrivals[0].is_some_and(|delay| delay > longest), "{arrivals:?}");
        assert_eq!(tally.of(Happening::HeldBack), 1);
    }
}
