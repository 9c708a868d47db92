//! What a node does for its own application: the way to the key, for puts and gets.

use std::collections::{BTreeMap, BTreeSet};

use super::config::Learning;
use super::fault::Fault;
use super::message::{Call, Delivery, Message, Reason};
use super::node::{Context, Node, Taken, require};
use super::operation::{Asked, Goal, Operation, Phase, Seen};
use super::routing::{Hop, Place};
use super::store::Holding;

use crate::identifier::{Xor, is_nearer};
use crate::machine::Nonce;

impl<I: Xor> Node<I> {
    /// The application wants to put or to get: at the fastest level first.
    ///
    /// Source: CORAL-12, CORAL-17, CORAL-21.
    pub(super) fn begin(
        &mut self,
        goal: Goal,
        key: I,
        fresh: Nonce,
        context: &mut Context<'_, I>,
    ) -> Taken {
        if let Goal::Put { value, ttl } = &goal {
            self.require_value(value, *ttl)?;
        }
        let most = usize::from(self.config.limits.operations);
        require(self.operations.len() < most, Reason::TooManyOperations)?;
        require(!self.operations.contains_key(&fresh), Reason::UnderWay)?;
        let operation = Operation {
            goal,
            key,
            level: self.fastest(),
            phase: Phase::Forward,
            place: Place::beginning(self.me, key),
            ways: Vec::new(),
            waiting: BTreeMap::new(),
            silent: BTreeSet::new(),
            contacted: Vec::new(),
            stack: Vec::new(),
            outcomes: Vec::new(),
        };
        self.enter_here(fresh, operation, context);
        Ok(())
    }

    /// The way at a level begins with this node itself: no message is sent for it.
    ///
    /// Source: CORAL-12, CORAL-17.
    pub(super) fn enter_here(
        &mut self,
        nonce: Nonce,
        mut operation: Operation<I>,
        context: &mut Context<'_, I>,
    ) {
        let slot = (operation.level, operation.key);
        if operation.goal == Goal::Get {
            let values = self.values(slot, context.now);
            if !values.is_empty() {
                let (at, level) = (self.me, operation.level);
                context.deliver(Delivery::Found { operation: nonce, at, level, values });
                return;
            }
        }
        let seen = match operation.goal {
            Goal::Put { ttl, .. } => self.inspect(slot, ttl, context.now),
            Goal::Get => Seen { loaded: false, full: false, holding: Holding::default() },
        };
        operation.place = Place::beginning(self.me, operation.key);
        operation.ways = self.ways(operation.level, operation.place);
        self.contact(nonce, operation, self.me, seen, context);
    }

    /// The way at the next slower level begins with another node, the place that was reached.
    ///
    /// Source: CORAL-21.
    pub(super) fn enter_at(
        &mut self,
        nonce: Nonce,
        mut operation: Operation<I>,
        node: I,
        context: &mut Context<'_, I>,
    ) {
        if node == self.me || self.config.has(Fault::LevelFromTheInitiator) {
            self.enter_here(nonce, operation, context);
            return;
        }
        operation.place = Place::beginning(self.me, operation.key);
        operation.ways = vec![Hop { to: node, target: node }];
        self.go_on(nonce, operation, context);
    }

    /// The operation goes on at the next slower level.
    ///
    /// Source: CORAL-21.
    pub(super) fn descend(operation: Operation<I>) -> Operation<I> {
        Operation {
            level: operation.level.saturating_sub(1),
            phase: Phase::Forward,
            ways: Vec::new(),
            waiting: BTreeMap::new(),
            silent: BTreeSet::new(),
            contacted: Vec::new(),
            stack: Vec::new(),
            ..operation
        }
    }

