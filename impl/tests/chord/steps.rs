//! Every branch of stabilization and rectification.
#![allow(clippy::unwrap_used)]

use crate::common;

use crate::common::alone::{
    Id, give_up, hear, id, ids, input, member, notified, refused, sent, set, wake, with,
};
use straightedge_impl::chord::{About, Message, Node, Question, Reason, Timer};
use straightedge_impl::machine::{Input, Nonce, Output};

const N: Nonce = Nonce(1);

fn neighbours(nonce: Nonce, predecessor: u8, successors: &[u8]) -> Message<Id> {
    Message::Neighbours { nonce, predecessor: id(predecessor), successors: ids(successors) }
}

fn list(node: &Node<Id>) -> Vec<u8> {
    node.successors().unwrap().iter().map(Id::number).collect()
}

/// The member, which has just asked its first successor.
fn asking() -> Node<Id> {
    let mut node = member();
    wake(&mut node, Timer::Stabilize, 1);
    node
}

/// The member, which has just asked its candidate 6.
fn asking_candidate() -> Node<Id> {
    let mut node = with(|pointers| pointers.candidate = Some(id(6)));
    wake(&mut node, Timer::AskCandidate, 1);
    node
}

/// The answer to a notification, where nobody waits until it is counted.
fn looked_at(nonce: Nonce) -> Message<Id> {
    Message::NotifyAck { nonce, is_counted: false }
}

mod stabilizing {
    use super::*;

    #[test]
    fn a_member_asks_its_first_successor() {
        let mut node = member();
        let outputs = wake(&mut node, Timer::Stabilize, 1);
        assert_eq!(sent(&outputs), [(8, Message::AskNeighbours { nonce: N })]);
        assert_eq!(set(&outputs), [Timer::Timeout(Question::Query)]);
        let query = node.query().unwrap();
        assert_eq!((query.target, query.about, query.nonce), (id(8), About::Head, N));
    }

    #[test]
    fn a_live_head_gives_its_list_and_is_notified() {
        let mut node = asking();
        let outputs = hear(&mut node, 8, neighbours(N, 4, &[10, 12]));
        assert_eq!(list(&node), [8, 10]);
        assert_eq!(sent(&outputs), [(8, Message::Notify { nonce: N })]);
        assert_eq!((node.query(), node.candidate()), (None, None));
        assert_eq!(node.announcement().unwrap().target, id(8));
    }

    #[test]
    fn a_predecessor_in_between_is_asked_next_and_nobody_is_notified_yet() {
        let mut node = asking();
        let outputs = hear(&mut node, 8, neighbours(N, 6, &[12, 0]));
        assert_eq!((list(&node), node.candidate()), (vec![8, 12], Some(id(6))));
        assert_eq!((sent(&outputs).len(), set(&outputs)), (0, vec![Timer::AskCandidate]));
        assert_eq!(node.announcement(), None);
    }

    #[test]
    fn a_predecessor_that_is_not_in_between_is_not_asked() {
        for elsewhere in [4, 8, 9, 0, 3] {
            let mut node = asking();
            hear(&mut node, 8, neighbours(N, elsewhere, &[12, 0]));
            assert_eq!(node.candidate(), None, "{elsewhere}");
        }
    }

    #[test]
    fn a_dead_head_is_dropped_the_end_padded_and_the_next_notified() {
        let mut node = asking();
        let outputs = give_up(&mut node, Question::Query);
        assert_eq!(list(&node), [12, 13]);
        assert_eq!(sent(&outputs), [(12, Message::Notify { nonce: N })]);
    }

    #[test]
    fn the_pad_goes_round_the_circle() {
        let mut node = with(|pointers| pointers.successors = ids(&[8, 15]));
        wake(&mut node, Timer::Stabilize, 1);
        give_up(&mut node, Question::Query);
        assert_eq!(list(&node), [15, 0]);
    }

    #[test]
    fn a_question_is_asked_again_under_the_same_number() {
        let mut node = asking();
        let outputs = wake(&mut node, Timer::Timeout(Question::Query), 2);
        assert_eq!(sent(&outputs), [(8, Message::AskNeighbours { nonce: N })]);
        assert_eq!(node.query().unwrap().resent, 1);
        hear(&mut node, 8, neighbours(N, 4, &[12, 0]));
        assert_eq!(list(&node), [8, 12]);
    }

