//! The runs that the specification shows are those that the code finds.

use std::fs;
use std::path::Path;

use straightedge::conformance::control::Controlled;

/// What is said from one heading to the next.
fn passage<'a>(specification: &'a str, name: &str) -> &'a str {
    let start = specification.find(&format!("## {name} ")).unwrap_or_else(|| panic!("no {name}"));
    let rest = &specification[start..];
    let end = rest[3..].find("\n## ").map_or(rest.len(), |end| end + 3);
    &rest[..end]
}

/// Fails unless the rule's passage shows the shortest run that misses the rule.
#[track_caller]
pub(crate) fn shows(system: &str, controlled: &Controlled) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("specs/{system}.md"));
    let specification = fs::read_to_string(path).unwrap();
    let steps = &controlled.difference.as_ref().unwrap().steps;
    let run = format!("```text\n{}\n```", steps.join("\n"));
    let passage = passage(&specification, controlled.source);
    assert!(passage.contains(&run), "{} does not show\n{run}", controlled.source);
}
