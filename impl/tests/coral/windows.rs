//! What a node lets through.

use std::time::Duration;

use proptest::prelude::*;
use straightedge_impl::coral::{Call, Command, Config, Counting, Message, Node, Table, invariant};
use straightedge_impl::machine::{Input, Machine, Nonce, Output, Time};

use super::network::{Id, give, id, plain};

const MINUTE: u64 = 60_000;

fn moment(milliseconds: u64) -> Time {
    Time::ORIGIN.after(Duration::from_millis(milliseconds))
}

fn node(config: Config) -> Node<Id> {
    let me = id(41);
    Node::new(config, me, Table::with(me, [id(42), id(200)])).unwrap()
}

/// Sends a node a request of another; whether it is let through.
fn passes(node: &mut Node<Id>, at: u64, number: u64) -> bool {
    let call = Call { operation: Nonce(number), level: 0, key: id(43) };
    let message = Message::ForwardRequest { call, cluster: 0, target: id(41) };
    let outputs = give(node, moment(at), &Input::Message { from: id(200), message });
    match outputs.as_slice() {
        [Output::Send { message: Message::ForwardReply { loaded, .. }, .. }] => !loaded,
        other => panic!("{other:?}"),
    }
}

#[test]
fn twelve_requests_a_minute_pass_and_the_thirteenth_does_not() {
    let mut node = node(plain());
    let passed = (0..13).filter(|&number| passes(&mut node, 1000 * number, number)).count();
    assert_eq!(passed, 12);
    assert!(!passes(&mut node, MINUTE - 1, 13), "the first has passed less than a minute ago");
    assert!(passes(&mut node, MINUTE, 14));
    assert!(!passes(&mut node, MINUTE, 15), "and the second a second later");
}

#[test]
fn a_node_that_is_always_asked_lets_as_many_through_in_every_window() {
    let mut node = node(plain());
    let passed: Vec<u64> =
        (0..6000).map(|tenth| 100 * tenth).filter(|&at| passes(&mut node, at, at)).collect();
    for minute in 0..10 {
        let within = MINUTE * minute..MINUTE * (minute + 1);
        assert_eq!(passed.iter().filter(|at| within.contains(at)).count(), 12, "{minute}");
    }
}

#[test]
fn an_aligned_window_lets_twice_as_many_through_around_its_edge() {
    let mut node = node(Config { counting: Counting::Aligned, ..plain() });
    let late = (0..20).filter(|&number| passes(&mut node, MINUTE - 1, number)).count();
    let early = (20..40).filter(|&number| passes(&mut node, MINUTE, number)).count();
    assert_eq!((late, early), (12, 12));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever comes, and the node's own puts count in the same way.
    #[test]
    fn at_most_the_rate_passes_in_any_window(
        gaps in proptest::collection::vec(0_u64..20_000, 1..120),
        rate in 1_u16..6,
        own in any::<u64>(),
    ) {
        let mut node = node(Config { rate, ..plain() });
        let (mut at, mut passed) = (0, Vec::new());
        for (number, gap) in (0_u64..).zip(gaps) {
            at += gap;
            let is_own = own >> (number % 64) & 1 == 1;
            let recently = passed.iter().filter(|&&before| before + MINUTE > at).count();
            let is_let_through = if is_own {
                let command = Command::Put {
                    key: id(43),
                    value: vec![1],
                    ttl: Duration::from_secs(1),
                };
                let loaded = node.is_loaded((0, id(43)), moment(at));
                let input = Input::Command { command, fresh: Nonce(number) };
                node.handle(moment(at), input, &mut Vec::new());
                !loaded
            } else {
                passes(&mut node, at, number)
            };
            prop_assert_eq!(is_let_through, recently < usize::from(rate));
            if is_let_through {
                passed.push(at);
            }
            prop_assert_eq!(invariant::holds(&node, moment(at)), Ok(()));
        }
        for &first in &passed {
            let window = first..first + MINUTE;
            let within = passed.iter().filter(|at| window.contains(at)).count();
            prop_assert!(within <= usize::from(rate), "{within} from {first}");
        }
    }
}
