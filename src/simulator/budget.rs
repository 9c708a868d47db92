//! A plan that a seed decides, within a budget.

use serde::{Deserialize, Serialize};

use super::plan::{Fault, NodeIndex, Plan, Return, Stretch};
use super::random::{MILLION, Random, Stream};

/// How much may go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// How many crashes.
    pub crashes: u32,
    /// How many of them, in a million, are followed by a restart.
    pub restarts_per_million: u32,
    /// How many of the restarts, in a million, find their disk as it was.
    pub disks_per_million: u32,
    /// How long a node is away at least, in milliseconds.
    pub away_ms_min: u64,
    /// How long a node is away at most, in milliseconds.
    pub away_ms_max: u64,
    /// How many nodes come that were not there at the beginning.
    pub arrivals: u32,
    /// How many nodes leave in good order.
    pub leaves: u32,
    /// How many one-way partitions.
    pub partitions: u32,
    /// How many nodes are on either side of a partition at most.
    pub partition_nodes_max: u32,
    /// How long a partition lasts at most, in milliseconds.
    pub partition_ms_max: u64,
    /// How many nodes are slow for a while.
    pub slow: u32,
    /// How long a node is slow at most, in milliseconds.
    pub slow_ms_max: u64,
    /// How much time a slow node takes for an input at most, in milliseconds.
    pub slow_by_ms_max: u64,
    /// How many messages in a million are lost, all the time.
    pub loss_per_million: u32,
    /// How many messages in a million come twice, all the time.
    pub duplication_per_million: u32,
    /// How many messages in a million are held back, all the time.
    pub reordering_per_million: u32,
    /// For how long a message is held back at most, in milliseconds.
    pub reordering_by_ms: u64,
}

impl Budget {
    /// The plan of that seed for that many nodes and that long.
    #[must_use]
    pub fn plan(&self, nodes: NodeIndex, until_ms: u64, seed: u64) -> Plan {
        let mut draw = Draw { random: Random::new(seed, Stream::Plan), nodes, until_ms };
        let mut faults = self.weather(until_ms);
        faults.extend((0..self.crashes).map(|_| self.crash(&mut draw)));
        faults.extend((0..self.arrivals).map(|number| Fault::Arrive {
            node: nodes.saturating_add(number),
            at_ms: draw.moment(),
        }));
        faults.extend(
            (0..self.leaves).map(|_| Fault::Leave { node: draw.node(), at_ms: draw.moment() }),
        );
        faults.extend((0..self.partitions).map(|_| self.partition(&mut draw)));
        faults.extend((0..self.slow).map(|_| Fault::Slow {
            node: draw.node(),
            during: draw.stretch(self.slow_ms_max),
            by_ms: draw.random.between(1, self.slow_by_ms_max),
        }));
        Plan { nodes, until_ms, faults }
    }

    fn crash(&self, draw: &mut Draw) -> Fault {
        let (node, at_ms) = (draw.node(), draw.moment());
        let comes_back = draw.random.happens(self.restarts_per_million);
        let back = comes_back.then(|| Return {
            after_ms: draw.random.between(self.away_ms_min, self.away_ms_max),
            disk: draw.random.happens(self.disks_per_million),
        });
        Fault::Crash { node, at_ms, back }
    }

    fn partition(&self, draw: &mut Draw) -> Fault {
        let most = self.partition_nodes_max.max(1);
        let size = draw.random.below(most) + 1;
        let from: Vec<NodeIndex> = (0..size).map(|_| draw.node()).collect();
        let size = draw.random.below(most) + 1;
        let to = (0..size).map(|_| draw.node()).collect();
        Fault::Partition { from, to, during: draw.stretch(self.partition_ms_max) }
    }

    /// What the network does to messages all the time.
    fn weather(&self, until_ms: u64) -> Vec<Fault> {
        let during = Stretch { at_ms: 0, for_ms: until_ms };
        let loss = Fault::Loss { during, per_million: self.loss_per_million };
        let duplication = Fault::Duplication { during, per_million: self.duplication_per_million };
        let reordering = Fault::Reordering {
            during,
            per_million: self.reordering_per_million,
            by_ms: self.reordering_by_ms,
        };
        [
            (self.loss_per_million, loss),
            (self.duplication_per_million, duplication),
            (self.reordering_per_million, reordering),
        ]
        .into_iter()
        .filter_map(|(per_million, fault)| (per_million > 0).then_some(fault))
        .collect()
    }

    /// A little of everything, in proportion to the number of nodes.
    #[must_use]
    pub const fn moderate(nodes: NodeIndex) -> Self {
        Self {
            crashes: nodes / 5,
            restarts_per_million: MILLION / 4 * 3,
            disks_per_million: MILLION / 2,
            away_ms_min: 5_000,
            away_ms_max: 30_000,
            arrivals: nodes / 10,
            leaves: nodes / 20,
            partitions: nodes / 20,
            partition_nodes_max: 8,
            partition_ms_max: 1_000,
            slow: nodes / 20,
            slow_ms_max: 5_000,
            slow_by_ms_max: 20,
            loss_per_million: 5_000,
            duplication_per_million: 5_000,
            reordering_per_million: 10_000,
            reordering_by_ms: 200,
        }
    }
}

/// Draws the parts of faults.
struct Draw {
    random: Random,
    nodes: NodeIndex,
    until_ms: u64,
}

impl Draw {
    fn node(&mut self) -> NodeIndex {
        self.random.below(self.nodes)
    }

    fn moment(&mut self) -> u64 {
        self.random.between(0, self.until_ms)
    }

    /// A stretch of that length at most, which is over when faults stop.
    fn stretch(&mut self, longest_ms: u64) -> Stretch {
        let for_ms = self.random.between(1, longest_ms).min(self.until_ms);
        Stretch { at_ms: self.random.between(0, self.until_ms - for_ms), for_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_a_plan_within_the_budget() {
        let budget = Budget::moderate(100);
        let plan = budget.plan(100, 60_000, 7);
        assert_eq!(plan, budget.plan(100, 60_000, 7));
        assert_ne!(plan, budget.plan(100, 60_000, 8));
        let count = |is: fn(&Fault) -> bool| plan.faults.iter().filter(|&fault| is(fault)).count();
        assert_eq!(count(|fault| matches!(fault, Fault::Crash { .. })), 20);
        assert_eq!(count(|fault| matches!(fault, Fault::Arrive { .. })), 10);
        assert_eq!(count(|fault| matches!(fault, Fault::Leave { .. })), 5);
        assert_eq!(count(|fault| matches!(fault, Fault::Partition { .. })), 5);
        assert_eq!(count(|fault| matches!(fault, Fault::Slow { .. })), 5);
        assert_eq!(plan.faults.len(), 45 + 3);
        assert_eq!(plan.room(), 110);
    }

    #[test]
    fn what_lasts_is_over_when_faults_stop() {
        let plan = Budget::moderate(200).plan(200, 10_000, 3);
        let lasting = plan.faults.iter().filter(|fault| !matches!(fault, Fault::Crash { .. }));
        assert!(lasting.map(Fault::end_ms).all(|end| end <= 10_000));
    }
}
