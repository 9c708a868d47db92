//! The instances of which every interleaving is searched and every step taken: the model's own, as
//! far as the nodes have their options.

use std::collections::BTreeMap;

use straightedge_impl::coral::{self as concrete, Config, Counting, Fault, Limits, Membership};
use straightedge_impl::coral::{Learning, Node, Policy as ConcretePolicy, Table};
use straightedge_models::coral::{
    Budget as Left, Coral, Kind, Network as Space, Operation, Order, Peers, Policy,
};
use straightedge_models::engine::{Run, Tier};

use super::super::network::Network;
use super::super::search::{self, Searched};
use super::super::world::{Allowance, Budget};
use super::abstraction::{Abstraction, Id, id};
use super::environment::{Assumptions, Nodes, Wanted};
use super::process::{Ended, Process, TICK, at};
use super::refinement::Plain;

/// An instance of the model, and the network of nodes that is held against it.
#[derive(Clone, Copy, Debug)]
pub struct Instance {
    /// The name of the model's instance.
    pub name: &'static str,
    /// When it is searched.
    pub tier: Tier,
    /// When every step of the model's graph is taken, if the instance is one of the model's own.
    pub covered: Option<Tier>,
    /// The model.
    pub coral: fn() -> Coral,
}

/// One that is small enough for both in the ci tier.
const fn both(name: &'static str, coral: fn() -> Coral) -> Instance {
    Instance { name, tier: Tier::Ci, covered: Some(Tier::Ci), coral }
}

/// One of which only the model's graph is small enough for that, and the network is not.
const fn covered(name: &'static str, coral: fn() -> Coral) -> Instance {
    Instance { name, tier: Tier::Nightly, covered: Some(Tier::Ci), coral }
}

const fn nightly(name: &'static str, coral: fn() -> Coral) -> Instance {
    Instance { name, tier: Tier::Nightly, covered: Some(Tier::Nightly), coral }
}

/// One that the model has not among its own.
pub(super) const fn instance(name: &'static str, coral: fn() -> Coral) -> Instance {
    Instance { name, tier: Tier::Ci, covered: None, coral }
}

/// The root 0; nodes 2 and 1 on the way to it; clients 6 and 10 behind 2, and 5 behind 1.
const PATHS: [u8; 6] = [0, 1, 2, 5, 6, 10];
const A: u8 = 6;
const B: u8 = 10;
const C: u8 = 5;

fn paths<const N: usize>(operations: [Operation; N]) -> Coral {
    Coral::new(Space::full(4, PATHS), operations)
}

const fn put(client: u8, value: u8, ttl: u8) -> Operation {
    Operation::put(client, value, ttl)
}

const fn get(client: u8) -> Operation {
    Operation::get(client)
}

fn three_puts() -> Coral {
    paths([put(A, 0, 8), put(B, 1, 8), put(C, 2, 8)])
}

fn two_puts() -> Coral {
    paths([put(A, 0, 8), put(B, 1, 8)])
}

fn two_nodes() -> Coral {
    Coral::new(Space::full(3, [0, A]), [put(A, 0, 8), put(A, 1, 8), put(A, 2, 8)])
}

fn four_puts() -> Coral {
    paths([put(A, 0, 8), put(B, 1, 8), put(C, 2, 8), put(A, 3, 8)])
}

fn two_places_at_one_node() -> Coral {
    Coral::new(Space::full(3, [0, A]), [put(A, 0, 2), put(A, 1, 4), put(A, 2, 8)])
        .holding(2, 2)
        .timed(2, 1)
}

fn overload() -> Coral {
    let puts = [put(0, 0, 15).stored_at(2), put(A, 1, 15), put(A, 2, 15), put(A, 3, 15)];
    Coral::new(Space::full(3, [0, 2, A]), puts).timed(1, 1)
}

fn two_keys() -> Coral {
    let operations = [put(A, 0, 8), put(B, 1, 8).second_key(), put(A, 2, 8), get(C).second_key()];
    Coral { keys: [0, 7], ..paths(operations) }
}

/// Naomi's put, Jacques' get and put, Kamal's get and put, one after another.
///
/// Source: CORAL-30.
fn course_story() -> Coral {
    let (naomi, jacques, kamal) = (30, 60, 75);
    let operations = [
        put(naomi, 0, 8),
        get(jacques).after(0),
        put(jacques, 1, 8).after(1),
        get(kamal).after(2),
        put(kamal, 2, 8).after(3),
    ];
    let space = Space::full(7, [naomi, jacques, kamal, 100, 104]);
    Coral { keys: [100; 2], ..Coral::new(space, operations) }
}

