//! Every branch of every procedure of the corrected protocol.

use straightedge_models::chord::step::{
    fail, join, needed, notify, rectify, relied_on, stabilize_from_predecessor,
    stabilize_from_successor,
};
use straightedge_models::chord::{Chord, Id, List, Member, Pending, Set, State};

/// A member with these successors and this predecessor.
fn member(successors: &[Id], predecessor: Id) -> Member {
    Member::new(List::new(successors), Some(predecessor))
}

fn asking(member: Member, candidate: Id) -> Member {
    Member { candidate: Some(candidate), ..member }
}

fn notified(member: Member, by: &[Id]) -> Member {
    Member { notifiers: by.iter().copied().collect(), ..member }
}

fn ring(members: &[(Id, Member)]) -> State {
    members.iter().copied().collect()
}

/// The ideal ring 0, 1, 2 on a circle of five, with lists of two.
fn ideal() -> State {
    Chord::corrected(5, 2).initial_state()
}

const CHORD: Chord = Chord::corrected(5, 2);

mod joining {
    use super::*;

    #[test]
    fn a_new_member_takes_over_the_list_of_the_member_behind_it() {
        let expected = ideal().with(3, member(&[0, 1], 2));
        assert_eq!(join(&CHORD, &ideal(), 3, 2), Some(expected));
    }

    #[test]
    fn a_node_joins_only_at_its_place() {
        assert_eq!(join(&CHORD, &ideal(), 3, 0), None);
        assert_eq!(join(&CHORD, &ideal(), 3, 1), None);
    }

    #[test]
    fn a_node_joins_behind_a_member_whose_successor_is_dead() {
        let state = ring(&[(0, member(&[4, 1], 2)), (1, member(&[2, 0], 0))]);
        let expected = state.with(3, member(&[4, 1], 0));
        assert_eq!(join(&CHORD, &state, 3, 0), Some(expected));
    }

    #[test]
    fn members_strangers_and_departed_nodes_do_not_join() {
        assert_eq!(join(&CHORD, &ideal(), 1, 0), None, "a member");
        assert_eq!(join(&CHORD, &ideal(), 3, 4), None, "through no member");
        assert_eq!(join(&CHORD, &ideal(), 5, 2), None, "off the circle");
        assert_eq!(join(&CHORD, &ideal().departed(3), 3, 2), None, "departed");
    }
}

mod failing {
    use super::*;

    /// Four members in an ideal ring: one more than needed.
    fn four() -> State {
        CHORD.initial_ring(4).initial_state()
    }

    #[test]
    fn a_failed_member_and_all_that_it_remembers_are_gone() {
        let busy = four().with(3, asking(notified(member(&[0, 1], 2), &[2]), 1));
        assert_eq!(fail(&CHORD, &busy, 3), Some(four().without(3)));
    }

    #[test]
    fn a_failed_member_is_remembered_where_it_may_not_join_again() {
        assert_eq!(fail(&CHORD.without_rejoin(), &four(), 3), Some(four().departed(3)));
    }

    #[test]
    fn one_of_the_last_principals_does_not_fail() {
        assert!(needed(&CHORD, &ideal()).contains(0));
        assert_eq!(fail(&CHORD, &ideal(), 0), None);
    }

    #[test]
    fn a_member_that_is_no_principal_may_fail_beside_the_last_principals() {
        let state = ideal().with(3, member(&[0, 1], 2));
        assert!(!needed(&CHORD, &state).contains(3));
        assert_eq!(fail(&CHORD, &state, 3), Some(ideal()));
        assert_eq!(fail(&CHORD, &state, 2), None);
    }

    #[test]
    fn a_member_does_not_fail_if_another_rests_on_it_alone() {
        let state = four().with(2, member(&[3, 4], 1));
        assert!(relied_on(&state).contains(3));
        assert_eq!(fail(&CHORD, &state, 3), None);
        assert!(!relied_on(&four()).contains(3));
    }

