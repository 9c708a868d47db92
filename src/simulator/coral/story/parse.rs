//! The lines of a story.

use std::time::Duration;

use straightedge_impl::consistent_hashing::ring::Rule;
use straightedge_impl::coral::Policy;
use straightedge_impl::identifier::BitId;

use super::StoryError;
use super::crowd::{self, Scene};

/// Identifiers of stories.
pub(super) type Id = BitId<8>;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Policy(Policy),
    Capacity(u8),
    Rate(u16),
    Nodes(Vec<Id>),
    Table(Id, Vec<Id>),
    Name(Id, String),
    Do(Operation),
    Begin(Operation),
    Finish,
    Repeat(u32, Operation),
    Hold { node: Id, key: Id, value: String, life: Duration },
    Wait(Duration),
    Crash(Id),
    CountAnew,
    Distance(Id, Id),
    Ring { size: u64, rule: Rule, points: Vec<u64> },
    Place(u64),
    Modulo(u32, u32),
    RateAtTheClosest(u32),
    Fetches(u32, Arrival),
    Crowd(Scene),
    Expect(Query, String),
}

/// When users come to proxies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    Alone,
    OneByOne,
    AtOnce,
}

/// What a node is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Put { node: Id, key: Id, value: String, life: Duration },
    Get { node: Id, key: Id },
}

/// What is asked after a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Query {
    Outcome,
    Outcomes,
    Path,
    Result,
    Refused,
    Handled(Id),
    Holds(Id, Id),
    Loaded(Id, Id),
    Full(Id, Id, Duration),
}

/// All lines that say something, each with its number.
pub(super) fn lines(file: &str, text: &str) -> Result<Vec<(usize, Line)>, StoryError> {
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let said = line.split('#').next().unwrap_or_default().trim();
        if said.is_empty() {
            continue;
        }
        let parsed = parse(said).map_err(|why| {
            let file = file.to_owned();
            StoryError { file, line: number, why: format!("{why} in `{said}`") }
        })?;
        lines.push((number, parsed));
    }
    Ok(lines)
}

fn parse(line: &str) -> Result<Line, String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        ["expect", ..] => expectation(line),
        ["begin", rest @ ..] => operation(rest).map(Line::Begin),
        ["repeat", times, rest @ ..] => Ok(Line::Repeat(number(times)?, operation(rest)?)),
        ["put" | "get", ..] => operation(&words).map(Line::Do),
        ["policy" | "capacity" | "rate" | "nodes" | "table" | "name", ..] => network(&words),
        _ => happening(&words),
    }
}

fn network(words: &[&str]) -> Result<Line, String> {
    match words {
        ["policy", "greedy"] => Ok(Line::Policy(Policy::Greedy)),
        ["policy", "half"] => Ok(Line::Policy(Policy::Half)),
        ["policy", "splice", bits] => Ok(Line::Policy(Policy::Splice { bits: number(bits)? })),
        ["capacity", values] => Ok(Line::Capacity(number(values)?)),
        ["rate", "at", "the", "closest", "of", nodes] => Ok(Line::RateAtTheClosest(number(nodes)?)),
        ["rate", rate] => Ok(Line::Rate(number(rate)?)),
        ["nodes", nodes @ ..] if !nodes.is_empty() => Ok(Line::Nodes(numbers(nodes)?)),
        ["table", node, "knows", others @ ..] => Ok(Line::Table(number(node)?, numbers(others)?)),
        ["name", node, name] => Ok(Line::Name(number(node)?, (*name).to_owned())),
        _ => Err("no such line".into()),
    }
}

fn happening(words: &[&str]) -> Result<Line, String> {
    match words {
        ["finish"] => Ok(Line::Finish),
        ["hold", node, "key", key, "value", value, "life", life] => Ok(Line::Hold {
            node: number(node)?,
            key: number(key)?,
            value: (*value).to_owned(),
            life: seconds(life)?,
        }),
        ["wait", time] => seconds(time).map(Line::Wait),
        ["crash", node] => number(node).map(Line::Crash),
        ["count", "anew"] => Ok(Line::CountAnew),
        ["distance", one, other] => Ok(Line::Distance(number(one)?, number(other)?)),
        ["ring", size, "successor", points @ ..] => ring(size, Rule::Successor, points),
        ["ring", size, "closest", points @ ..] => ring(size, Rule::Closest, points),
        ["place", item] => number(item).map(Line::Place),
        ["modulo", from, "to", to] => Ok(Line::Modulo(number(from)?, number(to)?)),
        ["fetches", "of", proxies, "alone"] => fetches(proxies, Arrival::Alone),
        ["fetches", "of", proxies, "one", "by", "one"] => fetches(proxies, Arrival::OneByOne),
        ["fetches", "of", proxies, "at", "once"] => fetches(proxies, Arrival::AtOnce),
        _ => crowd::parse(words).map(Line::Crowd),
    }
}

fn ring(size: &str, rule: Rule, points: &[&str]) -> Result<Line, String> {
    Ok(Line::Ring { size: number(size)?, rule, points: numbers(points)? })
}

fn fetches(proxies: &str, arrival: Arrival) -> Result<Line, String> {
    Ok(Line::Fetches(number(proxies)?, arrival))
}

fn operation(words: &[&str]) -> Result<Operation, String> {
    match words {
        ["put", node, "key", key, "value", value, "life", life] => Ok(Operation::Put {
            node: number(node)?,
            key: number(key)?,
            value: (*value).to_owned(),
            life: seconds(life)?,
        }),
        ["get", node, "key", key] => Ok(Operation::Get { node: number(node)?, key: number(key)? }),
        _ => Err("neither `put NODE key KEY value VALUE life LIFE` nor `get NODE key KEY`".into()),
    }
}

fn expectation(line: &str) -> Result<Line, String> {
    let (query, answer) = line.split_once(" is ").ok_or("no ` is `")?;
    let words: Vec<&str> = query.split_whitespace().skip(1).collect();
    let query = match words.as_slice() {
        ["outcome"] => Query::Outcome,
        ["outcomes"] => Query::Outcomes,
        ["path"] => Query::Path,
        ["result"] => Query::Result,
        ["refused"] => Query::Refused,
        ["handled", node] => Query::Handled(number(node)?),
        ["holds", node, "key", key] => Query::Holds(number(node)?, number(key)?),
        ["loaded", node, "key", key] => Query::Loaded(number(node)?, number(key)?),
        ["full", node, "key", key, "life", life] => {
            Query::Full(number(node)?, number(key)?, seconds(life)?)
        }
        _ => return Err("no such query".into()),
    };
    let answer: Vec<&str> = answer.split_whitespace().collect();
    Ok(Line::Expect(query, answer.join(" ")))
}

pub(super) fn number<T: std::str::FromStr>(word: &str) -> Result<T, String> {
    word.parse().map_err(|_| format!("`{word}` is not a number, or too large,"))
}

fn numbers<T: std::str::FromStr>(words: &[&str]) -> Result<Vec<T>, String> {
    words.iter().map(|word| number(word)).collect()
}

fn seconds(word: &str) -> Result<Duration, String> {
    let (whole, thousandths) = word.split_once('.').unwrap_or((word, "0"));
    let whole: u64 = number(whole)?;
    let digits = format!("{thousandths:0<3}");
    let milliseconds: u64 = if digits.len() == 3 { number(&digits)? } else { number("")? };
    Ok(Duration::from_secs(whole) + Duration::from_millis(milliseconds))
}
