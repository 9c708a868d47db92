//! Up to 64 nodes with identifiers of 160 bits, whose messages arrive in any order.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use straightedge_impl::coral::{
    Command, Config, Delivery, Fault, Learning, Message, Node, Outcome, Table, Timer,
};
use straightedge_impl::identifier::{Sha1Id, Xor};
use straightedge_impl::machine::{Input, InputOf, Nonce, Output, Time};

use super::network::give;
use super::rules::{check_answer, check_eviction, check_rate};

type Id = Sha1Id;

/// What may happen, and in which order.
#[derive(Clone, Debug)]
struct Course {
    nodes: u8,
    values: u8,
    rate: u16,
    bucket: usize,
    /// Who begins what: a node, a key, the seconds of a value's life, none for a get.
    operations: Vec<(u8, u8, Option<u8>)>,
    /// Which of the inputs that wait comes next, and how many milliseconds later.
    choices: Vec<(u16, u16)>,
    /// How many messages in 256 are lost.
    loss: u8,
}

fn courses(loss: u8) -> impl Strategy<Value = Course> {
    let life = proptest::option::weighted(0.7, 1_u8..60);
    let operations = proptest::collection::vec((any::<u8>(), 0_u8..3, life), 1..60);
    let choices = proptest::collection::vec((any::<u16>(), 0_u16..400), 1..200);
    let sizes = (1_u8..=64, 1_u8..4, 1_u16..5, 1_usize..9);
    (sizes, operations, choices).prop_map(
        move |((nodes, values, rate, bucket), operations, choices)| Course {
            nodes,
            values,
            rate,
            bucket,
            operations,
            choices,
            loss,
        },
    )
}

