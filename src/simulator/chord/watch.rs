//! Watches look-ups from outside: how long each way was, and whether it led to the right node.

use std::collections::BTreeMap;

use straightedge_impl::chord::{Command, Delivery, Message, Node, Question, Timer};
use straightedge_impl::identifier::Sha1Id;
use straightedge_impl::machine::{Input, InputOf, Nonce, Output, OutputOf, Time};

use super::ring::owner;
use crate::simulator::experiment::statistics::Distribution;
use crate::simulator::plan::NodeIndex;
use crate::simulator::system::Observer;

/// A look-up, or a reading, that is under way.
#[derive(Clone, Copy, Debug)]
struct Asked {
    key: Sha1Id,
    /// How many nodes were asked for the way, those that did not answer among them.
    questions: usize,
    /// How many nodes did not answer.
    timeouts: usize,
}

/// What became of all look-ups and readings.
#[derive(Clone, Debug, Default)]
pub struct LookUps {
    /// The nodes that are there, in the order of the circle: who owns what in truth.
    pub ring: Vec<Sha1Id>,
    /// The nodes that answered on the way, for each that came to its end.
    pub paths: Distribution,
    /// The nodes that did not answer, for each that came to its end.
    pub timeouts: Distribution,
    /// Look-ups that named the owner.
    pub right: u64,
    /// Look-ups that named a node that is not there.
    pub gone: u64,
    /// Look-ups that named another node.
    pub wrong: u64,
    /// Readings that found a value.
    pub values: u64,
    /// Readings that found nothing.
    pub nothing: u64,
    /// Look-ups and readings that came to nothing.
    pub failed: u64,
    under_way: BTreeMap<Nonce, Asked>,
}

impl LookUps {
    /// None so far, on that ring.
    #[must_use]
    pub fn on(ring: Vec<Sha1Id>) -> Self {
        Self { ring, ..Self::default() }
    }

    /// How many have come to an end, whatever it was.
    #[must_use]
    pub const fn ended(&self) -> u64 {
        self.right + self.gone + self.wrong + self.values + self.nothing + self.failed
    }

    fn delivered(&mut self, delivery: &Delivery<Sha1Id>) {
        let (Delivery::Found { request, .. }
        | Delivery::Value { request, .. }
        | Delivery::RequestFailed { request }) = *delivery
        else {
            return;
        };
        let Some(asked) = self.under_way.remove(&request) else { return };
        match delivery {
            Delivery::Found { owner: named, .. } => {
                let is_there = self.ring.binary_search(named).is_ok();
                let is_right = owner(&self.ring, asked.key) == Some(*named);
                let count = match (is_right, is_there) {
                    (true, _) => &mut self.right,
                    (false, true) => &mut self.wrong,
                    (false, false) => &mut self.gone,
                };
                *count += 1;
            }
            Delivery::Value { value: Some(_), .. } => self.values += 1,
            Delivery::Value { value: None, .. } => self.nothing += 1,
            _ => {
                self.failed += 1;
                return;
            }
        }
        self.paths.add(asked.questions.saturating_sub(asked.timeouts));
        self.timeouts.add(asked.timeouts);
    }
}

impl Observer<Node<Sha1Id>> for LookUps {
    fn takes(
        &mut self,
        _now: Time,
        _node: NodeIndex,
        _machine: &Node<Sha1Id>,
        input: &InputOf<Node<Sha1Id>>,
    ) {
        match input {
            Input::Command { command: Command::Lookup { key } | Command::Get { key }, fresh } => {
                let asked = Asked { key: *key, questions: 0, timeouts: 0 };
                self.under_way.insert(*fresh, asked);
            }
            Input::Timer { timer: Timer::Timeout(Question::Request(nonce)), .. } => {
                if let Some(asked) = self.under_way.get_mut(nonce) {
                    asked.timeouts += 1;
                }
            }
            _ => {}
        }
    }

    fn did(
        &mut self,
        _now: Time,
        _node: NodeIndex,
        _machine: &Node<Sha1Id>,
        outputs: &[OutputOf<Node<Sha1Id>>],
    ) {
        for output in outputs {
            match output {
                Output::Send { message: Message::AskNext { nonce, .. }, .. } => {
                    if let Some(asked) = self.under_way.get_mut(nonce) {
                        asked.questions += 1;
                    }
                }
                Output::Deliver(delivery) => self.delivered(delivery),
                _ => {}
            }
        }
    }
}
