//! Requests and replies under way.

use std::fmt;

use serde_json::Value;

use super::identifier::Id;

/// The most messages that a state can hold.
pub const MAXIMUM_MESSAGES: usize = 8;

/// What a message says.
///
/// Source: CORAL-12, CORAL-14, CORAL-17.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Body {
    /// Are you loaded, and what have you got?
    ForwardRequest,
    /// What a node tells of itself and of the key.
    ForwardReply {
        /// Whether it is loaded.
        loaded: bool,
        /// How many live entries it has.
        count: u8,
        /// The least remaining life among them, in ticks.
        least: u8,
    },
    /// Store this value.
    StoreRequest,
    /// Whether it was stored.
    StoreReply {
        /// Whether it was.
        stored: bool,
    },
    /// What values have you got?
    GetRequest,
    /// The live values, one bit each.
    GetReply {
        /// The values.
        values: u8,
    },
}

/// One message between the client of an operation and a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Message {
    /// The operation.
    pub operation: u8,
    /// The node that is asked, or answers.
    pub peer: Id,
    /// The level of the request; 0 without levels.
    pub level: u8,
    /// What it says.
    pub body: Body,
}

impl Message {
    /// Whether it is on its way to a node, not from it.
    #[must_use]
    pub const fn is_request(self) -> bool {
        matches!(self.body, Body::ForwardRequest | Body::StoreRequest | Body::GetRequest)
    }

    /// The same message with other words.
    #[must_use]
    pub const fn saying(self, body: Body) -> Self {
        Self { body, ..self }
    }

    /// Which of the three questions it asks or answers.
    #[must_use]
    pub const fn question(self) -> &'static str {
        match self.body {
            Body::ForwardRequest | Body::ForwardReply { .. } => "forward",
            Body::StoreRequest | Body::StoreReply { .. } => "store",
            Body::GetRequest | Body::GetReply { .. } => "get",
        }
    }

    /// What it says, by the names that traces use.
    pub(super) fn fields(self) -> Vec<(&'static str, Value)> {
        let mut fields = vec![("operation", self.operation.into()), ("node", self.peer.into())];
        if self.level > 0 {
            fields.push(("level", self.level.into()));
        }
        match self.body {
            Body::ForwardRequest | Body::StoreRequest | Body::GetRequest => {}
            Body::ForwardReply { loaded, count, least } => fields.extend([
                ("loaded", loaded.into()),
                ("count", count.into()),
                ("least", least.into()),
            ]),
            Body::StoreReply { stored } => fields.push(("stored", stored.into())),
            Body::GetReply { values } => fields.push(("values", values_of(values).into())),
        }
        fields
    }
}

/// The values of a set, in ascending order.
pub(super) fn values_of(values: u8) -> Vec<u8> {
    (0..8).filter(|value| values >> value & 1 != 0).collect()
}

/// The values of a set, as text: `v0 v2`.
pub(super) fn values(values: u8) -> String {
    let named = (0..u8::BITS).filter(|value| values >> value & 1 != 0);
    let named: Vec<String> = named.map(|value| format!("v{value}")).collect();
    if named.is_empty() { "nothing".to_owned() } else { named.join(" ") }
}

/// `op 0 at 104`, `op 0 from 104: loaded, 1 live, 4 left`; at level 1 `op 0 at 104 level 1`.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, peer, level, body } = self;
        let level = if *level > 0 { format!(" level {level}") } else { String::new() };
        let from = format!("op {operation} from {peer}{level}");
        match body {
            Body::ForwardRequest | Body::StoreRequest | Body::GetRequest => {
                write!(f, "op {operation} at {peer}{level}")
            }
            Body::ForwardReply { loaded, count, least } => {
                let loaded = if *loaded { "loaded" } else { "not loaded" };
                write!(f, "{from}: {loaded}, {count} live, {least} left")
            }
            Body::StoreReply { stored: true } => write!(f, "{from}: stored"),
            Body::StoreReply { stored: false } => write!(f, "{from}: refused"),
            Body::GetReply { values: found } => write!(f, "{from}: {}", values(*found)),
        }
    }
}

/// `forward request, op 0 at 104`.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_request() { "request" } else { "reply" };
        write!(f, "{} {kind}, {self}", self.question())
    }
}

/// What is under way, each message as often as it is, in order.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Messages([Option<Message>; MAXIMUM_MESSAGES]);

impl Messages {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Message> + '_ {
        self.0.iter().flatten().copied()
    }

    /// Whether there is such a message.
    #[must_use]
    pub fn has(&self, message: Message) -> bool {
        self.iter().any(|other| other == message)
    }

    /// With one more.
    ///
    /// # Panics
    ///
    /// If the instance has more messages than a state can hold.
    #[must_use]
    pub fn with(mut self, message: Message) -> Self {
        let free = self.0.iter_mut().find(|place| place.is_none());
        assert!(free.is_some(), "more than {MAXIMUM_MESSAGES} messages");
        if let Some(place) = free {
            *place = Some(message);
        }
        self.sorted()
    }

    /// With one less of those.
    #[must_use]
    pub fn without(mut self, message: Message) -> Self {
        if let Some(place) = self.0.iter_mut().find(|place| **place == Some(message)) {
            *place = None;
        }
        self.sorted()
    }

    /// Only those that pass.
    #[must_use]
    pub fn only(mut self, passes: impl Fn(Message) -> bool) -> Self {
        for place in &mut self.0 {
            *place = place.filter(|&message| passes(message));
        }
        self.sorted()
    }

    /// Every one changed.
    #[must_use]
    pub fn map(mut self, change: impl Fn(Message) -> Message) -> Self {
        for place in &mut self.0 {
            *place = place.map(&change);
        }
        self.sorted()
    }

    fn sorted(mut self) -> Self {
        self.0.sort_unstable_by_key(|&place| (place.is_none(), place));
        self
    }
}

impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
