//! Logs of other people's systems, held against a model.
//!
//! | file | holds |
//! |---|---|
//! | `reader`, `line`, `exact` | headers and events, line by line, and what is wrong with a line |
//! | `scope` | what a model covers |
//! | `step` | the steps that an event may stand for |
//! | `in_order`, `course` | every behaviour that fits one file |
//! | `cause`, `merged` | one behaviour that fits several files, ordered by cause |
//! | `deviation` | departures that are known |
//! | `explain`, `sentence` | why an event is rejected |
//! | `schema` | the JSON Schema of a line |
//! | `coverage`, `report` | what the traces came to |

mod cause;
mod check;
mod course;
mod coverage;
mod deviation;
mod exact;
mod explain;
mod in_order;
mod line;
mod merged;
mod reader;
mod report;
mod schema;
mod scope;
mod sentence;
mod step;

pub use check::{Options, check, check_each};
pub use coverage::{Coverage, Occurrences};
pub use exact::DEEPEST;
pub use line::{Event, Header, VERSION};
pub use reader::{LONGEST_LINE, Source};
pub(crate) use report::held_against;
pub use report::{Failure, Report, TraceReport, Used};
pub use schema::schema;
pub(crate) use scope::walk_of;
