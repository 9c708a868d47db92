//! Stabilization: a member asks its first successor, and then the node in between, for their
//! neighbours, and announces itself.

use super::context::{Context, Taken, require};
use super::fault::Fault;
use super::list::Successors;
use super::message::{Message, Question, Reason, Timer};
use super::node::{About, Announcement, Member, Query};
use crate::identifier::{Identifier, between};
use crate::machine::Nonce;

impl<I: Identifier> Member<I> {
    /// A member begins to stabilize: it asks its first successor.
    ///
    /// ```text
    /// stabilize_from_successor(m):   nothing of the last time is under way;  h := head of m's list
    ///   ask h
    /// ```
    ///
    /// A list of a ring that has lost too many may come round to its owner, who is taken out
    /// like a dead head: it can learn nothing from itself.
    ///
    /// Source: CHORD-7, CHORD-31.
    pub(super) fn stabilize_from_successor(
        &mut self,
        fresh: Nonce,
        context: &mut Context<'_, I>,
    ) -> Taken {
        let is_done_with_the_last = self.query.is_none() && self.announcement.is_none();
        require(is_done_with_the_last && self.candidate.is_none(), Reason::NotWaiting)?;
        let head = self.successors.head();
        if head == context.me {
            self.head_is_dead(fresh, context);
        } else {
            self.ask(head, About::Head, fresh, context);
        }
        Ok(())
    }

    /// A member asks its candidate, its first successor's predecessor.
    ///
    /// Source: CHORD-8.
    pub(super) fn stabilize_from_predecessor(
        &mut self,
        fresh: Nonce,
        context: &mut Context<'_, I>,
    ) -> Taken {
        let is_free = self.query.is_none() && self.announcement.is_none();
        let candidate = self.candidate.filter(|_| is_free).ok_or(Reason::NotWaiting)?;
        self.ask(candidate, About::Candidate, fresh, context);
        Ok(())
    }

    fn ask(&mut self, target: I, about: About, nonce: Nonce, context: &mut Context<'_, I>) {
        self.query = Some(Query { target, about, nonce, resent: 0 });
        context.send(target, Message::AskNeighbours { nonce });
        context.await_answer(Question::Query);
    }

    /// Another node asks this member for its neighbours.
    ///
    /// A member that waits for an answer itself does not say: what it will be once the answer is
    /// in, it does not know.
    ///
    /// Source: CHORD-7, CHORD-8, CHORD-30.
    pub(super) fn tell_neighbours(&self, from: I, nonce: Nonce, context: &mut Context<'_, I>) {
        let answer = if self.is_waiting(context) {
            Message::Busy { nonce }
        } else {
            let successors = self.successors.to_vec();
            Message::Neighbours { nonce, predecessor: self.predecessor, successors }
        };
        context.send(from, answer);
    }

    /// Whether a response is pending, after which this member's pointers may be others.
    ///
    /// Source: CHORD-30.
    pub(super) fn is_waiting(&self, context: &Context<'_, I>) -> bool {
        self.query.is_some() && !context.has(Fault::AnswerWhileWaiting)
    }

    /// The query that this answer is for.
    ///
    /// Source: CHORD-32.
    fn asked(&self, from: I, nonce: Nonce, context: &Context<'_, I>) -> Result<Query<I>, Reason> {
        let query = self.query.ok_or(Reason::Unasked)?;
        let is_its_nonce = query.nonce == nonce || context.has(Fault::AcceptStaleAnswers);
        let is_its_target = query.target == from || context.has(Fault::AcceptAnyonesAnswers);
        require(is_its_nonce && is_its_target, Reason::Unasked)?;
        Ok(query)
    }

