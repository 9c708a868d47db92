//! What a client does: where it goes, and when it turns round.

use std::collections::BTreeSet;

use straightedge_impl::coral::Outcome;
use straightedge_impl::identifier::Xor;

use super::super::environment::Named;
use super::super::process::Ended;
use super::{Answer, Doing, Observed, Question, Rules, Word};

impl<I: Named> Rules<I> {
    /// Source: CORAL-12, CORAL-17.
    pub(super) fn begin(&self, next: &mut Observed<I>, operation: u8) {
        let client = self.client(operation);
        let is_put = self.value(operation).is_some();
        let question = if is_put { Question::Forward } else { Question::Get };
        let doing = Doing {
            question,
            asks: client,
            resent: 0,
            place: (client, client),
            target: client,
            stack: BTreeSet::new(),
            silent: BTreeSet::new(),
        };
        let answer = self.said(next, client, operation, question);
        self.consider(next, operation, doing, answer);
    }

    /// Source: CORAL-12, CORAL-14, CORAL-17.
    pub(super) fn hear(&self, next: &mut Observed<I>, word: Word<I>) {
        let Some(doing) = next.doing.remove(&word.operation) else { return };
        let Some(answer) = word.answer else { return };
        let place = (word.node, doing.target);
        self.consider(next, word.operation, Doing { place, ..doing }, answer);
    }

    fn consider(&self, next: &mut Observed<I>, operation: u8, doing: Doing<I>, answer: Answer) {
        let at = doing.asks;
        match answer {
            Answer::Told(loaded, count, least) => {
                let life = self.value(operation).map_or(0, |(_, life)| life);
                let is_the_end = loaded && self.is_full(count, least, life);
                if is_the_end {
                    self.retreat(next, operation, doing);
                } else {
                    let mut doing = doing;
                    doing.stack.insert(at);
                    self.hop(next, operation, doing);
                }
            }
            Answer::Stored(true) => next.end_put(operation, Outcome::Stored(at)),
            Answer::Stored(false) => self.retreat(next, operation, doing),
            Answer::Values(values) if values.is_empty() => self.hop(next, operation, doing),
            Answer::Values(_) => {
                next.ended.insert(operation, Ended::Found { at, level: 0 });
            }
        }
    }

    /// The next node on the way that has not kept silent. The point goes on from each node that is
    /// left out.
    ///
    /// Source: CORAL-5, CORAL-22, CORAL-42.
    fn hop(&self, next: &mut Observed<I>, operation: u8, doing: Doing<I>) {
        let key = self.key(operation);
        let (at, mut target) = doing.place;
        let mut known: BTreeSet<I> = self.contacts[&at].iter().copied().collect();
        while let Some((node, point)) = nearest(key, at, target, &known) {
            if !doing.silent.contains(&node) {
                let doing = Doing { asks: node, resent: 0, target: point, ..doing };
                next.ask(operation, doing);
                return;
            }
            known.remove(&node);
            target = point;
        }
        if doing.question == Question::Forward {
            self.retreat(next, operation, doing);
        } else {
            next.ended.insert(operation, Ended::Missed { at });
        }
    }

    /// Source: CORAL-14, CORAL-16.
    fn retreat(&self, next: &mut Observed<I>, operation: u8, mut doing: Doing<I>) {
        let key = self.key(operation);
        let top = doing.stack.iter().copied().min_by_key(|node| node.xor(key));
        let Some(top) = top else {
            next.end_put(operation, Outcome::NotStored);
            return;
        };
        doing.stack.remove(&top);
        let (question, place) = (Question::Store, (top, top));
        let doing = Doing { question, asks: top, resent: 0, place, target: top, ..doing };
        if top == self.client(operation) {
            let answer = self.said(next, top, operation, question);
            self.consider(next, operation, doing, answer);
        } else {
            next.ask(operation, doing);
        }
    }

    /// Source: CORAL-16, CORAL-22.
    pub(super) fn time_out(&self, next: &mut Observed<I>, operation: u8, of: I) -> Option<()> {
        let mut doing = next.doing.remove(&operation).filter(|doing| doing.asks == of)?;
        if doing.resent < self.resends {
            doing.resent += 1;
            next.ask(operation, doing);
        } else if doing.question == Question::Store {
            next.end_put(operation, Outcome::Unsure(of));
        } else {
            doing.silent.insert(of);
            self.hop(next, operation, doing);
        }
        Some(())
    }
}

impl<I: Named> Observed<I> {
    /// A question to a node that is down goes nowhere.
    fn ask(&mut self, operation: u8, doing: Doing<I>) {
        if self.up.contains(&doing.asks) {
            let (node, question) = (doing.asks, doing.question);
            self.flight.push(Word { operation, node, question, answer: None });
        }
        self.doing.insert(operation, doing);
    }
}

/// The contact nearest to the next point, if it is nearer to the key than this node; else that of
/// the point after. Each point has one bit more of the key than the one before.
///
/// Source: CORAL-5.
fn nearest<I: Xor>(key: I, at: I, mut target: I, known: &BTreeSet<I>) -> Option<(I, I)> {
    let closest_to = |point: I| known.iter().copied().min_by_key(|node| node.xor(point));
    let is_nearer = |node: &I| node.xor(key) < at.xor(key);
    while target != key {
        let changed = (1..=key.bits()).map(|bits| key.spliced(target, bits));
        target = changed.into_iter().find(|point| *point != target)?;
        if let Some(node) = closest_to(target).filter(is_nearer) {
            return Some((node, target));
        }
    }
    Some((closest_to(key).filter(is_nearer)?, target))
}
