//! Each rule and each assumption left out, one at a time: the nodes then do what the model does
//! not, and a shortest run shows it.

use serde::Serialize;
use straightedge_impl::chord::Fault;
use straightedge_models::engine::Run;

use super::super::world::{Allowance, Budget};
use super::environment::Assumptions;
use super::instances::{Instance, REMEMBERED, Variation, instance};
use super::search::{Difference, FAR, Searched};

/// A rule or an assumption that is left out.
#[derive(Clone, Copy, Debug)]
pub struct Control {
    /// Stable name in `snake_case`.
    pub name: &'static str,
    /// The passage that states the rule.
    pub source: &'static str,
    /// What is no longer so.
    pub without: &'static str,
    /// What is otherwise.
    pub variation: Variation,
    /// Where it is found.
    pub instance: Instance,
}

const ALL: Assumptions = Assumptions::ALL;

const fn assuming(assumptions: Assumptions) -> Variation {
    Variation { assumptions, fault: None }
}

const fn with(fault: Fault) -> Variation {
    Variation { assumptions: ALL, fault: Some(fault) }
}

const THREE: Instance = instance("three_nodes_one_successor", 3, 1);
const FOUR: Instance = instance("four_nodes_two_successors", 4, 2);
const ONCE: Allowance = Allowance::Times(1);

/// Every control.
pub const CONTROLS: &[Control] = &[
    Control {
        name: "detection",
        source: "CHORD-40",
        without: "a node is taken for dead whenever its time is up",
        variation: assuming(Assumptions { detection: false, ..ALL }),
        instance: THREE,
    },
    Control {
        name: "busy",
        source: "CHORD-41",
        without: "a member tells its pointers while an answer is on its way to it",
        variation: with(Fault::AnswerWhileWaiting),
        instance: FOUR,
    },
    Control {
        name: "acknowledgement",
        source: "CHORD-42",
        without: "a member stabilizes again before its notification was looked at",
        variation: with(Fault::DoNotAwaitAcknowledgement),
        instance: THREE,
    },
    Control {
        name: "connection_to_members_only",
        source: "CHORD-43",
        without: "a notification reaches a node that is no member yet",
        variation: assuming(Assumptions { connection: false, ..ALL }),
        instance: REMEMBERED,
    },
    Control {
        name: "connection_loses_nothing",
        source: "CHORD-43",
        without: "a message is lost between two nodes that are up",
        variation: Variation::NONE,
        instance: Instance { budget: Budget { losses: ONCE, ..THREE.budget }, ..THREE },
    },
    Control {
        name: "connection_repeats_no_question",
        source: "CHORD-43",
        without: "a question comes twice",
        variation: assuming(Assumptions { once: false, ..ALL }),
        instance: Instance { budget: Budget { duplicates: ONCE, ..THREE.budget }, ..THREE },
    },
    Control {
        name: "connection_sends_nothing_again",
        source: "CHORD-43",
        without: "a notification that was lost is sent again once its addressee is a member",
        variation: assuming(Assumptions { once: false, ..ALL }),
        instance: REMEMBERED,
    },
    Control {
        name: "quiet_time",
        source: "CHORD-44",
        without: "a node comes back while a notification of its former life waits",
        variation: assuming(Assumptions { quiet_time: false, ..ALL }),
        instance: Instance {
            budget: Budget { crashes: ONCE, entries: Allowance::Times(2), ..THREE.budget },
            ..THREE
        },
    },
    Control {
        name: "unsent_notification",
        source: "CHORD-45",
        without: "a notification that was never sent is forgotten with its sender",
        variation: assuming(Assumptions { unsent: false, ..ALL }),
        instance: THREE,
    },
];

/// What leaving out a rule came to.
#[derive(Clone, Debug, Serialize)]
pub struct Controlled {
    /// The control's name.
    pub control: &'static str,
    /// The passage that states the rule.
    pub source: &'static str,
    /// What was no longer so.
    pub without: &'static str,
    /// The instance on which it was looked for.
    pub instance: &'static str,
    /// A shortest run that the model does not explain.
    pub difference: Option<Difference>,
    /// Whether the search came to an end of its own.
    pub is_settled: bool,
}

impl Control {
    /// Leaves the rule out, and looks for a run that shows it.
    #[must_use]
    pub fn check(&self, run: &Run<'_>) -> Controlled {
        let Searched { difference, bound, .. } = self.instance.hunt(self.variation, FAR, run);
        Controlled {
            control: self.name,
            source: self.source,
            without: self.without,
            instance: self.instance.name,
            is_settled: difference.is_some() || bound.is_none(),
            difference,
        }
    }
}
