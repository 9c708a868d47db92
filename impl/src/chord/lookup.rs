//! Look-ups: the way to the node that is responsible for an identifier, and fingers, which make
//! it short.

use std::time::Duration;

use super::context::{Context, Taken, require};
use super::fault::Fault;
use super::message::{Delivery, Message, Question, Reason, Record, Timer};
use super::node::Member;
use super::upper::{Goal, Request, Stage};
use crate::identifier::{Identifier, between};
use crate::machine::Nonce;

/// Where a look-up goes from a member.
enum Way<I> {
    /// It has come to its end.
    Owner(I),
    /// Another one is closer.
    Next(I),
}

impl<I: Identifier> Member<I> {
    /// Whether this member is responsible for an identifier: whether it is the first member at it
    /// or after it.
    ///
    /// Source: CHORD-34.
    pub(super) fn owns(&self, me: I, key: I) -> bool {
        key == me || between(self.predecessor, key, me)
    }

    /// Whether this member answers for an identifier: whether it is responsible for it, and does
    /// not wait until it may say so.
    ///
    /// Source: CHORD-63.
    pub(super) fn answers(&self, key: I, context: &Context<'_, I>) -> bool {
        let is_ready = !self.upper.is_unready || context.has(Fault::AnswerBeforeReady);
        is_ready && self.owns(context.me, key)
    }

    /// Of the nodes that this member knows, the last one before that identifier.
    ///
    /// Source: CHORD-34.
    pub(super) fn closest_preceding(
        &self,
        identifier: I,
        without: &[I],
        context: &Context<'_, I>,
    ) -> Option<I> {
        let me = context.me;
        let fingers = self.upper.fingers.iter().copied().flatten();
        if context.has(Fault::FollowFingersPastTheKey)
            && let Some(any) = fingers.clone().find(|id| !without.contains(id))
        {
            return Some(any);
        }
        let known = self.successors.iter().chain(fingers);
        let preceding = known.filter(|id| between(me, *id, identifier) && !without.contains(id));
        preceding.reduce(|best, id| if between(best, id, identifier) { id } else { best })
    }

    /// Where a look-up goes from here, if none of those nodes will do.
    ///
    /// Source: CHORD-34.
    fn way(&self, key: I, without: &[I], context: &Context<'_, I>) -> Option<Way<I>> {
        let me = context.me;
        if self.answers(key, context) {
            return Some(Way::Owner(me));
        }
        let successor = self.successors.iter().find(|id| *id != me && !without.contains(id))?;
        let is_just_ahead = key == successor || between(me, key, successor);
        if is_just_ahead {
            return Some(Way::Owner(successor));
        }
        self.closest_preceding(key, without, context).map(Way::Next)
    }

    /// Another node looks up an identifier.
    ///
    /// Source: CHORD-34.
    pub(super) fn lead_on(
        &self,
        from: I,
        nonce: Nonce,
        key: I,
        without: &[I],
        context: &mut Context<'_, I>,
    ) -> Taken {
        let is_short = without.len() <= usize::from(context.config.limits.without);
        require(is_short, Reason::WrongLength)?;
        let answer = match self.way(key, without, context).ok_or(Reason::NoWay)? {
            Way::Owner(owner) => Message::Owner { nonce, owner },
            Way::Next(closer) => Message::Next { nonce, closer },
        };
        context.send(from, answer);
        Ok(())
    }

    /// A look-up begins, and whatever is to follow it.
    ///
    /// Source: CHORD-34.
    pub(super) fn request(
        &mut self,
        goal: Goal,
        key: I,
        fresh: Nonce,
        context: &mut Context<'_, I>,
    ) -> Taken {
        let has_room = self.upper.requests.len() < usize::from(context.config.limits.requests);
        require(has_room, Reason::TooManyRequests)?;
        let is_new =
            !self.upper.requests.contains_key(&fresh) && !self.upper.copies.contains_key(&fresh);
        require(is_new, Reason::UnderWay)?;
        let stage = Stage::Finding { at: context.me };
        let request = Request { goal, key, stage, resent: 0, hops: 0, without: Vec::new() };
        self.find(fresh, request, context);
        Ok(())
    }

