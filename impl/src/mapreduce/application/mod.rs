//! Applications: those of the paper, and one that does not do what the paper asks for.
//!
//! | name | puts out |
//! |---|---|
//! | `word_count` | how often each word occurs |
//! | `inverted_index` | the files in which each word occurs |
//! | `links` | the pages that link to each page, from lines of a page and what it links to |
//! | `grep` | the lines in which a text occurs, and how often each |
//! | `sort` | the lines in order, those of one output all before those of the next |
//! | `arrivals` | in which order threads came by: different every time |

mod arrivals;
mod grep;
mod inverted_index;
mod links;
mod sort;
mod word_count;

pub use arrivals::Arrivals;
pub use grep::Grep;
pub use inverted_index::InvertedIndex;
pub use links::Links;
pub use sort::Sort;
pub use word_count::WordCount;

/// The words of a line: what is between spaces and tabulators.
fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}

/// The number that is written in decimal digits; 0 if none is.
fn number(text: &[u8]) -> u64 {
    std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).unwrap_or_default()
}
