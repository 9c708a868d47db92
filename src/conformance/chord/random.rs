//! Long random runs of large rings, each step held against the rules.
//!
//! Which step comes next is drawn at random, with weights that let messages arrive more often than
//! nodes come and go.

use straightedge_impl::chord::{Config, Message, Question, Timer};
use straightedge_models::chord::{Chord, Pending};
use straightedge_models::engine::Run;

use super::super::environment::StateOf;
use super::super::network::Network;
use super::super::random::{self, Plan, StepOf, Tally, Tried, World};
use super::super::search::Difference;
use super::super::world::{Action, Allowance, Budget};
use super::circle::CircleId;
use super::environment::Ring;
use super::instances::Variation;
use super::observed::{Observed, ObservedMember, observe};
use super::refinement::effect;
use super::rules;

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
    /// Whether a new member answers for keys only once it is counted as a predecessor.
    pub answers_when_ready: bool,
}

/// Every setting.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "eight_identifiers",
        circle: 8,
        successors: 2,
        first: 3,
        most: 8,
        steps: 800,
        answers_when_ready: false,
    },
    Setting {
        name: "sixteen_identifiers",
        circle: 16,
        successors: 2,
        first: 5,
        most: 12,
        steps: 800,
        answers_when_ready: false,
    },
    Setting {
        name: "sixty_four_identifiers",
        circle: 64,
        successors: 3,
        first: 16,
        most: 32,
        steps: 1600,
        answers_when_ready: false,
    },
];

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

impl Setting {
    /// Runs so many cases that are drawn from this seed.
    #[must_use]
    pub fn try_out(&self, variation: Variation, seed: u64, cases: u32, run: &Run<'_>) -> Tried {
        let setting = *self;
        let Self { name, steps, .. } = setting;
        let plan = Plan { setting: name, steps, floors: FLOORS, seed, cases };
        random::try_out(plan, || Course::new(setting, variation), run)
    }

    /// Takes the steps of these names that are possible, one after the other; the run up to the
    /// first one that is not explained, if there is one.
    #[must_use]
    pub fn replay(&self, variation: Variation, names: &[String]) -> Option<Difference> {
        random::replay(Course::new(*self, variation), names)
    }
}

/// The ring of one run.
struct Course {
    network: Network<Ring>,
    setting: Setting,
}

impl Course {
    fn new(setting: Setting, variation: Variation) -> Self {
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
        let Setting { circle, successors, .. } = setting;
        let model = Chord::corrected(circle, usize::from(successors));
        let model = model.pending(Pending::NotifierSet);
        let start = ideal_ring(setting);
        let ring = Ring::new(config, model, start, budget, variation.assumptions);
        Self { network: Network::new(ring), setting }
    }
}

impl World for Course {
    type Environment = Ring;
    type Observed = Observed<CircleId>;

    fn network(&self) -> &Network<Ring> {
        &self.network
    }

    fn observe(&self, state: &StateOf<Ring>) -> Self::Observed {
        observe(state)
    }

    /// Of thirty-two steps about eighteen are messages that arrive, eight are timers that run out,
    /// two are answers that come twice, three are nodes that come and one is a node that goes.
    fn pick(&self, state: &StateOf<Ring>, drawn: u32) -> Option<StepOf<Ring>> {
        let (kind, choice) = (drawn % 32, (drawn / 32) as usize);
        let mut actions = Vec::new();
        match kind {
            18..=25 => self.network.expiries(state, &mut actions),
            26..=28 if state.up().count() < self.setting.most => {
                self.network.entries(
                    state,
                    choice % usize::from(self.setting.circle),
                    &mut actions,
                );
            }
            29 => self.network.crashes(state, &mut actions),
            _ => self.network.deliveries(state, &mut actions),
        }
        let is_repeated = kind >= 30;
        actions.retain(|action| matches!(action, Action::DeliverAndKeep(_)) == is_repeated);
        let among = actions.len();
        (among > 0).then(|| actions.swap_remove(choice / usize::from(self.setting.circle) % among))
    }

    fn explanation(
        &self,
        before: &Self::Observed,
        step: &StepOf<Ring>,
        after: &Self::Observed,
    ) -> Option<&'static str> {
        let r = usize::from(self.setting.successors);
        Some(rules::explanation(before, effect(step), after, r)?.name())
    }

    fn change(&self, before: &Self::Observed, after: &Self::Observed) -> String {
        let ids: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
        let changed = ids.into_iter().filter(|id| before.get(id) != after.get(id));
        let told = |member: Option<&ObservedMember<_>>| {
            member.map_or("no member".to_owned(), ToString::to_string)
        };
        let change = |id| format!("{id}: {} → {}", told(before.get(id)), told(after.get(id)));
        changed.map(change).collect::<Vec<_>>().join("; ")
    }

    fn note(&self, _: &StateOf<Ring>, step: &StepOf<Ring>, tally: &mut Tally) {
        let mut count = |name| *tally.entry(name).or_default() += 1;
        match step {
            Action::DeliverAndKeep(_) => count("duplicate"),
            Action::Deliver(packet) if matches!(packet.message, Message::Busy { .. }) => {
                count("busy");
            }
            Action::Fire { timer: Timer::Timeout(question), .. } => match question {
                Question::Query => count("query_timeout"),
                Question::Check => count("check_timeout"),
                _ => {}
            },
            _ => {}
        }
    }
}

/// The first members, as far from each other as they can be, and all in order.
pub(super) fn ideal_ring(setting: Setting) -> Observed<CircleId> {
    let first = usize::from(setting.first);
    let circle = usize::from(setting.circle);
    let place = |index: usize| (index % first * circle / first) as u64;
    let node = |index: usize| CircleId::wrapped(setting.circle, place(index));
    let member = |index: usize| ObservedMember {
        successors: (1..=usize::from(setting.successors)).map(|step| node(index + step)).collect(),
        predecessor: node(index + first - 1),
        candidate: None,
        notifiers: std::collections::BTreeSet::new(),
        is_unready: false,
    };
    (0..first).map(|index| (node(index), member(index))).collect()
}
