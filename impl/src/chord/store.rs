//! Records: reading and writing at the owner, and copies at its successors.

use std::collections::BTreeSet;

use super::context::{Context, Store, Taken, require};
use super::fault::Fault;
use super::message::{Delivery, Message, Question, Reason, Record, Timer};
use super::node::Member;
use super::upper::{Copying, Goal, Request, Stage, Then};
use crate::identifier::{Identifier, between};
use crate::machine::Nonce;

impl<I: Identifier> Member<I> {
    /// Another node asks for a record. Whoever holds it tells it, responsible or not.
    ///
    /// Source: CHORD-33.
    pub(super) fn fetch(&self, from: I, nonce: Nonce, key: I, context: &mut Context<'_, I>) {
        let record = context.store.get(&key).cloned();
        let successors = self.successors.to_vec();
        context.send(from, Message::Fetched { nonce, record, successors });
    }

    /// Asks the owner for the record, in order to read it or to write a newer one.
    ///
    /// Source: CHORD-33.
    pub(super) fn read(
        &mut self,
        nonce: Nonce,
        mut request: Request<I>,
        owner: I,
        context: &mut Context<'_, I>,
    ) {
        let is_mine = owner == context.me;
        let rest = if is_mine { self.successors.to_vec() } else { Vec::new() };
        request.stage = Stage::Reading { at: owner, owner, rest, is_unsure: false };
        if is_mine {
            let own = context.store.get(&request.key).cloned();
            self.go_on_reading(nonce, request, own, context);
        } else {
            self.ask_on(nonce, request, context);
        }
    }

    /// The node that was asked for the record has answered.
    ///
    /// Source: CHORD-33, CHORD-32.
    pub(super) fn fetched(
        &mut self,
        from: I,
        nonce: Nonce,
        record: Option<Record>,
        successors: &[I],
        context: &mut Context<'_, I>,
    ) -> Taken {
        let request = self.requested(from, nonce)?;
        let Stage::Reading { at, owner, .. } = request.stage else { return Err(Reason::Unasked) };
        require(successors.len() == context.config.list_length(), Reason::WrongLength)?;
        let is_short = record.as_ref().is_none_or(|record| is_short_enough(record, context));
        require(is_short, Reason::ValueTooLong)?;
        let Some(mut request) = self.answered(nonce, context) else { return Ok(()) };
        if let Stage::Reading { rest, .. } = &mut request.stage
            && at == owner
        {
            *rest = successors.to_vec();
        }
        self.go_on_reading(nonce, request, record, context);
        Ok(())
    }

    /// What was read is enough, or the next node is asked.
    fn go_on_reading(
        &mut self,
        nonce: Nonce,
        request: Request<I>,
        record: Option<Record>,
        context: &mut Context<'_, I>,
    ) {
        if record.is_some() {
            self.has_read(nonce, request, record, context);
        } else {
            self.read_next(nonce, request, context);
        }
    }

    /// The owner may be a new one that was not handed the record yet: its successors, which were
    /// to keep copies for the old one, are asked in turn.
    ///
    /// Source: CHORD-33.
    pub(super) fn read_next(
        &mut self,
        nonce: Nonce,
        mut request: Request<I>,
        context: &mut Context<'_, I>,
    ) {
        let Stage::Reading { at, rest, .. } = &mut request.stage else { return };
        let own_turn = rest.iter().position(|&id| id == context.me);
        let own = own_turn.and_then(|_| context.store.get(&request.key).cloned());
        if own.is_some() {
            self.has_read(nonce, request, own, context);
            return;
        }
        rest.retain(|&id| id != context.me);
        if rest.is_empty() {
            self.has_read(nonce, request, None, context);
        } else {
            *at = rest.remove(0);
            self.ask_on(nonce, request, context);
        }
    }

    /// The record is known, or that there is none: the value is told, or a newer one written. Who
    /// is unsure does neither: a value that is there would be said not to be, or outlive a newer
    /// one.
    fn has_read(
        &mut self,
        nonce: Nonce,
        mut request: Request<I>,
        record: Option<Record>,
        context: &mut Context<'_, I>,
    ) {
        let Stage::Reading { owner, is_unsure, .. } = request.stage else { return };
        if record.is_none() && is_unsure {
            self.give_up(nonce, &request, context);
            return;
        }
        let Goal::Put { value } = &request.goal else {
            let value = record.map(|record| record.value);
            context.deliver(Delivery::Value { request: nonce, value });
            return;
        };
        let version = record.map_or(1, |record| record.version.saturating_add(1));
        if owner != context.me {
            request.stage = Stage::Storing { owner, version };
            self.ask_on(nonce, request, context);
            return;
        }
        let record = Record { version, value: value.clone() };
        if self.store(owner, nonce, request.key, record, context).is_err() {
            self.give_up(nonce, &request, context);
        }
    }