    #[test]
    fn a_live_candidate_is_adopted_with_its_list_and_notified() {
        let mut node = asking_candidate();
        let outputs = hear(&mut node, 6, neighbours(N, 4, &[7, 8]));
        assert_eq!((list(&node), node.candidate()), (vec![6, 7], None));
        assert_eq!(sent(&outputs), [(6, Message::Notify { nonce: N })]);
    }

    #[test]
    fn a_dead_candidate_is_forgotten_and_the_head_notified() {
        let mut node = asking_candidate();
        let outputs = give_up(&mut node, Question::Query);
        assert_eq!((list(&node), node.candidate()), (vec![8, 12], None));
        assert_eq!(sent(&outputs), [(8, Message::Notify { nonce: N })]);
    }

    #[test]
    fn nothing_new_begins_while_something_is_under_way() {
        refused(&wake(&mut asking(), Timer::Stabilize, 2), Reason::NotWaiting);
        refused(&wake(&mut asking_candidate(), Timer::Stabilize, 2), Reason::NotWaiting);
        refused(&wake(&mut asking_candidate(), Timer::AskCandidate, 2), Reason::NotWaiting);
        refused(&wake(&mut member(), Timer::AskCandidate, 2), Reason::NotWaiting);
        let mut announcing = asking();
        hear(&mut announcing, 8, neighbours(N, 4, &[12, 0]));
        refused(&wake(&mut announcing, Timer::Stabilize, 2), Reason::NotWaiting);
        let mut waiting = with(|pointers| pointers.candidate = Some(id(6)));
        refused(&wake(&mut waiting, Timer::Stabilize, 2), Reason::NotWaiting);
    }

    #[test]
    fn a_head_that_is_the_node_itself_is_dropped_without_a_question() {
        let mut node = with(|pointers| pointers.successors = ids(&[4, 12]));
        let outputs = wake(&mut node, Timer::Stabilize, 1);
        assert_eq!(list(&node), [12, 13]);
        assert_eq!(sent(&outputs), [(12, Message::Notify { nonce: N })]);
        let mut alone = with(|pointers| pointers.successors = ids(&[4, 4]));
        let outputs = wake(&mut alone, Timer::Stabilize, 1);
        assert_eq!((sent(&outputs).len(), set(&outputs)), (0, vec![Timer::Stabilize]));
    }
}

mod answering {
    use super::*;

    #[test]
    fn a_member_tells_its_neighbours_to_whoever_asks() {
        let outputs = hear(&mut member(), 7, Message::AskNeighbours { nonce: N });
        assert_eq!(sent(&outputs), [(7, neighbours(N, 0, &[8, 12]))]);
    }

    #[test]
    fn a_member_that_waits_for_an_answer_says_that_it_is_busy() {
        for mut node in [asking(), asking_candidate()] {
            let outputs = hear(&mut node, 7, Message::AskNeighbours { nonce: Nonce(5) });
            assert_eq!(sent(&outputs), [(7, Message::Busy { nonce: Nonce(5) })]);
            let outputs = hear(&mut node, 5, Message::AskToJoin { nonce: Nonce(6) });
            assert_eq!(sent(&outputs), [(5, Message::Busy { nonce: Nonce(6) })]);
        }
    }

    #[test]
    fn a_member_that_announces_itself_or_checks_its_predecessor_is_not_busy() {
        let mut announcing = asking();
        hear(&mut announcing, 8, neighbours(N, 4, &[12, 0]));
        let mut checking = notified(&[15]);
        wake(&mut checking, Timer::Rectify, 1);
        for node in [&mut announcing, &mut checking] {
            let outputs = hear(node, 7, Message::AskNeighbours { nonce: N });
            assert_eq!(sent(&outputs), [(7, neighbours(N, 0, &[8, 12]))]);
        }
    }

    #[test]
    fn a_busy_member_says_that_it_lives_and_takes_notifications() {
        let mut node = asking();
        let outputs = hear(&mut node, 7, Message::Ping { nonce: N });
        assert_eq!(sent(&outputs), [(7, Message::Pong { nonce: N })]);
        let outputs = hear(&mut node, 3, Message::Notify { nonce: N });
        assert_eq!(set(&outputs), [Timer::Rectify]);
        assert_eq!(node.notifiers().unwrap().get(&id(3)), Some(&N));
    }

