//! The way of the data: records, pairs, partitions, sorted runs, merged groups.
//!
//! All of it streams, in bounded memory, through whatever readers and writers the host has; only
//! one record, one key, or one value of each run that is merged is held at a time.
//!
//! | file | holds |
//! |---|---|
//! | `application` | what user code is |
//! | `partition` | which reduce a key belongs to |
//! | `codec` | pairs as bytes |
//! | `buffer` | pairs in memory, sorted by partition and key |
//! | `sort` | more pairs than fit in memory, sorted through runs |
//! | `merge` | sorted runs as one, by groups of equal keys |

mod application;
mod buffer;
mod codec;
mod merge;
mod partition;
mod sort;

pub use application::{Application, Emit, Record, Values};
pub use codec::{Pair, PairReader, write_pair};
pub use merge::{Groups, Merge, Source};
pub use partition::{Ranges, by_hash};
pub use sort::{Scratch, SortError, Sorted, Sorter};
