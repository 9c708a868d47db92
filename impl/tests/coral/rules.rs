//! What must be true of each answer of a node, seen from outside.

use std::time::Duration;

use straightedge_impl::coral::{Config, Message, Node, Slot, Value};
use straightedge_impl::identifier::Sha1Id;
use straightedge_impl::machine::Time;

type Id = Sha1Id;

/// The values of a node that live, each with what is left of its life.
fn live(node: &Node<Id>, slot: Slot<Id>, now: Time) -> Vec<(Value, Duration)> {
    node.store().live(slot, now).map(|(value, left)| (value.clone(), left)).collect()
}

/// Whether a node with these values is full for a new one.
fn is_full(values: &[(Value, Duration)], ttl: Duration, config: &Config) -> bool {
    let long = values.iter().filter(|(_, left)| 2 * *left >= ttl);
    long.count() >= usize::from(config.values)
}

/// An answer tells what the node holds, and a store is refused for one reason only.
pub(crate) fn check_answer(
    node: &Node<Id>,
    message: &Message<Id>,
    ttl: Option<Duration>,
    now: Time,
) {
    let held = live(node, message.call().slot(), now);
    match message {
        Message::ForwardReply { count, least, .. } => {
            let shortest = held.iter().map(|(_, left)| *left).min().unwrap_or_default();
            assert_eq!((usize::from(*count), *least), (held.len(), shortest), "told what is live");
        }
        Message::GetReply { values, .. } => assert_eq!(values, &held, "returned what is live"),
        Message::StoreReply { accepted: false, .. } => {
            let ttl = ttl.expect("a put has a life");
            assert!(is_full(&held, ttl, node.config()), "refused only when full");
        }
        _ => {}
    }
}

/// Between two states of a node, a value that lives makes room only if it has less than half of the
/// new life left, and least of all.
pub(crate) fn check_eviction(
    before: &Node<Id>,
    after: &Node<Id>,
    ttls: &dyn Fn(&Value) -> Duration,
    now: Time,
) {
    for slot in before.store().slots().keys() {
        let (old, new) = (live(before, *slot, now), live(after, *slot, now));
        let gone = old.iter().find(|(value, _)| new.iter().all(|(other, _)| other != value));
        let come = new.iter().find(|(value, _)| old.iter().all(|(other, _)| other != value));
        let (Some((_, left)), Some((value, _))) = (gone, come) else { continue };
        assert!(2 * *left < ttls(value), "more than half of a life is left");
        assert!(old.iter().all(|(_, other)| left <= other), "another one has less left");
    }
}

/// In any window no more requests are let through than the rate.
pub(crate) fn check_rate(passed: &[Time], config: &Config) {
    for (place, first) in passed.iter().enumerate() {
        let end = first.after(config.window);
        let within = passed[place..].iter().filter(|moment| **moment < end).count();
        assert!(within <= usize::from(config.rate), "{within} in a window");
    }
}
