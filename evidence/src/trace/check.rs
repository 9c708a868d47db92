//! Traces, held against a model: what becomes of each.

use serde_json::Value;
use straightedge_models::engine::{System, Walk};

use super::cause::{Causes, Log};
use super::course::{Course, Told};
use super::line::{Event, Header, Line};
use super::merged::Merged;
use super::reader::{LONGEST_LINE, Malformed, Reader, Source};
use super::report::{Report, TraceReport};
use super::scope;
use super::step::Behaviour;
use crate::config::{Config, Day};
use crate::outcome::{Outcome, Position};

/// How traces are checked.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bytes that a line may have.
    pub longest_line: usize,
    /// States that may be looked at before one more event is accepted. Source: TRACE-8.
    pub budget: u64,
    /// Floors, and departures that are known.
    pub config: Config,
    /// When departures expire.
    pub today: Day,
}

impl Default for Options {
    fn default() -> Self {
        let (config, today) = (Config::default(), Day::today());
        Self { longest_line: LONGEST_LINE, budget: 200_000, config, today }
    }
}

/// Checks traces: those of each source by itself.
#[must_use]
pub fn check_each(system: &System, sources: Vec<Source>, options: &Options) -> Report {
    let mut check = Check { system, options, last: None, traces: Vec::new() };
    for source in sources {
        check.in_order(Reader::new(source, options.longest_line));
    }
    Report::new(system.name, check.traces, &options.config, &options.today)
}

/// Checks traces: the first of each source merged, the second of each, and so on. Source: TRACE-9.
#[must_use]
pub fn check(system: &System, sources: Vec<Source>, options: &Options) -> Report {
    if sources.len() < 2 {
        return check_each(system, sources, options);
    }
    let mut check = Check { system, options, last: None, traces: Vec::new() };
    let readers = sources.into_iter().map(|source| Reader::new(source, options.longest_line));
    check.merged(readers.collect());
    Report::new(system.name, check.traces, &options.config, &options.today)
}

/// A check under way.
struct Check<'a> {
    system: &'a System,
    options: &'a Options,
    /// The model of the last header: traces of one file mostly have the same.
    last: Option<(Value, Box<dyn Walk>)>,
    traces: Vec<TraceReport>,
}

/// A header, and its line.
type Begin = (Header, u64);

/// The next header; none, at the end.
type Next = Result<Option<Begin>, Malformed>;

impl Check<'_> {
    fn note(&mut self, told: Told, files: &[String], line: u64, instance: Value) {
        self.traces.push(told.report(files.to_vec(), line, instance));
    }

    /// The model that a header names.
    fn walk(&mut self, header: &Header, at: &Position) -> Result<&dyn Walk, Outcome> {
        let is_known = self.last.as_ref().is_some_and(|(instance, _)| {
            *instance == header.instance && header.system == self.system.name
        });
        if !is_known {
            let walk = scope::walk(self.system, header, at)?;
            self.last = Some((header.instance.clone(), walk));
        }
        let Some((_, walk)) = &self.last else { return Err(scope::nothing(at)) };
        scope::silence(walk.as_ref(), header, at)?;
        Ok(walk.as_ref())
    }

    /// Every trace of one source.
    fn in_order(&mut self, mut reader: Reader) {
        let files = [reader.name().to_owned()];
        let mut next = first_header(&mut reader);
        loop {
            match next {
                Ok(None) => return,
                Err(malformed) => {
                    let line = malformed.at.line;
                    return self.note(Told::only(malformed.into()), &files, line, Value::Null);
                }
                Ok(Some((header, line))) => {
                    let (told, after) = self.one_in_order(&header, line, &mut reader);
                    self.note(told, &files, line, header.instance);
                    next = after;
                }
            }
        }
    }

    /// One trace, and the header after it.
    fn one_in_order(&mut self, header: &Header, line: u64, reader: &mut Reader) -> (Told, Next) {
        let (options, at) = (self.options, reader.at(line, None));
        let walk = match self.walk(header, &at) {
            Ok(walk) => walk,
            Err(outcome) => return (Told::only(outcome), skip(reader)),
        };
        let mut course = Course::new(Behaviour { walk, header }, options);
        loop {
            match reader.next() {
                Err(malformed) => return (course.told(malformed.into()), Ok(None)),
                Ok(None) => return (course.end(&at), Ok(None)),
                Ok(Some(Line::Header(next))) => {
                    return (course.end(&at), Ok(Some((next, reader.line()))));
                }
                Ok(Some(Line::Event(event))) => {
                    if let Some(outcome) = course.take(&event, reader.at(event.line, None)) {
                        return (course.told(outcome), skip(reader));
                    }
                }
            }
        }
    }

    /// The traces of several sources, merged one after the other.
    fn merged(&mut self, mut readers: Vec<Reader>) {
        let files: Vec<String> = readers.iter().map(|reader| reader.name().to_owned()).collect();
        let mut next = readers.iter_mut().map(first_header).collect::<Result<Vec<_>, _>>();
        loop {
            let read = next.and_then(|headers| Parts::read(&headers, &mut readers));
            let parts = match read {
                Ok(None) => return,
                Ok(Some(parts)) => parts,
                Err(malformed) => {
                    return self.note(Told::only(malformed.into()), &files, 1, Value::Null);
                }
            };
            let Parts { header, line, logs, after } = parts;
            let told = self.one_merged(&header, line, &logs);
            self.note(told, &files, line, header.instance);
            next = Ok(after);
        }
    }

    fn one_merged(&mut self, header: &Header, line: u64, logs: &[Log]) -> Told {
        let options = self.options;
        let file = logs.first().map(|log| log.file.clone()).unwrap_or_default();
        let at = Position { file, line, column: None };
        let walk = match self.walk(header, &at) {
            Ok(walk) => walk,
            Err(outcome) => return Told::only(outcome),
        };
        let behaviour = Behaviour { walk, header };
        match Causes::of(logs) {
            Ok(causes) => Merged::new(behaviour, logs, causes, options).told(at),
            Err(malformed) => Told::only(malformed.into()),
        }
    }
}

