//! Each rule and each assumption left out, one at a time: the nodes then do what the model does
//! not, and a shortest run shows it.

use straightedge_impl::chord::Fault;
use straightedge_models::engine::Run;

use super::super::control::{Controlled, Rule};
use super::super::search::FAR;
use super::super::world::{Allowance, Budget};
use super::environment::Assumptions;
use super::instances::{Instance, REMEMBERED, Variation, instance};

/// A rule or an assumption that is left out.
#[derive(Clone, Copy, Debug)]
pub struct Control {
    /// What is left out.
    pub rule: Rule,
    /// What is otherwise.
    pub variation: Variation,
    /// Where it is found.
    pub instance: Instance,
}

const ALL: Assumptions = Assumptions::ALL;

pub(super) const fn assuming(assumptions: Assumptions) -> Variation {
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
        rule: Rule {
            name: "detection",
            source: "CHORD-40",
            without: "a node is taken for dead whenever its time is up",
        },
        variation: assuming(Assumptions { detection: false, ..ALL }),
        instance: THREE,
    },
    Control {
        rule: Rule {
            name: "busy",
            source: "CHORD-41",
            without: "a member tells its pointers while an answer is on its way to it",
        },
        variation: with(Fault::AnswerWhileWaiting),
        instance: FOUR,
    },
    Control {
        rule: Rule {
            name: "acknowledgement",
            source: "CHORD-42",
            without: "a member stabilizes again before its notification was looked at",
        },
        variation: with(Fault::DoNotAwaitAcknowledgement),
        instance: THREE,
    },
    Control {
        rule: Rule {
            name: "connection_to_members_only",
            source: "CHORD-43",
            without: "a notification reaches a node that is no member yet",
        },
        variation: assuming(Assumptions { connection: false, ..ALL }),
        instance: REMEMBERED,
    },
    Control {
        rule: Rule {
            name: "connection_loses_nothing",
            source: "CHORD-43",
            without: "a message is lost between two nodes that are up",
        },
        variation: Variation::NONE,
        instance: Instance { budget: Budget { losses: ONCE, ..THREE.budget }, ..THREE },
    },
    Control {
        rule: Rule {
            name: "connection_repeats_no_question",
            source: "CHORD-43",
            without: "a question comes twice",
        },
        variation: assuming(Assumptions { once: false, ..ALL }),
        instance: Instance { budget: Budget { duplicates: ONCE, ..THREE.budget }, ..THREE },
    },
    Control {
        rule: Rule {
            name: "connection_sends_nothing_again",
            source: "CHORD-43",
            without: "a notification that was lost is sent again once its addressee is a member",
        },
        variation: assuming(Assumptions { once: false, ..ALL }),
        instance: REMEMBERED,
    },
    Control {
        rule: Rule {
            name: "quiet_time",
            source: "CHORD-44",
            without: "a node comes back while a notification of its former life waits",
        },
        variation: assuming(Assumptions { quiet_time: false, ..ALL }),
        instance: Instance {
            budget: Budget { crashes: ONCE, entries: Allowance::Times(2), ..THREE.budget },
            ..THREE
        },
    },
    Control {
        rule: Rule {
            name: "unsent_notification",
            source: "CHORD-45",
            without: "a notification that was never sent is forgotten with its sender",
        },
        variation: assuming(Assumptions { unsent: false, ..ALL }),
        instance: THREE,
    },
];

impl Control {
    /// Leaves the rule out, and looks for a run that shows it.
    #[must_use]
    pub fn check(&self, run: &Run<'_>) -> Controlled {
        self.rule.left_out(self.instance.hunt(self.variation, FAR, run))
    }
}
