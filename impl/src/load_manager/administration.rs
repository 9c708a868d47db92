//! What the administrator orders, and upgrades.

use super::balancer::{Admin, Balancer};
use super::context::{Context, Taken, require};
use super::fault::Fault;
use super::message::{Delivery, Event, Reason, Timer};
use super::request::Server;
use super::traffic::Wake;
use super::upgrade::{Stage, Strategy, Upgrade};

impl Balancer {
    /// What the administrator wants of a server.
    ///
    /// Source: LOAD_MANAGER-4.
    pub(super) fn order(
        &mut self,
        server: Server,
        admin: Admin,
        context: &mut Context<'_>,
    ) -> Taken {
        let backend = *self.backend(server).ok_or(Reason::NoSuchServer)?;
        let is_change = match admin {
            Admin::Ready | Admin::Maintenance => backend.admin != admin,
            Admin::Draining => backend.admin == Admin::Ready,
        };
        require(is_change, Reason::Unchanged)?;
        self.change(server, |backend| backend.admin = admin);
        let was_limited = self.config.timings.drain.is_some()
            && backend.admin == Admin::Draining
            && backend.stage != Stage::Leaving;
        if was_limited {
            context.cancel(Timer::Drain(server));
        }
        let is_checked_otherwise =
            (admin == Admin::Maintenance) != (backend.admin == Admin::Maintenance);
        if is_checked_otherwise {
            self.check_or_not(server, context);
        }
        match admin {
            Admin::Ready => self.wake(Wake::Ready, context),
            Admin::Draining => {
                self.limit_drain(server, context);
                if self.config.has(Fault::DrainKillsActive) {
                    self.cut_all(server, context);
                }
                self.leave_if_empty(server, context);
                self.wake(Wake::Other, context);
            }
            Admin::Maintenance => {
                self.cut_all(server, context);
                self.wake(Wake::Other, context);
            }
        }
        Ok(())
    }

    /// A drain may be limited in time.
    ///
    /// Source: LOAD_MANAGER-4.
    fn limit_drain(&self, server: Server, context: &mut Context<'_>) {
        let has_connections = self.backend(server).is_some_and(|backend| backend.count > 0);
        if let Some(after) = self.config.timings.drain
            && has_connections
        {
            context.wait(Timer::Drain(server), after);
        }
    }

    /// Time for a server to be drained: what it still has is cut off.
    ///
    /// Source: LOAD_MANAGER-4.
    pub(super) fn drain_timeout(&mut self, server: Server, context: &mut Context<'_>) -> Taken {
        let backend = self.backend(server).ok_or(Reason::NoSuchServer)?;
        let is_draining = backend.admin == Admin::Draining || backend.stage == Stage::Leaving;
        require(is_draining && backend.count > 0, Reason::NotWaiting)?;
        self.cut_all(server, context);
        self.wake(Wake::Other, context);
        Ok(())
    }

    /// A server that finishes what it has may have nothing any more.
    ///
    /// Source: LOAD_MANAGER-4, LOAD_MANAGER-25.
    pub(super) fn leave_if_empty(&mut self, server: Server, context: &mut Context<'_>) {
        let Some(&backend) = self.backend(server) else { return };
        if backend.count > 0 {
            return;
        }
        let is_drained = backend.admin == Admin::Draining;
        let is_leaving = backend.stage == Stage::Leaving;
        if self.config.timings.drain.is_some() && (is_drained || is_leaving) {
            context.cancel(Timer::Drain(server));
        }
        if is_drained {
            context.turned(server, Event::Drained);
        }
        if is_leaving {
            self.replace(server, context);
        }
    }

    /// An upgrade begins with its first wave.
    ///
    /// Source: LOAD_MANAGER-24, LOAD_MANAGER-25.
    pub(super) fn begin_upgrade(
        &mut self,
        strategy: Strategy,
        version: u32,
        is_compatible: bool,
        context: &mut Context<'_>,
    ) -> Taken {
        require(self.is_managed(), Reason::NoWaves)?;
        require(self.upgrade.is_none(), Reason::UpgradeGoesOn)?;
        let mixes = strategy.mixes_versions(self.config.servers);
        require(is_compatible || !mixes, Reason::Incompatible)?;
        require(strategy.wave(self.config.servers, 0) > 0, Reason::NoWaves)?;
        self.upgrade = Some(Upgrade { strategy, version, first: 0, size: 0, left: 0 });
        self.next_wave(context);
        self.wake(Wake::Other, context);
        Ok(())
    }

