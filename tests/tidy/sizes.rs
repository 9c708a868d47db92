//! Files, functions and lines that fit a head and a screen.

use super::lexer::code;
use super::repository::{Source, rust};

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 60;
const COLUMNS: usize = 100;

fn long_file(source: &Source) -> Option<String> {
    let lines = source.text.lines().count();
    (lines > FILE_LINES).then(|| format!("{}: {lines} lines", source.path))
}

fn long_lines(source: &Source) -> Vec<String> {
    let numbered = source.text.lines().enumerate();
    let long = numbered.filter(|(_, line)| line.chars().count() > COLUMNS);
    long.map(|(index, line)| {
        format!("{}:{}: {} columns", source.path, index + 1, line.chars().count())
    })
    .collect()
}

/// A function: the line on which it begins, and the lines of code between its braces.
#[derive(Debug, PartialEq, Eq)]
struct Function {
    line: usize,
    lines: usize,
}

/// Lines without code do not count: a comment makes no function longer.
fn functions(text: &str) -> Vec<Function> {
    let code = code(text);
    let mut functions = Vec::new();
    for (start, _) in code.match_indices("fn ") {
        let begins =
            start == 0 || !code[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let is_named = code[start + 3..].starts_with(|c: char| c.is_alphabetic() || c == '_');
        if !begins || !is_named {
            continue;
        }
        if let Some(body) = body(&code[start..]) {
            let line = code[..start].matches('\n').count() + 1;
            let lines = body.lines().filter(|line| !line.trim().is_empty()).count();
            functions.push(Function { line, lines });
        }
    }
    functions
}

/// What is between the braces of the function that begins here, if it has a body.
fn body(code: &str) -> Option<&str> {
    let mut parentheses = 0;
    let open = code.char_indices().find(|(_, character)| match character {
        '(' | '[' => {
            parentheses += 1;
            false
        }
        ')' | ']' => {
            parentheses -= 1;
            false
        }
        '{' | ';' => parentheses == 0,
        _ => false,
    })?;
    if open.1 == ';' {
        return None;
    }
    let mut depth = 0;
    let close = code[open.0..].char_indices().find(|(_, character)| {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    Some(&code[open.0 + 1..open.0 + close.0])
}

#[test]
fn a_long_file_and_a_long_line_are_found() {
    let long = Source::new("a.rs", &"x\n".repeat(401));
    assert_eq!(long_file(&long), Some("a.rs: 401 lines".into()));
    assert_eq!(long_file(&Source::new("a.rs", &"x\n".repeat(400))), None);
    let wide = Source::new("a.rs", &format!("ok\n{}\n", "é".repeat(101)));
    assert_eq!(long_lines(&wide), ["a.rs:2: 101 columns"]);
    assert!(long_lines(&Source::new("a.rs", &"é".repeat(100))).is_empty());
}

#[test]
fn functions_are_measured_by_their_lines_of_code() {
    let text =
        "trait T { fn none(&self); }\n\nfn two(a: [u8; 3]) {\n    // {\n    a;\n\n    \"}\";\n}\n";
    assert_eq!(functions(text), [Function { line: 3, lines: 1 + 1 }]);
    let statements = "    x();\n".repeat(61);
    let long = format!("impl A {{\n    fn long() {{\n{statements}    }}\n}}\n");
    assert_eq!(functions(&long), [Function { line: 2, lines: 61 }]);
}

#[test]
fn every_source_fits() {
    let sources = rust();
    let mut violations: Vec<String> = sources.iter().filter_map(long_file).collect();
    violations.extend(sources.iter().flat_map(long_lines));
    let mut measured = 0;
    for source in &sources {
        for Function { line, lines } in functions(&source.text) {
            measured += 1;
            if lines > FUNCTION_LINES {
                violations.push(format!("{}:{line}: a function of {lines} lines", source.path));
            }
        }
    }
    assert!(measured > 200, "only {measured} functions were measured");
    super::assert_tidy(&violations);
}
