//! Where records are to be: copies at the owner's successors, the hand-over to a new owner, and
//! the end of copies that are no longer needed.

use std::collections::BTreeSet;
use std::ops::Bound;

use super::context::{Context, Taken, require};
use super::fault::Fault;
use super::message::{Delivery, Question, Reason, Timer};
use super::node::{Member, Role};
use super::upper::{Copying, Goal, Then};
use crate::identifier::Identifier;
use crate::machine::Nonce;

impl<I: Identifier> Member<I> {
    /// A member sees to the next records that it holds.
    ///
    /// ```text
    /// repair(m):   k := the next key
    ///   m answers for k:   copy it, and those after it that m answers for, to m's successors
    ///   otherwise:         look up the owner of k, and offer it
    /// ```
    ///
    /// Source: CHORD-33. Nothing is assumed of what others hold: whatever has been lost, or is
    /// where it should not be, is put right when the turn comes to it.
    pub(super) fn repair(&mut self, fresh: Nonce, context: &mut Context<'_, I>) -> Taken {
        let has_room = self.upper.copies.len() < usize::from(context.config.limits.requests);
        let after = self.upper.repaired.map_or(Bound::Unbounded, Bound::Excluded);
        let following = context.store.range((after, Bound::Unbounded)).next();
        let next = following.or_else(|| context.store.first_key_value()).map(|(&key, _)| key);
        let key = next.ok_or(Reason::NotWaiting)?;
        context.set(Timer::Repair, context.config.timings.repair);
        self.upper.repaired = Some(key);
        if !self.answers(key, context) {
            // With too much under way already, the record has to wait for its next turn.
            return self.request(Goal::Collect, key, fresh, context).or(Ok(()));
        }
        let batch = usize::from(context.config.limits.batch).max(1);
        let from_here = context.store.range(key..).map(|(&key, _)| key).take(batch);
        let keys: Vec<I> = from_here.take_while(|&key| self.answers(key, context)).collect();
        if has_room && !context.has(Fault::DoNotRepair) {
            self.upper.repaired = keys.last().copied();
            self.copy_to_successors(fresh, keys, Then::Repaired, context);
        }
        Ok(())
    }

    /// Offers a record to its owner, and deletes it if the owner does not count this member among
    /// those that are to keep it. What an earlier look-up has led to may have deleted it already:
    /// the answer to an empty offer would delete whatever comes meanwhile. Whoever leaves offers
    /// nothing: it hands everything over.
    ///
    /// Source: CHORD-33.
    pub(super) fn offer(&mut self, nonce: Nonce, key: I, owner: I, context: &mut Context<'_, I>) {
        let is_held = context.store.contains_key(&key);
        let has_room = self.upper.copies.len() < usize::from(context.config.limits.requests);
        let is_to_be_kept = owner == context.me || self.upper.is_leaving;
        if is_to_be_kept || !is_held || !has_room || self.upper.is_sending(key) {
            return;
        }
        let waiting = BTreeSet::from([owner]);
        let copying = Copying { keys: vec![key], waiting, then: Then::Collect, resent: 0 };
        self.send_copies(nonce, copying, context);
    }

    /// There is a closer predecessor: it takes over the keys up to its own.
    ///
    /// Source: CHORD-33.
    pub(super) fn begin_to_hand_over(&mut self, context: &mut Context<'_, I>) {
        if !context.store.is_empty() && !self.upper.is_leaving {
            self.upper.handed = None;
            context.go_on(Timer::HandOver);
        }
    }

    /// A member copies the next records to the node that takes them over: to its predecessor
    /// those that it does not own itself, or, before it leaves, all to its successor. What it is
    /// sending to someone already it does not offer once more: an acknowledgement ends one offer.
    ///
    /// Source: CHORD-33.
    pub(super) fn hand_over(&mut self, fresh: Nonce, context: &mut Context<'_, I>) -> Taken {
        require(!self.upper.is_handing_over(), Reason::NotWaiting)?;
        let is_leaving = self.upper.is_leaving;
        let is_to_successor = is_leaving != context.has(Fault::TransferToWrongNeighbour);
        let to = if is_to_successor { self.successors.head() } else { self.predecessor };
        let batch = usize::from(context.config.limits.batch).max(1);
        let keys: Vec<I> = self.to_hand_over(context).into_iter().take(batch).collect();
        if keys.is_empty() || to == context.me {
            // For one that leaves there is nothing left to do but that.
            return require(is_leaving, Reason::NotWaiting);
        }
        let then = Then::HandOver { is_leaving };
        let copying = Copying { keys, waiting: BTreeSet::from([to]), then, resent: 0 };
        self.send_copies(fresh, copying, context);
        Ok(())
    }

    /// The keys that are still to be handed over.
    fn to_hand_over(&self, context: &Context<'_, I>) -> Vec<I> {
        let after = self.upper.handed.map_or(Bound::Unbounded, Bound::Excluded);
        let rest = context.store.range((after, Bound::Unbounded)).map(|(&key, _)| key);
        let is_offered = |key| !self.owns(context.me, key) && !self.upper.is_sending(key);
        rest.filter(|&key| self.upper.is_leaving || is_offered(key)).collect()
    }
}

impl<I: Identifier> Role<I> {
    /// The application wants to be out of the ring. To the other members this one has failed, once
    /// its records are handed over.
    ///
    /// Source: CHORD-24, CHORD-33.
    pub(super) fn leave(&mut self, context: &mut Context<'_, I>) -> Taken {
        match self {
            Self::Outsider => return Err(Reason::NotAMember),
            Self::Joining(_) => self.be_out(context),
            Self::Member(member) => {
                require(!member.upper.is_leaving, Reason::UnderWay)?;
                member.upper.is_leaving = true;
                member.upper.handed = None;
                context.go_on(Timer::HandOver);
            }
        }
        Ok(())
    }

    /// Leaves if that is all that is left to do.
    pub(super) fn leave_if_handed_over(&mut self, context: &mut Context<'_, I>) {
        let Self::Member(member) = &*self else { return };
        if !member.upper.is_leaving || member.upper.is_handing_over() {
            return;
        }
        let is_alone = member.successors.head() == context.me;
        if is_alone || member.to_hand_over(context).is_empty() {
            context.store.clear();
            self.be_out(context);
        }
    }

    fn be_out(&mut self, context: &mut Context<'_, I>) {
        match std::mem::replace(self, Self::Outsider) {
            Self::Outsider => {}
            Self::Joining(_) => {
                context.cancel(Timer::Join);
                context.stop_waiting(Question::Join);
            }
            Self::Member(member) => member.stop(context),
        }
        context.deliver(Delivery::Left);
    }
}

impl<I: Identifier> Member<I> {
    /// Waits for nothing any more.
    fn stop(&self, context: &mut Context<'_, I>) {
        for timer in [
            Timer::Stabilize,
            Timer::AskCandidate,
            Timer::Rectify,
            Timer::FixFinger,
            Timer::Repair,
            Timer::HandOver,
        ] {
            context.cancel(timer);
        }
        for question in [Question::Query, Question::Announcement, Question::Check] {
            context.stop_waiting(question);
        }
        for question in self.upper.questions() {
            context.stop_waiting(question);
        }
        for (&nonce, request) in &self.upper.requests {
            if request.goal.is_of_the_application() {
                context.deliver(Delivery::RequestFailed { request: nonce });
            }
        }
    }
}
