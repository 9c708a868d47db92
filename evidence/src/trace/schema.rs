//! The JSON Schema of the lines of a trace, generated from the types. Source: TRACE-2, TRACE-4.

use serde_json::{Value, json};
use straightedge_models::engine::System;

use super::line::VERSION;

/// The schema of the lines of a system's traces; none, if it has none.
#[must_use]
pub fn schema(system: &System) -> Option<Value> {
    let traced = system.traced?;
    let walk = system.instances.iter().find_map(|instance| instance.walk(None).ok().flatten());
    let actions = walk.map_or(&[][..], |walk| walk.names());
    let has_states = |name: &&str| {
        system.instance(name).is_some_and(|one| one.walk(None).is_ok_and(|walk| walk.is_some()))
    };
    let names = system.instances.iter().map(|instance| instance.name());
    let instances: Vec<&str> = names.filter(has_states).collect();
    let own = |part: &str| format!("urn:straightedge:trace:{VERSION}:{}:{part}", system.name);
    let embedded = |part: &str, mut schema: Value| {
        schema["$id"] = json!(own(part));
        schema
    };
    Some(json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": own("line"),
        "title": format!("A line of a trace of {}", system.name),
        "oneOf": [{ "$ref": "#/$defs/header" }, { "$ref": "#/$defs/event" }],
        "$defs": {
            "header": header(system.name, actions, &instances, &own("parameters")),
            "event": event(&own("action"), &own("state")),
            "parameters": embedded("parameters", (traced.parameters)()),
            "action": embedded("action", (traced.action)()),
            "state": embedded("state", (traced.state)()),
        },
    }))
}

fn header(system: &str, actions: &[&str], instances: &[&str], parameters: &str) -> Value {
    json!({
        "description": "What a trace is of. It begins a trace.",
        "type": "object",
        "properties": {
            "straightedge": { "const": VERSION, "description": "The version of this format." },
            "system": { "const": system },
            "instance": {
                "description": "The name of an instance, or parameters.",
                "oneOf": [{ "enum": instances }, { "$ref": parameters }],
            },
            "silent": {
                "description": "The actions that may happen without a line.",
                "type": "array",
                "items": { "enum": actions },
            },
            "silent_steps": {
                "description": "How many of them may stand between two events.",
                "type": "integer", "minimum": 0, "maximum": u32::MAX,
            },
        },
        "required": ["straightedge", "system", "instance"],
        "additionalProperties": false,
    })
}

fn event(action: &str, state: &str) -> Value {
    let messages = |description: &str| {
        let items = json!({ "type": "string" });
        json!({ "description": description, "type": "array", "items": items })
    };
    json!({
        "description": "What happened, as far as it was seen.",
        "type": "object",
        "properties": {
            "action": {
                "description": "What was done; null if something was merely looked at.",
                "anyOf": [{ "type": "null" }, { "$ref": action }],
            },
            "state": { "description": "What was seen afterwards.", "$ref": state },
            "node": { "description": "Who did it.", "type": "string" },
            "seq": {
                "description": "Which of that node's events it is.",
                "type": "integer", "minimum": 0,
            },
            "sent": messages("The messages that were sent in it."),
            "received": messages("The messages that were received in it."),
        },
        "additionalProperties": false,
    })
}