    /// The owner is asked to keep a value: it lets its successors keep copies, and answers when
    /// those that live have them.
    ///
    /// Source: CHORD-33.
    pub(super) fn store(
        &mut self,
        client: I,
        nonce: Nonce,
        key: I,
        record: Record,
        context: &mut Context<'_, I>,
    ) -> Taken {
        require(!self.upper.is_leaving, Reason::Leaving)?;
        require(is_short_enough(&record, context), Reason::ValueTooLong)?;
        if !self.answers(key, context) {
            require(client != context.me, Reason::WrongPlace)?;
            context.send(client, Message::NotMine { nonce, predecessor: self.predecessor });
            return Ok(());
        }
        require(!self.upper.copies.contains_key(&nonce), Reason::UnderWay)?;
        let has_room = self.upper.copies.len() < usize::from(context.config.limits.requests);
        require(has_room, Reason::TooManyRequests)?;
        keep(vec![(key, record)], context)?;
        self.copy_to_successors(nonce, vec![key], Then::Answer { client }, context);
        Ok(())
    }

    /// Sends records to every successor.
    pub(super) fn copy_to_successors(
        &mut self,
        nonce: Nonce,
        keys: Vec<I>,
        then: Then<I>,
        context: &mut Context<'_, I>,
    ) {
        let waiting: BTreeSet<I> = self.successors.iter().filter(|id| *id != context.me).collect();
        let is_answered_early = context.has(Fault::AnswerBeforeCopied);
        if let Then::Answer { client } = then
            && (waiting.is_empty() || is_answered_early)
        {
            answer(nonce, client, context);
        }
        let then = if is_answered_early { Then::Repaired } else { then };
        self.send_copies(nonce, Copying { keys, waiting, then, resent: 0 }, context);
    }

    /// Sends records, and waits until they have come.
    pub(super) fn send_copies(
        &mut self,
        nonce: Nonce,
        copying: Copying<I>,
        context: &mut Context<'_, I>,
    ) {
        if copying.waiting.is_empty() {
            return;
        }
        send_to_all(nonce, &copying, context);
        context.await_answer(Question::Copy(nonce));
        if copying.then.goes_elsewhere() && context.has(Fault::DeleteBeforeAcknowledged) {
            self.delete(&copying.keys, context);
        }
        self.upper.copies.insert(nonce, copying);
    }

    /// The owner keeps the value.
    ///
    /// Source: CHORD-33.
    pub(super) fn stored(&mut self, from: I, nonce: Nonce, context: &mut Context<'_, I>) -> Taken {
        let request = self.requested(from, nonce)?;
        require(matches!(request.stage, Stage::Storing { .. }), Reason::Unasked)?;
        self.answered(nonce, context);
        context.deliver(Delivery::Stored { request: nonce });
        Ok(())
    }

    /// The node that was taken for the owner has a predecessor that is the owner, or knows it.
    ///
    /// Source: CHORD-33, CHORD-32.
    pub(super) fn not_mine(
        &mut self,
        from: I,
        nonce: Nonce,
        predecessor: I,
        context: &mut Context<'_, I>,
    ) -> Taken {
        let request = self.requested(from, nonce)?;
        let Stage::Storing { owner, .. } = request.stage else { return Err(Reason::Unasked) };
        let is_closer = predecessor == request.key || between(request.key, predecessor, owner);
        require(is_closer, Reason::WrongPlace)?;
        let Some(mut request) = self.answered(nonce, context) else { return Ok(()) };
        let has_hops_left = request.hops < context.config.limits.hops;
        if has_hops_left {
            request.hops += 1;
            self.read(nonce, request, predecessor, context);
        } else {
            self.give_up(nonce, &request, context);
        }
        Ok(())
    }

    /// Another node sends records to keep.
    ///
    /// Source: CHORD-33.
    pub(super) fn copy(
        &self,
        from: I,
        nonce: Nonce,
        records: Vec<(I, Record)>,
        context: &mut Context<'_, I>,
    ) -> Taken {
        require(!self.upper.is_leaving, Reason::Leaving)?;
        let is_batch = records.len() <= usize::from(context.config.limits.batch);
        require(is_batch, Reason::TooManyRecords)?;
        let are_short = records.iter().all(|(_, record)| is_short_enough(record, context));
        require(are_short, Reason::ValueTooLong)?;
        let are_mine = records.iter().all(|&(key, _)| self.answers(key, context));
        keep(records, context)?;
        let keepers = if are_mine { self.successors.to_vec() } else { Vec::new() };
        context.send(from, Message::Copied { nonce, keepers });
        Ok(())
    }