/// How often each thing happened that a course may be about.
#[derive(Debug, Default)]
pub(crate) struct Seen(BTreeMap<&'static str, u32>);

impl Seen {
    fn note(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }
}

struct Crowd {
    nodes: BTreeMap<Id, Node<Id>>,
    waiting: Vec<(Id, InputOf<Node<Id>>)>,
    timers: BTreeSet<(Id, Timer<Id>)>,
    now: Time,
    count: u64,
    /// Each put's key and value, by its number.
    puts: BTreeMap<Nonce, (Id, Vec<u8>, Duration)>,
    /// Each get's key, by its number.
    gets: BTreeMap<Nonce, Id>,
    open: BTreeSet<Nonce>,
    /// Where each value was accepted.
    accepted: BTreeMap<Vec<u8>, BTreeSet<Id>>,
    /// The distances of the nodes that an operation has asked on its way, and to store.
    asked: BTreeMap<(Nonce, bool), Vec<Id>>,
    /// When requests to put a key were let through, by node and key.
    passed: BTreeMap<(Id, Id), Vec<Time>>,
    /// Whether messages are lost.
    may_be_silent: bool,
}

#[cfg(feature = "faults")]
fn with(config: Config, fault: Option<Fault>) -> Config {
    Config { fault, ..config }
}

#[cfg(not(feature = "faults"))]
fn with(config: Config, _fault: Option<Fault>) -> Config {
    config
}

fn key(number: u8) -> Id {
    Sha1Id::of(&[number])
}

impl Crowd {
    fn new(course: &Course, fault: Option<Fault>) -> Self {
        let ids: Vec<Id> = (0..course.nodes).map(|node| Sha1Id::of(&[node, node])).collect();
        let config = Config {
            values: course.values,
            rate: course.rate,
            learning: Learning::Fixed,
            resends: 1,
            ..Config::default()
        };
        let config = with(config, fault);
        let node = |&me: &Id| {
            let table = Table::with_buckets(me, ids.iter().copied(), course.bucket);
            (me, Node::new(config, me, table).unwrap())
        };
        Self {
            nodes: ids.iter().map(node).collect(),
            waiting: Vec::new(),
            timers: BTreeSet::new(),
            now: Time::ORIGIN,
            count: 0,
            puts: BTreeMap::new(),
            gets: BTreeMap::new(),
            open: BTreeSet::new(),
            accepted: BTreeMap::new(),
            asked: BTreeMap::new(),
            passed: BTreeMap::new(),
            may_be_silent: course.loss > 0,
        }
    }

    fn play(mut self, course: &Course, seen: &mut Seen) {
        let mut operations = course.operations.iter();
        let mut choices = course.choices.iter().cycle();
        for _ in 0..20_000 {
            let Some(&(choice, later)) = choices.next() else { break };
            self.now = self.now.after(Duration::from_millis(later.into()));
            if (choice.is_multiple_of(3) || self.waiting.is_empty())
                && let Some(operation) = operations.next()
            {
                self.begin(course, *operation, seen);
            } else if !self.waiting.is_empty() {
                let (to, input) =
                    self.waiting.swap_remove(usize::from(choice) % self.waiting.len());
                let is_lost = matches!(input, Input::Message { .. })
                    && choice.to_be_bytes()[0].wrapping_add(self.count as u8) < course.loss;
                self.count += 1;
                if !is_lost {
                    self.give(to, &input, seen);
                }
            } else if let Some((node, timer)) = self.timers.pop_first() {
                self.count += 1;
                let input = Input::Timer { timer, fresh: Nonce(self.count) };
                self.give(node, &input, seen);
            } else {
                break;
            }
        }
        assert!(self.open.is_empty(), "operations without an end: {:?}", self.open);
        self.check_ways();
    }

    fn begin(&mut self, course: &Course, operation: (u8, u8, Option<u8>), seen: &mut Seen) {
        let (node, number, life) = operation;
        let me = Sha1Id::of(&[node % course.nodes, node % course.nodes]);
        self.count += 1;
        let fresh = Nonce(self.count);
        let command = if let Some(life) = life {
            let value = self.count.to_be_bytes().to_vec();
            let ttl = Duration::from_secs(life.into());
            self.puts.insert(fresh, (key(number), value.clone(), ttl));
            Command::Put { key: key(number), value, ttl }
        } else {
            self.gets.insert(fresh, key(number));
            Command::Get { key: key(number) }
        };
        self.open.insert(fresh);
        self.give(me, &Input::Command { command, fresh }, seen);
    }

    fn give(&mut self, to: Id, input: &InputOf<Node<Id>>, seen: &mut Seen) {
        let node = self.nodes.get_mut(&to).unwrap();
        let before = node.clone();
        let outputs = give(node, self.now, input);
        let ttls = |value: &Vec<u8>| {
            let put = self.puts.values().find(|put| put.1 == *value);
            put.map_or(Duration::ZERO, |put| put.2)
        };
        check_eviction(&before, &self.nodes[&to], &ttls, self.now);
        self.note_accepted(to);
        for output in outputs {
            match output {
                Output::Send { to: next, message } => self.send(to, next, message, seen),
                Output::SetTimer { timer, .. } => {
                    self.timers.insert((to, timer));
                }
                Output::CancelTimer { timer } => {
                    self.timers.remove(&(to, timer));
                }
                Output::Deliver(delivery) => self.told(to, &delivery, seen),
                Output::Ignored(_) => seen.note("ignored"),
            }
        }
    }

    fn note_accepted(&mut self, node: Id) {
        let slots = self.nodes[&node].store().slots().iter();
        for ((_, key), entries) in slots {
            for value in entries.keys() {
                let is_of_the_key = self.puts.values().any(|put| put.0 == *key && put.1 == *value);
                assert!(is_of_the_key, "a value that was not put under that key");
                self.accepted.entry(value.clone()).or_default().insert(node);
            }
        }
    }

    fn send(&mut self, from: Id, to: Id, message: Message<Id>, seen: &mut Seen) {
        let operation = message.call().operation;
        let ttl = self.puts.get(&operation).map(|put| put.2);
        let node = &self.nodes[&from];
        // An answer to a store that is remembered was true when it was first given.
        let may_be_old = self.may_be_silent && matches!(message, Message::StoreReply { .. });
        if !may_be_old {
            check_answer(node, &message, ttl, self.now);
        }
        if let Message::ForwardReply { loaded: false, call, .. } = &message {
            let passed = self.passed.entry((from, call.key)).or_default();
            passed.push(self.now);
            check_rate(passed, node.config());
        }
        let way = match &message {
            Message::ForwardRequest { .. } | Message::GetRequest { .. } => Some(false),
            Message::StoreRequest { .. } => Some(true),
            Message::StoreReply { accepted: false, .. } => {
                seen.note("refused");
                None
            }
            Message::ForwardReply { loaded: true, .. } => {
                seen.note("loaded");
                None
            }
            _ => None,
        };
        if let Some(is_store) = way {
            let asked = self.asked.entry((operation, is_store)).or_default();
            if asked.last() != Some(&to) {
                asked.push(to);
            }
        }
        self.waiting.push((to, Input::Message { from, message }));
    }

    fn told(&mut self, node: Id, delivery: &Delivery<Id>, seen: &mut Seen) {
        match delivery {
            Delivery::PutEnded { operation, outcomes } => {
                assert!(self.open.remove(operation), "an operation ends once");
                let (_, value, ttl) = &self.puts[operation];
                let copies = self.copies(value);
                match outcomes[0].1 {
                    Outcome::Stored(at) => {
                        assert!(self.accepted[value].contains(&at), "it was there");
                        assert!(copies.iter().all(|copy| *copy == at), "and nowhere else");
                        seen.note(if at == node { "stored at its own node" } else { "stored" });
                    }
                    Outcome::NotStored => {
                        assert!(copies.is_empty(), "nowhere is nowhere");
                        let (own, config) = (&self.nodes[&node], self.nodes[&node].config());
                        let slot = (0, self.puts[operation].0);
                        let is_full = own.store().holding(slot, self.now).is_full_for(*ttl, config);
                        let was_loaded = own.is_loaded(slot, self.now);
                        assert!(is_full || was_loaded, "its own node had room");
                        seen.note("not stored");
                    }
                    Outcome::Unsure(at) => {
                        assert!(copies.iter().all(|copy| *copy == at), "there or nowhere");
                        seen.note("unsure");
                    }
                }
            }
            Delivery::Found { operation, values, at, .. } => {
                assert!(self.open.remove(operation), "an operation ends once");
                for (value, _) in values {
                    assert!(self.accepted[value].contains(at), "found where it was stored");
                }
                seen.note("found");
            }
            Delivery::Missed { operation, at } => {
                assert!(self.open.remove(operation), "an operation ends once");
                let key = self.gets[operation];
                let closest = self.nodes.keys().min_by_key(|id| id.xor(key)).unwrap();
                assert!(self.may_be_silent || at == closest, "a miss is told by the closest");
                let mut alive = self.nodes.values().flat_map(|node| node.store().slots());
                let now = self.now;
                let is_alive = alive.any(|(_, entries)| entries.values().any(|end| *end > now));
                seen.note(if is_alive { "missed, with values alive" } else { "missed" });
            }
        }
    }

    /// Where a value is or was. If messages are lost, an answer may come to a question that is
    /// asked again only once the value has died: then only where it is alive.
    fn copies(&self, value: &Vec<u8>) -> BTreeSet<Id> {
        if !self.may_be_silent {
            return self.accepted.get(value).cloned().unwrap_or_default();
        }
        let lives = |node: &&Node<Id>| {
            let mut slots = node.store().slots().values();
            slots.any(|entries| entries.get(value).is_some_and(|end| *end > self.now))
        };
        self.nodes.values().filter(lives).map(Node::me).collect()
    }

    /// Ways lead nearer, stores go outwards.
    fn check_ways(&self) {
        for ((operation, is_store), asked) in &self.asked {
            let Some((key, ..)) = self.puts.get(operation) else { continue };
            let distances: Vec<Id> = asked.iter().map(|node| node.xor(*key)).collect();
            let is_in_order = if *is_store {
                distances.is_sorted_by(|one, next| one < next)
            } else {
                // After silence the way goes on from the last node that was reached.
                self.may_be_silent || distances.is_sorted_by(|one, next| one > next)
            };
            assert!(is_in_order, "{asked:?} for {key}");
        }
    }
}

pub(crate) fn run(loss: u8, courses_max: u32, fault: Option<Fault>) -> Seen {
    let mut runner = TestRunner::new_with_rng(
        ProptestConfig::default(),
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let mut seen = Seen::default();
    for _ in 0..courses_max {
        let course = courses(loss).new_tree(&mut runner).unwrap().current();
        Crowd::new(&course, fault).play(&course, &mut seen);
    }
    seen
}

#[test]
fn without_losses_every_put_has_one_copy_or_none_and_says_so() {
    let seen = run(0, 400, None);
    for what in [
        "refused",
        "loaded",
        "stored",
        "stored at its own node",
        "not stored",
        "found",
        "missed",
        "missed, with values alive",
    ] {
        assert!(seen.0.get(what).is_some_and(|&times| times >= 20), "{what}: {seen:?}");
    }
    assert!(!seen.0.contains_key("unsure"), "{seen:?}");
}

#[test]
fn with_losses_a_put_may_be_unsure_and_is_never_wrong() {
    let seen = run(30, 300, None);
    for what in ["unsure", "stored", "not stored", "found", "refused"] {
        assert!(seen.0.get(what).is_some_and(|&times| times >= 20), "{what}: {seen:?}");
    }
}
