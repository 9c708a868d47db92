//! An implementation in any language: a process that is told one JSON object a line, and answers
//! each with one.
//!
//! | room | holds |
//! |---|---|
//! | `protocol` | what is said and answered |
//! | `child` | a process, of which nothing is waited for without end |
//!
//! Source: HARNESS-2 to HARNESS-5.

mod child;
pub mod protocol;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use serde_json::Value;
use straightedge_models::engine::{Label, Walk};

use crate::drive::{self, Drive, Options, Subject};
use crate::subject::{Applied, Breach, Broken, SystemUnderTest};
use crate::suite::Run;
use child::Child;
use protocol::{Answer, Ask, Question, Say, VERSION};

/// What a process may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest line that it may write, in bytes.
    pub line: usize,
    /// How long it may take for an answer.
    pub answer: Duration,
    /// How much it may write to its standard error, in bytes.
    pub stderr: u64,
    /// How much of that is kept, in bytes.
    pub stderr_kept: usize,
    /// How long it may take to end.
    pub farewell: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            line: 1 << 20,
            answer: Duration::from_secs(5),
            stderr: 16 << 20,
            stderr_kept: 4 << 10,
            farewell: Duration::from_secs(1),
        }
    }
}

/// A process that is driven. It is started anew when it has broken down and is to begin again.
pub struct Driven {
    command: Vec<String>,
    limits: Limits,
    init: Ask,
    deadline: Instant,
    stop: Arc<AtomicBool>,
    child: Option<Child>,
    next_id: u64,
    actions: Option<Vec<String>>,
    last_words: Vec<String>,
}

impl Driven {
    /// Starts a command and says what will be driven.
    ///
    /// # Errors
    ///
    /// If it cannot be started, or does not answer as the protocol asks.
    pub fn start(
        command: Vec<String>,
        walk: &dyn Walk,
        seed: u64,
        limits: Limits,
        deadline: Instant,
        stop: Arc<AtomicBool>,
    ) -> Result<Self, (Broken, Vec<String>)> {
        let init = Ask::Init {
            protocol: VERSION,
            system: walk.system().to_owned(),
            instance: walk.instance().to_owned(),
            parameters: walk.parameters(),
            seed,
        };
        let mut driven = Self {
            command,
            limits,
            init,
            deadline,
            stop,
            child: None,
            next_id: 1,
            actions: None,
            last_words: Vec::new(),
        };
        let greeted = driven.greet().map_err(|broken| match broken.breach {
            // Who has not said a word has not spoken the protocol.
            Breach::Stopped => Broken::new(Breach::Unreadable, broken.why),
            _ => broken,
        });
        let greeted = greeted.and_then(|()| driven.unknown_action(walk).map_or(Ok(()), Err));
        if let Err(broken) = greeted {
            driven.give_up();
            return Err((broken, std::mem::take(&mut driven.last_words)));
        }
        Ok(driven)
    }

    /// A name among those that it says it knows which no action has.
    fn unknown_action(&self, walk: &dyn Walk) -> Option<Broken> {
        let names = walk.names();
        let stray = self.actions.iter().flatten().find(|name| !names.contains(&name.as_str()))?;
        let why = format!("`init_ok` names an action `{stray}` that {} has not", walk.system());
        Some(Broken::new(Breach::Unreadable, why))
    }

    /// Starts the command, and says what will be driven.
    fn greet(&mut self) -> Result<(), Broken> {
        let child = Child::start(&self.command, &self.limits).map_err(|error| {
            let program = self.command.first().map_or("", String::as_str);
            Broken::new(Breach::Unreadable, format!("cannot start `{program}`: {error}"))
        })?;
        self.child = Some(child);
        self.next_id = 1;
        match self.ask(self.init.clone())? {
            Say::InitOk { protocol: VERSION, actions, name: _ } => {
                self.actions = actions;
                Ok(())
            }
            Say::InitOk { protocol, .. } => {
                let why = format!("the process speaks version {protocol}; {VERSION} was expected");
                Err(self.broken(Broken::new(Breach::Unreadable, why)))
            }
            Say::Unsupported {} => {
                let why = "the process does not support this instance";
                Err(self.broken(Broken::new(Breach::Unsupported, why)))
            }
            other => Err(self.unexpected(&other, "`init_ok`")),
        }
    }

    /// Asks, and waits for the answer. A process that breaks down is ended.
    fn ask(&mut self, ask: Ask) -> Result<Say, Broken> {
        let id = self.next_id;
        self.next_id += 1;
        let question = Question { id, ask };
        let answered = self.exchange(&question).and_then(|line| read(&line, id));
        answered.map_err(|broken| self.broken(broken))
    }

