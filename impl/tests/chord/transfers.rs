//! Every branch of writing, copying, and handing over, at one node.
#![allow(clippy::unwrap_used)]

use crate::common::alone::{
    Id, config, give_up, hear, id, ids, member, obey, refused, sent, set, wake,
};
use straightedge_impl::chord::{Command, Delivery, Message, Node, Question, Reason, Record, Timer};
use straightedge_impl::machine::{Nonce, Output};

const N: Nonce = Nonce(1);

fn record(version: u64, value: &[u8]) -> Record {
    Record { version, value: value.to_vec() }
}

fn copy(numbers: &[u8]) -> Message<Id> {
    let records = numbers.iter().map(|&key| (id(key), record(1, &[key]))).collect();
    Message::Copy { nonce: N, records }
}

/// The member 4 between 0 and 8, which holds these records.
fn holding(numbers: &[u8]) -> Node<Id> {
    let mut node = member();
    for &key in numbers {
        hear(&mut node, 8, copy(&[key]));
    }
    node
}

/// That member, with a command given as number 1.
fn after(command: Command<Id>) -> Node<Id> {
    let mut node = member();
    obey(&mut node, command, 1);
    node
}

mod writing {
    use super::*;

    fn store(key: u8, stored: Record) -> Message<Id> {
        Message::Store { nonce: N, key: id(key), record: stored }
    }

    #[test]
    fn a_writer_reads_first_and_writes_the_next_version() {
        let mut node = after(Command::Put { key: id(7), value: b"y".to_vec() });
        let successors = ids(&[12, 0]);
        let found = Some(record(3, b"x"));
        let outputs = hear(&mut node, 8, Message::Fetched { nonce: N, record: found, successors });
        assert_eq!(sent(&outputs), [(8, store(7, record(4, b"y")))]);
        refused(&hear(&mut node, 12, Message::Stored { nonce: N }), Reason::Unasked);
        let outputs = hear(&mut node, 8, Message::Stored { nonce: N });
        assert!(outputs.contains(&Output::Deliver(Delivery::Stored { request: N })));
    }

    #[test]
    fn the_owner_answers_when_its_successors_have_copies() {
        let mut node = member();
        let outputs = hear(&mut node, 9, store(3, record(1, b"x")));
        let sends = Message::Copy { nonce: N, records: vec![(id(3), record(1, b"x"))] };
        assert_eq!(sent(&outputs), [(8, sends.clone()), (12, sends)]);
        refused(&hear(&mut node, 9, store(3, record(1, b"x"))), Reason::UnderWay);
        let copied = || Message::Copied { nonce: N, keepers: Vec::new() };
        assert_eq!(sent(&hear(&mut node, 12, copied())), []);
        refused(&hear(&mut node, 12, copied()), Reason::Unasked);
        assert_eq!(sent(&hear(&mut node, 8, copied())), [(9, Message::Stored { nonce: N })]);
    }

    #[test]
    fn the_owner_does_not_wait_for_the_dead_for_ever() {
        let mut node = member();
        hear(&mut node, 9, store(3, record(1, b"x")));
        hear(&mut node, 8, Message::Copied { nonce: N, keepers: Vec::new() });
        let outputs = give_up(&mut node, Question::Copy(N));
        assert_eq!(sent(&outputs), [(9, Message::Stored { nonce: N })]);
    }

    #[test]
    fn an_owner_writes_without_messages_to_itself() {
        let mut node = member();
        let outputs = obey(&mut node, Command::Put { key: id(3), value: b"x".to_vec() }, 1);
        assert_eq!(sent(&outputs)[0], (8, Message::Fetch { nonce: N, key: id(3) }));
        for from in [8, 12] {
            let successors = ids(&[12, 0]);
            hear(&mut node, from, Message::Fetched { nonce: N, record: None, successors });
        }
        assert_eq!(node.records().get(&id(3)), Some(&record(1, b"x")));
        for from in [8, 12] {
            let outputs = hear(&mut node, from, Message::Copied { nonce: N, keepers: Vec::new() });
            let is_told = outputs.contains(&Output::Deliver(Delivery::Stored { request: N }));
            assert_eq!(is_told, from == 12);
        }
    }

    #[test]
    fn whoever_does_not_own_the_key_names_its_predecessor() {
        let outputs = hear(&mut member(), 9, store(5, record(1, b"x")));
        let not_mine = Message::NotMine { nonce: N, predecessor: id(0) };
        assert_eq!(sent(&outputs), [(9, not_mine)]);
        assert!(member().records().is_empty());
        let mut node = after(Command::Put { key: id(7), value: b"y".to_vec() });
        let successors = ids(&[12, 0]);
        hear(&mut node, 8, Message::Fetched { nonce: N, record: Some(record(1, b"")), successors });
        let names = |predecessor| Message::NotMine { nonce: N, predecessor: id(predecessor) };
        refused(&hear(&mut node, 8, names(6)), Reason::WrongPlace);
        refused(&hear(&mut node, 8, names(9)), Reason::WrongPlace);
        let outputs = hear(&mut node, 8, names(7));
        assert_eq!(sent(&outputs), [(7, Message::Fetch { nonce: N, key: id(7) })]);
    }