    /// A node has the records that it was sent.
    ///
    /// Source: CHORD-33, CHORD-32.
    pub(super) fn copied(
        &mut self,
        from: I,
        nonce: Nonce,
        keepers: &[I],
        context: &mut Context<'_, I>,
    ) -> Taken {
        let has_length = keepers.is_empty() || keepers.len() == context.config.list_length();
        let copying = self.upper.copies.get_mut(&nonce).ok_or(Reason::Unasked)?;
        require(copying.waiting.contains(&from), Reason::Unasked)?;
        require(has_length, Reason::WrongLength)?;
        copying.waiting.remove(&from);
        let is_over = copying.waiting.is_empty();
        let is_kept_elsewhere = !keepers.is_empty() && !keepers.contains(&context.me);
        if is_kept_elsewhere && copying.then.is_an_offer() {
            let keys = copying.keys.clone();
            self.delete(&keys, context);
        }
        if is_over && let Some(copying) = self.upper.copies.remove(&nonce) {
            context.stop_waiting(Question::Copy(nonce));
            self.have_arrived(nonce, &copying, context);
        }
        Ok(())
    }

    fn delete(&self, keys: &[I], context: &mut Context<'_, I>) {
        context.store.retain(|key, _| !keys.contains(key) || self.owns(context.me, *key));
    }

    /// Every live node that was sent records has them.
    fn have_arrived(&mut self, nonce: Nonce, copying: &Copying<I>, context: &mut Context<'_, I>) {
        match copying.then {
            Then::Answer { client } => answer(nonce, client, context),
            Then::HandOver { is_leaving } => {
                if is_leaving == self.upper.is_leaving {
                    self.upper.handed = copying.keys.last().copied();
                }
                context.go_on(Timer::HandOver);
            }
            Then::Repaired | Then::Collect => {}
        }
    }

    /// Some have not said that they have the records: they are sent again, and in the end whoever
    /// has not answered is taken for dead.
    ///
    /// Source: CHORD-33.
    pub(super) fn copy_timeout(&mut self, nonce: Nonce, context: &mut Context<'_, I>) -> Taken {
        let copying = self.upper.copies.get_mut(&nonce).ok_or(Reason::NotWaiting)?;
        if copying.resent < context.config.resends {
            copying.resent += 1;
            send_to_all(nonce, copying, context);
            context.await_answer(Question::Copy(nonce));
            return Ok(());
        }
        let Some(copying) = self.upper.copies.remove(&nonce) else { return Ok(()) };
        match copying.then {
            // The next successor, or predecessor, is known after the next repair of the ring.
            Then::HandOver { .. } => {
                context.set(Timer::HandOver, context.config.timings.stabilize);
            }
            _ => self.have_arrived(nonce, &copying, context),
        }
        Ok(())
    }
}

/// Tells a writer that its value is kept.
fn answer<I: Identifier>(nonce: Nonce, client: I, context: &mut Context<'_, I>) {
    if client == context.me {
        context.deliver(Delivery::Stored { request: nonce });
    } else {
        context.send(client, Message::Stored { nonce });
    }
}

fn send_to_all<I: Identifier>(nonce: Nonce, copying: &Copying<I>, context: &mut Context<'_, I>) {
    let held = |key: &I| context.store.get(key).map(|record| (*key, record.clone()));
    let records: Vec<(I, Record)> = copying.keys.iter().filter_map(held).collect();
    for &to in &copying.waiting {
        context.send(to, Message::Copy { nonce, records: records.clone() });
    }
}

fn is_short_enough<I: Identifier>(record: &Record, context: &Context<'_, I>) -> bool {
    record.value.len() <= usize::from(context.config.limits.value)
}

/// Keeps records, of each key the greatest, if there is room for all.
fn keep<I: Identifier>(records: Vec<(I, Record)>, context: &mut Context<'_, I>) -> Taken {
    let store: &mut Store<I> = context.store;
    let was_empty = store.is_empty();
    let new = records.iter().filter(|(key, _)| !store.contains_key(key)).count();
    let has_room = store.len() + new <= context.config.limits.records as usize;
    require(has_room, Reason::TooManyRecords)?;
    for (key, record) in records {
        let kept = store.entry(key).or_insert_with(|| record.clone());
        if *kept < record {
            *kept = record;
        }
    }
    if was_empty && !context.store.is_empty() {
        context.set(Timer::Repair, context.config.timings.repair);
    }
    Ok(())
}
