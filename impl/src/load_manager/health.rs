//! What the balancer believes of a server, from its checks.

/// How many checks in a row change the belief.
///
/// Source: LOAD_MANAGER-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hysteresis {
    /// So many passed checks in a row make a server that is down count as up; at least one.
    pub rise: u8,
    /// So many failed checks in a row make a server that is up count as down; at least one.
    pub fall: u8,
}

/// One counter, from 0 to `rise + fall - 1`: a server is up if it is `rise` or more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Health(pub u16);

impl Hysteresis {
    /// The counter of a server about which there is no doubt that it is up.
    #[must_use]
    pub const fn top(self) -> Health {
        Health((self.rise as u16 + self.fall as u16).saturating_sub(1))
    }

    /// Whether a server with that counter counts as up.
    #[must_use]
    pub const fn is_up(self, health: Health) -> bool {
        health.0 >= self.rise as u16
    }
}

/// The counter after one more check.
///
/// A failed check takes one off, and everything once the server counts as down: the next passed
/// checks must then come in a row. A passed check is the same the other way round.
///
/// Source: LOAD_MANAGER-2; HAProxy, `rise` and `fall`.
#[must_use]
pub const fn on_check(hysteresis: Hysteresis, health: Health, passed: bool) -> Health {
    let top = hysteresis.top();
    if passed {
        let raised = Health(health.0.saturating_add(1));
        if hysteresis.is_up(raised) { top } else { raised }
    } else {
        let lowered = Health(health.0.saturating_sub(1));
        if hysteresis.is_up(lowered) { lowered } else { Health(0) }
    }
}

/// The counter after one more check where a failed one takes no more than one off: failures of a
/// server that is down already leave what it has.
pub(super) const fn on_check_without_reset(
    hysteresis: Hysteresis,
    health: Health,
    passed: bool,
) -> Health {
    if passed || hysteresis.is_up(health) {
        return on_check(hysteresis, health, passed);
    }
    health
}