    /// A node on the way, perhaps this one, has said how it is with it.
    ///
    /// Source: CORAL-12, CORAL-13.
    pub(super) fn contact(
        &mut self,
        nonce: Nonce,
        mut operation: Operation<I>,
        node: I,
        seen: Seen,
        context: &mut Context<'_, I>,
    ) {
        operation.contacted.push((node, seen));
        let is_put = operation.goal != Goal::Get;
        let is_the_end = if self.config.has(Fault::StopsAtFullOrLoaded) {
            seen.full || seen.loaded
        } else {
            seen.ends_the_forward_phase()
        };
        let is_left_out = self.config.has(Fault::ClientChecksAlone) && seen.full
            || is_the_end && !self.config.has(Fault::StacksTheFullAndLoaded);
        if is_put && !is_left_out {
            operation.push(node);
        }
        if is_put && is_the_end {
            self.turn_round(nonce, operation, true, context);
        } else {
            self.go_on(nonce, operation, context);
        }
    }

    /// The next nodes are asked, unless as many as may be are asked already. Without any left, and
    /// without a nearer one that may still answer, the node that was reached is the closest.
    ///
    /// Source: CORAL-12, CORAL-17, CORAL-43.
    pub(super) fn go_on(
        &mut self,
        nonce: Nonce,
        mut operation: Operation<I>,
        context: &mut Context<'_, I>,
    ) {
        while operation.waiting.len() < usize::from(self.config.at_once) {
            let has_hops_left = operation.asked() < usize::from(self.config.limits.hops);
            let next = operation.ways.iter().find(|hop| !operation.has_asked(hop.to));
            let Some(&Hop { to, target }) = next.filter(|_| has_hops_left) else { break };
            operation.waiting.insert(to, Asked { target, resent: 0 });
            context.send(to, self.question(nonce, &operation, target));
            context.await_answer(nonce, to, &self.config);
        }
        let place = operation.place;
        let mut waiting = operation.waiting.keys();
        let a_nearer_one_may_answer = waiting.any(|id| is_nearer(*id, place.at, place.key));
        if a_nearer_one_may_answer {
            self.operations.insert(nonce, operation);
        } else if operation.contacted.is_empty() {
            // The place that the faster level had reached does not answer.
            self.enter_here(nonce, operation, context);
        } else {
            self.closest(nonce, operation, context);
        }
    }

    /// The closest node that could be reached has been reached.
    fn closest(&mut self, nonce: Nonce, mut operation: Operation<I>, context: &mut Context<'_, I>) {
        if operation.goal != Goal::Get {
            self.turn_round(nonce, operation, false, context);
            return;
        }
        operation.wait_no_more(nonce, context);
        let at = operation.place.at;
        if operation.level > 0 {
            self.enter_at(nonce, Self::descend(operation), at, context);
        } else {
            context.deliver(Delivery::Missed { operation: nonce, at });
        }
    }

    /// What is asked on the way to the key.
    fn question(&self, nonce: Nonce, operation: &Operation<I>, target: I) -> Message<I> {
        let call = operation.call(nonce);
        let cluster = self.cluster(operation.level);
        match operation.goal {
            Goal::Put { .. } => Message::ForwardRequest { call, cluster, target },
            Goal::Get => Message::GetRequest { call, cluster, target },
        }
    }

    pub(super) fn cluster(&self, level: u8) -> u64 {
        self.levels.get(usize::from(level)).map_or(0, |own| own.cluster)
    }

    /// The node that was asked on the way, and has now answered: the point that led to it.
    ///
    /// Source: CORAL-44.
    pub(super) fn waited_for(&self, from: I, call: &Call<I>) -> Result<(I, Asked<I>), Reason> {
        let operation = self.operations.get(&call.operation).ok_or(Reason::Unasked)?;
        let asked = operation.waiting.get_key_value(&from);
        let anyone = || operation.waiting.iter().next();
        let accepts_anyone = self.config.has(Fault::AcceptAnyonesAnswers);
        let asked = if accepts_anyone { asked.or_else(anyone) } else { asked };
        let (node, asked) = asked.ok_or(Reason::Unasked)?;
        let is_about_it = operation.call(call.operation) == *call;
        require(is_about_it, Reason::AnotherSlot)?;
        Ok((*node, *asked))
    }

