//! Which server a request is sent to.

use super::balancer::Balancer;
use super::config::Policy;
use super::fault::Fault;
use super::hash::modulo;
use super::request::{Pending, Request, Server, Terms};
use super::roster::Roster;
use crate::machine::Nonce;

impl Balancer {
    /// The server that a request would be sent to if it came now with this number; none if it would
    /// wait or be refused.
    ///
    /// Source: LOAD_MANAGER-6, LOAD_MANAGER-42, LOAD_MANAGER-49.
    #[must_use]
    pub fn pick(&self, request: &Request, fresh: Nonce) -> Option<Server> {
        let pending = Pending {
            request: *request,
            terms: Terms::FULL,
            number: 0,
            chance: fresh.0,
            tried: Vec::new(),
        };
        self.choose(&pending)
    }

    /// The candidate for a request, if there is one.
    ///
    /// Source: LOAD_MANAGER-6.
    pub(super) fn choose(&self, pending: &Pending) -> Option<Server> {
        let roster = self.roster();
        if roster.free().is_empty() {
            return None;
        }
        let without = self.avoided(roster, pending);
        let partition = self.partition(pending);
        let client = pending.request.client;
        match self.config.policy {
            Policy::RoundRobinDns { .. } => None,
            Policy::RoundRobin => roster.next(self.last, without),
            Policy::LeastConnections | Policy::ContentAware { .. } => {
                roster.least(partition, self.last, without)
            }
            Policy::TwoChoices => self.lighter(roster, pending, without),
            Policy::IpHashModulo | Policy::IpHashRendezvous | Policy::IpHashMaglev { .. } => {
                let home = if self.config.has(Fault::ModNHash) && pending.tried.is_empty() {
                    let index = modulo(client, roster.eligible().len())?;
                    roster.eligible().nth(index).map(Server)
                } else {
                    roster.home(client, without)
                };
                home.filter(|home| roster.free().contains(home.0))
            }
        }
    }

    /// The one of two candidates that has fewer connections; the first if they have as many.
    ///
    /// Source: LOAD_MANAGER-14.
    fn lighter(&self, roster: &Roster, pending: &Pending, without: &[Server]) -> Option<Server> {
        // Each attempt has draws of its own.
        let chance = pending.chance ^ u64::from(pending.number).rotate_right(8);
        let (first, second) = roster.pair(chance, without)?;
        let Some(second) = second else { return Some(first) };
        let count = |server| self.backend(server).map_or(0, |backend| backend.count);
        let is_lighter = count(second) < count(first);
        let compares = !self.config.has(Fault::TwoChoicesTakesTheFirst);
        Some(if is_lighter && compares { second } else { first })
    }

    /// The partition that a request is for.
    pub(super) fn partition(&self, pending: &Pending) -> u32 {
        let partition = self.config.policy.partition_for(pending.request.content);
        let is_empty = self.roster().eligible_for(partition) == 0;
        if is_empty && self.config.has(Fault::HarvestCountsDownShard) {
            let others = 0..self.config.policy.partitions();
            let has_servers = |other: &u32| self.roster().eligible_for(*other) > 0;
            return others.into_iter().find(has_servers).unwrap_or(partition);
        }
        partition
    }

    /// How many servers are eligible for a request.
    ///
    /// Source: LOAD_MANAGER-6, LOAD_MANAGER-18.
    pub(super) fn eligible_for(&self, pending: &Pending) -> u32 {
        self.roster().eligible_for(self.partition(pending))
    }

    /// The servers that a request keeps away from: those where it failed, unless no other is
    /// eligible for it.
    ///
    /// Source: LOAD_MANAGER-46.
    fn avoided<'a>(&self, roster: &Roster, pending: &'a Pending) -> &'a [Server] {
        if !self.config.avoids_tried || pending.tried.is_empty() {
            return &[];
        }
        let partition = self.partition(pending);
        let policy = self.config.policy;
        let are_eligible = pending.tried.iter().filter(|server| {
            roster.eligible().contains(server.0) && policy.partition_of(**server) == partition
        });
        let others = roster.eligible_for(partition).saturating_sub(are_eligible.count() as u32);
        if others > 0 { &pending.tried } else { &[] }
    }
}
