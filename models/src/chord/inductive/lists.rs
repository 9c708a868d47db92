//! The factorised check: every list over every set of principals, and every step that writes one.
//!
//! For a fixed set `P` of principals the states of the invariant are a product of one set of lists
//! for each member, so a step is decided by the two lists that it reads. On a circle of `2r + 4`
//! identifiers the answer is the answer for every circle.
//!
//! Source: CHORD-25, parts A, B, C and E.

use super::findings::{Counterexample, Findings};
use super::jobs::Meter;
use super::rules::{Operation, Rules, Step};
use crate::chord::shape::Shape;
use crate::chord::{Id, List, Set};

/// The claim on order; the claims on operations follow in the operations' order, then the claim
/// on length.
pub(super) const ORDER: usize = 0;
pub(super) const LENGTH: usize = 1 + Operation::ALL.len();
pub(super) const CLAIMS: usize = LENGTH + 1;

/// A set of principals, and for each identifier the lists that pass over none of them.
pub(super) struct Lists {
    rules: Rules,
    principals: Set,
    of: Vec<Vec<List>>,
}

/// One written list, and all that it depended on.
struct Written<'a> {
    step: Step,
    /// The fewest members that the step allows, given its witnesses.
    members: Set,
    /// The lists that were read.
    read: &'a [(Id, List)],
    list: List,
}

/// Every set of as many principals as the invariant asks for, and the identifier 0 in it: a
/// rotation of the circle brings one of the principals there.
pub(super) fn principal_sets(rules: Rules) -> Vec<Set> {
    let circle = 0..1_u16 << rules.n;
    let is_meant = |set: &Set| set.len() == rules.required_principals() && set.contains(0);
    circle.map(Set::from_bits).filter(is_meant).collect()
}

/// For each identifier the lists that pass over few enough others to be over some set of
/// principals, with what they pass over.
pub(super) struct Catalogue {
    pub(super) rules: Rules,
    of: Vec<Vec<(List, Set)>>,
}

impl Catalogue {
    pub(super) fn new(rules: Rules) -> Self {
        let circle = Set::circle(rules.n);
        let of = |owner: Id| -> Vec<(List, Set)> {
            let leaves_enough = |(_, skipped): &(List, Set)| {
                circle.minus(*skipped).len() >= rules.required_principals()
            };
            let all = rules.all_lists().map(|list| (list, list.skipped(owner, rules.n)));
            all.filter(leaves_enough).collect()
        };
        Self { rules, of: (0..rules.n).map(of).collect() }
    }

    /// How many bytes it holds.
    pub(super) fn bytes(&self) -> u64 {
        let entries: usize = self.of.iter().map(Vec::len).sum();
        (entries * size_of::<(List, Set)>()) as u64
    }

    fn over(&self, principals: Set) -> Vec<Vec<List>> {
        let passes_over_none = |&(list, skipped): &(List, Set)| {
            skipped.intersection(principals).is_empty().then_some(list)
        };
        self.of.iter().map(|lists| lists.iter().filter_map(passes_over_none).collect()).collect()
    }
}

impl Lists {
    pub(super) fn new(catalogue: &Catalogue, principals: Set) -> Self {
        Self { rules: catalogue.rules, principals, of: catalogue.over(principals) }
    }

    /// The lists of that owner over the principals.
    pub(super) fn of(&self, owner: Id) -> &[List] {
        &self.of[usize::from(owner)]
    }

    fn others(&self, id: Id) -> Set {
        Set::circle(self.rules.n).without(id)
    }

    /// Evaluates every claim on every list, and on every step between lists.
    pub(super) fn check(&self, meter: &Meter) -> Findings {
        let mut found = Findings::new(CLAIMS, Operation::ALL.len());
        for owner in 0..self.rules.n {
            if meter.is_stopped() {
                break;
            }
            self.check_order(owner, &mut found);
            self.check_live_head(owner, &mut found);
            self.check_dropped_head(owner, &mut found);
            self.check_candidate(owner, &mut found);
            self.check_join(owner, &mut found);
            self.check_failure(owner, &mut found);
        }
        meter.add(found.states, found.transitions());
        found
    }

