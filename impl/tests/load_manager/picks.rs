//! Picks among few and many servers: they are right, they end, and chance is fair.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use straightedge_impl::load_manager::{
    Admin, Answer, Attempt, Balancer, Command, Config, Delivery, Message, Policy, Request,
    RequestId, Server, invariant,
};
use straightedge_impl::machine::{Input, Machine, Nonce, Output, OutputOf, Time};

const MANY: u32 = 100_000;

fn balancer(servers: u32, policy: Policy) -> Balancer {
    let mut config = Config::new(servers, policy);
    config.panic_percent = 0;
    config.ejection.failures = 0;
    Balancer::new(config).unwrap()
}

fn command(balancer: &mut Balancer, command: Command, fresh: u64) -> Vec<OutputOf<Balancer>> {
    let mut outputs = Vec::new();
    let input = Input::Command { command, fresh: Nonce(fresh) };
    balancer.handle(Time::ORIGIN, input, &mut outputs);
    outputs
}

fn say(balancer: &mut Balancer, from: Server, message: Message) -> Vec<OutputOf<Balancer>> {
    let mut outputs = Vec::new();
    balancer.handle(Time::ORIGIN, Input::Message { from, message }, &mut outputs);
    outputs
}

fn forwarded(outputs: &[OutputOf<Balancer>]) -> Option<(Server, Attempt)> {
    outputs.iter().find_map(|output| match output {
        Output::Send { to, message: Message::Forward { attempt, .. } } => Some((*to, *attempt)),
        _ => None,
    })
}

fn serve(balancer: &mut Balancer, id: u64) -> Option<Server> {
    let request = Request { id: RequestId(id), is_idempotent: true, ..Request::default() };
    forwarded(&command(balancer, Command::Serve(request), id)).map(|(server, _)| server)
}

fn drain(balancer: &mut Balancer, servers: impl Iterator<Item = u32>) {
    for server in servers {
        let order = Command::Order { server: Server(server), admin: Admin::Draining };
        command(balancer, order, 0);
    }
}

#[test]
fn round_robin_visits_all_of_many_before_any_again() {
    let mut balancer = balancer(MANY, Policy::RoundRobin);
    for id in 0..u64::from(MANY) + 3 {
        let expected = Server((id % u64::from(MANY)) as u32);
        assert_eq!(serve(&mut balancer, id), Some(expected));
    }
    drain(&mut balancer, (0..MANY).filter(|server| *server != 77_777));
    assert_eq!(serve(&mut balancer, 1 << 32), Some(Server(77_777)), "the only one");
    assert_eq!(serve(&mut balancer, 1 << 33), Some(Server(77_777)), "and again");
    assert_eq!(invariant::holds(&balancer), Ok(()));
}

#[test]
fn least_connections_fills_many_evenly() {
    let mut balancer = balancer(MANY, Policy::LeastConnections);
    for id in 0..2 * u64::from(MANY) {
        assert!(serve(&mut balancer, id).is_some());
    }
    assert!(balancer.backends().iter().all(|backend| backend.count == 2));
    let attempt = Attempt { request: RequestId(4_321), number: 0 };
    say(&mut balancer, Server(4_321), Message::Done { attempt });
    assert_eq!(serve(&mut balancer, 1 << 32), Some(Server(4_321)), "who has the fewest");
    assert_eq!(invariant::holds(&balancer), Ok(()));
}

/// How often each pair is drawn.
fn pairs(balancer: &Balancer, draws: u64) -> BTreeMap<(Server, Server), u64> {
    let mut pairs = BTreeMap::new();
    for fresh in 0..draws {
        *pairs.entry(balancer.pair(Nonce(fresh)).unwrap()).or_default() += 1;
    }
    pairs
}

