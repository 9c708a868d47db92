//! Languages in which there are example adapters. Where one is not on the machine its tests say so,
//! and fail if `STRAIGHTEDGE_ADAPTERS` is `required`.

use std::process::{Command, Stdio};

/// The language's program, or a loud word that it is not there.
pub(crate) fn or_skipped(program: &'static str) -> Option<&'static str> {
    let asked = Command::new(program).arg("--version").stdout(Stdio::null()).status();
    if asked.is_ok_and(|status| status.success()) {
        return Some(program);
    }
    eprintln!("SKIPPED: `{program}` is not on this machine, and its adapters were not tested");
    let required = std::env::var("STRAIGHTEDGE_ADAPTERS").is_ok_and(|value| value == "required");
    assert!(!required, "`{program}` is required by STRAIGHTEDGE_ADAPTERS");
    None
}
