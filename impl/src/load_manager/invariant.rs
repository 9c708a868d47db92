//! What is true of a balancer after every input, whatever the input.

use std::collections::BTreeSet;

use super::balancer::{Admin, Backend, Balancer};
use super::limit::ejection_ceiling;
use super::request::{Pending, RequestId, Server};
use super::upgrade::{Stage, Strategy};

/// The first of the balancer's assertions that does not hold, by its name. Takes a time that grows
/// with the number of servers.
///
/// Source: LOAD_MANAGER-45.
///
/// # Errors
///
/// The name of the assertion.
pub fn holds(balancer: &Balancer) -> Result<(), &'static str> {
    let config = balancer.config();
    let mut counts = vec![(0, 0); config.servers as usize];
    for connection in balancer.connections().values() {
        let count = counts.get_mut(connection.server.0 as usize);
        let count = count.ok_or("a connection is to a server that there is")?;
        count.0 += 1;
        count.1 += u32::from(!connection.is_open);
        let number = connection.pending.number;
        check(number <= config.limits.retries, "no request is tried more often than may be")?;
    }
    for ((server, backend), (count, opening)) in (0..).zip(balancer.backends()).zip(counts) {
        check(backend.count == count, "the count of a server is that of its connections")?;
        check(backend.opening == opening, "so is the count of those that are being set up")?;
        holds_of_backend(balancer, Server(server), backend)?;
    }
    holds_of_the_queue(balancer)?;
    holds_of_ejections(balancer)?;
    holds_of_the_upgrade(balancer)
}

fn holds_of_backend(
    balancer: &Balancer,
    server: Server,
    backend: &Backend,
) -> Result<(), &'static str> {
    let config = balancer.config();
    let limits = config.limits;
    check(backend.health <= config.hysteresis.top(), "the health counter is in its range")?;
    check(backend.count <= limits.capacity, "no server has more than its capacity")?;
    let is_ready = backend.admin == Admin::Ready && backend.stage == Stage::Listed;
    let is_up = config.hysteresis.is_up(backend.health);
    let is_healthy = is_ready && is_up && !backend.is_ejected;
    check(balancer.is_healthy(server) == is_healthy, "healthy is who is ready, up, not ejected")?;
    let is_eligible = if balancer.is_panicking() { is_ready } else { is_healthy };
    check(balancer.is_eligible(server) == is_eligible, "eligible is who is healthy")?;
    let is_candidate = is_eligible && backend.count < balancer.admits(backend);
    check(balancer.is_candidate(server) == is_candidate, "a candidate takes one more")?;
    let is_slow = backend.warmth.is_some();
    check(!is_slow || is_up, "only a server that is up begins slowly")?;
    let is_in_stage = backend.warmth.is_none_or(|warmth| warmth < limits.stages);
    check(is_in_stage, "a slow start ends")?;
    let is_empty = backend.count == 0;
    check(backend.admin != Admin::Maintenance || is_empty, "in maintenance is no connection")?;
    let is_away = matches!(backend.stage, Stage::Replacing | Stage::Proving | Stage::Standby);
    check(!is_away || is_empty, "no server is replaced that has connections")?;
    let is_leaving = backend.stage == Stage::Leaving;
    check(!is_leaving || !is_empty, "a server that has nothing is replaced at once")
}

fn holds_of_the_queue(balancer: &Balancer) -> Result<(), &'static str> {
    let (queue, limits) = (balancer.queue(), balancer.config().limits);
    check(queue.len() <= limits.queue as usize, "no more wait than may")?;
    let names: BTreeSet<RequestId> = queue.iter().map(|pending| pending.request.id).collect();
    check(names.len() == queue.len(), "nobody waits twice")?;
    let is_sent = names.iter().any(|name| balancer.connections().contains_key(name));
    check(!is_sent, "nobody waits who has been sent to a server")?;
    for pending in queue {
        holds_of_pending(balancer, pending)?;
    }
    Ok(())
}

/// Looked at without the rosters, by which the balancer goes.
fn holds_of_pending(balancer: &Balancer, pending: &Pending) -> Result<(), &'static str> {
    let policy = balancer.config().policy;
    let partition = policy.partition_for(pending.request.content);
    let servers = (0..balancer.config().servers).map(Server);
    let for_it = servers.filter(|server| policy.partition_of(*server) == partition);
    let eligible: Vec<Server> = for_it.filter(|server| balancer.is_eligible(*server)).collect();
    check(!eligible.is_empty(), "somebody is eligible for whoever waits")?;
    let has_untried = eligible.iter().any(|server| !pending.tried.contains(server));
    let may_serve = |server: &&Server| {
        let is_avoided = has_untried && pending.tried.contains(server);
        balancer.is_candidate(**server) && !is_avoided
    };
    let has_candidate = if policy.is_by_hash() {
        // Where a client goes that keeps away from its home is for the policy to say.
        let home = balancer.home(pending.request.client);
        pending.tried.is_empty() && home.as_ref().is_some_and(|home| may_serve(&home))
    } else {
        eligible.iter().any(|server| may_serve(&server))
    };
    check(!has_candidate, "nobody waits while a server could take it")?;
    let retries = balancer.config().limits.retries;
    check(pending.number <= retries, "no request is tried more often than may be")?;
    let tried: BTreeSet<&Server> = pending.tried.iter().collect();
    check(tried.len() == pending.tried.len(), "a server that was tried is named once")
}

fn holds_of_ejections(balancer: &Balancer) -> Result<(), &'static str> {
    let ejected = balancer.backends().iter().filter(|backend| backend.is_ejected).count();
    let ceiling = ejection_ceiling(balancer.config().ejection, balancer.config().servers);
    check(ejected as u32 == balancer.ejected(), "ejected servers are counted")?;
    check(ejected as u32 <= ceiling, "no more are ejected than may be")
}

fn holds_of_the_upgrade(balancer: &Balancer) -> Result<(), &'static str> {
    let mut stages = (0..).zip(balancer.backends());
    let Some(upgrade) = balancer.upgrade() else {
        let are_listed = stages.all(|(_, backend)| backend.stage == Stage::Listed);
        return check(are_listed, "without an upgrade all are listed");
    };
    let wave = upgrade.first..upgrade.first + upgrade.size;
    let mut versions = BTreeSet::new();
    let mut busy = 0;
    for (server, backend) in stages {
        let is_busy = matches!(backend.stage, Stage::Leaving | Stage::Replacing | Stage::Proving);
        check(!is_busy || wave.contains(&server), "who is being upgraded is in the wave")?;
        busy += u32::from(is_busy);
        if backend.stage == Stage::Listed {
            versions.insert(backend.version);
        }
    }
    check(busy == upgrade.left, "who is left of a wave is counted")?;
    check(busy > 0, "an upgrade with nobody left is over, or in the next wave")?;
    let is_flip = upgrade.strategy == Strategy::BigFlip;
    check(!is_flip || versions.len() <= 1, "in a flip one version takes new requests")
}

fn check(holds: bool, assertion: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(assertion) }
}
