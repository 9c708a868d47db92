//! Traces that are made of a recording: with less in it, and with one thing changed.

use serde_json::{Map, Value, json};
use straightedge_evidence::outcome::Outcome;

use super::manifest::{Manifest, told};

/// A recording, line by line.
struct Lines {
    header: Value,
    events: Vec<Map<String, Value>>,
}

impl Lines {
    /// The first trace of a file.
    fn read(text: &str) -> Result<Self, String> {
        let read = |line: &str| serde_json::from_str(line).map_err(|error| error.to_string());
        let mut lines = text.lines();
        let header: Value = read(lines.next().ok_or("an empty recording")?)?;
        let events = lines.take_while(|line| !line.contains("\"straightedge\""));
        let events = events.map(read).collect::<Result<Vec<Value>, _>>()?;
        let objects = events.into_iter().filter_map(|event| match event {
            Value::Object(event) => Some(event),
            _ => None,
        });
        Ok(Self { header, events: objects.collect() })
    }

    fn text(header: &Value, events: impl IntoIterator<Item = Map<String, Value>>) -> String {
        let events: String =
            events.into_iter().map(|e| format!("{}\n", Value::Object(e))).collect();
        format!("{header}\n{events}")
    }
}

fn name(event: &Map<String, Value>) -> Option<String> {
    event.get("action")?.as_object()?.keys().next().cloned()
}

pub(crate) fn recorded(manifest: &mut Manifest<'_>, file: &str, text: &str) -> Result<(), String> {
    let header = text.lines().next().unwrap_or_default();
    let provenance = format!("a run of our implementation, recorded: {header}");
    let stem = file.trim_start_matches("recorded-").trim_end_matches(".jsonl");
    write(manifest, stem, (file, text), &provenance)
}

/// A trace that must be accepted, and what is derived of it.
pub(crate) fn write(
    manifest: &mut Manifest<'_>,
    stem: &str,
    (file, text): (&str, &str),
    provenance: &str,
) -> Result<(), String> {
    manifest.accepted(&[(file.to_owned(), text.to_owned())], provenance)?;
    let lines = Lines::read(text)?;
    // Two recordings say enough of what may be left out, and keep the corpus small.
    let is_one_more = stem.parse().is_ok_and(|number: u32| number > 2);
    if !is_one_more {
        thinned(manifest, stem, file, &lines)?;
    }
    changed(manifest, stem, file, &lines)
}

type Event = Map<String, Value>;

fn without(name: &'static str) -> impl Fn(&Event) -> Event {
    move |event| event.iter().filter(|(own, _)| *own != name).map(own).collect()
}

fn own((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

/// With less in it, all of which must be accepted.
fn thinned(
    manifest: &mut Manifest<'_>,
    stem: &str,
    file: &str,
    lines: &Lines,
) -> Result<(), String> {
    let Lines { header, events } = lines;
    let mut add = |name: &str, text: String, how: &str| {
        let file_of = (format!("{name}-{stem}.jsonl"), text);
        manifest.accepted(&[file_of], &format!("{file}, {how}")).map(|_| ())
    };
    add(
        "states",
        Lines::text(header, events.iter().map(without("action"))),
        "without its actions",
    )?;
    let looked = events.iter().flat_map(|event| {
        let mut look = without("action")(event);
        look.insert("action".into(), Value::Null);
        [event.clone(), look]
    });
    add("looked", Lines::text(header, looked), "each state looked at once more")?;
    let fields_gone = events.iter().map(|event| {
        let mut event = event.clone();
        if let Some(name) = name(&event) {
            event.insert("action".into(), json!({ name: {} }));
        }
        event
    });
    add("names", Lines::text(header, fields_gone), "of its actions the names alone")?;
    for silent in ["rectify", "hear_forward", "fetch", "check", "finish_map", "complete"] {
        let is_silent = |event: &&Event| name(event).as_deref() != Some(silent);
        let kept: Vec<Event> = events.iter().filter(is_silent).cloned().collect();
        if kept.len() < events.len() && events.last().and_then(name).as_deref() != Some(silent) {
            let mut header = header.clone();
            header["silent"] = json!([silent]);
            header["silent_steps"] = json!(3);
            let how = format!("in which nothing tells of {silent}");
            add("silent", Lines::text(&header, kept), &how)?;
            break;
        }
    }
    let half = |odd: usize| {
        let numbered = events.iter().enumerate().filter(move |(number, _)| number % 2 == odd);
        let events = numbered.map(|(number, event)| {
            let mut event = event.clone();
            event.insert("node".into(), json!("all"));
            event.insert("seq".into(), json!(number));
            event
        });
        (format!("half{odd}-{stem}.jsonl"), Lines::text(header, events))
    };
    let how = format!("{file}, every other event in another file");
    manifest.accepted(&[half(0), half(1)], &how).map(|_| ())
}

/// With one thing changed, for which it must be rejected.
fn changed(
    manifest: &mut Manifest<'_>,
    stem: &str,
    file: &str,
    lines: &Lines,
) -> Result<(), String> {
    let Lines { header, events } = lines;
    let places = [events.len() / 4, events.len() / 2, events.len() - 1];
    for (number, place) in places.into_iter().enumerate() {
        let line = place as u64 + 2;
        // What comes after the change is not looked at.
        let mut changed = events[..events.len().min(place + 2)].to_vec();
        let Some(what) = changed[place].get_mut("state").and_then(|state| change(state, number))
        else {
            continue;
        };
        let of = (format!("changed{number}-{stem}.jsonl"), Lines::text(header, changed));
        let provenance = format!("{file}, in line {line} {what}");
        let outcome = manifest.rejected(&of, Some(line), &provenance)?;
        if !matches!(outcome, Outcome::Rejected(_)) {
            eprintln!("{provenance}: {}", told(&outcome));
        }
    }
    let middle = events.len() / 3;
    let mut twice = events.clone();
    twice.insert(middle, events[middle].clone());
    let of = (format!("twice-{stem}.jsonl"), Lines::text(header, twice));
    manifest.rejected(&of, None, &format!("{file}, line {} comes twice", middle + 2))?;
    let mut missing = events.clone();
    missing.remove(middle);
    let of = (format!("missing-{stem}.jsonl"), Lines::text(header, missing));
    manifest.rejected(&of, None, &format!("{file}, line {} is missing", middle + 2))?;
    Ok(())
}

/// Changes the number of that place among the numbers of a value, and says which one.
fn change(value: &mut Value, number: usize) -> Option<String> {
    let mut paths = Vec::new();
    numbers("", value, &mut paths);
    let path = paths.get(number * paths.len() / 3)?.clone();
    let changed = value.pointer_mut(&path)?;
    let before = changed.as_u64()?;
    *changed = json!(if before == 0 { 1 } else { before - 1 });
    let dotted = path.trim_start_matches('/').replace('/', ".");
    Some(format!("{dotted} is {changed} instead of {before}"))
}

fn numbers(path: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields
                .iter()
                .for_each(|(name, value)| numbers(&format!("{path}/{name}"), value, found));
        }
        Value::Array(entries) => {
            let entries = entries.iter().enumerate();
            entries.for_each(|(index, value)| numbers(&format!("{path}/{index}"), value, found));
        }
        Value::Number(_) => found.push(path.to_owned()),
        _ => {}
    }
}
