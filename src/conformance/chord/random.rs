//! Long random runs of large rings, each step held against the rules.
//!
//! Which step comes next is drawn at random, with weights that let messages arrive more often than
//! nodes come and go. A run with a step that is not explained is shortened: whatever can be left
//! out without losing the difference is left out.

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config as Proptest, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde::Serialize;
use straightedge_impl::chord::{Config, Message, Node, Timer};
use straightedge_impl::identifier::SmallId;
use straightedge_models::chord::{Chord, Pending};
use straightedge_models::engine::{Progress, Run};

use super::super::environment::StateOf;
use super::super::network::Network;
use super::super::world::{Action, ActionOf, Allowance, Budget};
use super::environment::Ring;
use super::instances::Variation;
use super::observed::{Observed, ObservedMember, observe};
use super::refinement::effect;
use super::rules;
use super::search::Difference;
use super::shorten::shorten;

/// A ring in which random runs take place.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Stable name in `snake_case`.
    pub name: &'static str,
    /// Identifiers of the circle.
    pub circle: u8,
    /// Entries of a successor list.
    pub successors: u8,
    /// Members at first.
    pub first: u8,
    /// How many nodes are up at most.
    pub most: usize,
    /// Steps of a run at most.
    pub steps: usize,
}

/// Every setting.
pub const SETTINGS: &[Setting] = &[
    Setting { name: "eight_identifiers", circle: 8, successors: 2, first: 3, most: 8, steps: 800 },
    Setting {
        name: "sixteen_identifiers",
        circle: 16,
        successors: 2,
        first: 5,
        most: 12,
        steps: 800,
    },
    Setting {
        name: "sixty_four_identifiers",
        circle: 64,
        successors: 3,
        first: 16,
        most: 32,
        steps: 1600,
    },
];

/// How often each step of the model, and each thing that goes wrong, happened.
pub type Tally = BTreeMap<&'static str, u64>;

/// What must have happened at least so often in every thousand steps, or the runs show nothing.
pub const FLOORS: &[(&str, u64)] = &[
    ("join", 1),
    ("stabilize_from_successor", 10),
    ("stabilize_from_predecessor", 1),
    ("rectify", 10),
    ("fail", 1),
    ("busy", 1),
    ("duplicate", 5),
    ("query_timeout", 2),
    ("check_timeout", 1),
];

/// What the random runs of one setting came to.
#[derive(Clone, Debug, Serialize)]
pub struct Tried {
    /// The setting's name.
    pub setting: &'static str,
    /// What the runs were drawn from.
    pub seed: u64,
    /// Runs.
    pub cases: u32,
    /// Steps of all of them.
    pub steps: u64,
    /// The most nodes that were up at once.
    pub nodes: usize,
    /// What happened how often.
    pub tally: Tally,
    /// A run that is not explained, shortened.
    pub difference: Option<Difference>,
    /// Whether the runs were cut short.
    pub is_interrupted: bool,
}

impl Tried {
    /// What happened less often than it must for the runs to mean something.
    #[must_use]
    pub fn below_floor(&self) -> Vec<&'static str> {
        let is_below = |&&(name, per_thousand): &&(&'static str, u64)| {
            let happened = self.tally.get(name).copied().unwrap_or(0);
            happened * 1000 < per_thousand * self.steps
        };
        FLOORS.iter().filter(is_below).map(|&(name, _)| name).collect()
    }
}

impl Setting {
    /// Runs so many cases that are drawn from this seed.
    #[must_use]
    pub fn try_out(&self, variation: Variation, seed: u64, cases: u32, run: &Run<'_>) -> Tried {
        let setting = *self;
        match self.circle {
            0..=8 => try_out::<8>(setting, variation, seed, cases, run),
            9..=16 => try_out::<16>(setting, variation, seed, cases, run),
            _ => try_out::<64>(setting, variation, seed, cases, run),
        }
    }

    /// Takes the steps of these names that are possible, one after the other; the run up to the
    /// first one that is not explained, if there is one.
    #[must_use]
    pub fn replay(&self, variation: Variation, names: &[String]) -> Option<Difference> {
        let setting = *self;
        match self.circle {
            0..=8 => Course::<8>::new(setting, variation).follow(names),
            9..=16 => Course::<16>::new(setting, variation).follow(names),
            _ => Course::<64>::new(setting, variation).follow(names),
        }
    }
}

