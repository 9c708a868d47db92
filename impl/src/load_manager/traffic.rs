//! What becomes of a request: from its arrival to its answer.

use std::collections::VecDeque;

use super::balancer::{Admin, Balancer};
use super::config::Policy;
use super::context::{Context, Taken, require};
use super::degrade::{Degradation, admit, may_retry};
use super::fault::Fault;
use super::message::{Delivery, Message, Reason};
use super::request::{Answer, Attempt, Connection, Pending, Request, RequestId, Server};
use crate::machine::Nonce;

/// How a connection ended, as its server has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With an answer.
    Done,
    /// With an answer that tells of a failure.
    Failed,
    /// Before anything was sent.
    Refused,
    /// It broke.
    Reset,
}

/// What may have given a request that waits a server, or taken it the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wake {
    Completion(Server),
    Reset,
    Up,
    Ready,
    Other,
}

impl Balancer {
    /// A request has arrived: it is sent to a candidate, or waits, or is refused.
    ///
    /// Source: LOAD_MANAGER-7.
    pub(super) fn arrive(
        &mut self,
        request: Request,
        fresh: Nonce,
        context: &mut Context<'_>,
    ) -> Taken {
        require(!self.knows(request.id), Reason::NameIsTaken)?;
        if let Policy::RoundRobinDns { lifetime } = self.config.policy {
            self.refer(request.id, lifetime, context);
            return Ok(());
        }
        let Some(terms) = admit(self.config.degradation, self.is_saturated(), &request) else {
            context.answer(request.id, Answer::Shed);
            return Ok(());
        };
        // What no policy draws by is not remembered.
        let draws = self.config.policy == Policy::TwoChoices;
        let chance = if draws { fresh.0 } else { 0 };
        let pending = Pending { request, terms, number: 0, chance, tried: Vec::new() };
        if let Some(server) = self.choose(&pending) {
            self.forward(server, pending, context);
        } else if self.eligible_for(&pending) == 0 {
            self.arrive_at_nobody(pending, context);
        } else {
            self.wait_in_the_queue(pending, context);
        }
        Ok(())
    }

    /// The next address in turn, whatever has become of the server.
    ///
    /// Source: LOAD_MANAGER-11.
    fn refer(
        &mut self,
        request: RequestId,
        lifetime: std::time::Duration,
        context: &mut Context<'_>,
    ) {
        let next = self.last.map_or(0, |last| last.0.saturating_add(1));
        let server = Server(if next < self.config.servers { next } else { 0 });
        self.last = Some(server);
        context.deliver(Delivery::Referred { request, server, lifetime });
    }

    fn arrive_at_nobody(&mut self, pending: Pending, context: &mut Context<'_>) {
        if self.config.has(Fault::SelectUnavailableWhenEmpty) {
            self.forward(Server(0), pending, context);
        } else if self.config.has(Fault::QueueWhenNoServer) {
            self.wait_in_the_queue(pending, context);
        } else {
            context.answer(pending.request.id, Answer::NoServer);
        }
    }

    /// To the end of the queue if it has room, or if somebody who matters less makes room.
    ///
    /// Source: LOAD_MANAGER-7, LOAD_MANAGER-23.
    fn wait_in_the_queue(&mut self, pending: Pending, context: &mut Context<'_>) {
        let is_full = self.queue.len() >= self.config.limits.queue as usize;
        if is_full {
            let least = self.matters_least(pending.request.priority);
            let Some(gone) = least.and_then(|at| self.queue.remove(at)) else {
                context.answer(pending.request.id, Answer::Shed);
                return;
            };
            context.answer(gone.request.id, Answer::Shed);
        }
        self.queue.push_back(pending);
    }

    /// The place in the queue of what matters least, and less than this; of equals, the last.
    fn matters_least(&self, priority: u8) -> Option<usize> {
        if self.config.degradation != Degradation::ByPriority {
            return None;
        }
        let priorities = self.queue.iter().map(|pending| pending.request.priority).enumerate();
        let least = priorities.rev().min_by_key(|&(_, least)| least)?;
        (least.1 < priority).then_some(least.0)
    }

