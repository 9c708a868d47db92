//! The engine's answers about random small graphs against a decision by brute force.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;

use crate::common::{Tiny, decide, forms, limits};
use straightedge_models::engine::{Fairness, Form, Verdict};

/// Graphs in each of the two comparisons.
const CASES: u64 = 12_000;

/// Numbers from a seed: xorshift.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self((seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }

    fn some_of(&mut self, nodes: u64, of: u64) -> Vec<u8> {
        (0..nodes as u8).filter(|_| self.below(of) == 0).collect()
    }
}

fn random_graph(seed: u64, with_boundary: bool) -> Tiny {
    let mut random = Random::new(seed);
    let nodes = 1 + random.below(6);
    let constraints = 1 + random.below(4);
    let ways = random.below(3 * nodes + 1);
    let fairness = |random: &mut Random| match random.below(8) {
        0 | 1 => Fairness::Unfair,
        2 => Fairness::Finite,
        3..=5 => Fairness::Weak(random.below(constraints) as u8),
        _ => Fairness::Strong(random.below(constraints) as u8),
    };
    let ways = (0..ways)
        .map(|_| (random.below(nodes) as u8, random.below(nodes) as u8, fairness(&mut random)))
        .collect();
    let mut initial = random.some_of(nodes, 3);
    initial.push(random.below(nodes) as u8);
    initial.dedup();
    let (p, q) = (random.some_of(nodes, 3), random.some_of(nodes, 2));
    let outside = if with_boundary { random.some_of(nodes, 4) } else { Vec::new() };
    Tiny { initial, ways, p, q, outside }
}

/// What is so, by looking at every set of states that a behaviour could visit for ever.
struct Oracle<'a> {
    model: &'a Tiny,
    nodes: u8,
    /// Whether the states beyond the boundary are looked at too.
    sees_beyond: bool,
}

impl Oracle<'_> {
    fn exists(&self, node: u8) -> bool {
        self.sees_beyond || !self.model.outside.contains(&node)
    }

    /// All that can be reached from the nodes of a mask by steps into allowed nodes.
    fn closure(&self, from: u64, allowed: impl Fn(u8) -> bool) -> u64 {
        self.closure_by(from, allowed, |_| true)
    }

    fn closure_by(
        &self,
        from: u64,
        allowed: impl Fn(u8) -> bool,
        by: impl Fn(Fairness<u8>) -> bool,
    ) -> u64 {
        let mut reached = from;
        for _ in 0..=self.nodes {
            for &(source, target, fairness) in &self.model.ways {
                let is_allowed = allowed(target) && self.exists(target) && by(fairness);
                if reached >> source & 1 == 1 && is_allowed {
                    reached |= 1 << target;
                }
            }
        }
        reached
    }

    fn mask(&self, test: impl Fn(u8) -> bool) -> u64 {
        (0..self.nodes).filter(|&node| test(node)).fold(0, |mask, node| mask | 1 << node)
    }

    fn initial(&self) -> u64 {
        self.mask(|node| self.model.initial.contains(&node) && self.exists(node))
    }

    fn reachable(&self) -> u64 {
        self.closure(self.initial(), |_| true)
    }

    /// Whether some behaviour visits exactly these states for ever, and is fair.
    fn is_fair_for_ever(&self, set: u64) -> bool {
        let is_in = |node: u8| set >> node & 1 == 1;
        let recurring = |fairness: Fairness<u8>| fairness != Fairness::Finite;
        let is_connected = (0..self.nodes)
            .filter(|&node| is_in(node))
            .all(|node| self.closure_by(1 << node, is_in, recurring) == set);
        let enables = |node: u8, wanted: Fairness<u8>| {
            let mut ways = self.model.ways.iter();
            ways.any(|&(from, to, fairness)| from == node && to != node && fairness == wanted)
        };
        let is_taken = |wanted: Fairness<u8>| {
            let mut ways = self.model.ways.iter();
            ways.any(|&(from, to, f)| from != to && is_in(from) && is_in(to) && f == wanted)
        };
        let members = (0..self.nodes).filter(|&node| is_in(node));
        is_connected
            && self.model.ways.iter().all(|&(.., fairness)| match fairness {
                Fairness::Unfair | Fairness::Finite => true,
                Fairness::Weak(_) => {
                    is_taken(fairness) || members.clone().any(|node| !enables(node, fairness))
                }
                Fairness::Strong(_) => {
                    is_taken(fairness) || !members.clone().any(|node| enables(node, fairness))
                }
            })
    }

    /// Whether some fair behaviour, or state, breaks the claim.
    fn is_broken(&self, form: &Form<Tiny>) -> bool {
        let is_p = |node: u8| self.model.p.contains(&node);
        let (p, everything) = (self.mask(is_p), self.mask(|node| self.exists(node)));
        let reachable = self.reachable();
        let start = match form {
            Form::Eventually(_) => self.initial() & !p,
            Form::LeadsTo(..) => self.mask(|n| self.model.q.contains(&n)) & reachable & !p,
            Form::Recoverable { .. } => {
                let recurring = |fairness: Fairness<u8>| fairness != Fairness::Finite;
                return (0..self.nodes).any(|node| {
                    let ahead = self.closure_by(1 << node, |_| true, recurring);
                    reachable >> node & 1 == 1 && ahead & p == 0
                });
            }
            _ => reachable,
        };
        let region = match form {
            Form::EventuallyAlways(_) | Form::InfinitelyOften(_) => reachable,
            _ => self.closure(start, |node| !is_p(node)),
        };
        (1..1_u64 << self.nodes).any(|set| {
            let is_breaking = match form {
                Form::EventuallyAlways(_) => set & !p != 0,
                _ => set & p == 0,
            };
            set & everything == set
                && set & region == set
                && is_breaking
                && self.is_fair_for_ever(set)
        })
    }

    /// Whether leads-to is triggered at all.
    fn is_vacuous(&self, form: &Form<Tiny>) -> bool {
        let q = self.mask(|node| self.model.q.contains(&node));
        matches!(form, Form::LeadsTo(..)) && self.reachable() & q == 0
    }
}

