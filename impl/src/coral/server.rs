//! What a node does for others.

use std::time::Duration;

use super::fault::Fault;
use super::message::{Call, Message, Reason};
use super::node::{Context, Node, Taken, require};
use super::operation::Seen;
use super::routing::{Hop, Place};
use super::store::{Slot, Value};
use crate::identifier::Xor;
use crate::machine::Time;

impl<I: Xor> Node<I> {
    /// Another node is about to put a value.
    ///
    /// Source: CORAL-12.
    pub(super) fn answer_forward(
        &mut self,
        from: I,
        call: Call<I>,
        cluster: u64,
        target: I,
        context: &mut Context<'_, I>,
    ) -> Taken {
        self.require_cluster(call.level, cluster)?;
        let holding = self.store.said(call.slot(), context.now, &self.config);
        let loaded = self.counters.pass(call.slot(), context.now, &self.config);
        let ways = self.ways(call.level, Place { at: self.me, target, key: call.key });
        let (count, least) = (holding.count, holding.least);
        context.send(from, Message::ForwardReply { call, loaded, count, least, ways });
        Ok(())
    }

    /// Another node puts a value.
    ///
    /// Source: CORAL-15, CORAL-46.
    pub(super) fn answer_store(
        &mut self,
        from: I,
        (call, cluster): (Call<I>, u64),
        value: Value,
        ttl: Duration,
        context: &mut Context<'_, I>,
    ) -> Taken {
        self.require_cluster(call.level, cluster)?;
        self.require_value(&value, ttl)?;
        let now = context.now;
        let remembered = self.receipts.get(&(from, call)).filter(|(_, until)| *until > now);
        let accepted = if let Some((accepted, _)) = remembered {
            *accepted
        } else {
            let accepted = self.accept(call.slot(), value, ttl, now);
            self.remember(from, call, accepted, now);
            accepted
        };
        context.send(from, Message::StoreReply { call, accepted });
        Ok(())
    }

    /// Another node asks for values.
    ///
    /// Source: CORAL-17.
    pub(super) fn answer_get(
        &mut self,
        from: I,
        call: Call<I>,
        cluster: u64,
        target: I,
        context: &mut Context<'_, I>,
    ) -> Taken {
        self.require_cluster(call.level, cluster)?;
        if self.config.has(Fault::LeakCountsGets) {
            self.counters.pass(call.slot(), context.now, &self.config);
        }
        let mut ways = self.ways(call.level, Place { at: self.me, target, key: call.key });
        let mut values = self.values(call.slot(), context.now);
        if self.config.has(Fault::GetSkipsTheMiddle) && !ways.is_empty() {
            values.clear();
        }
        if !values.is_empty() {
            ways.clear();
        }
        context.send(from, Message::GetReply { call, values, ways });
        Ok(())
    }

    /// The values that live, each with what is left of its life.
    ///
    /// Source: CORAL-8.
    pub(super) fn values(&self, slot: Slot<I>, now: Time) -> Vec<(Value, Duration)> {
        if self.config.has(Fault::ReturnsExpiredValues) {
            let left_or_a_tick = |end: &Time| {
                let left = end.nanoseconds().saturating_sub(now.nanoseconds());
                Duration::from_nanos(left.max(1))
            };
            let entries = self.store.slots().get(&slot).into_iter().flatten();
            return entries.map(|(value, end)| (value.clone(), left_or_a_tick(end))).collect();
        }
        self.store.live(slot, now).map(|(value, left)| (value.clone(), left)).collect()
    }

    /// How it is with this node: a request to put is let through, and counts, if it is not loaded.
    ///
    /// Source: CORAL-9, CORAL-10, CORAL-12.
    pub(super) fn inspect(&mut self, slot: Slot<I>, ttl: Duration, now: Time) -> Seen {
        let holding = self.store.said(slot, now, &self.config);
        let full = holding.is_full_for(ttl, &self.config);
        let loaded = if self.config.has(Fault::InitiatorDoesNotCount) {
            false
        } else {
            self.counters.pass(slot, now, &self.config)
        };
        Seen { loaded, full, holding }
    }

    /// The node is to hold a value; whether it does. A node that has no room for another key
    /// refuses.
    ///
    /// Source: CORAL-15, CORAL-45.
    pub(super) fn accept(&mut self, slot: Slot<I>, value: Value, ttl: Duration, now: Time) -> bool {
        if self.config.has(Fault::RefusesWhenLoaded) && self.is_loaded(slot, now) {
            return false;
        }
        let has_room = self.store.has_room_for(slot, now, self.config.limits.keys);
        has_room && self.store.accept(slot, value, ttl, now, &self.config)
    }

    /// Contacts to ask next, in order.
    ///
    /// Source: CORAL-42.
    pub(super) fn ways(&self, level: u8, place: Place<I>) -> Vec<Hop<I>> {
        let membership = self.levels.get(usize::from(level));
        membership.map_or_else(Vec::new, |membership| {
            membership.table.ways(place, self.config.way(), usize::from(self.config.ways))
        })
    }

    /// The answer to a store is remembered, so that a second copy of the question gets it again.
    /// The answers that would be forgotten first make room.
    ///
    /// Source: CORAL-46.
    fn remember(&mut self, from: I, call: Call<I>, accepted: bool, now: Time) {
        let limits = self.config.limits;
        if limits.receipts == 0 {
            return;
        }
        if self.receipts.len() >= usize::from(limits.receipts) {
            self.receipts.retain(|_, (_, until)| *until > now);
        }
        while self.receipts.len() >= usize::from(limits.receipts) {
            let oldest = self.receipts.iter().min_by_key(|(_, (_, until))| *until);
            let Some(oldest) = oldest.map(|(question, _)| *question) else { break };
            self.receipts.remove(&oldest);
        }
        self.receipts.insert((from, call), (accepted, now.after(limits.receipt)));
    }

    /// Source: CORAL-47.
    fn require_cluster(&self, level: u8, cluster: u64) -> Taken {
        let own = self.levels.get(usize::from(level));
        require(own.is_some_and(|own| own.cluster == cluster), Reason::AnotherCluster)
    }

    /// Source: CORAL-45.
    pub(super) fn require_value(&self, value: &Value, ttl: Duration) -> Taken {
        let limits = self.config.limits;
        require(value.len() <= usize::from(limits.value), Reason::WrongValue)?;
        require(ttl > Duration::ZERO && ttl <= limits.ttl, Reason::WrongLife)
    }
}
