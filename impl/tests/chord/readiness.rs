//! New members that answer for keys only once they are counted as predecessors.
#![allow(clippy::unwrap_used)]

use straightedge_impl::chord::{Command, Config, Message, Node, Record, Timer};
use straightedge_impl::machine::Nonce;

use crate::common::alone::{Id, config, hear, id, ids, obey, sent, wake};

/// A node 6 that 4 has let in before 8, and that has notified 8 under the nonce 3.
fn newcomer(answers_when_ready: bool) -> Node<Id> {
    let config = Config { answers_when_ready, ..config() };
    let mut node = Node::outsider(config, id(6));
    obey(&mut node, Command::Join { via: id(4) }, 1);
    hear(&mut node, 4, Message::Admitted { nonce: Nonce(1), successors: ids(&[8, 12]) });
    wake(&mut node, Timer::Stabilize, 3);
    let successors = ids(&[12, 0]);
    let neighbours = Message::Neighbours { nonce: Nonce(3), predecessor: id(4), successors };
    let said = hear(&mut node, 8, neighbours);
    let announced = node.announcement().map(|sent| (sent.target, sent.nonce));
    assert_eq!(announced, Some((id(8), Nonce(3))), "{said:?}");
    node
}

fn looks_at(node: &mut Node<Id>, is_counted: bool) {
    hear(node, 8, Message::NotifyAck { nonce: Nonce(3), is_counted });
}

/// What the node says of key 5, which lies between its predecessor and itself: whom it names, what
/// becomes of a value, and what it says when it is sent a copy.
fn says_of_its_key(node: &mut Node<Id>) -> [Message<Id>; 3] {
    let (nonce, key) = (Nonce(9), id(5));
    let record = Record { version: 1, value: vec![1] };
    let questions = [
        Message::AskNext { nonce, key, without: Vec::new() },
        Message::Store { nonce, key, record: record.clone() },
        Message::Copy { nonce, records: vec![(key, record)] },
    ];
    questions.map(|question| sent(&hear(node, 4, question))[0].1.clone())
}

const N: Nonce = Nonce(9);

#[test]
fn a_new_member_answers_at_once_where_nobody_waits() {
    let mut node = newcomer(false);
    assert!(node.is_ready());
    let [named, kept, copied] = says_of_its_key(&mut node);
    assert_eq!(named, Message::Owner { nonce: N, owner: id(6) });
    assert!(matches!(kept, Message::Copy { .. }), "{kept:?}");
    assert_eq!(copied, Message::Copied { nonce: N, keepers: ids(&[8, 12]) });
}

#[test]
fn a_new_member_that_is_not_counted_leads_on_keeps_nothing_for_others_and_releases_nobody() {
    let mut node = newcomer(true);
    looks_at(&mut node, false);
    assert!(!node.is_ready());
    let [named, kept, copied] = says_of_its_key(&mut node);
    assert_eq!(named, Message::Next { nonce: N, closer: id(12) }, "the last one before 5 it knows");
    assert_eq!(kept, Message::NotMine { nonce: N, predecessor: id(4) });
    assert_eq!(copied, Message::Copied { nonce: N, keepers: Vec::new() });
}

#[test]
fn a_new_member_that_is_counted_answers() {
    let mut node = newcomer(true);
    looks_at(&mut node, true);
    assert!(node.is_ready());
    let [named, ..] = says_of_its_key(&mut node);
    assert_eq!(named, Message::Owner { nonce: N, owner: id(6) });
}

#[test]
fn who_is_counted_is_told_only_where_somebody_waits_for_it() {
    for (answers_when_ready, from, is_told) in
        [(true, 7, true), (true, 1, false), (false, 7, false)]
    {
        let config = Config { answers_when_ready, ..config() };
        let mut node = Node::member_of(config, id(8), &ids(&[0, 4, 8, 12])).unwrap();
        hear(&mut node, from, Message::Notify { nonce: N });
        let mut said = sent(&wake(&mut node, Timer::Rectify, 5));
        if said == [(4, Message::Ping { nonce: Nonce(5) })] {
            said = sent(&hear(&mut node, 4, Message::Pong { nonce: Nonce(5) }));
        }
        assert_eq!(said, [(from, Message::NotifyAck { nonce: N, is_counted: is_told })]);
    }
}

#[test]
fn the_first_members_wait_for_nobody() {
    let config = Config { answers_when_ready: true, ..config() };
    assert!(Node::member_of(config, id(8), &ids(&[0, 4, 8])).unwrap().is_ready());
    assert!(!Node::outsider(config, id(8)).is_ready());
}
