//! A proxy on real sockets, whose servers are killed, drained and replaced.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::host_common::{Backend, Manners, Running, ask, http, settings, until};
use straightedge_impl::host::load_manager::Protocol;
use straightedge_impl::load_manager::{Admin, Event, Policy, Server, Strategy};

fn servers(many: usize, takes: u64) -> Vec<Backend> {
    (0..many).map(|at| Backend::start(Manners::answers(&format!("from {at}"), takes))).collect()
}

type Answer = Option<(u16, String)>;

/// What clients have seen.
#[derive(Default)]
struct Seen {
    asked: AtomicU64,
    bad: Mutex<Vec<Answer>>,
    stop: AtomicBool,
}

/// Clients that ask one thing after the other until they are told to stop.
struct Load {
    seen: Arc<Seen>,
    clients: Vec<thread::JoinHandle<()>>,
}

impl Load {
    fn on(proxy: &Running, clients: usize) -> Self {
        let seen = Arc::new(Seen::default());
        let address = proxy.address;
        let client = |_| {
            let seen = Arc::clone(&seen);
            thread::spawn(move || {
                while !seen.stop.load(Ordering::SeqCst) {
                    let answer = ask(address, "GET", "");
                    seen.asked.fetch_add(1, Ordering::SeqCst);
                    if !matches!(answer, Some((200, _))) {
                        seen.bad.lock().unwrap().push(answer);
                    }
                }
            })
        };
        let clients = (0..clients).map(client).collect();
        Self { seen, clients }
    }

    fn asked(&self) -> u64 {
        self.seen.asked.load(Ordering::SeqCst)
    }

    /// So many more requests are answered.
    fn go_on(&self, more: u64) {
        let from = self.asked();
        until("more is answered", || self.asked() >= from + more);
    }

    /// How many were asked; all of them were served.
    fn end(self) -> u64 {
        self.seen.stop.store(true, Ordering::SeqCst);
        for client in self.clients {
            client.join().unwrap();
        }
        let (asked, bad) = (self.seen.asked.load(Ordering::SeqCst), self.seen.bad.lock().unwrap());
        assert!(bad.is_empty(), "{} of {asked} were not served: {bad:?}", bad.len());
        asked
    }
}

fn nothing_is_lost_with(policy: Policy) {
    let mut backends = servers(3, 5);
    let mut proxy = Running::start(settings(policy, http(), &backends));
    let load = Load::on(&proxy, 8);
    load.go_on(50);
    backends[0].kill();
    load.go_on(50);
    until("it is noticed", || proxy.saw(0, Event::Down) || proxy.saw(0, Event::Ejected));
    load.go_on(50);
    backends[0].restart("from 0 again");
    until("it is back", || proxy.figures().eligible == 3);
    let before = backends[0].seen();
    load.go_on(100);
    let is_by_hash = policy.is_by_hash();
    assert!(is_by_hash || backends[0].seen() > before, "who is back serves again");
    proxy.control.order(Server(1), Admin::Draining);
    until("it is drained", || proxy.saw(1, Event::Drained));
    let drained = backends[1].seen();
    load.go_on(50);
    assert_eq!(backends[1].seen(), drained, "a drained server gets nothing");
    backends[1].kill();
    load.go_on(50);
    let asked = load.end();
    let totals = proxy.end().totals;
    assert_eq!(totals.done, asked, "{totals:?}");
    assert_eq!(totals.lost + totals.no_server + totals.shed + totals.cut_off, 0, "{totals:?}");
}

#[test]
fn nothing_idempotent_is_lost_round_robin() {
    nothing_is_lost_with(Policy::RoundRobin);
}

#[test]
fn nothing_idempotent_is_lost_least_connections() {
    nothing_is_lost_with(Policy::LeastConnections);
}

#[test]
fn nothing_idempotent_is_lost_two_choices() {
    nothing_is_lost_with(Policy::TwoChoices);
}

#[test]
fn nothing_idempotent_is_lost_by_hash() {
    for policy in [Policy::IpHashRendezvous, Policy::IpHashMaglev { entries: 251 }] {
        nothing_is_lost_with(policy);
    }
}

#[test]
fn an_upgrade_under_load_loses_nothing() {
    for strategy in [Strategy::Rolling { at_once: 1 }, Strategy::BigFlip] {
        let mut backends = servers(3, 5);
        let mut proxy = Running::start(settings(Policy::RoundRobin, http(), &backends));
        let load = Load::on(&proxy, 6);
        load.go_on(20);
        proxy.control.upgrade(strategy, 2, true);
        until("all have the new version", || {
            if let Some(server) = proxy.next_to_replace() {
                backends[server.0 as usize].restart("new");
                proxy.control.replaced(server);
            }
            proxy.is_upgraded()
        });
        load.go_on(30);
        assert_eq!(ask(proxy.address, "GET", ""), Some((200, "new".to_owned())));
        load.end();
        let totals = proxy.end().totals;
        assert_eq!(totals.lost + totals.no_server + totals.shed + totals.failed, 0, "{totals:?}");
    }
}

