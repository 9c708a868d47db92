//! Our balancer, driven as its host drives it.

use std::hint::black_box;

use straightedge_impl::load_manager::{
    Attempt, Balancer, Command, Config, Message, Policy, Request, RequestId, Server, mix,
};
use straightedge_impl::machine::{Input, Machine, Nonce, Output, Time};

use crate::OPEN;

fn balancer(servers: u32, policy: Policy) -> Balancer {
    let mut config = Config::new(servers, policy);
    config.limits.capacity = 1 << 20;
    Balancer::new(config).expect("the configuration makes sense")
}

fn request(time: u64) -> Request {
    Request { id: RequestId(time), client: mix(time), is_idempotent: true, ..Request::default() }
}

/// Which server it would be, and nothing else.
pub(crate) fn picks(servers: u32, policy: Policy) -> impl FnMut(u64) {
    let mut balancer = balancer(servers, policy);
    // Somebody has something to do, so that loads differ.
    let mut outputs = Vec::new();
    for time in 0..OPEN {
        serve(&mut balancer, u64::MAX - time, &mut outputs);
    }
    move |time| {
        let picked = balancer.pick(&request(time), Nonce(time));
        assert!(black_box(picked).is_some(), "nobody was picked");
    }
}

fn serve(
    balancer: &mut Balancer,
    time: u64,
    outputs: &mut Vec<straightedge_impl::machine::OutputOf<Balancer>>,
) -> Server {
    outputs.clear();
    let command = Command::Serve(request(time));
    balancer.handle(Time::ORIGIN, Input::Command { command, fresh: Nonce(time) }, outputs);
    match outputs.as_slice() {
        [Output::Send { to, message: Message::Forward { .. } }] => *to,
        other => panic!("a request is not sent to a server: {other:?}"),
    }
}

/// A request comes and is sent to a server; the one that came so many before it ends.
pub(crate) fn requests(servers: u32, policy: Policy) -> impl FnMut(u64) {
    let mut balancer = balancer(servers, policy);
    let mut at = vec![None; OPEN as usize];
    let mut outputs = Vec::new();
    move |time| {
        let slot = &mut at[(time % OPEN) as usize];
        if let Some(from) = *slot {
            let attempt = Attempt { request: RequestId(time - OPEN), number: 0 };
            outputs.clear();
            let message = Message::Done { attempt };
            balancer.handle(Time::ORIGIN, Input::Message { from, message }, &mut outputs);
            assert!(matches!(outputs.as_slice(), [Output::Deliver(_)]), "it does not end");
        }
        *slot = Some(serve(&mut balancer, time, &mut outputs));
    }
}
