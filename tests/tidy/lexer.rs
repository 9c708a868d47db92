//! As much of Rust as the rules need: where code is, and where comments and literals are.

/// The text with comments and the contents of literals blanked; every line stays where it is.
pub(crate) fn code(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < characters.len() {
        let end = blank_until(&characters, at);
        for &character in &characters[at..end] {
            code.push(if character == '\n' { '\n' } else { ' ' });
        }
        if end == at {
            code.push(characters[at]);
            at += 1;
        } else {
            at = end;
        }
    }
    code
}

/// Where the comment or literal that begins here ends, or here if none begins.
fn blank_until(text: &[char], at: usize) -> usize {
    let after_a_name = at > 0 && (text[at - 1].is_alphanumeric() || text[at - 1] == '_');
    match (text[at], text.get(at + 1)) {
        ('/', Some('/')) => line_end(text, at),
        ('/', Some('*')) => comment_end(text, at),
        ('"', _) => string_end(text, at),
        ('r', Some('"' | '#')) if !after_a_name => raw_end(text, at),
        ('\'', _) => character_end(text, at),
        _ => at,
    }
}

fn line_end(text: &[char], at: usize) -> usize {
    text[at..].iter().position(|&c| c == '\n').map_or(text.len(), |length| at + length)
}

fn comment_end(text: &[char], start: usize) -> usize {
    let (mut depth, mut at) = (0, start);
    while at + 1 < text.len() {
        match (text[at], text[at + 1]) {
            ('/', '*') => (depth, at) = (depth + 1, at + 2),
            ('*', '/') if depth == 1 => return at + 2,
            ('*', '/') => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    text.len()
}

fn string_end(text: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < text.len() && text[at] != '"' {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(text.len())
}

fn raw_end(text: &[char], start: usize) -> usize {
    let hashes = text[start + 1..].iter().take_while(|&&c| c == '#').count();
    let open = start + 1 + hashes;
    if text.get(open) != Some(&'"') {
        return start;
    }
    let closes = |at: &usize| {
        text[*at] == '"' && text[at + 1..].iter().take_while(|&&c| c == '#').count() >= hashes
    };
    (open + 1..text.len()).find(closes).map_or(text.len(), |at| at + 1 + hashes)
}

/// A quote opens a character, or names a lifetime.
fn character_end(text: &[char], at: usize) -> usize {
    if text.get(at + 1) == Some(&'\\') {
        let close = text[at + 3..].iter().position(|&c| c == '\'');
        return close.map_or(text.len(), |length| at + 4 + length);
    }
    if text.get(at + 2) == Some(&'\'') { at + 3 } else { at }
}

/// Every path that the code names, such as `crate::engine::graph`, with `use` trees unfolded.
pub(crate) fn paths(code: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for statement in code.split(';') {
        let spaced = statement.replace(['\n', '\t'], " ");
        if let Some(tree) = spaced.rfind("use ").map(|at| &spaced[at + 4..]) {
            unfold("", tree.trim(), &mut paths);
        }
        paths.extend(named(&spaced));
    }
    paths
}

/// `a::{b, c::{d, e}}` is `a::b`, `a::c::d`, `a::c::e`.
fn unfold(prefix: &str, tree: &str, paths: &mut Vec<String>) {
    let Some(open) = tree.find('{') else {
        let name = tree.split(" as ").next().unwrap_or_default().trim();
        paths.push(format!("{prefix}{name}"));
        return;
    };
    let prefix = format!("{prefix}{}", tree[..open].trim());
    let inner = tree[open + 1..].trim_end().trim_end_matches('}');
    let (mut depth, mut start) = (0, 0);
    for (at, character) in inner.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                unfold(&prefix, inner[start..at].trim(), paths);
                start = at + 1;
            }
            _ => {}
        }
    }
    let last = inner[start..].trim();
    if !last.is_empty() {
        let closed = if last.contains('{') { format!("{last}}}") } else { last.to_owned() };
        unfold(&prefix, &closed, paths);
    }
}

fn named(code: &str) -> impl Iterator<Item = String> {
    code.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
        .filter(|word| word.contains("::"))
        .map(|word| word.trim_matches(':').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blanked_and_lines_stay() {
        let text = "a // x\n/* y /* z */ \n*/ b \"s\\\"t\" c r#\"u\"v\"# d 'e' '\\'' f<'g>(h)";
        let code = code(text);
        assert_eq!(code.lines().count(), text.lines().count());
        let words: Vec<&str> = code.split_whitespace().collect();
        assert_eq!(words, ["a", "b", "c", "d", "f<'g>(h)"]);
    }

    #[test]
    fn a_name_that_ends_in_r_is_no_raw_string() {
        assert_eq!(code("for\"x\" y").split_whitespace().collect::<Vec<_>>(), ["for", "y"]);
    }

    #[test]
    fn use_trees_are_unfolded() {
        let paths =
            paths("pub use crate::{chord::{a, b as c}, engine::x};\nlet y = super::z::f();");
        for path in ["crate::chord::a", "crate::chord::b", "crate::engine::x", "super::z::f"] {
            assert!(paths.contains(&path.to_owned()), "{path} is not in {paths:?}");
        }
    }
}
