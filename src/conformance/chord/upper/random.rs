//! Long random runs of large rings that hold records, each step held against the rules.

use std::collections::BTreeMap;

use straightedge_impl::chord::{Command, Config, Message, Timer};
use straightedge_models::chord::{Chord, Pending};
use straightedge_models::engine::Run;

use super::super::super::environment::{Environment, StateOf};
use super::super::super::network::Network;
use super::super::super::random::{self, Plan, StepOf, Tally, Tried, World};
use super::super::super::world::{Action, Allowance, Budget};
use super::super::circle::CircleId;
use super::super::environment::Ring;
use super::super::instances::Variation;
use super::super::observed::Observed;
use super::super::random::{Setting, ideal_ring};
use super::super::refinement::effect;
use super::abstraction::layered;
use super::ghost::Orders;
use super::options::{Equipment, Options, first_record};
use super::refinement::candidates;
use super::rules::{self, Layered};

/// Every setting.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "records_sixteen_identifiers",
        circle: 16,
        successors: 2,
        first: 5,
        most: 10,
        steps: 1600,
        answers_when_ready: false,
    },
    Setting {
        name: "records_when_ready_sixteen_identifiers",
        circle: 16,
        successors: 2,
        first: 5,
        most: 10,
        steps: 1600,
        answers_when_ready: true,
    },
    Setting {
        name: "records_sixty_four_identifiers",
        circle: 64,
        successors: 2,
        first: 6,
        most: 10,
        steps: 3200,
        answers_when_ready: false,
    },
];

/// What must have happened at least so often in every thousand steps, or the runs show nothing.
pub const FLOORS: &[(&str, u64)] = &[
    ("join", 1),
    ("fail", 1),
    ("put", 1),
    ("copy", 3),
    ("delete", 1),
    ("hand_over", 1),
    ("leave", 1),
    ("lookup", 1),
    ("hop", 1),
    ("answer", 1),
    ("read", 1),
];

/// Runs so many cases that are drawn from this seed.
#[must_use]
pub fn try_out(
    setting: &Setting,
    variation: Variation,
    seed: u64,
    cases: u32,
    run: &Run<'_>,
) -> Tried {
    let Setting { name, steps, .. } = *setting;
    let plan = Plan { setting: name, steps, floors: FLOORS, seed, cases };
    random::try_out(plan, || Course::new(*setting, variation), run)
}

/// The ring of one run.
struct Course {
    network: Network<Ring>,
    setting: Setting,
}

/// How many keys there are.
const KEYS: u8 = 8;

impl Course {
    fn new(setting: Setting, variation: Variation) -> Self {
        let Setting { circle, successors, answers_when_ready, .. } = setting;
        let config = Config {
            successors,
            answers_when_ready,
            fingers: circle.ilog2() as u8,
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
        let key = |number: u8| CircleId::wrapped(circle, u64::from(number * (circle / KEYS)) + 3);
        let start = ideal_ring(setting);
        let keys: Vec<CircleId> = (0..KEYS).map(key).collect();
        let options = Options {
            equipment: equipment(&start, &keys[..keys.len() / 2]),
            keys,
            looked_up: CircleId::all(circle).collect(),
            orders: Orders::ANY,
            fixes_fingers: true,
            reads_of_one_owner: true,
            ..Options::default()
        };
        let model = Chord::corrected(circle, usize::from(successors)).pending(Pending::NotifierSet);
        let ring = Ring::new(config, model, start, budget, variation.assumptions);
        Self { network: Network::new(ring.with(Some(options))), setting }
    }
}

/// Those keys are held by their owners, and by their owners' successors.
fn equipment(start: &Observed<CircleId>, keys: &[CircleId]) -> BTreeMap<CircleId, Equipment> {
    let mut equipment: BTreeMap<CircleId, Equipment> = BTreeMap::new();
    for (&node, member) in start {
        for &key in keys.iter().filter(|key| rules::owns(start, node, **key)) {
            for &holder in [node].iter().chain(&member.successors) {
                equipment.entry(holder).or_default().records.insert(key, first_record());
            }
        }
    }
    equipment
}

impl World for Course {
    type Environment = Ring;
    type Observed = Layered;

    fn network(&self) -> &Network<Ring> {
        &self.network
    }

    fn observe(&self, state: &StateOf<Ring>) -> Layered {
        layered(state)
    }

