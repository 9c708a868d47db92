//! Other people's evidence, held against executable specifications: logs, processes, Rust types.
//!
//! Knows the models and no implementation of ours. Three doors lead to one question: is there a
//! behaviour of the model that fits what was seen?
//!
//! | room | holds |
//! |---|---|
//! | `pattern` | what an event says of an action and of a state, and where it does not fit |
//! | `prose`, `words` | states, differences, numbers and text as people read them |
//! | `report` | what came out, as text, JSON, JUnit, SARIF, and one page |
//! | `trace` | logs |
//! | `conformance` | tests of a Rust type, by one macro |
//! | `config` | floors, and departures that are known |
//! | `outcome` | the answers: accepted, rejected and why, inconclusive and so on |
//! | `subject` | what is driven step by step |
//! | `drive` | an implementation along a model: the cover, random walks, shrinking |
//! | `process` | an implementation in any language, by one JSON object a line |
//! | `suite` | runs as JSON lines: a cover for any language, and a run that failed |

pub mod config;
pub mod conformance;
pub mod drive;
pub mod outcome;
pub mod pattern;
pub mod process;
pub mod prose;
pub mod report;
pub mod subject;
pub mod suite;
pub mod trace;
pub mod words;
