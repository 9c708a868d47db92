//! Every branch of look-ups and of reading, at one node.
#![allow(clippy::unwrap_used)]

use crate::common::alone::{
    Id, Outputs, config, give_up, hear, id, ids, member, obey, refused, sent, set, wake,
};
use straightedge_impl::chord::{
    Command, Config, Delivery, Message, Node, Question, Reason, Record, Timer,
};
use straightedge_impl::machine::{Nonce, Output, OutputOf};

const N: Nonce = Nonce(1);

fn record(version: u64, value: &[u8]) -> Record {
    Record { version, value: value.to_vec() }
}

fn next(closer: u8) -> Message<Id> {
    Message::Next { nonce: N, closer: id(closer) }
}

fn owner(owner: u8) -> Message<Id> {
    Message::Owner { nonce: N, owner: id(owner) }
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

fn looking_up(key: u8) -> Node<Id> {
    after(Command::Lookup { key: id(key) })
}

mod looking_up {
    use super::*;

    #[test]
    fn a_member_answers_for_its_own_arc_and_for_its_successors() {
        for (key, expected) in [(4, 4), (1, 4), (5, 8), (8, 8)] {
            let mut node = member();
            let outputs = obey(&mut node, Command::Lookup { key: id(key) }, 1);
            let found = Delivery::Found { request: N, owner: id(expected), hops: 0 };
            assert_eq!(outputs, [Output::Deliver(found)], "{key}");
            let without = Vec::new();
            let asks = Message::AskNext { nonce: N, key: id(key), without };
            assert_eq!(sent(&hear(&mut member(), 9, asks)), [(9, owner(expected))], "{key}");
        }
    }

    #[test]
    fn for_anything_else_the_closest_before_it_is_asked() {
        for (key, closest) in [(9, 8), (12, 8), (13, 12), (15, 12)] {
            let mut node = member();
            let outputs = obey(&mut node, Command::Lookup { key: id(key) }, 1);
            let asks = Message::AskNext { nonce: N, key: id(key), without: Vec::new() };
            assert_eq!(sent(&outputs), [(closest, asks.clone())], "{key}");
            assert_eq!(sent(&hear(&mut member(), 9, asks)), [(9, next(closest))], "{key}");
        }
    }

    #[test]
    fn nodes_that_are_not_wanted_are_not_named() {
        let asks = |key, without: &[u8]| {
            let without = ids(without);
            hear(&mut member(), 9, Message::AskNext { nonce: N, key: id(key), without })
        };
        assert_eq!(sent(&asks(7, &[8])), [(9, owner(12))]);
        assert_eq!(sent(&asks(13, &[12])), [(9, next(8))]);
        refused(&asks(13, &[8, 12]), Reason::NoWay);
        refused(&asks(13, &[0; 17]), Reason::WrongLength);
    }

    #[test]
    fn each_hop_leads_nearer_and_the_last_one_names_the_owner() {
        let mut node = looking_up(15);
        for elsewhere in [12, 11, 15, 0, 4] {
            refused(&hear(&mut node, 12, next(elsewhere)), Reason::WrongPlace);
        }
        assert_eq!(sent(&hear(&mut node, 12, next(13))).len(), 1);
        refused(&hear(&mut node, 13, owner(14)), Reason::WrongPlace);
        refused(&hear(&mut node, 12, owner(0)), Reason::Unasked);
        let outputs = hear(&mut node, 13, owner(0));
        let found = Delivery::Found { request: N, owner: id(0), hops: 2 };
        assert!(outputs.contains(&Output::Deliver(found)));
        assert_eq!(node, member());
    }

    #[test]
    fn a_dead_node_is_left_out_and_the_look_up_begins_again() {
        let mut node = looking_up(15);
        let outputs = give_up(&mut node, Question::Request(N));
        let asks = Message::AskNext { nonce: N, key: id(15), without: ids(&[12]) };
        assert_eq!(sent(&outputs), [(8, asks)]);
        refused(&hear(&mut node, 8, next(12)), Reason::WrongPlace);
        let outputs = give_up(&mut node, Question::Request(N));
        assert_eq!(outputs, [Output::Deliver(Delivery::RequestFailed { request: N })]);
    }

    #[test]
    fn every_node_on_the_way_is_asked_again_as_often() {
        let mut node = looking_up(15);
        wake(&mut node, Timer::Timeout(Question::Request(N)), 2);
        hear(&mut node, 12, next(13));
        let outputs = wake(&mut node, Timer::Timeout(Question::Request(N)), 3);
        let asks = Message::AskNext { nonce: N, key: id(15), without: Vec::new() };
        assert_eq!(sent(&outputs), [(13, asks)]);
    }

    #[test]
    fn there_are_only_so_many_hops_and_requests() {
        let mut few = config();
        few.limits.hops = 1;
        few.limits.requests = 1;
        let mut node = Node::member_of(few, id(4), &ids(&[0, 4, 8])).unwrap();
        obey(&mut node, Command::Lookup { key: id(15) }, 1);
        let another = Command::Lookup { key: id(14) };
        refused(&obey(&mut node, another, 2), Reason::TooManyRequests);
        let outputs = hear(&mut node, 8, next(10));
        let failed = Output::Deliver(Delivery::RequestFailed { request: N });
        assert!(outputs.contains(&failed));
    }

    #[test]
    fn fingers_are_looked_up_one_after_the_other_and_shorten_the_way() {
        let mut node = Node::member_of(
            Config { fingers: 4, ..config() },
            id(0),
            &ids(&[0, 2, 4, 6, 8, 10, 12, 14]),
        )
        .unwrap();
        let starts: Vec<Id> = (0..5)
            .map(|turn| {
                let outputs = wake(&mut node, Timer::FixFinger, turn);
                assert!(set(&outputs).contains(&Timer::FixFinger));
                match sent(&outputs).pop() {
                    Some((_, Message::AskNext { key, .. })) => key,
                    _ => id(0),
                }
            })
            .collect();
        // What lies up to the first successor needs no question.
        assert_eq!(starts, ids(&[8, 4, 0, 0, 8]));
        hear(&mut node, 4, Message::Owner { nonce: Nonce(0), owner: id(8) });
        let fingers = [Some(id(8)), None, Some(id(2)), Some(id(2))];
        assert_eq!(node.fingers(), fingers);
        let outputs = obey(&mut node, Command::Lookup { key: id(9) }, 9);
        assert_eq!(sent(&outputs)[0].0, 8);
        give_up(&mut node, Question::Request(Nonce(9)));
        assert_eq!(node.fingers()[0], None, "a finger that does not answer is forgotten");
        refused(&wake(&mut member(), Timer::FixFinger, 1), Reason::NotWaiting);
    }
}

mod reading {
    use super::*;

    fn fetched(found: Option<Record>) -> Message<Id> {
        Message::Fetched { nonce: N, record: found, successors: ids(&[12, 4]) }
    }

    fn failed() -> OutputOf<Node<Id>> {
        Output::Deliver(Delivery::RequestFailed { request: N })
    }

    /// What the application is told: one value, which may be that there is none.
    fn told(outputs: &Outputs) -> Vec<Option<Vec<u8>>> {
        let values = outputs.iter().filter_map(|output| match output {
            Output::Deliver(Delivery::Value { value, .. }) => Some(value.clone()),
            _ => None,
        });
        values.collect()
    }

    #[test]
    fn the_owner_is_asked() {
        let mut node = member();
        let outputs = obey(&mut node, Command::Get { key: id(7) }, 1);
        assert_eq!(sent(&outputs), [(8, Message::Fetch { nonce: N, key: id(7) })]);
        let outputs = hear(&mut node, 8, fetched(Some(record(3, b"x"))));
        assert_eq!(told(&outputs), [Some(b"x".to_vec())]);
    }

    #[test]
    fn if_the_owner_has_nothing_its_successors_are_asked_in_turn() {
        let mut node = after(Command::Get { key: id(7) });
        let outputs = hear(&mut node, 8, fetched(None));
        assert_eq!(sent(&outputs), [(12, Message::Fetch { nonce: N, key: id(7) })]);
        let outputs = hear(&mut node, 12, fetched(None));
        assert_eq!(told(&outputs), [None], "the next would be the node itself");
        let mut node = holding(&[7]);
        obey(&mut node, Command::Get { key: id(7) }, 1);
        let outputs = hear(&mut node, 8, fetched(None));
        assert_eq!(told(&outputs), [Some(vec![7])], "it holds a copy itself");
    }

    #[test]
    fn a_dead_owner_is_left_out_and_a_dead_successor_passed_over() {
        let mut node = after(Command::Get { key: id(7) });
        let outputs = give_up(&mut node, Question::Request(N));
        assert_eq!(sent(&outputs), [(12, Message::Fetch { nonce: N, key: id(7) })]);
        let mut node = after(Command::Get { key: id(7) });
        hear(&mut node, 8, fetched(None));
        let outputs = give_up(&mut node, Question::Request(N));
        assert_eq!(outputs.last(), Some(&failed()), "it may have been the one that has it");
        let mut node = after(Command::Put { key: id(7), value: b"x".to_vec() });
        hear(&mut node, 8, fetched(None));
        let outputs = give_up(&mut node, Question::Request(N));
        assert_eq!(outputs.last(), Some(&failed()), "which version to write is not known");
    }

    #[test]
    fn what_comes_unasked_or_too_long_is_refused() {
        refused(&hear(&mut member(), 8, fetched(None)), Reason::Unasked);
        let mut node = after(Command::Get { key: id(7) });
        refused(&hear(&mut node, 12, fetched(None)), Reason::Unasked);
        let long = Some(record(1, &[0; 2049]));
        refused(&hear(&mut node, 8, fetched(long)), Reason::ValueTooLong);
        let short = Message::Fetched { nonce: N, record: None, successors: ids(&[12]) };
        refused(&hear(&mut node, 8, short), Reason::WrongLength);
    }
}