    #[test]
    fn the_same_dead_entry_twice_does_not_make_a_live_one() {
        assert!(relied_on(&four().with(2, member(&[3, 3], 1))).contains(3));
    }

    #[test]
    fn the_permanent_and_the_absent_do_not_fail() {
        let base = Chord { permanent: Set::of(3), ..CHORD };
        assert_eq!(fail(&base, &four(), 3), None);
        assert_eq!(fail(&CHORD, &four(), 4), None);
    }
}

mod stabilizing_from_successor {
    use super::*;

    #[test]
    fn a_live_successor_gives_its_list_and_is_notified() {
        let stale = ideal().with(0, member(&[1, 4], 2));
        let expected = ideal().with(1, notified(member(&[2, 0], 0), &[0]));
        assert_eq!(stabilize_from_successor(&CHORD, &stale, 0), Some(expected));
    }

    #[test]
    fn a_predecessor_in_between_is_the_next_to_be_asked() {
        let state = ideal().with(3, member(&[0, 1], 2)).with(0, member(&[1, 2], 3));
        let expected = state.with(2, asking(member(&[0, 1], 1), 3));
        assert_eq!(stabilize_from_successor(&CHORD, &state, 2), Some(expected));
    }

    #[test]
    fn a_dead_head_is_dropped_and_the_next_notified() {
        let state = ideal().with(2, member(&[3, 0], 1));
        let expected =
            ideal().with(2, member(&[0, 1], 1)).with(0, notified(member(&[1, 2], 2), &[2]));
        assert_eq!(stabilize_from_successor(&CHORD, &state, 2), Some(expected));
    }

    #[test]
    fn the_made_up_entry_wraps_round_the_circle() {
        let state = ideal().with(1, member(&[3, 4], 0));
        let next = stabilize_from_successor(&CHORD, &state, 1);
        assert_eq!(next.map(|next| next.successors(1)), Some(List::new(&[4, 0])));
    }

    #[test]
    fn a_notification_to_a_dead_head_is_lost() {
        let state = ideal().with(1, member(&[3, 4], 0));
        let expected = state.with(1, member(&[4, 0], 0));
        assert_eq!(stabilize_from_successor(&CHORD, &state, 1), Some(expected));
    }

    #[test]
    fn a_member_in_the_middle_of_stabilizing_does_not_begin_again() {
        let state = ideal().with(2, asking(member(&[0, 1], 1), 3));
        assert_eq!(stabilize_from_successor(&CHORD, &state, 2), None);
        assert_eq!(stabilize_from_successor(&CHORD, &state, 4), None);
    }

    #[test]
    fn a_notified_member_does_not_stabilize_in_the_single_slot_only() {
        let state = ideal().with(2, notified(member(&[0, 1], 1), &[1]));
        let shared = CHORD.pending(Pending::SharedSlot);
        assert_eq!(stabilize_from_successor(&shared, &state, 2), None);
        assert!(stabilize_from_successor(&CHORD, &state, 2).is_some());
    }
}

mod stabilizing_from_predecessor {
    use super::*;

    fn asked() -> State {
        ideal().with(2, asking(member(&[0, 1], 1), 3))
    }

    #[test]
    fn a_live_candidate_is_adopted_with_its_list_and_notified() {
        let state = asked().with(3, member(&[0, 4], 2));
        let expected =
            state.with(2, member(&[3, 0], 1)).with(3, notified(member(&[0, 4], 2), &[2]));
        assert_eq!(stabilize_from_predecessor(&CHORD, &state, 2), Some(expected));
    }

    #[test]
    fn a_dead_candidate_is_forgotten_and_the_head_notified() {
        let expected = ideal().with(0, notified(member(&[1, 2], 2), &[2]));
        assert_eq!(stabilize_from_predecessor(&CHORD, &asked(), 2), Some(expected));
    }