#[test]
fn each_pair_is_drawn_as_often_as_any_other() {
    let mut few = balancer(6, Policy::TwoChoices);
    drain(&mut few, [1, 4].into_iter());
    // So few of so many that candidates have to be counted.
    let mut of_many = balancer(MANY, Policy::TwoChoices);
    let stay = [5, 70_000, 70_001, 99_999];
    drain(&mut of_many, (0..MANY).filter(|server| !stay.contains(server)));
    for balancer in [few, of_many] {
        let pairs = pairs(&balancer, 24_000);
        assert_eq!(pairs.len(), 12, "{pairs:?}");
        // 2000 each, and a deviation of 43.
        assert!(pairs.values().all(|count| count.abs_diff(2_000) < 200), "{pairs:?}");
        assert!(pairs.keys().all(|(first, second)| {
            first != second && balancer.is_candidate(*first) && balancer.is_candidate(*second)
        }));
    }
}

#[test]
fn one_candidate_is_taken_without_a_choice_and_none_is_none() {
    let mut balancer = balancer(MANY, Policy::TwoChoices);
    drain(&mut balancer, 0..MANY - 1);
    assert_eq!(balancer.pair(Nonce(9)), Some((Server(MANY - 1), Server(MANY - 1))));
    assert_eq!(serve(&mut balancer, 1), Some(Server(MANY - 1)));
    drain(&mut balancer, MANY - 1..MANY);
    assert_eq!(balancer.pair(Nonce(9)), None);
    assert_eq!(serve(&mut balancer, 2), None);
}

#[test]
fn two_choices_keep_loads_close() {
    let (servers, requests) = (1_000_u32, 20_000);
    let mut balancer = balancer(servers, Policy::TwoChoices);
    for id in 0..requests {
        assert!(serve(&mut balancer, id).is_some());
    }
    // 20 on average; a single choice would leave one with about 35.
    let most = balancer.backends().iter().map(|backend| backend.count).max().unwrap();
    assert!(most <= 24, "{most}");
}

#[test]
fn what_is_remembered_does_not_depend_on_the_way_there() {
    for policy in [
        Policy::RoundRobin,
        Policy::LeastConnections,
        Policy::TwoChoices,
        Policy::IpHashModulo,
        Policy::IpHashRendezvous,
        Policy::IpHashMaglev { entries: 31 },
        Policy::ContentAware { partitions: 2 },
    ] {
        let mut there_and_back = balancer(5, policy);
        let fresh = there_and_back.clone();
        drain(&mut there_and_back, [3, 0, 4].into_iter());
        assert_ne!(there_and_back, fresh);
        for server in [0, 4, 3].map(Server) {
            let order = Command::Order { server, admin: Admin::Ready };
            command(&mut there_and_back, order, 0);
        }
        assert_eq!(there_and_back, fresh, "{policy:?}");
    }
}

/// The attempts of one request, while the first server refuses everything.
fn attempts_at_a_black_hole(avoids_tried: bool) -> (Vec<Server>, Option<Answer>) {
    let mut config = Config::new(3, Policy::LeastConnections);
    config.avoids_tried = avoids_tried;
    config.limits.retries = 2;
    let mut balancer = Balancer::new(config).unwrap();
    // The other two have something to do.
    for id in 0..6 {
        serve(&mut balancer, id);
    }
    for id in [0, 3] {
        let attempt = Attempt { request: RequestId(id), number: 0 };
        say(&mut balancer, Server(0), Message::Done { attempt });
    }
    let request = Request { id: RequestId(9), is_idempotent: true, ..Request::default() };
    let mut outputs = command(&mut balancer, Command::Serve(request), 9);
    let mut tried = Vec::new();
    while let Some((server, attempt)) = forwarded(&outputs) {
        tried.push(server);
        let end = if server == Server(0) {
            Message::Refused { attempt }
        } else {
            Message::Done { attempt }
        };
        outputs = say(&mut balancer, server, end);
    }
    let answer = outputs.iter().find_map(|output| match output {
        Output::Deliver(Delivery::Answered { answer, .. }) => Some(*answer),
        _ => None,
    });
    (tried, answer)
}

#[test]
fn a_dead_server_swallows_one_attempt_and_not_all() {
    let (tried, answer) = attempts_at_a_black_hole(true);
    assert_eq!((tried.len(), answer), (2, Some(Answer::Done(tried[1]))));
    let (tried, answer) = attempts_at_a_black_hole(false);
    assert_eq!((tried, answer), (vec![Server(0); 3], Some(Answer::Lost(Server(0)))));
}
