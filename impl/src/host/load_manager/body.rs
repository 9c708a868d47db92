//! Bodies of responses: what was kept, and what is passed on as it comes.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::time::error::Elapsed;

use super::hub::{Directive, Ticket};
use crate::load_manager::{Attempt, Message, Server};

/// What may go wrong with either side.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Socket(#[from] io::Error),
    #[error(transparent)]
    Http(#[from] hyper::Error),
    #[error(transparent)]
    Late(#[from] Elapsed),
    #[error("the connection was cut")]
    Cut,
}

/// A body on its way to a client.
pub(super) enum Sent {
    /// All of it is here.
    Whole(VecDeque<Bytes>),
    /// Some of it is still to come, and the balancer is told when it has.
    Streamed(Box<Streamed>),
    /// It comes from a server that the balancer hears no more of.
    PassedOn(Incoming),
}

impl Sent {
    pub(super) fn whole(data: Vec<Bytes>) -> Self {
        Self::Whole(data.into())
    }

    pub(super) const fn passed_on(body: Incoming) -> Self {
        Self::PassedOn(body)
    }
}

/// A body that was too long to be kept.
pub(super) struct Streamed {
    start: VecDeque<Bytes>,
    rest: Incoming,
    ticket: Ticket,
    server: Server,
    /// What is said at its end.
    end: Message,
}

impl Streamed {
    pub(super) fn new(
        start: Vec<Bytes>,
        rest: Incoming,
        ticket: Ticket,
        server: Server,
        end: Message,
    ) -> Self {
        Self { start: start.into(), rest, ticket, server, end }
    }

    fn attempt(&self) -> Option<Attempt> {
        match self.end {
            Message::Done { attempt } | Message::Failed { attempt } => Some(attempt),
            _ => None,
        }
    }

    /// Says so if all of it is here: nobody asks for more of a body whose length is known.
    fn note_end(&mut self) {
        if self.start.is_empty() && self.rest.is_end_stream() && self.ticket.is_open() {
            self.ticket.say(self.server, self.end);
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        if let Some(data) = self.start.pop_front() {
            self.note_end();
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if let Poll::Ready(Some(Directive::Cut | Directive::Answered(_)) | None) =
            self.ticket.poll_next(context)
        {
            return Poll::Ready(Some(Err(Failure::Cut)));
        }
        let polled = Pin::new(&mut self.rest).poll_frame(context);
        if let (Poll::Ready(Some(Err(_))), Some(attempt)) = (&polled, self.attempt()) {
            // Part of it has gone out: it cannot be had from another server.
            self.ticket.say(self.server, Message::Failed { attempt });
        }
        self.note_end();
        polled.map_err(Into::into)
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        match self.get_mut() {
            Self::Whole(data) => Poll::Ready(data.pop_front().map(|data| Ok(Frame::data(data)))),
            Self::Streamed(streamed) => streamed.poll(context),
            Self::PassedOn(body) => Pin::new(body).poll_frame(context).map_err(Into::into),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(data) => data.is_empty(),
            Self::Streamed(_) => false,
            Self::PassedOn(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(data) => SizeHint::with_exact(data.iter().map(|d| d.len() as u64).sum()),
            Self::Streamed(streamed) => {
                let here: u64 = streamed.start.iter().map(|data| data.len() as u64).sum();
                let rest = streamed.rest.size_hint();
                let mut hint = SizeHint::new();
                if let Some(most) = rest.upper().and_then(|most| most.checked_add(here)) {
                    hint.set_upper(most);
                }
                hint.set_lower(rest.lower().saturating_add(here));
                hint
            }
            Self::PassedOn(body) => body.size_hint(),
        }
    }
}
