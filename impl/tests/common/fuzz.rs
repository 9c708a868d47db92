//! The bodies of the fuzz targets: what must be true of every sequence of bytes. The tests run
//! them on the kept corpus, and on random bytes.

use straightedge_impl::chord::codec::{LONGEST, decode, encode, from_json, to_json};
use straightedge_impl::chord::{Config, Limits, Message, Node};
use straightedge_impl::identifier::{Identifier, Sha1Id, SmallId};
use straightedge_impl::machine::Time;

use super::arbitrary::Bytes;
use super::give;

/// Bytes either are no message, and the error says why, or they are one, which is the same after
/// it was written and read again, in both formats.
pub(crate) fn chord_codec(bytes: &[u8]) {
    reads_and_writes::<Sha1Id>(bytes);
    reads_and_writes::<SmallId<16>>(bytes);
}

fn reads_and_writes<I: Identifier>(bytes: &[u8]) {
    let as_bytes = decode::<I>(bytes);
    let as_text = std::str::from_utf8(bytes).map(from_json::<I>);
    for message in as_bytes.into_iter().chain(as_text.into_iter().flatten()) {
        let text = to_json(&message).expect("what was read can be told");
        assert_eq!(from_json(&text), Ok(message.clone()));
        match encode(&message) {
            Ok(written) => assert_eq!(decode(&written), Ok(message)),
            Err(error) => assert!(bytes.len() > LONGEST, "{error}: {message:?}"),
        }
    }
}

/// A member is given whatever the bytes stand for, one input after the other. It keeps its own
/// assertions, a refusal changes nothing, and what it sends can be encoded.
pub(crate) fn chord_handle(bytes: &[u8]) {
    let mut bytes = Bytes(bytes);
    let limits =
        Limits { notifiers: 3, hops: 4, requests: 3, records: 4, batch: 2, value: 32, without: 2 };
    let config = Config {
        successors: 2,
        fingers: bytes.next() % 4,
        resends: bytes.next() % 3,
        limits,
        ..Config::default()
    };
    let me: SmallId<8> = bytes.id();
    let mut members: Vec<SmallId<8>> = SmallId::circle().step_by(2).collect();
    members.push(me);
    let mut node = Node::member_of(config, me, &members).expect("there are enough members");
    while !bytes.is_empty() {
        let input = bytes.input(&node);
        for output in give(&mut node, Time::ORIGIN, &input) {
            if let straightedge_impl::machine::Output::Send { message, .. } = output {
                can_be_sent(&message);
            }
        }
    }
}

fn can_be_sent(message: &Message<SmallId<8>>) {
    let written = encode(message).expect("what a node says can be sent");
    assert_eq!(decode(&written).as_ref(), Ok(message));
}
