//! What the application has written, and where it has to be at last.

use std::collections::BTreeMap;
use std::time::Duration;

use straightedge_impl::chord::{Command, Node};
use straightedge_impl::identifier::Sha1Id;

use super::ring::owner;
use crate::simulator::plan::NodeIndex;
use crate::simulator::random::Random;
use crate::simulator::system::Nodes;

use super::Chord;

/// An application that writes one record on each of some nodes, once, at a moment that chance
/// decides. What it was told is kept has to be there when everything has calmed down.
#[derive(Clone, Debug)]
pub(super) struct Writers {
    /// On how many nodes, those with the lowest indices.
    pub(super) number: NodeIndex,
    /// Within what time.
    pub(super) within: Duration,
    /// What decides the keys.
    pub(super) seed: u64,
    /// The nodes whose record is kept, as they were told.
    kept: Vec<NodeIndex>,
}

impl Writers {
    /// An application that writes nothing.
    pub(super) const fn none(seed: u64) -> Self {
        Self { number: 0, within: Duration::ZERO, seed, kept: Vec::new() }
    }

    fn key(&self, node: NodeIndex) -> Sha1Id {
        Sha1Id::of(format!("{}/record/{node}", self.seed).as_bytes())
    }

    /// What a node writes: a value that only it writes.
    pub(super) fn write(&self, node: NodeIndex) -> Command<Sha1Id> {
        Command::Put { key: self.key(node), value: node.to_be_bytes().to_vec() }
    }

    /// What a node writes and when, if it is one that does.
    pub(super) fn first(
        &self,
        node: NodeIndex,
        random: &mut Random,
    ) -> Option<(Command<Sha1Id>, Duration)> {
        let writes = node < self.number;
        writes.then(|| (self.write(node), random.duration(Duration::ZERO, self.within)))
    }

    /// The node was told that its record is kept.
    pub(super) fn is_kept(&mut self, node: NodeIndex) {
        self.kept.push(node);
    }

    /// How many records are kept, as the application was told.
    pub(super) const fn count(&self) -> usize {
        self.kept.len()
    }

    /// Nodes that do not hold a record which they have to hold, as its owner or one of the owner's
    /// successors, and for each how it differs.
    ///
    /// Source: CHORD-33.
    pub(super) fn missing(
        &self,
        nodes: &Nodes<'_, Chord>,
        ring: &[Sha1Id],
        copies: usize,
    ) -> BTreeMap<Sha1Id, String> {
        let holders: BTreeMap<Sha1Id, &Node<Sha1Id>> =
            nodes.present().map(|(_, machine)| (machine.me(), machine)).collect();
        let mut missing = BTreeMap::new();
        for &writer in &self.kept {
            let key = self.key(writer);
            let Some(first) = owner(ring, key) else { continue };
            let place = ring.partition_point(|&id| id < first);
            for step in 0..=copies.min(ring.len() - 1) {
                let id = ring[(place + step) % ring.len()];
                let record = holders.get(&id).and_then(|machine| machine.records().get(&key));
                let value = record.map(|record| record.value.as_slice());
                if value != Some(writer.to_be_bytes().as_slice()) {
                    let part = if step == 0 { "owns" } else { "keeps a copy of" };
                    let how = format!("{part} the record of node {writer}, and does not hold it");
                    missing.entry(id).or_insert(how);
                }
            }
        }
        missing
    }
}
