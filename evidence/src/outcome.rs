//! The answers that evidence can get, and what each explains.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use straightedge_models::engine::walk::Standing;
use straightedge_models::engine::{Label, Place, Walk};

use super::pattern::Difference;

/// A place in evidence: a line of a log, or a step of a walk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Position {
    /// The file, or what stands for it.
    pub file: String,
    /// The line, from 1 on.
    pub line: u64,
    /// The column in bytes, from 1 on; where a column is meant.
    pub column: Option<u64>,
}

/// `log.jsonl:12`, `log.jsonl:12:7`.
impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        self.column.map_or(Ok(()), |column| write!(f, ":{column}"))
    }
}

/// What became of evidence.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Some behaviour of the model fits all of it.
    Accepted,
    /// No behaviour of the model fits.
    Rejected(Box<Rejection>),
    /// The search budget ran out before an answer was found.
    Inconclusive {
        /// What ran out, and where.
        why: String,
        /// How far it was read.
        at: Position,
    },
    /// It goes beyond what the model covers.
    OutOfScope {
        /// What does.
        why: String,
        /// Where.
        at: Position,
    },
    /// It cannot be read.
    Malformed {
        /// What is there, and what was expected.
        why: String,
        /// Where.
        at: Position,
    },
}

impl Outcome {
    /// The exit code: 0 accepted, 1 rejected, 2 inconclusive or out of scope, 3 malformed.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Accepted => 0,
            Self::Rejected(_) => 1,
            Self::Inconclusive { .. } | Self::OutOfScope { .. } => 2,
            Self::Malformed { .. } => 3,
        }
    }
}

/// The exit code of several: malformed comes before rejected, and that before what was not
/// established.
pub(crate) fn worst(codes: impl Iterator<Item = u8>) -> u8 {
    let rank = |code: &u8| [0, 2, 1, 3].get(usize::from(*code)).copied().unwrap_or(3);
    codes.max_by_key(rank).unwrap_or(0)
}

/// Why evidence was rejected, and what would have been accepted.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Rejection {
    /// The event that no behaviour fits.
    pub at: Position,
    /// The event as it was written.
    pub event: Value,
    /// How many events before it were accepted.
    pub accepted: u64,
    /// In one sentence, what is wrong.
    pub sentence: String,
    /// The actions that the event may mean and the model takes, each with the fields of the state
    /// after it that do not fit what was seen; the best fit first.
    pub misfits: Vec<Misfit>,
    /// The actions that the event may mean and the model does not take, each with the guard that
    /// refused.
    pub refused: Vec<Refused>,
    /// The event that would have been accepted in its place and is nearest to it.
    pub nearest: Option<Nearest>,
    /// Some of the model's states that were possible just before.
    pub possible: Vec<Value>,
    /// The last steps of one behaviour that fits everything before, the latest last.
    pub path: Vec<Step>,
}

/// An action that the model takes, and after which its state is not what was seen.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Misfit {
    /// The action's text.
    pub action: String,
    /// Where the state after it does not fit.
    pub differences: Vec<Difference>,
}

/// An action that the model does not take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Refused {
    /// The action's text.
    pub action: String,
    /// What must be true.
    pub guard: String,
    /// What is there instead.
    pub read: String,
}

/// An event that would have been accepted.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Nearest {
    /// Its action's text.
    pub action: String,
    /// Its action, as a trace writes it.
    pub json: Value,
    /// In how many ways it differs from what was written: its name, its fields, its state.
    pub distance: u64,
    /// The state after it.
    pub state: Value,
}

/// A step of a behaviour that fits.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Step {
    /// The event that it explains; `None` for a silent step, and for the beginning.
    pub at: Option<Position>,
    /// The action's text; `None` for the beginning.
    pub action: Option<String>,
    /// The state after it.
    pub state: Value,
    /// Which claims about single states are true in that state.
    pub standings: Vec<Standing>,
    /// A picture of that state as SVG. It is for pages alone: other programs have the state.
    #[serde(skip)]
    pub picture: Option<String>,
}

impl Step {
    /// The last step of a path, with all that the model has to say of the state after it.
    #[must_use]
    pub fn of(walk: &dyn Walk, at: Option<Position>, path: &[(Option<Label>, Place)]) -> Self {
        let Some((label, place)) = path.last() else { return Self::bare(at, None, Value::Null) };
        Self {
            standings: walk.standings(place),
            picture: walk.picture(path),
            ..Self::bare(at, label.as_ref().map(ToString::to_string), walk.observe(place))
        }
    }

    /// A step of which only the state after it is known.
    #[must_use]
    pub const fn bare(at: Option<Position>, action: Option<String>, state: Value) -> Self {
        Self { at, action, state, standings: Vec::new(), picture: None }
    }
}
