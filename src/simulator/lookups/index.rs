//! A central index, as Napster has: who shares what is known to one server; files pass it by.

use std::collections::{BTreeMap, BTreeSet};

/// The server, and the peers that are online.
#[derive(Clone, Debug, Default)]
pub struct Index {
    is_down: bool,
    published: BTreeMap<String, BTreeSet<String>>,
    /// What each peer that is online has.
    online: BTreeMap<String, BTreeSet<String>>,
}

impl Index {
    /// A peer comes online and publishes what it has; how many entries the server has then.
    ///
    /// Source: CORAL-33.
    pub fn publish(&mut self, peer: &str, files: &[&str]) -> usize {
        for &file in files {
            self.online.entry(peer.to_owned()).or_default().insert(file.to_owned());
            if !self.is_down {
                self.published.entry(file.to_owned()).or_default().insert(peer.to_owned());
            }
        }
        self.published.values().map(BTreeSet::len).sum()
    }

    /// A peer leaves; the server notices.
    ///
    /// Source: CORAL-33.
    pub fn leave(&mut self, peer: &str) {
        self.online.remove(peer);
        if !self.is_down {
            self.published.values_mut().for_each(|peers| {
                peers.remove(peer);
            });
        }
    }

    /// The server fails.
    pub const fn fail(&mut self) {
        self.is_down = true;
    }

    /// Who has a file, by one request and one reply; nothing comes back from a server that is down.
    ///
    /// Source: CORAL-33.
    #[must_use]
    pub fn search(&self, file: &str) -> Option<Vec<String>> {
        let peers = self.published.get(file);
        (!self.is_down).then(|| peers.into_iter().flatten().cloned().collect())
    }

    /// Whether a peer gets a file from another, without the server; then it has it too.
    ///
    /// Source: CORAL-33.
    pub fn fetch(&mut self, peer: &str, file: &str, from: &str) -> bool {
        let is_there = self.online.get(from).is_some_and(|files| files.contains(file));
        if is_there {
            self.online.entry(peer.to_owned()).or_default().insert(file.to_owned());
        }
        is_there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_is_published_and_what_is_fetched_is_not() {
        let mut index = Index::default();
        assert_eq!(index.publish("p", &["X", "Y"]), 2);
        assert_eq!(index.publish("p", &["X"]), 2, "one entry, however often");
        assert!(index.fetch("q", "X", "p") && !index.fetch("q", "Z", "p"));
        assert_eq!(index.search("X"), Some(vec!["p".to_owned()]));
        index.leave("p");
        assert_eq!(index.search("X"), Some(vec![]));
        assert!(index.fetch("r", "X", "q") && !index.fetch("r", "Y", "p"));
        index.fail();
        assert_eq!(index.search("X"), None);
    }
}
