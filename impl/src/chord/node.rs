//! What a node remembers, and may be asked about.

use std::collections::BTreeMap;

use super::config::Config;
use super::context::{Context, Store};
use super::list::Successors;
use super::message::{Record, Timer};
use super::upper::Upper;
use crate::identifier::{Identifier, between};
use crate::machine::{Nonce, OutputOf};

/// A node of the ring, or one that is not in it. It holds no times.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node<I> {
    pub(super) me: I,
    pub(super) role: Role<I>,
    /// What is kept, in the ring or not: a node that was away offers it when it is back.
    pub(super) store: Store<I>,
    pub(super) config: Config,
}

/// A node's part, with what it remembers in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Role<I> {
    Outsider,
    Joining(Joining<I>),
    Member(Member<I>),
}

/// A node's part.
///
/// Source: CHORD-3, CHORD-5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// It is not in the ring, and remembers nothing of it.
    Outsider,
    /// It has asked, or will ask, to be let in.
    Joining,
    /// It is in the ring.
    Member,
}

/// What a joining node remembers.
///
/// Source: CHORD-5.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Joining<I> {
    /// The node that is asked to let this one in behind it.
    pub asked: I,
    /// The nonce of the question; none while the node waits because the other was busy.
    pub question: Option<Nonce>,
    /// How often the question was asked again.
    pub resent: u8,
    /// How many nodes have led on to another.
    pub hops: u16,
    /// Who has notified this node already, with the nonces.
    pub notifiers: BTreeMap<I, Nonce>,
}

/// What a member remembers.
///
/// Source: CHORD-3.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Member<I> {
    pub(super) successors: Successors<I>,
    pub(super) predecessor: I,
    pub(super) candidate: Option<I>,
    pub(super) notifiers: BTreeMap<I, Nonce>,
    pub(super) query: Option<Query<I>>,
    pub(super) announcement: Option<Announcement<I>>,
    pub(super) check: Option<Check<I>>,
    pub(super) upper: Upper<I>,
}

/// Whom a query is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// The first successor. Source: CHORD-7.
    Head,
    /// The candidate. Source: CHORD-8.
    Candidate,
}

/// The question for a node's neighbours that is not answered yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Query<I> {
    /// The node asked.
    pub target: I,
    /// What it is to the node that asks.
    pub about: About,
    /// The nonce of the question.
    pub nonce: Nonce,
    /// How often it was asked again.
    pub resent: u8,
}

/// The notification that is not acknowledged yet.
///
/// Source: CHORD-31.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Announcement<I> {
    /// The node notified.
    pub target: I,
    /// The nonce of the notification.
    pub nonce: Nonce,
    /// How often it was sent again.
    pub resent: u8,
}

/// The question to the predecessor whether it lives, which is not answered yet.
///
/// Source: CHORD-9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Check<I> {
    /// The node asked: the predecessor.
    pub target: I,
    /// The pending notifier that takes its place if it is dead.
    pub notifier: I,
    /// The nonce of the question.
    pub nonce: Nonce,
    /// How often it was asked again.
    pub resent: u8,
}

/// The pointers of a member that is in the middle of nothing: what a network is put together from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointers<I> {
    /// Exactly `r` entries, nearest first.
    pub successors: Vec<I>,
    /// The node behind.
    pub predecessor: I,
    /// The node to ask next, which lies between this one and its first successor.
    pub candidate: Option<I>,
    /// Pending notifications.
    pub notifiers: BTreeMap<I, Nonce>,
}

/// Why a node cannot begin as a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// There are not enough members for a ring.
    #[error("a ring with lists of {successors} takes {} members, not {members}", successors + 1)]
    TooFewMembers {
        /// The length of a list.
        successors: usize,
        /// How many members there are.
        members: usize,
    },
    /// The node is not one of the members.
    #[error("the node itself is not among the members")]
    NotAmongThem,
    /// The list has not `r` entries, or `r` is zero.
    #[error("a successor list has {needed} entries, and at least one; not {given}")]
    WrongLength {
        /// The length of a list.
        needed: usize,
        /// The length of this one.
        given: usize,
    },
    /// The candidate does not lie between the node and its first successor.
    #[error("the candidate does not lie between the node and its first successor")]
    CandidateOutOfPlace,
}

