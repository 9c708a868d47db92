//! Faults in what becomes of a request.

use super::super::hash::members;
use super::super::policy::{fewest, next_after};
use super::super::state::{Administration, Phase, Request, State};
use super::super::step::traffic::{answered, broken, may_be_tried_again, taken_from, tried_again};
use super::super::turn::Turn;
use super::super::{Draw, Switch};
use super::{Changed, Fault};

pub(super) fn arrive(
    switch: &Switch,
    fault: Fault,
    state: &State,
    (client, is_write): (u8, bool),
    draw: Draw,
) -> Changed {
    let Some(arrived) = taken_from(state, is_write) else { return Changed::No };
    let request = Request { client, is_write, tries: 0 };
    let server = match fault {
        Fault::QueueWhenNoServer => return queue_when_no_server(switch, &arrived, request),
        Fault::NoQueue if switch.candidates_for(&arrived, request) == 0 => {
            let refused = State { refused: arrived.refused + 1, ..arrived };
            return Changed::To((draw == Draw::None).then(|| refused.into()));
        }
        _ => picked(switch, fault, &arrived, request, draw),
    };
    match server {
        Some(server) => {
            let turn = switch.send(arrived.into(), server, request);
            Changed::To(Some(switch.close(state, turn)))
        }
        None => Changed::No,
    }
}

/// The request waits although there is no server, and the queue is not looked at.
fn queue_when_no_server(switch: &Switch, state: &State, request: Request) -> Changed {
    let has_server = switch.eligible_for(state, request) != 0;
    if has_server || state.queue.len() >= switch.queue {
        return Changed::No;
    }
    Changed::To(Some(State { queue: state.queue.with(request), ..*state }.into()))
}

/// Whom a faulty policy picks, if it picks another way.
fn picked(
    switch: &Switch,
    fault: Fault,
    state: &State,
    request: Request,
    draw: Draw,
) -> Option<u8> {
    let ready = members_where(state, super::super::Server::is_ready);
    let free = members_where(state, |server| server.connections.len() < switch.capacity);
    let next = |set| next_after(state.last, switch.servers, set);
    match fault {
        Fault::HealthNotConsulted => next(ready & free),
        Fault::SelectUnavailableWhenEmpty if switch.eligible(state) == 0 => next(free),
        Fault::StaleSlotAfterDown if switch.eligible(state).is_power_of_two() => {
            let stale = switch.home(request.client, (1 << switch.servers) - 1)?;
            (free >> stale & 1 != 0).then_some(stale)
        }
        Fault::HashByArrival => {
            let eligible = switch.eligible(state);
            let home = switch.home(request.client + state.left.reads, eligible)?;
            (switch.candidates(state) >> home & 1 != 0).then_some(home)
        }
        Fault::ContentBlind => next(switch.candidates(state)),
        Fault::LeastConnectionsIgnoresPending => {
            let is_open = |server: u8| {
                let connections = state.server(server).connections;
                connections.iter().filter(|c| c.phase == Phase::Open).count() as i8
            };
            next(fewest(switch.candidates(state), is_open))
        }
        Fault::TwoChoicesTakesTheFirst => match draw {
            Draw::Two(first, second) if first != second => {
                let candidates = switch.candidates(state);
                let has = |server: u8| candidates >> server & 1 != 0;
                (has(first) && has(second)).then_some(first)
            }
            _ => None,
        },
        _ => None,
    }
}

fn members_where(state: &State, is_in: impl Fn(&super::super::Server) -> bool) -> u8 {
    let all = (1 << state.servers.len()) - 1;
    members(all).filter(|&s| is_in(&state.server(s))).fold(0, |set, server| set | 1 << server)
}

pub(super) fn complete(
    switch: &Switch,
    fault: Fault,
    state: &State,
    server: u8,
    place: u8,
) -> Changed {
    match fault {
        Fault::NoDequeueOnCompletion => {
            let ended = answered(state, server, place).map(Turn::from);
            Changed::To(ended.map(|turn| switch.remembering(state, turn)))
        }
        Fault::DrainedServerDequeues => {
            let Some(ended) = answered(state, server, place) else { return Changed::No };
            let drains = ended.server(server).administration == Administration::Draining;
            let Some(request) = ended.queue.get(0).filter(|_| drains) else { return Changed::No };
            let taken = State { queue: ended.queue.without(0), ..ended };
            Changed::To(Some(switch.close(state, switch.send(taken.into(), server, request))))
        }
        _ => Changed::No,
    }
}

pub(super) fn reset(
    switch: &Switch,
    fault: Fault,
    state: &State,
    (server, place): (u8, u8),
    draw: Draw,
) -> Changed {
    let Some((freed, request)) = broken(state, server, place) else { return Changed::No };
    let may = may_be_tried_again(switch, request);
    let leaked = || {
        let mut leaking = freed.server(server);
        leaking.count += 1;
        freed.with_server(server, leaking)
    };
    let again = |state: &State, request| tried_again(switch, state, request, draw);
    let turn = match fault {
        Fault::NoDequeueOnReset if may => {
            let turn = again(&freed, request);
            return Changed::To(turn.map(|turn| switch.remembering(state, turn)));
        }
        Fault::NoDequeueOnReset => {
            let failed = State { failed: freed.failed + 1, ..freed };
            return Changed::To((draw == Draw::None).then(|| failed.into()));
        }
        Fault::LeakOnRetry if may => again(&leaked(), request),
        Fault::NoDecrementOnCrash if !may && draw == Draw::None => {
            Some(State { failed: freed.failed + 1, ..leaked() }.into())
        }
        Fault::RetryNonIdempotent if request.is_write && request.tries < switch.retries => {
            again(&freed, request)
        }
        Fault::RetriesWithoutBudget if !may && !request.is_write => {
            // Tries beyond the budget are not told apart, so that there are finitely many states.
            again(&freed, Request { tries: switch.retries, ..request })
        }
        Fault::ExtraTry if !may && !request.is_write && request.tries == switch.retries => {
            again(&freed, request)
        }
        Fault::NoRetries if may && draw == Draw::None => {
            Some(State { failed: freed.failed + 1, ..freed }.into())
        }
        _ => return Changed::No,
    };
    Changed::To(turn.map(|turn| switch.close(state, turn)))
}

pub(super) fn abort(
    switch: &Switch,
    fault: Fault,
    state: &State,
    server: u8,
    place: u8,
) -> Changed {
    let faithful = super::step::traffic::abort(switch, state, server, place);
    match (fault, faithful) {
        (Fault::DoubleDecrement, Some(turn)) => {
            let mut twice = turn.state.server(server);
            twice.count -= 1;
            Changed::To(Some(turn.state.with_server(server, twice).into()))
        }
        _ => Changed::No,
    }
}

pub(super) fn abandon(switch: &Switch, fault: Fault, state: &State, place: u8) -> Changed {
    let faithful = super::step::traffic::abandon(switch, state, place);
    match (fault, faithful) {
        (Fault::QueueLeakOnAbort, Some(turn)) => {
            let kept = State { queue: state.queue, ..turn.state };
            Changed::To(Some(kept.into()))
        }
        _ => Changed::No,
    }
}