fn try_out<const N: u8>(
    setting: Setting,
    variation: Variation,
    seed: u64,
    cases: u32,
    run: &Run<'_>,
) -> Tried {
    let tried = RefCell::new(Tried {
        setting: setting.name,
        seed,
        cases: 0,
        steps: 0,
        nodes: 0,
        tally: Tally::new(),
        difference: None,
        is_interrupted: false,
    });
    // The runs are shortened here, by what they do and not by what they were drawn from.
    let config =
        Proptest { cases, max_shrink_iters: 0, failure_persistence: None, ..Proptest::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let generator = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let draws = vec(any::<u32>(), setting.steps / 2..=setting.steps);
    let outcome = TestRunner::new_with_rng(config, generator).run(&draws, |draws| {
        let mut tried = tried.borrow_mut();
        if run.interruption().is_some() {
            tried.is_interrupted = true;
            return Ok(());
        }
        (run.listener)(&progress(&tried, cases, run));
        tried.cases += 1;
        let mut course = Course::<N>::new(setting, variation);
        let difference = course.draw(&draws, &mut tried);
        tried.difference = difference;
        match &tried.difference {
            None => Ok(()),
            Some(difference) => Err(TestCaseError::fail(difference.because.clone())),
        }
    });
    let mut tried = tried.into_inner();
    if let (Err(_), Some(found)) = (outcome, &tried.difference) {
        let again = |names: &[String]| Course::<N>::new(setting, variation).follow(names);
        tried.difference = Some(shorten(found.clone(), again));
    }
    tried
}

fn progress(tried: &Tried, cases: u32, run: &Run<'_>) -> Progress {
    Progress {
        phase: "random runs",
        states: tried.steps,
        transitions: tried.steps,
        depth: 0,
        queue: u64::from(cases.saturating_sub(tried.cases)),
        memory_bytes: 0,
        elapsed: run.started.elapsed(),
    }
}

/// One run.
struct Course<const N: u8> {
    network: Network<Ring<N>>,
    setting: Setting,
    state: StateOf<Ring<N>>,
    seen: Observed<SmallId<N>>,
    names: Vec<String>,
}

impl<const N: u8> Course<N> {
    fn new(setting: Setting, variation: Variation) -> Self {
        use stateright::Model;
        let config = Config {
            successors: setting.successors,
            resends: 1,
            fault: variation.fault,
            ..Config::default()
        };
        let budget = Budget {
            crashes: Allowance::Unlimited,
            duplicates: Allowance::Unlimited,
            losses: Allowance::NONE,
            entries: Allowance::Unlimited,
        };
        let model =
            Chord::corrected(N, usize::from(setting.successors)).pending(Pending::NotifierSet);
        let start = ideal_ring(setting);
        let ring = Ring::new(config, model, start.clone(), budget, variation.assumptions);
        let network = Network::new(ring);
        let states = network.init_states();
        let state = states.into_iter().next().unwrap_or_else(|| network.assembled(vec![], vec![]));
        Self { network, setting, state, seen: start, names: Vec::new() }
    }

    fn draw(&mut self, draws: &[u32], tried: &mut Tried) -> Option<Difference> {
        for &drawn in draws {
            let Some(action) = self.pick(drawn) else { continue };
            tried.steps += 1;
            match self.step(&action) {
                Err(difference) => return Some(difference),
                Ok(step) => note(&action, step, &mut tried.tally),
            }
            tried.nodes = tried.nodes.max(self.state.up().count());
        }
        None
    }

    /// Of thirty-two steps about eighteen are messages that arrive, eight are timers that run out,
    /// two are answers that come twice, three are nodes that come and one is a node that goes.
    fn pick(&self, drawn: u32) -> Option<ActionOf<Node<SmallId<N>>>> {
        let (kind, choice) = (drawn % 32, (drawn / 32) as usize);
        let mut actions = Vec::new();
        match kind {
            18..=25 => self.network.expiries(&self.state, &mut actions),
            26..=28 if self.state.up().count() < self.setting.most => {
                self.network.entries(&self.state, choice % usize::from(N), &mut actions);
            }
            29 => self.network.crashes(&self.state, &mut actions),
            _ => self.network.deliveries(&self.state, &mut actions),
        }
        let is_repeated = kind >= 30;
        actions.retain(|action| matches!(action, Action::DeliverAndKeep(_)) == is_repeated);
        let among = actions.len();
        (among > 0).then(|| actions.swap_remove(choice / usize::from(N) % among))
    }

    /// Takes a step, and says which one of the model it is, if it is one.
    fn step(
        &mut self,
        action: &ActionOf<Node<SmallId<N>>>,
    ) -> Result<Option<&'static str>, Difference> {
        let Some(after) = self.network.after(&self.state, action) else { return Ok(None) };
        self.names.push(action.to_string());
        let seen = observe(&after);
        let is_seen = seen != self.seen;
        let r = usize::from(self.setting.successors);
        let step = rules::explanation(&self.seen, effect(action), &seen, r);
        if is_seen && step.is_none() {
            return Err(self.difference(action, &seen));
        }
        self.state = after;
        self.seen = seen;
        Ok(step.filter(|_| is_seen).map(|step| step.name()))
    }

    fn difference(
        &self,
        action: &ActionOf<Node<SmallId<N>>>,
        seen: &Observed<SmallId<N>>,
    ) -> Difference {
        let ids: std::collections::BTreeSet<_> = self.seen.keys().chain(seen.keys()).collect();
        let changed = ids.into_iter().filter(|id| self.seen.get(id) != seen.get(id));
        let told = |member: Option<&ObservedMember<_>>| {
            member.map_or("no member".to_owned(), ToString::to_string)
        };
        let change = |id| format!("{id}: {} → {}", told(self.seen.get(id)), told(seen.get(id)));
        let changes: Vec<_> = changed.map(change).collect();
        let because = format!("{action} maps to {}, which no rule explains", changes.join("; "));
        Difference { steps: self.names.clone(), because }
    }

    fn follow(mut self, names: &[String]) -> Option<Difference> {
        for name in names {
            let Some(action) = self.named(name) else { continue };
            if let Err(difference) = self.step(&action) {
                return Some(difference);
            }
        }
        None
    }

    /// The step of that name, if it is possible.
    fn named(&self, name: &str) -> Option<ActionOf<Node<SmallId<N>>>> {
        let mut actions = Vec::new();
        let place = || {
            let digits = name.split(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty());
            digits.and_then(|digits| digits.parse().ok())
        };
        match name.split('(').next()? {
            "fire" => self.network.expiries(&self.state, &mut actions),
            "crash" => self.network.crashes(&self.state, &mut actions),
            "enter" => self.network.entries(&self.state, place()?, &mut actions),
            _ => self.network.deliveries(&self.state, &mut actions),
        }
        actions.into_iter().find(|action| action.to_string() == name)
    }
}