#[test]
fn what_a_server_may_have_acted_on_is_given_to_no_other() {
    let rude = Manners { hangs_up: true, ..Manners::answers("", 0) };
    let backends = [Backend::start(rude), Backend::start(Manners::answers("polite", 0))];
    let mut settings = settings(Policy::RoundRobin, http(), &backends);
    settings.config.ejection.failures = 0;
    let mut proxy = Running::start(settings);
    let post = ask(proxy.address, "POST", "content-length: 0\r\n");
    assert_eq!(post.map(|(status, _)| status), Some(502));
    assert_eq!((backends[0].seen(), backends[1].seen()), (1, 0));
    // The next is the polite one's, the one after that is first the other's, then its again.
    for _ in 0..2 {
        assert_eq!(ask(proxy.address, "GET", ""), Some((200, "polite".to_owned())));
    }
    assert_eq!((backends[0].seen(), backends[1].seen()), (2, 2));
    let totals = proxy.end().totals;
    assert_eq!((totals.lost, totals.done, totals.retries), (1, 2, 1));
}

#[test]
fn a_request_that_finds_no_room_is_refused_at_once() {
    let backends = servers(1, 400);
    let mut settings = settings(Policy::RoundRobin, http(), &backends);
    settings.config.limits.capacity = 1;
    settings.config.limits.queue = 0;
    let mut proxy = Running::start(settings);
    let address = proxy.address;
    let first = thread::spawn(move || ask(address, "GET", ""));
    until("the server is busy", || backends[0].seen() == 1);
    assert_eq!(ask(address, "GET", "").map(|(status, _)| status), Some(503));
    assert_eq!(first.join().unwrap(), Some((200, "from 0".to_owned())));
    assert_eq!(proxy.end().totals.shed, 1);
}

#[test]
fn headers_between_neighbours_go_no_further_and_long_bodies_are_passed_on() {
    let long = "x".repeat(300_000);
    let backends = [Backend::start(Manners::answers(&long, 0))];
    let mut settings = settings(Policy::RoundRobin, http(), &backends);
    settings.buffer = 1_000;
    let mut proxy = Running::start(settings);
    let headers = "connection: close, x-private\r\nx-private: 1\r\nx-public: 2\r\n";
    assert_eq!(ask(proxy.address, "GET", headers), Some((200, long)));
    let head = backends[0].last_head();
    assert!(head.contains("x-public: 2") && !head.contains("x-private"), "{head}");
    let too_long = ask(proxy.address, "POST", "content-length: 2000\r\n");
    assert_eq!(too_long.map(|(status, _)| status), Some(413));
    until("it is told", || proxy.figures().totals.done == 1);
    assert_eq!(proxy.end().totals.done, 1);
}

#[test]
fn names_are_kept_by_clients_and_hide_nothing() {
    let mut backends = servers(2, 0);
    let policy = Policy::RoundRobinDns { lifetime: Duration::from_mins(1) };
    let mut proxy = Running::start(settings(policy, http(), &backends));
    for _ in 0..3 {
        assert_eq!(ask(proxy.address, "GET", ""), Some((200, "from 0".to_owned())));
    }
    backends[0].kill();
    assert_eq!(ask(proxy.address, "GET", "").map(|(status, _)| status), Some(502));
    assert_eq!(proxy.end().totals.referred, 4);
}

fn say(stream: &mut TcpStream, text: &str) -> Option<String> {
    stream.write_all(text.as_bytes()).ok()?;
    let mut heard = vec![0; text.len()];
    stream.read_exact(&mut heard).ok()?;
    String::from_utf8(heard).ok()
}

#[test]
fn connections_of_bytes_outlive_a_drain_and_not_maintenance() {
    let echo = || Manners { echoes: true, ..Manners::answers("", 0) };
    let mut backends = [Backend::start(echo()), Backend::start(echo())];
    let mut settings = settings(Policy::RoundRobin, Protocol::Tcp, &backends);
    settings.answer = Duration::from_millis(200);
    let mut proxy = Running::start(settings);
    let connect = || {
        let mut stream = TcpStream::connect(proxy.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        assert_eq!(say(&mut stream, "hello").as_deref(), Some("hello"));
        stream
    };
    let (mut first, mut second) = (connect(), connect());
    proxy.control.order(Server(0), Admin::Draining);
    until("it is out", || proxy.figures().eligible == 1);
    let mut third = connect();
    assert_eq!(say(&mut first, "still here").as_deref(), Some("still here"));
    proxy.control.order(Server(0), Admin::Maintenance);
    let mut rest = Vec::new();
    assert_eq!(first.read_to_end(&mut rest).unwrap_or(0), 0, "it is cut");
    backends[1].kill();
    for stream in [&mut second, &mut third] {
        assert_eq!(say(stream, "gone"), None);
    }
    let totals = proxy.end().totals;
    assert_eq!(totals.cut_off, 1, "{totals:?}");
    assert_eq!(totals.cut_off + totals.done + totals.lost + totals.abandoned, 3, "{totals:?}");
}

#[test]
fn a_proxy_ends_when_what_goes_on_has_ended() {
    let backends = servers(1, 300);
    let mut proxy = Running::start(settings(Policy::RoundRobin, http(), &backends));
    let address = proxy.address;
    let asking = thread::spawn(move || ask(address, "GET", ""));
    until("the server is busy", || backends[0].seen() == 1);
    let totals = proxy.end().totals;
    assert_eq!((totals.done, totals.abandoned), (1, 0));
    assert_eq!(asking.join().unwrap(), Some((200, "from 0".to_owned())));
    assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
}
