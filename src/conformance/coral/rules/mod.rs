//! What nodes do, said once more for networks of any size, plainly and slowly.
//!
//! Nothing here is taken from the nodes but the distance and the splice of identifiers. Each step
//! has exactly one outcome, so that what is seen of the network must be what the rules make of what
//! was seen before. One level; nodes are asked one at a time; tables stay as they are.

mod client;
mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use straightedge_impl::coral::{Command as Wish, Goal, Message, Outcome, Phase, Timer, Value};
use straightedge_impl::machine::Nonce;

use super::super::environment::{Environment, StateOf};
use super::super::world::{Action, ActionOf, PacketOf};
use super::environment::{Named, Nodes, Wanted, is_request};
use super::process::{Command, Ended, Process, TICK, at};

/// What is the same in every state of a network.
#[derive(Clone, Debug)]
pub struct Rules<I> {
    /// What is wanted, by number.
    pub wanted: Vec<Wanted<I>>,
    /// Whom each node knows.
    pub contacts: BTreeMap<I, Vec<I>>,
    /// Values a key. Source: CORAL-9
    pub capacity: usize,
    /// Requests let through in a window. Source: CORAL-10
    pub leakage: usize,
    /// Ticks of a window.
    pub window: u8,
    /// How often a silent node is asked again.
    pub resends: u8,
}

/// What is seen of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed<I> {
    /// Ticks that all clocks have made.
    pub ticks: u8,
    /// The nodes that are up.
    pub up: BTreeSet<I>,
    /// What lives at each node for each key, with the ticks that are left.
    pub held: BTreeMap<(I, I), BTreeMap<Value, u8>>,
    /// What each node has let through for each key in this window.
    pub passed: BTreeMap<(I, I), usize>,
    /// The operations under way.
    pub doing: BTreeMap<u8, Doing<I>>,
    /// How operations have ended.
    pub ended: BTreeMap<u8, Ended<I>>,
    /// Requests, and replies that somebody waits for, in order.
    pub flight: Vec<Word<I>>,
}

/// What an operation does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doing<I> {
    /// Which question it has asked.
    pub question: Question,
    /// Whom.
    pub asks: I,
    /// How often again.
    pub resent: u8,
    /// The nearest node that has answered, and the point it was found for; of no account once
    /// stores are asked for, and then the node that is asked.
    pub place: (I, I),
    /// The point for which the node that is asked was found.
    pub target: I,
    /// Where the value may be stored.
    pub stack: BTreeSet<I>,
    /// Who has not answered.
    pub silent: BTreeSet<I>,
}

/// The three questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// How is it with you?
    Forward,
    /// Store this.
    Store,
    /// What have you got?
    Get,
}

/// A message between a client and a node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word<I> {
    /// The operation.
    pub operation: u8,
    /// The node that is asked, or answers.
    pub node: I,
    /// Which question.
    pub question: Question,
    /// The answer, if it is one.
    pub answer: Option<Answer>,
}

/// What a node answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// Whether it is loaded, how many values live, and the least life that is left.
    Told(bool, usize, u8),
    /// Whether it has stored.
    Stored(bool),
    /// What lives there.
    Values(BTreeSet<Value>),
}

fn word<I: Named>(packet: &PacketOf<Process<I>>) -> Word<I> {
    let node = if is_request(&packet.message) { packet.to } else { packet.from };
    let operation = packet.message.call().operation.0 as u8;
    let (question, answer) = match &packet.message {
        Message::ForwardRequest { .. } => (Question::Forward, None),
        Message::StoreRequest { .. } => (Question::Store, None),
        Message::GetRequest { .. } => (Question::Get, None),
        Message::ForwardReply { loaded, count, least, .. } => {
            let told = Answer::Told(*loaded, usize::from(*count), in_ticks(*least));
            (Question::Forward, Some(told))
        }
        Message::StoreReply { accepted, .. } => (Question::Store, Some(Answer::Stored(*accepted))),
        Message::GetReply { values, .. } => {
            let values = values.iter().map(|(value, _)| value.clone()).collect();
            (Question::Get, Some(Answer::Values(values)))
        }
    };
    Word { operation, node, question, answer }
}

fn in_ticks(life: Duration) -> u8 {
    (life.as_nanos() / TICK.as_nanos()) as u8
}

/// What is seen of a network.
///
/// Source: CORAL-58.
#[must_use]
pub fn observe<I: Named>(nodes: &Nodes<I>, state: &StateOf<Nodes<I>>) -> Observed<I> {
    let ticks = nodes.ticks(state);
    let now = at(ticks);
    let mut seen = Observed {
        ticks,
        up: BTreeSet::new(),
        held: BTreeMap::new(),
        passed: BTreeMap::new(),
        doing: BTreeMap::new(),
        ended: state.ghost.ended.clone(),
        flight: Vec::new(),
    };
    for (place, host) in state.up() {
        let (me, process) = (nodes.addresses()[place], &host.machine);
        seen.up.insert(me);
        for slot in process.node.store().slots().keys() {
            let live = process.node.store().live(*slot, now);
            let live: BTreeMap<Value, u8> =
                live.map(|(value, left)| (value.clone(), in_ticks(left))).collect();
            if !live.is_empty() {
                seen.held.insert((me, slot.1), live);
            }
        }
        for slot in process.node.counters().passed().keys() {
            let passed = process.node.counters().in_window(*slot, now, process.node.config());
            if passed > 0 {
                seen.passed.insert((me, slot.1), passed);
            }
        }
        seen.ended.extend(process.ended.clone());
        for Nonce(number) in process.node.operations().keys() {
            seen.doing.extend(doing(process, *number).map(|doing| (*number as u8, doing)));
        }
    }
    let counts = |packet: &&PacketOf<Process<I>>| {
        is_request(&packet.message) || nodes.is_awaited(state, packet)
    };
    seen.flight = state.packets().filter(counts).map(word).collect();
    seen.flight.sort();
    seen
}

