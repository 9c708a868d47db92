//! The questions on the shape of the network, each with a case where it is true and one where it
//! is not.

use straightedge_models::chord::{Chord, Id, List, Member, Set, Shape, State};

/// The shape of these members and their successors, on a circle of `n`.
fn shape(n: Id, members: &[(Id, &[Id])]) -> Shape {
    let member = |&(id, list): &(Id, &[Id])| (id, Member::new(List::new(list), None));
    Shape::of(n, &members.iter().map(member).collect::<State>())
}

fn set(ids: &[Id]) -> Set {
    ids.iter().copied().collect()
}

/// Members 0, 1, 2 in an ideal ring of lists of two, on a circle of four.
fn ideal() -> Shape {
    shape(4, &[(0, &[1, 2]), (1, &[2, 0]), (2, &[0, 1])])
}

#[test]
fn an_ideal_ring_has_nothing_wrong_with_it() {
    let ideal = ideal();
    assert_eq!(ideal, Chord::corrected(4, 2).shape(&Chord::corrected(4, 2).initial_state()));
    assert_eq!((ideal.ring(), ideal.principals()), (set(&[0, 1, 2]), set(&[0, 1, 2])));
    assert!(ideal.appendages().is_empty() && ideal.disconnected().is_empty());
    assert!(ideal.is_one_ordered_ring() && ideal.without_live_successor().is_empty());
    assert_eq!((ideal.duplicate(), ideal.disordered_list()), (None, None));
    assert_eq!((ideal.misplaced_merge(), ideal.disordered_appendage()), (None, None));
    assert_eq!((ideal.disorder(), ideal.invalid_list()), (None, None));
}

#[test]
fn the_best_successor_is_the_first_live_entry() {
    let shape = shape(4, &[(0, &[1, 2]), (2, &[1, 3])]);
    assert_eq!((shape.best(0), shape.best(2), shape.best(1)), (Some(2), None, None));
    assert_eq!(shape.without_live_successor(), set(&[2]));
}

#[test]
fn a_member_that_a_list_passes_over_is_no_principal() {
    let shape = shape(4, &[(0, &[1, 2]), (1, &[2, 0]), (2, &[0, 1]), (3, &[0, 1])]);
    assert_eq!(shape.principals(), set(&[0, 1, 2]));
    assert!(shape.is_skipped(3) && !shape.is_skipped(0));
    assert_eq!((shape.ring(), shape.appendages()), (set(&[0, 1, 2]), set(&[3])));
}

#[test]
fn the_members_on_cycles_are_the_ring_however_many_cycles_there_are() {
    let split = shape(5, &[(0, &[2]), (2, &[0]), (1, &[3]), (3, &[1]), (4, &[0])]);
    assert_eq!(split.ring(), set(&[0, 1, 2, 3]));
    assert!(!split.is_at_most_one_ring() && !split.is_one_ordered_ring());
    assert_eq!(split.reached_from(4), set(&[0, 2]));
    assert!(split.disconnected().is_empty());
}

#[test]
fn without_a_cycle_there_is_no_ring_and_nobody_leads_to_one() {
    let line = shape(4, &[(0, &[1]), (1, &[2])]);
    assert!(line.ring().is_empty() && line.is_at_most_one_ring());
    assert_eq!(line.disconnected(), set(&[0, 1]));
    assert!(!line.is_one_ordered_ring());
}

#[test]
fn a_ring_that_goes_round_twice_is_out_of_order() {
    let twice = shape(4, &[(0, &[2]), (2, &[1]), (1, &[3]), (3, &[0])]);
    assert!(twice.is_at_most_one_ring());
    assert_eq!(twice.disorder(), Some((0, 1, 2)));
    assert!(!twice.is_one_ordered_ring());
}

#[test]
fn rings_of_one_are_split_and_not_out_of_order() {
    let alone = shape(4, &[(0, &[0]), (2, &[2])]);
    assert_eq!(alone.disorder(), None);
    assert!(!alone.is_at_most_one_ring());
}

#[test]
fn an_appendage_merges_at_the_first_ring_member_after_it() {
    let right = shape(4, &[(0, &[2]), (2, &[3]), (3, &[0]), (1, &[2])]);
    assert_eq!(right.misplaced_merge(), None);
    let wrong = shape(4, &[(0, &[2]), (2, &[3]), (3, &[0]), (1, &[3])]);
    assert_eq!(wrong.misplaced_merge(), Some((1, 2, 3)));
}

#[test]
fn an_appendage_is_in_order_along_its_way_into_the_ring() {
    let wrong = shape(4, &[(1, &[3]), (3, &[2]), (2, &[2])]);
    assert_eq!(wrong.disordered_appendage(), Some((1, 2, 3)));
    let right = shape(4, &[(1, &[2]), (2, &[3]), (3, &[3])]);
    assert_eq!(right.disordered_appendage(), None);
    let leads_nowhere = shape(4, &[(1, &[3]), (3, &[2]), (2, &[0])]);
    assert_eq!(leads_nowhere.disordered_appendage(), None);
}

#[test]
fn what_a_member_lists_its_successor_does_not_pass_over() {
    let wrong = shape(4, &[(0, &[1, 3]), (1, &[0]), (3, &[0])]);
    assert_eq!(wrong.invalid_list(), Some((0, 1, 3)));
    let lone = shape(4, &[(2, &[0, 1]), (0, &[0]), (1, &[0])]);
    assert_eq!(lone.invalid_list(), None, "a list of oneself passes over nobody");
}

#[test]
fn lists_with_repeats_or_out_of_order_are_found() {
    let repeats = shape(4, &[(0, &[1, 0]), (1, &[2, 3])]);
    assert_eq!(repeats.duplicate(), Some((0, 0)));
    let disordered = shape(5, &[(0, &[3, 2]), (1, &[2, 3])]);
    assert_eq!(disordered.disordered_list(), Some((0, [0, 3, 2])));
    assert_eq!(disordered.duplicate(), None);
}

#[test]
fn members_behind_and_after_are_found_round_the_circle() {
    let ideal = ideal();
    assert_eq!((ideal.behind(0), ideal.behind(2)), (Some(2), Some(1)));
    assert_eq!(ideal.members_after(1, 3), List::new(&[2, 0, 1]));
    let alone = shape(4, &[(3, &[3])]);
    assert_eq!(alone.behind(3), Some(3));
    assert_eq!(alone.members_after(3, 2), List::new(&[3, 3]));
    assert_eq!(shape(4, &[]).members_after(0, 2), List::EMPTY);
}
