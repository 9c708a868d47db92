//! What a node does with a question.

use std::collections::BTreeSet;

use straightedge_impl::coral::Value;

use super::super::environment::Named;
use super::{Answer, Observed, Question, Rules, Word};

impl<I: Named> Rules<I> {
    /// A node answers, itself or another.
    pub(super) fn answer(&self, next: &mut Observed<I>, word: &Word<I>) {
        let Word { node, operation, question, .. } = *word;
        let answer = Some(self.said(next, node, operation, question));
        next.flight.push(Word { operation, node, question, answer });
    }

    pub(super) fn said(
        &self,
        next: &mut Observed<I>,
        node: I,
        operation: u8,
        question: Question,
    ) -> Answer {
        match question {
            Question::Forward => self.inspect(next, node, operation),
            Question::Store => Answer::Stored(self.store(next, node, operation)),
            Question::Get => {
                let held = next.held.get(&(node, self.key(operation)));
                let values: BTreeSet<Value> = held.into_iter().flatten().map(first).collect();
                Answer::Values(values)
            }
        }
    }

    /// Source: CORAL-10, CORAL-12.
    fn inspect(&self, next: &mut Observed<I>, node: I, operation: u8) -> Answer {
        let slot = (node, self.key(operation));
        let lives: Vec<u8> = next.held.get(&slot).into_iter().flatten().map(|(_, l)| *l).collect();
        let least = lives.iter().copied().min().unwrap_or(0);
        let passed = next.passed.get(&slot).copied().unwrap_or(0);
        let is_loaded = passed >= self.leakage;
        if !is_loaded {
            next.passed.insert(slot, passed + 1);
        }
        Answer::Told(is_loaded, lives.len(), least)
    }

    /// Source: CORAL-9.
    pub(super) const fn is_full(&self, count: usize, least: u8, life: u8) -> bool {
        count >= self.capacity && 2 * least as u16 >= life as u16
    }

    /// Source: CORAL-8, CORAL-15.
    fn store(&self, next: &mut Observed<I>, node: I, operation: u8) -> bool {
        let Some((value, life)) = self.value(operation) else { return false };
        let held = next.held.entry((node, self.key(operation))).or_default();
        let least = held.values().copied().min().unwrap_or(0);
        if !held.contains_key(&value) {
            if self.is_full(held.len(), least, life) {
                return false;
            }
            if held.len() >= self.capacity {
                let victim = held.iter().min_by_key(|(value, left)| (**left, (*value).clone()));
                let victim = victim.map(|(value, _)| value.clone()).unwrap_or_default();
                held.remove(&victim);
            }
        }
        held.insert(value, life);
        true
    }
}

fn first((value, _): (&Value, &u8)) -> Value {
    value.clone()
}
