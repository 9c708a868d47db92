//! Joining, from both sides, and leaving.

use std::collections::BTreeMap;

use super::context::{Context, Taken, require};
use super::fault::Fault;
use super::list::Successors;
use super::message::{Delivery, JoinFailure, Message, Question, Reason, Timer};
use super::node::{Joining, Member, Role};
use super::rectify::keep;
use crate::identifier::{Identifier, between};
use crate::machine::Nonce;

impl<I: Identifier> Role<I> {
    /// The application wants to join by way of a member.
    ///
    /// Source: CHORD-5.
    pub(super) fn join(&mut self, via: I, fresh: Nonce, context: &mut Context<'_, I>) -> Taken {
        require(matches!(self, Self::Outsider), Reason::AlreadyAMember)?;
        require(via != context.me, Reason::Itself)?;
        let mut joining =
            Joining { asked: via, question: None, resent: 0, hops: 0, notifiers: BTreeMap::new() };
        joining.ask(fresh, context)?;
        *self = Self::Joining(joining);
        Ok(())
    }

    /// A joining node answers no questions: it is not in the ring, and whoever remembers it from an
    /// earlier life must find it dead. It keeps notifications until it is a member, since the
    /// answer that makes it one may be on its way.
    ///
    /// Source: CHORD-5, CHORD-30.
    pub(super) fn hear_while_joining(
        &mut self,
        from: I,
        message: Message<I>,
        context: &mut Context<'_, I>,
    ) -> Taken {
        let Self::Joining(joining) = self else { return Err(Reason::NotAMember) };
        match message {
            Message::Admitted { nonce, successors } => {
                let member = joining.admitted(from, nonce, &successors, context)?;
                *self = Self::Member(member);
                Ok(())
            }
            Message::Redirect { nonce, to } => {
                let is_over = joining.redirected(from, nonce, to, context)?;
                if is_over {
                    *self = Self::Outsider;
                }
                Ok(())
            }
            Message::Busy { nonce } => joining.busy(from, nonce, context),
            Message::Notify { nonce } => {
                require(!context.has(Fault::DeafWhileJoining), Reason::NotAMember)?;
                keep(&mut joining.notifiers, from, nonce, context)
            }
            Message::AskNeighbours { .. }
            | Message::AskToJoin { .. }
            | Message::Ping { .. }
            | Message::AskNext { .. }
            | Message::Fetch { .. }
            | Message::Store { .. }
            | Message::Copy { .. } => Err(Reason::NotAMember),
            _ => Err(Reason::Unasked),
        }
    }

    /// The node that was asked to let this one in has not answered in time: it is asked again,
    /// and in the end the join has failed.
    ///
    /// Source: CHORD-5.
    pub(super) fn join_timeout(&mut self, context: &mut Context<'_, I>) -> Taken {
        let Self::Joining(joining) = self else { return Err(Reason::NotWaiting) };
        let nonce = joining.question.ok_or(Reason::NotWaiting)?;
        let asked = joining.asked;
        if joining.resent < context.config.resends {
            joining.resent += 1;
            context.send(asked, Message::AskToJoin { nonce });
            context.await_answer(Question::Join);
            return Ok(());
        }
        *self = Self::Outsider;
        context.deliver(Delivery::JoinFailed { asked, why: JoinFailure::NoAnswer });
        Ok(())
    }
}

impl<I: Identifier> Joining<I> {
    /// Asks, for the first time or after the other was busy.
    pub(super) fn ask(&mut self, fresh: Nonce, context: &mut Context<'_, I>) -> Taken {
        require(self.question.is_none(), Reason::NotWaiting)?;
        self.question = Some(fresh);
        self.resent = 0;
        context.send(self.asked, Message::AskToJoin { nonce: fresh });
        context.await_answer(Question::Join);
        Ok(())
    }

