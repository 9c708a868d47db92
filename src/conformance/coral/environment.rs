//! What is assumed of the world around the nodes, each assumption by itself.

use std::collections::BTreeMap;

use serde::Serialize;
use straightedge_impl::coral::{self, Goal, Message, Phase, Timer};
use straightedge_impl::identifier::Xor;
use straightedge_impl::machine::Nonce;

use super::super::environment::{Cause, Environment, Started, StateOf};
use super::super::world::{Action, ActionOf, Allowance, Budget, PacketOf};
use super::process::{Command, Ended, Process};

/// An identifier that threads may share.
pub trait Named: Xor + Send + Sync {}

impl<I: Xor + Send + Sync> Named for I {}

/// What is assumed. Each of them can be left out, to see what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one sentence, true or not")]
pub struct Assumptions {
    /// What a crashed node's application was told is remembered. Source: CORAL-54
    pub remembered: bool,
    /// All clocks tick at once. Source: CORAL-55
    pub together: bool,
    /// Windows begin at fixed moments. Source: CORAL-55
    pub aligned: bool,
    /// A timer runs out once no answer can come, but for so many times. Source: CORAL-56
    pub patient: bool,
    /// A node with an operation under way does not crash. Source: CORAL-56
    pub steady: bool,
    /// Answers to stores are not remembered. Source: CORAL-57
    pub forgetful: bool,
    /// An answer names every contact that could be asked next. Source: CORAL-57
    pub all_ways: bool,
}

impl Assumptions {
    /// All of them.
    pub const ALL: Self = Self {
        remembered: true,
        together: true,
        aligned: true,
        patient: true,
        steady: true,
        forgetful: true,
        all_ways: true,
    };
}

/// A put or a get that somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted<I> {
    /// Who.
    pub client: I,
    /// What.
    pub command: coral::Command<I>,
    /// The operation that must have ended before, if there is one.
    pub after: Option<u8>,
}

/// What neither nodes nor messages show any more.
///
/// Source: CORAL-54.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Past<I> {
    /// How many timers ran out too early.
    pub early: u8,
    /// What the applications of nodes that have crashed were told.
    pub ended: BTreeMap<u8, Ended<I>>,
}

impl<I> Default for Past<I> {
    fn default() -> Self {
        Self { early: 0, ended: BTreeMap::new() }
    }
}

/// Nodes, and what is wanted of them.
#[derive(Clone)]
pub struct Nodes<I> {
    pub(super) addresses: Vec<I>,
    pub(super) processes: Vec<Process<I>>,
    pub(super) wanted: Vec<Wanted<I>>,
    /// How many ticks pass at most.
    pub(super) horizon: u8,
    /// Whether an operation begins only when no other is under way.
    pub(super) in_sequence: bool,
    pub(super) budget: Budget,
    /// Timers that run out though the answer may still come.
    pub(super) early: Allowance,
    pub(super) assumptions: Assumptions,
}

type State<I> = StateOf<Nodes<I>>;
type Step<I> = ActionOf<Process<I>>;

impl<I: Named> Nodes<I> {
    /// The process of that node, if it is up.
    #[must_use]
    pub fn process<'a>(&self, state: &'a State<I>, node: I) -> Option<&'a Process<I>> {
        let place = self.addresses.binary_search(&node).ok()?;
        Some(&state.host(place)?.machine)
    }

    /// How many ticks all clocks have made.
    #[must_use]
    pub fn ticks(&self, state: &State<I>) -> u8 {
        state.up().map(|(_, host)| host.machine.ticks).min().unwrap_or(self.horizon)
    }

    /// How an operation has ended, if it has.
    #[must_use]
    pub fn ended<'a>(&self, state: &'a State<I>, operation: u8) -> Option<&'a Ended<I>> {
        let client = self.wanted.get(usize::from(operation))?.client;
        let told = self.process(state, client).and_then(|process| process.ended.get(&operation));
        told.or_else(|| state.ghost.ended.get(&operation))
    }

    /// Whether an operation has begun and not ended.
    #[must_use]
    pub fn is_under_way(&self, state: &State<I>, operation: u8) -> bool {
        let nonce = Nonce(u64::from(operation));
        let client = self.wanted.get(usize::from(operation)).map(|wanted| wanted.client);
        let process = client.and_then(|client| self.process(state, client));
        process.is_some_and(|process| process.node.operations().contains_key(&nonce))
    }

    /// Whether the operation that a message is about waits for it, or for the answer to it.
    #[must_use]
    pub fn is_awaited(&self, state: &State<I>, packet: &PacketOf<Process<I>>) -> bool {
        let (client, node) = if is_request(&packet.message) {
            (packet.from, packet.to)
        } else {
            (packet.to, packet.from)
        };
        let call = packet.message.call();
        let Some(process) = self.process(state, client) else { return false };
        let Some(operation) = process.node.operations().get(&call.operation) else { return false };
        let is_asked = match (operation.phase, &packet.message) {
            (Phase::Forward, Message::ForwardRequest { .. } | Message::ForwardReply { .. }) => {
                operation.goal != Goal::Get && operation.waiting.contains_key(&node)
            }
            (Phase::Forward, Message::GetRequest { .. } | Message::GetReply { .. }) => {
                operation.goal == Goal::Get && operation.waiting.contains_key(&node)
            }
            (
                Phase::Reverse { at, .. },
                Message::StoreRequest { .. } | Message::StoreReply { .. },
            ) => at == node,
            _ => false,
        };
        is_asked && (operation.level, operation.key) == call.slot()
    }

    /// Whether the answer that a timer waits for may still come.
    pub(super) fn may_still_come(&self, state: &State<I>, timer: &Timer<I>) -> bool {
        let Timer::Answer { operation, of } = timer;
        state.packets().any(|packet| {
            let is_about_it = packet.message.call().operation == *operation;
            let is_between = packet.from == *of || packet.to == *of;
            is_about_it && is_between && self.is_awaited(state, packet)
        })
    }

    fn may_begin(&self, state: &State<I>, operation: u8, wanted: &Wanted<I>) -> bool {
        let has_ended = |other| self.ended(state, other).is_some();
        let is_new = !has_ended(operation) && !self.is_under_way(state, operation);
        let is_its_turn = wanted.after.is_none_or(has_ended);
        let numbers = 0..self.wanted.len() as u8;
        let is_alone = || numbers.clone().all(|other| !self.is_under_way(state, other));
        is_new && is_its_turn && (!self.in_sequence || is_alone())
    }

    fn may_tick(&self, state: &State<I>, place: usize, process: &Process<I>) -> bool {
        let is_first = state.up().next().is_some_and(|(first, _)| first == place);
        let may_begin = is_first || !self.assumptions.together;
        lags(state, process) || (may_begin && process.ticks < self.horizon)
    }
}

