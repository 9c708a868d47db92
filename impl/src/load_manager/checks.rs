//! Checks of servers, and what answers tell of them.

use super::balancer::{Admin, Balancer};
use super::context::{Context, Taken, require};
use super::fault::Fault;
use super::health::{Health, on_check, on_check_without_reset};
use super::limit::{may_eject, may_eject_prechecked};
use super::message::{Event, Message, Reason, Timer};
use super::request::Server;
use super::traffic::Wake;
use super::upgrade::Stage;
use crate::machine::Nonce;

impl Balancer {
    /// Time for the next check of a server.
    ///
    /// Source: LOAD_MANAGER-2.
    pub(super) fn ask(&mut self, server: Server, fresh: Nonce, context: &mut Context<'_>) -> Taken {
        let backend = self.backend(server).ok_or(Reason::NoSuchServer)?;
        require(self.is_checked(backend), Reason::NotWaiting)?;
        context.wait(Timer::Check(server), self.config.timings.check);
        if backend.probe.is_some() {
            // The answer to the last check, or its time-out, is still to come.
            return Ok(());
        }
        self.change(server, |backend| backend.probe = Some(fresh));
        context.wait(Timer::Probe(server), self.config.timings.probe);
        context.send(server, Message::Probe { nonce: fresh });
        Ok(())
    }

    /// A check was answered.
    ///
    /// Source: LOAD_MANAGER-2, LOAD_MANAGER-3.
    pub(super) fn probed(
        &mut self,
        from: Server,
        nonce: Nonce,
        passed: bool,
        context: &mut Context<'_>,
    ) -> Taken {
        let backend = self.backend(from).ok_or(Reason::NoSuchServer)?;
        require(backend.probe == Some(nonce), Reason::Unasked)?;
        context.cancel(Timer::Probe(from));
        self.note_check(from, passed, context);
        Ok(())
    }

    /// A check was not answered in time, which is as bad as failed.
    ///
    /// Source: LOAD_MANAGER-2.
    pub(super) fn probe_timeout(&mut self, server: Server, context: &mut Context<'_>) -> Taken {
        let backend = self.backend(server).ok_or(Reason::NoSuchServer)?;
        require(backend.probe.is_some(), Reason::NotWaiting)?;
        self.note_check(server, false, context);
        Ok(())
    }

    fn note_check(&mut self, server: Server, passed: bool, context: &mut Context<'_>) {
        let Some(&before) = self.backend(server) else { return };
        let hysteresis = self.config.hysteresis;
        let rule = if self.config.has(Fault::FlapCounterNotReset) {
            on_check_without_reset
        } else {
            on_check
        };
        let health = rule(hysteresis, before.health, passed);
        let (was_up, is_up) = (hysteresis.is_up(before.health), hysteresis.is_up(health));
        let is_revived = before.admin == Admin::Maintenance
            && passed
            && self.config.has(Fault::LateProbeRevivesMaint);
        let stale = is_stale_slot(self, was_up && !is_up);
        self.change(server, |backend| {
            backend.probe = None;
            backend.health = health;
            if is_revived {
                backend.admin = Admin::Ready;
            }
        });
        if let Some(healthy) = stale {
            self.healthy = healthy;
        }
        if was_up != is_up && self.config.has(Fault::RrResetOnChange) {
            self.last = None;
        }
        match (was_up, is_up) {
            (false, true) => self.came_up(server, context),
            (true, false) => self.went_down(server, context),
            _ => {}
        }
    }

    /// A server counts as up again: it begins slowly.
    ///
    /// Source: LOAD_MANAGER-5.
    fn came_up(&mut self, server: Server, context: &mut Context<'_>) {
        context.turned(server, Event::Up);
        let stages = self.config.limits.stages;
        let is_slow = stages > 0 && !self.config.has(Fault::SlowstartSkipped);
        self.change(server, |backend| {
            backend.warmth = is_slow.then_some(0);
            backend.ejections = 0;
        });
        if is_slow {
            context.wait(Timer::Ramp(server), self.config.timings.slow_start / stages);
        }
        self.prove(server, context);
        self.wake(Wake::Up, context);
    }

