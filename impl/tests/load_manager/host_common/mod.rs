//! Servers of HTTP that can be killed, clients, and a proxy between them, on real sockets.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use straightedge_impl::host::load_manager::{
    Control, Figures, Observation, Protocol, Proxy, Settings,
};
use straightedge_impl::load_manager::{Config, Event, Hysteresis, Policy, Server};

pub(crate) const LOCAL: &str = "127.0.0.1:0";

/// What a server does with a request.
#[derive(Clone, Debug)]
pub(crate) struct Manners {
    /// What it answers with.
    pub(crate) body: String,
    /// How long it takes.
    pub(crate) takes: Duration,
    /// Whether it closes the connection instead of answering.
    pub(crate) hangs_up: bool,
    /// Whether it sends back what comes, and is no server of HTTP.
    pub(crate) echoes: bool,
}

impl Manners {
    pub(crate) fn answers(body: &str, takes: u64) -> Self {
        let takes = Duration::from_millis(takes);
        Self { body: body.to_owned(), takes, hangs_up: false, echoes: false }
    }
}

/// A server on a port of its own.
pub(crate) struct Backend {
    pub(crate) address: SocketAddr,
    manners: Manners,
    state: Arc<State>,
    listening: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    is_dead: AtomicBool,
    /// Requests that were begun, checks not counted.
    seen: AtomicU64,
    streams: Mutex<Vec<TcpStream>>,
    last_head: Mutex<String>,
}

impl Backend {
    pub(crate) fn start(manners: Manners) -> Self {
        let listener = TcpListener::bind(LOCAL).unwrap();
        let address = listener.local_addr().unwrap();
        let mut backend = Self { address, manners, state: Arc::default(), listening: None };
        backend.listen(listener);
        backend
    }

    /// The same again, on the same port.
    pub(crate) fn restart(&mut self, body: &str) {
        self.kill();
        body.clone_into(&mut self.manners.body);
        self.state.is_dead.store(false, Ordering::SeqCst);
        let listener = (0..100)
            .find_map(|_| {
                let bound = TcpListener::bind(self.address).ok();
                if bound.is_none() {
                    thread::sleep(Duration::from_millis(10));
                }
                bound
            })
            .unwrap();
        self.listen(listener);
    }

    fn listen(&mut self, listener: TcpListener) {
        listener.set_nonblocking(true).unwrap();
        let (state, manners) = (Arc::clone(&self.state), self.manners.clone());
        self.listening = Some(thread::spawn(move || {
            while !state.is_dead.load(Ordering::SeqCst) {
                let Ok((stream, _)) = listener.accept() else {
                    thread::sleep(Duration::from_millis(1));
                    continue;
                };
                stream.set_nonblocking(false).unwrap();
                state.streams.lock().unwrap().push(stream.try_clone().unwrap());
                let (state, manners) = (Arc::clone(&state), manners.clone());
                thread::spawn(move || serve(stream, &state, &manners));
            }
        }));
    }

    /// Nobody listens any more, and every connection ends where it is.
    pub(crate) fn kill(&mut self) {
        self.state.is_dead.store(true, Ordering::SeqCst);
        if let Some(listening) = self.listening.take() {
            listening.join().unwrap();
        }
        for stream in self.state.streams.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    pub(crate) fn seen(&self) -> u64 {
        self.state.seen.load(Ordering::SeqCst)
    }

    pub(crate) fn last_head(&self) -> String {
        self.state.last_head.lock().unwrap().clone()
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.kill();
    }
}

fn serve(mut stream: TcpStream, state: &State, manners: &Manners) {
    if manners.echoes {
        let mut buffer = [0; 1024];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            if stream.write_all(&buffer[..count]).is_err() {
                return;
            }
        }
        return;
    }
    let Some((head, _)) = message(&mut stream) else { return };
    let is_check = head.starts_with("GET /check ");
    if !is_check {
        state.seen.fetch_add(1, Ordering::SeqCst);
        state.last_head.lock().unwrap().clone_from(&head);
        thread::sleep(manners.takes);
    }
    if manners.hangs_up && !is_check {
        let _ = stream.shutdown(Shutdown::Both);
        return;
    }
    let body = &manners.body;
    let length = body.len();
    let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}");
    let _ = stream.shutdown(Shutdown::Write);
}

