//! Long random runs of larger networks, each step held against the rules.

use straightedge_impl::coral::{Command as Wish, Config, Counting, Fault, Learning, Limits};
use straightedge_impl::coral::{Message, Node, Table, Timer};
use straightedge_impl::identifier::Sha1Id;
use straightedge_models::engine::Run;

use super::super::environment::{Environment, StateOf};
use super::super::network::Network;
use super::super::random::{self, Plan, StepOf, Tally, Tried, World};
use super::super::search::Difference;
use super::super::world::{Action, ActionOf, Allowance, Budget};
use super::environment::{Assumptions, Nodes, Wanted};
use super::process::{Command, Process, TICK};
use super::rules::{Observed, Rules, observe};

/// A network with which random runs are made.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Stable name in `snake_case`.
    pub name: &'static str,
    /// How many nodes it has.
    pub nodes: u16,
    /// How many contacts a bucket holds.
    pub bucket: usize,
    /// Values a key.
    pub capacity: u8,
    /// Requests let through in a window.
    pub leakage: u16,
    /// How many operations are wanted.
    pub operations: u8,
    /// Steps of a run at most.
    pub steps: usize,
    /// What must have happened how often in every thousand steps.
    pub floors: &'static [(&'static str, u64)],
}

/// Every setting.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "eight_nodes",
        nodes: 8,
        bucket: 8,
        capacity: 1,
        leakage: 1,
        operations: 40,
        steps: 400,
        floors: FEW,
    },
    Setting {
        name: "sixty_four_nodes",
        nodes: 64,
        bucket: 3,
        capacity: 2,
        leakage: 2,
        operations: 120,
        steps: 600,
        floors: MANY,
    },
];

const FEW: &[(&str, u64)] = &[
    ("begin", 20),
    ("answer_forward", 20),
    ("answer_store", 20),
    ("answer_get", 5),
    ("hear_forward", 20),
    ("hear_store", 10),
    ("hear_get", 5),
    ("refusal_heard", 2),
    ("time_out", 5),
    ("early_time_out", 1),
    ("tick", 2),
    ("lose", 5),
    ("duplicate", 5),
    ("crash", 1),
];

const MANY: &[(&str, u64)] = &[
    ("begin", 20),
    ("answer_forward", 20),
    ("answer_store", 10),
    ("answer_get", 5),
    ("hear_forward", 20),
    ("hear_store", 10),
    ("hear_get", 5),
    ("time_out", 5),
    ("early_time_out", 1),
    ("tick", 1),
    ("lose", 5),
    ("duplicate", 5),
    ("crash", 1),
];

/// Operations are for so many keys.
const KEYS: u16 = 3;

/// Ticks of a window.
const WINDOW: u8 = 3;

impl Setting {
    fn config(&self, fault: Option<Fault>) -> Config {
        Config {
            values: self.capacity,
            rate: self.leakage,
            window: TICK * u32::from(WINDOW),
            counting: Counting::Aligned,
            ways: self.nodes as u8,
            resends: 1,
            learning: Learning::Fixed,
            limits: Limits { receipts: 0, ..Limits::default() },
            fault,
            ..Config::default()
        }
    }

    fn wanted(&self, nodes: &[Sha1Id]) -> Vec<Wanted<Sha1Id>> {
        let wanted = |number: u16| {
            let key = Sha1Id::of(format!("key {}", number % KEYS).as_bytes());
            let ttl = TICK * [2, 4, 8][usize::from(number / KEYS % 3)];
            let put = Wish::Put { key, value: vec![(number % 23) as u8], ttl };
            let command = if number % 4 == 3 { Wish::Get { key } } else { put };
            let client = nodes[usize::from(number) * 7 % nodes.len()];
            Wanted { client, command, after: None }
        };
        (0..u16::from(self.operations)).map(wanted).collect()
    }

    /// The network of one run.
    #[must_use]
    pub fn course(&self, fault: Option<Fault>) -> Course {
        let named = |number| Sha1Id::of(format!("node {number}").as_bytes());
        let mut addresses: Vec<Sha1Id> = (0..self.nodes).map(named).collect();
        addresses.sort_unstable();
        let table = |me| Table::with_buckets(me, addresses.iter().copied(), self.bucket);
        let config = self.config(fault);
        let node = |&me: &Sha1Id| Node::new(config, me, table(me)).ok().map(Process::new);
        let any = Allowance::Unlimited;
        let nodes = Nodes {
            processes: addresses.iter().filter_map(node).collect(),
            wanted: self.wanted(&addresses),
            addresses,
            horizon: u8::MAX,
            in_sequence: false,
            budget: Budget { crashes: any, duplicates: any, losses: any, entries: Allowance::NONE },
            early: any,
            assumptions: Assumptions::ALL,
        };
        let rules = Rules::of(&nodes);
        Course { network: Network::new(nodes), rules }
    }

