//! What is not said: marks of unfinished work, and places that only one machine has.

use super::repository::{Source, below, rust};

/// Put together here so that this file does not hold them.
fn banned() -> [String; 5] {
    [["TO", "DO"], ["FIX", "ME"], ["todo", "!("], ["unimplemented", "!("], ["/wor", "k/"]]
        .map(|halves| halves.concat())
}

fn said(source: &Source) -> Vec<String> {
    let numbered = source.text.lines().enumerate();
    let said = numbered.flat_map(|(index, line)| {
        let banned = banned().into_iter().filter(|word| line.contains(word));
        banned.map(move |word| (index + 1, word)).collect::<Vec<_>>()
    });
    said.map(|(line, word)| format!("{}:{line}: `{word}`", source.path)).collect()
}

#[test]
fn a_banned_word_is_found() {
    let text = format!("fine\n// {}: later\n", banned()[0]);
    assert_eq!(said(&Source::new("a.rs", &text)).len(), 1);
}

#[test]
fn nothing_banned_is_said() {
    let mut sources = rust();
    sources.extend(below("specs", "md"));
    let violations: Vec<String> = sources.iter().flat_map(said).collect();
    super::assert_tidy(&violations);
}