#[test]
fn whole_graphs_are_decided_as_brute_force_decides_them() {
    let mut answers = BTreeMap::new();
    for seed in 0..CASES {
        let model = random_graph(seed, false);
        let oracle = Oracle { model: &model, nodes: 6, sees_beyond: true };
        for form in forms() {
            let expected = match (oracle.is_broken(&form), oracle.is_vacuous(&form)) {
                (true, _) => Verdict::Violated,
                (false, true) => Verdict::Vacuous,
                (false, false) => Verdict::Holds,
            };
            let verdict = decide(&model, form, limits(1)).verdict;
            assert_eq!(verdict, expected, "seed {seed}, {}: {model:?}", form.name());
            *answers.entry((form.name(), verdict.to_string())).or_insert(0) += 1;
        }
    }
    for form in ["eventually", "leads_to", "infinitely_often", "eventually_always", "recoverable"] {
        for verdict in ["holds", "violated"] {
            let seen = answers.get(&(form, verdict.to_owned())).copied().unwrap_or(0);
            assert!(seen > 1000, "{form} {verdict} only {seen} times: {answers:?}");
        }
    }
}

#[test]
fn graphs_that_a_boundary_cuts_are_never_decided_wrongly() {
    let mut answers = BTreeMap::new();
    for seed in 0..CASES {
        let model = random_graph(seed, true);
        let beyond = Oracle { model: &model, nodes: 6, sees_beyond: true };
        let within = Oracle { model: &model, nodes: 6, sees_beyond: false };
        for form in forms() {
            let verdict = decide(&model, form, limits(1)).verdict;
            let at = || format!("seed {seed}, {}, {verdict}: {model:?}", form.name());
            match verdict {
                Verdict::Violated => assert!(beyond.is_broken(&form), "{}", at()),
                Verdict::Holds => assert!(!beyond.is_broken(&form), "{}", at()),
                Verdict::Vacuous => assert!(beyond.is_vacuous(&form), "{}", at()),
                Verdict::HoldsWithin(_) => assert!(!within.is_broken(&form), "{}", at()),
                Verdict::Inconclusive(_) => {}
            }
            if form.is_liveness() {
                let is_found = within.is_broken(&form);
                assert_eq!(is_found, verdict == Verdict::Violated, "{}", at());
            }
            let kind = format!("{:?}", verdict.kind());
            *answers.entry((form.name(), kind)).or_insert(0) += 1;
        }
    }
    for form in ["eventually", "leads_to", "infinitely_often", "eventually_always", "recoverable"] {
        let seen = answers.get(&(form, "Inconclusive".to_owned())).copied().unwrap_or(0);
        assert!(seen > 100, "{form} inconclusive only {seen} times: {answers:?}");
    }
}