    #[test]
    fn whoever_is_told_busy_asks_anew_later() {
        let mut node = asking();
        let outputs = hear(&mut node, 8, Message::Busy { nonce: N });
        assert_eq!((list(&node), node.query()), (vec![8, 12], None));
        assert_eq!(set(&outputs), [Timer::Stabilize]);
        let mut node = asking_candidate();
        let outputs = hear(&mut node, 6, Message::Busy { nonce: N });
        assert_eq!((node.candidate(), node.query()), (Some(id(6)), None));
        assert_eq!(set(&outputs), [Timer::AskCandidate]);
    }

    #[test]
    fn two_that_are_told_busy_do_not_wait_equally_long() {
        let back_off = |fresh| {
            let mut node = member();
            wake(&mut node, Timer::Stabilize, fresh);
            let outputs = hear(&mut node, 8, Message::Busy { nonce: Nonce(fresh) });
            outputs.iter().find_map(|output| match output {
                Output::SetTimer { after, .. } => Some(*after),
                _ => None,
            })
        };
        let different: std::collections::BTreeSet<_> = (0..20).map(back_off).collect();
        assert!(different.len() > 8, "{different:?}");
    }
}

mod announcing {
    use super::*;

    fn announcing() -> Node<Id> {
        let mut node = asking();
        hear(&mut node, 8, neighbours(N, 4, &[12, 0]));
        node
    }

    #[test]
    fn an_acknowledgement_ends_the_round() {
        let mut node = announcing();
        let outputs = hear(&mut node, 8, looked_at(N));
        assert_eq!((node.announcement(), set(&outputs)), (None, vec![Timer::Stabilize]));
        assert_eq!(node, member());
    }

    #[test]
    fn a_notification_is_sent_again_and_in_the_end_taken_for_lost() {
        let mut node = announcing();
        let outputs = wake(&mut node, Timer::Timeout(Question::Announcement), 2);
        assert_eq!(sent(&outputs), [(8, Message::Notify { nonce: N })]);
        let outputs = wake(&mut node, Timer::Timeout(Question::Announcement), 3);
        assert_eq!((node.announcement(), set(&outputs)), (None, vec![Timer::Stabilize]));
        assert_eq!(list(&node), [8, 12], "whether it is dead is for the next question to find out");
    }

    #[test]
    fn only_its_target_acknowledges_it_and_by_its_number() {
        refused(&hear(&mut announcing(), 12, looked_at(N)), Reason::Unasked);
        let other = looked_at(Nonce(2));
        refused(&hear(&mut announcing(), 8, other), Reason::Unasked);
        refused(&hear(&mut member(), 8, looked_at(N)), Reason::Unasked);
    }
}

mod rectifying {
    use super::*;

    #[test]
    fn a_closer_notifier_becomes_the_predecessor_and_nobody_is_asked() {
        let mut node = notified(&[2]);
        let outputs = wake(&mut node, Timer::Rectify, 1);
        assert_eq!(node.predecessor(), Some(id(2)));
        assert_eq!(sent(&outputs), [(2, looked_at(Nonce(2)))]);
        assert!(node.notifiers().unwrap().is_empty());
    }

    #[test]
    fn for_one_that_is_not_closer_the_predecessor_is_asked_whether_it_lives() {
        for farther in [15, 5] {
            let mut node = notified(&[farther]);
            let outputs = wake(&mut node, Timer::Rectify, 1);
            assert_eq!(sent(&outputs), [(0, Message::Ping { nonce: N })], "{farther}");
            assert_eq!(node.notifiers().unwrap().len(), 1, "{farther} waits until it is decided");
        }
    }

    #[test]
    fn a_predecessor_that_notifies_again_stays_and_is_not_asked() {
        let mut node = notified(&[0]);
        let outputs = wake(&mut node, Timer::Rectify, 1);
        assert_eq!(sent(&outputs), [(0, looked_at(Nonce(0)))]);
        assert_eq!(node, member());
    }

    #[test]
    fn a_live_predecessor_stays_and_the_notifier_is_told() {
        let mut node = notified(&[15]);
        wake(&mut node, Timer::Rectify, 1);
        let outputs = hear(&mut node, 0, Message::Pong { nonce: N });
        assert_eq!(sent(&outputs), [(15, looked_at(Nonce(15)))]);
        assert_eq!((node.predecessor(), node.check()), (Some(id(0)), None));
        assert_eq!(node, member());
    }

    #[test]
    fn a_dead_predecessor_is_replaced_and_the_notifier_is_told() {
        let mut node = notified(&[15]);
        wake(&mut node, Timer::Rectify, 1);
        let outputs = give_up(&mut node, Question::Check);
        assert_eq!(sent(&outputs), [(15, looked_at(Nonce(15)))]);
        assert_eq!(node.predecessor(), Some(id(15)));
    }

