//! What nodes say, wait for and are told, as it is called in the names of steps.

use std::fmt::Display;

use straightedge_impl::coral::{Message, Timer};

use super::super::world::Told;
use super::process::Command;

impl<I: Display> Told for Message<I> {
    fn told(&self) -> String {
        let number = self.call().operation.0;
        let (name, answer) = match self {
            Self::ForwardRequest { .. } => ("forward_request", String::new()),
            Self::StoreRequest { .. } => ("store_request", String::new()),
            Self::GetRequest { .. } => ("get_request", String::new()),
            Self::ForwardReply { loaded, count, least, .. } => {
                let loaded = if *loaded { "loaded" } else { "not loaded" };
                let seconds = least.as_secs();
                ("forward_reply", format!(": {loaded}, {count} live, {seconds} s left,"))
            }
            Self::StoreReply { accepted: true, .. } => ("store_reply", ": accepted,".into()),
            Self::StoreReply { accepted: false, .. } => ("store_reply", ": refused,".into()),
            Self::GetReply { values, .. } => ("get_reply", format!(": {} values,", values.len())),
        };
        let level = self.call().level;
        let level = if level > 0 { format!(" level {level}") } else { String::new() };
        format!("{name} op {number}{level}{answer}")
    }
}

impl<I: Display> Told for Timer<I> {
    fn told(&self) -> String {
        let Self::Answer { operation, of } = self;
        format!("answer of {of} to op {}", operation.0)
    }
}

impl<I> Told for Command<I> {
    fn told(&self) -> String {
        match self {
            Self::Begin { operation, .. } => format!("begin op {operation}"),
            Self::Tick => "tick".into(),
            Self::Purge => "purge".into(),
        }
    }
}
