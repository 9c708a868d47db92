//! Where a check is: a line that changes every second, or a line a minute in a log.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use straightedge_models::engine::Progress;

use super::Console;
use crate::report::figure::{count, duration, memory};

const ON_A_TERMINAL: Duration = Duration::from_secs(1);
const IN_A_LOG: Duration = Duration::from_mins(1);

/// Shows progress now and then.
pub(crate) struct Display {
    way: Way,
    shown: Instant,
    states_shown: u64,
}

enum Way {
    /// A bar while an instance is checked: what is printed in between must not meet one.
    Bar(Option<ProgressBar>),
    Log,
    Nothing,
}

impl Display {
    /// A display that fits the console.
    pub(crate) fn new(console: &Console, quiet: bool) -> Self {
        let way = match (quiet, console.is_terminal) {
            (true, _) => Way::Nothing,
            (false, true) => Way::Bar(None),
            (false, false) => Way::Log,
        };
        Self { way, shown: Instant::now(), states_shown: 0 }
    }

    /// Another instance begins.
    pub(crate) fn begin(&mut self, label: &str) {
        self.states_shown = 0;
        if let Way::Bar(bar) = &mut self.way {
            *bar = Some(self::bar(label));
        }
    }

    /// Shows where the check is, if it is time to.
    pub(crate) fn show(&mut self, label: &str, progress: &Progress, console: &mut Console) {
        let new_states = progress.states.saturating_sub(self.states_shown);
        let was_shown = self.tell(label, console, &|since| {
            let milliseconds = (since.as_millis() as u64).max(1);
            figures(progress, new_states * 1000 / milliseconds)
        });
        if was_shown {
            self.states_shown = progress.states;
        }
    }

    /// Shows figures, which may depend on the time since the last ones, if it is time to; whether
    /// it was.
    pub(crate) fn tell(
        &mut self,
        label: &str,
        console: &mut Console,
        figures: &dyn Fn(Duration) -> String,
    ) -> bool {
        let every = match self.way {
            Way::Bar(_) => ON_A_TERMINAL,
            Way::Log => IN_A_LOG,
            Way::Nothing => return false,
        };
        let since = self.shown.elapsed();
        if since < every {
            return false;
        }
        let figures = figures(since);
        match &self.way {
            Way::Bar(Some(bar)) => {
                bar.set_message(figures);
                bar.tick();
            }
            Way::Log => console.note(&format!("{label}: {figures}")),
            Way::Bar(None) | Way::Nothing => {}
        }
        self.shown = Instant::now();
        true
    }

    /// Wipes the bar off the terminal.
    pub(crate) fn clear(&mut self) {
        if let Way::Bar(bar) = &mut self.way
            && let Some(bar) = bar.take()
        {
            bar.finish_and_clear();
        }
    }
}

/// A bar of two lines: what is checked, and how far it is.
fn bar(label: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{prefix}\n  {wide_msg}") {
        bar.set_style(style);
    }
    bar.set_prefix(label.to_owned());
    bar.tick();
    bar
}

fn figures(progress: &Progress, states_per_second: u64) -> String {
    format!(
        "{}, {} states, {}/s, depth {}, queue {}, {}, {}",
        progress.phase,
        count(progress.states),
        count(states_per_second),
        progress.depth,
        count(progress.queue),
        memory(progress.memory_bytes),
        duration(progress.elapsed.as_secs_f64()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_is_told() {
        let progress = Progress {
            phase: "exploring",
            states: 1_000_000,
            transitions: 2,
            depth: 7,
            queue: 1234,
            memory_bytes: 3 << 20,
            elapsed: Duration::from_secs(61),
        };
        assert_eq!(
            figures(&progress, 5000),
            "exploring, 1,000,000 states, 5,000/s, depth 7, queue 1,234, 3.0 MiB, 1 min 1 s"
        );
    }
}