/// The parts of a trace that several files have, and the headers after them.
struct Parts {
    header: Header,
    line: u64,
    logs: Vec<Log>,
    after: Vec<Option<Begin>>,
}

impl Parts {
    fn read(headers: &[Option<Begin>], readers: &mut [Reader]) -> Result<Option<Self>, Malformed> {
        let mut found = headers.iter().zip(&*readers).filter_map(|(header, reader)| {
            header.as_ref().map(|(header, line)| (header, *line, reader))
        });
        let Some((header, line, first)) = found.next() else { return Ok(None) };
        if let Some((_, line, reader)) = found.find(|(other, ..)| *other != header) {
            let why =
                format!("another header than that of {}: they are to be merged", first.name());
            return Err(Malformed { why, at: reader.at(line, None) });
        }
        if let Some((_, reader)) =
            headers.iter().zip(&*readers).find(|(header, _)| header.is_none())
        {
            let why = format!("there is no trace here to be merged with that of {}", first.name());
            return Err(Malformed { why, at: reader.at(reader.line(), None) });
        }
        let header = header.clone();
        let (mut logs, mut after) = (Vec::new(), Vec::new());
        for reader in readers {
            let (events, next) = events(reader)?;
            logs.push(Log { file: reader.name().to_owned(), events });
            after.push(next);
        }
        Ok(Some(Self { header, line, logs, after }))
    }
}

/// The first line that says anything is a header.
fn first_header(reader: &mut Reader) -> Next {
    match reader.next()? {
        Some(Line::Header(header)) => Ok(Some((header, reader.line()))),
        Some(Line::Event(event)) => {
            let why =
                "a header was expected here: {\"straightedge\": 1, \"system\": .., ..}".into();
            Err(Malformed { why, at: reader.at(event.line, None) })
        }
        None => {
            let why = "there is nothing here; a trace begins with a header".into();
            Err(Malformed { why, at: reader.at(1, None) })
        }
    }
}

/// The next header, whatever comes before it.
fn skip(reader: &mut Reader) -> Next {
    loop {
        match reader.next()? {
            None => return Ok(None),
            Some(Line::Header(header)) => return Ok(Some((header, reader.line()))),
            Some(Line::Event(_)) => {}
        }
    }
}

/// The events up to the next header, and that.
fn events(reader: &mut Reader) -> Result<(Vec<Event>, Option<Begin>), Malformed> {
    let mut events = Vec::new();
    loop {
        match reader.next()? {
            None => return Ok((events, None)),
            Some(Line::Header(header)) => return Ok((events, Some((header, reader.line())))),
            Some(Line::Event(event)) => events.push(event),
        }
    }
}