/// The first members, as far from each other as they can be, and all in order.
fn ideal_ring<const N: u8>(setting: Setting) -> Observed<SmallId<N>> {
    let first = usize::from(setting.first);
    let node = |index: usize| SmallId::wrapped((index % first * usize::from(N) / first) as u64);
    let member = |index: usize| ObservedMember {
        successors: (1..=usize::from(setting.successors)).map(|step| node(index + step)).collect(),
        predecessor: node(index + first - 1),
        candidate: None,
        notifiers: std::collections::BTreeSet::new(),
    };
    (0..first).map(|index| (node(index), member(index))).collect()
}

fn note<const N: u8>(
    action: &ActionOf<Node<SmallId<N>>>,
    step: Option<&'static str>,
    tally: &mut Tally,
) {
    let mut count = |name| *tally.entry(name).or_default() += 1;
    count(step.unwrap_or("stutter"));
    match action {
        Action::DeliverAndKeep(_) => count("duplicate"),
        Action::Deliver(packet) if matches!(packet.message, Message::Busy { .. }) => count("busy"),
        Action::Fire { timer: Timer::Timeout(question), .. } => match question {
            straightedge_impl::chord::Question::Query => count("query_timeout"),
            straightedge_impl::chord::Question::Check => count("check_timeout"),
            _ => {}
        },
        _ => {}
    }
}
