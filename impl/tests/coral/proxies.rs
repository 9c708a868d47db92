//! Caching proxies: who is asked for content, and how often the origin.

use std::collections::BTreeMap;
use std::time::Duration;

use straightedge_impl::coral::proxy::{
    Command, Config, Delivery, Message, Proxy, Reason, Source, Timer, invariant,
};
use straightedge_impl::coral::{self, Node, Policy, Table};
use straightedge_impl::identifier::Sha1Id;
use straightedge_impl::machine::{Input, InputOf, Machine, Nonce, Output, Time};

use super::network::{Id, id, ids, plain};

const KEY: u16 = 42;

/// Proxies, whose messages arrive in the order in which they were sent, a millisecond later.
struct Proxies {
    machines: BTreeMap<Id, Proxy<Id>>,
    inputs: Vec<(Time, u64, Id, InputOf<Proxy<Id>>)>,
    now: Time,
    count: u64,
    served: Vec<(Id, Nonce, Source<Id>)>,
    failed: usize,
    fetches: u32,
    ignored: Vec<Reason>,
    content: Vec<u8>,
    origin_takes: Duration,
}

impl Proxies {
    fn of(config: Config, members: &[u16]) -> Self {
        Self::with_index(config, plain(), members)
    }

    fn with_index(config: Config, index: coral::Config, members: &[u16]) -> Self {
        let all = ids(members);
        let proxy = |&me: &Id| {
            let node = Node::new(index, me, Table::with(me, all.clone())).unwrap();
            (me, Proxy::new(config, node))
        };
        Self {
            machines: all.iter().map(proxy).collect(),
            inputs: Vec::new(),
            now: Time::ORIGIN,
            count: 0,
            served: Vec::new(),
            failed: 0,
            fetches: 0,
            ignored: Vec::new(),
            content: b"a page".to_vec(),
            origin_takes: Duration::from_millis(200),
        }
    }

    fn at(&mut self, after: Duration, to: Id, input: InputOf<Proxy<Id>>) {
        self.count += 1;
        self.inputs.push((self.now.after(after), self.count, to, input));
    }

    fn request(&mut self, proxy: u16, after: u64, digest: Option<Sha1Id>) {
        self.count += 1;
        let command = Command::Request { key: id(KEY), digest };
        let input = Input::Command { command, fresh: Nonce(self.count) };
        self.at(Duration::from_millis(after), id(proxy), input);
    }

    fn run(&mut self, seconds: u64) {
        let end = self.now.after(Duration::from_secs(seconds));
        loop {
            self.inputs.sort_by_key(|(time, count, ..)| (*time, *count));
            if self.inputs.first().is_none_or(|(time, ..)| *time > end) {
                self.now = end;
                return;
            }
            let (time, _, to, input) = self.inputs.remove(0);
            self.now = time;
            self.give(to, input);
        }
    }

    fn give(&mut self, to: Id, input: InputOf<Proxy<Id>>) {
        let Some(proxy) = self.machines.get_mut(&to) else { return };
        let mut outputs = Vec::new();
        proxy.handle(self.now, input, &mut outputs);
        assert_eq!(invariant::holds(proxy, self.now), Ok(()));
        for output in outputs {
            match output {
                Output::Send { to: next, message } => {
                    let input = Input::Message { from: to, message };
                    self.at(Duration::from_millis(1), next, input);
                }
                Output::SetTimer { timer, after } => {
                    self.cancel(to, timer);
                    self.count += 1;
                    let input = Input::Timer { timer, fresh: Nonce(self.count) };
                    self.at(after, to, input);
                }
                Output::CancelTimer { timer } => self.cancel(to, timer),
                Output::Deliver(Delivery::AskOrigin { key }) => {
                    self.fetches += 1;
                    let content = Some(self.content.clone());
                    let command = Command::OriginReply { key, content };
                    let input = Input::Command { command, fresh: Nonce(0) };
                    self.at(self.origin_takes, to, input);
                }
                Output::Deliver(Delivery::Served { request, source, .. }) => {
                    self.served.push((to, request, source));
                }
                Output::Deliver(Delivery::Failed { .. }) => self.failed += 1,
                Output::Ignored(reason) => self.ignored.push(reason),
            }
        }
    }

    fn cancel(&mut self, of: Id, timer: Timer<Id>) {
        self.inputs.retain(|(_, _, to, input)| {
            *to != of || !matches!(input, Input::Timer { timer: set, .. } if *set == timer)
        });
    }

    fn served_by_peers(&self) -> usize {
        self.served.iter().filter(|(_, _, source)| matches!(source, Source::Peer(_))).count()
    }
}

const MEMBERS: [u16; 6] = [30, 41, 60, 75, 100, 200];