    /// Part A: the entries of an extended list are distinct, and in the order of the circle.
    fn check_order(&self, owner: Id, found: &mut Findings) {
        for &list in self.of(owner) {
            found.states += 1;
            let alone = self.rules.rewrite(&self.nobody(), Set::of(owner), &[(owner, list)]);
            let in_order = alone.duplicate().is_none() && alone.disordered_list().is_none();
            found.ask(ORDER, in_order, || Counterexample {
                before: self.complete(self.principals.with(owner), &[(owner, list)]),
                step: None,
                because: format!(
                    "the list [{list}] of {owner} passes over none of the {} principals {}, and \
                     is not distinct and in order",
                    self.principals.len(),
                    self.principals
                ),
            });
        }
    }

    /// A member asks its live successor.
    fn check_live_head(&self, node: Id, found: &mut Findings) {
        for &own in self.of(node) {
            let Some(head) = own.head() else { continue };
            for &its_list in self.of(head) {
                let list = self.rules.adopt_successor(head, its_list);
                found.count(Operation::StabilizeFromSuccessor as usize, list != own);
                for witness in its_list {
                    let members = self.principals.with(node).with(head).with(witness);
                    let read = [(head, its_list), (node, own)];
                    let step =
                        Step { operation: Operation::StabilizeFromSuccessor, node, other: None };
                    self.check_written(&Written { step, members, read: &read, list }, found);
                }
            }
        }
    }

    /// A member finds its successor dead.
    fn check_dropped_head(&self, node: Id, found: &mut Findings) {
        for &own in self.of(node) {
            let Some(head) = own.head() else { continue };
            if !self.rules.may_drop_head(self.principals.contains(head)) {
                continue;
            }
            let list = self.rules.drop_head(own);
            found.count(Operation::DropDeadHead as usize, list != own);
            for witness in own.iter().filter(|&witness| witness != head) {
                let members = self.principals.with(node).with(witness);
                let step = Step { operation: Operation::DropDeadHead, node, other: None };
                let read = [(node, own)];
                self.check_written(&Written { step, members, read: &read, list }, found);
            }
        }
    }

    /// A member asks its candidate, dead or alive.
    fn check_candidate(&self, node: Id, found: &mut Findings) {
        for &own in self.of(node) {
            let Some(head) = own.head() else { continue };
            let may_be_asked = |&q: &Id| self.rules.may_ask(node, q, head);
            for candidate in self.others(node).iter().filter(may_be_asked) {
                let step = Step {
                    operation: Operation::StabilizeFromPredecessor,
                    node,
                    other: Some(candidate),
                };
                for &its_list in self.of(candidate) {
                    let answer = self.rules.ask_candidate(candidate, Some(its_list), own);
                    let Some(list) = answer else { continue };
                    found.count(step.operation as usize, list != own);
                    for witness in own {
                        let members = self.principals.with(node).with(candidate).with(witness);
                        let read = [(candidate, its_list), (node, own)];
                        self.check_written(&Written { step, members, read: &read, list }, found);
                    }
                }
                self.check_dead_candidate(step, candidate, own, found);
            }
        }
    }

    fn check_dead_candidate(&self, step: Step, candidate: Id, own: List, found: &mut Findings) {
        let answer = self.rules.ask_candidate(candidate, None, own);
        let Some(list) = answer.filter(|_| !self.principals.contains(candidate)) else { return };
        found.count(step.operation as usize, list != own);
        for witness in own.iter().filter(|&witness| witness != candidate) {
            let members = self.principals.with(step.node).with(witness);
            let read = [(step.node, own)];
            self.check_written(&Written { step, members, read: &read, list }, found);
        }
    }