    /// Sends a request to a server.
    ///
    /// Source: LOAD_MANAGER-10, LOAD_MANAGER-12, LOAD_MANAGER-13.
    fn forward(&mut self, server: Server, pending: Pending, context: &mut Context<'_>) {
        let goes_on_from_there = matches!(
            self.config.policy,
            Policy::RoundRobin | Policy::LeastConnections | Policy::ContentAware { .. }
        );
        if goes_on_from_there {
            self.last = Some(server);
        }
        self.change(server, |backend| {
            backend.count = backend.count.saturating_add(1);
            backend.opening = backend.opening.saturating_add(1);
        });
        let attempt = Attempt { request: pending.request.id, number: pending.number };
        context.send(server, Message::Forward { attempt, terms: pending.terms });
        let connection = Connection { server, is_open: false, pending };
        self.connections.insert(attempt.request, connection);
    }

    /// A server has taken a connection: it is not being set up any more.
    ///
    /// Source: LOAD_MANAGER-13.
    pub(super) fn opened(&mut self, from: Server, attempt: Attempt) -> Taken {
        self.check_attempt(from, attempt)?;
        let Some(connection) = self.connections.get_mut(&attempt.request) else {
            return Err(Reason::Unasked);
        };
        require(!connection.is_open, Reason::Unasked)?;
        connection.is_open = true;
        self.change(from, |backend| backend.opening = backend.opening.saturating_sub(1));
        Ok(())
    }

    /// A connection has ended, and with it perhaps its request.
    ///
    /// Source: LOAD_MANAGER-8, LOAD_MANAGER-9.
    pub(super) fn ended(
        &mut self,
        from: Server,
        attempt: Attempt,
        end: End,
        context: &mut Context<'_>,
    ) -> Taken {
        if let Err(reason) = self.check_attempt(from, attempt) {
            if self.config.has(Fault::DuplicateCompletionCounts) {
                self.change(from, |backend| backend.count = backend.count.saturating_sub(1));
            }
            return Err(reason);
        }
        let Some(connection) = self.connections.remove(&attempt.request) else {
            return Err(Reason::Unasked);
        };
        let broke = matches!(end, End::Refused | End::Reset);
        let was_sent = end != End::Refused;
        let is_again = broke && self.is_tried_again(&connection.pending, was_sent);
        let is_counted_on = (broke && self.config.has(Fault::NoDecrementOnCrash))
            || (is_again && self.config.has(Fault::LeakOnRetry));
        if !is_counted_on {
            self.discount(&connection);
        }
        self.note_outcome(from, end == End::Done, context);
        let id = attempt.request;
        match end {
            End::Done => context.answer(id, Answer::Done(from)),
            End::Failed => context.answer(id, Answer::Failed(from)),
            End::Refused | End::Reset if is_again => self.try_again(connection, context),
            End::Refused | End::Reset => {
                if !self.config.has(Fault::DropInFlightOnCrash) {
                    context.answer(id, Answer::Lost(from));
                }
            }
        }
        self.leave_if_empty(from, context);
        let wake = if broke { Wake::Reset } else { Wake::Completion(from) };
        self.wake(wake, context);
        Ok(())
    }

    fn is_tried_again(&self, pending: &Pending, was_sent: bool) -> bool {
        let is_idempotent =
            pending.request.is_idempotent || self.config.has(Fault::RetryNonIdempotent);
        let has_no_budget = self.config.has(Fault::RetriesWithoutBudget);
        let most = if has_no_budget { u8::MAX } else { self.config.limits.retries };
        may_retry(is_idempotent, was_sent, pending.number, most)
    }

    /// One connection fewer.
    fn discount(&mut self, connection: &Connection) {
        let opening = u32::from(!connection.is_open);
        self.change(connection.server, |backend| {
            backend.count = backend.count.saturating_sub(1);
            backend.opening = backend.opening.saturating_sub(opening);
        });
    }

    /// To a candidate, or to the front of the queue; if that is full or nobody is eligible, it is
    /// answered.
    ///
    /// Source: LOAD_MANAGER-9.
    fn try_again(&mut self, connection: Connection, context: &mut Context<'_>) {
        let Connection { server: broken, mut pending, .. } = connection;
        pending.number = pending.number.saturating_add(1);
        if self.config.avoids_tried && !pending.tried.contains(&broken) {
            pending.tried.push(broken);
        }
        self.settle();
        let has_room = self.queue.len() < self.config.limits.queue as usize;
        if let Some(server) = self.choose(&pending) {
            self.forward(server, pending, context);
        } else if has_room && self.eligible_for(&pending) > 0 {
            self.queue.push_front(pending);
        } else {
            context.answer(pending.request.id, Answer::Lost(broken));
        }
    }

