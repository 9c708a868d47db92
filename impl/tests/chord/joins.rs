//! Every branch of starting, joining, and leaving.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use crate::common::alone::{
    Id, config, give_up, hear, id, ids, member, notified, obey, refused, sent, set, wake, with,
};
use straightedge_impl::chord::{
    Command, Config, Delivery, JoinFailure, Message, Node, Phase, Pointers, Question, Reason,
    StartError, Timer,
};
use straightedge_impl::machine::{Nonce, Output};

const N: Nonce = Nonce(1);

/// A node 6 that has asked 4 to let it in.
fn joining() -> Node<Id> {
    let mut node = Node::outsider(config(), id(6));
    obey(&mut node, Command::Join { via: id(4) }, 1);
    node
}

fn admitted(successors: &[u8]) -> Message<Id> {
    Message::Admitted { nonce: N, successors: ids(successors) }
}

mod starting {
    use super::*;

    #[test]
    fn the_first_members_know_each_other() {
        let node = Node::member_of(config(), id(12), &ids(&[4, 12, 0, 8, 8])).unwrap();
        assert_eq!(node.successors().unwrap().to_vec(), ids(&[0, 4]));
        assert_eq!((node.predecessor(), node.phase()), (Some(id(8)), Phase::Member));
        let mut outputs = Vec::new();
        node.start(&mut outputs);
        assert_eq!(set(&outputs), [Timer::Stabilize]);
    }

    #[test]
    fn a_ring_takes_one_member_more_than_a_list_has_entries() {
        let few = Node::member_of(config(), id(4), &ids(&[4, 8, 8]));
        assert_eq!(few, Err(StartError::TooFewMembers { successors: 2, members: 2 }));
        let strange = Node::member_of(config(), id(5), &ids(&[4, 8, 12]));
        assert_eq!(strange, Err(StartError::NotAmongThem));
        let empty = Config { successors: 0, ..config() };
        let without = Node::member_of(empty, id(4), &ids(&[4]));
        assert_eq!(without, Err(StartError::WrongLength { needed: 0, given: 0 }));
    }

    #[test]
    fn pointers_out_of_place_make_no_member() {
        let pointers = |successors: &[u8], candidate| Pointers {
            successors: ids(successors),
            predecessor: id(0),
            candidate,
            notifiers: BTreeMap::new(),
        };
        let restored = |pointers| Node::restored(config(), id(4), pointers).err();
        let short = StartError::WrongLength { needed: 2, given: 1 };
        assert_eq!(restored(pointers(&[8], None)), Some(short));
        let beyond = pointers(&[8, 12], Some(id(9)));
        assert_eq!(restored(beyond), Some(StartError::CandidateOutOfPlace));
        assert_eq!(restored(pointers(&[8, 12], Some(id(6)))), None);
    }

    #[test]
    fn a_restored_member_goes_on_where_it_was() {
        let node = with(|pointers| {
            pointers.candidate = Some(id(6));
            pointers.notifiers = BTreeMap::from([(id(2), N)]);
        });
        let mut outputs = Vec::new();
        node.start(&mut outputs);
        assert_eq!(set(&outputs), [Timer::AskCandidate, Timer::Rectify]);
        let mut outputs = Vec::new();
        Node::outsider(config(), id(4)).start(&mut outputs);
        assert_eq!(outputs, []);
    }
}

mod being_admitted {
    use super::*;

    #[test]
    fn a_node_joins_by_way_of_another() {
        let mut node = Node::outsider(config(), id(6));
        let outputs = obey(&mut node, Command::Join { via: id(4) }, 1);
        assert_eq!(sent(&outputs), [(4, Message::AskToJoin { nonce: N })]);
        assert_eq!(node.phase(), Phase::Joining);
        let outputs = hear(&mut node, 4, admitted(&[8, 12]));
        assert!(outputs.contains(&Output::Deliver(Delivery::Joined { behind: id(4) })));
        assert_eq!(set(&outputs), [Timer::Stabilize]);
        assert_eq!(node.successors().unwrap().to_vec(), ids(&[8, 12]));
        assert_eq!((node.predecessor(), node.candidate()), (Some(id(4)), None));
    }

