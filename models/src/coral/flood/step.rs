//! A whole put, and a tick.

use super::super::identifier::Id;
use super::super::options::Counting;
use super::super::routing::{Position, next_hop};
use super::super::store::reads_full;
use super::{Fault, Flood, Load, PLACES};

/// The key, and the closest node to it.
pub(super) const ROOT: Id = 0;

impl Flood {
    /// Whether a node is full for a new value.
    ///
    /// Source: CORAL-9.
    pub(super) fn is_full(&self, load: &Load, node: Id) -> bool {
        if !self.is_aging() {
            return true;
        }
        let lives = load.lives[usize::from(node)].into_iter().filter(|&life| life > 0);
        let (count, least) = (lives.clone().count() as u8, lives.min().unwrap_or_default());
        match self.fault {
            Some(Fault::LiteralWindowAndNoHalfLife | Fault::NoHalfLifeAtAll) => {
                count >= self.capacity
            }
            _ => reads_full(count, least, self.capacity, self.ttl),
        }
    }

    /// Whether a node is loaded, the request that asks included.
    ///
    /// Source: CORAL-10, CORAL-11.
    pub(super) fn is_loaded(&self, load: &Load, node: Id) -> bool {
        let node = usize::from(node);
        match self.counting {
            _ if self.fault == Some(Fault::LeaksNothing) => true,
            Counting::Leaky => load.passed[node] >= self.leakage,
            Counting::Literal => load.seen[node][0] + load.seen[node][1] > self.leakage,
        }
    }

    /// A node is asked in the forward phase: whether it is loaded.
    ///
    /// Source: CORAL-12.
    fn inspect(&self, load: &mut Load, node: Id) -> bool {
        if self.counting == Counting::Literal {
            // More than the leakage is enough to know.
            let seen = &mut load.seen[usize::from(node)][0];
            *seen = (*seen + 1).min(self.leakage + 1);
        }
        let loaded = self.is_loaded(load, node);
        let passed = &mut load.passed[usize::from(node)];
        *passed = (*passed + u8::from(!loaded)).min(2 * self.nodes());
        loaded
    }
}

/// A node puts a value: forward phase, stack, reverse phase.
///
/// Source: CORAL-12, CORAL-13, CORAL-14, CORAL-23.
pub(super) fn put(flood: &Flood, mut load: Load, client: Id) -> Load {
    load.quiet = 0;
    let mut stack = Vec::new();
    let mut position = Position::beginning(ROOT, client);
    loop {
        let node = position.at;
        let is_own = node == client;
        if node == ROOT && !is_own {
            load.at_the_root = (load.at_the_root + 1).min(2 * flood.nodes());
        }
        let full = flood.is_full(&load, node);
        let is_not_asked = is_own && flood.fault == Some(Fault::InitiatorIsNotCounted);
        let loaded = !is_not_asked && flood.inspect(&mut load, node);
        if full && loaded {
            break;
        }
        stack.push(node);
        let others = (0..flood.nodes()).filter(|&other| other != node);
        let (next, target) = next_hop(flood.policy, flood.width, position, &others);
        let Some(next) = next else { break };
        position = Position { at: next, target, ..position };
    }
    while let Some(node) = stack.pop() {
        if !flood.is_full(&load, node) {
            return stored(flood, load, node);
        }
    }
    load
}

/// A node takes a value; the shortest-lived makes way.
///
/// Source: CORAL-15.
fn stored(flood: &Flood, mut load: Load, node: Id) -> Load {
    let lives = &mut load.lives[usize::from(node)];
    // The places that are not used come first, empty for ever.
    lives[PLACES - usize::from(flood.capacity)] = flood.ttl;
    lives.sort_unstable();
    load.has_begun |= node == ROOT;
    load
}

/// A tick passes.
///
/// Source: CORAL-10, CORAL-27.
pub(super) fn tick(flood: &Flood, mut load: Load) -> Load {
    load.quiet = if flood.is_aging() { load.quiet + 1 } else { 0 };
    for life in load.lives.iter_mut().flatten() {
        *life = life.saturating_sub(1);
    }
    load.tick = (load.tick + 1) % flood.window;
    if load.tick == 0 {
        load.at_the_root = 0;
        for seen in &mut load.seen {
            *seen = [0, seen[0]];
        }
        if flood.fault != Some(Fault::CountersAreNeverReset) {
            load.passed = [0; super::MAXIMUM_NODES];
        }
    }
    load
}
