//! Whatever a node is given, it keeps its word.
#![allow(clippy::unwrap_used)]

use crate::common::arbitrary::Bytes;
use crate::common::{fuzz, give};
use proptest::prelude::*;
use straightedge_impl::chord::codec::{self, CodecError};
use straightedge_impl::chord::{Config, Message, Node, Record};
use straightedge_impl::identifier::{Sha1Id, SmallId};
use straightedge_impl::machine::{Nonce, Time};

type Id = SmallId<8>;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// What `give` checks: assertions hold, and a refusal changes nothing and says nothing else.
    #[test]
    fn whatever_a_member_is_given_it_keeps_its_assertions(
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
    ) {
        fuzz::chord_handle(&bytes);
    }

    #[test]
    fn whatever_an_outsider_is_given_it_keeps_its_assertions(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        let mut bytes = Bytes(&bytes);
        let config = Config { successors: 2, ..Config::default() };
        let mut node = Node::outsider(config, bytes.id::<8>());
        while !bytes.is_empty() {
            let input = bytes.input(&node);
            give(&mut node, Time::ORIGIN, &input);
        }
    }

    #[test]
    fn whatever_is_read_can_be_written_and_is_the_same(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        fuzz::chord_codec(&bytes);
        let versioned: Vec<u8> = std::iter::once(codec::VERSION).chain(bytes).collect();
        fuzz::chord_codec(&versioned);
    }

    #[test]
    fn every_message_survives_both_formats(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut bytes = Bytes(&bytes);
        let nonce = Nonce(u64::from(bytes.next()) << (bytes.next() % 57));
        let message: Message<Id> = bytes.message(nonce);
        let written = codec::encode(&message).unwrap();
        prop_assert_eq!(codec::decode(&written), Ok(message.clone()));
        let text = codec::to_json(&message).unwrap();
        prop_assert_eq!(codec::from_json(&text), Ok(message.clone()));
        for length in 0..written.len() {
            prop_assert!(codec::decode::<Id>(&written[..length]).is_err(), "cut to {}", length);
        }
        let mut longer = written;
        longer.push(0);
        prop_assert_eq!(codec::decode::<Id>(&longer), Err(CodecError::TrailingBytes(1)));
    }
}

#[test]
fn what_is_not_a_message_is_refused_by_name() {
    let decode = codec::decode::<Id>;
    assert_eq!(decode(&[]), Err(CodecError::Empty));
    assert_eq!(decode(&[2, 0, 0]), Err(CodecError::UnknownVersion(2)));
    let longest = codec::LONGEST;
    let too_long = CodecError::TooLong { length: longest + 1, most: longest };
    assert_eq!(decode(&vec![1; longest + 1]), Err(too_long));
    assert!(matches!(decode(&[1, 200]), Err(CodecError::Malformed(_))), "no such kind");
    assert!(matches!(decode(&[1, 5, 0, 8]), Err(CodecError::Malformed(_))), "off the circle");
    assert!(codec::decode::<SmallId<9>>(&[1, 5, 0, 8]).is_ok());
    assert_eq!(decode(&[1, 8, 0, 7, 7]), Err(CodecError::TrailingBytes(2)));
    // Eight bytes that claim four thousand million entries.
    let bomb = [1, 4, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F];
    assert!(matches!(decode(&bomb), Err(CodecError::Malformed(_))));
}

#[test]
fn what_is_too_long_is_neither_written_nor_read() {
    let nonce = Nonce(1);
    let me = Sha1Id::of(b"me");
    let record = |length| Record { version: 1, value: vec![0; length] };
    let cases = [
        (
            Message::Admitted { nonce, successors: vec![me; codec::MOST_NODES + 1] },
            CodecError::TooManyNodes(codec::MOST_NODES + 1),
        ),
        (
            Message::Store { nonce, key: me, record: record(codec::LONGEST_VALUE + 1) },
            CodecError::ValueTooLong(codec::LONGEST_VALUE + 1),
        ),
        (
            Message::Copy { nonce, records: vec![(me, record(0)); codec::MOST_RECORDS + 1] },
            CodecError::TooManyRecords(codec::MOST_RECORDS + 1),
        ),
    ];
    for (message, error) in cases {
        assert_eq!(codec::encode(&message), Err(error.clone()));
        assert_eq!(codec::to_json(&message), Err(error.clone()));
        let unchecked = serde_json::to_string(&message).unwrap();
        let text = format!("{{\"version\":1,\"message\":{unchecked}}}");
        assert_eq!(codec::from_json::<Sha1Id>(&text), Err(error.clone()));
        let unchecked = postcard::to_extend(&message, vec![codec::VERSION]).unwrap();
        assert!(unchecked.len() <= codec::LONGEST);
        assert_eq!(codec::decode::<Sha1Id>(&unchecked), Err(error));
    }
    let two = Message::Copy { nonce, records: vec![(me, record(codec::LONGEST_VALUE)); 2] };
    assert!(matches!(codec::encode(&two), Err(CodecError::TooLong { .. })));
}

#[test]
fn the_text_of_a_message_is_for_people() {
    let successors = vec![Sha1Id::of(b"abc")];
    let text = codec::to_json(&Message::Admitted { nonce: Nonce(7), successors }).unwrap();
    let expected = r#"{"version":1,"message":{"admitted":{"nonce":7,"#.to_owned()
        + r#""successors":["a9993e364706816aba3e25717850c26c9cd0d89d"]}}}"#;
    assert_eq!(text, expected);
    let from_json = codec::from_json::<Sha1Id>;
    let later = text.replace("\"version\":1", "\"version\":2");
    assert_eq!(from_json(&later), Err(CodecError::UnknownVersion(2)));
    for wrong in [text.replace("a9993e", "a9993g"), text.replace("nonce", "number"), text + "}"] {
        assert!(matches!(from_json(&wrong), Err(CodecError::Malformed(_))), "{wrong}");
    }
}
