//! Proxies whose users all want the same page.

use std::time::Duration;

use straightedge_impl::coral::proxy::{Command, Config, Delivery, Message, Proxy, Source};
use straightedge_impl::coral::{self, Node, Table};
use straightedge_impl::identifier::{Sha1Id, Xor};
use straightedge_impl::machine::Time;

use crate::simulator::plan::NodeIndex;
use crate::simulator::random::Random;
use crate::simulator::system::{Begin, Difference, Nodes, Reaction, System};

/// The kinds of messages.
const KINDS: [&str; 3] = ["index", "content request", "content reply"];

/// Contacts in a bucket.
const BUCKET: usize = 8;

/// Proxies, their users, and the origin of the page that these want.
#[derive(Clone, Debug)]
pub struct Proxies {
    config: Config,
    index: coral::Config,
    identifiers: Vec<Sha1Id>,
    /// How many users each proxy has.
    users: u32,
    /// When the first user of each proxy comes; the others follow within a second.
    first_user: Vec<Duration>,
    /// How long the origin takes to answer.
    origin_takes: Duration,
    /// What has happened.
    pub seen: Seen,
}

/// What has happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How often the origin was asked.
    pub fetches: u64,
    /// How many users were served.
    pub served: u64,
    /// Of these, how many with what a proxy of another node had.
    pub from_peers: u64,
    /// How many were not.
    pub failed: u64,
}

impl Proxies {
    /// Proxies whose names a seed decides; the first user of each comes at the moment given.
    #[must_use]
    pub fn new(config: Config, users: u32, first_user: Vec<Duration>, seed: u64) -> Self {
        Self {
            config,
            index: coral::Config::default(),
            identifiers: names(first_user.len(), seed),
            users,
            first_user,
            origin_takes: Duration::from_millis(500),
            seen: Seen::default(),
        }
    }

    /// Which of so many proxies is closest to the page's key.
    #[must_use]
    pub fn closest(proxies: usize, seed: u64) -> Option<usize> {
        let names = names(proxies, seed);
        (0..proxies).min_by_key(|&proxy| names[proxy].xor(Self::key()))
    }

    /// The key of the page.
    #[must_use]
    pub fn key() -> Sha1Id {
        Sha1Id::of(b"http://example.com/image.jpg")
    }

    fn content() -> Vec<u8> {
        b"a picture".to_vec()
    }
}

fn names(proxies: usize, seed: u64) -> Vec<Sha1Id> {
    (0..proxies).map(|proxy| Sha1Id::of(format!("{seed}/proxy/{proxy}").as_bytes())).collect()
}

impl System for Proxies {
    type Machine = Proxy<Sha1Id>;
    type Disk = ();

    fn kinds(&self) -> &'static [&'static str] {
        &KINDS
    }

    fn kind(&self, message: &Message<Sha1Id>) -> usize {
        match message {
            Message::Index(_) => 0,
            Message::ContentRequest { .. } => 1,
            Message::ContentReply { .. } => 2,
        }
    }

    fn address(&self, node: NodeIndex) -> Sha1Id {
        self.identifiers[node as usize]
    }

    fn at_the_beginning(&mut self, node: NodeIndex, random: &mut Random) -> Begin<Self::Machine> {
        let me = self.address(node);
        // Each bucket has the contacts that come first from a place that chance decides.
        let from = random.below(self.identifiers.len() as u32) as usize;
        let others = self.identifiers.iter().cycle().skip(from).take(self.identifiers.len());
        let table = Table::with_buckets(me, others.copied(), BUCKET);
        let machine = Node::new(self.index, me, table).unwrap_or_else(|_| {
            unreachable!("the usual configuration has no zeros");
        });
        let first = self.first_user[node as usize];
        let user = |number| {
            let request = Command::Request { key: Self::key(), digest: None };
            let more = if number == 0 { Duration::ZERO } else { Duration::from_secs(1) };
            (request, first + random.duration(Duration::ZERO, more))
        };
        let commands = (0..self.users).map(user).collect();
        Begin { commands, ..Begin::idle(Proxy::new(self.config, machine)) }
    }

    fn later(
        &mut self,
        node: NodeIndex,
        _disk: Option<()>,
        _nodes: &Nodes<'_, Self>,
        random: &mut Random,
    ) -> Begin<Self::Machine> {
        self.at_the_beginning(node, random)
    }

    fn disk(&self, _machine: &Self::Machine) {}

    fn told(
        &mut self,
        _now: Time,
        _node: NodeIndex,
        delivery: Delivery<Sha1Id>,
        _nodes: &Nodes<'_, Self>,
        _random: &mut Random,
    ) -> Reaction<Command<Sha1Id>> {
        match delivery {
            Delivery::AskOrigin { key } => {
                self.seen.fetches += 1;
                let content = Some(Self::content());
                Reaction::Command(Command::OriginReply { key, content }, self.origin_takes)
            }
            Delivery::Served { source, .. } => {
                self.seen.served += 1;
                self.seen.from_peers += u64::from(matches!(source, Source::Peer(_)));
                Reaction::None
            }
            Delivery::Failed { .. } => {
                self.seen.failed += 1;
                Reaction::None
            }
        }
    }

    fn differences(&self, _nodes: &Nodes<'_, Self>) -> Vec<Difference> {
        Vec::new()
    }
}