impl<I: Identifier> Node<I> {
    /// A node that knows nothing and is not in the ring: a new one, or one that was started again.
    #[must_use]
    pub const fn outsider(config: Config, me: I) -> Self {
        Self { me, role: Role::Outsider, store: Store::new(), config }
    }

    /// The same node, holding these records: what a node has kept on a disk while it was away. It
    /// does not believe that they are current; once it is a member it offers them to their owners.
    ///
    /// Source: CHORD-33.
    #[must_use]
    pub fn with_records(self, records: BTreeMap<I, Record>) -> Self {
        Self { store: records, ..self }
    }

    /// The same member with these fingers, the farthest first, as far as the configuration has room
    /// for them: what a network is put together from. A node that is no member has none.
    ///
    /// Source: CHORD-34.
    #[must_use]
    pub fn with_fingers(mut self, mut fingers: Vec<Option<I>>) -> Self {
        if let Role::Member(member) = &mut self.role {
            fingers.truncate(usize::from(self.config.fingers));
            member.upper.fingers = fingers;
        }
        self
    }

    /// The same member, as one that has joined and that nobody counts yet, though it may have
    /// notified one under some nonce: what a network is put together from.
    ///
    /// Source: CHORD-63.
    #[must_use]
    pub fn uncounted(mut self, notified: Option<(I, Nonce)>) -> Self {
        if let Role::Member(member) = &mut self.role {
            member.upper.is_unready = self.config.answers_when_ready;
            member.announcement =
                notified.map(|(target, nonce)| Announcement { target, nonce, resent: 0 });
        }
        self
    }

    /// One of the first members, which know each other and begin as an ideal ring.
    ///
    /// Source: CHORD-4.
    ///
    /// # Errors
    ///
    /// If the members are fewer than `r + 1`, or this node is not one of them.
    pub fn member_of(config: Config, me: I, initial_members: &[I]) -> Result<Self, StartError> {
        let mut ring = initial_members.to_vec();
        ring.sort_unstable();
        ring.dedup();
        let successors = config.list_length();
        if ring.len() <= successors {
            return Err(StartError::TooFewMembers { successors, members: ring.len() });
        }
        let own_place = ring.binary_search(&me).map_err(|_| StartError::NotAmongThem)?;
        ring.rotate_left(own_place);
        let predecessor = ring.last().copied().ok_or(StartError::NotAmongThem)?;
        let successors = ring.into_iter().skip(1).take(successors).collect();
        let notifiers = BTreeMap::new();
        Self::restored(config, me, Pointers { successors, predecessor, candidate: None, notifiers })
    }

    /// A member with these pointers, in the middle of nothing.
    ///
    /// # Errors
    ///
    /// If the list has not `r` entries, or the candidate is out of place.
    pub fn restored(config: Config, me: I, pointers: Pointers<I>) -> Result<Self, StartError> {
        let Pointers { successors, predecessor, candidate, notifiers } = pointers;
        let (needed, given) = (config.list_length(), successors.len());
        let list = Successors::new(&successors).filter(|_| needed == given);
        let successors = list.ok_or(StartError::WrongLength { needed, given })?;
        if candidate.is_some_and(|id| !between(me, id, successors.head())) {
            return Err(StartError::CandidateOutOfPlace);
        }
        let member = Member { candidate, notifiers, ..Member::new(successors, predecessor) };
        Ok(Self { me, role: Role::Member(member), store: Store::new(), config })
    }

