//! Which step of the model explains which step of the network.

use std::fmt;

use stateright::{Model, Property};
use straightedge_models::engine::refinement::Refinement;
use straightedge_models::engine::{self, Fairness, Mutant, Specification};
use straightedge_models::load_manager::{Action as Move, Draw, Switch};

use super::super::network::Network;
use super::super::world::{Action, ActionOf};
use super::command::Command;
use super::environment::{self, Surroundings, site};
use super::observed::{Abstract, forgetful, observe, to_model};
use super::site::Site;

/// The model without what its claims remember, and with a step more: a server that is set aside in
/// the step in which it fails a request (LOAD_MANAGER-51).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forgetful(pub Switch);

/// A step of the model, or two that the machine takes as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// One.
    One(Move),
    /// Two, in this order.
    Both(Move, Move),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(step) => write!(f, "{step}"),
            Self::Both(first, second) => write!(f, "{first} and {second}"),
        }
    }
}

impl engine::Action for Step {
    const NAMES: &'static [&'static str] = <Move as engine::Action>::NAMES;

    /// Both are called like the first.
    fn name_index(&self) -> usize {
        match self {
            Self::One(step) | Self::Both(step, _) => step.name_index(),
        }
    }
}

impl Model for Forgetful {
    type State = Abstract;
    type Action = Step;

    fn init_states(&self) -> Vec<Abstract> {
        self.0.init_states().into_iter().map(forgetful).collect()
    }

    fn actions(&self, state: &Abstract, actions: &mut Vec<Step>) {
        let mut moves = Vec::new();
        self.0.actions(&state.0, &mut moves);
        let outliers = moves.iter().filter(|step| matches!(step, Move::Outlier(_)));
        for &outlier in outliers {
            let Move::Outlier(server) = outlier else { continue };
            let answers = moves.iter().filter(|step| is_complete(step, server));
            actions.extend(answers.map(|&answer| Step::Both(outlier, answer)));
        }
        actions.extend(moves.into_iter().map(Step::One));
    }

    fn next_state(&self, state: &Abstract, action: Step) -> Option<Abstract> {
        let next = match action {
            Step::One(step) => self.0.next_state(&state.0, step)?,
            Step::Both(first, second) => {
                let between = self.0.next_state(&state.0, first)?;
                self.0.next_state(&between, second)?
            }
        };
        Some(forgetful(next))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        Vec::new()
    }
}

fn is_complete(step: &Move, at: u8) -> bool {
    matches!(step, Move::Complete(server, _) if *server == at)
}

/// What is asked of it is which states it has, and no claim.
impl Specification for Forgetful {
    type Constraint = u8;

    fn fairness(&self, _: &Step) -> Fairness<u8> {
        Fairness::Unfair
    }

    fn assumptions(&self) -> String {
        "nothing is fair".into()
    }

    fn repertoire(&self) -> Vec<&'static str> {
        self.0.repertoire()
    }

    fn mutants() -> &'static [Mutant] {
        &[]
    }

    fn mutate(&self, _: &str) -> Option<Self> {
        None
    }
}

/// The mapping of the table in the module above and in LOAD_MANAGER-51.
#[derive(Clone, Copy, Debug)]
pub struct Mapping {
    /// The model that the balancer is held against.
    pub switch: Switch,
}

impl Mapping {
    /// The state of the model that this stands for.
    #[must_use]
    pub fn seen(&self, site: &Site) -> Abstract {
        Abstract(to_model(&self.switch, &observe(&self.switch, site), site.left))
    }
}

impl Refinement<Network<Surroundings>, Forgetful> for Mapping {
    fn abstraction(&self, state: &environment::State) -> Abstract {
        let Some(site) = site(state) else { unreachable!("the balancer is always there") };
        self.seen(site)
    }

    fn explains(&self, concrete: &ActionOf<Site>, step: &Step) -> bool {
        command(concrete).is_some_and(|command| may_be(&command, step))
    }
}

/// What a step of the network is.
#[must_use]
pub const fn command(concrete: &ActionOf<Site>) -> Option<Command> {
    match concrete {
        Action::Tell { command, .. } => Some(*command),
        _ => None,
    }
}

/// Whether what happens may be that step of the model.
#[must_use]
pub fn may_be(command: &Command, step: &Step) -> bool {
    let is = |server: u32, at: u8| server == u32::from(at);
    match (*command, *step) {
        (Command::Fail(server, _), Step::Both(Move::Outlier(one), Move::Complete(other, _))) => {
            is(server, one) && one == other
        }
        (_, Step::Both(..)) => false,
        (command, Step::One(step)) => may_be_one(command, step),
    }
}

fn may_be_one(command: Command, step: Move) -> bool {
    let is = |server: u32, at: u8| server == u32::from(at);
    match (command, step) {
        (
            Command::Arrive { client, is_write, drawn, .. },
            Move::Arrive { client: of, is_write: kind, draw },
        ) => client == u32::from(of) && is_write == kind && is_drawn(drawn, draw),
        (Command::Break { server, .. }, Move::Reset { server: at, .. })
        | (Command::Establish(server, _), Move::Establish(at, _))
        | (Command::Complete(server, _), Move::Complete(at, _))
        | (Command::Abort(server, _), Move::Abort(at, _))
        | (Command::Check { server, is_lie: false, .. }, Move::Check(at))
        | (Command::Check { server, is_lie: true, .. }, Move::Lie(at))
        | (Command::Probe(server), Move::Probe(at))
        | (Command::HearProbe(server), Move::HearProbe(at))
        | (Command::Warm(server), Move::Warm(at))
        | (Command::Reinstate(server), Move::Reinstate(at))
        | (Command::Drain(server), Move::Drain(at))
        | (Command::Retire(server), Move::Retire(at))
        | (Command::Maintain(server), Move::Maintain(at))
        | (Command::MakeReady(server), Move::MakeReady(at))
        | (Command::Crash(server), Move::Crash(at))
        | (Command::Kill(server), Move::Kill(at))
        | (Command::Recover(server), Move::Recover(at)) => is(server, at),
        (Command::Abandon(_), Move::Abandon(_)) => true,
        _ => false,
    }
}

/// Whether the draw is this one; none is where nothing can be chosen.
fn is_drawn(drawn: Option<(u32, u32)>, draw: Draw) -> bool {
    match (drawn, draw) {
        (None, Draw::None) => true,
        (Some(drawn), Draw::Two(first, second)) => drawn == (first.into(), second.into()),
        _ => false,
    }
}
