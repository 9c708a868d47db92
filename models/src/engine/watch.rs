//! Keeps an eye on the clock and on the memory while a claim is decided.

use super::run::Run;
use super::verdict::Bound;

/// Ticks between two looks at the clock.
const STRIDE: u32 = 1 << 13;

/// Counts work, and ends it when the run is to end.
pub(super) struct Watch<'a> {
    run: &'a Run<'a>,
    ticks: u32,
}

impl<'a> Watch<'a> {
    pub(super) fn new(run: &'a Run<'a>) -> Self {
        Self { run, ticks: STRIDE - 1 }
    }

    /// One unit of work, such as one state; an error says what came first.
    #[inline]
    pub(super) fn tick(&mut self) -> Result<(), String> {
        self.ticks += 1;
        if self.ticks < STRIDE {
            return Ok(());
        }
        self.ticks = 0;
        match self.run.interruption() {
            Some(bound) => Err(format!("the {bound} came first")),
            None => Ok(()),
        }
    }

    /// Whether so many more bytes may be held beside those held already; an error if not.
    pub(super) fn afford(&self, held: u64, more: u64) -> Result<(), String> {
        let limit = self.run.limits.memory_bytes;
        if held + more <= limit {
            return Ok(());
        }
        let needed = (held + more).div_ceil(1 << 20);
        Err(format!("{needed} MiB are needed, over the {}", Bound::Memory(limit)))
    }
}
