//! Anything that may be given to a node, from a stream of bytes.

use straightedge_impl::chord::{Command, Message, Node, Question, Record, Timer};
use straightedge_impl::identifier::SmallId;
use straightedge_impl::machine::{Input, InputOf, Nonce};

/// Bytes, read one after the other; zeros when they are used up.
#[derive(Debug)]
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl Bytes<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn next(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    pub(crate) fn id<const N: u8>(&mut self) -> SmallId<N> {
        SmallId::wrapped(u64::from(self.next()))
    }

    /// Small, so that it is often one that somebody waits for.
    pub(crate) fn nonce(&mut self) -> Nonce {
        Nonce(u64::from(self.next() % 8))
    }

    /// Nearly always of the usual length.
    fn ids<const N: u8>(&mut self) -> Vec<SmallId<N>> {
        let length = match self.next() {
            odd @ 0..16 => odd,
            _ => 2,
        };
        (0..length).map(|_| self.id()).collect()
    }

    fn record(&mut self) -> Record {
        let version = match self.next() {
            255 => u64::MAX,
            small => u64::from(small % 4),
        };
        let length = self.next() % 40;
        Record { version, value: vec![self.next(); usize::from(length)] }
    }

    pub(crate) fn message<const N: u8>(&mut self, nonce: Nonce) -> Message<SmallId<N>> {
        match self.next() % 20 {
            0 => Message::AskNeighbours { nonce },
            1 | 19 => Message::Neighbours { nonce, predecessor: self.id(), successors: self.ids() },
            2 => Message::Busy { nonce },
            3 => Message::AskToJoin { nonce },
            4 => Message::Admitted { nonce, successors: self.ids() },
            5 => Message::Redirect { nonce, to: self.id() },
            6 => Message::Notify { nonce },
            7 => Message::NotifyAck { nonce, is_counted: nonce.0 % 2 == 1 },
            8 => Message::Ping { nonce },
            9 => Message::Pong { nonce },
            10 => Message::AskNext { nonce, key: self.id(), without: self.ids() },
            11 => Message::Next { nonce, closer: self.id() },
            12 => Message::Owner { nonce, owner: self.id() },
            13 => Message::Fetch { nonce, key: self.id() },
            14 => {
                let record = (self.next().is_multiple_of(2)).then(|| self.record());
                Message::Fetched { nonce, record, successors: self.ids() }
            }
            15 => Message::Store { nonce, key: self.id(), record: self.record() },
            16 => Message::Stored { nonce },
            17 if self.next().is_multiple_of(2) => {
                Message::NotMine { nonce, predecessor: self.id() }
            }
            17 => Message::Copied { nonce, keepers: Vec::new() },
            18 if self.next().is_multiple_of(2) => Message::Copied { nonce, keepers: self.ids() },
            _ => {
                let records = (0..self.next() % 6).map(|_| (self.id(), self.record()));
                Message::Copy { nonce, records: records.collect() }
            }
        }
    }

    fn timer(&mut self) -> Timer {
        match self.next() % 13 {
            0 | 11 => Timer::Stabilize,
            1 => Timer::AskCandidate,
            2 => Timer::Rectify,
            3 => Timer::Join,
            4 | 12 => Timer::Timeout(Question::Query),
            5 => Timer::Timeout(match self.next() % 3 {
                0 => Question::Announcement,
                1 => Question::Check,
                _ => Question::Join,
            }),
            6 => Timer::Timeout(Question::Request(self.nonce())),
            7 => Timer::Timeout(Question::Copy(self.nonce())),
            8 => Timer::FixFinger,
            9 => Timer::Repair,
            _ => Timer::HandOver,
        }
    }

    fn command<const N: u8>(&mut self) -> Command<SmallId<N>> {
        match self.next() % 8 {
            0 => Command::Leave,
            1 => Command::Join { via: self.id() },
            2 | 3 => Command::Lookup { key: self.id() },
            4 | 5 => Command::Put { key: self.id(), value: self.record().value },
            _ => Command::Get { key: self.id() },
        }
    }

    /// Anything that may happen to the node; half of the messages come from a node that it asked,
    /// with the number of the question.
    pub(crate) fn input<const N: u8>(
        &mut self,
        node: &Node<SmallId<N>>,
    ) -> InputOf<Node<SmallId<N>>> {
        let asked = node.asked();
        match self.next() % 8 {
            0 => Input::Command { command: self.command(), fresh: self.nonce() },
            1..4 => Input::Timer { timer: self.timer(), fresh: self.nonce() },
            4 | 5 if !asked.is_empty() => {
                let (from, nonce) = asked[usize::from(self.next()) % asked.len()];
                Input::Message { from, message: self.message(nonce) }
            }
            _ => {
                let (from, nonce) = (self.id(), self.nonce());
                Input::Message { from, message: self.message(nonce) }
            }
        }
    }
}
