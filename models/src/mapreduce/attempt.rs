//! Attempts: what a worker does for one task, and how far the message about it has come.
//!
//! An attempt is identified by its task and its worker: a worker is given a task again only when
//! its former attempt at it has left nothing behind (MAPREDUCE-2).

use super::content::Content;

/// How far the message that an attempt is completed has come.
///
/// Source: MAPREDUCE-10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Report {
    /// Lost on the way; the worker will send it again.
    Lost,
    /// On its way.
    Sent,
    /// On its way twice.
    SentTwice,
    /// It has arrived.
    Heard,
    /// It has arrived, and is on its way once more.
    HeardOnce,
}

impl Report {
    const ALL: [Self; 5] = [Self::Lost, Self::Sent, Self::SentTwice, Self::Heard, Self::HeardOnce];

    /// Whether a copy is on its way.
    #[must_use]
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Sent | Self::SentTwice | Self::HeardOnce)
    }

    /// Whether no copy has arrived.
    #[must_use]
    pub const fn is_unheard(self) -> bool {
        matches!(self, Self::Lost | Self::Sent | Self::SentTwice)
    }

    /// What is left when a copy arrives.
    #[must_use]
    pub const fn hear(self) -> Option<Self> {
        match self {
            Self::Sent | Self::HeardOnce => Some(Self::Heard),
            Self::SentTwice => Some(Self::HeardOnce),
            Self::Lost | Self::Heard => None,
        }
    }

    /// What is left when a copy is lost.
    #[must_use]
    pub const fn lose(self) -> Option<Self> {
        match self {
            Self::Sent => Some(Self::Lost),
            Self::SentTwice => Some(Self::Sent),
            Self::HeardOnce => Some(Self::Heard),
            Self::Lost | Self::Heard => None,
        }
    }

    /// What there is when a copy more is under way: of the one that is, or of one that has arrived
    /// if its worker is up and says it again.
    #[must_use]
    pub const fn double(self, is_up: bool) -> Option<Self> {
        match self {
            Self::Sent => Some(Self::SentTwice),
            Self::Heard if is_up => Some(Self::HeardOnce),
            Self::Lost | Self::Heard | Self::SentTwice | Self::HeardOnce => None,
        }
    }

    fn unpack(bits: u64) -> Self {
        Self::ALL[bits as usize % Self::ALL.len()]
    }
}

/// What a worker does for a map task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MapAttempt {
    /// Nothing.
    None,
    /// The assignment is on its way to the worker.
    Launching,
    /// It runs.
    Running {
        /// Whether it leaves the record out on which earlier attempts failed.
        skips: bool,
    },
    /// Its regions are written.
    Finished {
        /// How far the message has come.
        report: Report,
        /// Whether the master has recorded where its regions are, now or in the past.
        recorded: bool,
        /// Whether it left a record out.
        skips: bool,
    },
}

impl MapAttempt {
    /// How many bits [`Self::pack`] uses.
    pub(super) const BITS: u32 = 5;

    /// Whether it keeps its worker from asking for work.
    #[must_use]
    pub const fn occupies(self) -> bool {
        matches!(self, Self::Launching | Self::Running { .. })
    }

    /// Whether the master, if it trusts the worker, waits for its completion.
    #[must_use]
    pub const fn is_live(self) -> bool {
        match self {
            Self::None => false,
            Self::Launching | Self::Running { .. } => true,
            Self::Finished { report, .. } => report.is_unheard(),
        }
    }

    /// How far its message has come, if it is finished.
    #[must_use]
    pub const fn report(self) -> Option<Report> {
        match self {
            Self::Finished { report, .. } => Some(report),
            _ => None,
        }
    }

    /// The same, with its message there.
    #[must_use]
    pub const fn with_report(self, report: Report) -> Self {
        match self {
            Self::Finished { recorded, skips, .. } => Self::Finished { report, recorded, skips },
            other => other,
        }
    }

