//! The servers, the policy, times and bounds.

use std::time::Duration;

use super::degrade::Degradation;
use super::fault::Fault;
use super::hash::is_prime;
use super::health::Hysteresis;
use super::limit::Ejection;
use super::request::Server;

/// The most servers there may be.
pub const MOST_SERVERS: u32 = 1 << 20;

/// The most entries that a table of Maglev may have.
pub const MOST_ENTRIES: u32 = 5_000_011;

/// How a server is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Policy {
    /// Addresses in turn, to be kept for so long; nothing is known of servers or requests.
    /// Source: LOAD_MANAGER-11.
    RoundRobinDns {
        /// How long.
        lifetime: Duration,
    },
    /// The next after the last. Source: LOAD_MANAGER-12.
    RoundRobin,
    /// The one with the fewest connections. Source: LOAD_MANAGER-13.
    LeastConnections,
    /// Of two by chance, the one with fewer. Source: LOAD_MANAGER-14.
    TwoChoices,
    /// By the remainder of the client's hash. Source: LOAD_MANAGER-15.
    IpHashModulo,
    /// The one that attracts the client most. Source: LOAD_MANAGER-16.
    IpHashRendezvous,
    /// By a table. Source: LOAD_MANAGER-17.
    IpHashMaglev {
        /// How many entries it has: a prime number, much larger than the number of servers.
        entries: u32,
    },
    /// Each server has one of so many parts of the data, in turn; of those that have the part that
    /// is asked for, the one with the fewest connections. Source: LOAD_MANAGER-18.
    ContentAware {
        /// How many parts.
        partitions: u32,
    },
}

impl Policy {
    /// Whether requests that are there at the same time may have different servers to go to.
    pub(super) const fn depends_on_the_request(self) -> bool {
        match self {
            Self::RoundRobinDns { .. }
            | Self::RoundRobin
            | Self::LeastConnections
            | Self::TwoChoices => false,
            Self::IpHashModulo
            | Self::IpHashRendezvous
            | Self::IpHashMaglev { .. }
            | Self::ContentAware { .. } => true,
        }
    }

    /// Whether the client alone decides among eligible servers.
    #[must_use]
    pub const fn is_by_hash(self) -> bool {
        matches!(self, Self::IpHashModulo | Self::IpHashRendezvous | Self::IpHashMaglev { .. })
    }

    /// Into how many parts the servers are divided.
    pub(super) const fn partitions(self) -> u32 {
        match self {
            Self::ContentAware { partitions } => partitions,
            _ => 1,
        }
    }

    /// The part of the data that a server has.
    ///
    /// Source: LOAD_MANAGER-18.
    #[must_use]
    pub fn partition_of(self, server: Server) -> u32 {
        server.0.checked_rem(self.partitions()).unwrap_or(0)
    }

    /// The part of the data that a content belongs to.
    ///
    /// Source: LOAD_MANAGER-18.
    #[must_use]
    pub fn partition_for(self, content: u64) -> u32 {
        content.checked_rem(u64::from(self.partitions())).unwrap_or(0) as u32
    }
}

/// How long things take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timings {
    /// From one check of a server to the next. Source: LOAD_MANAGER-2.
    pub check: Duration,
    /// How long a check may take.
    pub probe: Duration,
    /// How long it takes until a server that came back takes as much as it can.
    /// Source: LOAD_MANAGER-5.
    pub slow_start: Duration,
    /// How long a server is set aside for the first time. Source: LOAD_MANAGER-19.
    pub ejection: Duration,
    /// How long a server that is drained may keep connections before they are cut; none that it
    /// may as long as it likes. Source: LOAD_MANAGER-4.
    pub drain: Option<Duration>,
}

/// How much there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Limits {
    /// Requests that wait. Source: LOAD_MANAGER-7.
    pub queue: u32,
    /// Connections of one server at a time.
    pub capacity: u32,
    /// How often a request is tried again. Source: LOAD_MANAGER-9.
    pub retries: u8,
    /// So many requests that wait are saturation. Source: LOAD_MANAGER-23.
    pub saturation: u32,
    /// In how many stages a server that came back takes more; 0 for all at once.
    pub stages: u32,
    /// Up to how many times as long as for the first time a server is set aside.
    pub ejections: u32,
}

