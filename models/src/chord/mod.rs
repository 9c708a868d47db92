//! Chord: a ring of nodes that keeps itself in order while nodes join and fail.
//!
//! # Protocol
//!
//! The corrected protocol (CHORD-3 to CHORD-10, [`step`]), in which every member keeps a list of
//! `r` successors, a new member starts with a whole list, a candidate is asked before it is
//! adopted, and at least `r + 1` principals remain; and the original one of 2001 and 2002
//! (CHORD-21 to CHORD-23, [`original`]), which breaks every property it was claimed to have.
//!
//! # Abstractions
//!
//! A step reads at most one other node and changes its own; it takes effect when the other node
//! answers (CHORD-2). A node, its address and its identifier are one. Identifiers that belong to
//! nobody stand for gaps in the circle, so a small circle stands for any larger one with nodes in
//! the same order. Keys, look-ups and an imperfect failure detector are options ([`upper`]): no
//! successor or predecessor depends on the first two.
//!
//! # Environment
//!
//! Nodes join and fail at any moment, in the middle of their own repairs too, as long as every
//! other member keeps a live successor and enough principals remain (CHORD-6). A failed node
//! answers nothing, and who asks it learns that it has failed. Churn ends at last; repairs are
//! fair (CHORD-26).
//!
//! # Deviations
//!
//! Made-up entries wrap round the circle, and a notification to a dead node is lost; in the
//! published model the first disables the step and so does the second. What may wait at a node is
//! an option ([`Pending`]), since on it hangs whether repair ever ends (CHORD-10).

mod action;
mod case;
mod enumerable;
mod fairness;
mod guard;
mod identifier;
pub mod inductive;
pub mod instance;
pub mod list;
pub mod mutant;
mod options;
pub mod original;
mod packed;
pub mod picture;
pub mod property;
mod reason;
pub mod shape;
pub mod state;
pub mod step;
mod traced;
pub mod upper;

use stateright::{Model, Path, Property};

pub use action::{Action, Role};
pub use fairness::Constraint;
pub use identifier::{Id, Ids, MAXIMUM_CIRCLE, Set, between, included_in};
pub use instance::system;
pub use list::List;
pub use mutant::Fault;
pub use options::{Granularity, Pending, Protocol, Repair};
pub use original::{Assembly, FailureRule};
pub use shape::Shape;
pub use state::{Member, State};
pub use upper::{Layers, Upper};

/// Chord on a circle of identifiers, with its environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chord {
    /// How many identifiers the circle has.
    pub nodes: Id,
    /// How many entries a successor list has (`r`); at most two in the original protocol.
    pub successors: usize,
    /// Which protocol the members follow.
    pub protocol: Protocol,
    /// How many members the first, ideal ring has.
    pub initial_ring: Id,
    /// Where on the circle they are: the first so many of these identifiers.
    pub places: Set,
    /// Whether it begins with any rotation of the first ring, so that no place on the circle is
    /// special.
    pub rotations: bool,
    /// The nodes that never fail.
    pub permanent: Set,
    /// Whether a node that failed may join again.
    pub rejoin: bool,
    /// Whether members also leave of their own will.
    pub leave: bool,
    /// How often repairs happen.
    pub repair: Repair,
    /// The procedure of the ring that is done wrong, if any is.
    pub fault: Option<Fault>,
    /// What there is above the ring.
    pub layers: Layers,
}

impl Chord {
    /// The corrected protocol with lists of `r` on a circle of `nodes`: starting from a ring of
    /// `r + 1`, the closest notifier kept, failed nodes free to join again, repairs weakly fair.
    #[must_use]
    pub const fn corrected(nodes: Id, r: usize) -> Self {
        Self {
            nodes,
            successors: r,
            protocol: Protocol::Corrected(Pending::BestNotifier),
            initial_ring: r as Id + 1,
            places: Set::circle(if nodes < MAXIMUM_CIRCLE { nodes } else { MAXIMUM_CIRCLE }),
            rotations: false,
            permanent: Set::EMPTY,
            rejoin: true,
            leave: false,
            repair: Repair::Weak(Granularity::Operation),
            fault: None,
            layers: Layers::NONE,
        }
    }