    #[test]
    fn a_candidate_that_is_no_closer_is_not_asked() {
        let state = ideal().with(2, asking(member(&[0, 1], 1), 1));
        assert_eq!(stabilize_from_predecessor(&CHORD, &state, 2), None);
    }

    #[test]
    fn without_a_candidate_nobody_is_asked() {
        assert_eq!(stabilize_from_predecessor(&CHORD, &ideal(), 2), None);
        assert_eq!(stabilize_from_predecessor(&CHORD, &ideal(), 4), None);
    }
}

mod notifying {
    use super::*;

    fn at_zero(pending: Pending, before: Member, notifier: Id) -> Option<Member> {
        let chord = CHORD.pending(pending);
        notify(&chord, ideal().with(0, before), 0, notifier).member(0)
    }

    #[test]
    fn the_single_slot_forgets_the_query_and_the_older_notification() {
        let plain = member(&[1, 2], 1);
        let now = Some(notified(plain, &[3]));
        assert_eq!(at_zero(Pending::SharedSlot, asking(plain, 2), 3), now);
        assert_eq!(at_zero(Pending::SharedSlot, notified(plain, &[4]), 3), now);
    }

    #[test]
    fn two_slots_keep_the_query_and_forget_the_older_notification() {
        let asks = asking(member(&[1, 2], 1), 2);
        let now = Some(notified(asks, &[3]));
        assert_eq!(at_zero(Pending::OverwrittenSlot, notified(asks, &[4]), 3), now);
    }

    #[test]
    fn the_closest_notifier_is_kept() {
        let plain = member(&[1, 2], 1);
        assert_eq!(at_zero(Pending::BestNotifier, plain, 3), Some(notified(plain, &[3])));
        let older = notified(plain, &[3]);
        assert_eq!(at_zero(Pending::BestNotifier, older, 4), Some(notified(plain, &[4])));
        assert_eq!(at_zero(Pending::BestNotifier, older, 2), Some(older));
        assert_eq!(at_zero(Pending::BestNotifier, older, 3), Some(older));
    }

    #[test]
    fn a_set_keeps_every_notifier_once() {
        let plain = member(&[1, 2], 1);
        let older = notified(plain, &[3]);
        let both = notified(plain, &[2, 3]);
        assert_eq!(at_zero(Pending::NotifierSet, older, 2), Some(both));
        assert_eq!(at_zero(Pending::NotifierSet, both, 2), Some(both));
    }

    #[test]
    fn a_notification_to_a_dead_node_is_lost() {
        assert_eq!(notify(&CHORD, ideal(), 4, 0), ideal());
    }
}

mod rectifying {
    use super::*;

    #[test]
    fn a_closer_notifier_is_adopted_though_the_old_predecessor_lives() {
        let state = ideal().with(0, notified(member(&[1, 2], 1), &[2]));
        assert_eq!(rectify(&state, 0, 2), Some(ideal()));
    }

    #[test]
    fn a_dead_predecessor_is_replaced() {
        let state = ideal().with(0, notified(member(&[1, 2], 4), &[2]));
        assert_eq!(rectify(&state, 0, 2), Some(ideal()));
    }

    #[test]
    fn a_live_predecessor_is_kept_from_one_further_away() {
        let state = ideal().with(0, notified(member(&[1, 2], 2), &[1]));
        assert_eq!(rectify(&state, 0, 1), Some(ideal()));
    }

    #[test]
    fn other_notifiers_wait_on() {
        let state = ideal().with(0, notified(member(&[1, 2], 1), &[1, 2]));
        let expected = ideal().with(0, notified(member(&[1, 2], 2), &[1]));
        assert_eq!(rectify(&state, 0, 2), Some(expected));
    }

    #[test]
    fn nobody_rectifies_without_a_notification() {
        assert_eq!(rectify(&ideal(), 0, 2), None);
        assert_eq!(rectify(&ideal(), 4, 2), None);
    }
}
