//! In which order the software of servers is replaced.

/// The order in which servers are upgraded.
///
/// Source: LOAD_MANAGER-24.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strategy {
    /// All at once.
    Fast,
    /// So many at a time.
    Rolling {
        /// How many; at least one.
        at_once: u32,
    },
    /// The first half, then the other; traffic is switched from one to the other at one moment.
    BigFlip,
}

impl Strategy {
    /// How many servers the wave has that begins with this server; 0 beyond the last.
    ///
    /// The first half of a flip is the larger.
    ///
    /// Source: LOAD_MANAGER-24.
    #[must_use]
    pub const fn wave(self, servers: u32, first: u32) -> u32 {
        let left = servers.saturating_sub(first);
        let most = match self {
            Self::Fast => servers,
            Self::Rolling { at_once } => at_once,
            Self::BigFlip => servers.div_ceil(2),
        };
        if most < left { most } else { left }
    }

    /// The waves, by their sizes. Empty if a wave would have no server.
    ///
    /// Source: LOAD_MANAGER-24.
    #[must_use]
    pub fn waves(self, servers: u32) -> Vec<u32> {
        let mut first = 0;
        std::iter::from_fn(|| {
            let wave = self.wave(servers, first);
            first += wave;
            (wave > 0).then_some(wave)
        })
        .collect()
    }

    /// Whether two versions may take new requests at the same time.
    ///
    /// Source: LOAD_MANAGER-25.
    #[must_use]
    pub const fn mixes_versions(self, servers: u32) -> bool {
        match self {
            Self::Rolling { at_once } => at_once < servers,
            Self::Fast | Self::BigFlip => false,
        }
    }
}

/// How far a server is in an upgrade.
///
/// Source: LOAD_MANAGER-25.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// It may be given work, as far as the upgrade is concerned.
    #[default]
    Listed,
    /// It finishes what it has.
    Leaving,
    /// It has nothing, and its software is being replaced.
    Replacing,
    /// It has the new version, and has not shown yet that it is up.
    Proving,
    /// It has the new version, and waits for the switch.
    Standby,
}

/// An upgrade that goes on.
///
/// Source: LOAD_MANAGER-24, LOAD_MANAGER-25.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Upgrade {
    /// In which order.
    pub strategy: Strategy,
    /// By which version.
    pub version: u32,
    /// The first server of the wave.
    pub first: u32,
    /// How many servers the wave has.
    pub size: u32,
    /// How many of them are not done yet.
    pub left: u32,
}