    /// Begins at this member itself, with what it knows.
    pub(super) fn find(&mut self, nonce: Nonce, request: Request<I>, context: &mut Context<'_, I>) {
        match self.way(request.key, &request.without, context) {
            Some(Way::Owner(owner)) => self.found(nonce, request, owner, context),
            Some(Way::Next(next)) => self.hop(nonce, request, next, context),
            None => self.give_up(nonce, &request, context),
        }
    }

    fn hop(
        &mut self,
        nonce: Nonce,
        mut request: Request<I>,
        next: I,
        context: &mut Context<'_, I>,
    ) {
        let has_hops_left = request.hops < context.config.limits.hops;
        if !has_hops_left {
            self.give_up(nonce, &request, context);
            return;
        }
        request.hops += 1;
        request.stage = Stage::Finding { at: next };
        self.ask_on(nonce, request, context);
    }

    /// Asks what the request's stage says, and waits for the answer.
    pub(super) fn ask_on(
        &mut self,
        nonce: Nonce,
        mut request: Request<I>,
        context: &mut Context<'_, I>,
    ) {
        request.resent = 0;
        context.send(request.stage.asked(), question(nonce, &request));
        context.set(Timer::Timeout(Question::Request(nonce)), patience(&request, context));
        self.upper.requests.insert(nonce, request);
    }

    /// The request that waits for an answer of that node.
    ///
    /// Source: CHORD-32.
    pub(super) fn requested(&self, from: I, nonce: Nonce) -> Result<&Request<I>, Reason> {
        let request = self.upper.requests.get(&nonce).ok_or(Reason::Unasked)?;
        require(request.stage.asked() == from, Reason::Unasked)?;
        Ok(request)
    }

    /// The node that was asked for the way knows a closer one.
    ///
    /// Source: CHORD-34, CHORD-32.
    pub(super) fn led_on(
        &mut self,
        from: I,
        nonce: Nonce,
        closer: I,
        context: &mut Context<'_, I>,
    ) -> Taken {
        let request = self.requested(from, nonce)?;
        let Stage::Finding { at } = request.stage else { return Err(Reason::Unasked) };
        let is_on_the_way = between(at, closer, request.key);
        let is_followed = is_on_the_way || context.has(Fault::FollowFingersPastTheKey);
        let is_closer = is_followed && closer != context.me;
        require(is_closer && !request.without.contains(&closer), Reason::WrongPlace)?;
        if let Some(request) = self.answered(nonce, context) {
            self.hop(nonce, request, closer, context);
        }
        Ok(())
    }

    /// The node that was asked for the way knows its end.
    ///
    /// Source: CHORD-34, CHORD-32.
    pub(super) fn owner_named(
        &mut self,
        from: I,
        nonce: Nonce,
        owner: I,
        context: &mut Context<'_, I>,
    ) -> Taken {
        let request = self.requested(from, nonce)?;
        let Stage::Finding { at } = request.stage else { return Err(Reason::Unasked) };
        let names_itself = owner == at;
        let is_just_ahead = owner == request.key || between(at, request.key, owner);
        let is_wanted = !request.without.contains(&owner);
        require((names_itself || is_just_ahead) && is_wanted, Reason::WrongPlace)?;
        if let Some(request) = self.answered(nonce, context) {
            self.found(nonce, request, owner, context);
        }
        Ok(())
    }

    /// Takes out the request whose answer is in.
    pub(super) fn answered(
        &mut self,
        nonce: Nonce,
        context: &mut Context<'_, I>,
    ) -> Option<Request<I>> {
        context.stop_waiting(Question::Request(nonce));
        self.upper.requests.remove(&nonce)
    }

    /// The look-up is over.
    fn found(&mut self, nonce: Nonce, request: Request<I>, owner: I, context: &mut Context<'_, I>) {
        match request.goal {
            Goal::Lookup => {
                let hops = request.hops;
                context.deliver(Delivery::Found { request: nonce, owner, hops });
            }
            Goal::Finger(place) => {
                self.set_finger(place, Some(owner).filter(|id| *id != context.me));
            }
            Goal::Get | Goal::Put { .. } => self.read(nonce, request, owner, context),
            Goal::Collect => self.offer(nonce, request.key, owner, context),
        }
    }

