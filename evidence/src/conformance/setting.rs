//! Everything that is needed before anything is driven, and what is left of a run that fails.

use std::path::{Path, PathBuf};

use straightedge_models::engine::{System, Walk};

use super::{Conformance, REPLAY, SEED, Walks};
use crate::config::Config;
use crate::drive::{Drive, Options};
use crate::suite::{self, Run};
use crate::trace;

/// Everything that is needed before anything is driven.
pub(super) struct Setting {
    pub(super) system: System,
    pub(super) walk: Box<dyn Walk>,
    pub(super) config: Config,
    pub(super) options: Options,
    pub(super) runs: Option<Vec<Run>>,
}

impl Conformance {
    pub(super) fn setting(&self, walks: Walks) -> Result<Setting, String> {
        let mut systems = straightedge_models::systems();
        let place = systems.iter().position(|system| system.name == self.system);
        let place = place.ok_or_else(|| format!("no system `{}`", self.system))?;
        let system = systems.swap_remove(place);
        let walk = trace::walk_of(&system, &self.instance).map_err(|unfit| unfit.to_string())?;
        let config = Config::read(&self.config, "config", &system)?;
        let mut options = self.options.clone();
        options.cover = walks == Walks::Cover;
        if options.cover {
            options.walks = 0;
        }
        options.triggers = !config.floors.claims.is_empty();
        options.deviations.clone_from(&config.deviations);
        if let Some(seed) = asked(SEED) {
            options.seed = seed.parse().map_err(|_| format!("{SEED}: `{seed}` is no number"))?;
        }
        let runs = asked(REPLAY).map(|path| self.replayed(walk.as_ref(), &path)).transpose()?;
        let runs = runs.map(|(runs, seed)| {
            options.seed = seed;
            runs
        });
        Ok(Setting { system, walk, config, options, runs })
    }

    /// The runs of a file, and what chance hung on.
    fn replayed(&self, walk: &dyn Walk, path: &str) -> Result<(Vec<Run>, u64), String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
        let header = suite::read_header(path, &text).map_err(|wrong| wrong.to_string())?;
        let is_ours = header.system == self.system && header.parameters == walk.parameters();
        if !is_ours {
            let of = format!("{}/{}", header.system, header.instance);
            return Err(format!("{path} is about {of}: name the one test that is to run it"));
        }
        let runs = suite::read(walk, path, &text).map_err(|wrong| wrong.to_string())?;
        Ok((runs, header.seed))
    }
}

/// What the environment says, if it says anything.
fn asked(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|said| !said.is_empty())
}

/// The file that a failing run of that test goes to.
pub(super) fn replay_of(test: &str) -> PathBuf {
    let name: String = test.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    std::env::temp_dir().join(format!("straightedge-{name}.jsonl"))
}

/// Writes the run that fails, where one does; the command that runs it again.
pub(super) fn save(drive: &Drive, test: &str, path: &Path) -> Option<String> {
    let failing = drive.failing.as_ref()?;
    // Where it cannot be written the report says all the same what it is.
    std::fs::write(path, &failing.file).ok()?;
    // The name of a test says nothing of its crate.
    let name = test.split_once("::").map_or(test, |(_, name)| name);
    Some(format!("{REPLAY}={} cargo test -- --exact {name}", path.display()))
}
