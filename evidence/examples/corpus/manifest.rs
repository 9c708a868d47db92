//! What the corpus says of its files: where each comes from, and what must become of it.

use std::fs;
use std::path::PathBuf;

use straightedge_evidence::outcome::Outcome;
use straightedge_models::engine::System;

/// A manifest that grows.
pub(crate) struct Manifest<'a> {
    pub(crate) system: &'a System,
    place: PathBuf,
    text: String,
    counts: [usize; 3],
}

impl<'a> Manifest<'a> {
    pub(crate) fn new(system: &'a System, place: PathBuf) -> Self {
        let text =
            "# What must become of each file; `cargo run -p straightedge-evidence --example \
                    corpus` writes it.\nversion = 1\n"
                .to_owned();
        Self { system, place, text, counts: [0; 3] }
    }

    fn write(&self, files: &[(String, String)]) -> Result<(), String> {
        for (name, text) in files {
            fs::write(self.place.join(name), text).map_err(|error| format!("{name}: {error}"))?;
        }
        Ok(())
    }

    /// Adds a trace that must be accepted, if it is.
    pub(crate) fn accepted(
        &mut self,
        files: &[(String, String)],
        provenance: &str,
    ) -> Result<bool, String> {
        let outcome = super::outcome(self.system, files);
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        if outcome != Outcome::Accepted {
            eprintln!("not accepted: {names:?} ({provenance}): {}", told(&outcome));
            return Ok(false);
        }
        self.write(files)?;
        let (names, provenance) = (quoted(&names), quoted(&provenance));
        self.text += &format!("\n[[accepted]]\nfiles = {names}\nprovenance = {provenance}\n");
        self.counts[0] += 1;
        Ok(true)
    }

    /// Adds a trace that must be rejected, if it is; at that line, if one is given.
    pub(crate) fn rejected(
        &mut self,
        file: &(String, String),
        line: Option<u64>,
        provenance: &str,
    ) -> Result<Outcome, String> {
        let outcome = super::outcome(self.system, std::slice::from_ref(file));
        let Outcome::Rejected(rejection) = &outcome else { return Ok(outcome) };
        if line.is_some_and(|line| line != rejection.at.line) {
            return Ok(outcome);
        }
        self.write(std::slice::from_ref(file))?;
        self.text += &format!(
            "\n[[rejected]]\nfile = {}\nline = {}\nsays = {}\nprovenance = {}\n",
            quoted(&file.0),
            rejection.at.line,
            quoted(&rejection.sentence),
            quoted(&provenance),
        );
        self.counts[1] += 1;
        Ok(outcome)
    }

    /// Says of a mutant why it has no trace here.
    pub(crate) fn absent(&mut self, mutant: &str, why: &str) {
        let (mutant, why) = (quoted(&mutant), quoted(&why));
        self.text += &format!("\n[[absent]]\nmutant = {mutant}\nwhy = {why}\n");
        self.counts[2] += 1;
    }

    pub(crate) fn finish(self) -> Result<(), String> {
        let [accepted, rejected, absent] = self.counts;
        println!("{}: {accepted} accepted, {rejected} rejected, {absent} absent", self.system.name);
        let path = self.place.join("manifest.toml");
        fs::write(&path, self.text).map_err(|error| format!("{}: {error}", path.display()))
    }
}

pub(crate) fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted => "accepted".into(),
        Outcome::Rejected(rejection) => format!("{}: {}", rejection.at, rejection.sentence),
        Outcome::Inconclusive { why, at }
        | Outcome::OutOfScope { why, at }
        | Outcome::Malformed { why, at } => format!("{at}: {why}"),
    }
}

/// As TOML and JSON both quote it.
fn quoted(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