fn two_levels() -> Coral {
    on_two_levels([put(7, 0, 8), put(3, 1, 8), get(7), get(4)])
}

fn two_levels_one_put_one_get() -> Coral {
    on_two_levels([put(7, 0, 8), get(4)])
}

fn on_two_levels<const N: usize>(operations: [Operation; N]) -> Coral {
    Coral {
        levels: 2,
        clusters: [Peers::first(5), Peers::of_bits(0b1_0110)],
        ..Coral::new(Space::full(3, [0, 2, 3, 4, 7]), operations)
    }
}

fn lost_messages() -> Coral {
    two_puts().with_budget(Left { losses: 2, ..Left::NONE })
}

fn late_and_doubled_messages() -> Coral {
    two_puts().with_budget(Left { copies: 1, early_time_outs: 2, ..Left::NONE })
}

/// The store request comes twice, or too late.
fn one_put_late_and_doubled() -> Coral {
    Coral::new(Space::full(3, [0, 2, A]), [put(A, 0, 8)]).with_budget(Left {
        copies: 1,
        early_time_outs: 2,
        ..Left::NONE
    })
}

/// One place: a life of which less than half is left makes room, exactly half does not.
fn two_lives_two_ticks() -> Coral {
    Coral::new(Space::full(3, [0, A]), [put(A, 0, 3), put(0, 1, 4)]).timed(2, 2)
}

/// A value that nobody has purged.
fn a_get_of_what_has_expired() -> Coral {
    Coral::new(Space::full(3, [0, A]), [put(A, 0, 1), get(A).after(0)]).timed(2, 1)
}

fn a_crash() -> Coral {
    let operations = [put(A, 0, 8), put(C, 1, 8), get(B)];
    paths(operations).with_budget(Left { crashes: 1, ..Left::NONE })
}

fn mixed_lives() -> Coral {
    paths([put(A, 0, 2), put(B, 1, 4), put(A, 2, 4)]).timed(3, 2)
}

fn mixed_lives_and_a_get() -> Coral {
    paths([put(A, 0, 2), put(B, 1, 4), get(C)]).timed(3, 2)
}

fn a_renewal() -> Coral {
    paths([put(A, 0, 8), put(B, 1, 8), put(A, 0, 15).after(0)]).holding(2, 3)
}

fn get_after_put() -> Coral {
    paths([put(A, 0, 2), put(A, 1, 4), get(C).after(1)]).timed(2, 2)
}

fn a_copy_comes_late() -> Coral {
    paths([put(A, 0, 2), put(B, 1, 4)]).timed(2, 2).with_budget(Left { copies: 1, ..Left::NONE })
}

fn greedy_gets() -> Coral {
    let operations = [put(0, 0, 15).stored_at(0), get(A), get(B), get(C)];
    Coral { policy: Policy::Greedy, ..paths(operations) }
}

/// Every instance.
pub const INSTANCES: &[Instance] = &[
    both("three_puts", three_puts),
    both("three_puts_in_sequence", || three_puts().in_sequence()),
    both("two_nodes", two_nodes),
    both("two_nodes_in_sequence", || two_nodes().in_sequence()),
    both("three_puts_two_let_through", || three_puts().holding(1, 2)),
    both("three_puts_two_places", || three_puts().holding(2, 1)),
    both("overload", overload),
    both("a_renewal", a_renewal),
    both("course_story", course_story),
    both("greedy_gets", greedy_gets),
    both("two_keys", two_keys),
    both("lost_messages", lost_messages),
    both("a_crash", a_crash),
    both("get_after_put", get_after_put),
    instance("one_put_late_and_doubled", one_put_late_and_doubled),
    instance("two_levels_one_put_one_get", two_levels_one_put_one_get),
    instance("two_lives_two_ticks", two_lives_two_ticks),
    instance("a_get_of_what_has_expired", a_get_of_what_has_expired),
    covered("two_places_at_one_node", two_places_at_one_node),
    covered("a_copy_comes_late", a_copy_comes_late),
    nightly("mixed_lives", mixed_lives),
    nightly("mixed_lives_and_a_get", mixed_lives_and_a_get),
    nightly("two_levels", two_levels),
    nightly("late_and_doubled_messages", late_and_doubled_messages),
    nightly("four_puts", four_puts),
];