    /// The request has come to nothing.
    pub(super) fn give_up(
        &mut self,
        nonce: Nonce,
        request: &Request<I>,
        context: &mut Context<'_, I>,
    ) {
        if request.goal.is_of_the_application() {
            context.deliver(Delivery::RequestFailed { request: nonce });
        }
        if let Goal::Finger(place) = request.goal {
            self.set_finger(place, None);
        }
    }

    /// The node that was asked has not answered in time: it is asked again, and in the end the
    /// way is looked for without it.
    ///
    /// Source: CHORD-34.
    pub(super) fn request_timeout(&mut self, nonce: Nonce, context: &mut Context<'_, I>) -> Taken {
        let request = self.upper.requests.get_mut(&nonce).ok_or(Reason::NotWaiting)?;
        if request.resent < context.config.resends {
            request.resent += 1;
            context.send(request.stage.asked(), question(nonce, request));
            context.set(Timer::Timeout(Question::Request(nonce)), patience(request, context));
            return Ok(());
        }
        let Some(mut request) = self.upper.requests.remove(&nonce) else { return Ok(()) };
        let dead = request.stage.asked();
        self.forget_finger(dead);
        let mut is_a_replica = false;
        if let Stage::Reading { at, owner, is_unsure, .. } = &mut request.stage {
            is_a_replica = at != owner;
            *is_unsure |= is_a_replica;
        }
        let has_room = request.without.len() < usize::from(context.config.limits.without);
        if is_a_replica {
            self.read_next(nonce, request, context);
        } else if has_room {
            request.without.push(dead);
            self.find(nonce, request, context);
        } else {
            self.give_up(nonce, &request, context);
        }
        Ok(())
    }

    /// One finger is looked up again: the farthest first, then the next, and so on.
    ///
    /// Source: CHORD-34.
    pub(super) fn fix_finger(&mut self, fresh: Nonce, context: &mut Context<'_, I>) -> Taken {
        let fingers = u32::from(context.config.fingers).min(context.me.bits());
        require(fingers > 0, Reason::NotWaiting)?;
        let place = u32::from(self.upper.next_finger) % fingers;
        self.upper.next_finger = ((place + 1) % fingers) as u8;
        context.set(Timer::FixFinger, context.config.timings.fix_finger);
        let start = context.me.plus_power_of_two(context.me.bits() - 1 - place);
        let has_begun = self.request(Goal::Finger(place as u8), start, fresh, context);
        // With too much under way already, the finger stays what it is until its next turn.
        has_begun.or(Ok(()))
    }

    fn set_finger(&mut self, place: u8, finger: Option<I>) {
        let place = usize::from(place);
        let fingers = &mut self.upper.fingers;
        if finger.is_some() && fingers.len() <= place {
            fingers.resize(place + 1, None);
        }
        if let Some(old) = fingers.get_mut(place) {
            *old = finger;
        }
    }

    fn forget_finger(&mut self, dead: I) {
        for finger in &mut self.upper.fingers {
            *finger = finger.filter(|id| *id != dead);
        }
    }
}

/// How long the answer may take: the owner has to hear from its successors before it can say
/// that a value is kept.
fn patience<I: Identifier>(request: &Request<I>, context: &Context<'_, I>) -> Duration {
    let timings = context.config.timings;
    match request.stage {
        Stage::Storing { .. } => timings.acknowledgement,
        Stage::Finding { .. } | Stage::Reading { .. } => timings.answer,
    }
}

/// What the request's stage has to ask.
fn question<I: Identifier>(nonce: Nonce, request: &Request<I>) -> Message<I> {
    let key = request.key;
    match (&request.stage, &request.goal) {
        (Stage::Storing { version, .. }, Goal::Put { value }) => Message::Store {
            nonce,
            key,
            record: Record { version: *version, value: value.clone() },
        },
        (Stage::Finding { .. }, _) => {
            Message::AskNext { nonce, key, without: request.without.clone() }
        }
        (Stage::Reading { .. } | Stage::Storing { .. }, _) => Message::Fetch { nonce, key },
    }
}
