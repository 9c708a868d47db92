//! Every state of the invariant, as far as members and lists go, and how many there are.

use std::ops::ControlFlow;

use super::rules::Rules;
use crate::chord::shape::{MAXIMUM_SHAPE, Shape};
use crate::chord::{Id, List, Set};

/// A list that a member may have, and what it passes over.
#[derive(Clone, Copy, Debug)]
struct Choice {
    list: List,
    skipped: Set,
}

/// Every state of the invariant with the same members.
pub(super) struct Space {
    rules: Rules,
    members: Set,
    /// Each member with its choices.
    choices: Vec<(Id, Vec<Choice>)>,
}

impl Space {
    /// One space for each set of members.
    pub(super) fn all(rules: Rules) -> Vec<Self> {
        let sets = (1..1_u32 << rules.n).map(|bits| Set::from_bits(bits as u16));
        sets.filter(|members| members.len() >= rules.required_principals())
            .map(|members| Self::new(rules, members))
            .collect()
    }

    fn new(rules: Rules, members: Set) -> Self {
        let choices_of = |owner: Id| {
            let choice = |list: List| Choice { list, skipped: list.skipped(owner, rules.n) };
            let is_possible = |choice: &Choice| {
                rules.has_live_entry(choice.list, members)
                    && members.minus(choice.skipped).len() >= rules.required_principals()
            };
            rules.all_lists().map(choice).filter(is_possible).collect()
        };
        let choices = members.iter().map(|owner| (owner, choices_of(owner))).collect();
        Self { rules, members, choices }
    }

    /// How many bytes it holds.
    pub(super) fn bytes(&self) -> u64 {
        let entries: usize = self.choices.iter().map(|(_, choices)| choices.len()).sum();
        (entries * size_of::<Choice>()) as u64
    }

    /// How many choices the first member has: the space falls into as many parts.
    pub(super) fn parts(&self) -> usize {
        self.choices.first().map_or(0, |(_, choices)| choices.len())
    }

    /// Visits every state of one part. What is passed over grows with each list, so a branch ends
    /// as soon as too few principals are left: none is generated to be thrown away.
    pub(super) fn visit(
        &self,
        part: usize,
        visitor: &mut impl FnMut(&Shape) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some((first, choices)) = self.choices.first() else { return ControlFlow::Continue(()) };
        let Some(choice) = choices.get(part) else { return ControlFlow::Continue(()) };
        let mut lists = [List::EMPTY; MAXIMUM_SHAPE as usize];
        lists[usize::from(*first)] = choice.list;
        self.descend(1, choice.skipped, &mut lists, visitor)
    }

    fn descend(
        &self,
        depth: usize,
        skipped: Set,
        lists: &mut [List; MAXIMUM_SHAPE as usize],
        visitor: &mut impl FnMut(&Shape) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some((owner, choices)) = self.choices.get(depth) else {
            return visitor(&Shape::new(self.rules.n, self.members, *lists));
        };
        for choice in choices {
            let skipped = skipped.union(choice.skipped);
            if self.members.minus(skipped).len() >= self.rules.required_principals() {
                lists[usize::from(*owner)] = choice.list;
                self.descend(depth + 1, skipped, lists, visitor)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// How many states it has, counted without visiting one.
    ///
    /// With `f(P)` states that pass over nobody in `P`, a product over the members, the states
    /// with at least `k` principals number `Σ (-1)^(s-k) C(s-1, k-1) f(P)` over the sets `P` of
    /// `s ≥ k` members. `None` for `k = 0`, where every product of choices is a state.
    pub(super) fn count(&self) -> Option<u64> {
        let least = self.rules.required_principals().checked_sub(1)?;
        let mut sum: i128 = 0;
        for bits in 1..=self.members.bits() {
            let principals = Set::from_bits(bits);
            let size = principals.len();
            if !principals.is_subset(self.members) || size <= least {
                continue;
            }
            let passing_over_none = |choices: &Vec<Choice>| {
                let clear = |choice: &&Choice| choice.skipped.intersection(principals).is_empty();
                choices.iter().filter(clear).count() as i128
            };
            let product: i128 =
                self.choices.iter().map(|(_, choices)| passing_over_none(choices)).product();
            let sign = if (size - least - 1).is_multiple_of(2) { 1 } else { -1 };
            sum += sign * binomial(size - 1, least) * product;
        }
        u64::try_from(sum).ok()
    }
}

fn binomial(n: usize, k: usize) -> i128 {
    (0..k as i128).fold(1, |product, i| product * (n as i128 - i) / (i + 1))
}