    /// The original protocol in that assembly on a circle of `nodes`, with two successors: it
    /// starts from one member that is its own successor; failed nodes may join again.
    #[must_use]
    pub const fn original(nodes: Id, assembly: Assembly) -> Self {
        Self {
            protocol: Protocol::Original(assembly),
            initial_ring: 1,
            ..Self::corrected(nodes, 2)
        }
    }

    /// The same, but notifications wait like this. No effect on the original protocol.
    #[must_use]
    pub const fn pending(mut self, pending: Pending) -> Self {
        if let Protocol::Corrected(_) = self.protocol {
            self.protocol = Protocol::Corrected(pending);
        }
        self
    }

    /// The same, but a node that failed never joins again.
    #[must_use]
    pub const fn without_rejoin(mut self) -> Self {
        self.rejoin = false;
        self
    }

    /// The same, but members leave of their own will besides failing.
    #[must_use]
    pub const fn with_leave(mut self) -> Self {
        self.leave = true;
        self
    }

    /// The same, but starting from an ideal ring of that many members.
    #[must_use]
    pub const fn initial_ring(mut self, members: Id) -> Self {
        self.initial_ring = members;
        self
    }

    /// The same, but starting from the ideal ring of these members.
    #[must_use]
    pub const fn members(mut self, members: Set) -> Self {
        (self.initial_ring, self.places) = (members.len() as Id, members);
        self
    }

    /// The same, but beginning with any rotation of the first ring.
    #[must_use]
    pub const fn every_rotation(mut self) -> Self {
        self.rotations = true;
        self
    }

    /// The same, but the members of the first ring never fail.
    #[must_use]
    pub const fn permanent_base(mut self) -> Self {
        self.permanent = Set::circle(self.initial_ring);
        self
    }

    /// The same under another fairness of repairs.
    #[must_use]
    pub const fn repair(mut self, repair: Repair) -> Self {
        self.repair = repair;
        self
    }

    /// The members and their successor lists in that state.
    #[must_use]
    pub fn shape(&self, state: &State) -> Shape {
        Shape::of(self.nodes, state)
    }

    /// The first state: an ideal ring. A single original member has no predecessor and one
    /// successor, itself.
    ///
    /// Source: CHORD-4, CHORD-21.
    #[must_use]
    pub fn initial_state(&self) -> State {
        let ring: Vec<Id> = self.places.iter().take(usize::from(self.initial_ring)).collect();
        match (self.protocol, &ring[..]) {
            (Protocol::Original(_), &[only]) => {
                State::EMPTY.with(only, Member::new(List::new(&[only]), None))
            }
            _ => (0..ring.len())
                .map(|place| (ring[place], self.ideal_member(&ring, place)))
                .collect(),
        }
    }

    fn ideal_member(&self, ring: &[Id], place: usize) -> Member {
        let at = |place: usize| ring[place % ring.len()];
        let successors = (1..=self.successors).map(|step| at(place + step));
        let predecessor = at(place + ring.len() - 1);
        Member::new(successors.fold(List::EMPTY, List::push), Some(predecessor))
    }

    /// The state once the node has failed or left.
    pub(crate) const fn without(&self, state: &State, node: Id) -> State {
        if self.rejoin { state.without(node) } else { state.departed(node) }
    }

    /// Whether the node is one that can join.
    pub(crate) fn may_join(&self, state: &State, node: Id) -> bool {
        node < self.nodes && !state.is_member(node) && !state.has_departed(node)
    }
}