    #[test]
    fn one_notifier_is_looked_at_after_the_other() {
        let mut node = notified(&[2, 3]);
        let outputs = wake(&mut node, Timer::Rectify, 1);
        assert_eq!((node.predecessor(), set(&outputs)), (Some(id(2)), vec![Timer::Rectify]));
        let outputs = wake(&mut node, Timer::Rectify, 2);
        assert_eq!((node.predecessor(), set(&outputs)), (Some(id(3)), vec![]));
        refused(&wake(&mut node, Timer::Rectify, 3), Reason::NotWaiting);
    }

    #[test]
    fn there_is_one_check_at_a_time_and_a_notification_in_the_middle_waits() {
        let mut node = notified(&[15]);
        wake(&mut node, Timer::Rectify, 1);
        let outputs = hear(&mut node, 2, Message::Notify { nonce: Nonce(7) });
        assert_eq!(set(&outputs), []);
        refused(&wake(&mut node, Timer::Rectify, 2), Reason::NotWaiting);
        let outputs = hear(&mut node, 0, Message::Pong { nonce: N });
        assert_eq!(set(&outputs), [Timer::Rectify]);
        wake(&mut node, Timer::Rectify, 3);
        assert_eq!(node.predecessor(), Some(id(2)));
    }

    #[test]
    fn a_later_notification_of_the_same_node_takes_the_place_of_an_earlier_one() {
        let mut node = member();
        hear(&mut node, 2, Message::Notify { nonce: Nonce(5) });
        hear(&mut node, 2, Message::Notify { nonce: Nonce(6) });
        let outputs = wake(&mut node, Timer::Rectify, 1);
        assert_eq!(sent(&outputs), [(2, looked_at(Nonce(6)))]);
    }

    #[test]
    fn only_so_many_notifications_wait() {
        let mut config = common::alone::config();
        config.limits.notifiers = 1;
        let mut node = Node::member_of(config, id(4), &ids(&[0, 4, 8])).unwrap();
        hear(&mut node, 2, Message::Notify { nonce: N });
        refused(&hear(&mut node, 3, Message::Notify { nonce: N }), Reason::TooManyNotifiers);
        assert_eq!(set(&hear(&mut node, 2, Message::Notify { nonce: Nonce(2) })).len(), 1);
    }

    #[test]
    fn only_the_predecessor_says_that_it_lives() {
        let mut node = notified(&[15]);
        refused(&hear(&mut node, 0, Message::Pong { nonce: N }), Reason::Unasked);
        wake(&mut node, Timer::Rectify, 1);
        refused(&hear(&mut node, 15, Message::Pong { nonce: N }), Reason::Unasked);
        refused(&hear(&mut node, 0, Message::Pong { nonce: Nonce(2) }), Reason::Unasked);
    }
}

mod refusing {
    use super::*;

    #[test]
    fn an_answer_counts_only_from_the_node_asked_and_under_its_number() {
        refused(&hear(&mut member(), 8, neighbours(N, 4, &[12, 0])), Reason::Unasked);
        refused(&hear(&mut asking(), 12, neighbours(N, 4, &[12, 0])), Reason::Unasked);
        refused(&hear(&mut asking(), 8, neighbours(Nonce(2), 4, &[12, 0])), Reason::Unasked);
        refused(&hear(&mut asking(), 12, Message::Busy { nonce: N }), Reason::Unasked);
        refused(&hear(&mut asking(), 8, Message::Pong { nonce: N }), Reason::Unasked);
    }

    #[test]
    fn a_list_of_another_length_is_refused() {
        for wrong in [&[][..], &[12], &[12, 0, 4]] {
            refused(&hear(&mut asking(), 8, neighbours(N, 4, wrong)), Reason::WrongLength);
        }
    }

    #[test]
    fn a_node_does_not_talk_to_itself() {
        refused(&hear(&mut member(), 4, Message::Notify { nonce: N }), Reason::Itself);
    }

    #[test]
    fn a_timer_that_nobody_waits_for_is_refused() {
        for question in [Question::Query, Question::Announcement, Question::Check, Question::Join] {
            refused(&wake(&mut member(), Timer::Timeout(question), 1), Reason::NotWaiting);
        }
        let timer = Timer::Timeout(Question::Copy(N));
        refused(&input(&mut member(), &Input::Timer { timer, fresh: N }), Reason::NotWaiting);
    }
}
