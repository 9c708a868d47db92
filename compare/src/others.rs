//! Tower's balancer.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use tower::Service;
use tower::balance::p2c::Balance;
use tower::discover::ServiceList;
use tower::load::{CompleteOnResponse, PendingRequests};

use crate::OPEN;

/// A server that answers at once: what is measured is the way there.
struct Instant;

impl Service<u64> for Instant {
    type Response = u64;
    type Error = Infallible;
    type Future = Ready<Result<u64, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, time: u64) -> Self::Future {
        ready(Ok(time))
    }
}

fn nothing_open<S: Service<u64>>(_: &S) -> Vec<Option<S::Future>> {
    (0..OPEN).map(|_| None).collect()
}

/// A request comes and is sent to a server by tower's power of two choices; the one that came so
/// many before it ends.
pub(crate) fn tower_two_choices(servers: u32) -> impl FnMut(u64) {
    let service = || PendingRequests::new(Instant, CompleteOnResponse::default());
    let services: Vec<_> = (0..servers).map(|_| service()).collect();
    let mut balance = Balance::new(ServiceList::new(services));
    let mut open = nothing_open(&balance);
    let mut context = Context::from_waker(Waker::noop());
    // A balancer of the first requests finds all servers ready, and may take several polls to.
    while balance.poll_ready(&mut context).is_pending() {}
    move |time| {
        let mut context = Context::from_waker(Waker::noop());
        let slot = &mut open[(time % OPEN) as usize];
        // A response that nobody has taken yet counts as load.
        if let Some(response) = slot.take() {
            let polled = pin!(response).poll(&mut context);
            assert!(matches!(polled, Poll::Ready(Ok(_))), "it does not end");
        }
        let is_ready = matches!(balance.poll_ready(&mut context), Poll::Ready(Ok(())));
        assert!(is_ready, "nobody is ready");
        *slot = Some(balance.call(time));
    }
}
