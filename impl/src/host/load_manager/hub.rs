//! How the tasks that speak for clients and servers and the balancer's own task talk.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::load_manager::{
    Admin, Answer, Attempt, Message, Request, RequestId, Server, Strategy, mix,
};

/// What the balancer's task is told.
#[derive(Debug)]
pub(super) enum Event {
    /// A request has come.
    Arrived {
        request: Request,
        /// Where from.
        client: IpAddr,
        /// Where to say what becomes of it.
        directives: UnboundedSender<Directive>,
    },
    /// Its client has gone.
    Gone(RequestId),
    /// What a server says, or what is known of it.
    From { server: Server, message: Message },
    /// What the administrator wants.
    Order { server: Server, admin: Admin },
    /// New software for all servers.
    Upgrade { strategy: Strategy, version: u32, is_compatible: bool },
    /// A server has it.
    Replaced(Server),
}

/// What a request's task is told.
#[derive(Clone, Copy, Debug)]
pub(super) enum Directive {
    /// Connect to this server.
    Connect { server: Server, address: SocketAddr, attempt: Attempt },
    /// The connection is to end. The answer follows.
    Cut,
    /// The request is answered.
    Answered(Answer),
    /// Its client has this address and is on its own: the balancer hears no more of it.
    Referred { address: SocketAddr },
}

/// The way to the balancer's task. It may be copied.
#[derive(Clone, Debug)]
pub(super) struct Hub {
    events: UnboundedSender<Event>,
    names: Arc<AtomicU64>,
}

impl Hub {
    pub(super) fn new() -> (Self, UnboundedReceiver<Event>) {
        let (events, receiver) = unbounded_channel();
        (Self { events, names: Arc::default() }, receiver)
    }

    pub(super) fn tell(&self, event: Event) {
        // The balancer's task is gone only if everything is about to end.
        let _ = self.events.send(event);
    }

    /// Brings a request; it gets a name of its own.
    pub(super) fn ask(&self, request: Request, client: IpAddr) -> Ticket {
        let id = RequestId(self.names.fetch_add(1, Ordering::Relaxed));
        let (directives, receiver) = unbounded_channel();
        self.tell(Event::Arrived { request: Request { id, ..request }, client, directives });
        Ticket { hub: self.clone(), id, receiver, is_open: true }
    }
}

/// A request that is not answered yet. Whoever drops it before that has given it up.
#[derive(Debug)]
pub(super) struct Ticket {
    hub: Hub,
    id: RequestId,
    receiver: UnboundedReceiver<Directive>,
    is_open: bool,
}

impl Ticket {
    /// What is to be done next; `None` if the balancer is gone.
    pub(super) async fn next(&mut self) -> Option<Directive> {
        let directive = self.receiver.recv().await;
        self.note(directive);
        directive
    }

    /// The same, for those who poll.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Directive>> {
        let polled = self.receiver.poll_recv(context);
        if let Poll::Ready(directive) = polled {
            self.note(directive);
        }
        polled
    }

    fn note(&mut self, directive: Option<Directive>) {
        if !matches!(directive, Some(Directive::Connect { .. } | Directive::Cut)) {
            self.is_open = false;
        }
    }

    /// Whether the request is not answered yet, as far as is known here.
    pub(super) const fn is_open(&self) -> bool {
        self.is_open
    }

    /// Says what became of a connection.
    pub(super) fn say(&mut self, server: Server, message: Message) {
        if matches!(message, Message::Done { .. } | Message::Failed { .. }) {
            self.is_open = false;
        }
        self.hub.tell(Event::From { server, message });
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.is_open {
            self.hub.tell(Event::Gone(self.id));
        }
    }
}

/// A number for an address, equal for equal ones.
pub(super) fn number_of(address: IpAddr) -> u64 {
    let bits = match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    };
    mix(mix((bits >> 64) as u64) ^ bits as u64)
}

/// A number for a text, equal for equal ones.
pub(super) fn number_of_text(text: &str) -> u64 {
    text.bytes().fold(0, |number, byte| mix(number ^ u64::from(byte)))
}
