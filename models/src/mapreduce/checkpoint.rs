//! What the master writes down now and then, to be read by the one that takes its place.

use super::state::{
    MAXIMUM_MAPS, MAXIMUM_REDUCES, MAXIMUM_WORKERS, MapStatus, ReduceStatus, State, read, written,
};

/// What a checkpoint holds: which tasks were completed and where, and which workers trusted.
///
/// Source: MAPREDUCE-16.
///
/// Three bits a map, one a reduce, one a worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint(u64);

impl Checkpoint {
    /// How many bits [`Self::bits`] uses.
    pub(super) const BITS: u32 =
        MAXIMUM_MAPS as u32 * 3 + MAXIMUM_REDUCES as u32 + MAXIMUM_WORKERS as u32;

    /// A checkpoint of nothing: what is written when none will be read again.
    pub const NONE: Self = Self(0);

    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// What a checkpoint taken now would hold.
    #[must_use]
    pub fn of(state: &State) -> Self {
        let mut bits = 0;
        for map in 0..MAXIMUM_MAPS {
            if let MapStatus::Completed(worker) = state.map(map) {
                bits |= (u64::from(worker) + 1) << (3 * map);
            }
        }
        let mut at = 3 * MAXIMUM_MAPS;
        for reduce in 0..MAXIMUM_REDUCES {
            bits |= u64::from(state.reduce(reduce) == ReduceStatus::Completed) << (at + reduce);
        }
        at += MAXIMUM_REDUCES;
        for worker in 0..MAXIMUM_WORKERS {
            bits |= u64::from(state.is_trusted(worker)) << (at + worker);
        }
        Self(bits)
    }

    /// Where that map's regions were, if it was completed.
    #[must_use]
    pub const fn map(self, map: u8) -> Option<u8> {
        match read(self.0, 3 * map as u32, 3) {
            0 => None,
            worker => Some(worker as u8 - 1),
        }
    }

    /// Whether that reduce was completed.
    #[must_use]
    pub const fn is_completed(self, reduce: u8) -> bool {
        read(self.0, 3 * MAXIMUM_MAPS as u32 + reduce as u32, 1) != 0
    }

    /// Whether that worker was trusted.
    #[must_use]
    pub const fn is_trusted(self, worker: u8) -> bool {
        let at = 3 * MAXIMUM_MAPS as u32 + MAXIMUM_REDUCES as u32 + worker as u32;
        read(self.0, at, 1) != 0
    }

    /// The same, with the workers under other names.
    pub(super) fn renamed(self, name: impl Fn(u8) -> u8) -> Self {
        let maps = (0..MAXIMUM_MAPS).fold(self.0, |bits, map| {
            let place = self.map(map).map_or(0, |worker| u64::from(name(worker)) + 1);
            written(bits, 3 * u32::from(map), 3, place)
        });
        let at = u32::from(3 * MAXIMUM_MAPS + MAXIMUM_REDUCES);
        Self((0..MAXIMUM_WORKERS).fold(maps, |bits, worker| {
            let trust = u64::from(self.is_trusted(worker));
            written(bits, at + u32::from(name(worker)), 1, trust)
        }))
    }
}
