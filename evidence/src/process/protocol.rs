//! What is said to a process, and what it may answer: one JSON object a line.
//!
//! Source: HARNESS-2 to HARNESS-4.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The JSON Schema (draft 2020-12) of the messages to a process.
#[must_use]
pub fn questions() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    identified(generator.into_root_schema_for::<Question>().to_value(), "question")
}

/// The JSON Schema (draft 2020-12) of the answers of a process, which have no other fields.
#[must_use]
pub fn answers() -> Value {
    let generator = SchemaSettings::draft2020_12().for_deserialize().into_generator();
    let mut schema = generator.into_root_schema_for::<Answer>().to_value();
    schema["unevaluatedProperties"] = false.into();
    identified(schema, "answer")
}

fn identified(mut schema: Value, part: &str) -> Value {
    schema["$id"] = format!("urn:straightedge:harness:{VERSION}:{part}").into();
    schema
}

/// The version of the protocol.
pub const VERSION: u32 = 1;

/// A message to the process. Its answer repeats the number.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Question {
    /// The number of the message, from 1 on.
    pub id: u64,
    /// What is asked.
    #[serde(flatten)]
    pub ask: Ask,
}

/// What a process is asked.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Ask {
    /// The first message: what will be driven.
    Init {
        /// The version of the protocol.
        protocol: u32,
        /// The system's name.
        system: String,
        /// The name of the instance.
        instance: String,
        /// The parameters of the instance.
        #[schemars(with = "Map<String, Value>")]
        parameters: Value,
        /// What chance hangs on.
        seed: u64,
    },
    /// Go back to a beginning.
    Reset {
        /// What chance hangs on.
        seed: u64,
    },
    /// Take an action.
    Step {
        /// An object with the action's name and its fields.
        #[schemars(with = "Map<String, Value>")]
        action: Value,
        /// The action as people write it.
        text: String,
    },
    /// Show the state.
    Observe,
    /// The last message.
    Bye,
}

/// An answer of the process.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct Answer {
    /// The number of the message that is answered.
    pub id: u64,
    /// The answer.
    #[serde(flatten)]
    pub say: Say,
}

/// What a process may answer.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Say {
    /// To `init`.
    InitOk {
        /// The version of the protocol.
        protocol: u32,
        /// The names of the actions that it knows; all of them if it does not say.
        #[serde(default)]
        actions: Option<Vec<String>>,
        /// What it calls itself.
        #[serde(default)]
        name: Option<String>,
    },
    /// To `reset`, `step` and `observe`: done, and this is the state, as far as it can be seen.
    Ok {
        /// The state. What is left out is not said.
        #[schemars(with = "Map<String, Value>")]
        state: Value,
    },
    /// To `step`: not done, and nothing has changed.
    Refused {
        /// Why not.
        reason: String,
    },
    /// To `step`: there is no such action. To `init`: this instance is beyond it.
    // With braces, or other fields would not be refused.
    Unsupported {},
}

impl Say {
    /// The name of its kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::InitOk { .. } => "init_ok",
            Self::Ok { .. } => "ok",
            Self::Refused { .. } => "refused",
            Self::Unsupported {} => "unsupported",
        }
    }
}
