//! What a member remembers above the ring: fingers, requests and transfers under way.

use std::collections::{BTreeMap, BTreeSet};

use super::message::{Question, Record};
use super::node::Node;
use crate::identifier::Identifier;
use crate::machine::Nonce;

/// Above the ring. Empty where there are no fingers, no records and no requests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Upper<I> {
    /// The farthest first. Source: CHORD-34.
    pub(super) fingers: Vec<Option<I>>,
    /// The finger that is looked up next.
    pub(super) next_finger: u8,
    /// By the nonce of the command, or of the timer, that they began with.
    pub(super) requests: BTreeMap<Nonce, Request<I>>,
    /// By the nonce of the transfer. Source: CHORD-33.
    pub(super) copies: BTreeMap<Nonce, Copying<I>>,
    /// The key that was repaired last.
    pub(super) repaired: Option<I>,
    /// The key that was handed over last.
    pub(super) handed: Option<I>,
    /// Whether the member does not answer for keys yet. Source: CHORD-63.
    pub(super) is_unready: bool,
    /// Whether the member leaves once everything is handed over.
    pub(super) is_leaving: bool,
}

impl<I> Default for Upper<I> {
    fn default() -> Self {
        Self {
            fingers: Vec::new(),
            next_finger: 0,
            requests: BTreeMap::new(),
            copies: BTreeMap::new(),
            repaired: None,
            handed: None,
            is_unready: false,
            is_leaving: false,
        }
    }
}

impl<I: Copy> Upper<I> {
    /// Everything that waits for an answer.
    pub(super) fn questions(&self) -> impl Iterator<Item = Question> {
        let requests = self.requests.keys().copied().map(Question::Request);
        requests.chain(self.copies.keys().copied().map(Question::Copy))
    }

    /// Whose answers are waited for, each with the nonce of the question.
    pub(super) fn asked(&self) -> impl Iterator<Item = (I, Nonce)> {
        let requests = self.requests.iter().map(|(&nonce, request)| (request.stage.asked(), nonce));
        let copies = self
            .copies
            .iter()
            .flat_map(|(&nonce, copying)| copying.waiting.iter().map(move |&to| (to, nonce)));
        requests.chain(copies)
    }

    /// Whether what is held under that key is on its way to others just now.
    pub(super) fn is_sending(&self, key: I) -> bool
    where
        I: PartialEq,
    {
        self.copies.values().any(|copying| copying.keys.contains(&key))
    }

    /// Whether records are being handed over just now.
    pub(super) fn is_handing_over(&self) -> bool {
        self.copies.values().any(|copying| matches!(copying.then, Then::HandOver { .. }))
    }
}

/// A look-up under way, or what follows it.
///
/// Source: CHORD-34.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnderWay<'a, I> {
    /// Its nonce.
    pub nonce: Nonce,
    /// What is looked up.
    pub key: I,
    /// The node whose answer is waited for.
    pub asked: I,
    /// Whether the present question was asked before.
    pub was_asked_again: bool,
    /// Nodes that did not answer, and are not to be named.
    pub without: &'a [I],
}

/// Records on their way to others.
///
/// Source: CHORD-33.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer<'a, I> {
    /// Their keys.
    pub keys: &'a [I],
    /// Who has not acknowledged them yet.
    pub waiting: &'a BTreeSet<I>,
    /// What they are sent for.
    pub purpose: Purpose,
}

/// What records are sent for.
///
/// Source: CHORD-33.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// The owner lets its successors keep copies.
    ToReplicas,
    /// One that is not the owner offers them to the owner.
    ToOwner,
    /// A member hands over what its new predecessor is to have.
    ToPredecessor,
    /// A member that leaves hands everything over.
    ToSuccessor,
}

/// What may be asked of a node above the ring.
impl<I: Identifier> Node<I> {
    /// The records that the node holds: its own, and copies for others.
    #[must_use]
    pub const fn records(&self) -> &BTreeMap<I, Record> {
        &self.store
    }

    /// A member's fingers, the farthest first; those that were not found yet are missing.
    #[must_use]
    pub fn fingers(&self) -> &[Option<I>] {
        self.member().map_or(&[], |member| &member.upper.fingers)
    }

