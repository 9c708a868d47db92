//! States and their differences in words.

use serde_json::{Map, Value};

/// A state, one line a part: maps one line an entry, other fields one line each.
#[must_use]
pub fn describe(state: &Value) -> Vec<String> {
    let Value::Object(fields) = state else { return vec![plain(state)] };
    let mut lines = Vec::new();
    for (field, value) in fields {
        match value {
            Value::Object(entries) if !entries.is_empty() => {
                let entries = entries.iter();
                lines.extend(entries.map(|(key, value)| {
                    format!("{}: {}", owner(&[field.as_str(), key.as_str()]), bare(value))
                }));
            }
            _ => lines.push(format!("{field}: {}", plain(value))),
        }
    }
    lines
}

/// What differs between two states, one sentence a field.
#[must_use]
pub fn changes(before: &Value, after: &Value) -> Vec<String> {
    let mut sentences = Vec::new();
    collect_changes(&mut Vec::new(), before, after, &mut sentences);
    if sentences.is_empty() {
        sentences.push("nothing changes".into());
    }
    sentences
}

fn collect_changes<'a>(
    path: &mut Vec<&'a str>,
    before: &'a Value,
    after: &'a Value,
    sentences: &mut Vec<String>,
) {
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        if before != after {
            sentences.push(format!("{} {} → {}", subject(path), plain(before), plain(after)));
        }
        return;
    };
    for (key, value) in old {
        path.push(key);
        match new.get(key) {
            Some(other) => collect_changes(path, value, other, sentences),
            None => sentences.push(went(path, value)),
        }
        path.pop();
    }
    for (key, value) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
        path.push(key);
        sentences.push(came(path, value));
        path.pop();
    }
}

/// A thing with fields of its own comes; a field comes about.
fn came(path: &[&str], value: &Value) -> String {
    if value.is_object() {
        return format!("{} is new: {}", owner(path), bare(value));
    }
    format!("{} none → {}", subject(path), plain(value))
}

fn went(path: &[&str], value: &Value) -> String {
    if value.is_object() {
        return format!("{} is gone; it was: {}", owner(path), bare(value));
    }
    format!("{} {} → none", subject(path), plain(value))
}

/// `member 3: predecessor`, from the names that lead to a field.
fn subject(path: &[&str]) -> String {
    match path.split_last() {
        None => "the state".into(),
        Some((field, [])) => (*field).to_owned(),
        Some((field, owners)) => format!("{}: {field}", owner(owners)),
    }
}

/// `member 3`, from the name of a map and a key in it: a map is named after all that it holds.
fn owner(path: &[&str]) -> String {
    match path {
        [many, key, rest @ ..] => {
            let one = many.strip_suffix('s').unwrap_or(many);
            let within = if rest.is_empty() { String::new() } else { format!(" {}", owner(rest)) };
            format!("{one} {key}{within}")
        }
        [single] => (*single).to_owned(),
        [] => String::new(),
    }
}

/// A value as people write it: no quotes, `none` for null.
#[must_use]
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => "none".into(),
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", join(items.iter().map(plain))),
        Value::Object(fields) => format!("{{{}}}", join_fields(fields)),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// A value whose outermost braces would only be in the way.
fn bare(value: &Value) -> String {
    match value {
        Value::Object(fields) if !fields.is_empty() => join_fields(fields),
        _ => plain(value),
    }
}

fn join_fields(fields: &Map<String, Value>) -> String {
    join(fields.iter().map(|(field, value)| format!("{field} {}", plain(value))))
}

fn join(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_changed_field_is_named_with_its_owner() {
        let before = json!({ "members": { "3": { "predecessor": 1, "notified_by": null } } });
        let after = json!({ "members": { "3": { "predecessor": 2, "notified_by": "a" } } });
        assert_eq!(
            changes(&before, &after),
            ["member 3: notified_by none → a", "member 3: predecessor 1 → 2"]
        );
    }

    #[test]
    fn what_comes_and_goes_is_told() {
        let before = json!({ "members": { "3": { "successors": [1, 2] } } });
        let after = json!({ "members": { "4": { "successors": [] } } });
        assert_eq!(
            changes(&before, &after),
            ["member 3 is gone; it was: successors [1, 2]", "member 4 is new: successors []"]
        );
    }

    #[test]
    fn a_field_that_comes_about_is_told_with_its_owner() {
        let without = json!({ "members": { "3": { "predecessor": 1 } } });
        let with = json!({ "members": { "3": { "predecessor": 1, "notifiers": [2] } } });
        assert_eq!(changes(&without, &with), ["member 3: notifiers none → [2]"]);
        assert_eq!(changes(&with, &without), ["member 3: notifiers [2] → none"]);
    }

    #[test]
    fn a_step_that_changes_nothing_says_so() {
        assert_eq!(changes(&json!(3), &json!(3)), ["nothing changes"]);
        assert_eq!(changes(&json!(3), &json!(4)), ["the state 3 → 4"]);
    }
}
