//! What is alike in an instance: operations of one client that ask for the same.

use super::Coral;
use super::message::{Body, Message};
use super::operation::Operation;
use super::state::State;
use super::store::Entry;

/// The most swaps that an instance can have.
pub const MAXIMUM_SWAPS: usize = 4;

/// Two operations change places, and so do their values if they are puts.
///
/// Source: CORAL-32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swap([u8; 2]);

/// The swaps of an instance: of each operation and the next one that is like it.
///
/// # Panics
///
/// If there are more than an instance can have.
///
/// Source: CORAL-32.
pub(super) fn swaps(coral: &Coral) -> [Option<Swap>; MAXIMUM_SWAPS] {
    let next_alike = |(one, asked): (u8, Operation)| {
        let mut later = coral.asked_for().skip_while(move |(other, _)| *other <= one);
        let (other, _) = later.find(|(_, other)| are_alike(coral, asked, *other))?;
        Some(Swap([one, other]))
    };
    let mut found = coral.asked_for().filter_map(next_alike);
    let swaps = std::array::from_fn(|_| found.next());
    assert!(found.next().is_none(), "more than {MAXIMUM_SWAPS} swaps");
    swaps
}

/// Whether two operations differ in nothing but the value, which nobody else puts.
fn are_alike(coral: &Coral, one: Operation, other: Operation) -> bool {
    let is_of_one_put = |value| coral.puts_of(value).count() == 1;
    let is_named = |asked: Operation| {
        let follows = |(_, later): (u8, Operation)| later.after.map(|first| coral.asked(first));
        coral.asked_for().filter_map(follows).any(|first| first == asked)
    };
    let are_free = [one, other].into_iter().all(|asked| {
        let is_single = asked.value().is_none_or(is_of_one_put);
        is_single && asked.after.is_none() && asked.stored.is_none() && !is_named(asked)
    });
    let asks = |asked: Operation| (asked.client, asked.key, asked.ttl(), asked.value().is_some());
    // With more places the smaller of two values may make way.
    coral.capacity == 1 && are_free && asks(one) == asks(other)
}

impl Swap {
    /// The image of a state.
    ///
    /// Source: CORAL-32.
    pub(super) fn image(self, coral: &Coral, state: &State) -> State {
        let Self([one, other]) = self;
        let values = [one, other].map(|put| coral.asked(put).value());
        let value = |value: u8| match values {
            [Some(one), Some(other)] if value == one => other,
            [Some(one), Some(other)] if value == other => one,
            _ => value,
        };
        let mut image = *state;
        image.operations.swap(usize::from(one), usize::from(other));
        for peer in &mut image.peers {
            let renamed = |entry: Entry| Entry { value: value(entry.value), ..entry };
            peer.lists = peer.lists.map(|list| list.map(renamed));
        }
        image.messages = state.messages.map(|message| {
            let operation = match message.operation {
                operation if operation == one => other,
                operation if operation == other => one,
                operation => operation,
            };
            let body = match message.body {
                Body::GetReply { values } => {
                    let named = (0..u8::BITS as u8).filter(|value| values >> value & 1 != 0);
                    Body::GetReply { values: named.fold(0, |all, it| all | 1 << value(it)) }
                }
                body => body,
            };
            Message { operation, body, ..message }
        });
        image
    }
}