    /// The same, known as the place of the map's regions.
    #[must_use]
    pub const fn recorded(self) -> Self {
        match self {
            Self::Finished { report, skips, .. } => {
                Self::Finished { report, recorded: true, skips }
            }
            other => other,
        }
    }

    pub(super) const fn pack(self) -> u64 {
        match self {
            Self::None => 0,
            Self::Launching => 1,
            Self::Running { skips } => 2 + skips as u64,
            Self::Finished { report, recorded, skips } => {
                4 + report as u64 * 4 + recorded as u64 * 2 + skips as u64
            }
        }
    }

    pub(super) fn unpack(bits: u64) -> Self {
        match bits {
            0 => Self::None,
            1 => Self::Launching,
            2 | 3 => Self::Running { skips: bits == 3 },
            _ => {
                let rest = bits - 4;
                let (recorded, skips) = (rest & 2 != 0, rest & 1 != 0);
                Self::Finished { report: Report::unpack(rest / 4), recorded, skips }
            }
        }
    }
}

/// What a worker does for a reduce task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReduceAttempt {
    /// Nothing.
    None,
    /// The assignment is on its way to the worker.
    Launching,
    /// The assignment is on its way, and the order to forget it has come before it.
    Recalled,
    /// It runs, though the master has ordered it to end. Only mutants get here.
    Orphaned,
    /// It has fetched these regions into a private file.
    Running(Content),
    /// It has fetched all, and was allowed to rename.
    Granted(Content),
    /// It has written a part under the final name. Only mutants get here.
    Publishing(Content),
    /// It has said that it is completed, and has yet to rename. Only mutants get here.
    Promised(Content, Report),
    /// Its file has the final name.
    Renamed(Report),
}

impl ReduceAttempt {
    /// How many bits [`Self::pack`] uses.
    pub(super) const BITS: u32 = 16;

    /// An attempt that has fetched nothing yet.
    pub const START: Self = Self::Running(Content::EMPTY);

    /// Whether it keeps its worker from asking for work.
    #[must_use]
    pub const fn occupies(self) -> bool {
        !matches!(self, Self::None | Self::Renamed(_))
    }

    /// Whether the master, if it trusts the worker, waits for its completion.
    #[must_use]
    pub const fn is_live(self) -> bool {
        match self {
            Self::None | Self::Recalled | Self::Orphaned => false,
            Self::Launching | Self::Running(_) | Self::Granted(_) | Self::Publishing(_) => true,
            Self::Promised(_, report) | Self::Renamed(report) => report.is_unheard(),
        }
    }

    /// How far its message has come, if it has sent one.
    #[must_use]
    pub const fn report(self) -> Option<Report> {
        match self {
            Self::Promised(_, report) | Self::Renamed(report) => Some(report),
            _ => None,
        }
    }

    /// The same, with its message there.
    #[must_use]
    pub const fn with_report(self, report: Report) -> Self {
        match self {
            Self::Promised(content, _) => Self::Promised(content, report),
            Self::Renamed(_) => Self::Renamed(report),
            other => other,
        }
    }

    /// The regions that it holds in its private file.
    #[must_use]
    pub const fn content(self) -> Option<Content> {
        match self {
            Self::Running(content)
            | Self::Granted(content)
            | Self::Publishing(content)
            | Self::Promised(content, _) => Some(content),
            _ => None,
        }
    }

    /// The same, holding these regions instead.
    #[must_use]
    pub const fn with_content(self, content: Content) -> Self {
        match self {
            Self::Running(_) => Self::Running(content),
            Self::Granted(_) => Self::Granted(content),
            Self::Publishing(_) => Self::Publishing(content),
            Self::Promised(_, report) => Self::Promised(content, report),
            other => other,
        }
    }

