//! Who may be given work, kept so that choosing among many servers takes little time.

use std::collections::BTreeSet;

use super::config::Policy;
use super::hash::{Maglev, below, mix, modulo, rendezvous};
use super::request::Server;
use super::set::Set;

/// How often a draw is thrown away because it is no candidate, before candidates are counted.
const TRIES: u64 = 32;

/// How a server that may be given work stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Spot {
    /// How many connections it is thought to have, where that is what a policy goes by.
    pub(super) load: u32,
    /// Whether it takes one more.
    pub(super) is_free: bool,
}

/// The eligible servers, and the candidates among them: those that take one more.
///
/// All of it follows from the servers' states, however it came about.
///
/// Source: LOAD_MANAGER-6, LOAD_MANAGER-42.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Roster {
    policy: Policy,
    eligible: Set,
    free: Set,
    /// Partition, load, server of each candidate, for policies that go by load.
    by_load: BTreeSet<(u32, u32, Server)>,
    /// How many servers are eligible for each partition.
    partitions: Vec<u32>,
    /// For how many partitions somebody is eligible.
    covered: u32,
    table: Maglev,
    /// Whether the table is that of an older set of eligible servers.
    is_stale: bool,
}

impl Roster {
    pub(super) fn new(policy: Policy, servers: u32) -> Self {
        Self {
            policy,
            eligible: Set::new(servers),
            free: Set::new(servers),
            by_load: BTreeSet::new(),
            partitions: vec![0; policy.partitions() as usize],
            covered: 0,
            table: Maglev::default(),
            is_stale: false,
        }
    }

    /// Moves a server from one spot to another; none that it is not eligible.
    pub(super) fn put(&mut self, server: Server, before: Option<Spot>, after: Option<Spot>) {
        if before == after {
            return;
        }
        let partition = self.policy.partition_of(server);
        if before.is_some() != after.is_some() {
            self.eligible.put(server.0, after.is_some());
            self.is_stale = matches!(self.policy, Policy::IpHashMaglev { .. });
            if let Some(count) = self.partitions.get_mut(partition as usize) {
                let was_covered = *count > 0;
                *count = if after.is_some() { *count + 1 } else { count.saturating_sub(1) };
                match (was_covered, *count > 0) {
                    (false, true) => self.covered += 1,
                    (true, false) => self.covered = self.covered.saturating_sub(1),
                    _ => {}
                }
            }
        }
        self.free.put(server.0, after.is_some_and(|spot| spot.is_free));
        if matches!(self.policy, Policy::LeastConnections | Policy::ContentAware { .. }) {
            if let Some(spot) = before.filter(|spot| spot.is_free) {
                self.by_load.remove(&(partition, spot.load, server));
            }
            if let Some(spot) = after.filter(|spot| spot.is_free) {
                self.by_load.insert((partition, spot.load, server));
            }
        }
    }

    /// Makes the table that of the servers which are eligible now.
    pub(super) fn settle(&mut self) {
        if let Policy::IpHashMaglev { entries } = self.policy
            && self.is_stale
        {
            self.table = Maglev::new(entries, self.eligible.iter().map(Server));
            self.is_stale = false;
        }
    }

    pub(super) const fn eligible(&self) -> &Set {
        &self.eligible
    }

    pub(super) const fn free(&self) -> &Set {
        &self.free
    }

    pub(super) const fn table(&self) -> &Maglev {
        &self.table
    }

    /// How many servers are eligible for what is in this partition.
    pub(super) fn eligible_for(&self, partition: u32) -> u32 {
        self.partitions.get(partition as usize).copied().unwrap_or(0)
    }

    /// Whether somebody is eligible for everything.
    pub(super) const fn is_covered(&self) -> bool {
        self.covered as usize == self.partitions.len()
    }

    /// The next candidate after the last server picked, in cyclic order.
    ///
    /// Source: LOAD_MANAGER-12.
    pub(super) fn next(&self, last: Option<Server>, without: &[Server]) -> Option<Server> {
        let mut at = last.map(|server| server.0);
        for _ in 0..=without.len() {
            let found = self.free.cyclic_after(at)?;
            if !without.contains(&Server(found)) {
                return Some(Server(found));
            }
            at = Some(found);
        }
        None
    }

    /// The candidate with the least load in a partition, the first of equals after the last
    /// server picked.
    ///
    /// Source: LOAD_MANAGER-13.
    pub(super) fn least(
        &self,
        partition: u32,
        last: Option<Server>,
        without: &[Server],
    ) -> Option<Server> {
        let (first, end) = (Server(0), (partition + 1, 0, Server(0)));
        let start = last.map_or(first, |server| Server(server.0.saturating_add(1)));
        let mut floor = 0;
        // Each load that is passed over has at least one server that is left out.
        for _ in 0..=without.len() {
            let &(_, load, _) = self.by_load.range((partition, floor, first)..end).next()?;
            let with_load = |from, to| self.by_load.range((partition, load, from)..to);
            let after = with_load(start, (partition, load + 1, first));
            let before = with_load(first, (partition, load, start));
            let equals = after.chain(before).map(|&(_, _, server)| server);
            if let Some(found) = equals.into_iter().find(|server| !without.contains(server)) {
                return Some(found);
            }
            floor = load + 1;
        }
        None
    }

    /// Two different candidates, or one if there is no other. Each pair is as likely, if every
    /// chance is.
    ///
    /// Draws among all servers until a candidate comes, which takes two draws on average while
    /// half of the servers are candidates. Counts candidates if none comes for long.
    ///
    /// Source: LOAD_MANAGER-14, LOAD_MANAGER-41.
    pub(super) fn pair(&self, chance: u64, without: &[Server]) -> Option<(Server, Option<Server>)> {
        let first = self.draw(mix(chance), without, None)?;
        Some((first, self.draw(mix(!chance), without, Some(first))))
    }

    fn draw(&self, chance: u64, without: &[Server], taken: Option<Server>) -> Option<Server> {
        let size = self.free.size();
        for attempt in 0..TRIES {
            let drawn = Server(below(mix(chance ^ attempt), size));
            let is_left_out = taken == Some(drawn) || without.contains(&drawn);
            if self.free.contains(drawn.0) && !is_left_out {
                return Some(drawn);
            }
        }
        let mut left_out: Vec<u32> = without.iter().chain(&taken).map(|server| server.0).collect();
        left_out.retain(|&server| self.free.contains(server));
        left_out.sort_unstable();
        left_out.dedup();
        let choices = self.free.len().saturating_sub(left_out.len() as u32);
        if choices == 0 {
            return None;
        }
        let mut index = below(mix(chance ^ TRIES), choices);
        for server in left_out {
            let is_at_or_before = self.free.nth(index).is_some_and(|found| found >= server);
            index += u32::from(is_at_or_before);
        }
        self.free.nth(index).map(Server)
    }

    /// The server that a client belongs to, whether or not it takes one more.
    ///
    /// Source: LOAD_MANAGER-15, LOAD_MANAGER-16, LOAD_MANAGER-17.
    pub(super) fn home(&self, client: u64, without: &[Server]) -> Option<Server> {
        let mut others = self.eligible.iter().map(Server).filter(|s| !without.contains(s));
        match self.policy {
            Policy::IpHashRendezvous => rendezvous(client, others),
            Policy::IpHashMaglev { .. } => {
                self.table.from(client).find(|server| !without.contains(server))
            }
            _ => {
                let home = self.eligible.nth(modulo(client, self.eligible.len())?)?;
                if without.contains(&Server(home)) { others.next() } else { Some(Server(home)) }
            }
        }
    }
}
