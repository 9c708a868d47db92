//! What is claimed of an upgrade under load.

use crate::engine::{Claim, Form};

use super::{Fleet, Move, Node, Rollout, Stage, Strategy};

/// What is claimed of this rollout.
#[must_use]
pub fn claims(rollout: &Rollout) -> Vec<Claim<Rollout>> {
    let mut claims = vec![
        UPGRADES_LOSE_NO_REQUEST,
        REQUESTS_ARE_AT_SERVERS_THAT_RUN,
        WAITING_REQUESTS_HAVE_A_LISTED_SERVER,
        VERSIONS_THAT_ARE_LISTED_TOGETHER_ARE_COMPATIBLE,
        DRAINED_UNDER_LOAD,
        THE_ROLLOUT_ENDS,
        ALL_REQUESTS_END,
    ];
    if rollout.strategy != Strategy::Fast {
        claims.push(SOMEBODY_IS_LISTED);
        claims.push(ONLY_A_FULL_QUEUE_REFUSES);
    }
    claims
}

fn listed(state: &Fleet) -> impl Iterator<Item = &Node> {
    state.servers.iter().filter(|node| node.is_listed)
}

fn is_under_way(_: &Rollout, state: &Fleet) -> bool {
    state.on_the_way() > 0
}

const UPGRADES_LOSE_NO_REQUEST: Claim<Rollout> = Claim::new(
    "upgrades_lose_no_request",
    "What arrived is answered, refused, queued, or at a server.",
    "LOAD_MANAGER-25",
    Form::Always {
        when: Some(is_under_way),
        holds: |rollout, state: &Fleet| {
            let arrived = rollout.arrivals - state.left;
            arrived == state.done + state.refused + state.on_the_way()
        },
    },
);

const REQUESTS_ARE_AT_SERVERS_THAT_RUN: Claim<Rollout> = Claim::new(
    "requests_are_at_servers_that_run",
    "A server that is down for its upgrade has no request, and one that waits for the switch none \
     either.",
    "LOAD_MANAGER-25",
    Form::Always {
        when: Some(is_under_way),
        holds: |_, state: &Fleet| {
            state.servers.iter().all(|node| node.requests == 0 || node.stage == Stage::Running)
        },
    },
);

const WAITING_REQUESTS_HAVE_A_LISTED_SERVER: Claim<Rollout> = Claim::new(
    "waiting_requests_have_a_listed_server",
    "While requests wait, some server is listed, and none that is has room.",
    "LOAD_MANAGER-8",
    Form::Always {
        when: Some(|_, state: &Fleet| state.queue > 0),
        holds: |rollout, state: &Fleet| {
            let is_full = |node: &Node| node.requests >= rollout.capacity;
            listed(state).next().is_some() && listed(state).all(is_full)
        },
    },
);

const VERSIONS_THAT_ARE_LISTED_TOGETHER_ARE_COMPATIBLE: Claim<Rollout> = Claim::new(
    "versions_that_are_listed_together_are_compatible",
    "Servers of two versions get new requests at the same time only if these are compatible.",
    "LOAD_MANAGER-25",
    Form::Always {
        when: None,
        holds: |rollout, state: &Fleet| {
            let new = listed(state).filter(|node| node.is_new).count();
            rollout.is_compatible || new == 0 || new == listed(state).count()
        },
    },
);

const SOMEBODY_IS_LISTED: Claim<Rollout> = Claim::new(
    "somebody_is_listed",
    "At every moment some server gets new requests.",
    "LOAD_MANAGER-24",
    Form::Always { when: None, holds: |_, state: &Fleet| listed(state).next().is_some() },
);

const ONLY_A_FULL_QUEUE_REFUSES: Claim<Rollout> = Claim::new(
    "only_a_full_queue_refuses",
    "A request is refused only if the queue is full.",
    "LOAD_MANAGER-7",
    Form::Step {
        when: |_, state, _, next| next.refused > state.refused,
        holds: |rollout, state, action, _| *action == Move::Arrive && state.queue >= rollout.queue,
    },
);

const DRAINED_UNDER_LOAD: Claim<Rollout> = Claim::new(
    "drained_under_load",
    "A server finishes requests while it gets no new ones.",
    "LOAD_MANAGER-25",
    Form::Sometimes(|_, state: &Fleet| {
        let drains =
            |node: &Node| !node.is_listed && node.requests > 0 && node.stage == Stage::Running;
        state.servers.iter().any(drains)
    }),
);

const THE_ROLLOUT_ENDS: Claim<Rollout> = Claim::new(
    "the_rollout_ends",
    "At last every server has the new version and gets requests.",
    "LOAD_MANAGER-27",
    Form::Eventually(|_, state: &Fleet| state.is_upgraded()),
);

const ALL_REQUESTS_END: Claim<Rollout> = Claim::new(
    "all_requests_end",
    "Once nothing arrives any more, no request is on its way at last.",
    "LOAD_MANAGER-27",
    Form::EventuallyAlways(|_, state: &Fleet| state.on_the_way() == 0),
);
