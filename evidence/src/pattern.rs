//! What an event says of an action and of a state: whatever is absent is not said.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use straightedge_models::engine::Label;

/// What an event says of an action.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ActionPattern {
    /// Nothing: any action.
    #[default]
    Any,
    /// The action's whole text, such as `rectify(2, from 1)`.
    Text(String),
    /// The name, and some of the fields.
    Named {
        /// The name of the procedure.
        name: String,
        /// The fields that are said.
        fields: Vec<(String, Value)>,
    },
}

impl ActionPattern {
    /// Whether an action of that label is one.
    #[must_use]
    pub fn fits(&self, label: &Label) -> bool {
        match self {
            Self::Any => true,
            Self::Text(text) => *text == label.text,
            Self::Named { name, fields } => {
                name == label.name
                    && fields.iter().all(|(field, value)| {
                        label.fields.iter().any(|(name, own)| name == field && own == value)
                    })
            }
        }
    }

    /// The name of the procedure, where it is said.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Any => None,
            Self::Text(text) => text.split('(').next(),
            Self::Named { name, .. } => Some(name),
        }
    }
}

/// A field in which what was seen is not what the model has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Difference {
    /// Where, such as `members.3.predecessor`.
    pub path: String,
    /// What the model has there; `None` if it has nothing there.
    pub expected: Option<Value>,
    /// What was seen there; `None` if it was seen that there is nothing.
    pub observed: Option<Value>,
}

/// Where a state does not fit what was seen of it. What is absent is not said; a `null` says that
/// there is nothing. Arrays are whole: they fit if they have the same length and each entry fits.
#[must_use]
pub fn differences(state: &Value, seen: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", Some(state), seen, &mut found);
    found
}

/// Whether a state fits what was seen of it.
#[must_use]
pub fn fits(state: &Value, seen: &Value) -> bool {
    match (state, seen) {
        (Value::Object(own), Value::Object(seen)) => seen
            .iter()
            .all(|(key, seen)| own.get(key).map_or(is_nothing(seen), |own| fits(own, seen))),
        (Value::Array(own), Value::Array(seen)) => {
            own.len() == seen.len() && own.iter().zip(seen).all(|(own, seen)| fits(own, seen))
        }
        (own, seen) => own == seen,
    }
}

/// Whether seeing this is seeing nothing: states leave out what is empty.
fn is_nothing(seen: &Value) -> bool {
    match seen {
        Value::Null => true,
        Value::Array(entries) => entries.is_empty(),
        Value::Object(fields) => fields.values().all(is_nothing),
        _ => false,
    }
}

/// Adds to what was seen of a whole state that there is nothing where another state has something:
/// states leave out what is empty, and what is left out of an event is not said.
pub fn say_what_is_gone(seen: &mut Value, other: &Value) {
    match (seen, other) {
        (Value::Object(seen), Value::Object(other)) => {
            for (name, value) in other {
                match seen.get_mut(name) {
                    Some(seen) => say_what_is_gone(seen, value),
                    None => {
                        seen.insert(name.clone(), Value::Null);
                    }
                }
            }
        }
        (Value::Array(seen), Value::Array(other)) => {
            seen.iter_mut().zip(other).for_each(|(seen, other)| say_what_is_gone(seen, other));
        }
        _ => {}
    }
}

fn compare(path: &str, own: Option<&Value>, seen: &Value, found: &mut Vec<Difference>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match (own, seen) {
        (Some(Value::Object(own)), Value::Object(seen)) => {
            for (key, seen) in seen {
                compare(&below(key), own.get(key), seen, found);
            }
        }
        (Some(Value::Array(own)), Value::Array(seen)) if own.len() == seen.len() => {
            for (index, (own, seen)) in own.iter().zip(seen).enumerate() {
                compare(&below(&index.to_string()), Some(own), seen, found);
            }
        }
        (Some(own), seen) if own == seen => {}
        (None, seen) if is_nothing(seen) => {}
        (own, seen) => found.push(Difference {
            path: path.to_owned(),
            expected: own.cloned(),
            observed: (!seen.is_null()).then(|| seen.clone()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_absent_is_not_said_and_null_says_that_there_is_nothing() {
        let state = json!({"members": {"1": {"successors": [2, 3], "predecessor": 0}}});
        for seen in [
            json!({}),
            json!({"members": {"1": {"predecessor": 0}}}),
            json!({"members": {"2": null, "1": {"notifiers": []}}}),
        ] {
            assert!(fits(&state, &seen), "{seen}");
            assert_eq!(differences(&state, &seen), []);
        }
    }

    #[test]
    fn what_is_gone_can_be_said() {
        let mut seen = json!({"members": {"1": {"predecessor": 0}}});
        let before =
            json!({"members": {"1": {"candidate": 4, "predecessor": 2}, "3": {}}, "now": 1});
        say_what_is_gone(&mut seen, &before);
        let one = json!({"predecessor": 0, "candidate": null});
        let said = json!({"members": {"1": one, "3": null}, "now": null});
        assert_eq!(seen, said);
        assert!(!fits(&before, &seen));
    }

    #[test]
    fn each_field_that_differs_is_named_with_both_values() {
        let state = json!({"members": {"1": {"successors": [2, 3], "predecessor": 0}}});
        for (seen, path, expected, observed) in [
            (json!({"members": {"1": {"predecessor": 4}}}), "members.1.predecessor", "0", "4"),
            (json!({"members": {"1": {"successors": [2, 5]}}}), "members.1.successors.1", "3", "5"),
            (
                json!({"members": {"1": {"successors": [2]}}}),
                "members.1.successors",
                "[2,3]",
                "[2]",
            ),
            (json!({"members": {"1": {"predecessor": null}}}), "members.1.predecessor", "0", ""),
            (json!({"members": {"1": {"candidate": 3}}}), "members.1.candidate", "", "3"),
        ] {
            assert!(!fits(&state, &seen), "{seen}");
            let text =
                |value: &Option<Value>| value.as_ref().map_or(String::new(), Value::to_string);
            let found = differences(&state, &seen);
            let [only] = found.as_slice() else { panic!("{found:?}") };
            let told = (only.path.as_str(), text(&only.expected), text(&only.observed));
            assert_eq!(told, (path, expected.to_owned(), observed.to_owned()));
        }
    }

    #[test]
    fn an_action_fits_its_text_its_name_and_each_of_its_fields() {
        let label = Label {
            name: "rectify",
            fields: vec![("node", json!(2)), ("from", json!(1))],
            text: "rectify(2, from 1)".into(),
        };
        let named = |fields: &[(&str, Value)]| ActionPattern::Named {
            name: "rectify".into(),
            fields: fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        };
        assert!(ActionPattern::Any.fits(&label));
        assert!(ActionPattern::Text("rectify(2, from 1)".into()).fits(&label));
        assert!(!ActionPattern::Text("rectify(2, from 0)".into()).fits(&label));
        assert!(named(&[]).fits(&label) && named(&[("from", json!(1))]).fits(&label));
        assert!(!named(&[("from", json!(2))]).fits(&label));
        assert!(!named(&[("to", json!(2))]).fits(&label));
    }
}
