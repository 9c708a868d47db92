//! A fault plan: what goes wrong when, as data.
//!
//! A run is a configuration, a plan and a seed. A plan does not depend on what happens in the run,
//! so that a part of it can be left out and the rest still means the same: that is what makes a
//! failing plan small.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::tally::{Floor, Happening};

/// A node's place in the list of all nodes.
pub type NodeIndex = u32;

/// Everything that goes wrong in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// How many nodes there are at the beginning: those with the lowest indices.
    pub nodes: NodeIndex,
    /// When faults stop and healing begins, in milliseconds.
    pub until_ms: u64,
    /// The faults, in any order.
    pub faults: Vec<Fault>,
}

/// A stretch of time in which a fault is at work, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// When it begins.
    pub at_ms: u64,
    /// How long it lasts.
    pub for_ms: u64,
}

impl Stretch {
    /// When it is over, in milliseconds.
    #[must_use]
    pub const fn end_ms(&self) -> u64 {
        self.at_ms.saturating_add(self.for_ms)
    }
}

/// How a node comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Return {
    /// How long it is away, in milliseconds.
    pub after_ms: u64,
    /// Whether what was on its disk is still there.
    pub disk: bool,
}

/// One thing that goes wrong, or that a network has to put up with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// A node stops without a word.
    Crash {
        /// Which one.
        node: NodeIndex,
        /// When, in milliseconds.
        at_ms: u64,
        /// Whether and how it comes back; without this, never.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        back: Option<Return>,
    },
    /// A node that was not there at the beginning comes.
    Arrive {
        /// Which one.
        node: NodeIndex,
        /// When, in milliseconds.
        at_ms: u64,
    },
    /// A node is asked to leave in good order.
    Leave {
        /// Which one.
        node: NodeIndex,
        /// When, in milliseconds.
        at_ms: u64,
    },
    /// Nothing gets from some nodes to some others; the other way it does.
    Partition {
        /// Whose messages are cut off.
        from: Vec<NodeIndex>,
        /// For whom they are.
        to: Vec<NodeIndex>,
        /// How long.
        during: Stretch,
    },
    /// A node takes that much time for each input.
    Slow {
        /// Which one.
        node: NodeIndex,
        /// How long.
        during: Stretch,
        /// Time for an input, in milliseconds.
        by_ms: u64,
    },
    /// The network loses messages.
    Loss {
        /// How long.
        during: Stretch,
        /// How many in a million.
        per_million: u32,
    },
    /// The network delivers messages twice.
    Duplication {
        /// How long.
        during: Stretch,
        /// How many in a million.
        per_million: u32,
    },
    /// The network holds messages back, so that later ones overtake them.
    Reordering {
        /// How long.
        during: Stretch,
        /// How many in a million.
        per_million: u32,
        /// For how long at most, in milliseconds.
        by_ms: u64,
    },
}

impl Plan {
    /// A plan in which nothing goes wrong.
    #[must_use]
    pub const fn quiet(nodes: NodeIndex, until: Duration) -> Self {
        Self { nodes, until_ms: until.as_millis() as u64, faults: Vec::new() }
    }

    /// How many nodes a run of this plan has to have room for.
    #[must_use]
    pub fn room(&self) -> NodeIndex {
        let arriving = self.faults.iter().filter_map(|fault| match fault {
            Fault::Arrive { node, .. } => Some(node.saturating_add(1)),
            _ => None,
        });
        arriving.fold(self.nodes, NodeIndex::max)
    }

    /// The plan as one line of JSON.
    ///
    /// # Errors
    ///
    /// Whatever serde says, which is nothing for this type.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// The same plan on fewer nodes: faults that name only others are gone.
    #[must_use]
    pub fn on(&self, nodes: NodeIndex) -> Self {
        let arriving = self.room() - self.nodes;
        let room = nodes.saturating_add(arriving);
        let faults = self.faults.iter().filter_map(|fault| fault.below(self.nodes, nodes, room));
        Self { nodes, until_ms: self.until_ms, faults: faults.collect() }
    }

