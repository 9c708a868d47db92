//! How often each thing happened: counted outside the machines, which do not know of it.

use serde::Serialize;

/// Something that happens in a run, besides messages of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// A message was given to the network.
    Sent,
    /// A message reached a machine.
    Delivered,
    /// A message was for a node that was not there, or that had crashed since.
    Undeliverable,
    /// The network lost a message.
    Lost,
    /// The network made a second copy of a message.
    Duplicated,
    /// The network held a message back, so that later ones overtook it.
    HeldBack,
    /// A message was cut off by a partition.
    CutOff,
    /// A slow node made an input wait.
    Waited,
    /// A timer ran out.
    TimerFired,
    /// The application asked for something.
    Commanded,
    /// The application was told something.
    Told,
    /// A machine did not act on an input.
    Ignored,
    /// A node crashed.
    Crashed,
    /// A crash was in the plan, but the assumptions on failures forbade it when its time came.
    CrashWithheld,
    /// A node came back with what was on its disk.
    RestartedWithDisk,
    /// A node came back with nothing.
    RestartedWithoutDisk,
    /// A node came for the first time.
    Arrived,
    /// A node was asked to leave in good order.
    Left,
    /// A one-way partition began.
    Partitioned,
    /// A node became slow.
    SlowedDown,
}

impl Happening {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::Sent,
        Self::Delivered,
        Self::Undeliverable,
        Self::Lost,
        Self::Duplicated,
        Self::HeldBack,
        Self::CutOff,
        Self::Waited,
        Self::TimerFired,
        Self::Commanded,
        Self::Told,
        Self::Ignored,
        Self::Crashed,
        Self::CrashWithheld,
        Self::RestartedWithDisk,
        Self::RestartedWithoutDisk,
        Self::Arrived,
        Self::Left,
        Self::Partitioned,
        Self::SlowedDown,
    ];

    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sent => "messages sent",
            Self::Delivered => "messages delivered",
            Self::Undeliverable => "messages for nobody",
            Self::Lost => "messages lost",
            Self::Duplicated => "messages duplicated",
            Self::HeldBack => "messages held back",
            Self::CutOff => "messages cut off",
            Self::Waited => "inputs that waited at a slow node",
            Self::TimerFired => "timers fired",
            Self::Commanded => "commands",
            Self::Told => "deliveries",
            Self::Ignored => "inputs ignored",
            Self::Crashed => "crashes",
            Self::CrashWithheld => "crashes withheld",
            Self::RestartedWithDisk => "restarts with disk",
            Self::RestartedWithoutDisk => "restarts without disk",
            Self::Arrived => "arrivals",
            Self::Left => "leaves",
            Self::Partitioned => "one-way partitions",
            Self::SlowedDown => "slow nodes",
        }
    }
}

/// How often each thing happened in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    counts: [u64; Happening::ALL.len()],
    /// Messages delivered, by kind.
    kinds: Vec<(&'static str, u64)>,
}

/// Something that has to happen that often for a run to prove anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floor {
    /// What has to happen.
    pub happening: Happening,
    /// How often, at least.
    pub at_least: u64,
}

impl Tally {
    /// Nothing has happened; these are the kinds of messages.
    #[must_use]
    pub fn new(kinds: &[&'static str]) -> Self {
        let kinds = kinds.iter().map(|&kind| (kind, 0)).collect();
        Self { counts: [0; Happening::ALL.len()], kinds }
    }

    /// How often that happened.
    #[must_use]
    pub const fn of(&self, happening: Happening) -> u64 {
        self.counts[happening as usize]
    }

    /// How many messages of each kind were delivered.
    #[must_use]
    pub fn kinds(&self) -> &[(&'static str, u64)] {
        &self.kinds
    }

    /// Inputs that reached a machine: messages, timers and commands.
    #[must_use]
    pub const fn inputs(&self) -> u64 {
        self.of(Happening::Delivered)
            + self.of(Happening::TimerFired)
            + self.of(Happening::Commanded)
    }

    /// The floors that were not reached, each in words.
    #[must_use]
    pub fn below(&self, floors: &[Floor]) -> Vec<String> {
        let missed = floors.iter().filter(|floor| self.of(floor.happening) < floor.at_least);
        missed
            .map(|floor| {
                let (name, times) = (floor.happening.name(), self.of(floor.happening));
                format!("{name}: {times}, but at least {} are demanded", floor.at_least)
            })
            .collect()
    }

    /// All that happened in another run, too, with the same kinds of messages.
    pub fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count += more;
        }
        for ((_, count), (_, more)) in self.kinds.iter_mut().zip(&other.kinds) {
            *count += more;
        }
    }

    pub(crate) fn count(&mut self, happening: Happening) {
        self.counts[happening as usize] += 1;
    }

    /// A message of that kind was delivered.
    pub(crate) fn count_kind(&mut self, kind: usize) {
        if let Some((_, count)) = self.kinds.get_mut(kind) {
            *count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_happening_has_a_place_and_a_name_of_its_own() {
        let mut names = Vec::new();
        for (place, happening) in Happening::ALL.into_iter().enumerate() {
            assert_eq!(happening as usize, place);
            assert!(!names.contains(&happening.name()), "{}", happening.name());
            names.push(happening.name());
        }
    }

    #[test]
    fn a_floor_that_is_not_reached_is_told() {
        let mut tally = Tally::new(&["ping"]);
        tally.count(Happening::Crashed);
        tally.count_kind(0);
        let floor = |at_least| Floor { happening: Happening::Crashed, at_least };
        assert!(tally.below(&[floor(1)]).is_empty());
        assert_eq!(tally.below(&[floor(2)]), ["crashes: 1, but at least 2 are demanded"]);
        assert_eq!(tally.kinds(), [("ping", 1)]);
    }
}