    /// Runs so many cases that are drawn from this seed.
    #[must_use]
    pub fn try_out(&self, fault: Option<Fault>, seed: u64, cases: u32, run: &Run<'_>) -> Tried {
        let setting = *self;
        let Self { name, steps, floors, .. } = setting;
        let plan = Plan { setting: name, steps, floors, seed, cases };
        random::try_out(plan, || setting.course(fault), run)
    }

    /// Takes the steps of these names that are possible, one after the other; the run up to the
    /// first one that is not explained, if there is one.
    #[must_use]
    pub fn replay(&self, fault: Option<Fault>, names: &[String]) -> Option<Difference> {
        random::replay(self.course(fault), names)
    }
}

/// The network of one run.
pub struct Course {
    network: Network<Nodes<Sha1Id>>,
    rules: Rules<Sha1Id>,
}

type State = StateOf<Nodes<Sha1Id>>;
type Step = ActionOf<Process<Sha1Id>>;

impl Course {
    fn deliveries(&self, state: &State, wanted: fn(&Step) -> bool) -> Vec<Step> {
        let mut actions = Vec::new();
        self.network.deliveries(state, &mut actions);
        actions.retain(wanted);
        actions
    }

    fn expiries(&self, state: &State, is_early: bool) -> Vec<Step> {
        let mut actions = Vec::new();
        self.network.expiries(state, &mut actions);
        actions.retain(|action| match action {
            Action::Fire { timer, .. } => self.is_early(state, timer) == is_early,
            _ => false,
        });
        actions
    }

    fn is_early(&self, state: &State, timer: &Timer<Sha1Id>) -> bool {
        self.network.environment.may_still_come(state, timer)
    }

    fn orders(&self, state: &State, wanted: fn(&Command<Sha1Id>) -> bool) -> Vec<Step> {
        let mut actions = Vec::new();
        for place in 0..self.network.environment.addresses().len() {
            self.network.orders(state, place, &mut actions);
        }
        let is_wanted = |action: &Step| match action {
            Action::Tell { command, .. } => wanted(command),
            _ => false,
        };
        actions.retain(is_wanted);
        actions
    }
}

impl World for Course {
    type Environment = Nodes<Sha1Id>;
    type Observed = Observed<Sha1Id>;

    fn network(&self) -> &Network<Nodes<Sha1Id>> {
        &self.network
    }

    fn observe(&self, state: &State) -> Observed<Sha1Id> {
        observe(&self.network.environment, state)
    }

    /// Of sixty-four steps about forty-three are messages that arrive, nine are operations that
    /// begin, five are timers and one is too early, two are messages lost and two doubled, one is
    /// a clock that all others follow or a node that forgets, and one in three of the rest is a
    /// crash.
    fn pick(&self, state: &State, drawn: u32) -> Option<StepOf<Nodes<Sha1Id>>> {
        let (kind, choice) = (drawn % 64, (drawn / 64) as usize);
        let mut actions = Vec::new();
        if !self.network.environment.comes_first(state, &mut actions) {
            actions = match kind {
                43..=51 => self.orders(state, |told| matches!(told, Command::Begin { .. })),
                52..=56 => self.expiries(state, false),
                57 => self.expiries(state, true),
                58 | 59 => self.deliveries(state, |step| matches!(step, Action::Lose(_))),
                60 | 61 => self.deliveries(state, |step| matches!(step, Action::Double(_))),
                62 => self.orders(state, |told| !matches!(told, Command::Begin { .. })),
                63 if choice.is_multiple_of(3) => {
                    self.network.crashes(state, &mut actions);
                    actions
                }
                _ => self.deliveries(state, |step| matches!(step, Action::Deliver(_))),
            };
        }
        let among = actions.len();
        (among > 0).then(|| actions.swap_remove(choice % among))
    }

    fn explanation(
        &self,
        before: &Observed<Sha1Id>,
        step: &StepOf<Nodes<Sha1Id>>,
        after: &Observed<Sha1Id>,
    ) -> Option<&'static str> {
        self.rules.explanation(before, step, after)
    }

    fn change(&self, before: &Observed<Sha1Id>, after: &Observed<Sha1Id>) -> String {
        let lines = |seen: &Observed<Sha1Id>| -> Vec<String> {
            format!("{seen:#?}").lines().map(|line| line.trim().to_owned()).collect()
        };
        let (before, after) = (lines(before), lines(after));
        let only = |of: &[String], other: &[String]| {
            let changed = of.iter().filter(|line| !other.contains(line)).cloned();
            changed.collect::<Vec<_>>().join(" ")
        };
        format!("[{}] → [{}]", only(&before, &after), only(&after, &before))
    }

    fn note(&self, before: &State, step: &StepOf<Nodes<Sha1Id>>, tally: &mut Tally) {
        let mut count = |name| *tally.entry(name).or_default() += 1;
        match step {
            Action::Fire { timer, .. } if self.is_early(before, timer) => count("early_time_out"),
            Action::Deliver(packet) => {
                let is_refusal =
                    matches!(packet.message, Message::StoreReply { accepted: false, .. });
                if is_refusal && self.network.environment.is_awaited(before, packet) {
                    count("refusal_heard");
                }
            }
            _ => {}
        }
    }
}
