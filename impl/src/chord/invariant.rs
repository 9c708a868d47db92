//! What is true of a node after every input, whatever the input.

use super::message::Record;
use super::node::{About, Member, Node, Role};
use super::upper::Upper;
use crate::identifier::{Identifier, between};

/// The first of a node's assertions that does not hold, by its name.
///
/// Source: CHORD-32. These speak of one node only; what is true of a ring is for a model to say.
///
/// # Errors
///
/// The name of the assertion.
pub fn holds<I: Identifier>(node: &Node<I>) -> Result<(), &'static str> {
    let config = node.config();
    let pending = node.notifiers().map_or(0, std::collections::BTreeMap::len);
    let notifies_itself = node.notifiers().is_some_and(|all| all.contains_key(&node.me()));
    let resent = |count: u8| count <= config.resends;
    check(pending <= usize::from(config.limits.notifiers), "no more notifiers than may be")?;
    check(!notifies_itself, "nobody notifies itself")?;
    let records = node.records();
    let is_short = |record: &Record| record.value.len() <= usize::from(config.limits.value);
    check(records.len() <= config.limits.records as usize, "no more records than may be")?;
    check(records.values().all(is_short), "no value is longer than may be")?;
    match &node.role {
        Role::Outsider => Ok(()),
        Role::Joining(joining) => {
            check(joining.asked != node.me(), "a joining node does not ask itself")?;
            check(joining.hops <= config.limits.hops, "no more hops than may be")?;
            check(resent(joining.resent), "a join is not asked more often than may be")
        }
        Role::Member(member) => holds_of_member(node, member),
    }
}

fn holds_of_member<I: Identifier>(node: &Node<I>, member: &Member<I>) -> Result<(), &'static str> {
    let (me, config) = (node.me(), node.config());
    let head = member.successors.head();
    let resends = config.resends;
    let length = member.successors.len();
    let candidate_is_in_place = member.candidate.is_none_or(|id| between(me, id, head));
    let is_asking = member.query.is_some();
    check(length == config.list_length(), "a list has exactly r entries")?;
    check(candidate_is_in_place, "the candidate lies between the node and its first successor")?;
    check(
        !(is_asking && member.announcement.is_some()),
        "a node that announces itself asks nobody",
    )?;
    check(
        !(member.candidate.is_some() && member.announcement.is_some()),
        "a node that announces itself has no candidate",
    )?;
    if let Some(query) = member.query {
        let expected = match query.about {
            About::Head => Some(head).filter(|_| member.candidate.is_none()),
            About::Candidate => member.candidate,
        };
        check(expected == Some(query.target), "a query is to the head, or to the candidate")?;
        check(query.target != me, "a node does not ask itself")?;
        check(query.resent <= resends, "a query is not sent more often than may be")?;
    }
    if let Some(announcement) = member.announcement {
        check(announcement.target == head, "an announcement is to the head")?;
        check(announcement.target != me, "a node does not announce itself to itself")?;
        check(announcement.resent <= resends, "nor is an announcement")?;
    }
    if let Some(asked) = member.check {
        check(asked.target == member.predecessor, "a check is of the predecessor")?;
        check(
            member.notifiers.contains_key(&asked.notifier),
            "a check is on behalf of a notifier that waits",
        )?;
        check(asked.resent <= resends, "nor is a check")?;
    }
    holds_above_the_ring(node, &member.upper)
}

fn holds_above_the_ring<I: Identifier>(
    node: &Node<I>,
    upper: &Upper<I>,
) -> Result<(), &'static str> {
    let (me, config, limits) = (node.me(), node.config(), &node.config().limits);
    let most = usize::from(limits.requests);
    check(upper.requests.len() <= most, "no more requests than may be")?;
    check(upper.copies.len() <= most + 1, "no more transfers than may be, and one hand-over")?;
    check(upper.fingers.len() <= usize::from(config.fingers), "no more fingers than may be")?;
    check(!upper.fingers.contains(&Some(me)), "no finger points to the node itself")?;
    for request in upper.requests.values() {
        check(request.stage.asked() != me, "a request does not ask the node itself")?;
        check(request.hops <= limits.hops, "no more hops than may be")?;
        check(request.resent <= config.resends, "nor is a request")?;
        let left_out = request.without.len();
        check(left_out <= usize::from(limits.without), "no more left out than may be")?;
    }
    for copying in upper.copies.values() {
        check(!copying.waiting.is_empty(), "a transfer waits for somebody")?;
        check(!copying.waiting.contains(&me), "a transfer does not wait for the node itself")?;
        check(copying.resent <= config.resends, "nor is a transfer")?;
        check(copying.keys.len() <= usize::from(limits.batch), "no more than may be sent at once")?;
    }
    Ok(())
}

fn check(holds: bool, assertion: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(assertion) }
}