fn doing<I: Named>(process: &Process<I>, number: u64) -> Option<Doing<I>> {
    let operation = process.node.operations().get(&Nonce(number))?;
    let (stack, silent) = (operation.stack.iter().copied().collect(), operation.silent.clone());
    Some(match operation.phase {
        Phase::Forward => {
            let (&asks, asked) = operation.waiting.iter().next()?;
            let is_put = operation.goal != Goal::Get;
            let question = if is_put { Question::Forward } else { Question::Get };
            let place = (operation.place.at, operation.place.target);
            let (resent, target) = (asked.resent, asked.target);
            Doing { question, asks, resent, place, target, stack, silent }
        }
        Phase::Reverse { at, resent, .. } => {
            let (question, place) = (Question::Store, (at, at));
            Doing { question, asks: at, resent, place, target: at, stack, silent }
        }
    })
}

impl<I: Named> Rules<I> {
    /// The rules for these nodes, which are all alike.
    #[must_use]
    pub fn of(nodes: &Nodes<I>) -> Self {
        let config = nodes.processes.first().map(|process| *process.node.config());
        let config = config.unwrap_or_default();
        let known = |process: &Process<I>| {
            let levels = process.node.levels();
            let contacts = levels.iter().take(1).flat_map(|level| level.table.contacts());
            (process.node.me(), contacts.collect())
        };
        Self {
            wanted: nodes.wanted.clone(),
            contacts: nodes.processes.iter().map(known).collect(),
            capacity: usize::from(config.values),
            leakage: usize::from(config.rate),
            window: in_ticks(config.window),
            resends: config.resends,
        }
    }

    /// The name of the step, if it leads from the one to the other.
    ///
    /// Source: CORAL-58.
    #[must_use]
    pub fn explanation(
        &self,
        before: &Observed<I>,
        step: &ActionOf<Process<I>>,
        after: &Observed<I>,
    ) -> Option<&'static str> {
        let mut next = before.clone();
        let name = self.take(&mut next, step)?;
        next.forget_replies();
        next.flight.sort();
        (next == *after).then_some(name)
    }

    fn take(&self, next: &mut Observed<I>, step: &ActionOf<Process<I>>) -> Option<&'static str> {
        match step {
            Action::Tell { command: Command::Begin { operation, .. }, .. } => {
                self.begin(next, *operation);
                Some("begin")
            }
            Action::Tell { command: Command::Tick, .. } => {
                self.tick(next);
                Some("tick")
            }
            Action::Deliver(packet) => {
                let word = word(packet);
                next.remove(&word)?;
                let question = word.question;
                if word.answer.is_some() {
                    self.hear(next, word);
                    Some(["hear_forward", "hear_store", "hear_get"][question as usize])
                } else {
                    self.answer(next, &word);
                    Some(["answer_forward", "answer_store", "answer_get"][question as usize])
                }
            }
            Action::Lose(packet) => next.remove(&word(packet)).map(|()| "lose"),
            Action::Double(packet) => {
                next.flight.push(word(packet));
                Some("duplicate")
            }
            Action::Fire { timer: Timer::Answer { operation, of }, .. } => {
                self.time_out(next, operation.0 as u8, *of)?;
                Some("time_out")
            }
            Action::Crash(node) => {
                next.up.remove(node);
                next.held.retain(|(at, _), _| at != node);
                next.passed.retain(|(at, _), _| at != node);
                next.flight.retain(|word| word.answer.is_some() || word.node != *node);
                Some("crash")
            }
            _ => None,
        }
    }

    /// Source: CORAL-8, CORAL-10.
    fn tick(&self, next: &mut Observed<I>) {
        next.ticks += 1;
        for values in next.held.values_mut() {
            values.retain(|_, left| {
                *left -= 1;
                *left > 0
            });
        }
        next.held.retain(|_, values| !values.is_empty());
        if next.ticks.is_multiple_of(self.window) {
            next.passed.clear();
        }
    }

    fn client(&self, operation: u8) -> I {
        self.wanted[usize::from(operation)].client
    }

    fn key(&self, operation: u8) -> I {
        match self.wanted[usize::from(operation)].command {
            Wish::Put { key, .. } | Wish::Get { key } => key,
        }
    }

    /// The value of a put, and its life in ticks.
    fn value(&self, operation: u8) -> Option<(Value, u8)> {
        match &self.wanted[usize::from(operation)].command {
            Wish::Put { value, ttl, .. } => Some((value.clone(), in_ticks(*ttl))),
            Wish::Get { .. } => None,
        }
    }
}

impl<I: Named> Observed<I> {
    fn remove(&mut self, word: &Word<I>) -> Option<()> {
        let place = self.flight.iter().position(|other| other == word)?;
        self.flight.remove(place);
        Some(())
    }

    /// Only replies that somebody waits for are seen.
    fn forget_replies(&mut self) {
        let doing = &self.doing;
        self.flight.retain(|word| {
            let asked = doing.get(&word.operation).map(|doing| (doing.question, doing.asks));
            word.answer.is_none() || asked == Some((word.question, word.node))
        });
    }

    fn end_put(&mut self, operation: u8, outcome: Outcome<I>) {
        self.doing.remove(&operation);
        self.ended.insert(operation, Ended::Put(vec![(0, outcome)]));
    }
}
