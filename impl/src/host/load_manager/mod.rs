//! A load manager at work: a proxy of TCP connections, or of requests of HTTP.
//!
//! One task has the balancer; each client's connection has a task of its own, which does what the
//! balancer says and tells it what became of it. All of them share one thread: there is nothing to
//! lock, and thousands of connections that wait cost no thread each.
//!
//! | file | holds |
//! |---|---|
//! | `hub` | how tasks talk |
//! | `engine` | the balancer's task |
//! | `tcp`, `http`, `body` | the tasks of connections |
//!
//! What cannot be told from outside is left out: a request of HTTP has no cost and no priority, and
//! is served on full terms or refused.

mod body;
mod engine;
mod http;
mod hub;
mod tcp;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::Uri;
use tokio::runtime::Builder;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep};

use crate::load_manager::{Admin, Config, ConfigError, Event, Server, Strategy};
use engine::Engine;
use http::Bounds;
use hub::Hub;

pub use engine::{Figures, Totals};

/// How often it is looked whether the proxy is to end, and somebody is told how it is doing.
const TICK: Duration = Duration::from_millis(50);

/// What is spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Bytes. A server is up if it can be connected to.
    Tcp,
    /// HTTP/1. A server is up if it answers this path without an error; without a path, if it can
    /// be connected to.
    Http {
        /// The path.
        check: Option<Uri>,
    },
}

/// What a proxy is given.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The servers, in the order of their numbers.
    pub backends: Vec<SocketAddr>,
    /// What is spoken.
    pub protocol: Protocol,
    /// The balancer's configuration; the number of servers is that of the backends.
    pub config: Config,
    /// How long it may take to connect to a server.
    pub connect: Duration,
    /// How long a server may take to answer a request of HTTP, once it has it, and a client to end
    /// a connection of bytes that the server has ended.
    pub answer: Duration,
    /// How many bytes of a request's and a response's body are kept.
    pub buffer: usize,
    /// How many clients' connections there may be.
    pub clients: usize,
    /// How long requests may go on once the proxy is to end.
    pub grace: Duration,
}

impl Settings {
    /// The usual values.
    #[must_use]
    pub fn new(
        listen: SocketAddr,
        backends: Vec<SocketAddr>,
        protocol: Protocol,
        config: Config,
    ) -> Self {
        Self {
            listen,
            backends,
            protocol,
            config,
            connect: Duration::from_secs(1),
            answer: Duration::from_secs(30),
            buffer: 1 << 20,
            clients: 4096,
            grace: Duration::from_secs(10),
        }
    }
}

/// Why a proxy does not work.
#[derive(Debug, thiserror::Error)]
pub enum ProxyError {
    /// The configuration makes no sense.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// The runtime cannot be started.
    #[error("cannot wait for connections: {0}")]
    Runtime(io::Error),
}

/// What is told while a proxy works.
#[derive(Debug)]
pub enum Observation<'a> {
    /// How it is doing, every now and then.
    Figures(&'a Figures),
    /// Something has become of a server.
    Turned(Server, Event),
    /// The software of a server, which has no connection, is to be replaced; then
    /// [`Control::replaced`] is to be called.
    Replace {
        /// The server.
        server: Server,
        /// By which version.
        version: u32,
    },
    /// Every server has this version.
    Upgraded(u32),
}

/// A way to give orders to a proxy from elsewhere.
#[derive(Clone, Debug)]
pub struct Control(Hub);

impl Control {
    /// What the administrator wants of a server. An order that changes nothing has no effect.
    pub fn order(&self, server: Server, admin: Admin) {
        self.0.tell(hub::Event::Order { server, admin });
    }

    /// Replaces the software of every server, unless an upgrade goes on.
    pub fn upgrade(&self, strategy: Strategy, version: u32, is_compatible: bool) {
        self.0.tell(hub::Event::Upgrade { strategy, version, is_compatible });
    }

    /// The software of a server was replaced, as asked.
    pub fn replaced(&self, server: Server) {
        self.0.tell(hub::Event::Replaced(server));
    }
}

