//! How much a check may use, as the command line says it.

use std::time::Duration;

use clap::Args;
use straightedge_models::engine::Limits;

/// More threads than any machine has, and fewer than an operating system refuses.
const THREADS: std::ops::RangeInclusive<i64> = 1..=1024;

/// Limits of one check.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Budget {
    /// Worker threads; results are the same at every number [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(THREADS))]
    threads: Option<u16>,
    /// GiB that one instance may hold; decimals are allowed [default: 8]
    #[arg(long, value_name = "GIB", value_parser = positive)]
    memory: Option<f64>,
    /// Seconds that one instance may take; decimals are allowed [default: no limit]
    #[arg(long, value_name = "SECONDS", value_parser = positive)]
    time: Option<f64>,
    /// No progress, and nothing but the report
    #[arg(long)]
    pub(crate) quiet: bool,
}

impl Budget {
    /// The limits as the engine takes them.
    pub(crate) fn limits(&self) -> Limits {
        let default = Limits::default();
        #[allow(clippy::cast_sign_loss, reason = "`positive` lets no other number through")]
        let bytes = |gib: f64| (gib * (1u64 << 30) as f64) as u64;
        Limits {
            threads: self.threads.map_or(default.threads, usize::from),
            memory_bytes: self.memory.map_or(default.memory_bytes, bytes),
            time: self.time.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            ..default
        }
    }
}

/// More than this, in seconds or GiB, is no limit, and overflows what it is turned into.
const MOST: f64 = 1e9;

fn positive(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| format!("`{text}` is not a number"))?;
    let is_limit = number > 0.0 && number <= MOST;
    if is_limit { Ok(number) } else { Err(format!("{text} is not above 0 and at most {MOST}")) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_positive_numbers_are_limits() {
        assert_eq!(
            ["0", "-1", "NaN", "inf", "1e300", "x", ""].map(|text| positive(text).is_ok()),
            [false; 7]
        );
        assert_eq!(positive("0.5"), Ok(0.5));
    }

    #[test]
    fn decimals_of_a_gib_are_bytes() {
        let budget = Budget { memory: Some(0.5), time: Some(1.5), ..Budget::default() };
        assert_eq!(budget.limits().memory_bytes, 1 << 29);
        assert_eq!(budget.limits().time.unwrap(), Duration::from_millis(1500));
    }
}
