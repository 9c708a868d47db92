//! JSON Schemas (draft 2020-12) of what traces say, from the types that are read and written; and
//! parameters, read.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::instance::Unfit;
use super::property::Action;

/// The schema of parameters: what is read.
#[must_use]
pub fn parameters<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12()
        .for_deserialize()
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value()
}

/// The schema of what may be observed of a state: of what is written, any part. Nothing is
/// required, and `null` says that something is not there that may be left out.
#[must_use]
pub fn observed<T: JsonSchema>() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    loosen(&mut schema);
    schema
}

/// The schema of an action: its text, or an object with its name and some of its fields, as the
/// actions of an alphabet have them. A name that the alphabet lacks is no name.
#[must_use]
pub fn action<A: Action>(alphabet: impl IntoIterator<Item = A>) -> Value {
    let mut values: BTreeMap<usize, BTreeMap<&str, Vec<Value>>> = BTreeMap::new();
    for action in alphabet {
        let of_name = values.entry(action.name_index()).or_default();
        for (field, value) in action.fields() {
            of_name.entry(field).or_default().push(value);
        }
    }
    let names: Vec<&str> = values.keys().map(|&index| A::NAMES[index]).collect();
    let objects = values.iter().map(|(&index, fields)| named(A::NAMES[index], fields));
    let text = json!({
        "type": "string",
        "pattern": format!("^({})(\\(.*\\))?$", names.join("|")),
        "description": "The whole text of the action.",
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Action",
        "description": "An action: its text, or its name with those of its fields that are known.",
        "oneOf": std::iter::once(text).chain(objects).collect::<Vec<_>>(),
    })
}

/// An object with one property, that name, and under it some of the fields.
fn named(name: &str, fields: &BTreeMap<&str, Vec<Value>>) -> Value {
    let fields: Map<String, Value> =
        fields.iter().map(|(field, values)| ((*field).to_owned(), kind_of(values))).collect();
    json!({
        "type": "object",
        "properties": {
            name: { "type": "object", "properties": fields, "additionalProperties": false },
        },
        "required": [name],
        "additionalProperties": false,
    })
}

/// The schema of the kind of value that these are.
fn kind_of(values: &[Value]) -> Value {
    let kinds: BTreeSet<&str> = values.iter().map(kind).collect();
    let mut schema = Map::new();
    let types: Vec<&str> = kinds.into_iter().collect();
    schema.insert("type".into(), if let [only] = types[..] { json!(only) } else { json!(types) });
    if types == ["integer"] && values.iter().all(Value::is_u64) {
        schema.insert("minimum".into(), json!(0));
    }
    let entries: Vec<Value> =
        values.iter().filter_map(Value::as_array).flatten().cloned().collect();
    if !entries.is_empty() {
        schema.insert("items".into(), kind_of(&entries));
    }
    Value::Object(schema)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Requires nothing, allows nothing unknown, and lets `null` stand for what may be left out.
fn loosen(schema: &mut Value) {
    let Value::Object(object) = schema else { return };
    let required = object.remove("required").unwrap_or_default();
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        for (name, property) in properties.iter_mut() {
            loosen(property);
            let is_required = |names: &Vec<Value>| names.iter().any(|required| required == name);
            if !required.as_array().is_some_and(is_required) {
                make_nullable(property);
            }
        }
        object.entry("additionalProperties").or_insert(Value::Bool(false));
    }
    if let Some(entries) = object.get_mut("additionalProperties") {
        loosen(entries);
        make_nullable(entries);
    }
    for keyword in ["items", "$defs"] {
        match object.get_mut(keyword) {
            Some(Value::Object(named)) if keyword == "$defs" => named.values_mut().for_each(loosen),
            Some(schema) => loosen(schema),
            None => {}
        }
    }
    for keyword in ["anyOf", "oneOf", "allOf", "prefixItems"] {
        if let Some(Value::Array(schemas)) = object.get_mut(keyword) {
            schemas.iter_mut().for_each(loosen);
        }
    }
}

