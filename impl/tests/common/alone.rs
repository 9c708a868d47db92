//! One node, and what it says.

use std::collections::BTreeMap;

use straightedge_impl::chord::{Command, Config, Message, Node, Pointers, Question, Reason, Timer};
use straightedge_impl::identifier::SmallId;
use straightedge_impl::machine::{Input, InputOf, Nonce, Output, OutputOf, Time};

use super::give;

pub(crate) type Id = SmallId<16>;
pub(crate) type Outputs = Vec<OutputOf<Node<Id>>>;

pub(crate) fn id(number: u8) -> Id {
    Id::new(number).unwrap()
}

pub(crate) fn ids(numbers: &[u8]) -> Vec<Id> {
    numbers.iter().map(|&number| id(number)).collect()
}

/// Lists of two, one re-send.
pub(crate) fn config() -> Config {
    Config { successors: 2, resends: 1, ..Config::default() }
}

/// A member 4 between 0 and 8, with 12 beyond.
pub(crate) fn member() -> Node<Id> {
    with(|_| {})
}

/// That member, with something else about its pointers.
pub(crate) fn with(change: impl FnOnce(&mut Pointers<Id>)) -> Node<Id> {
    let mut pointers = Pointers {
        successors: ids(&[8, 12]),
        predecessor: id(0),
        candidate: None,
        notifiers: BTreeMap::new(),
    };
    change(&mut pointers);
    Node::restored(config(), id(4), pointers).unwrap()
}

/// That member, notified by others, each under its own number.
pub(crate) fn notified(by: &[u8]) -> Node<Id> {
    with(|pointers| {
        pointers.notifiers = by.iter().map(|&from| (id(from), Nonce(from.into()))).collect();
    })
}

pub(crate) fn input(node: &mut Node<Id>, input: &InputOf<Node<Id>>) -> Outputs {
    give(node, Time::ORIGIN, input)
}

pub(crate) fn hear(node: &mut Node<Id>, from: u8, message: Message<Id>) -> Outputs {
    input(node, &Input::Message { from: id(from), message })
}

pub(crate) fn wake(node: &mut Node<Id>, timer: Timer, fresh: u64) -> Outputs {
    input(node, &Input::Timer { timer, fresh: Nonce(fresh) })
}

pub(crate) fn obey(node: &mut Node<Id>, command: Command<Id>, fresh: u64) -> Outputs {
    input(node, &Input::Command { command, fresh: Nonce(fresh) })
}

/// Lets the answer to a question not come, as often as it takes.
pub(crate) fn give_up(node: &mut Node<Id>, question: Question) -> Outputs {
    let again = wake(node, Timer::Timeout(question), 90);
    assert_eq!(sent(&again).len(), 1, "it is asked again: {again:?}");
    wake(node, Timer::Timeout(question), 91)
}

/// The messages among the outputs.
pub(crate) fn sent(outputs: &Outputs) -> Vec<(u8, Message<Id>)> {
    let messages = outputs.iter().filter_map(|output| match output {
        Output::Send { to, message } => Some((to.number(), message.clone())),
        _ => None,
    });
    messages.collect()
}

/// The timers that are set.
pub(crate) fn set(outputs: &Outputs) -> Vec<Timer> {
    let timers = outputs.iter().filter_map(|output| match output {
        Output::SetTimer { timer, .. } => Some(*timer),
        _ => None,
    });
    timers.collect()
}

/// That the input is refused, for that reason and with nothing else.
#[track_caller]
pub(crate) fn refused(outputs: &Outputs, reason: Reason) {
    assert_eq!(*outputs, [Output::Ignored(reason)]);
}
