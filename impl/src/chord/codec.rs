//! Messages as bytes for the wire, and as JSON for people. Both name their version.
//!
//! Reading is total: whatever the bytes, it ends in a message that keeps the bounds below, or in
//! an error that says what is wrong. Whether the message makes sense is for the machine to say.
//!
//! Source: CHORD-32.

use serde::{Deserialize, Serialize};

use super::message::{Message, Record};
use crate::identifier::Identifier;

/// The version of the format that this module writes, and the only one that it reads.
pub const VERSION: u8 = 1;

/// The longest message, in bytes: it fits a datagram.
pub const LONGEST: usize = 60_000;

/// The longest JSON text of a message, in bytes.
pub const LONGEST_TEXT: usize = 8 * LONGEST;

/// The most entries of a list of nodes: no list of successors can be longer.
pub const MOST_NODES: usize = u8::MAX as usize;

/// The most records in one message.
pub const MOST_RECORDS: usize = 256;

/// The longest value, in bytes.
pub const LONGEST_VALUE: usize = 32_768;

/// Why something is not a message, or cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// There are no bytes at all.
    #[error("a message begins with its version, but there are no bytes")]
    Empty,
    /// The message is longer than messages may be.
    #[error("a message has at most {most} bytes, not {length}")]
    TooLong {
        /// The length, in bytes.
        length: usize,
        /// The longest that may be.
        most: usize,
    },
    /// The version is another one.
    #[error("version {0} is not known; {VERSION} is")]
    UnknownVersion(u8),
    /// The bytes end in the middle, or mean nothing.
    #[error("not a message: {0}")]
    Malformed(String),
    /// A whole message is followed by something else.
    #[error("{0} bytes follow the message")]
    TrailingBytes(usize),
    /// A list of nodes is longer than lists may be.
    #[error("a list has at most {MOST_NODES} entries, not {0}")]
    TooManyNodes(usize),
    /// There are more records than may be sent at once.
    #[error("a message has at most {MOST_RECORDS} records, not {0}")]
    TooManyRecords(usize),
    /// A value is longer than values may be.
    #[error("a value has at most {LONGEST_VALUE} bytes, not {0}")]
    ValueTooLong(usize),
}

/// A message as bytes.
///
/// # Errors
///
/// If it does not keep the bounds.
pub fn encode<I: Identifier>(message: &Message<I>) -> Result<Vec<u8>, CodecError> {
    keeps_bounds(message)?;
    let bytes = postcard::to_extend(message, vec![VERSION]);
    let bytes = bytes.map_err(|error| CodecError::Malformed(error.to_string()))?;
    is_at_most(bytes.len(), LONGEST)?;
    Ok(bytes)
}

/// The message that these bytes are.
///
/// # Errors
///
/// If they are not one of this version and within the bounds, and nothing besides.
pub fn decode<I: Identifier>(bytes: &[u8]) -> Result<Message<I>, CodecError> {
    is_at_most(bytes.len(), LONGEST)?;
    let (&version, body) = bytes.split_first().ok_or(CodecError::Empty)?;
    is_known(version)?;
    let (message, rest) = postcard::take_from_bytes(body)
        .map_err(|error| CodecError::Malformed(error.to_string()))?;
    if !rest.is_empty() {
        return Err(CodecError::TrailingBytes(rest.len()));
    }
    keeps_bounds(&message)?;
    Ok(message)
}

/// What the JSON text of a message consists of.
#[derive(Serialize)]
struct Written<'a, I> {
    version: u8,
    message: &'a Message<I>,
}

/// As [`Written`]; the version is looked at before the message is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    version: u8,
    message: serde_json::Value,
}

/// A message as JSON, on one line.
///
/// # Errors
///
/// If it does not keep the bounds.
pub fn to_json<I: Identifier>(message: &Message<I>) -> Result<String, CodecError> {
    keeps_bounds(message)?;
    let text = serde_json::to_string(&Written { version: VERSION, message });
    let text = text.map_err(|error| CodecError::Malformed(error.to_string()))?;
    is_at_most(text.len(), LONGEST_TEXT)?;
    Ok(text)
}

/// The message that this JSON is.
///
/// # Errors
///
/// If it is not one of this version and within the bounds, and nothing besides.
pub fn from_json<I: Identifier>(text: &str) -> Result<Message<I>, CodecError> {
    is_at_most(text.len(), LONGEST_TEXT)?;
    let malformed = |error: serde_json::Error| CodecError::Malformed(error.to_string());
    let Read { version, message } = serde_json::from_str(text).map_err(malformed)?;
    is_known(version)?;
    let message = serde_json::from_value(message).map_err(malformed)?;
    keeps_bounds(&message)?;
    Ok(message)
}

fn is_known(version: u8) -> Result<(), CodecError> {
    if version == VERSION { Ok(()) } else { Err(CodecError::UnknownVersion(version)) }
}

fn is_at_most(length: usize, most: usize) -> Result<(), CodecError> {
    if length <= most { Ok(()) } else { Err(CodecError::TooLong { length, most }) }
}

fn keeps_bounds<I>(message: &Message<I>) -> Result<(), CodecError> {
    match message {
        Message::Neighbours { successors, .. }
        | Message::Admitted { successors, .. }
        | Message::Fetched { successors, record: None, .. } => nodes(successors),
        Message::Fetched { successors, record: Some(record), .. } => {
            nodes(successors).and_then(|()| value(record))
        }
        Message::AskNext { without, .. } => nodes(without),
        Message::Copied { keepers, .. } => nodes(keepers),
        Message::Store { record, .. } => value(record),
        Message::Copy { records, .. } if records.len() > MOST_RECORDS => {
            Err(CodecError::TooManyRecords(records.len()))
        }
        Message::Copy { records, .. } => records.iter().try_for_each(|(_, record)| value(record)),
        Message::AskNeighbours { .. }
        | Message::Busy { .. }
        | Message::AskToJoin { .. }
        | Message::Redirect { .. }
        | Message::Notify { .. }
        | Message::NotifyAck { .. }
        | Message::Ping { .. }
        | Message::Pong { .. }
        | Message::Next { .. }
        | Message::Owner { .. }
        | Message::Fetch { .. }
        | Message::Stored { .. }
        | Message::NotMine { .. } => Ok(()),
    }
}

fn nodes<I>(list: &[I]) -> Result<(), CodecError> {
    if list.len() <= MOST_NODES { Ok(()) } else { Err(CodecError::TooManyNodes(list.len())) }
}

fn value(record: &Record) -> Result<(), CodecError> {
    let length = record.value.len();
    if length <= LONGEST_VALUE { Ok(()) } else { Err(CodecError::ValueTooLong(length)) }
}