    /// A server counts as down. What it has is left to it.
    ///
    /// Source: LOAD_MANAGER-4, LOAD_MANAGER-5.
    fn went_down(&mut self, server: Server, context: &mut Context<'_>) {
        context.turned(server, Event::Down);
        let was_slow = self.backend(server).is_some_and(|backend| backend.warmth.is_some());
        if was_slow {
            self.change(server, |backend| backend.warmth = None);
            context.cancel(Timer::Ramp(server));
        }
        // Fewer healthy servers may mean panic, which is more candidates.
        self.wake(Wake::Other, context);
    }

    /// Time for a server that came back to take more.
    ///
    /// Source: LOAD_MANAGER-5.
    pub(super) fn warm(&mut self, server: Server, context: &mut Context<'_>) -> Taken {
        let backend = self.backend(server).ok_or(Reason::NoSuchServer)?;
        let warmth = backend.warmth.ok_or(Reason::NotWaiting)?.saturating_add(1);
        let stages = self.config.limits.stages;
        let is_warm = warmth >= stages;
        self.change(server, |backend| backend.warmth = (!is_warm).then_some(warmth));
        if !is_warm {
            context.wait(Timer::Ramp(server), self.config.timings.slow_start / stages);
        }
        self.wake(Wake::Other, context);
        Ok(())
    }

    /// A request to a server ended well or not: too many failures in a row make it an outlier.
    ///
    /// Source: LOAD_MANAGER-19.
    pub(super) fn note_outcome(
        &mut self,
        server: Server,
        is_good: bool,
        context: &mut Context<'_>,
    ) {
        let Some(&before) = self.backend(server) else { return };
        // More than are needed need not be counted.
        let most = self.config.ejection.failures;
        let failures = if is_good { 0 } else { before.failures.saturating_add(1).min(most) };
        if failures != before.failures {
            self.change(server, |backend| backend.failures = failures);
        }
        let ejection = self.config.ejection;
        let is_outlier =
            ejection.failures > 0 && failures >= ejection.failures && !before.is_ejected;
        let rule =
            if self.config.has(Fault::EjectionPrecheck) { may_eject_prechecked } else { may_eject };
        if is_outlier && rule(ejection, self.config.servers, self.ejected) {
            self.eject(server, context);
        }
    }

    fn eject(&mut self, server: Server, context: &mut Context<'_>) {
        let most = self.config.limits.ejections.max(1);
        let mut times = 1;
        self.change(server, |backend| {
            backend.is_ejected = true;
            backend.failures = 0;
            backend.ejections = backend.ejections.saturating_add(1).min(most);
            times = backend.ejections;
        });
        context.turned(server, Event::Ejected);
        let after = self.config.timings.ejection.saturating_mul(times);
        context.wait(Timer::Ejection(server), after);
        // The caller wakes the queue: fewer healthy servers may mean panic.
    }

    /// An ejection is over.
    ///
    /// Source: LOAD_MANAGER-19.
    pub(super) fn reinstate(&mut self, server: Server, context: &mut Context<'_>) -> Taken {
        let backend = self.backend(server).ok_or(Reason::NoSuchServer)?;
        require(backend.is_ejected, Reason::NotWaiting)?;
        self.change(server, |backend| backend.is_ejected = false);
        context.turned(server, Event::Reinstated);
        self.wake(Wake::Other, context);
        Ok(())
    }

    /// What is known of a server whose software was replaced: nothing.
    pub(super) fn forget_health(&mut self, server: Server, context: &mut Context<'_>) {
        let was_slow = self.backend(server).is_some_and(|backend| backend.warmth.is_some());
        self.change(server, |backend| {
            backend.health = Health(0);
            backend.probe = None;
            backend.warmth = None;
            backend.failures = 0;
            backend.stage = Stage::Proving;
        });
        context.cancel(Timer::Probe(server));
        if was_slow {
            context.cancel(Timer::Ramp(server));
        }
    }
}

/// The roster as it is, if that is to stay although a server went down: when one is left.
fn is_stale_slot(balancer: &Balancer, goes_down: bool) -> Option<super::roster::Roster> {
    let leaves_one = balancer.healthy.eligible().len() == 2;
    let is_planted = balancer.config.has(Fault::StaleSlotAfterDown);
    (goes_down && leaves_one && is_planted).then(|| balancer.healthy.clone())
}
