//! Rectification: a member that was notified compares the notifier with its predecessor.

use std::collections::BTreeMap;

use super::context::{Context, Taken, require};
use super::fault::Fault;
use super::message::{Message, Question, Reason, Timer};
use super::node::{Check, Member};
use super::stabilize::stabilize_again;
use crate::identifier::{Identifier, between};
use crate::machine::Nonce;

/// Leaves the notifier's name with those that wait. A later notification of the same node takes
/// the place of an earlier one.
///
/// Source: CHORD-10, CHORD-32.
pub(super) fn keep<I: Identifier>(
    notifiers: &mut BTreeMap<I, Nonce>,
    from: I,
    nonce: Nonce,
    context: &Context<'_, I>,
) -> Taken {
    let has_room = notifiers.len() < usize::from(context.config.limits.notifiers);
    require(has_room || notifiers.contains_key(&from), Reason::TooManyNotifiers)?;
    if context.has(Fault::OverwritePendingNotification) {
        notifiers.clear();
    }
    notifiers.insert(from, nonce);
    Ok(())
}

impl<I: Identifier> Member<I> {
    /// Another node takes this one for its successor. It is always heard, and looked at later.
    ///
    /// Source: CHORD-10.
    pub(super) fn notified(
        &mut self,
        from: I,
        nonce: Nonce,
        context: &mut Context<'_, I>,
    ) -> Taken {
        keep(&mut self.notifiers, from, nonce, context)?;
        if context.has(Fault::NotificationCancelsQuery) {
            self.forget_query(context);
        }
        if self.check.is_none() {
            context.go_on(Timer::Rectify);
        }
        Ok(())
    }

    /// What the fault of that name does: the published model has one slot for both.
    fn forget_query(&mut self, context: &mut Context<'_, I>) {
        let was_stabilizing = self.candidate.is_some() || self.query.is_some();
        self.candidate = None;
        self.query = None;
        if was_stabilizing {
            context.stop_waiting(Question::Query);
            stabilize_again(context);
        }
    }

    /// A notified member adopts a closer predecessor, or asks whether the one that it has lives.
    ///
    /// ```text
    /// rectify(m):   t := a notifier of m
    ///   between(predecessor, t, m):  predecessor := t       without asking the old one
    ///   predecessor = t:             nothing                it stays, dead or alive
    ///   otherwise:                   ask the predecessor
    /// ```
    ///
    /// Source: CHORD-9.
    pub(super) fn rectify(&mut self, fresh: Nonce, context: &mut Context<'_, I>) -> Taken {
        require(self.check.is_none(), Reason::NotWaiting)?;
        let (&notifier, _) = self.notifiers.first_key_value().ok_or(Reason::NotWaiting)?;
        let is_closer = between(self.predecessor, notifier, context.me);
        let is_adopted = if context.has(Fault::RectifyPrefersFarther) {
            between(notifier, self.predecessor, context.me)
        } else {
            is_closer || context.has(Fault::RectifyAdoptsAnyone)
        };
        if is_adopted {
            self.predecessor = notifier;
            self.rectified(notifier, context);
            self.begin_to_hand_over(context);
        } else if notifier == self.predecessor || context.has(Fault::RectifyKeepsDeadPredecessor) {
            self.rectified(notifier, context);
        } else {
            let target = self.predecessor;
            self.check = Some(Check { target, notifier, nonce: fresh, resent: 0 });
            context.send(target, Message::Ping { nonce: fresh });
            context.await_answer(Question::Check);
        }
        Ok(())
    }

    /// The predecessor has answered: it stays.
    ///
    /// Source: CHORD-9.
    pub(super) fn predecessor_lives(
        &mut self,
        from: I,
        nonce: Nonce,
        context: &mut Context<'_, I>,
    ) -> Taken {
        let check = self.check.ok_or(Reason::Unasked)?;
        let is_its_nonce = check.nonce == nonce || context.has(Fault::AcceptStaleAnswers);
        let is_its_target = check.target == from || context.has(Fault::AcceptAnyonesAnswers);
        require(is_its_nonce && is_its_target, Reason::Unasked)?;
        self.check = None;
        context.stop_waiting(Question::Check);
        self.rectified(check.notifier, context);
        Ok(())
    }

    /// The predecessor has not answered in time: it is asked again, and in the end it is taken
    /// for dead, and replaced.
    ///
    /// ```text
    ///   dead(predecessor):           predecessor := t
    /// ```
    ///
    /// Source: CHORD-9, CHORD-2.
    pub(super) fn check_timeout(&mut self, context: &mut Context<'_, I>) -> Taken {
        let check = self.check.as_mut().ok_or(Reason::NotWaiting)?;
        if check.resent < context.config.resends {
            check.resent += 1;
            context.send(check.target, Message::Ping { nonce: check.nonce });
            context.await_answer(Question::Check);
            return Ok(());
        }
        let notifier = check.notifier;
        self.check = None;
        self.predecessor = notifier;
        self.rectified(notifier, context);
        Ok(())
    }

    /// The notification has been looked at: its sender may go on, and the next one is due.
    ///
    /// Source: CHORD-9, CHORD-31.
    fn rectified(&mut self, notifier: I, context: &mut Context<'_, I>) {
        if let Some(nonce) = self.notifiers.remove(&notifier) {
            let is_waited_for = context.config.answers_when_ready;
            let is_counted = is_waited_for && self.predecessor == notifier;
            context.send(notifier, Message::NotifyAck { nonce, is_counted });
        }
        if !self.notifiers.is_empty() {
            context.go_on(Timer::Rectify);
        }
    }
}
