//! Getting values.

use std::collections::BTreeSet;
use std::time::Duration;

use super::fault::Fault;
use super::message::{Call, Delivery, Reason};
use super::node::{Context, Node, Taken, require};
use super::operation::{Goal, Seen};
use super::routing::{Hop, Place};
use super::store::{Holding, Value};
use crate::identifier::Xor;

impl<I: Xor> Node<I> {
    /// A node on the way has values, and the get ends; or it names nearer nodes.
    ///
    /// Source: CORAL-17, CORAL-44.
    pub(super) fn hear_get(
        &mut self,
        from: I,
        call: &Call<I>,
        values: Vec<(Value, Duration)>,
        ways: Vec<Hop<I>>,
        context: &mut Context<'_, I>,
    ) -> Taken {
        let (from, asked) = self.waited_for(from, call)?;
        let nonce = call.operation;
        let operation = self.operations.get(&nonce).ok_or(Reason::Unasked)?;
        require(operation.goal == Goal::Get, Reason::Unasked)?;
        self.require_values(&values)?;
        require(values.is_empty() || ways.is_empty(), Reason::TooMany)?;
        let place = Place { at: from, target: asked.target, key: call.key };
        self.require_ways(place, &ways)?;
        let Some(mut operation) = self.answered(nonce, from, context) else { return Ok(()) };
        self.learn(call.level, from, &ways);
        if !values.is_empty() {
            operation.wait_no_more(nonce, context);
            let level = operation.level;
            context.deliver(Delivery::Found { operation: nonce, at: from, level, values });
            return Ok(());
        }
        let ways = if self.config.has(Fault::GetStopsAtTheFirstNode) { Vec::new() } else { ways };
        let seen = Seen { loaded: false, full: false, holding: Holding::default() };
        self.contact(nonce, operation.at(place, ways), from, seen, context);
        Ok(())
    }

    /// Values that another node claims to hold can be so: not too many, none twice, all alive.
    ///
    /// Source: CORAL-44, CORAL-45.
    fn require_values(&self, values: &[(Value, Duration)]) -> Taken {
        let most = usize::from(self.config.values)
            + usize::from(self.config.has(Fault::FullIsMoreThanCapacity));
        require(values.len() <= most, Reason::TooMany)?;
        for (value, left) in values {
            self.require_value(value, *left)?;
        }
        let distinct: BTreeSet<&Value> = values.iter().map(|(value, _)| value).collect();
        require(distinct.len() == values.len(), Reason::WrongValue)
    }
}