    #[test]
    fn notifications_that_came_early_are_looked_at_once_it_is_in() {
        let mut node = joining();
        hear(&mut node, 5, Message::Notify { nonce: Nonce(9) });
        let outputs = hear(&mut node, 4, admitted(&[8, 12]));
        assert_eq!(set(&outputs), [Timer::Stabilize, Timer::Rectify]);
        assert_eq!(node.notifiers(), Some(&BTreeMap::from([(id(5), Nonce(9))])));
    }

    #[test]
    fn a_joining_node_answers_no_questions() {
        for message in [
            Message::AskNeighbours { nonce: N },
            Message::AskToJoin { nonce: N },
            Message::Ping { nonce: N },
            Message::Fetch { nonce: N, key: id(3) },
        ] {
            refused(&hear(&mut joining(), 4, message), Reason::NotAMember);
        }
    }

    #[test]
    fn it_is_led_on_and_asks_under_the_same_number() {
        let mut node = joining();
        let outputs = hear(&mut node, 4, Message::Redirect { nonce: N, to: id(5) });
        assert_eq!(sent(&outputs), [(5, Message::AskToJoin { nonce: N })]);
        refused(&hear(&mut node, 4, admitted(&[8, 12])), Reason::Unasked);
        hear(&mut node, 5, admitted(&[8, 12]));
        assert_eq!(node.predecessor(), Some(id(5)));
    }

    #[test]
    fn each_hop_leads_nearer() {
        for elsewhere in [4, 6, 7, 0] {
            let redirect = Message::Redirect { nonce: N, to: id(elsewhere) };
            refused(&hear(&mut joining(), 4, redirect), Reason::WrongPlace);
        }
    }

    #[test]
    fn there_are_only_so_many_hops() {
        let mut few = config();
        few.limits.hops = 1;
        let mut node = Node::outsider(few, id(6));
        obey(&mut node, Command::Join { via: id(0) }, 1);
        hear(&mut node, 0, Message::Redirect { nonce: N, to: id(2) });
        let outputs = hear(&mut node, 2, Message::Redirect { nonce: N, to: id(4) });
        let why = JoinFailure::TooManyHops;
        let failed = Output::Deliver(Delivery::JoinFailed { asked: id(2), why });
        assert!(outputs.contains(&failed), "{outputs:?}");
        assert_eq!(node, Node::outsider(few, id(6)));
    }

    #[test]
    fn only_the_node_asked_lets_it_in_and_only_at_its_place() {
        refused(&hear(&mut joining(), 8, admitted(&[8, 12])), Reason::Unasked);
        let other = Message::Admitted { nonce: Nonce(2), successors: ids(&[8, 12]) };
        refused(&hear(&mut joining(), 4, other), Reason::Unasked);
        refused(&hear(&mut joining(), 4, admitted(&[8])), Reason::WrongLength);
        refused(&hear(&mut joining(), 4, admitted(&[5, 8])), Reason::WrongPlace);
        refused(&hear(&mut joining(), 4, admitted(&[6, 8])), Reason::WrongPlace);
        refused(&hear(&mut member(), 4, admitted(&[6, 8])), Reason::Itself);
        refused(&hear(&mut member(), 8, admitted(&[6, 8])), Reason::Unasked);
    }

    #[test]
    fn a_busy_member_is_asked_again_later_under_a_new_number() {
        let mut node = joining();
        let outputs = hear(&mut node, 4, Message::Busy { nonce: N });
        assert_eq!(set(&outputs), [Timer::Join]);
        refused(&hear(&mut node, 4, admitted(&[8, 12])), Reason::Unasked);
        refused(&wake(&mut node, Timer::Timeout(Question::Join), 2), Reason::NotWaiting);
        let outputs = wake(&mut node, Timer::Join, 3);
        assert_eq!(sent(&outputs), [(4, Message::AskToJoin { nonce: Nonce(3) })]);
        refused(&wake(&mut node, Timer::Join, 4), Reason::NotWaiting);
    }

