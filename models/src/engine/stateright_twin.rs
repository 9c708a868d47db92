//! The same model as stateright's own search sees it: a second opinion on counts.

use stateright::{Model, Property};

use super::property::Specification;

/// A model with one property that is always true, which keeps stateright searching to the end:
/// without an open property it stops at the first state.
#[derive(Clone)]
pub struct Counted<M>(pub M);

impl<M: Specification> Model for Counted<M> {
    type State = M::State;
    type Action = M::Action;

    fn init_states(&self) -> Vec<Self::State> {
        self.0.init_states()
    }

    fn actions(&self, state: &Self::State, actions: &mut Vec<Self::Action>) {
        self.0.actions(state, actions);
    }

    fn next_state(&self, state: &Self::State, action: Self::Action) -> Option<Self::State> {
        self.0.next_state(state, action)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("true", |_, _| true)]
    }

    fn within_boundary(&self, state: &Self::State) -> bool {
        self.0.within_boundary(state)
    }
}
