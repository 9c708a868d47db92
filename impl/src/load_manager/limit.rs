//! How many slots a server has, and how many servers may be set aside.

/// How many servers may be ejected at the most.
///
/// Source: LOAD_MANAGER-19.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ejection {
    /// So many failures in a row make a server an outlier; 0 means that none ever is.
    pub failures: u32,
    /// At most so many of a hundred servers are ejected, this one included.
    pub most_percent: u8,
    /// Whether one server may be ejected even if that is more than the share allows.
    pub always_one: bool,
}

/// The most servers that may be ejected at a time.
///
/// Source: LOAD_MANAGER-19.
#[must_use]
pub const fn ejection_ceiling(ejection: Ejection, servers: u32) -> u32 {
    let share = (servers as u64 * ejection.most_percent as u64 / 100) as u32;
    let at_most_all = if share > servers { servers } else { share };
    if ejection.always_one && at_most_all == 0 && servers > 0 { 1 } else { at_most_all }
}

/// Whether one more server may be ejected: the ceiling holds when it is.
///
/// Source: LOAD_MANAGER-19.
#[must_use]
pub const fn may_eject(ejection: Ejection, servers: u32, ejected: u32) -> bool {
    ejected < ejection_ceiling(ejection, servers)
}

/// The same, where the share of those ejected before is looked at.
pub(super) const fn may_eject_prechecked(ejection: Ejection, servers: u32, ejected: u32) -> bool {
    ejected as u64 * 100 < servers as u64 * ejection.most_percent as u64
}

/// How many connections a server takes that came back, at this stage of so many: a share of its
/// capacity that grows linearly, and at least one, if it has any.
///
/// Source: LOAD_MANAGER-5.
#[must_use]
pub const fn ramp(capacity: u32, stage: u32, stages: u32) -> u32 {
    if stage >= stages {
        return capacity;
    }
    let share = (capacity as u64 * stage as u64 / stages as u64) as u32;
    if share == 0 && capacity > 0 { 1 } else { share }
}

/// Whether so few servers are eligible that health is ignored.
///
/// Source: LOAD_MANAGER-20.
#[must_use]
pub const fn is_panic(threshold_percent: u8, eligible: u32, ready: u32) -> bool {
    (eligible as u64) * 100 < ready as u64 * threshold_percent as u64
}
