#![allow(clippy::unwrap_used, clippy::expect_used)]
//! The pieces that CHORD-25 is put together from, one by one.

use std::ops::ControlFlow;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::lists::{Catalogue, Lists, principal_sets};
use super::rules::Rules;
use super::space::Space;
use crate::chord::shape::{MAXIMUM_SHAPE, Shape};
use crate::chord::{Id, List, Set, between};

const fn faithful(n: Id, r: usize) -> Rules {
    Rules { n, r, fault: None }
}

/// The invariant as the factorised check has it: for some set of `r + 1` members every member's
/// list is one over that set, and has a live entry.
fn is_product_of_lists(rules: Rules, shape: &Shape) -> bool {
    let members = shape.members();
    let sets = (0..1_u16 << rules.n).map(Set::from_bits);
    let mut sets = sets.filter(|set| set.len() == rules.r + 1 && set.is_subset(members));
    let catalogue = Catalogue::new(rules);
    sets.any(|principals| {
        let lists = Lists::new(&catalogue, principals);
        members.iter().all(|id| {
            let list = shape.list(id);
            lists.of(id).contains(&list) && list.iter().any(|entry| members.contains(entry))
        })
    })
}

#[test]
fn the_factorised_condition_is_the_invariant_on_every_shape_of_four_identifiers() {
    let rules = faithful(4, 2);
    let all: Vec<List> = rules.all_lists().collect();
    let mut in_invariant = 0;
    for members in (1..1_u16 << 4).map(Set::from_bits) {
        let ids: Vec<Id> = members.iter().collect();
        for number in 0..all.len().pow(ids.len() as u32) {
            let mut lists = [List::EMPTY; MAXIMUM_SHAPE as usize];
            for (place, &id) in ids.iter().enumerate() {
                lists[usize::from(id)] = all[number / all.len().pow(place as u32) % all.len()];
            }
            let shape = Shape::new(4, members, lists);
            let expected = rules.invariant(&shape);
            in_invariant += u32::from(expected);
            // The product is dear, so most shapes that both reject are passed over.
            if expected || number % 61 == 0 {
                assert_eq!(is_product_of_lists(rules, &shape), expected, "{shape:?}");
            }
        }
    }
    assert_eq!(in_invariant, 29);
}

/// Shapes near the ideal ring, so that many meet the invariant and many just miss it.
fn shapes() -> impl Strategy<Value = (usize, Shape)> {
    let sizes = (2_usize..=3, 4_u8..=7);
    sizes.prop_flat_map(|(r, n)| {
        let entry = (0..usize::from(n), 0..r, 0..n);
        let changes = prop::collection::vec(entry, 0..3);
        (Just(r), Just(n), 1..1_u16 << n, changes).prop_map(|(r, n, bits, changes)| {
            let members = Set::from_bits(bits);
            let mut lists = [List::EMPTY; MAXIMUM_SHAPE as usize];
            let nobody = Shape::new(n, members, lists);
            for id in members {
                lists[usize::from(id)] = nobody.members_after(id, r);
            }
            for (owner, position, value) in changes {
                let mut entries: Vec<Id> = lists[owner].iter().collect();
                if let Some(entry) = entries.get_mut(position) {
                    *entry = value;
                }
                lists[owner] = List::new(&entries);
            }
            (r, Shape::new(n, members, lists))
        })
    })
}

#[test]
fn the_factorised_condition_is_the_invariant_on_random_shapes() {
    let met = std::cell::Cell::new([0_u32; 2]);
    let config = Config { cases: 2_000, failure_persistence: None, ..Config::default() };
    let property = |(r, shape): (usize, Shape)| {
        let rules = faithful(shape.n(), r);
        let expected = rules.invariant(&shape);
        let mut counts = met.get();
        counts[usize::from(expected)] += 1;
        met.set(counts);
        prop_assert_eq!(is_product_of_lists(rules, &shape), expected);
        Ok(())
    };
    TestRunner::new(config).run(&shapes(), property).unwrap();
    assert!(met.get().into_iter().all(|count| count > 200), "one-sided: {:?}", met.get());
}

/// Source: CHORD-25, part B: what makes each of the four kinds of pairs innocent.
#[test]
fn inner_merged_and_next_pairs_pass_over_nobody_new() {
    for n in 2..=9_u8 {
        for a in 0..n {
            assert!(Set::arc(a, (a + 1) % n, n).is_empty(), "next: {a} of {n}");
            for b in 0..n {
                for c in 0..n {
                    if between(a, b, c) {
                        assert!(Set::arc(a, b, n).is_subset(Set::arc(a, c, n)));
                        assert!(Set::arc(b, c, n).is_subset(Set::arc(a, c, n)));
                    }
                    let over_b = Set::arc(a, b, n).with(b).union(Set::arc(b, c, n));
                    assert!(Set::arc(a, c, n).is_subset(over_b), "merged: {a} {b} {c} of {n}");
                }
            }
        }
    }
}

/// Source: CHORD-25, part E: every head that may be asked about is the head of some list.
#[test]
fn a_head_that_passes_over_nobody_is_the_head_of_a_list() {
    for (n, r) in [(8, 2), (10, 3), (12, 4)] {
        let rules = faithful(n, r);
        let catalogue = Catalogue::new(rules);
        for principals in principal_sets(rules) {
            let lists = Lists::new(&catalogue, principals);
            for owner in 0..n {
                let heads: Set = lists.of(owner).iter().filter_map(|list| list.head()).collect();
                let innocent = |&head: &Id| {
                    Set::arc(owner, head, n).intersection(principals).is_empty() && head != owner
                };
                assert_eq!(heads, (0..n).filter(innocent).collect(), "{owner} over {principals}");
            }
        }
    }
}

#[test]
fn what_is_generated_is_the_invariant_and_each_state_once() {
    for r in 2..=3 {
        let rules = faithful(5, r);
        for space in Space::all(rules) {
            let mut seen = Vec::new();
            for part in 0..space.parts() {
                let _ = space.visit(part, &mut |shape| {
                    assert!(rules.invariant(shape), "{shape:?}");
                    seen.push((0..5).map(|id| shape.list(id)).collect::<Vec<_>>());
                    ControlFlow::Continue(())
                });
            }
            let generated = seen.len() as u64;
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len() as u64, generated);
            assert_eq!(space.count(), Some(generated));
        }
    }
}

#[test]
fn the_formula_counts_states_on_circles_that_are_too_large_to_visit_here() {
    let count = |n, r| -> Option<u64> { Space::all(faithful(n, r)).iter().map(Space::count).sum() };
    let two: Vec<Option<u64>> = (4..=9).map(|n| count(n, 2)).collect();
    let three: Vec<Option<u64>> = (4..=9).map(|n| count(n, 3)).collect();
    assert_eq!(two, [29, 591, 11_942, 266_211, 6_797_545, 202_198_339].map(Some));
    assert_eq!(three, [1, 76, 4_054, 214_012, 12_629_675, 874_067_776].map(Some));
}
