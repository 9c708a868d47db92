//! Numbers and text as people read them.

/// How wide text may be.
pub const WIDTH: usize = 100;

/// `1,234,567`.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 claim`, `2 claims`.
#[must_use]
pub fn plural(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", count(number as u64))
}

/// Breaks text at spaces into lines that fit [`WIDTH`], each behind an indent.
#[must_use]
pub fn wrap(text: &str, indent: usize) -> String {
    fill(text.split_whitespace(), indent)
}

/// Puts pieces that are not to be broken on lines that fit [`WIDTH`], each behind an indent.
pub fn fill<'a>(pieces: impl Iterator<Item = &'a str>, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let mut text = String::new();
    let mut line = String::new();
    for piece in pieces {
        let length = indent + line.chars().count() + 1 + piece.chars().count();
        if !line.is_empty() && length > WIDTH {
            text += &format!("{margin}{line}\n");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(piece);
    }
    text + &format!("{margin}{line}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_by_three() {
        let grouped = [0, 12, 999, 1000, 12_345, 1_234_567].map(count);
        assert_eq!(grouped, ["0", "12", "999", "1,000", "12,345", "1,234,567"]);
    }

    #[test]
    fn wrapped_lines_fit_and_lose_no_word() {
        let words = "alpha beta gamma delta ".repeat(30);
        let wrapped = wrap(&words, 4);
        assert!(wrapped.lines().all(|line| line.chars().count() <= WIDTH));
        assert!(wrapped.lines().count() > 1);
        let unwrapped: Vec<&str> = wrapped.split_whitespace().collect();
        assert_eq!(unwrapped, words.split_whitespace().collect::<Vec<_>>());
    }

    #[test]
    fn a_word_longer_than_the_line_is_kept_whole() {
        let long = "x".repeat(150);
        assert_eq!(wrap(&long, 2), format!("  {long}\n"));
    }
}