/// What a balancer is given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Config {
    /// How many servers there are.
    pub servers: u32,
    /// How one is chosen.
    pub policy: Policy,
    /// How many checks change what is believed.
    pub hysteresis: Hysteresis,
    /// Which servers are set aside.
    pub ejection: Ejection,
    /// Health is ignored if of a hundred servers that are ready fewer than this are eligible; 0
    /// that it never is. Source: LOAD_MANAGER-20.
    pub panic_percent: u8,
    /// What is given up at saturation.
    pub degradation: Degradation,
    /// Whether a request that failed on a server waits for another rather than go there again, as
    /// long as another is eligible. Source: LOAD_MANAGER-46.
    pub avoids_tried: bool,
    /// Whether a server whose software was replaced counts as it did before, rather than as down
    /// until its checks say that it is up. Source: LOAD_MANAGER-47.
    pub trusts_replaced: bool,
    /// How long things take.
    pub timings: Timings,
    /// How much there may be.
    pub limits: Limits,
    /// The procedure that is done wrong.
    #[cfg(feature = "faults")]
    pub fault: Option<Fault>,
}

/// Why a configuration makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Too few or too many servers.
    #[error("there are between 1 and {MOST_SERVERS} servers, not {0}")]
    Servers(u32),
    /// Rise or fall of zero.
    #[error("a belief changes after at least one check: neither rise nor fall is 0")]
    Hysteresis,
    /// Servers that take nothing.
    #[error("a server takes at least one connection")]
    Capacity,
    /// A check that takes longer than it is to the next one.
    #[error("a check may not take longer than it is to the next one")]
    Probe,
    /// A share that is none, or more than all.
    #[error("a share of the data is more than none and at most all")]
    Share,
    /// More than a hundred of a hundred.
    #[error("a percentage is at most 100")]
    Percent,
    /// No parts, or more than servers.
    #[error("there are between 1 and {servers} partitions, as many as servers; not {partitions}")]
    Partitions {
        /// How many servers there are.
        servers: u32,
        /// How many partitions there should be.
        partitions: u32,
    },
    /// A size of Maglev's table that will not do.
    #[error(
        "Maglev's table has a prime number of entries, not fewer than {servers} servers and at \
         most {MOST_ENTRIES}; not {entries}"
    )]
    Entries {
        /// How many servers there are.
        servers: u32,
        /// How many entries there should be.
        entries: u32,
    },
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            check: Duration::from_secs(2),
            probe: Duration::from_secs(1),
            slow_start: Duration::from_secs(10),
            ejection: Duration::from_secs(30),
            drain: None,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { queue: 1024, capacity: 256, retries: 3, saturation: 512, stages: 10, ejections: 10 }
    }
}

impl Config {
    /// So many servers and that policy, and the usual values of everything else.
    #[must_use]
    pub fn new(servers: u32, policy: Policy) -> Self {
        Self {
            servers,
            policy,
            hysteresis: Hysteresis { rise: 2, fall: 3 },
            ejection: Ejection { failures: 5, most_percent: 10, always_one: false },
            panic_percent: 50,
            degradation: Degradation::Shed,
            avoids_tried: true,
            trusts_replaced: false,
            timings: Timings::default(),
            limits: Limits::default(),
            #[cfg(feature = "faults")]
            fault: None,
        }
    }

    /// Whether it makes sense.
    ///
    /// # Errors
    ///
    /// The first thing that does not.
    pub fn check(&self) -> Result<(), ConfigError> {
        let servers = self.servers;
        require((1..=MOST_SERVERS).contains(&servers), ConfigError::Servers(servers))?;
        let has_hysteresis = self.hysteresis.rise > 0 && self.hysteresis.fall > 0;
        require(has_hysteresis, ConfigError::Hysteresis)?;
        require(self.limits.capacity > 0, ConfigError::Capacity)?;
        require(self.timings.probe <= self.timings.check, ConfigError::Probe)?;
        let are_percent = self.panic_percent <= 100 && self.ejection.most_percent <= 100;
        require(are_percent, ConfigError::Percent)?;
        if let Degradation::LessData(share) = self.degradation {
            require(0 < share.parts && share.parts <= share.of, ConfigError::Share)?;
        }
        match self.policy {
            Policy::ContentAware { partitions } => require(
                (1..=servers).contains(&partitions),
                ConfigError::Partitions { servers, partitions },
            ),
            Policy::IpHashMaglev { entries } => {
                let fits = (servers..=MOST_ENTRIES).contains(&entries) && is_prime(entries);
                require(fits, ConfigError::Entries { servers, entries })
            }
            _ => Ok(()),
        }
    }

    /// Whether this procedure is done wrong.
    #[cfg(feature = "faults")]
    pub(super) fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// Whether this procedure is done wrong: none is, where faults are not built in.
    #[cfg(not(feature = "faults"))]
    #[expect(clippy::unused_self, reason = "as it is where faults are built in")]
    pub(super) const fn has(&self, _fault: Fault) -> bool {
        false
    }
}

fn require(holds: bool, error: ConfigError) -> Result<(), ConfigError> {
    if holds { Ok(()) } else { Err(error) }
}