impl Model for Chord {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let rotations = if self.rotations { usize::from(self.nodes) } else { 1 };
        let rotated = |state: &State| Some(state.rotated(self.nodes));
        std::iter::successors(Some(self.initial_state()), rotated).take(rotations).collect()
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        let members = state.members();
        let failing = self.candidates_to_fail(state);
        for node in 0..self.nodes {
            match (members.contains(node), self.protocol) {
                (false, _) if self.may_join(state, node) => {
                    actions.extend(members.iter().map(|via| Action::Join { node, via }));
                }
                (false, _) => {}
                (true, Protocol::Corrected(_)) => {
                    self.corrected_actions(state, node, failing.contains(node), actions);
                }
                (true, Protocol::Original(_)) => self.original_actions(node, actions),
            }
        }
        if !self.layers.is_none() {
            upper::actions(self, state, actions);
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        if self.layers.is_none() { self.ring_step(state, action) } else { self.step(state, action) }
    }

    fn format_action(&self, action: &Action) -> String {
        action.to_string()
    }

    fn as_svg(&self, path: Path<State, Action>) -> Option<String> {
        let mut led_by = None;
        let steps = path
            .into_vec()
            .into_iter()
            .map(|(state, action)| (std::mem::replace(&mut led_by, action), state));
        Some(picture::picture(self, &steps.collect::<Vec<_>>()))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        crate::engine::property::explorer_properties(&property::claims(self))
    }
}

impl Chord {
    /// A step of the ring, or of what is above it.
    fn step(&self, state: &State, action: Action) -> Option<State> {
        let next = if action.is_of_the_ring() {
            upper::admits(self, state, action).then(|| self.ring_step(state, action))??
        } else {
            upper::step(self, state, action)?
        };
        Some(upper::account(self, state, action, &next))
    }

    /// A step of the ring, which depends on nothing above it.
    fn ring_step(&self, state: &State, action: Action) -> Option<State> {
        match (self.fault, self.protocol) {
            (None, _) => self.faithful(state, action),
            (Some(fault), Protocol::Corrected(_)) => mutant::step(self, fault, state, action),
            (Some(fault), Protocol::Original(assembly)) => {
                mutant::original_step(self, assembly, fault, state, action)
            }
        }
    }

    /// Who may fail is asked once for all members; a fault may let others fail too.
    fn candidates_to_fail(&self, state: &State) -> Set {
        match (self.protocol, self.fault) {
            (Protocol::Corrected(_), None) => step::may_fail(self, state),
            _ => state.members(),
        }
    }

    fn corrected_actions(
        &self,
        state: &State,
        node: Id,
        may_fail: bool,
        actions: &mut Vec<Action>,
    ) {
        let asks_candidate_next = state.candidate(node).is_some();
        actions.push(if asks_candidate_next {
            Action::StabilizeFromPredecessor(node)
        } else {
            Action::StabilizeFromSuccessor(node)
        });
        for from in state.notifiers(node) {
            actions.push(Action::Rectify { node, from });
        }
        if may_fail {
            actions.push(Action::Fail(node));
        }
        if may_fail && self.leave {
            actions.push(Action::Leave(node));
        }
    }

    fn original_actions(&self, node: Id, actions: &mut Vec<Action>) {
        actions.extend([
            Action::Stabilize(node),
            Action::Reconcile(node),
            Action::Update(node),
            Action::Flush(node),
            Action::Fail(node),
        ]);
        if self.leave {
            actions.push(Action::Leave(node));
        }
    }

    /// The step as the protocol has it, or `None` where it is disabled.
    fn faithful(&self, state: &State, action: Action) -> Option<State> {
        if let Protocol::Original(assembly) = self.protocol {
            return original::step(self, assembly, state, action);
        }
        match action {
            Action::Join { node, via } => step::join(self, state, node, via),
            Action::StabilizeFromSuccessor(node) => {
                step::stabilize_from_successor(self, state, node)
            }
            Action::StabilizeFromPredecessor(node) => {
                step::stabilize_from_predecessor(self, state, node)
            }
            Action::Rectify { node, from } => step::rectify(state, node, from),
            Action::Fail(node) | Action::Leave(node) => step::fail(self, state, node),
            _ => None,
        }
    }
}