    /// The contacts that a node names lead on from it, each once.
    ///
    /// Source: CORAL-44.
    pub(super) fn require_ways(&self, from: Place<I>, ways: &[Hop<I>]) -> Taken {
        require(ways.len() <= usize::from(self.config.ways), Reason::TooMany)?;
        if self.config.has(Fault::AcceptWrongPlaces) {
            return Ok(());
        }
        let lead_on = ways.iter().all(|hop| from.can_lead_to(*hop) && hop.to != self.me);
        let names: BTreeSet<I> = ways.iter().map(|hop| hop.to).collect();
        require(lead_on && names.len() == ways.len(), Reason::WrongPlace)
    }

    /// A node has answered, and names contacts.
    ///
    /// Source: CORAL-40.
    pub(super) fn learn(&mut self, level: u8, from: I, ways: &[Hop<I>]) {
        let Learning::Buckets(most) = self.config.learning else { return };
        if let Some(own) = self.levels.get_mut(usize::from(level)) {
            own.table.learn(from, usize::from(most));
            for hop in ways {
                own.table.learn(hop.to, usize::from(most));
            }
        }
    }

    /// A node does not answer.
    ///
    /// Source: CORAL-40.
    fn forget(&mut self, level: u8, node: I) {
        let is_fixed = self.config.learning == Learning::Fixed;
        if let Some(own) = self.levels.get_mut(usize::from(level)).filter(|_| !is_fixed) {
            own.table.forget(node);
        }
    }

    /// A node has not answered in time: it is asked again, and in the end the operation does
    /// without it.
    ///
    /// Source: CORAL-22.
    pub(super) fn timeout(&mut self, nonce: Nonce, of: I, context: &mut Context<'_, I>) -> Taken {
        let resends = self.config.resends;
        let operation = self.operations.get_mut(&nonce).ok_or(Reason::NotWaiting)?;
        let (level, phase) = (operation.level, operation.phase);
        let asked = match &mut operation.phase {
            Phase::Forward => operation.waiting.get_mut(&of).map(|asked| &mut asked.resent),
            Phase::Reverse { at, resent, .. } => Some(resent).filter(|_| *at == of),
        };
        let resent = asked.ok_or(Reason::NotWaiting)?;
        if *resent < resends {
            *resent += 1;
            self.ask_again(nonce, of, context);
            return Ok(());
        }
        let Some(mut operation) = self.operations.remove(&nonce) else { return Ok(()) };
        self.forget(level, of);
        if phase == Phase::Forward {
            operation.waiting.remove(&of);
            operation.silent.insert(of);
            if self.config.has(Fault::StacksTheSilent) && operation.goal != Goal::Get {
                operation.push(of);
            }
            self.go_on(nonce, operation, context);
        } else {
            self.store_unanswered(nonce, operation, of, context);
        }
        Ok(())
    }

    fn ask_again(&self, nonce: Nonce, of: I, context: &mut Context<'_, I>) {
        let Some(operation) = self.operations.get(&nonce) else { return };
        let question = match operation.waiting.get(&of) {
            Some(asked) => Some(self.question(nonce, operation, asked.target)),
            None => self.store_question(nonce, operation),
        };
        if let Some(question) = question {
            context.send(of, question);
            context.await_answer(nonce, of, &self.config);
        }
    }
}

impl<I: Xor> Operation<I> {
    /// What a question of this operation is about.
    pub(super) const fn call(&self, nonce: Nonce) -> Call<I> {
        Call { operation: nonce, level: self.level, key: self.key }
    }

    /// Puts a node on the stack, which is in the order of distance.
    ///
    /// Source: CORAL-13.
    fn push(&mut self, node: I) {
        let key = self.key;
        let place = self.stack.partition_point(|other| is_nearer(node, *other, key));
        self.stack.insert(place, node);
    }

    /// Whoever has not answered yet need not any more.
    pub(super) fn wait_no_more(&mut self, nonce: Nonce, context: &mut Context<'_, I>) {
        for node in std::mem::take(&mut self.waiting).into_keys() {
            context.stop_waiting(nonce, node);
        }
    }
}