/// The head and the body of a message; none if it does not come whole.
fn message(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some((head, String::from_utf8(body).ok()?))
}

/// Asks, and returns the status and the body; none if nothing whole comes back.
pub(crate) fn ask(proxy: SocketAddr, method: &str, headers: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(proxy).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    write!(stream, "{method} /page HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n")
        .ok()?;
    let (head, body) = message(&mut stream)?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, body))
}

/// What is told of a proxy.
#[derive(Default)]
struct Told {
    stop: AtomicBool,
    upgraded: AtomicBool,
    events: Mutex<Vec<(Server, Event)>>,
    to_replace: Mutex<Vec<Server>>,
    figures: Mutex<Figures>,
}

impl Told {
    fn note(&self, observation: &Observation<'_>) {
        match observation {
            Observation::Figures(now) => (*now).clone_into(&mut self.figures.lock().unwrap()),
            Observation::Turned(server, event) => {
                self.events.lock().unwrap().push((*server, *event));
            }
            Observation::Replace { server, .. } => self.to_replace.lock().unwrap().push(*server),
            Observation::Upgraded(_) => self.upgraded.store(true, Ordering::SeqCst),
        }
    }
}

/// A proxy on a thread of its own.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) control: Control,
    told: Arc<Told>,
    thread: Option<JoinHandle<Figures>>,
}

impl Running {
    pub(crate) fn start(settings: Settings) -> Self {
        let proxy = Proxy::bind(settings).unwrap();
        let (address, control) = (proxy.address(), proxy.control());
        let told = Arc::new(Told::default());
        let shared = Arc::clone(&told);
        let thread = thread::spawn(move || {
            let mut observe = |observation: &Observation<'_>| shared.note(observation);
            proxy.run(&shared.stop, &mut observe).unwrap()
        });
        Self { address, control, told, thread: Some(thread) }
    }

    pub(crate) fn figures(&self) -> Figures {
        self.told.figures.lock().unwrap().clone()
    }

    pub(crate) fn saw(&self, server: u32, event: Event) -> bool {
        self.told.events.lock().unwrap().contains(&(Server(server), event))
    }

    pub(crate) fn next_to_replace(&self) -> Option<Server> {
        self.told.to_replace.lock().unwrap().pop()
    }

    pub(crate) fn is_upgraded(&self) -> bool {
        self.told.upgraded.load(Ordering::SeqCst)
    }

    /// Ends it, and returns how it did.
    pub(crate) fn end(&mut self) -> Figures {
        self.told.stop.store(true, Ordering::SeqCst);
        self.thread.take().unwrap().join().unwrap()
    }
}

/// Waits until this holds, but not for ever.
#[track_caller]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..2_000 {
        if holds() {
            return;
        }
        thread::sleep(Duration::from_millis(5));
    }
    panic!("waited in vain until {what}");
}

/// Quick checks, and room for much.
pub(crate) fn settings(policy: Policy, protocol: Protocol, backends: &[Backend]) -> Settings {
    let mut config = Config::new(backends.len() as u32, policy);
    config.hysteresis = Hysteresis { rise: 2, fall: 2 };
    config.timings.check = Duration::from_millis(60);
    config.timings.probe = Duration::from_millis(50);
    config.timings.slow_start = Duration::from_millis(200);
    config.timings.ejection = Duration::from_millis(300);
    config.ejection.most_percent = 50;
    config.panic_percent = 0;
    config.limits.capacity = 4;
    let backends = backends.iter().map(|backend| backend.address).collect();
    Settings::new(LOCAL.parse().unwrap(), backends, protocol, config)
}

pub(crate) fn http() -> Protocol {
    Protocol::Http { check: Some("/check".parse().unwrap()) }
}