/// A proxy that listens and does not serve yet.
#[derive(Debug)]
pub struct Proxy {
    listener: TcpListener,
    address: SocketAddr,
    settings: Settings,
    engine: Engine,
    hub: Hub,
    events: tokio::sync::mpsc::UnboundedReceiver<hub::Event>,
}

impl Proxy {
    /// Listens.
    ///
    /// # Errors
    ///
    /// Why it cannot.
    pub fn bind(mut settings: Settings) -> Result<Self, ProxyError> {
        settings.config.servers = settings.backends.len() as u32;
        let (hub, events) = Hub::new();
        let engine = Engine::new(&settings, hub.clone())?;
        let fail = |source| ProxyError::Listen { address: settings.listen, source };
        let listener = TcpListener::bind(settings.listen).map_err(fail)?;
        listener.set_nonblocking(true).map_err(fail)?;
        let address = listener.local_addr().map_err(fail)?;
        Ok(Self { listener, address, settings, engine, hub, events })
    }

    /// Where it listens: with port 0 in the settings, the one that was free.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// A way to give it orders.
    #[must_use]
    pub fn control(&self) -> Control {
        Control(self.hub.clone())
    }

    /// Serves until it is to end, then lets what goes on come to its end, for as long as the grace.
    ///
    /// # Errors
    ///
    /// Why it cannot. What goes wrong with a connection is its own matter.
    pub fn run(
        self,
        stop: &AtomicBool,
        observe: &mut dyn FnMut(&Observation<'_>),
    ) -> Result<Figures, ProxyError> {
        let runtime =
            Builder::new_current_thread().enable_all().build().map_err(ProxyError::Runtime)?;
        let result = runtime.block_on(self.serve(stop, observe));
        runtime.shutdown_background();
        result
    }

    async fn serve(
        self,
        stop: &AtomicBool,
        observe: &mut dyn FnMut(&Observation<'_>),
    ) -> Result<Figures, ProxyError> {
        let Self { listener, settings, mut engine, hub, mut events, .. } = self;
        let listener = tokio::net::TcpListener::from_std(listener).map_err(ProxyError::Runtime)?;
        let room = Arc::new(Semaphore::new(settings.clients));
        let (close, closing) = watch::channel(false);
        let places = Arc::clone(&room);
        let accepting = tokio::spawn(accept(listener, places, settings.clone(), hub, closing));
        engine.begin(observe);
        let mut end = None;
        loop {
            let until_next = engine.until_next().map_or(TICK, |time| time.min(TICK));
            tokio::select! {
                Some(event) = events.recv() => {
                    engine.take(event, observe);
                    // What has come meanwhile, before anything else is looked at.
                    while let Ok(event) = events.try_recv() {
                        engine.take(event, observe);
                    }
                }
                () = sleep(until_next) => {}
            }
            engine.wake(observe);
            engine.tell_figures(TICK, observe);
            if stop.load(Ordering::Relaxed) && end.is_none() {
                accepting.abort();
                close.send_replace(true);
                end = Some(Instant::now() + settings.grace);
            }
            let is_empty = room.available_permits() == settings.clients;
            if end.is_some_and(|end| is_empty || Instant::now() >= end) {
                return Ok(engine.figures());
            }
        }
    }
}

/// Gives each connection a task, as long as there is room.
async fn accept(
    listener: tokio::net::TcpListener,
    room: Arc<Semaphore>,
    settings: Settings,
    hub: Hub,
    closing: watch::Receiver<bool>,
) {
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        let Ok((stream, peer)) = listener.accept().await else {
            // Too many open files, say: there will be fewer.
            sleep(TICK).await;
            continue;
        };
        let (hub, bounds, closing) = (hub.clone(), bounds(&settings), closing.clone());
        let is_http = matches!(settings.protocol, Protocol::Http { .. });
        tokio::spawn(async move {
            // Small messages are not held back for larger ones.
            let _ = stream.set_nodelay(true);
            if is_http {
                http::serve(stream, peer, hub, bounds, closing).await;
            } else {
                tcp::serve(stream, peer, hub, bounds).await;
            }
            drop(place);
        });
    }
}

const fn bounds(settings: &Settings) -> Bounds {
    Bounds { connect: settings.connect, answer: settings.answer, buffer: settings.buffer }
}