    /// What the host has to do before the node is given its first input.
    pub fn start(&self, outputs: &mut Vec<OutputOf<Self>>) {
        let Role::Member(member) = &self.role else { return };
        // Nothing is stored or read here.
        let store = &mut Store::new();
        let mut context = Context { me: self.me, config: self.config, store, outputs };
        if member.candidate.is_some() {
            context.go_on(Timer::AskCandidate);
        } else {
            context.set(Timer::Stabilize, self.config.timings.stabilize);
        }
        if !member.notifiers.is_empty() {
            context.go_on(Timer::Rectify);
        }
        context.begin_above_the_ring(!self.store.is_empty());
    }

    /// The node's own identifier.
    #[must_use]
    pub const fn me(&self) -> I {
        self.me
    }

    /// What holds for the node.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// The node's part.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match self.role {
            Role::Outsider => Phase::Outsider,
            Role::Joining(_) => Phase::Joining,
            Role::Member(_) => Phase::Member,
        }
    }

    /// The join that is under way.
    #[must_use]
    pub const fn joining(&self) -> Option<&Joining<I>> {
        match &self.role {
            Role::Joining(joining) => Some(joining),
            Role::Outsider | Role::Member(_) => None,
        }
    }

    pub(super) const fn member(&self) -> Option<&Member<I>> {
        match &self.role {
            Role::Member(member) => Some(member),
            Role::Outsider | Role::Joining(_) => None,
        }
    }

    /// A member's successor list.
    #[must_use]
    pub fn successors(&self) -> Option<&Successors<I>> {
        self.member().map(|member| &member.successors)
    }

    /// The node that a member takes for the one behind it.
    #[must_use]
    pub fn predecessor(&self) -> Option<I> {
        self.member().map(|member| member.predecessor)
    }

    /// The node that a member asks next: its first successor's predecessor.
    #[must_use]
    pub fn candidate(&self) -> Option<I> {
        self.member()?.candidate
    }

    /// Pending notifications of a member or of a joining node, with their nonces.
    #[must_use]
    pub const fn notifiers(&self) -> Option<&BTreeMap<I, Nonce>> {
        match &self.role {
            Role::Outsider => None,
            Role::Joining(joining) => Some(&joining.notifiers),
            Role::Member(member) => Some(&member.notifiers),
        }
    }

    /// A member's question that is not answered yet.
    #[must_use]
    pub fn query(&self) -> Option<&Query<I>> {
        self.member()?.query.as_ref()
    }

    /// A member's notification that is not acknowledged yet.
    #[must_use]
    pub fn announcement(&self) -> Option<&Announcement<I>> {
        self.member()?.announcement.as_ref()
    }

    /// A member's question to its predecessor that is not answered yet.
    #[must_use]
    pub fn check(&self) -> Option<&Check<I>> {
        self.member()?.check.as_ref()
    }

    /// Whose answers the node waits for, each with the nonce of the question.
    #[must_use]
    pub fn asked(&self) -> Vec<(I, Nonce)> {
        let joining = self.joining().and_then(|join| Some((join.asked, join.question?)));
        let query = self.query().map(|query| (query.target, query.nonce));
        let announcement = self.announcement().map(|sent| (sent.target, sent.nonce));
        let check = self.check().map(|check| (check.target, check.nonce));
        let above = self.member().into_iter().flat_map(|member| member.upper.asked());
        [joining, query, announcement, check].into_iter().flatten().chain(above).collect()
    }

    /// Every nonce that the node remembers: its own, of what is under way, and its notifiers'.
    #[must_use]
    pub fn nonces(&self) -> Vec<Nonce> {
        let own = self.asked().into_iter().map(|(_, nonce)| nonce);
        let pending = self.notifiers().into_iter().flat_map(BTreeMap::values).copied();
        own.chain(pending).collect()
    }
}

impl<I: Identifier> Member<I> {
    /// A member in the middle of nothing.
    pub(super) fn new(successors: Successors<I>, predecessor: I) -> Self {
        Self {
            successors,
            predecessor,
            candidate: None,
            notifiers: BTreeMap::new(),
            query: None,
            announcement: None,
            check: None,
            upper: Upper::default(),
        }
    }
}