    /// The client of a request does not wait any more.
    ///
    /// Source: LOAD_MANAGER-1, LOAD_MANAGER-10.
    pub(super) fn abort(&mut self, id: RequestId, context: &mut Context<'_>) -> Taken {
        let Some(connection) = self.connections.remove(&id) else {
            let at = self.queue.iter().position(|pending| pending.request.id == id);
            let at = at.ok_or(Reason::NoSuchRequest)?;
            self.queue.remove(at);
            context.answer(id, Answer::Abandoned);
            return Ok(());
        };
        self.discount(&connection);
        let server = connection.server;
        if !connection.is_open && self.config.has(Fault::DoubleDecrement) {
            self.change(server, |backend| backend.count = backend.count.saturating_sub(1));
        }
        let attempt = Attempt { request: id, number: connection.pending.number };
        context.send(server, Message::Cut { attempt });
        context.answer(id, Answer::Abandoned);
        self.leave_if_empty(server, context);
        self.wake(Wake::Completion(server), context);
        Ok(())
    }

    /// Ends every connection of a server. What it had is answered, and not tried again.
    ///
    /// Source: LOAD_MANAGER-4.
    pub(super) fn cut_all(&mut self, server: Server, context: &mut Context<'_>) {
        let is_here = |connection: &&Connection| connection.server == server;
        let here: Vec<Connection> = self.connections.values().filter(is_here).cloned().collect();
        for connection in here {
            let (id, number) = (connection.pending.request.id, connection.pending.number);
            self.connections.remove(&id);
            self.discount(&connection);
            context.send(server, Message::Cut { attempt: Attempt { request: id, number } });
            if !self.config.has(Fault::MaintenanceForgetsConnections) {
                context.answer(id, Answer::CutOff(server));
            }
        }
        self.leave_if_empty(server, context);
    }

    /// Gives what waits to candidates, and answers what waits for nobody.
    ///
    /// Source: LOAD_MANAGER-8.
    pub(super) fn wake(&mut self, wake: Wake, context: &mut Context<'_>) {
        self.settle();
        let is_slept_through = match wake {
            Wake::Completion(_) => self.config.has(Fault::NoDequeueOnCompletion),
            Wake::Reset => self.config.has(Fault::NoDequeueOnReset),
            Wake::Up => self.config.has(Fault::NoDequeueOnUp),
            Wake::Ready => self.config.has(Fault::NoDequeueOnReady),
            Wake::Other => false,
        };
        if self.config.has(Fault::DrainedServerDequeues) {
            self.take_while_draining(wake, context);
        }
        while !is_slept_through && let Some((at, server)) = self.next_to_serve() {
            let Some(pending) = self.queue.remove(at) else { break };
            self.forward(server, pending, context);
        }
        if !self.config.has(Fault::NoFlushWhenLastServerLeaves) {
            self.flush(context);
        }
    }

    /// The first request that waits and has a candidate.
    fn next_to_serve(&self) -> Option<(usize, Server)> {
        if self.roster().free().is_empty() {
            return None;
        }
        for (at, pending) in self.queue.iter().enumerate() {
            if let Some(server) = self.choose(pending) {
                return Some((at, server));
            }
            // What holds for one that may go anywhere holds for all.
            let may_go_anywhere = pending.tried.is_empty();
            if may_go_anywhere && !self.config.policy.depends_on_the_request() {
                return None;
            }
        }
        None
    }

    /// Answers the requests for which nobody is eligible.
    fn flush(&mut self, context: &mut Context<'_>) {
        if self.queue.is_empty() || self.roster().is_covered() {
            return;
        }
        let is_served = |pending: &Pending| self.eligible_for(pending) > 0;
        let (stay, go): (VecDeque<Pending>, VecDeque<Pending>) =
            self.queue.iter().cloned().partition(is_served);
        self.queue = stay;
        for pending in go {
            context.answer(pending.request.id, Answer::NoServer);
        }
    }

    fn take_while_draining(&mut self, wake: Wake, context: &mut Context<'_>) {
        let Wake::Completion(server) = wake else { return };
        let is_draining = self.backend(server).is_some_and(|b| b.admin == Admin::Draining);
        if is_draining && let Some(pending) = self.queue.pop_front() {
            self.forward(server, pending, context);
        }
    }

    fn knows(&self, id: RequestId) -> bool {
        self.connections.contains_key(&id) || self.queue.iter().any(|p| p.request.id == id)
    }

    /// Whether this server has this attempt.
    fn check_attempt(&self, from: Server, attempt: Attempt) -> Taken {
        let connection = self.connections.get(&attempt.request).ok_or(Reason::Unasked)?;
        let is_this = connection.server == from && connection.pending.number == attempt.number;
        require(is_this, Reason::Unasked)
    }
}
