//! The kinds of messages, for the tally.

use straightedge_impl::chord::Message;

/// Their names.
pub(super) const KINDS: &[&str] = &[
    "ask neighbours",
    "neighbours",
    "busy",
    "ask to join",
    "admitted",
    "redirect",
    "notify",
    "notify acknowledged",
    "ping",
    "pong",
    "ask next",
    "next",
    "owner",
    "fetch",
    "fetched",
    "store",
    "stored",
    "not mine",
    "copy",
    "copied",
];

/// The place of a message's kind among the names.
pub(super) const fn kind<I>(message: &Message<I>) -> usize {
    match message {
        Message::AskNeighbours { .. } => 0,
        Message::Neighbours { .. } => 1,
        Message::Busy { .. } => 2,
        Message::AskToJoin { .. } => 3,
        Message::Admitted { .. } => 4,
        Message::Redirect { .. } => 5,
        Message::Notify { .. } => 6,
        Message::NotifyAck { .. } => 7,
        Message::Ping { .. } => 8,
        Message::Pong { .. } => 9,
        Message::AskNext { .. } => 10,
        Message::Next { .. } => 11,
        Message::Owner { .. } => 12,
        Message::Fetch { .. } => 13,
        Message::Fetched { .. } => 14,
        Message::Store { .. } => 15,
        Message::Stored { .. } => 16,
        Message::NotMine { .. } => 17,
        Message::Copy { .. } => 18,
        Message::Copied { .. } => 19,
    }
}
