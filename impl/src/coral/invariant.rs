//! What is true of a node after every input, whatever the input.

use std::time::Duration;

use super::config::Learning;
use super::node::Node;
use super::operation::{Goal, Operation, Phase};
use crate::identifier::{Xor, is_nearer};
use crate::machine::Time;

/// The first of a node's assertions that does not hold, by its name.
///
/// Source: CORAL-49. These speak of one node only; what is true of a network is for a model to say.
///
/// # Errors
///
/// The name of the assertion.
pub fn holds<I: Xor>(node: &Node<I>, now: Time) -> Result<(), &'static str> {
    let (config, limits) = (node.config(), &node.config().limits);
    holds_of_store(node)?;
    let counters = node.counters().passed();
    check(counters.len() <= limits.counters as usize, "no more counters than may be")?;
    for (slot, passed) in counters {
        check(passed.len() <= usize::from(config.rate), "no more is counted than the rate")?;
        check(passed.iter().is_sorted(), "what was let through is in order")?;
        check(passed.iter().all(|moment| *moment <= now), "nothing is let through in the future")?;
        let in_window = node.counters().in_window(*slot, now, config);
        check(
            in_window <= usize::from(config.rate),
            "a window lets no more through than the rate",
        )?;
    }
    check(node.receipts() <= usize::from(limits.receipts), "no more receipts than may be")?;
    for level in node.levels() {
        check(level.table.is_in_order(), "every contact is in its bucket")?;
        if let Learning::Buckets(_) = config.learning {
            let is_known = level.table.contacts().any(|contact| contact == node.me());
            check(!is_known, "a node is no contact of itself")?;
        }
    }
    let operations = node.operations();
    check(operations.len() <= usize::from(limits.operations), "no more operations than may be")?;
    operations.values().try_for_each(|operation| holds_of_operation(node, operation))
}

fn holds_of_store<I: Xor>(node: &Node<I>) -> Result<(), &'static str> {
    let (config, limits) = (node.config(), &node.config().limits);
    let slots = node.store().slots();
    check(slots.len() <= limits.keys as usize, "no more keys than may be")?;
    for entries in slots.values() {
        check(!entries.is_empty(), "a key that is held has values")?;
        check(entries.len() <= usize::from(config.values), "no more values than l")?;
        let is_short = |value: &Vec<u8>| value.len() <= usize::from(limits.value);
        check(entries.keys().all(is_short), "no value is longer than may be")?;
    }
    Ok(())
}

fn holds_of_operation<I: Xor>(
    node: &Node<I>,
    operation: &Operation<I>,
) -> Result<(), &'static str> {
    let (me, key, config) = (node.me(), operation.key, node.config());
    let Operation { waiting, silent, contacted, stack, .. } = operation;
    let most = usize::from(config.at_once);
    let is_of_a_level = usize::from(operation.level) < node.levels().len();
    check(is_of_a_level, "an operation is at a level of the node")?;
    check(waiting.len() <= most, "no more nodes are asked at once than may be")?;
    let asked = operation.asked();
    check(asked <= usize::from(config.limits.hops) + 1, "no more hops than may be")?;
    check(!waiting.contains_key(&me) && !silent.contains(&me), "a node does not ask itself")?;
    check(waiting.keys().all(|id| !silent.contains(id)), "who is silent is not waited for")?;
    let resent = |times: u8| times <= config.resends;
    check(waiting.values().all(|asked| resent(asked.resent)), "nor asked more often than may be")?;
    let nearer_and_nearer = stack.is_sorted_by(|one, next| is_nearer(*next, *one, key));
    check(nearer_and_nearer, "the stack is in the order of distance")?;
    let is_contacted = |id: &I| contacted.iter().find(|(contacted, _)| contacted == id);
    let may_be_stacked =
        |id: &I| is_contacted(id).is_some_and(|(_, seen)| !seen.ends_the_forward_phase());
    check(stack.iter().all(may_be_stacked), "who is on the stack was not both full and loaded")?;
    match (&operation.goal, operation.phase) {
        (Goal::Get, Phase::Reverse { .. }) => check(false, "a get does not store"),
        (_, Phase::Forward) => check(!waiting.is_empty(), "a way that goes on waits for somebody"),
        (Goal::Put { ttl, .. }, Phase::Reverse { at, resent: times, .. }) => {
            check(waiting.is_empty(), "a value is stored once nobody is waited for")?;
            check(at != me, "a node does not ask itself to store")?;
            check(may_be_stacked(&at), "a value is stored where it was contacted")?;
            let is_next = stack.last().is_none_or(|next| is_nearer(at, *next, key));
            check(is_next, "the nearest is asked first")?;
            check(*ttl > Duration::ZERO, "a value that is put lives")?;
            check(resent(times), "nor is a store asked more often than may be")
        }
    }
}

fn check(holds: bool, assertion: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(assertion) }
}
