//! Putting a value: what was found on the way, and the way back.

use super::fault::Fault;
use super::message::{Call, Delivery, Message, Outcome, Reason};
use super::node::{Context, Node, Taken, require};
use super::operation::{Goal, Operation, Phase, Seen};
use super::routing::{Hop, Place};
use super::store::Holding;
use crate::identifier::{Xor, is_nearer};
use crate::machine::Nonce;

impl<I: Xor> Node<I> {
    /// A node on the way says whether it is loaded, and what it holds.
    ///
    /// Source: CORAL-12, CORAL-44.
    pub(super) fn hear_forward(
        &mut self,
        from: I,
        call: &Call<I>,
        (loaded, holding): (bool, Holding),
        ways: Vec<Hop<I>>,
        context: &mut Context<'_, I>,
    ) -> Taken {
        let (from, asked) = self.waited_for(from, call)?;
        let nonce = call.operation;
        let operation = self.operations.get(&nonce).ok_or(Reason::Unasked)?;
        require(operation.goal != Goal::Get, Reason::Unasked)?;
        let most = self.config.values + u8::from(self.config.has(Fault::FullIsMoreThanCapacity));
        holding.can_be(most, self.config.limits.ttl)?;
        let place = Place { at: from, target: asked.target, key: call.key };
        self.require_ways(place, &ways)?;
        let Some(operation) = self.answered(nonce, from, context) else { return Ok(()) };
        self.learn(call.level, from, &ways);
        let full = holding.is_full_for(operation.ttl(), &self.config);
        let operation = operation.at(place, ways);
        self.contact(nonce, operation, from, Seen { loaded, full, holding }, context);
        Ok(())
    }

    /// Takes out the operation for which that node has answered.
    pub(super) fn answered(
        &mut self,
        nonce: Nonce,
        from: I,
        context: &mut Context<'_, I>,
    ) -> Option<Operation<I>> {
        let mut operation = self.operations.remove(&nonce)?;
        operation.waiting.remove(&from);
        context.stop_waiting(nonce, from);
        Some(operation)
    }

    /// The forward phase is over, and the value is stored at the nearest node that takes it.
    ///
    /// Source: CORAL-14.
    pub(super) fn turn_round(
        &mut self,
        nonce: Nonce,
        mut operation: Operation<I>,
        was_stopped: bool,
        context: &mut Context<'_, I>,
    ) {
        operation.wait_no_more(nonce, context);
        if self.config.has(Fault::FarthestFirst) {
            operation.stack.reverse();
        }
        self.store_next(nonce, operation, was_stopped, context);
    }

    /// The next node on the stack is asked; this node itself needs no message.
    ///
    /// Source: CORAL-14, CORAL-16.
    fn store_next(
        &mut self,
        nonce: Nonce,
        mut operation: Operation<I>,
        was_stopped: bool,
        context: &mut Context<'_, I>,
    ) {
        let Some(at) = operation.stack.pop() else {
            self.end(nonce, operation, Outcome::NotStored, was_stopped, context);
            return;
        };
        if self.config.has(Fault::NoReversePhase) {
            operation.stack.clear();
        }
        operation.phase = Phase::Reverse { at, resent: 0, was_stopped };
        if at != self.me {
            if let Some(question) = self.store_question(nonce, &operation) {
                context.send(at, question);
                context.await_answer(nonce, at, &self.config);
            }
            self.operations.insert(nonce, operation);
            return;
        }
        let Goal::Put { value, ttl } = &operation.goal else { return };
        let slot = (operation.level, operation.key);
        if self.accept(slot, value.clone(), *ttl, context.now) {
            self.end(nonce, operation, Outcome::Stored(at), was_stopped, context);
        } else {
            self.store_next(nonce, operation, was_stopped, context);
        }
    }

    /// What the node on top of the stack is asked.
    pub(super) fn store_question(
        &self,
        nonce: Nonce,
        operation: &Operation<I>,
    ) -> Option<Message<I>> {
        let Goal::Put { value, ttl } = &operation.goal else { return None };
        let (call, cluster) = (operation.call(nonce), self.cluster(operation.level));
        Some(Message::StoreRequest { call, cluster, value: value.clone(), ttl: *ttl })
    }

    /// The node that was to store the value says whether it does.
    ///
    /// Source: CORAL-14, CORAL-44.
    pub(super) fn hear_store(
        &mut self,
        from: I,
        call: &Call<I>,
        accepted: bool,
        context: &mut Context<'_, I>,
    ) -> Taken {
        let nonce = call.operation;
        let operation = self.operations.get(&nonce).ok_or(Reason::Unasked)?;
        let Phase::Reverse { at, was_stopped, .. } = operation.phase else {
            return Err(Reason::Unasked);
        };
        require(at == from || self.config.has(Fault::AcceptAnyonesAnswers), Reason::Unasked)?;
        require(operation.call(nonce) == *call, Reason::AnotherSlot)?;
        let Some(operation) = self.answered(nonce, at, context) else { return Ok(()) };
        if accepted {
            self.end(nonce, operation, Outcome::Stored(at), was_stopped, context);
        } else {
            self.store_next(nonce, operation, was_stopped, context);
        }
        Ok(())
    }

    /// The node that was to store the value does not answer: it may have it or not, so that no
    /// other one is asked.
    ///
    /// Source: CORAL-22.
    pub(super) fn store_unanswered(
        &mut self,
        nonce: Nonce,
        operation: Operation<I>,
        at: I,
        context: &mut Context<'_, I>,
    ) {
        let Phase::Reverse { was_stopped, .. } = operation.phase else { return };
        if self.config.has(Fault::SilenceIsRefusal) {
            self.store_next(nonce, operation, was_stopped, context);
        } else if self.config.has(Fault::SilenceIsSuccess) {
            self.end(nonce, operation, Outcome::Stored(at), was_stopped, context);
        } else {
            self.end(nonce, operation, Outcome::Unsure(at), was_stopped, context);
        }
    }

    /// The put is over at this level. It goes on at the next slower one, from where the value was
    /// stored, or from here if it was not; unless the key was loaded at this level, or it is not
    /// known what has become of the value.
    ///
    /// Source: CORAL-16, CORAL-21.
    fn end(
        &mut self,
        nonce: Nonce,
        mut operation: Operation<I>,
        outcome: Outcome<I>,
        was_stopped: bool,
        context: &mut Context<'_, I>,
    ) {
        operation.outcomes.push((operation.level, outcome));
        let goes_on = operation.level > 0 && !was_stopped;
        match outcome {
            Outcome::Stored(at) if goes_on => {
                self.enter_at(nonce, Self::descend(operation), at, context);
            }
            Outcome::NotStored if goes_on => {
                self.enter_here(nonce, Self::descend(operation), context);
            }
            _ => {
                let outcomes = operation.outcomes;
                context.deliver(Delivery::PutEnded { operation: nonce, outcomes });
            }
        }
    }
}

impl<I: Xor> Operation<I> {
    /// The operation once that place is reached, if it is nearer than the last.
    pub(super) fn at(mut self, place: Place<I>, ways: Vec<Hop<I>>) -> Self {
        let is_the_first = self.contacted.is_empty();
        if is_the_first || is_nearer(place.at, self.place.at, self.key) {
            (self.place, self.ways) = (place, ways);
        }
        self
    }
}