    /// A node joins through this member.
    fn check_join(&self, via: Id, found: &mut Findings) {
        for &its_list in self.of(via) {
            let may_join = |&node: &Id| {
                !self.principals.contains(node) && self.rules.may_join(node, via, its_list)
            };
            for node in self.others(via).iter().filter(may_join) {
                found.count(Operation::Join as usize, true);
                let step = Step { operation: Operation::Join, node, other: Some(via) };
                for witness in its_list.iter().filter(|&witness| witness != node) {
                    let members = self.principals.with(via).with(witness).without(node);
                    let read = [(via, its_list)];
                    let written = Written { step, members, read: &read, list: its_list };
                    self.check_written(&written, found);
                }
            }
        }
    }

    /// A member fails that this one lists. It is not in `P`, for the guard leaves a `P` without it.
    fn check_failure(&self, owner: Id, found: &mut Findings) {
        for &list in self.of(owner) {
            let listed = list.set_of().minus(self.principals).without(owner);
            for failing in listed {
                let step = Step { operation: Operation::Fail, node: failing, other: None };
                for witness in list {
                    let members = self.principals.with(owner).with(failing).with(witness);
                    if !self.rules.spares_live_successor(list, members, failing) {
                        continue;
                    }
                    found.count(Operation::Fail as usize, true);
                    let left = members.without(failing);
                    let holds = self.rules.has_live_entry(list, left);
                    found.ask(claim_of(Operation::Fail), holds, || {
                        let before = self.complete(members, &[(owner, list)]);
                        let after = self.rules.rewrite(&before, left, &[]);
                        let because = format!("the list [{list}] of {owner} has no live entry");
                        Counterexample::step(before, step, after, because)
                    });
                }
            }
        }
    }

    /// Parts B and C: the written list passes over no principal, and has a live entry.
    fn check_written(&self, written: &Written<'_>, found: &mut Findings) {
        let &Written { step, members, read, list } = written;
        let passed_over = list.skipped(step.node, self.rules.n).intersection(self.principals);
        let has_live_entry = self.rules.has_live_entry(list, members);
        let counterexample = |because: String| {
            let before = self.complete(members, read);
            let after = self.rules.rewrite(&before, members.with(step.node), &[(step.node, list)]);
            Counterexample::step(before, step, after, because)
        };
        let holds = passed_over.is_empty() && has_live_entry;
        found.ask(claim_of(step.operation), holds, || {
            let node = step.node;
            counterexample(match passed_over.first() {
                Some(p) => format!("the list [{list}] of {node} passes over the principal {p}"),
                None => format!("the list [{list}] of {node} has no live entry"),
            })
        });
        found.ask(LENGTH, list.len() == self.rules.r, || {
            let wanted = self.rules.r;
            counterexample(format!("the list [{list}] of {} has not {wanted} entries", step.node))
        });
    }

    fn nobody(&self) -> Shape {
        let lists = [List::EMPTY; crate::chord::shape::MAXIMUM_SHAPE as usize];
        Shape::new(self.rules.n, Set::EMPTY, lists)
    }

    /// A whole state of the invariant with these members and these lists, so that a person can
    /// follow a step: every other member has its first possible list.
    fn complete(&self, members: Set, lists: &[(Id, List)]) -> Shape {
        let is_live = |list: &&List| !list.set_of().intersection(members).is_empty();
        let first = |id: Id| self.of(id).iter().find(is_live).copied().unwrap_or(List::EMPTY);
        let rest = members.iter().filter(|id| lists.iter().all(|(other, _)| other != id));
        let all: Vec<(Id, List)> =
            lists.iter().copied().chain(rest.map(|id| (id, first(id)))).collect();
        self.rules.rewrite(&self.nobody(), members, &all)
    }
}

/// The number of the claim on an operation.
pub(super) const fn claim_of(operation: Operation) -> usize {
    1 + operation as usize
}