/// The schema that allows `null` besides.
fn make_nullable(schema: &mut Value) {
    if !schema.is_object() || schema["type"].as_array().is_some_and(|t| t.contains(&json!("null")))
    {
        return;
    }
    let is_plain = schema.get("enum").is_none() && schema.get("const").is_none();
    if let (true, Some(Value::String(kind))) = (is_plain, schema.get("type")) {
        schema["type"] = json!([kind, "null"]);
        return;
    }
    let mut outer = Map::new();
    if let Some(description) = schema.as_object_mut().and_then(|own| own.remove("description")) {
        outer.insert("description".into(), description);
    }
    outer.insert("anyOf".into(), json!([schema.take(), { "type": "null" }]));
    *schema = Value::Object(outer);
}

/// The schema of a value that is written as one text of that pattern.
#[must_use]
pub fn text(pattern: &str, description: &str) -> Schema {
    schemars::json_schema!({
        "type": "string", "pattern": pattern, "description": description,
    })
}

/// Parameters, or what is wrong with them, in one line: where, and what was expected.
///
/// # Errors
///
/// If a name is not known or missing, or a value is of the wrong kind.
pub fn read<T: DeserializeOwned>(parameters: &Value) -> Result<T, Unfit> {
    serde_path_to_error::deserialize(parameters).map_err(|error| {
        let path = error.path().to_string();
        let at = if path == "." { "parameters".to_owned() } else { format!("parameters.{path}") };
        Unfit::Malformed(format!("{at}: {}", error.inner()))
    })
}

/// The number, if the model reaches that far.
///
/// # Errors
///
/// If it does not.
pub fn within(name: &str, number: u32, limits: RangeInclusive<u8>) -> Result<u8, Unfit> {
    let fit = u8::try_from(number).ok().filter(|number| limits.contains(number));
    fit.ok_or_else(|| {
        let (least, most) = limits.into_inner();
        let beyond = format!("the model reaches from {least} to {most}, not {number}");
        Unfit::OutOfScope(format!("parameters.{name}: {beyond}"))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Debug, serde::Deserialize, serde::Serialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Thing {
        size: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        required: Option<u32>,
        parts: BTreeMap<String, u8>,
    }

    #[test]
    fn of_a_state_nothing_is_required_and_nothing_else_allowed() {
        let schema = observed::<Thing>();
        assert_eq!(schema.get("required"), None);
        assert_eq!(schema["additionalProperties"], json!(false));
        assert_eq!(schema["properties"]["size"]["type"], "integer");
        assert_eq!(schema["properties"]["required"]["type"], json!(["integer", "null"]));
        let parts = &schema["properties"]["parts"];
        assert_eq!(parts["additionalProperties"]["type"], json!(["integer", "null"]));
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(parameters::<Thing>()["required"], json!(["size", "parts"]));
    }

    #[test]
    fn what_is_wrong_with_parameters_is_said_in_one_line() {
        let wrong = |value| match read::<Thing>(&value) {
            Err(Unfit::Malformed(line)) => line,
            other => panic!("{other:?}"),
        };
        let line = wrong(json!({ "size": 1, "parts": { "a": "b" } }));
        assert_eq!(line, "parameters.parts.a: invalid type: string \"b\", expected u8");
        assert_eq!(wrong(json!({ "size": 1 })), "parameters: missing field `parts`");
        let line = wrong(json!({ "sizes": 1 }));
        let expected = "expected one of `size`, `required`, `parts`";
        assert_eq!(line, format!("parameters.sizes: unknown field `sizes`, {expected}"));
        assert_eq!(within("size", 3, 1..=3), Ok(3));
        let line = "parameters.size: the model reaches from 1 to 3, not 400";
        assert_eq!(within("size", 400, 1..=3), Err(Unfit::OutOfScope(line.to_owned())));
    }

    #[test]
    fn the_kind_of_a_field_is_that_of_all_its_values() {
        assert_eq!(kind_of(&[json!(1), json!(2)]), json!({ "type": "integer", "minimum": 0 }));
        let lists = kind_of(&[json!([]), json!([1])]);
        let items = json!({ "type": "integer", "minimum": 0 });
        assert_eq!(lists, json!({ "type": "array", "items": items }));
        assert_eq!(kind_of(&[json!(null), json!("a")]), json!({ "type": ["null", "string"] }));
    }
}
