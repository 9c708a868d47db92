//! Which policy is meant, what the manager is set to, and how much the environment may do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a server is chosen for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Policy {
    /// Names are given out in turn, and a client uses one so many times.
    ///
    /// Source: LOAD_MANAGER-11.
    RoundRobinDns {
        /// How often a client uses an address before it asks again; at least once.
        uses: u8,
    },
    /// The next candidate after the last picked server.
    ///
    /// Source: LOAD_MANAGER-12.
    RoundRobin,
    /// The candidate with the fewest connections, in turn among equals.
    ///
    /// Source: LOAD_MANAGER-13.
    LeastConnections,
    /// The candidate with the fewest connections, any among equals: no pointer, more behaviours.
    ///
    /// Source: LOAD_MANAGER-13.
    LeastConnectionsAnyTie,
    /// The better of two candidates that were drawn.
    ///
    /// Source: LOAD_MANAGER-14.
    TwoChoices,
    /// By the client's number modulo the number of eligible servers.
    ///
    /// Source: LOAD_MANAGER-15.
    Modulo,
    /// By the greatest hash of client and server.
    ///
    /// Source: LOAD_MANAGER-16.
    Rendezvous,
    /// By Maglev's table.
    ///
    /// Source: LOAD_MANAGER-17.
    Maglev,
    /// To the holder of the client's partition.
    ///
    /// Source: LOAD_MANAGER-18.
    ContentAware,
}

impl Policy {
    /// Whether the client alone decides among eligible servers.
    #[must_use]
    pub const fn is_by_hash(self) -> bool {
        matches!(self, Self::Modulo | Self::Rendezvous | Self::Maglev)
    }

    /// Whether the manager knows of health and has a queue.
    #[must_use]
    pub const fn is_managed(self) -> bool {
        !matches!(self, Self::RoundRobinDns { .. })
    }

    /// Whether the last picked server has a part in the next pick.
    #[must_use]
    pub const fn has_pointer(self) -> bool {
        matches!(self, Self::RoundRobinDns { .. } | Self::RoundRobin | Self::LeastConnections)
    }
}

/// How many servers may be ejected for their errors.
///
/// Source: LOAD_MANAGER-19.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Ejection {
    /// How many in a hundred, at most.
    pub percent: u8,
    /// Whether one is, whatever the ceiling.
    pub always_one: bool,
}

impl Ejection {
    /// How many of so many servers may be ejected at a time.
    ///
    /// Source: LOAD_MANAGER-19.
    #[must_use]
    pub const fn ceiling(self, servers: u8) -> u8 {
        let by_percent = self.percent as u32 * servers as u32 / 100;
        if by_percent == 0 && self.always_one { 1 } else { by_percent as u8 }
    }
}

/// Within which bounds somebody kills servers.
///
/// Source: LOAD_MANAGER-26.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Blast {
    /// How many servers are up after a kill, at least.
    pub least_live: u8,
    /// How many of those that were killed are down at a time, at most.
    pub radius: u8,
}

impl Default for Blast {
    /// One server is up, and one is down, at a time.
    fn default() -> Self {
        Self { least_live: 1, radius: 1 }
    }
}

/// How often each thing may happen. What has a budget ends.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema,
)]
pub struct Budget {
    /// Requests that may be tried again.
    pub reads: u8,
    /// Requests that are not idempotent.
    pub writes: u8,
    /// Crashes.
    pub crashes: u8,
    /// Recoveries.
    pub recoveries: u8,
    /// Kills.
    pub kills: u8,
    /// Checks that lie.
    pub lies: u8,
    /// Results that arrive late.
    pub late_results: u8,
    /// Orders to drain.
    pub drains: u8,
    /// Orders to go into maintenance at once.
    pub maintenances: u8,
    /// Servers that give too many errors.
    pub outliers: u8,
    /// Clients that give up.
    pub aborts: u8,
}

impl Budget {
    /// How many servers are stopped.
    #[must_use]
    pub const fn stops(&self) -> u8 {
        self.crashes.saturating_add(self.kills)
    }

    /// How many orders take a server away.
    #[must_use]
    pub const fn orders(&self) -> u8 {
        self.drains.saturating_add(self.maintenances)
    }

    /// How many requests arrive.
    #[must_use]
    pub const fn arrivals(&self) -> u8 {
        self.reads + self.writes
    }
}

#[cfg(test)]
mod tests {
    use super::Ejection;

    #[test]
    fn the_ceiling_is_rounded_down() {
        let ceiling = |percent, always_one| Ejection { percent, always_one }.ceiling(3);
        assert_eq!((ceiling(50, false), ceiling(67, false), ceiling(100, false)), (1, 2, 3));
        assert_eq!((ceiling(10, false), ceiling(10, true)), (0, 1));
    }
}
