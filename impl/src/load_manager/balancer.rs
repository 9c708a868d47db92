//! What the balancer remembers, and may be asked about.

use std::collections::{BTreeMap, VecDeque};

use super::config::{Config, ConfigError, Policy};
use super::context::Context;
use super::fault::Fault;
use super::health::Health;
use super::limit::{is_panic, ramp};
use super::message::Timer;
use super::request::{Connection, Pending, RequestId, Server};
use super::roster::{Roster, Spot};
use super::upgrade::{Stage, Upgrade};
use crate::machine::{Nonce, Output, OutputOf};

/// What the administrator wants of a server.
///
/// Source: LOAD_MANAGER-4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Admin {
    /// It gets traffic.
    #[default]
    Ready,
    /// It gets nothing new, and finishes what it has.
    Draining,
    /// It has nothing.
    Maintenance,
}

/// What is believed and wanted of one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Backend {
    /// What its checks have come to. Source: LOAD_MANAGER-2.
    pub health: Health,
    /// What the administrator wants. Source: LOAD_MANAGER-4.
    pub admin: Admin,
    /// How far it is in an upgrade. Source: LOAD_MANAGER-25.
    pub stage: Stage,
    /// How many connections it has, those included that are being set up.
    /// Source: LOAD_MANAGER-10.
    pub count: u32,
    /// How many of them are being set up.
    pub opening: u32,
    /// Which version it has. Source: LOAD_MANAGER-25.
    pub version: u32,
    /// How far it is in its slow start; none that it is not in one. Source: LOAD_MANAGER-5.
    pub warmth: Option<u32>,
    /// How many failures in a row it has answered with. Source: LOAD_MANAGER-19.
    pub failures: u32,
    /// Whether it is set aside for that.
    pub is_ejected: bool,
    /// How often it was, since it last came up.
    pub ejections: u32,
    /// The check that is not answered yet.
    pub probe: Option<Nonce>,
}

/// A load manager. It holds no times.
///
/// Source: LOAD_MANAGER-40.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Balancer {
    pub(super) config: Config,
    pub(super) servers: Vec<Backend>,
    pub(super) last: Option<Server>,
    pub(super) queue: VecDeque<Pending>,
    pub(super) connections: BTreeMap<RequestId, Connection>,
    pub(super) upgrade: Option<Upgrade>,
    /// How many servers are ejected.
    pub(super) ejected: u32,
    /// Who may be given work, as far as healthy.
    pub(super) healthy: Roster,
    /// Who may be given work, healthy or not.
    pub(super) ready: Roster,
}