    #[test]
    fn the_greater_record_stays() {
        let mut node = holding(&[3]);
        for (version, value, stays) in [(2, 1, (2, 1)), (1, 9, (2, 1)), (2, 3, (2, 3))] {
            let records = vec![(id(3), record(version, &[value]))];
            hear(&mut node, 8, Message::Copy { nonce: N, records });
            assert_eq!(node.records().get(&id(3)), Some(&record(stays.0, &[stays.1])));
        }
    }

    #[test]
    fn there_is_only_so_much_room() {
        let mut few = config();
        (few.limits.records, few.limits.batch, few.limits.value) = (2, 2, 3);
        let mut node = Node::member_of(few, id(4), &ids(&[0, 4, 8])).unwrap();
        refused(&hear(&mut node, 8, copy(&[1, 2, 3])), Reason::TooManyRecords);
        refused(&hear(&mut node, 8, store(3, record(1, b"long"))), Reason::ValueTooLong);
        hear(&mut node, 8, copy(&[1, 2]));
        refused(&hear(&mut node, 8, copy(&[3])), Reason::TooManyRecords);
        assert_eq!(sent(&hear(&mut node, 8, copy(&[2]))).len(), 1, "it is there already");
        let long = Command::Put { key: id(3), value: vec![0; 4] };
        refused(&obey(&mut node, long, 1), Reason::ValueTooLong);
    }
}

mod repairing {
    use super::*;

    #[test]
    fn its_own_records_are_copied_to_the_successors_again() {
        let mut node = holding(&[1, 3]);
        let outputs = wake(&mut node, Timer::Repair, 1);
        assert_eq!(sent(&outputs), [(8, copy(&[1, 3])), (12, copy(&[1, 3]))]);
        assert!(set(&outputs).contains(&Timer::Repair));
        refused(&wake(&mut member(), Timer::Repair, 1), Reason::NotWaiting);
    }

    #[test]
    fn another_ones_record_is_offered_to_its_owner_and_deleted_if_that_has_others_to_keep_it() {
        let keeps = |keepers: &[u8]| {
            let mut node = holding(&[7]);
            let outputs = wake(&mut node, Timer::Repair, 1);
            assert_eq!(sent(&outputs), [(8, copy(&[7]))]);
            assert_eq!(node.records().len(), 1, "it waits for the acknowledgement");
            hear(&mut node, 8, Message::Copied { nonce: N, keepers: ids(keepers) });
            node.records().len()
        };
        assert_eq!(keeps(&[12, 0]), 0);
        assert_eq!(keeps(&[12, 4]), 1, "the owner counts on it");
        assert_eq!(keeps(&[]), 1, "the other does not own it either");
    }

    #[test]
    fn an_owner_that_takes_records_says_who_else_keeps_them() {
        let keepers = |numbers: &[u8]| match sent(&hear(&mut member(), 8, copy(numbers))).pop() {
            Some((8, Message::Copied { keepers, .. })) => keepers,
            other => panic!("{other:?}"),
        };
        assert_eq!(keepers(&[1, 4]), ids(&[8, 12]));
        assert_eq!(keepers(&[1, 7]), []);
    }

    #[test]
    fn a_new_predecessor_is_handed_what_the_member_no_longer_owns() {
        let mut node = holding(&[1, 3, 7]);
        hear(&mut node, 2, Message::Notify { nonce: N });
        let outputs = wake(&mut node, Timer::Rectify, 2);
        assert_eq!(set(&outputs), [Timer::HandOver]);
        let outputs = wake(&mut node, Timer::HandOver, 1);
        assert_eq!(sent(&outputs), [(2, copy(&[1, 7]))]);
        refused(&wake(&mut node, Timer::HandOver, 4), Reason::NotWaiting);
        let outputs = hear(&mut node, 2, Message::Copied { nonce: N, keepers: Vec::new() });
        assert_eq!((set(&outputs), node.records().len()), (vec![Timer::HandOver], 3));
        refused(&wake(&mut node, Timer::HandOver, 4), Reason::NotWaiting);
    }

    #[test]
    fn what_is_offered_already_is_not_offered_once_more() {
        let mut node = holding(&[7]);
        wake(&mut node, Timer::Repair, 1);
        hear(&mut node, 2, Message::Notify { nonce: N });
        wake(&mut node, Timer::Rectify, 2);
        refused(&wake(&mut node, Timer::HandOver, 3), Reason::NotWaiting);
        let mut node = holding(&[7]);
        hear(&mut node, 2, Message::Notify { nonce: N });
        wake(&mut node, Timer::Rectify, 2);
        assert_eq!(sent(&wake(&mut node, Timer::HandOver, 1)), [(2, copy(&[7]))]);
        assert_eq!(sent(&wake(&mut node, Timer::Repair, 3)), []);
    }

