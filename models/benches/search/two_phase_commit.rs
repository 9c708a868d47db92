//! Two-phase commit, as Gray and Lamport specify it in "Consensus on Transaction Commit" (2006):
//! the textbook model on which explicit-state searches are compared.

use std::fmt;

use serde::Serialize;
use stateright::Model;
use straightedge_models::engine::{Action, Fairness, Mutant, Specification};

/// Two bits a resource manager, least significant first.
const WORKING: u64 = 0;
const PREPARED: u64 = 1;
const COMMITTED: u64 = 2;
const ABORTED: u64 = 3;

/// Where the fields of the packed state begin. Up to 15 resource managers fit.
const MANAGER_PREPARED: u32 = 30;
const MESSAGE_PREPARED: u32 = 45;
const TRANSACTION_DONE: u64 = 1 << 60;
const MESSAGE_COMMIT: u64 = 1 << 61;
const MESSAGE_ABORT: u64 = 1 << 62;

/// The state of all managers and of the messages ever sent, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct State(u64);

impl State {
    fn resource(self, manager: u8) -> u64 {
        self.0 >> (2 * manager) & 3
    }

    fn with_resource(self, manager: u8, to: u64) -> Self {
        Self(self.0 & !(3 << (2 * manager)) | to << (2 * manager))
    }

    fn has(self, bits: u64) -> bool {
        self.0 & bits == bits
    }

    fn and(self, bits: u64) -> Self {
        Self(self.0 | bits)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Step {
    ReceivePrepared(u8),
    Commit,
    Abort,
    Prepare(u8),
    ChooseToAbort(u8),
    ReceiveCommit(u8),
    ReceiveAbort(u8),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Commit | Self::Abort => write!(f, "{}", self.name()),
            Self::ReceivePrepared(manager)
            | Self::Prepare(manager)
            | Self::ChooseToAbort(manager)
            | Self::ReceiveCommit(manager)
            | Self::ReceiveAbort(manager) => write!(f, "{}({manager})", self.name()),
        }
    }
}

impl Action for Step {
    const NAMES: &'static [&'static str] = &[
        "receive_prepared",
        "commit",
        "abort",
        "prepare",
        "choose_to_abort",
        "receive_commit",
        "receive_abort",
    ];

    fn name_index(&self) -> usize {
        match self {
            Self::ReceivePrepared(_) => 0,
            Self::Commit => 1,
            Self::Abort => 2,
            Self::Prepare(_) => 3,
            Self::ChooseToAbort(_) => 4,
            Self::ReceiveCommit(_) => 5,
            Self::ReceiveAbort(_) => 6,
        }
    }
}

/// The transaction with this many resource managers.
#[derive(Clone)]
pub(crate) struct TwoPhaseCommit(pub(crate) u8);

impl Model for TwoPhaseCommit {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        vec![State(0)]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Step>) {
        let undecided = !state.has(TRANSACTION_DONE);
        let all_prepared = ((1u64 << self.0) - 1) << MANAGER_PREPARED;
        if undecided && state.has(all_prepared) {
            actions.push(Step::Commit);
        }
        if undecided {
            actions.push(Step::Abort);
        }
        for manager in 0..self.0 {
            if undecided && state.has(1 << (MESSAGE_PREPARED + u32::from(manager))) {
                actions.push(Step::ReceivePrepared(manager));
            }
            if state.resource(manager) == WORKING {
                actions.push(Step::Prepare(manager));
                actions.push(Step::ChooseToAbort(manager));
            }
            if state.has(MESSAGE_COMMIT) {
                actions.push(Step::ReceiveCommit(manager));
            }
            if state.has(MESSAGE_ABORT) {
                actions.push(Step::ReceiveAbort(manager));
            }
        }
    }

    fn next_state(&self, state: &State, action: Step) -> Option<State> {
        Some(match action {
            Step::ReceivePrepared(manager) => {
                state.and(1 << (MANAGER_PREPARED + u32::from(manager)))
            }
            Step::Commit => state.and(TRANSACTION_DONE | MESSAGE_COMMIT),
            Step::Abort => state.and(TRANSACTION_DONE | MESSAGE_ABORT),
            Step::Prepare(manager) => state
                .with_resource(manager, PREPARED)
                .and(1 << (MESSAGE_PREPARED + u32::from(manager))),
            Step::ChooseToAbort(manager) | Step::ReceiveAbort(manager) => {
                state.with_resource(manager, ABORTED)
            }
            Step::ReceiveCommit(manager) => state.with_resource(manager, COMMITTED),
        })
    }
}

impl Specification for TwoPhaseCommit {
    type Constraint = u8;

    fn fairness(&self, _: &Step) -> Fairness<u8> {
        Fairness::Unfair
    }

    fn assumptions(&self) -> String {
        "none".into()
    }

    fn repertoire(&self) -> Vec<&'static str> {
        Step::NAMES.to_vec()
    }

    fn mutants() -> &'static [Mutant] {
        &[]
    }

    fn mutate(&self, _: &str) -> Option<Self> {
        None
    }
}

/// The same model in Promela: the same packed word, one atomic option for each action.
pub(crate) fn promela(managers: u8) -> String {
    let mut options = String::new();
    let mut option = |guard: String, effect: String| {
        options.push_str(&format!("  :: d_step {{ {guard} -> {effect} }}\n"));
    };
    let all = (1u32 << managers) - 1;
    option(format!("tm == 0 && seen == {all}"), "tm = 1".into());
    option("tm == 0".into(), "tm = 2".into());
    for manager in 0..managers {
        let (shift, bit) = (2 * manager, 1u32 << manager);
        let cleared = format!("rm & ~{}", 3u32 << shift);
        let set = |to: u32| format!("rm = ({cleared}) | {}", to << shift);
        option(format!("tm == 0 && (sent & {bit})"), format!("seen = seen | {bit}"));
        let working = format!("((rm >> {shift}) & 3) == 0");
        option(working.clone(), format!("{}; sent = sent | {bit}", set(1)));
        option(working, set(3));
        option("tm == 1".into(), set(2));
        option("tm == 2".into(), set(3));
    }
    format!(
        "int rm; short sent; short seen; byte tm;\n\
         active proctype two_phase_commit() {{\n  do\n{options}  od\n}}\n"
    )
}