impl Balancer {
    /// A balancer that believes every server to be up, ready, and without a connection.
    ///
    /// # Errors
    ///
    /// What makes no sense in the configuration.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        config.check()?;
        let backend = Backend {
            health: config.hysteresis.top(),
            admin: Admin::Ready,
            stage: Stage::Listed,
            count: 0,
            opening: 0,
            version: 0,
            warmth: None,
            failures: 0,
            is_ejected: false,
            ejections: 0,
            probe: None,
        };
        let mut balancer = Self {
            servers: vec![backend; config.servers as usize],
            last: None,
            queue: VecDeque::new(),
            connections: BTreeMap::new(),
            upgrade: None,
            ejected: 0,
            healthy: Roster::new(config.policy, config.servers),
            ready: Roster::new(config.policy, config.servers),
            config,
        };
        for server in (0..balancer.config.servers).map(Server) {
            let spots = balancer.spots(&backend);
            balancer.healthy.put(server, None, spots.0);
            balancer.ready.put(server, None, spots.1);
        }
        balancer.settle();
        Ok(balancer)
    }

    /// What the balancer waits for before anything has happened: the checks of all servers, spread
    /// over the time between two checks of one.
    ///
    /// Source: LOAD_MANAGER-44.
    pub fn start(&self, outputs: &mut Vec<OutputOf<Self>>) {
        if !self.is_managed() {
            return;
        }
        let between = self.config.timings.check / self.config.servers.max(1);
        for server in 0..self.config.servers {
            let timer = Timer::Check(Server(server));
            outputs.push(Output::SetTimer { timer, after: between * server });
        }
    }

    /// What it was given.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// What is believed and wanted of a server, if there is one.
    #[must_use]
    pub fn backend(&self, server: Server) -> Option<&Backend> {
        self.servers.get(server.0 as usize)
    }

    /// The same of all, in order.
    #[must_use]
    pub fn backends(&self) -> &[Backend] {
        &self.servers
    }

    /// The server picked last, by a policy that goes on from there.
    #[must_use]
    pub const fn last(&self) -> Option<Server> {
        self.last
    }

    /// The requests that wait, the first one first.
    #[must_use]
    pub const fn queue(&self) -> &VecDeque<Pending> {
        &self.queue
    }

    /// The requests that servers have.
    #[must_use]
    pub const fn connections(&self) -> &BTreeMap<RequestId, Connection> {
        &self.connections
    }

    /// The upgrade that goes on.
    #[must_use]
    pub const fn upgrade(&self) -> Option<&Upgrade> {
        self.upgrade.as_ref()
    }

    /// How many servers are ejected.
    #[must_use]
    pub const fn ejected(&self) -> u32 {
        self.ejected
    }

    /// Whether so few servers are healthy that health is ignored.
    ///
    /// Source: LOAD_MANAGER-20.
    #[must_use]
    pub fn is_panicking(&self) -> bool {
        let (eligible, ready) = (self.healthy.eligible().len(), self.ready.eligible().len());
        let is_off = self.config.has(Fault::PanicOff);
        is_panic(self.config.panic_percent, eligible, ready) && !is_off
    }

    /// Whether a server is ready, up and not set aside.
    ///
    /// Source: LOAD_MANAGER-6.
    #[must_use]
    pub fn is_healthy(&self, server: Server) -> bool {
        self.healthy.eligible().contains(server.0)
    }

    /// Whether new traffic may go to a server.
    ///
    /// Source: LOAD_MANAGER-6.
    #[must_use]
    pub fn is_eligible(&self, server: Server) -> bool {
        self.roster().eligible().contains(server.0)
    }

    /// Whether a server may be given one more request now.
    ///
    /// Source: LOAD_MANAGER-6.
    #[must_use]
    pub fn is_candidate(&self, server: Server) -> bool {
        self.roster().free().contains(server.0)
    }

    /// How many connections a server takes at the moment.
    ///
    /// Source: LOAD_MANAGER-5.
    #[must_use]
    pub fn admits(&self, backend: &Backend) -> u32 {
        let limits = self.config.limits;
        backend
            .warmth
            .map_or(limits.capacity, |warmth| ramp(limits.capacity, warmth, limits.stages))
    }

    /// The two servers that a request which comes with this number would have the choice of: equal
    /// if there is one candidate, none if there is none.
    ///
    /// Source: LOAD_MANAGER-14.
    #[must_use]
    pub fn pair(&self, fresh: Nonce) -> Option<(Server, Server)> {
        let (first, second) = self.roster().pair(fresh.0, &[])?;
        Some((first, second.unwrap_or(first)))
    }

    /// The server that a client belongs to, by a policy that hashes.
    ///
    /// Source: LOAD_MANAGER-15, LOAD_MANAGER-16, LOAD_MANAGER-17.
    #[must_use]
    pub fn home(&self, client: u64) -> Option<Server> {
        let hashes = matches!(
            self.config.policy,
            Policy::IpHashModulo | Policy::IpHashRendezvous | Policy::IpHashMaglev { .. }
        );
        if hashes { self.roster().home(client, &[]) } else { None }
    }

    /// Maglev's table of the eligible servers; empty for another policy.
    ///
    /// Source: LOAD_MANAGER-17.
    #[must_use]
    pub fn table(&self) -> &[Server] {
        self.roster().table().entries()
    }

    /// Whether there is more to do than can be done: no server takes one more, and so many
    /// requests wait already.
    ///
    /// Source: LOAD_MANAGER-23.
    #[must_use]
    pub fn is_saturated(&self) -> bool {
        let has_room = !self.roster().free().is_empty();
        !has_room && self.queue.len() >= self.config.limits.saturation as usize
    }

    /// Whether the balancer knows of health, and has a queue.
    pub(super) const fn is_managed(&self) -> bool {
        !matches!(self.config.policy, Policy::RoundRobinDns { .. })
    }

    pub(super) fn roster(&self) -> &Roster {
        if self.is_panicking() { &self.ready } else { &self.healthy }
    }

    /// Where a server in that state stands among the healthy, and among the ready.
    pub(super) fn spots(&self, backend: &Backend) -> (Option<Spot>, Option<Spot>) {
        let is_ready = backend.admin == Admin::Ready && backend.stage == Stage::Listed;
        let is_up = self.config.hysteresis.is_up(backend.health);
        let is_healthy = is_up && !backend.is_ejected;
        let uncounted = if self.config.has(Fault::LcIgnoresPending) { backend.opening } else { 0 };
        let spot = Spot {
            load: backend.count.saturating_sub(uncounted),
            is_free: backend.count < self.admits(backend),
        };
        let ready = is_ready.then_some(spot);
        (ready.filter(|_| is_healthy), ready)
    }

    /// Changes what is known of a server. Everything does it this way, so that who may be given
    /// work follows.
    pub(super) fn change(&mut self, server: Server, effect: impl FnOnce(&mut Backend)) {
        let Some(&before) = self.backend(server) else { return };
        let mut after = before;
        effect(&mut after);
        if let Some(backend) = self.servers.get_mut(server.0 as usize) {
            *backend = after;
        }
        match (before.is_ejected, after.is_ejected) {
            (false, true) => self.ejected += 1,
            (true, false) => self.ejected = self.ejected.saturating_sub(1),
            _ => {}
        }
        let (old, new) = (self.spots(&before), self.spots(&after));
        self.healthy.put(server, old.0, new.0);
        self.ready.put(server, old.1, new.1);
    }

    /// Makes Maglev's tables those of the servers which are eligible now.
    pub(super) fn settle(&mut self) {
        self.healthy.settle();
        self.ready.settle();
    }

    /// Whether the server is checked: not one that is out of service, or whose software is away.
    ///
    /// Source: LOAD_MANAGER-3, LOAD_MANAGER-47.
    pub(super) const fn is_checked(&self, backend: &Backend) -> bool {
        let is_in_service = !matches!(backend.admin, Admin::Maintenance)
            && !matches!(backend.stage, Stage::Replacing);
        self.is_managed() && (is_in_service || matches!(backend.stage, Stage::Proving))
    }

    /// Lets the checks of a server begin, or go on, or end, as it now is.
    pub(super) fn check_or_not(&self, server: Server, context: &mut Context<'_>) {
        let Some(backend) = self.backend(server) else { return };
        let timer = Timer::Check(server);
        if self.is_checked(backend) {
            context.wait(timer, self.config.timings.check);
        } else {
            context.cancel(timer);
        }
    }
}