#[test]
fn one_by_one_a_single_request_reaches_the_origin() {
    let mut proxies = Proxies::of(Config::default(), &MEMBERS);
    for member in MEMBERS {
        proxies.request(member, 0, None);
        proxies.run(5);
    }
    assert_eq!((proxies.fetches, proxies.served_by_peers(), proxies.served.len()), (1, 5, 6));
    proxies.request(30, 0, None);
    proxies.run(5);
    assert_eq!(proxies.served.last().map(|(_, _, source)| *source), Some(Source::Cache));
}

/// With one hop each, all have looked at 41 before the first of them has put.
#[test]
fn if_all_look_before_any_has_put_every_one_asks_the_origin() {
    let index = coral::Config { policy: Policy::Greedy, ..plain() };
    let mut proxies = Proxies::with_index(Config::default(), index, &MEMBERS);
    let others = MEMBERS.into_iter().filter(|&member| member != 41);
    for member in others {
        proxies.request(member, 0, None);
    }
    proxies.run(5);
    assert_eq!((proxies.fetches, proxies.served.len()), (5, 5));
}

/// The first put, of twenty seconds, is what leads others to a proxy that is fetching itself.
#[test]
fn who_comes_while_the_first_is_fetching_waits_for_it() {
    let mut proxies = Proxies::of(Config::default(), &MEMBERS);
    proxies.origin_takes = Duration::from_secs(3);
    for (place, member) in (0..).zip(MEMBERS) {
        proxies.request(member, 100 * place, None);
    }
    proxies.run(10);
    assert_eq!((proxies.fetches, proxies.served.len()), (1, 6));
    let no_first_put = Config { short: Duration::from_nanos(1), ..Config::default() };
    let mut proxies = Proxies::of(no_first_put, &MEMBERS);
    proxies.origin_takes = Duration::from_secs(3);
    for (place, member) in (0..).zip(MEMBERS) {
        proxies.request(member, 100 * place, None);
    }
    proxies.run(10);
    assert_eq!(proxies.fetches, 6);
}

#[test]
fn users_of_one_proxy_wait_for_one_fetch_and_without_the_index_each_proxy_fetches() {
    let alone = Config { cooperates: false, ..Config::default() };
    let mut proxies = Proxies::of(alone, &MEMBERS);
    for member in MEMBERS {
        for user in 0..10 {
            proxies.request(member, user, None);
        }
    }
    proxies.run(5);
    assert_eq!((proxies.fetches, proxies.served.len()), (6, 60));
}

#[test]
fn content_with_another_digest_is_not_believed_and_the_origin_is_asked() {
    let mut proxies = Proxies::of(Config::default(), &MEMBERS);
    proxies.content = b"a lie".to_vec();
    proxies.request(30, 0, None);
    proxies.run(5);
    proxies.content = b"a page".to_vec();
    proxies.request(60, 0, Some(Sha1Id::of(b"a page")));
    proxies.run(5);
    assert_eq!(proxies.fetches, 2);
    assert_eq!(proxies.served.last().map(|(_, _, source)| *source), Some(Source::Origin));
    proxies.request(60, 0, Some(Sha1Id::of(b"no such page")));
    proxies.run(30);
    assert_eq!((proxies.failed, proxies.served.len()), (1, 2));
}

#[test]
fn the_address_is_put_again_while_the_content_is_there() {
    let config = Config { keep: Duration::from_hours(3), ..Config::default() };
    let mut proxies = Proxies::of(config, &MEMBERS);
    proxies.request(30, 0, None);
    proxies.run(2 * 3600);
    proxies.request(200, 0, None);
    proxies.run(5);
    assert_eq!((proxies.fetches, proxies.served_by_peers()), (1, 1), "two hours later");
    let no_renewal = Config { renew: Duration::from_hours(24), ..config };
    let mut proxies = Proxies::of(no_renewal, &MEMBERS);
    proxies.request(30, 0, None);
    proxies.run(2 * 3600);
    proxies.request(200, 0, None);
    proxies.run(5);
    assert_eq!(proxies.fetches, 2, "its address has died after an hour");
}

#[test]
fn a_peer_that_says_nothing_is_given_up_and_strangers_are_not_listened_to() {
    let mut proxies = Proxies::of(Config::default(), &MEMBERS);
    proxies.request(30, 0, None);
    proxies.run(5);
    proxies.machines.remove(&id(30));
    proxies.request(200, 0, None);
    proxies.run(1);
    let nonce = proxies.machines[&id(200)].fetches()[&id(KEY)].nonce;
    let message = Message::ContentReply { nonce, key: id(KEY), content: Some(vec![0]) };
    proxies.at(Duration::ZERO, id(200), Input::Message { from: id(75), message });
    proxies.run(20);
    assert_eq!(proxies.ignored, [Reason::Unasked]);
    assert_eq!((proxies.fetches, proxies.served.len()), (2, 2));
}