    /// Of sixty-four steps about forty-seven are messages that arrive, nine are timers that run
    /// out, four of them of records, one is an answer that comes twice, four are orders, two are
    /// nodes that come and one is, now and then, a node that crashes.
    fn pick(&self, state: &StateOf<Ring>, drawn: u32) -> Option<StepOf<Ring>> {
        let (kind, choice) = (drawn % 64, (drawn / 64) as usize);
        let mut actions = Vec::new();
        if self.network.environment.comes_first(state, &mut actions) {
            return actions.pop();
        }
        let circle = usize::from(self.setting.circle);
        let (place, choice) = (choice % circle, choice / circle);
        let is_churn = choice.is_multiple_of(4);
        match kind {
            0..=8 => self.network.expiries(state, &mut actions),
            14..=16 => self.order(state, choice, &mut actions),
            17 if choice.is_multiple_of(3) => self.order(state, choice / 3, &mut actions),
            _ if state.flight.is_empty() => self.network.expiries(state, &mut actions),
            9..=10 if state.up().count() < self.setting.most => {
                self.network.entries(state, place, &mut actions);
            }
            11 if is_churn => self.network.crashes(state, &mut actions),
            _ => self.network.deliveries(state, &mut actions),
        }
        let is_repeated = kind == 12;
        actions.retain(|action| matches!(action, Action::DeliverAndKeep(_)) == is_repeated);
        if kind < 4 {
            actions.retain(is_of_records);
        }
        // Fingers are looked up without end: seldom is enough.
        let may_fix = (choice / 16).is_multiple_of(8);
        actions.retain(|action| may_fix || !is_of_fingers(action));
        // Whoever looks up stays, or the look-up would be the last one that is followed.
        let asker = state.ghost.above.as_deref().and_then(|above| above.lookup);
        actions.retain(|action| {
            let is_asker = asker.is_some_and(|lookup| goes(action) == Some(lookup.asker));
            !is_asker && is_ordered(action, kind)
        });
        let among = actions.len();
        (among > 0).then(|| actions.swap_remove(choice / 4 % among))
    }

    fn explanation(
        &self,
        before: &Layered,
        step: &StepOf<Ring>,
        after: &Layered,
    ) -> Option<&'static str> {
        let r = usize::from(self.setting.successors);
        let explains = |it: &rules::Step| rules::next(before, it, r).as_ref() == Some(after);
        let steps = candidates(before, step, effect(step), after);
        steps.iter().find(|step| explains(step)).map(rules::Step::name)
    }

    fn change(&self, before: &Layered, after: &Layered) -> String {
        rules::change(before, after)
    }

    fn note(&self, before: &StateOf<Ring>, step: &StepOf<Ring>, tally: &mut Tally) {
        let mut count = |name| *tally.entry(name).or_default() += 1;
        match step {
            Action::DeliverAndKeep(_) => count("duplicate"),
            Action::Deliver(packet) => match packet.message {
                Message::Busy { .. } => count("busy"),
                Message::Fetched { nonce, .. } => {
                    let above = before.ghost.above.as_deref();
                    let read = above.and_then(|above| above.read);
                    let is_read =
                        read.is_some_and(|read| (read.reader, read.nonce) == (packet.to, nonce));
                    if is_read {
                        count("read");
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
}

/// Whether it is the time for records.
const fn is_of_records(action: &StepOf<Ring>) -> bool {
    matches!(action, Action::Fire { timer: Timer::Repair | Timer::HandOver, .. })
}

/// Who goes by that.
const fn goes(action: &StepOf<Ring>) -> Option<CircleId> {
    match action {
        Action::Crash(node) | Action::Tell { node, command: Command::Leave } => Some(*node),
        _ => None,
    }
}

/// Whether it is no order, or one of the kind whose turn it is.
const fn is_ordered(action: &StepOf<Ring>, kind: u32) -> bool {
    let Action::Tell { command, .. } = action else { return true };
    let of = match command {
        Command::Put { .. } => 14,
        Command::Get { .. } => 15,
        Command::Lookup { .. } => 16,
        Command::Leave | Command::Join { .. } => 17,
    };
    of == kind
}

/// Whether it is the time for a finger.
const fn is_of_fingers(action: &StepOf<Ring>) -> bool {
    matches!(action, Action::Fire { timer: Timer::FixFinger, .. })
}

impl Course {
    /// What any one member may be told.
    fn order(&self, state: &StateOf<Ring>, choice: usize, actions: &mut Vec<StepOf<Ring>>) {
        let members: Vec<usize> = state.up().map(|(place, _)| place).collect();
        if let Some(&place) = members.get(choice % members.len().max(1)) {
            self.network.orders(state, place, actions);
        }
    }
}