    /// What has to happen in a run of this plan for it to prove anything: each kind of fault that
    /// is in it, once at least.
    #[must_use]
    pub fn floors(&self) -> Vec<Floor> {
        let mut happenings: Vec<Happening> = self.faults.iter().map(Fault::happening).collect();
        happenings.sort_unstable();
        happenings.dedup();
        happenings.into_iter().map(|happening| Floor { happening, at_least: 1 }).collect()
    }

    /// When the last fault is over, in milliseconds.
    #[must_use]
    pub fn last_end_ms(&self) -> u64 {
        self.faults.iter().map(Fault::end_ms).max().unwrap_or_default()
    }
}

impl Fault {
    /// What happens when it does.
    #[must_use]
    pub const fn happening(&self) -> Happening {
        match self {
            Self::Crash { .. } => Happening::Crashed,
            Self::Arrive { .. } => Happening::Arrived,
            Self::Leave { .. } => Happening::Left,
            Self::Partition { .. } => Happening::CutOff,
            Self::Slow { .. } => Happening::Waited,
            Self::Loss { .. } => Happening::Lost,
            Self::Duplication { .. } => Happening::Duplicated,
            Self::Reordering { .. } => Happening::HeldBack,
        }
    }

    /// When it is over, in milliseconds.
    #[must_use]
    pub const fn end_ms(&self) -> u64 {
        match self {
            Self::Crash { at_ms, back: Some(back), .. } => at_ms.saturating_add(back.after_ms),
            Self::Crash { at_ms, .. } | Self::Arrive { at_ms, .. } | Self::Leave { at_ms, .. } => {
                *at_ms
            }
            Self::Partition { during, .. }
            | Self::Slow { during, .. }
            | Self::Loss { during, .. }
            | Self::Duplication { during, .. }
            | Self::Reordering { during, .. } => during.end_ms(),
        }
    }

    /// The fault with nodes numbered for a smaller run: those from `old` on, which arrive later,
    /// move down to `new`; those between are gone.
    fn below(&self, old: NodeIndex, new: NodeIndex, room: NodeIndex) -> Option<Self> {
        let place = |node: NodeIndex| match node {
            _ if node < new => Some(node),
            _ if node >= old => Some(new + (node - old)).filter(|&node| node < room),
            _ => None,
        };
        let mut fault = self.clone();
        match &mut fault {
            Self::Crash { node, .. }
            | Self::Arrive { node, .. }
            | Self::Leave { node, .. }
            | Self::Slow { node, .. } => *node = place(*node)?,
            Self::Partition { from, to, .. } => {
                for side in [from, to] {
                    *side = side.iter().filter_map(|&node| place(node)).collect();
                    if side.is_empty() {
                        return None;
                    }
                }
            }
            Self::Loss { .. } | Self::Duplication { .. } | Self::Reordering { .. } => {}
        }
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn plan() -> Plan {
        let during = Stretch { at_ms: 5, for_ms: 20 };
        let faults = vec![
            Fault::Crash { node: 1, at_ms: 3, back: Some(Return { after_ms: 4, disk: true }) },
            Fault::Crash { node: 7, at_ms: 3, back: None },
            Fault::Arrive { node: 9, at_ms: 8 },
            Fault::Partition { from: vec![0, 6], to: vec![7], during },
            Fault::Loss { during, per_million: 1000 },
        ];
        Plan { nodes: 8, until_ms: 100, faults }
    }

    #[test]
    fn a_plan_comes_back_from_its_json() {
        let text = plan().to_json().unwrap();
        assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan());
        assert!(text.contains(r#"{"crash":{"node":7,"at_ms":3}}"#), "{text}");
    }

    #[test]
    fn a_smaller_run_keeps_the_faults_of_its_nodes() {
        let small = plan().on(4);
        assert_eq!(small.faults.len(), 3, "{small:?}");
        assert_eq!(small.faults[1], Fault::Arrive { node: 5, at_ms: 8 });
        assert_eq!((plan().room(), small.room()), (10, 6));
    }

    #[test]
    fn a_plan_lasts_as_long_as_its_last_fault() {
        assert_eq!(plan().last_end_ms(), 25);
        assert_eq!(Plan::quiet(3, Duration::from_secs(1)).last_end_ms(), 0);
    }
}
