//! Inputs out of bytes: mostly what could be meant, sometimes what could not.

use std::time::Duration;

use straightedge_impl::coral::{Call, Command, Hop, Message, Node, Timer};
use straightedge_impl::machine::{Input, InputOf, Nonce};

use super::network::{Id, id};

/// Bytes to be made into inputs; zeros once they are used up.
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl Bytes<'_> {
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// One of eight identifiers, most of them near each other.
    fn id(&mut self) -> Id {
        const FEW: [u16; 8] = [41, 42, 50, 75, 100, 104, 200, 255];
        id(FEW[usize::from(self.next() % 8)])
    }

    fn flag(&mut self) -> bool {
        self.next().is_multiple_of(2)
    }

    fn life(&mut self) -> Duration {
        match self.next() {
            0..4 => Duration::ZERO,
            4..64 => Duration::from_secs(10),
            64..128 => Duration::from_secs(20),
            255 => Duration::MAX,
            254 => Duration::from_hours(25),
            seconds => Duration::from_secs(u64::from(seconds)),
        }
    }

    fn value(&mut self) -> Vec<u8> {
        let length = if self.next() == 255 { 400 } else { 1 };
        vec![self.next() % 4; length]
    }

    /// What the node waits for, if it does; else whatever comes.
    fn call(&mut self, node: &Node<Id>) -> (Id, Call<Id>) {
        let operations = node.operations();
        let choice = usize::from(self.next());
        let number = choice % (operations.len() + 1);
        let Some((&nonce, operation)) = operations.iter().nth(number) else {
            let operation = Nonce(u64::from(self.next() % 16));
            return (self.id(), Call { operation, level: self.next() % 3, key: self.id() });
        };
        let waits_for = operation.waiting.keys().next().copied();
        let asked = match operation.phase {
            straightedge_impl::coral::Phase::Reverse { at, .. } => Some(at),
            straightedge_impl::coral::Phase::Forward => waits_for,
        };
        let from = if self.next() < 32 { self.id() } else { asked.unwrap_or_else(|| id(42)) };
        let mut call = Call { operation: nonce, level: operation.level, key: operation.key };
        if self.next() < 16 {
            call.key = self.id();
        }
        (from, call)
    }

    fn ways(&mut self, from: Id, call: Call<Id>) -> Vec<Hop<Id>> {
        let number = self.next() % 5;
        let hop = |bytes: &mut Self| {
            let target = if bytes.flag() { call.key } else { bytes.id() };
            let to = if bytes.flag() { bytes.id() } else { from };
            Hop { to, target }
        };
        (0..number).map(|_| hop(self)).collect()
    }

    fn message(&mut self, node: &Node<Id>) -> (Id, Message<Id>) {
        let (from, call) = self.call(node);
        let cluster = u64::from(self.next() == 255);
        let message = match self.next() % 8 {
            0 => Message::ForwardRequest { call, cluster, target: self.id() },
            1 | 2 => {
                let least = self.life();
                let count = if least.is_zero() { 0 } else { 1 + self.next() % 5 };
                let loaded = self.flag();
                Message::ForwardReply { call, loaded, count, least, ways: self.ways(from, call) }
            }
            3 => Message::StoreRequest { call, cluster, value: self.value(), ttl: self.life() },
            4 | 5 => Message::StoreReply { call, accepted: self.flag() },
            6 => Message::GetRequest { call, cluster, target: self.id() },
            _ => {
                let values = (0..self.next() % 3).map(|_| (self.value(), self.life())).collect();
                let ways = if self.flag() { self.ways(from, call) } else { Vec::new() };
                Message::GetReply { call, values, ways }
            }
        };
        (from, message)
    }

    /// An input for that node.
    pub(crate) fn input(&mut self, node: &Node<Id>) -> InputOf<Node<Id>> {
        let fresh = Nonce(u64::from(self.next() % 16));
        match self.next() % 8 {
            0 => {
                let (key, value, ttl) = (self.id(), self.value(), self.life());
                Input::Command { command: Command::Put { key, value, ttl }, fresh }
            }
            1 => Input::Command { command: Command::Get { key: self.id() }, fresh },
            2 => {
                let (of, call) = self.call(node);
                Input::Timer { timer: Timer::Answer { operation: call.operation, of }, fresh }
            }
            _ => {
                let (from, message) = self.message(node);
                Input::Message { from, message }
            }
        }
    }
}