    #[test]
    fn what_is_deleted_or_handed_over_meanwhile_is_not_offered() {
        let named = |nonce| Message::Owner { nonce: Nonce(nonce), owner: id(12) };
        let mut node = holding(&[10]);
        wake(&mut node, Timer::Repair, 1);
        wake(&mut node, Timer::Repair, 2);
        assert_eq!(sent(&hear(&mut node, 8, named(1))), [(12, copy(&[10]))]);
        hear(&mut node, 12, Message::Copied { nonce: N, keepers: ids(&[2, 0]) });
        assert_eq!(node.records().len(), 0);
        assert_eq!(sent(&hear(&mut node, 8, named(2))), []);
        let mut node = holding(&[10]);
        wake(&mut node, Timer::Repair, 1);
        obey(&mut node, Command::Leave, 2);
        assert_eq!(sent(&hear(&mut node, 8, named(1))), [], "it is handed over");
    }

    #[test]
    fn a_new_owner_that_has_others_to_keep_it_ends_the_copy_it_was_handed() {
        let mut node = holding(&[1]);
        hear(&mut node, 2, Message::Notify { nonce: N });
        wake(&mut node, Timer::Rectify, 2);
        wake(&mut node, Timer::HandOver, 1);
        assert_eq!(node.offered(id(2), N), ids(&[1]));
        hear(&mut node, 2, Message::Copied { nonce: N, keepers: ids(&[3, 8]) });
        assert_eq!((node.records().len(), node.offered(id(2), N).len()), (0, 0));
    }

    #[test]
    fn a_member_that_leaves_hands_everything_to_its_successor_first() {
        let mut node = holding(&[1, 7]);
        obey(&mut node, Command::Leave, 2);
        let outputs = wake(&mut node, Timer::HandOver, 1);
        assert_eq!(sent(&outputs), [(8, copy(&[1, 7]))]);
        refused(&hear(&mut node, 8, copy(&[3])), Reason::Leaving);
        let late = Message::Store { nonce: Nonce(3), key: id(3), record: record(1, b"x") };
        refused(&hear(&mut node, 8, late), Reason::Leaving);
        let outputs = hear(&mut node, 8, Message::Copied { nonce: N, keepers: Vec::new() });
        assert_eq!((set(&outputs), node.is_leaving()), (vec![Timer::HandOver], true));
        let outputs = wake(&mut node, Timer::HandOver, 4);
        assert_eq!(outputs.last(), Some(&Output::Deliver(Delivery::Left)));
        assert_eq!(node, Node::outsider(config(), id(4)));
    }

    #[test]
    fn whoever_leaves_in_the_middle_of_a_hand_over_begins_anew_with_its_successor() {
        let mut node = holding(&[1, 3, 7]);
        hear(&mut node, 2, Message::Notify { nonce: N });
        wake(&mut node, Timer::Rectify, 2);
        wake(&mut node, Timer::HandOver, 1);
        obey(&mut node, Command::Leave, 3);
        refused(&wake(&mut node, Timer::HandOver, 4), Reason::NotWaiting);
        hear(&mut node, 2, Message::Copied { nonce: N, keepers: Vec::new() });
        let outputs = wake(&mut node, Timer::HandOver, 1);
        assert_eq!(sent(&outputs), [(8, copy(&[1, 3, 7]))]);
    }

    #[test]
    fn what_was_handed_to_a_predecessor_is_handed_to_the_successor_too() {
        let mut node = holding(&[1, 3, 7]);
        hear(&mut node, 2, Message::Notify { nonce: N });
        wake(&mut node, Timer::Rectify, 2);
        wake(&mut node, Timer::HandOver, 1);
        hear(&mut node, 2, Message::Copied { nonce: N, keepers: Vec::new() });
        obey(&mut node, Command::Leave, 3);
        let outputs = wake(&mut node, Timer::HandOver, 1);
        assert_eq!(sent(&outputs), [(8, copy(&[1, 3, 7]))]);
    }

    #[test]
    fn a_successor_that_does_not_take_them_is_not_the_last_one_asked() {
        let mut node = holding(&[1]);
        obey(&mut node, Command::Leave, 2);
        wake(&mut node, Timer::HandOver, 1);
        let outputs = give_up(&mut node, Question::Copy(N));
        assert_eq!(set(&outputs), [Timer::HandOver]);
        wake(&mut node, Timer::Stabilize, 3);
        give_up(&mut node, Question::Query);
        assert_eq!(sent(&wake(&mut node, Timer::HandOver, 1)), [(12, copy(&[1]))]);
    }
}