    /// The node that was asked has answered.
    ///
    /// Source: CHORD-7, CHORD-8.
    pub(super) fn neighbours(
        &mut self,
        from: I,
        nonce: Nonce,
        predecessor: I,
        successors: &[I],
        context: &mut Context<'_, I>,
    ) -> Taken {
        let query = self.asked(from, nonce, context)?;
        let has_length = successors.len() == context.config.list_length();
        let list = Successors::new(successors).filter(|_| has_length);
        let list = list.ok_or(Reason::WrongLength)?;

        self.query = None;
        context.stop_waiting(Question::Query);
        match query.about {
            About::Head => self.head_is_live(query, predecessor, &list, context),
            About::Candidate => self.candidate_is_live(query, &list, context),
        }
        Ok(())
    }

    /// ```text
    ///   live(h):  list := h :: h's list without its last
    ///             between(m, h's predecessor, h):  candidate := h's predecessor
    ///             otherwise:                       notify(h, m)
    /// ```
    ///
    /// Source: CHORD-7.
    fn head_is_live(
        &mut self,
        query: Query<I>,
        predecessor: I,
        its_list: &Successors<I>,
        context: &mut Context<'_, I>,
    ) {
        let head = query.target;
        let is_in_between = between(context.me, predecessor, head);
        let is_asked_next =
            is_in_between || context.has(Fault::AdoptAnyPredecessor) && predecessor != context.me;
        if !context.has(Fault::KeepOwnTail) {
            self.successors = adopted(head, its_list, context);
        }
        if is_in_between && context.has(Fault::AdoptWithoutAsking) {
            self.successors = Successors::adopt(predecessor, &self.successors);
            self.announce(predecessor, query.nonce, context);
        } else if is_asked_next {
            self.candidate = Some(predecessor);
            context.go_on(Timer::AskCandidate);
        } else {
            self.announce(head, query.nonce, context);
        }
    }

    /// ```text
    ///   dead(h):  list := tail ++ [identifier after the last],   notify(new head, m)
    /// ```
    ///
    /// Source: CHORD-7.
    fn head_is_dead(&mut self, nonce: Nonce, context: &mut Context<'_, I>) {
        let pad_wraps = self.successors.last().next() <= self.successors.last();
        let is_kept =
            context.has(Fault::KeepDeadHead) || context.has(Fault::PadWithoutWrap) && pad_wraps;
        if is_kept {
            stabilize_again(context);
            return;
        }
        self.successors = if context.has(Fault::PadWithSelf) {
            self.successors.without_head_but_with(context.me)
        } else if context.has(Fault::DoNotPad) {
            self.successors.shortened()
        } else {
            self.successors.without_dead_head()
        };
        self.announce(self.successors.head(), nonce, context);
    }

    /// ```text
    ///   live(q):  list := q :: q's list without its last,  notify(q, m)
    /// ```
    ///
    /// Source: CHORD-8.
    fn candidate_is_live(
        &mut self,
        query: Query<I>,
        its_list: &Successors<I>,
        context: &mut Context<'_, I>,
    ) {
        self.candidate = None;
        self.successors = adopted(query.target, its_list, context);
        self.announce(query.target, query.nonce, context);
    }

    /// ```text
    ///   dead(q):  notify(head, m)
    /// ```
    ///
    /// Source: CHORD-8.
    fn candidate_is_dead(&mut self, nonce: Nonce, context: &mut Context<'_, I>) {
        self.candidate = None;
        self.announce(self.successors.head(), nonce, context);
    }

    /// The node that was asked has not answered in time: it is asked again, and in the end it is
    /// taken for dead.
    ///
    /// Source: CHORD-2.
    pub(super) fn query_timeout(&mut self, context: &mut Context<'_, I>) -> Taken {
        let query = self.query.as_mut().ok_or(Reason::NotWaiting)?;
        if query.resent < context.config.resends {
            query.resent += 1;
            context.send(query.target, Message::AskNeighbours { nonce: query.nonce });
            context.await_answer(Question::Query);
            return Ok(());
        }
        let Query { about, nonce, .. } = *query;
        self.query = None;
        match about {
            About::Head => self.head_is_dead(nonce, context),
            About::Candidate => self.candidate_is_dead(nonce, context),
        }
        Ok(())
    }