    /// Whether a member answers for the keys between its predecessor and itself. One that has
    /// joined may have to wait until it is counted as a predecessor.
    ///
    /// Source: CHORD-63.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.member().is_some_and(|member| !member.upper.is_unready)
    }

    /// Whether a member leaves as soon as its records are handed over.
    #[must_use]
    pub fn is_leaving(&self) -> bool {
        self.member().is_some_and(|member| member.upper.is_leaving)
    }

    /// Whether a member that is about to leave has handed something over.
    #[must_use]
    pub fn has_handed_over(&self) -> bool {
        self.is_leaving() && self.member().is_some_and(|member| member.upper.handed.is_some())
    }

    /// The look-ups under way, and what follows them.
    ///
    /// Source: CHORD-34.
    pub fn requests(&self) -> impl Iterator<Item = UnderWay<'_, I>> {
        let requests = self.member().into_iter().flat_map(|member| &member.upper.requests);
        requests.map(|(&nonce, request)| UnderWay {
            nonce,
            key: request.key,
            asked: request.stage.asked(),
            was_asked_again: request.resent > 0,
            without: &request.without,
        })
    }

    /// The transfer of records with that nonce, if it is under way.
    ///
    /// Source: CHORD-33.
    #[must_use]
    pub fn transfer(&self, nonce: Nonce) -> Option<Transfer<'_, I>> {
        let Copying { keys, waiting, then, .. } = self.member()?.upper.copies.get(&nonce)?;
        let purpose = match then {
            Then::Answer { .. } | Then::Repaired => Purpose::ToReplicas,
            Then::Collect => Purpose::ToOwner,
            Then::HandOver { is_leaving: false } => Purpose::ToPredecessor,
            Then::HandOver { is_leaving: true } => Purpose::ToSuccessor,
        };
        Some(Transfer { keys, waiting, purpose })
    }

    /// How many look-ups, and transfers of records, are under way.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.member().map_or(0, |member| member.upper.questions().count())
    }

    /// The keys of the transfer with that nonce if that node may still acknowledge it, and if this
    /// one may then delete what it holds under them.
    ///
    /// Source: CHORD-33.
    #[must_use]
    pub fn offered(&self, to: I, nonce: Nonce) -> &[I] {
        let copying = self.member().and_then(|member| member.upper.copies.get(&nonce));
        let is_offered =
            |copying: &&Copying<I>| copying.then.is_an_offer() && copying.waiting.contains(&to);
        copying.filter(is_offered).map_or(&[], |copying| &copying.keys)
    }
}

/// A look-up, and what follows it.
///
/// Source: CHORD-34.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Request<I> {
    pub(super) goal: Goal,
    pub(super) key: I,
    pub(super) stage: Stage<I>,
    /// How often the present question was asked again.
    pub(super) resent: u8,
    /// How many nodes were asked for the way.
    pub(super) hops: u16,
    /// Nodes that did not answer.
    pub(super) without: Vec<I>,
}

/// What a request is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Goal {
    /// The application wants to know who is responsible.
    Lookup,
    /// The application wants the value.
    Get,
    /// The application wants this value to be kept.
    Put { value: Vec<u8> },
    /// The finger at that place.
    Finger(u8),
    /// The node responsible for a record that this member holds: is it to be held?
    Collect,
}

impl Goal {
    /// Whether the application waits for the outcome.
    pub(super) const fn is_of_the_application(&self) -> bool {
        matches!(self, Self::Lookup | Self::Get | Self::Put { .. })
    }
}

/// How far a request has come, and whose answer it waits for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Stage<I> {
    /// This node was asked for the way.
    Finding { at: I },
    /// This node was asked for the record; then the rest are, if it has none. If one of them did
    /// not answer, that nobody else has it does not mean that there is none.
    Reading { at: I, owner: I, rest: Vec<I>, is_unsure: bool },
    /// The owner was asked to keep the value, under that version.
    Storing { owner: I, version: u64 },
}

impl<I: Copy> Stage<I> {
    /// The node whose answer is waited for.
    pub(super) const fn asked(&self) -> I {
        match self {
            Self::Finding { at } | Self::Reading { at, .. } => *at,
            Self::Storing { owner, .. } => *owner,
        }
    }
}

/// Records on their way to others.
///
/// Source: CHORD-33.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Copying<I> {
    pub(super) keys: Vec<I>,
    /// Who has not acknowledged them yet.
    pub(super) waiting: BTreeSet<I>,
    pub(super) then: Then<I>,
    /// How often they were sent again.
    pub(super) resent: u8,
}

/// What follows when records have arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Then<I> {
    /// The writer is told.
    Answer { client: I },
    /// Nothing.
    Repaired,
    /// The record is deleted, unless its owner counts this member among its keepers.
    Collect,
    /// The next ones follow.
    HandOver { is_leaving: bool },
}

impl<I> Then<I> {
    /// Whether the records go to a node that is to hold them in place of this one.
    pub(super) const fn goes_elsewhere(&self) -> bool {
        matches!(self, Self::Collect | Self::HandOver { .. })
    }

    /// Whether the owner's acknowledgement may end in a deletion. Whoever leaves deletes nothing
    /// before it is gone.
    ///
    /// Source: CHORD-33.
    pub(super) const fn is_an_offer(&self) -> bool {
        matches!(self, Self::Collect | Self::HandOver { is_leaving: false })
    }
}
