//! What a line of a trace is: a header or an event.

use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::exact::Exact;
use crate::pattern::ActionPattern;

/// The version of the format. Source: TRACE-2.
pub const VERSION: u64 = 1;

/// What a trace is of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Header {
    /// The system's name.
    pub system: String,
    /// The name of an instance, or parameters.
    pub instance: Value,
    /// The procedures that may happen without a line.
    pub silent: Vec<String>,
    /// How many such steps there may be between two events.
    pub silent_steps: u32,
}

/// What happened, as far as it was seen. Source: TRACE-4.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its line, from 1 on.
    pub line: u64,
    /// What was done; `None` if nothing was: something was merely looked at.
    pub action: Option<ActionPattern>,
    /// What was seen afterwards; an object.
    pub state: Option<Value>,
    /// Who did it.
    pub node: Option<String>,
    /// Which of that node's events it is.
    pub seq: Option<u64>,
    /// The messages that were sent in it.
    pub sent: Vec<String>,
    /// The messages that were received in it.
    pub received: Vec<String>,
}

impl Event {
    /// The event as a trace writes it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut written = Map::new();
        let mut say = |name: &str, value: Value| written.insert(name.to_owned(), value);
        match &self.action {
            None => drop(say("action", Value::Null)),
            Some(ActionPattern::Any) => {}
            Some(ActionPattern::Text(text)) => drop(say("action", json!(text))),
            Some(ActionPattern::Named { name, fields }) => {
                let fields: Map<String, Value> = fields.iter().cloned().collect();
                let named = Map::from_iter([(name.clone(), Value::Object(fields))]);
                say("action", Value::Object(named));
            }
        }
        for (name, value) in [
            ("state", self.state.clone()),
            ("node", self.node.clone().map(Value::String)),
            ("seq", self.seq.map(Value::from)),
        ] {
            if let Some(value) = value {
                say(name, value);
            }
        }
        for (name, messages) in [("sent", &self.sent), ("received", &self.received)] {
            if !messages.is_empty() {
                say(name, json!(messages));
            }
        }
        Value::Object(written)
    }
}

/// A header as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenHeader {
    straightedge: u64,
    system: String,
    #[serde(deserialize_with = "instance")]
    instance: Value,
    #[serde(default)]
    silent: Vec<String>,
    silent_steps: Option<u32>,
}

/// An event as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEvent {
    #[serde(default = "anything", deserialize_with = "action")]
    action: Option<ActionPattern>,
    #[serde(default, deserialize_with = "state")]
    state: Option<Value>,
    node: Option<String>,
    seq: Option<u64>,
    #[serde(default)]
    sent: Vec<String>,
    #[serde(default)]
    received: Vec<String>,
}

/// Whether a line is a header, whatever else is wrong with it.
#[derive(Deserialize)]
struct Peek {
    straightedge: Option<serde::de::IgnoredAny>,
}

/// A header or an event.
pub(super) enum Line {
    Header(Header),
    Event(Event),
}

/// What is wrong with a line, and in which column where that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) why: String,
    pub(super) column: Option<u64>,
}

impl From<serde_json::Error> for Wrong {
    fn from(error: serde_json::Error) -> Self {
        let told = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let why = told.strip_suffix(&place).unwrap_or(&told).to_owned();
        Self { why, column: Some(error.column().max(1) as u64) }
    }
}

/// Reads a line.
pub(super) fn read(text: &str, line: u64) -> Result<Line, Wrong> {
    // Only what has the word in it can be a header, and need be read twice.
    let is_header = text.contains("straightedge") && is_header(text)?;
    if is_header { header(text).map(Line::Header) } else { event(text, line).map(Line::Event) }
}

/// Whether a line is a header; what is no JSON is neither that nor an event.
fn is_header(text: &str) -> Result<bool, Wrong> {
    match serde_json::from_str::<Peek>(text) {
        Ok(peek) => Ok(peek.straightedge.is_some()),
        Err(error) if error.is_eof() || error.is_syntax() => Err(error.into()),
        Err(_) => Ok(false),
    }
}

fn header(text: &str) -> Result<Header, Wrong> {
    let WrittenHeader { straightedge, system, instance, silent, silent_steps } =
        serde_json::from_str(text)?;
    if straightedge != VERSION {
        let why = format!("version {straightedge} of the format; version {VERSION} was expected");
        return Err(Wrong { why, column: None });
    }
    // What may be silent may be so once, unless more is said.
    let silent_steps = silent_steps.unwrap_or(u32::from(!silent.is_empty()));
    Ok(Header { system, instance, silent, silent_steps })
}

fn event(text: &str, line: u64) -> Result<Event, Wrong> {
    let WrittenEvent { action, state, node, seq, sent, received } = serde_json::from_str(text)?;
    Ok(Event { line, action, state, node, seq, sent, received })
}

#[expect(clippy::unnecessary_wraps, reason = "of the type of the field")]
fn anything() -> Option<ActionPattern> {
    Some(ActionPattern::Any)
}

fn instance<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    match Exact::deserialize(deserializer)?.0 {
        instance @ (Value::String(_) | Value::Object(_)) => Ok(instance),
        _ => Err(D::Error::custom("an instance is a name or an object with parameters")),
    }
}

fn state<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    match Exact::deserialize(deserializer)?.0 {
        state @ Value::Object(_) => Ok(Some(state)),
        _ => Err(D::Error::custom("a state is an object with what was observed")),
    }
}

fn action<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ActionPattern>, D::Error> {
    let expected = "an action is a text, null, or an object with one name and under it its fields";
    match Exact::deserialize(deserializer)?.0 {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(ActionPattern::Text(text))),
        Value::Object(named) if named.len() == 1 => match named.into_iter().next() {
            Some((name, Value::Object(fields))) => {
                let fields = fields.into_iter().collect();
                Ok(Some(ActionPattern::Named { name, fields }))
            }
            _ => Err(D::Error::custom(expected)),
        },
        _ => Err(D::Error::custom(expected)),
    }
}