    fn exchange(&mut self, question: &Question) -> Result<Vec<u8>, Broken> {
        let Some(child) = &mut self.child else {
            return Err(Broken::new(Breach::Stopped, "the process has ended"));
        };
        let line = serde_json::to_string(question).map_err(|error| {
            Broken::new(Breach::Unreadable, format!("a message cannot be written: {error}"))
        })?;
        child.say(line + "\n");
        child.hear(self.limits.answer, self.deadline, &self.stop)
    }

    /// Ends the process, and keeps its last words.
    fn broken(&mut self, broken: Broken) -> Broken {
        self.give_up();
        broken
    }

    fn give_up(&mut self) {
        if let Some(mut child) = self.child.take() {
            // What it wrote just before is on its way.
            child.end(Duration::from_millis(20));
            self.last_words = child.last_words();
        }
    }

    fn unexpected(&mut self, said: &Say, expected: &str) -> Broken {
        let why = format!("the process answers `{}`, and {expected} was expected", said.kind());
        self.broken(Broken::new(Breach::Unreadable, why))
    }

    fn state(&mut self, ask: Ask) -> Result<Value, Broken> {
        match self.ask(ask)? {
            Say::Ok { state } => self.object(state),
            other => Err(self.unexpected(&other, "`ok`")),
        }
    }

    fn object(&mut self, state: Value) -> Result<Value, Broken> {
        if state.is_object() {
            return Ok(state);
        }
        let why = "the process shows a state that is no JSON object".to_owned();
        Err(self.broken(Broken::new(Breach::Unreadable, why)))
    }

    /// Says good-bye, and sees to it that the process ends.
    pub fn end(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let question = Question { id: self.next_id, ask: Ask::Bye };
        if let Ok(line) = serde_json::to_string(&question) {
            child.say(line + "\n");
        }
        child.end(self.limits.farewell);
        self.last_words = child.last_words();
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        self.end();
    }
}

impl SystemUnderTest for Driven {
    fn actions(&self) -> Option<Vec<String>> {
        self.actions.clone()
    }

    fn reset(&mut self, seed: u64) -> Result<Value, Broken> {
        if self.child.is_none() {
            self.greet()?;
        }
        self.state(Ask::Reset { seed })
    }

    fn apply(&mut self, action: &Label) -> Result<Applied, Broken> {
        let ask = Ask::Step { action: action.to_json(), text: action.text.clone() };
        match self.ask(ask)? {
            Say::Ok { state } => Ok(Applied::Done(self.object(state)?)),
            Say::Refused { reason } => Ok(Applied::Refused(reason)),
            Say::Unsupported {} => Ok(Applied::Unsupported),
            other @ Say::InitOk { .. } => {
                Err(self.unexpected(&other, "`ok`, `refused` or `unsupported`"))
            }
        }
    }

    fn observe(&mut self) -> Result<Value, Broken> {
        self.state(Ask::Observe)
    }

    fn last_words(&self) -> Vec<String> {
        self.child.as_ref().map_or_else(|| self.last_words.clone(), Child::last_words)
    }
}

/// Starts a command, and drives it along a model: along `runs`, or, without any, along the cover
/// and at random. `file` is the name of the file that a failing run would go to.
#[must_use]
pub fn drive(
    walk: &dyn Walk,
    command: &[String],
    options: &Options,
    limits: Limits,
    runs: Option<&[Run]>,
    file: &str,
    stop: &Arc<AtomicBool>,
) -> Drive {
    let deadline = Instant::now() + options.time;
    let name = command.join(" ");
    let (seed, stop) = (options.seed, Arc::clone(stop));
    let started = Driven::start(command.to_vec(), walk, seed, limits, deadline, Arc::clone(&stop));
    let mut driven = match started {
        Ok(driven) => driven,
        Err((broken, last_words)) => {
            return Drive::unable(walk, name, &broken, last_words, options);
        }
    };
    let subject = Subject { system: &mut driven, name, file: file.to_owned() };
    let mut drive = drive::drive(walk, subject, options, runs, &stop);
    driven.end();
    drive.last_words = driven.last_words();
    drive
}

/// The answer to the question of that number.
fn read(line: &[u8], id: u64) -> Result<Say, Broken> {
    let unreadable = |why: String| Broken::new(Breach::Unreadable, why);
    let text = std::str::from_utf8(line)
        .map_err(|_| unreadable("the process answers with bytes that are not UTF-8".into()))?;
    let answer: Answer = serde_json::from_str(text)
        .map_err(|error| unreadable(format!("the process answers {}: {error}", quoted(text))))?;
    if answer.id != id {
        let said = answer.id;
        return Err(unreadable(format!(
            "the process answers message {said}, and {id} was expected"
        )));
    }
    Ok(answer.say)
}

/// The beginning of a line, as JSON writes it.
fn quoted(text: &str) -> String {
    const LONGEST: usize = 80;
    let text = text.trim_end_matches(['\n', '\r']);
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end);
    let more = if end < text.len() { "\u{2026}" } else { "" };
    format!("{}{more}", Value::from(&text[..end]))
}
