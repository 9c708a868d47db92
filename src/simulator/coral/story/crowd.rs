//! The lines of a story about other peer-to-peer systems. Source: CORAL-33.

use super::parse::number;
use crate::simulator::lookups::flood::Overlay;
use crate::simulator::lookups::index::Index;
use crate::simulator::lookups::swarm::{MAXIMUM_PIECES, Swarm};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scene {
    Link(String, Vec<String>),
    Slow { one: String, other: String, times: u32 },
    Share(String, Vec<String>),
    Flood { origin: String, file: String, hops: u32 },
    Publish(String, Vec<String>),
    Leave(String),
    ServerFails,
    Search(String),
    Fetch { peer: String, file: String, from: String },
    Swarm { pieces: u8, slots: usize, is_optimistic: bool },
    Join { peers: Vec<String>, has_all: bool, gives: bool },
    Rounds(u32),
}

/// The line of these words.
pub(super) fn parse(words: &[&str]) -> Result<Scene, String> {
    let owned = |word: &&str| (*word).to_owned();
    let all = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Ok(match words {
        ["link", peer, others @ ..] if !others.is_empty() => Scene::Link(owned(peer), all(others)),
        ["slow", one, other, times] => {
            Scene::Slow { one: owned(one), other: owned(other), times: number(times)? }
        }
        ["share", peer, files @ ..] if !files.is_empty() => Scene::Share(owned(peer), all(files)),
        ["flood", origin, "for", file, "within", hops, "hops"] => {
            Scene::Flood { origin: owned(origin), file: owned(file), hops: number(hops)? }
        }
        ["publish", peer, files @ ..] if !files.is_empty() => {
            Scene::Publish(owned(peer), all(files))
        }
        ["leave", peer] => Scene::Leave(owned(peer)),
        ["server", "fails"] => Scene::ServerFails,
        ["search", file] => Scene::Search(owned(file)),
        ["fetch", peer, file, "from", from] => {
            Scene::Fetch { peer: owned(peer), file: owned(file), from: owned(from) }
        }
        ["swarm", pieces, "pieces", slots, "slots", how @ ("optimistic" | "strict")] => {
            let pieces = number::<u8>(pieces)?;
            if !(1..=MAXIMUM_PIECES).contains(&pieces) {
                return Err(format!("a file has 1 to {MAXIMUM_PIECES} pieces, not {pieces},"));
            }
            Scene::Swarm { pieces, slots: number(slots)?, is_optimistic: *how == "optimistic" }
        }
        ["seed", peers @ ..] => Scene::Join { peers: all(peers), has_all: true, gives: true },
        ["newcomers", peers @ ..] => Scene::Join { peers: all(peers), has_all: false, gives: true },
        ["freeloaders", peers @ ..] => {
            Scene::Join { peers: all(peers), has_all: false, gives: false }
        }
        ["rounds", rounds] => Scene::Rounds(number(rounds)?),
        _ => return Err("no such line".into()),
    })
}

/// The peers of other systems.
#[derive(Default)]
pub(super) struct Crowd {
    overlay: Overlay,
    index: Index,
    swarm: Option<Swarm>,
}

impl Crowd {
    /// Plays a line; what it came to, if it comes to something.
    pub(super) fn play(&mut self, scene: &Scene) -> Result<Option<String>, String> {
        match scene {
            Scene::Link(peer, others) => {
                for other in others {
                    self.overlay.link(peer, other, 1);
                }
            }
            Scene::Slow { one, other, times } => self.overlay.link(one, other, *times),
            Scene::Share(peer, files) => {
                for file in files {
                    self.overlay.share(peer, file);
                }
            }
            Scene::Flood { origin, file, hops } => {
                return Ok(Some(self.flood(origin, file, *hops)));
            }
            Scene::Publish(peer, files) => {
                let files: Vec<&str> = files.iter().map(String::as_str).collect();
                return Ok(Some(format!("{} entries", self.index.publish(peer, &files))));
            }
            Scene::Leave(peer) => self.index.leave(peer),
            Scene::ServerFails => self.index.fail(),
            Scene::Search(file) => return Ok(Some(self.search(file))),
            Scene::Fetch { peer, file, from } => {
                let is_fetched = self.index.fetch(peer, file, from);
                return Ok(Some(if is_fetched { "fetched" } else { "gone" }.into()));
            }
            Scene::Swarm { pieces, slots, is_optimistic } => {
                self.swarm = Some(Swarm::new(*pieces, *slots, *is_optimistic));
            }
            Scene::Join { peers, has_all, gives } => {
                let swarm = self.swarm()?;
                for peer in peers {
                    swarm.join(peer, *has_all, *gives);
                }
            }
            Scene::Rounds(rounds) => {
                let swarm = self.swarm()?;
                (0..*rounds).for_each(|_| swarm.round());
                let pieces = swarm.pieces_of().into_iter();
                let pieces: Vec<_> = pieces.map(|(peer, has)| format!("{peer} {has}")).collect();
                return Ok(Some(pieces.join(", ")));
            }
        }
        Ok(None)
    }

    fn swarm(&mut self) -> Result<&mut Swarm, String> {
        self.swarm.as_mut().ok_or_else(|| "there is no swarm".into())
    }

    fn flood(&self, origin: &str, file: &str, hops: u32) -> String {
        let flooded = self.overlay.flood(origin, file, hops);
        let ways = flooded.hits.iter().map(|way| way.join(" to "));
        let hits = ways.reduce(|hits, way| format!("{hits}, {way}"));
        format!("{}; {} queries", hits.unwrap_or_else(|| "nothing".into()), flooded.queries)
    }

    fn search(&self, file: &str) -> String {
        match self.index.search(file) {
            None => "no answer".into(),
            Some(peers) if peers.is_empty() => "nobody".into(),
            Some(peers) => peers.join(" "),
        }
    }
}