    /// The next servers leave; in a flip, those that wait are listed in the same moment. Ends the
    /// upgrade if there are no next ones.
    ///
    /// Source: LOAD_MANAGER-24, LOAD_MANAGER-25.
    fn next_wave(&mut self, context: &mut Context<'_>) {
        let Some(upgrade) = self.upgrade else { return };
        let first = upgrade.first.saturating_add(upgrade.size);
        let size = upgrade.strategy.wave(self.config.servers, first);
        for server in (0..first).map(Server) {
            let waits = self.backend(server).is_some_and(|b| b.stage == Stage::Standby);
            if waits && upgrade.strategy == Strategy::BigFlip {
                self.change(server, |backend| backend.stage = Stage::Listed);
            }
        }
        if size == 0 {
            self.upgrade = None;
            context.deliver(Delivery::Upgraded { version: upgrade.version });
            return;
        }
        self.upgrade = Some(Upgrade { first, size, left: size, ..upgrade });
        let wave = (first..first + size).map(Server);
        for server in wave.clone() {
            self.change(server, |backend| backend.stage = Stage::Leaving);
        }
        for server in wave {
            self.limit_drain(server, context);
            self.leave_if_empty(server, context);
        }
    }

    /// A server without connections: its software is replaced.
    ///
    /// Source: LOAD_MANAGER-25.
    fn replace(&mut self, server: Server, context: &mut Context<'_>) {
        let Some(upgrade) = self.upgrade else { return };
        self.change(server, |backend| backend.stage = Stage::Replacing);
        self.check_or_not(server, context);
        context.deliver(Delivery::Replace { server, version: upgrade.version });
    }

    /// The software of a server was replaced. It has to show that it is up, unless it is trusted.
    ///
    /// Source: LOAD_MANAGER-25, LOAD_MANAGER-47.
    pub(super) fn replaced(&mut self, server: Server, context: &mut Context<'_>) -> Taken {
        let backend = self.backend(server).ok_or(Reason::NoSuchServer)?;
        require(backend.stage == Stage::Replacing, Reason::Unasked)?;
        let upgrade = self.upgrade.ok_or(Reason::NoUpgrade)?;
        self.change(server, |backend| backend.version = upgrade.version);
        if self.config.trusts_replaced {
            self.change(server, |backend| backend.stage = Stage::Proving);
            self.check_or_not(server, context);
            self.prove(server, context);
        } else {
            self.forget_health(server, context);
            self.check_or_not(server, context);
        }
        self.wake(Wake::Ready, context);
        Ok(())
    }

    /// A server with the new version has shown that it is up: it is listed, or in a flip waits for
    /// the switch. With the last one of a wave the next begins.
    ///
    /// Source: LOAD_MANAGER-25.
    pub(super) fn prove(&mut self, server: Server, context: &mut Context<'_>) {
        let Some(upgrade) = self.upgrade else { return };
        if self.backend(server).is_none_or(|backend| backend.stage != Stage::Proving) {
            return;
        }
        let is_last_wave = upgrade.first + upgrade.size >= self.config.servers;
        let waits = upgrade.strategy == Strategy::BigFlip
            && !is_last_wave
            && !self.config.has(Fault::FlipServesBothVersions);
        let stage = if waits { Stage::Standby } else { Stage::Listed };
        self.change(server, |backend| backend.stage = stage);
        let is_maintained =
            self.backend(server).is_some_and(|backend| backend.admin == Admin::Maintenance);
        if is_maintained {
            self.check_or_not(server, context);
        }
        let left = upgrade.left.saturating_sub(1);
        self.upgrade = Some(Upgrade { left, ..upgrade });
        if left == 0 {
            self.next_wave(context);
        }
    }
}