    #[test]
    fn a_join_fails_if_nobody_answers() {
        let mut node = joining();
        let outputs = give_up(&mut node, Question::Join);
        let why = JoinFailure::NoAnswer;
        let failed = Delivery::JoinFailed { asked: id(4), why };
        assert_eq!(outputs, [Output::Deliver(failed)]);
        assert_eq!(node, Node::outsider(config(), id(6)));
    }

    #[test]
    fn a_node_joins_once_and_not_by_way_of_itself() {
        let command = || Command::Join { via: id(8) };
        refused(&obey(&mut joining(), command(), 2), Reason::AlreadyAMember);
        refused(&obey(&mut member(), command(), 2), Reason::AlreadyAMember);
        refused(&obey(&mut Node::outsider(config(), id(8)), command(), 2), Reason::Itself);
    }

    #[test]
    fn an_outsider_says_nothing() {
        let mut outsider = Node::outsider(config(), id(6));
        refused(&hear(&mut outsider, 4, Message::Ping { nonce: N }), Reason::NotAMember);
        refused(&hear(&mut outsider, 4, admitted(&[8, 12])), Reason::NotAMember);
        refused(&wake(&mut outsider, Timer::Stabilize, 1), Reason::NotWaiting);
        refused(&obey(&mut outsider, Command::Leave, 1), Reason::NotAMember);
        refused(&obey(&mut outsider, Command::Get { key: id(1) }, 1), Reason::NotAMember);
    }
}

mod admitting {
    use super::*;

    fn asks(node: &mut Node<Id>, joiner: u8) -> Message<Id> {
        let outputs = hear(node, joiner, Message::AskToJoin { nonce: N });
        let (to, answer) = sent(&outputs).pop().unwrap();
        assert_eq!(to, joiner);
        answer
    }

    #[test]
    fn a_node_is_let_in_between_a_member_and_its_head() {
        for between in [5, 6, 7] {
            assert_eq!(asks(&mut member(), between), admitted(&[8, 12]));
        }
    }

    #[test]
    fn any_other_is_led_on_to_the_closest_before_it() {
        for (joiner, to) in [(9, 8), (12, 8), (13, 12), (0, 12), (3, 12)] {
            let expected = Message::Redirect { nonce: N, to: id(to) };
            assert_eq!(asks(&mut member(), joiner), expected, "{joiner}");
        }
    }

    #[test]
    fn a_node_that_is_still_in_the_list_as_its_head_has_to_wait() {
        assert_eq!(asks(&mut member(), 8), Message::Busy { nonce: N });
    }
}

mod leaving {
    use super::*;

    #[test]
    fn a_member_without_records_is_gone_at_once_and_waits_for_nothing() {
        let mut node = notified(&[15]);
        wake(&mut node, Timer::Rectify, 1);
        assert_eq!(set(&obey(&mut node, Command::Leave, 2)), [Timer::HandOver]);
        refused(&obey(&mut node, Command::Leave, 3), Reason::UnderWay);
        assert!(node.is_leaving());
        let outputs = wake(&mut node, Timer::HandOver, 4);
        assert_eq!(outputs.last(), Some(&Output::Deliver(Delivery::Left)));
        let check = Timer::Timeout(Question::Check);
        for timer in [Timer::Stabilize, Timer::Rectify, check] {
            assert!(outputs.contains(&Output::CancelTimer { timer }), "{timer:?}");
        }
        assert_eq!(node, Node::outsider(config(), id(4)));
    }

    #[test]
    fn a_join_can_be_called_off() {
        let mut node = joining();
        let outputs = obey(&mut node, Command::Leave, 2);
        assert_eq!(outputs.last(), Some(&Output::Deliver(Delivery::Left)));
        assert_eq!(node, Node::outsider(config(), id(6)));
    }
}