/// Whether some clock has made a tick that this one has not.
fn lags<I: Named>(state: &State<I>, process: &Process<I>) -> bool {
    let most = state.up().map(|(_, host)| host.machine.ticks).max();
    most.is_some_and(|most| process.ticks < most)
}

/// Whether a message asks something.
#[must_use]
pub const fn is_request<I>(message: &Message<I>) -> bool {
    matches!(
        message,
        Message::ForwardRequest { .. } | Message::StoreRequest { .. } | Message::GetRequest { .. }
    )
}

/// Whether a node holds something whose life is over.
fn holds_dead<I: Named>(process: &Process<I>) -> bool {
    let now = process.now();
    process.node.store().slots().values().flat_map(BTreeMap::values).any(|end| *end <= now)
}

impl<I: Named> Environment for Nodes<I> {
    type Machine = Process<I>;
    type Ghost = Past<I>;

    const REPEATS: bool = false;
    const TELLS: bool = true;

    fn addresses(&self) -> &[I] {
        &self.addresses
    }

    fn start(&self) -> Vec<Option<Started<Self>>> {
        self.processes.iter().map(|process| Some((process.clone(), Vec::new()))).collect()
    }

    fn budget(&self) -> Budget {
        self.budget
    }

    fn newcomer(&self, node: I) -> Process<I> {
        let place = self.addresses.binary_search(&node).unwrap_or_default();
        self.processes[place].clone()
    }

    /// A node that has crashed does not come back.
    fn commands(&self, _: &State<I>, _: usize) -> Vec<Command<I>> {
        Vec::new()
    }

    fn is_out(&self, _: &Process<I>) -> bool {
        false
    }

    fn may_crash(&self, state: &State<I>) -> Vec<usize> {
        let may =
            |process: &Process<I>| !self.assumptions.steady || process.node.operations().is_empty();
        state.up().filter(|(_, host)| may(&host.machine)).map(|(place, _)| place).collect()
    }

    fn may_fire(&self, state: &State<I>, _: usize, timer: &Timer<I>) -> bool {
        let is_left = match self.early {
            Allowance::Times(times) => state.ghost.early < times,
            Allowance::Unlimited => true,
        };
        is_left || !self.assumptions.patient || !self.may_still_come(state, timer)
    }

    fn may_repeat(&self, _: &PacketOf<Process<I>>) -> bool {
        false
    }

    fn may_double(&self, _: &State<I>, packet: &PacketOf<Process<I>>) -> bool {
        is_request(&packet.message)
    }

    /// An answer that nobody waits for is as good as lost.
    fn is_lost_freely(&self, state: &State<I>, packet: &PacketOf<Process<I>>) -> bool {
        !is_request(&packet.message) && !self.is_awaited(state, packet)
    }

    fn orders(&self, state: &State<I>, place: usize) -> Vec<Command<I>> {
        let Some(host) = state.host(place) else { return Vec::new() };
        let process = &host.machine;
        let mut orders = Vec::new();
        for (number, wanted) in (0_u8..).zip(&self.wanted) {
            if wanted.client == self.addresses[place] && self.may_begin(state, number, wanted) {
                let command = wanted.command.clone();
                orders.push(Command::Begin { operation: number, command });
            }
        }
        if self.may_tick(state, place, process) {
            orders.push(Command::Tick);
        }
        if holds_dead(process) {
            orders.push(Command::Purge);
        }
        orders
    }

    /// A tick that one clock has made is made by all others.
    fn comes_first(&self, state: &State<I>, actions: &mut Vec<Step<I>>) -> bool {
        if !self.assumptions.together {
            return false;
        }
        let lagging = state.up().find(|(_, host)| lags(state, &host.machine));
        let tick =
            |(place, _)| Action::Tell { node: self.addresses[place], command: Command::Tick };
        actions.extend(lagging.map(tick));
        lagging.is_some()
    }

    fn is_connected(&self, _: &State<I>, _: &PacketOf<Process<I>>) -> bool {
        true
    }

    /// The number of an operation is its nonce, and nothing else asks for one.
    fn fresh(&self, _: &State<I>, _: usize, _: &Cause<Process<I>>) -> Nonce {
        Nonce(0)
    }

    fn ghost(&self, before: &State<I>, action: &Step<I>, _: &State<I>) -> Past<I> {
        let mut past = before.ghost.clone();
        match action {
            Action::Fire { timer, .. } if self.may_still_come(before, timer) => {
                past.early = past.early.saturating_add(1);
            }
            Action::Crash(node) if self.assumptions.remembered => {
                if let Some(process) = self.process(before, *node) {
                    past.ended.extend(process.ended.clone());
                }
            }
            _ => {}
        }
        past
    }
}
