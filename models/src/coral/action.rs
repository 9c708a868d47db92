//! The steps, and their names.

use std::fmt;

use serde_json::Value;

use super::identifier::Id;
use super::message::{Body, Message};

/// One step: of a client, of a node, of time, or of the environment.
///
/// Source: CORAL-27.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// A put begins: its client looks at itself and sends the first request.
    StartPut(u8),
    /// A get begins.
    StartGet(u8),
    /// A node takes a request in and sends its reply.
    Answer(Message),
    /// A client takes a reply in and sends the next request, or ends.
    Hear(Message),
    /// A client has waited long enough: it asks again, or gives up.
    TimeOut(u8),
    /// A tick passes.
    Tick,
    /// A node removes what has expired.
    Purge(Id),
    /// A message is lost.
    Lose(Message),
    /// A request comes twice.
    Duplicate(Message),
    /// A node crashes, with all it holds.
    Crash(Id),
}

impl crate::engine::Action for Action {
    const NAMES: &'static [&'static str] = &[
        "start_put",
        "start_get",
        "answer_forward",
        "answer_store",
        "answer_get",
        "hear_forward",
        "hear_store",
        "hear_get",
        "time_out",
        "tick",
        "purge",
        "lose_request",
        "lose_reply",
        "duplicate_request",
        "crash",
    ];

    const ENVIRONMENT: &'static [&'static str] = &[
        "start_put",
        "start_get",
        "tick",
        "lose_request",
        "lose_reply",
        "duplicate_request",
        "crash",
    ];

    fn name_index(&self) -> usize {
        let question = |message: &Message| match message.body {
            Body::ForwardRequest | Body::ForwardReply { .. } => 0,
            Body::StoreRequest | Body::StoreReply { .. } => 1,
            Body::GetRequest | Body::GetReply { .. } => 2,
        };
        match self {
            Self::StartPut(_) => 0,
            Self::StartGet(_) => 1,
            Self::Answer(message) => 2 + question(message),
            Self::Hear(message) => 5 + question(message),
            Self::TimeOut(_) => 8,
            Self::Tick => 9,
            Self::Purge(_) => 10,
            Self::Lose(message) if message.is_request() => 11,
            Self::Lose(_) => 12,
            Self::Duplicate(_) => 13,
            Self::Crash(_) => 14,
        }
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::StartPut(operation) | Self::StartGet(operation) | Self::TimeOut(operation) => {
                vec![("operation", (*operation).into())]
            }
            Self::Answer(message) | Self::Hear(message) => message.fields(),
            Self::Lose(message) | Self::Duplicate(message) => {
                let mut fields = vec![("message", message.question().into())];
                fields.extend(message.fields());
                fields
            }
            Self::Tick => Vec::new(),
            Self::Purge(node) | Self::Crash(node) => vec![("node", (*node).into())],
        }
    }
}

/// The stable textual name: `start_put(op 0)`, `answer_forward(op 0 at 104)`,
/// `hear_store(op 0 from 104: refused)`, `lose_request(store, op 0 at 104)`.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = crate::engine::Action::name(self);
        match self {
            Self::StartPut(operation) | Self::StartGet(operation) | Self::TimeOut(operation) => {
                write!(f, "{name}(op {operation})")
            }
            Self::Answer(message) | Self::Hear(message) => write!(f, "{name}({message})"),
            Self::Lose(message) | Self::Duplicate(message) => {
                write!(f, "{name}({}, {message})", message.question())
            }
            Self::Purge(node) | Self::Crash(node) => write!(f, "{name}({node})"),
            Self::Tick => write!(f, "{name}"),
        }
    }
}
