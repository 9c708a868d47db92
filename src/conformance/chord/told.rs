//! How messages, timers and commands are called in the names of steps.

use std::fmt;

use straightedge_impl::chord::{Command, Message, Question, Timer};

use super::super::world::Told;

impl<I: fmt::Display> Told for Message<I> {
    fn told(&self) -> String {
        match self {
            Self::AskNeighbours { .. } => "ask_neighbours".into(),
            Self::Neighbours { .. } => "neighbours".into(),
            Self::Busy { .. } => "busy".into(),
            Self::AskToJoin { .. } => "ask_to_join".into(),
            Self::Admitted { .. } => "admitted".into(),
            Self::Redirect { to, .. } => format!("redirect({to})"),
            Self::Notify { .. } => "notify".into(),
            Self::NotifyAck { .. } => "notify_ack".into(),
            Self::Ping { .. } => "ping".into(),
            Self::Pong { .. } => "pong".into(),
            Self::AskNext { key, .. } => format!("ask_next({key})"),
            Self::Next { closer, .. } => format!("next({closer})"),
            Self::Owner { owner, .. } => format!("owner({owner})"),
            Self::Fetch { key, .. } => format!("fetch({key})"),
            Self::Fetched { .. } => "fetched".into(),
            Self::Store { key, .. } => format!("store({key})"),
            Self::Stored { .. } => "stored".into(),
            Self::NotMine { .. } => "not_mine".into(),
            Self::Copy { .. } => "copy".into(),
            Self::Copied { .. } => "copied".into(),
        }
    }
}

impl Told for Timer {
    fn told(&self) -> String {
        let name = match self {
            Self::Stabilize => "stabilize",
            Self::AskCandidate => "ask_candidate",
            Self::Rectify => "rectify",
            Self::Join => "join",
            Self::Timeout(Question::Query) => "query_timeout",
            Self::Timeout(Question::Announcement) => "announcement_timeout",
            Self::Timeout(Question::Check) => "check_timeout",
            Self::FixFinger => "fix_finger",
            Self::Repair => "repair",
            Self::HandOver => "hand_over",
            Self::Timeout(Question::Join) => "join_timeout",
            Self::Timeout(Question::Request(_)) => "request_timeout",
            Self::Timeout(Question::Copy(_)) => "copy_timeout",
        };
        name.into()
    }
}

impl<I: fmt::Display> Told for Command<I> {
    fn told(&self) -> String {
        match self {
            Self::Join { via } => format!("join via {via}"),
            Self::Leave => "leave".into(),
            Self::Lookup { key } => format!("lookup {key}"),
            Self::Put { key, .. } => format!("put {key}"),
            Self::Get { key } => format!("get {key}"),
        }
    }
}