    /// The node that was asked waits for an answer itself. This one gives way for a while, so
    /// that nodes which ask each other in a circle do not wait for ever.
    ///
    /// Source: CHORD-30.
    pub(super) fn busy(&mut self, from: I, nonce: Nonce, context: &mut Context<'_, I>) -> Taken {
        let query = self.asked(from, nonce, context)?;
        self.query = None;
        context.stop_waiting(Question::Query);
        let back_off = context.config.back_off(nonce);
        match query.about {
            About::Head if context.has(Fault::TakeBusyForDead) => self.head_is_dead(nonce, context),
            About::Head => context.set(Timer::Stabilize, back_off),
            About::Candidate => context.set(Timer::AskCandidate, back_off),
        }
        Ok(())
    }

    /// Leaves this member's name with the node that it takes for its successor, and waits until
    /// that node has looked at it.
    ///
    /// The notification has the nonce of the query that led to it. That query is answered, and an
    /// acknowledgement is no answer to a query.
    ///
    /// Source: CHORD-10, CHORD-31.
    fn announce(&mut self, target: I, nonce: Nonce, context: &mut Context<'_, I>) {
        let has_somebody_to_tell = target != context.me;
        if !has_somebody_to_tell || context.has(Fault::StabilizeWithoutNotify) {
            stabilize_again(context);
            return;
        }
        context.send(target, Message::Notify { nonce });
        if context.has(Fault::DoNotAwaitAcknowledgement) {
            stabilize_again(context);
            return;
        }
        self.announcement = Some(Announcement { target, nonce, resent: 0 });
        context.await_answer(Question::Announcement);
    }

    /// The node that was notified has looked at the notification. If it counts this member as its
    /// predecessor, it has handed over to it what is behind it, or will.
    ///
    /// Source: CHORD-31, CHORD-63.
    pub(super) fn acknowledged(
        &mut self,
        from: I,
        nonce: Nonce,
        is_counted: bool,
        context: &mut Context<'_, I>,
    ) -> Taken {
        let announcement = self.announcement.ok_or(Reason::Unasked)?;
        let is_its_nonce = announcement.nonce == nonce || context.has(Fault::AcceptStaleAnswers);
        let is_its_target = announcement.target == from || context.has(Fault::AcceptAnyonesAnswers);
        require(is_its_nonce && is_its_target, Reason::Unasked)?;
        self.announcement = None;
        self.upper.is_unready &= !is_counted;
        context.stop_waiting(Question::Announcement);
        stabilize_again(context);
        Ok(())
    }

    /// The notification was not acknowledged in time: it is sent again, and in the end it is
    /// taken for lost. The next stabilization finds out whether the node notified is dead.
    ///
    /// Source: CHORD-31.
    pub(super) fn announcement_timeout(&mut self, context: &mut Context<'_, I>) -> Taken {
        let announcement = self.announcement.as_mut().ok_or(Reason::NotWaiting)?;
        if announcement.resent < context.config.resends {
            announcement.resent += 1;
            context.send(announcement.target, Message::Notify { nonce: announcement.nonce });
            context.await_answer(Question::Announcement);
            return Ok(());
        }
        self.announcement = None;
        stabilize_again(context);
        Ok(())
    }
}

/// The list that a member makes of a live node's list.
fn adopted<I: Identifier>(
    head: I,
    its_list: &Successors<I>,
    context: &Context<'_, I>,
) -> Successors<I> {
    if context.has(Fault::SkipHeadWhenCopying) {
        return its_list.clone();
    }
    Successors::adopt(head, its_list)
}

/// This round is over: the next one is due after a while.
pub(super) fn stabilize_again<I: Identifier>(context: &mut Context<'_, I>) {
    context.set(Timer::Stabilize, context.config.timings.stabilize);
}