    fn is_answer(&self, from: I, nonce: Nonce, context: &Context<'_, I>) -> Taken {
        let question = self.question.ok_or(Reason::Unasked)?;
        let is_its_nonce = question == nonce || context.has(Fault::AcceptStaleAnswers);
        let is_its_target = self.asked == from || context.has(Fault::AcceptAnyonesAnswers);
        require(is_its_nonce && is_its_target, Reason::Unasked)
    }

    /// The node that was asked lets this one in behind it.
    ///
    /// ```text
    /// join(new) via m:   between(m, new, head of m's list)
    ///   list := m's list,  predecessor := m
    /// ```
    ///
    /// Source: CHORD-5.
    fn admitted(
        &mut self,
        from: I,
        nonce: Nonce,
        successors: &[I],
        context: &mut Context<'_, I>,
    ) -> Result<Member<I>, Reason> {
        self.is_answer(from, nonce, context)?;
        let has_length = successors.len() == context.config.list_length();
        let list = Successors::new(successors).filter(|_| has_length);
        let list = list.ok_or(Reason::WrongLength)?;
        let is_place = between(from, context.me, list.head()) || context.has(Fault::JoinAnywhere);
        require(is_place, Reason::WrongPlace)?;

        let list = if context.has(Fault::JoinCopiesHeadOnly) { list.head_and_pads() } else { list };
        let notifiers = std::mem::take(&mut self.notifiers);
        context.stop_waiting(Question::Join);
        context.deliver(Delivery::Joined { behind: from });
        context.go_on(Timer::Stabilize);
        context.begin_above_the_ring(!context.store.is_empty());
        if !notifiers.is_empty() {
            context.go_on(Timer::Rectify);
        }
        let mut member = Member { notifiers, ..Member::new(list, from) };
        member.upper.is_unready = context.config.answers_when_ready;
        Ok(member)
    }

    /// The node that was asked knows one that is closer. Whether the join is over: there may only
    /// be so many hops.
    ///
    /// Each hop must lead on towards this node, so none is asked twice under the same nonce.
    ///
    /// Source: CHORD-5, CHORD-32.
    fn redirected(
        &mut self,
        from: I,
        nonce: Nonce,
        to: I,
        context: &mut Context<'_, I>,
    ) -> Result<bool, Reason> {
        self.is_answer(from, nonce, context)?;
        require(between(from, to, context.me), Reason::WrongPlace)?;
        let has_hops_left = self.hops < context.config.limits.hops;
        if !has_hops_left {
            context.stop_waiting(Question::Join);
            context.deliver(Delivery::JoinFailed { asked: from, why: JoinFailure::TooManyHops });
            return Ok(true);
        }
        self.asked = to;
        self.hops += 1;
        self.resent = 0;
        context.send(to, Message::AskToJoin { nonce });
        context.await_answer(Question::Join);
        Ok(false)
    }

    /// The node that was asked cannot say now.
    ///
    /// Source: CHORD-30.
    fn busy(&mut self, from: I, nonce: Nonce, context: &mut Context<'_, I>) -> Taken {
        self.is_answer(from, nonce, context)?;
        self.question = None;
        context.stop_waiting(Question::Join);
        context.set(Timer::Join, context.config.back_off(nonce));
        Ok(())
    }
}

impl<I: Identifier> Member<I> {
    /// Another node wants to join: behind this member, or it is led on.
    ///
    /// A node that failed and comes back may still be this member's first successor: it has to
    /// wait until it is forgotten.
    ///
    /// Source: CHORD-5, CHORD-30.
    pub(super) fn admit(&self, joiner: I, nonce: Nonce, context: &mut Context<'_, I>) {
        let is_its_place =
            between(context.me, joiner, self.successors.head()) || context.has(Fault::JoinAnywhere);
        let answer = match self.closest_preceding(joiner, &[], context) {
            _ if self.is_waiting(context) => Message::Busy { nonce },
            _ if is_its_place => Message::Admitted { nonce, successors: self.successors.to_vec() },
            Some(to) => Message::Redirect { nonce, to },
            None => Message::Busy { nonce },
        };
        context.send(joiner, answer);
    }
}
