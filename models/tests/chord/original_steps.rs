//! Every branch of every procedure of the original protocol.

use straightedge_models::chord::original::{
    fail, flush, join, notified, reconcile, stabilize, update,
};
use straightedge_models::chord::{Assembly, Chord, Id, List, Member, Set, State};

const RAW: Assembly = Assembly::RAW;
const FIXED: Assembly = Assembly::FIXED;
const BEST: Assembly = Assembly::BEST;
const CHORD: Chord = Chord::original(4, RAW);

fn member(successors: &[Id], predecessor: Option<Id>) -> Member {
    Member::new(List::new(successors), predecessor)
}

/// 0 and 2 in a ring.
fn pair() -> State {
    State::EMPTY.with(0, member(&[2], Some(2))).with(2, member(&[0], Some(0)))
}

#[test]
fn the_first_member_is_its_own_successor_and_has_no_predecessor() {
    assert_eq!(CHORD.initial_state(), State::EMPTY.with(0, member(&[0], None)));
}

#[test]
fn a_new_member_has_one_successor_and_no_predecessor() {
    assert_eq!(join(&CHORD, RAW, &pair(), 1, 0), Some(pair().with(1, member(&[2], None))));
    assert_eq!(join(&CHORD, BEST, &pair(), 1, 0), Some(pair().with(1, member(&[2, 0], None))));
}

#[test]
fn a_node_joins_only_at_its_place_and_only_once() {
    assert_eq!(join(&CHORD, RAW, &pair(), 1, 2), None);
    assert_eq!(join(&CHORD, RAW, &pair(), 2, 0), None);
    assert_eq!(join(&CHORD, RAW, &pair().departed(1), 1, 0), None);
}

#[test]
fn only_the_raw_join_takes_over_a_dead_successor() {
    let state = pair().without(2);
    assert_eq!(join(&CHORD, RAW, &state, 1, 0), Some(state.with(1, member(&[2], None))));
    assert_eq!(join(&CHORD, FIXED, &state, 1, 0), None);
}

#[test]
fn stabilize_adopts_a_closer_successor_and_notifies_it() {
    let state = pair().with(1, member(&[2], None)).with(2, member(&[0], Some(1)));
    let expected = state.with(0, member(&[1], Some(2))).with(1, member(&[2], Some(0)));
    assert_eq!(stabilize(RAW, &state, 0), Some(expected));
    let filled = state.with(0, member(&[1, 2], Some(2))).with(1, member(&[2], Some(0)));
    assert_eq!(stabilize(BEST, &state, 0), Some(filled));
}

#[test]
fn stabilize_keeps_its_successor_and_notifies_it() {
    let state = pair().with(3, member(&[0], None));
    assert_eq!(stabilize(RAW, &state, 3), Some(state.with(0, member(&[2], Some(3)))));
}

#[test]
fn only_the_raw_stabilize_adopts_a_dead_candidate() {
    let state = pair().with(2, member(&[0], Some(1)));
    assert_eq!(stabilize(RAW, &state, 0), Some(state.with(0, member(&[1], Some(2)))));
    // The dead one remains the successor's predecessor, since it is closer than the notifier.
    assert_eq!(stabilize(FIXED, &state, 0), Some(state));
}

#[test]
fn stabilize_needs_a_live_successor() {
    assert_eq!(stabilize(RAW, &pair().without(2), 0), None);
    assert_eq!(stabilize(RAW, &pair(), 1), None);
}

#[test]
fn a_notified_member_adopts_a_first_or_closer_predecessor_only() {
    let with = |predecessor| pair().with(0, member(&[2], predecessor));
    assert_eq!(notified(with(None), 0, 2), with(Some(2)));
    assert_eq!(notified(with(Some(1)), 0, 2), with(Some(2)));
    assert_eq!(notified(with(Some(3)), 0, 2), with(Some(3)), "even though 3 is dead");
    assert_eq!(notified(pair(), 1, 0), pair(), "a dead node hears nothing");
}

#[test]
fn reconcile_takes_the_successor_of_the_successor() {
    let expected = pair().with(0, member(&[2, 0], Some(2)));
    assert_eq!(reconcile(&pair(), 0), Some(expected));
    assert_eq!(reconcile(&expected, 0), None, "no news");
    assert_eq!(reconcile(&pair().without(2), 0), None, "a dead successor");
}

#[test]
fn only_a_lone_member_lists_its_successor_twice() {
    let alone = State::EMPTY.with(0, member(&[0], None));
    assert_eq!(reconcile(&alone, 0), Some(alone.with(0, member(&[0, 0], None))));
    let joined = alone.with(1, member(&[0], None));
    assert_eq!(reconcile(&joined, 1), None);
}

#[test]
fn update_takes_the_second_successor_unasked() {
    let state = State::EMPTY.with(0, member(&[1, 2], None)).with(3, member(&[0], None));
    assert_eq!(update(RAW, &state, 0), Some(state.with(0, member(&[2], None))));
    let live = state.with(2, member(&[3], None));
    assert_eq!(update(BEST, &live, 0), Some(live.with(0, member(&[2, 3], None))));
    assert_eq!(update(RAW, &live.with(1, member(&[2], None)), 0), None, "a live successor");
    assert_eq!(update(RAW, &state.with(0, member(&[1], None)), 0), None, "no second");
}

#[test]
fn flush_forgets_a_dead_predecessor_only() {
    let state = pair().with(0, member(&[2], Some(1)));
    assert_eq!(flush(&state, 0), Some(pair().with(0, member(&[2], None))));
    assert_eq!(flush(&pair(), 0), None);
    assert_eq!(flush(&pair().with(0, member(&[2], None)), 0), None);
}

#[test]
fn the_strict_rule_leaves_every_other_member_a_live_successor() {
    assert_eq!(fail(&CHORD, RAW, &pair(), 2), None, "0 rests on 2");
    let state = pair().with(0, member(&[2, 0], Some(2)));
    assert_eq!(fail(&CHORD, RAW, &state, 2), Some(state.without(2)));
    let alone = State::EMPTY.with(0, member(&[0, 0], None));
    assert_eq!(fail(&CHORD, RAW, &alone, 0), None, "the last member");
}

#[test]
fn the_published_rule_takes_the_failing_member_for_a_live_one() {
    let published = RAW.published_failures();
    let twice = pair().with(0, member(&[2, 2], Some(2))).with(2, member(&[0, 2], Some(0)));
    assert_eq!(fail(&CHORD, RAW, &twice, 2), None);
    assert_eq!(fail(&CHORD, published, &twice, 2), Some(twice.without(2)));
    assert_eq!(fail(&CHORD, published, &pair(), 2), None);
    let itself = State::EMPTY.with(0, member(&[0, 0], None));
    assert_eq!(fail(&CHORD, published, &itself, 0), None, "its own two entries are the same");
}

#[test]
fn the_best_assemblys_published_rule_looks_at_full_lists_only() {
    let published = BEST.published_failures();
    assert_eq!(fail(&CHORD, published, &pair(), 2), Some(pair().without(2)));
    let full = pair().with(0, member(&[2, 3], Some(2)));
    assert_eq!(fail(&CHORD, published, &full, 2), None);
    assert_eq!(fail(&CHORD, published, &pair().without(2), 0), None, "the last member");
}

#[test]
fn the_permanent_do_not_fail() {
    let base = Chord { permanent: Set::of(2), ..CHORD };
    let state = pair().with(0, member(&[2, 0], Some(2)));
    assert_eq!(fail(&base, RAW, &state, 2), None);
}
