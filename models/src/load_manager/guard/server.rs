//! What keeps a server, and what is known and ordered of it, from changing.

use crate::engine::Refusal;
use crate::load_manager::state::{Administration, Machine};

use super::{Guarded, Guards};

/// What the manager learns.
///
/// Source: LOAD_MANAGER-2, LOAD_MANAGER-3, LOAD_MANAGER-5, LOAD_MANAGER-19.
impl Guards<'_> {
    pub(super) fn is_checked(&self, server: u8) -> Guarded {
        let is_checked = self.state.server(server).administration != Administration::Maintenance;
        let guard = "a server in maintenance must not be checked";
        Refusal::unless(is_checked, guard, || self.administration(server))
    }

    pub(super) fn lie(&self, server: u8) -> Guarded {
        self.is_checked(server)?;
        self.is_left("lies", |left| left.lies)
    }

    pub(super) fn probe(&self, server: u8) -> Guarded {
        self.is_checked(server)?;
        let late = self.state.server(server).late_result;
        let guard = "no other result of the server may be on its way";
        let read = || late.map(|passed| late_result(server, passed)).unwrap_or_default();
        Refusal::unless(late.is_none(), guard, read)?;
        self.is_left("late_results", |left| left.late_results)
    }

    pub(super) fn hear_probe(&self, server: u8) -> Guarded {
        let is_late = self.state.server(server).late_result.is_some();
        let guard = "a result of the server must be on its way";
        Refusal::unless(is_late, guard, || late_result(server, "null"))
    }

    pub(super) fn warm(&self, server: u8) -> Guarded {
        let (cold, switch) = (self.state.server(server), self.switch);
        let guard = "checks must have made the server count as up";
        let read = || format!("servers.{server}.health: {}, up from {}", cold.health, switch.rise);
        Refusal::unless(switch.is_believed_up(&cold), guard, read)?;
        let guard = "the window of the slow start must not have passed";
        let read = || format!("servers.{server}.warmth: {} of {}", cold.warmth, switch.window);
        Refusal::unless(cold.warmth < switch.window, guard, read)
    }

    pub(super) fn outlier(&self, server: u8) -> Guarded {
        let is_in = !self.state.server(server).is_ejected;
        let guard = "the server must not be ejected already";
        Refusal::unless(is_in, guard, || format!("servers.{server}.is_ejected: true"))?;
        self.is_ready(server)?;
        self.is_left("outliers", |left| left.outliers)
    }

    pub(super) fn reinstate(&self, server: u8) -> Guarded {
        let is_ejected = self.state.server(server).is_ejected;
        let read = || format!("servers.{server}.is_ejected: false");
        Refusal::unless(is_ejected, "the server must be ejected", read)
    }
}

fn late_result(server: u8, passed: impl std::fmt::Display) -> String {
    format!("servers.{server}.late_result: {passed}")
}

/// What the administrator orders.
///
/// Source: LOAD_MANAGER-4.
impl Guards<'_> {
    pub(super) fn drain(&self, server: u8) -> Guarded {
        self.is_ready(server)?;
        self.is_left("drains", |left| left.drains)
    }

    pub(super) fn retire(&self, server: u8) -> Guarded {
        let drained = self.state.server(server);
        let is_draining = drained.administration == Administration::Draining;
        Refusal::unless(is_draining, "the server must drain", || self.administration(server))?;
        let is_empty = drained.connections.is_empty();
        let guard = "the server must have no connection any more";
        Refusal::unless(is_empty, guard, || self.connections(server))
    }

    pub(super) fn maintain(&self, server: u8) -> Guarded {
        let serves = self.state.server(server).administration != Administration::Maintenance;
        let guard = "the server must not be in maintenance already";
        Refusal::unless(serves, guard, || self.administration(server))?;
        self.is_left("maintenances", |left| left.maintenances)
    }

    pub(super) fn make_ready(&self, server: u8) -> Guarded {
        let is_away = !self.state.server(server).is_ready();
        let guard = "the server must drain or be in maintenance";
        Refusal::unless(is_away, guard, || self.administration(server))
    }

    fn is_ready(&self, server: u8) -> Guarded {
        let is_ready = self.state.server(server).is_ready();
        Refusal::unless(is_ready, "the server must be ready", || self.administration(server))
    }
}

/// What happens to servers.
///
/// Source: LOAD_MANAGER-2, LOAD_MANAGER-9, LOAD_MANAGER-26.
impl Guards<'_> {
    pub(super) fn crash(&self, server: u8) -> Guarded {
        self.is_up(server)?;
        self.is_left("crashes", |left| left.crashes)
    }

    pub(super) fn kill(&self, server: u8) -> Guarded {
        let blast = self.switch.blast;
        let count = |is: fn(Machine) -> bool| {
            self.state.servers.iter().filter(|server| is(server.machine)).count()
        };
        let (live, killed) = (count(|m| m == Machine::Up), count(|m| m == Machine::Killed));
        let is_enough_left = live > usize::from(blast.least_live);
        let guard = "more servers must be up than have to be left";
        let read = || format!("{live} up, at least {} left", blast.least_live);
        Refusal::unless(is_enough_left, guard, read)?;
        let is_within = killed < usize::from(blast.radius);
        let guard = "fewer servers must be killed than the radius allows";
        Refusal::unless(is_within, guard, || format!("{killed} killed of {}", blast.radius))?;
        self.is_up(server)?;
        self.is_left("kills", |left| left.kills)
    }

    pub(super) fn recover(&self, server: u8) -> Guarded {
        let is_down = !self.state.server(server).is_up();
        Refusal::unless(is_down, "the server must be down", || self.machine(server))?;
        self.is_left("recoveries", |left| left.recoveries)
    }
}
