//! Where a look-up goes next.

use super::identifier::{Id, advance, distance};

/// How a look-up chooses among the contacts of the node it has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// The contact that is closest to the key.
    ///
    /// Source: CORAL-4.
    Greedy,
    /// The contact that is closest to a target with so many more bits of the key.
    ///
    /// Source: CORAL-5.
    Splice(u8),
    /// The contact whose distance differs least from half of this node's.
    ///
    /// Source: CORAL-6.
    Half,
}

/// A look-up between two requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The key.
    pub key: Id,
    /// The last node that has answered.
    pub at: Id,
    /// Where splice would like to be.
    pub target: Id,
}

impl Position {
    /// A look-up that begins.
    #[must_use]
    pub const fn beginning(key: Id, at: Id) -> Self {
        Self { key, at, target: at }
    }
}

/// The next hop among the contacts of [`Position::at`], and the target kept for the one after; no
/// hop at the closest node. `width` is the number of bits of the space.
///
/// Source: CORAL-5, CORAL-6.
#[must_use]
pub fn next_hop(
    policy: Policy,
    width: u8,
    position: Position,
    contacts: &(impl Iterator<Item = Id> + Clone),
) -> (Option<Id>, Id) {
    let Position { key, at, target } = position;
    let closer = contacts.clone().filter(move |&contact| is_closer(key, contact, at));
    match policy {
        Policy::Greedy => (closer.min_by_key(|&contact| distance(contact, key)), target),
        Policy::Splice(digit) => splice_hop(digit, width, position, contacts),
        Policy::Half => (half_hop(key, at, closer), target),
    }
}

/// The same without the contacts that keep silent: the target goes on from each that is left out,
/// whether it fell silent here or earlier on the way.
///
/// Source: CORAL-22, CORAL-42.
#[must_use]
pub fn next_hop_but(
    policy: Policy,
    width: u8,
    mut position: Position,
    contacts: &(impl Iterator<Item = Id> + Clone),
    is_silent: impl Fn(Id) -> bool,
) -> (Option<Id>, Id) {
    let mut left_out = Vec::new();
    loop {
        let others = contacts.clone().filter(|contact| !left_out.contains(contact));
        let (next, target) = next_hop(policy, width, position, &others);
        let Some(silent) = next.filter(|&node| is_silent(node)) else { return (next, target) };
        left_out.push(silent);
        position.target = target;
    }
}

const fn is_closer(key: Id, one: Id, other: Id) -> bool {
    distance(one, key) < distance(other, key)
}

fn splice_hop(
    digit: u8,
    width: u8,
    position: Position,
    contacts: &(impl Iterator<Item = Id> + Clone),
) -> (Option<Id>, Id) {
    let Position { key, at, mut target } = position;
    let closest_to = |id| contacts.clone().min_by_key(|&contact| distance(contact, id));
    while target != key {
        target = advance(key, target, digit, width);
        if let Some(hop) = closest_to(target).filter(|&hop| is_closer(key, hop, at)) {
            return (Some(hop), target);
        }
    }
    (closest_to(key).filter(|&hop| is_closer(key, hop, at)), target)
}

/// `closer` are the contacts that are closer to the key.
fn half_hop(key: Id, at: Id, closer: impl Iterator<Item = Id>) -> Option<Id> {
    let whole = u16::from(distance(at, key));
    closer.min_by_key(|&contact| {
        let twice = 2 * u16::from(distance(contact, key));
        (twice.abs_diff(whole), distance(contact, key))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The path from a node, if every node knows every other.
    fn path(policy: Policy, width: u8, key: Id, from: Id, nodes: &[Id]) -> Vec<Id> {
        path_if(policy, width, key, from, nodes, |_, _| true)
    }

    /// The path from a node, if each knows those others that it may know.
    fn path_if(
        policy: Policy,
        width: u8,
        key: Id,
        from: Id,
        nodes: &[Id],
        knows: impl Fn(Id, Id) -> bool,
    ) -> Vec<Id> {
        let mut path = vec![from];
        let mut position = Position::beginning(key, from);
        loop {
            let others = nodes.iter().copied().filter(|&node| node != position.at);
            let others = others.filter(|&node| knows(position.at, node));
            let (hop, target) = next_hop(policy, width, position, &others);
            let Some(hop) = hop else { return path };
            path.push(hop);
            position = Position { key, at: hop, target };
        }
    }

    #[test]
    fn paths_of_the_course_from_200_to_42() {
        let nodes = [41, 50, 75, 100, 200];
        assert_eq!(path(Policy::Greedy, 8, 42, 200, &nodes), [200, 41]);
        assert_eq!(path(Policy::Half, 8, 42, 200, &nodes), [200, 75, 50, 41]);
        assert_eq!(path(Policy::Splice(1), 8, 42, 200, &nodes), [200, 75, 41]);
        assert_eq!(path(Policy::Splice(2), 8, 42, 200, &nodes), [200, 41]);
    }

    #[test]
    fn paths_of_the_course_from_14_to_4() {
        let nodes = [0, 4, 5, 7, 14];
        let knows = |one: Id, other: Id| one != 14 || other == 0;
        let path_of = |policy| path_if(policy, 4, 4, 14, &nodes, knows);
        assert_eq!(path_of(Policy::Half), [14, 0, 5, 4]);
        assert_eq!(path_of(Policy::Splice(1)), [14, 0, 4]);
        assert_eq!(path(Policy::Half, 4, 4, 14, &nodes), [14, 0, 5, 4]);
        assert_eq!(path(Policy::Splice(1), 4, 4, 14, &nodes), [14, 7, 4]);
        assert_eq!(path(Policy::Greedy, 4, 4, 14, &nodes), [14, 4]);
    }

    #[test]
    fn a_target_whose_subtree_is_empty_is_passed_by() {
        // From 15 the target is 7, whose half of the space has 0 alone, or nobody: then 9 is the
        // closest to it, and closer to the key than 15.
        assert_eq!(path(Policy::Splice(1), 4, 0, 15, &[0, 8, 15]), [15, 0]);
        assert_eq!(path(Policy::Splice(1), 4, 0, 15, &[8, 9, 15]), [15, 9, 8]);
        assert_eq!(path(Policy::Splice(1), 4, 0, 8, &[8, 9, 15]), [8]);
    }
}