    /// From the lowest bit: four for the kind, three for the message, nine for the regions.
    pub(super) const fn pack(self) -> u64 {
        match self {
            Self::None => 0,
            Self::Launching => 1,
            Self::Recalled => 2,
            Self::Orphaned => 3,
            Self::Running(content) => 4 | content.bits() << 7,
            Self::Granted(content) => 5 | content.bits() << 7,
            Self::Publishing(content) => 6 | content.bits() << 7,
            Self::Promised(content, report) => 7 | (report as u64) << 4 | content.bits() << 7,
            Self::Renamed(report) => 8 | (report as u64) << 4,
        }
    }

    pub(super) fn unpack(bits: u64) -> Self {
        let report = Report::unpack(bits >> 4 & 7);
        let content = Content::from_bits(bits >> 7);
        match bits & 15 {
            0 => Self::None,
            1 => Self::Launching,
            2 => Self::Recalled,
            3 => Self::Orphaned,
            4 => Self::Running(content),
            5 => Self::Granted(content),
            6 => Self::Publishing(content),
            7 => Self::Promised(content, report),
            _ => Self::Renamed(report),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::content::Region;
    use super::*;

    #[test]
    fn every_attempt_is_read_as_it_was_written() {
        let content = Content::EMPTY.with(0, Region::Version(3)).with(2, Region::Mixed);
        for report in Report::ALL {
            for (recorded, skips) in [(false, false), (false, true), (true, false), (true, true)] {
                let attempt = MapAttempt::Finished { report, recorded, skips };
                assert_eq!(MapAttempt::unpack(attempt.pack()), attempt);
                assert!(attempt.pack() < 1 << MapAttempt::BITS);
            }
            for attempt in
                [ReduceAttempt::Promised(content, report), ReduceAttempt::Renamed(report)]
            {
                assert_eq!(ReduceAttempt::unpack(attempt.pack()), attempt);
                assert!(attempt.pack() < 1 << ReduceAttempt::BITS);
            }
        }
        let running = [false, true].map(|skips| MapAttempt::Running { skips });
        for attempt in [MapAttempt::None, MapAttempt::Launching].into_iter().chain(running) {
            assert_eq!(MapAttempt::unpack(attempt.pack()), attempt);
        }
        let kinds = [ReduceAttempt::Running, ReduceAttempt::Granted, ReduceAttempt::Publishing];
        let with_content = kinds.map(|kind| kind(content));
        let bare = [
            ReduceAttempt::None,
            ReduceAttempt::Launching,
            ReduceAttempt::Recalled,
            ReduceAttempt::Orphaned,
        ];
        for attempt in with_content.into_iter().chain(bare) {
            assert_eq!(ReduceAttempt::unpack(attempt.pack()), attempt);
        }
    }

    #[test]
    fn a_message_arrives_or_is_lost_once_for_each_copy() {
        assert_eq!(Report::Sent.hear(), Some(Report::Heard));
        assert_eq!(Report::SentTwice.hear().and_then(Report::hear), Some(Report::Heard));
        assert_eq!(Report::SentTwice.lose().and_then(Report::lose), Some(Report::Lost));
        assert_eq!(Report::HeardOnce.lose(), Some(Report::Heard));
        assert_eq!(Report::Sent.double(false), Some(Report::SentTwice));
        assert_eq!(Report::Heard.double(true).and_then(Report::hear), Some(Report::Heard));
        assert_eq!((Report::Heard.double(false), Report::Lost.double(true)), (None, None));
        for nothing in [Report::Lost, Report::Heard] {
            assert!(!nothing.is_under_way());
            assert_eq!((nothing.hear(), nothing.lose()), (None, None));
        }
    }

    #[test]
    fn an_attempt_is_live_until_its_message_has_arrived() {
        let finished =
            |report| MapAttempt::Finished { report, recorded: false, skips: false }.is_live();
        assert!(finished(Report::Lost) && finished(Report::Sent) && !finished(Report::HeardOnce));
        assert!(ReduceAttempt::Renamed(Report::Sent).is_live());
        assert!(!ReduceAttempt::Renamed(Report::Heard).is_live());
        assert!(!ReduceAttempt::Recalled.is_live() && ReduceAttempt::Recalled.occupies());
    }
}