impl Instance {
    /// The instance of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        INSTANCES.iter().find(|instance| instance.name == name).copied()
    }

    /// What the network of nodes stands for.
    #[must_use]
    pub fn abstraction(&self, variation: Variation) -> Abstraction {
        let coral = (self.coral)();
        Abstraction { nodes: nodes(&coral, variation), coral }
    }

    /// Searches all of it.
    #[must_use]
    pub fn search(&self, variation: Variation, run: &Run<'_>) -> Searched {
        let abstraction = self.abstraction(variation);
        let network = Network::new(abstraction.nodes.clone());
        search::search(self.name, &network, &Plain(abstraction.coral), &abstraction, run)
    }

    /// Looks for a step that is not explained, in ever larger parts of the graph.
    #[must_use]
    pub fn hunt(&self, variation: Variation, reach: &[usize], run: &Run<'_>) -> Searched {
        search::hunt(reach, run, |run| self.search(variation, run))
    }
}

fn config(coral: &Coral, variation: Variation) -> Config {
    let Assumptions { aligned, forgetful, all_ways, .. } = variation.assumptions;
    Config {
        policy: match coral.policy {
            Policy::Greedy => ConcretePolicy::Greedy,
            Policy::Splice(bits) => ConcretePolicy::Splice { bits },
            Policy::Half => ConcretePolicy::Half,
        },
        values: coral.capacity,
        rate: u16::from(coral.leakage),
        window: TICK * u32::from(coral.window),
        counting: if aligned { Counting::Aligned } else { Counting::Sliding },
        ways: if all_ways { coral.network.count } else { 1 },
        resends: coral.repeats,
        learning: Learning::Fixed,
        limits: Limits { receipts: if forgetful { 0 } else { 8 }, ..Limits::default() },
        fault: variation.fault,
        ..Config::default()
    }
}

/// The nodes of an instance. At a level a node knows its contacts in that cluster.
fn nodes(coral: &Coral, variation: Variation) -> Nodes<Id> {
    let mut processes: Vec<Process<Id>> =
        coral.network.nodes().iter().filter_map(|&me| process(coral, me, variation)).collect();
    processes.sort_by_key(|process| process.node.me());
    let Left { losses, copies, crashes, early_time_outs } = coral.budget;
    Nodes {
        addresses: processes.iter().map(|process| process.node.me()).collect(),
        processes,
        wanted: coral.asked_for().map(|(number, asked)| wanted(coral, number, asked)).collect(),
        horizon: coral.horizon,
        in_sequence: coral.order == Order::Sequential,
        budget: Budget {
            crashes: Allowance::Times(crashes),
            duplicates: Allowance::Times(copies),
            losses: Allowance::Times(losses),
            entries: Allowance::NONE,
        },
        early: Allowance::Times(early_time_outs),
        assumptions: variation.assumptions,
    }
}

fn process(coral: &Coral, me: u8, variation: Variation) -> Option<Process<Id>> {
    let position = coral.network.position(me);
    let known = coral.network.contacts[position];
    let is_member = |level: &u8| coral.cluster(*level).has(position);
    let levels = (0..coral.levels).take_while(is_member).map(|level| {
        let contacts = coral.network.ids(known.and(coral.cluster(level)));
        Membership { cluster: 0, table: Table::with(id(me), contacts.map(id)) }
    });
    let mut node = Node::in_clusters(config(coral, variation), id(me), levels.collect()).ok()?;
    let mut ended = BTreeMap::new();
    for (number, asked) in coral.asked_for() {
        let (Some(at_node), Kind::Put { value, ttl }) = (asked.stored, asked.kind) else {
            continue;
        };
        if at_node == me {
            node = node.holding((0, id(coral.key(number))), vec![value], at(ttl));
        }
        if asked.client == me {
            let outcome = concrete::Outcome::Stored(id(at_node));
            ended.insert(number, Ended::Put(vec![(0, outcome)]));
        }
    }
    Some(Process { ended, ..Process::new(node) })
}

fn wanted(coral: &Coral, number: u8, asked: Operation) -> Wanted<Id> {
    let key = id(coral.key(number));
    let command = match asked.kind {
        Kind::Put { value, ttl } => {
            concrete::Command::Put { key, value: vec![value], ttl: TICK * u32::from(ttl) }
        }
        Kind::Get => concrete::Command::Get { key },
    };
    Wanted { client: id(asked.client), command, after: asked.after }
}

/// What is otherwise than it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variation {
    /// What is assumed.
    pub assumptions: Assumptions,
    /// What the nodes do wrong.
    pub fault: Option<Fault>,
}

impl Variation {
    /// Nothing is.
    pub const NONE: Self = Self { assumptions: Assumptions::ALL, fault: None };
}
