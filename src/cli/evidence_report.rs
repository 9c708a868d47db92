//! The reports of what evidence came to, as the command line asks for them.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use straightedge_evidence::report::{self, Account};

use super::Console;
use super::output::Destination;
use crate::error::Error;

/// The form of the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
    /// For the test tab of a continuous integration service
    Junit,
    /// For code scanning
    Sarif,
    /// One page, for people who want to look at every step
    Html,
}

impl From<Format> for report::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Text => Self::Text,
            Format::Json => Self::Json,
            Format::Junit => Self::Junit,
            Format::Sarif => Self::Sarif,
            Format::Html => Self::Html,
        }
    }
}

/// Which reports there are, and where they go.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Reports {
    /// The form of the report
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Where the report goes; the text then goes to the standard output all the same
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write a page, too
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write a report in the form of JUnit, too
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write a report in the form of SARIF, too
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
    /// Write a report for programs, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Reports whose files are known to be writable.
pub(super) struct Prepared {
    printed: report::Format,
    written: Vec<(report::Format, Destination)>,
}

impl Reports {
    /// Finds out beforehand whether all files can be written.
    pub(super) fn prepare(&self) -> Result<Prepared, Error> {
        use report::Format::{Html, Json, Junit, Sarif, Text};
        let asked = [
            (self.format.into(), &self.out),
            (Html, &self.html),
            (Junit, &self.junit),
            (Sarif, &self.sarif),
            (Json, &self.json),
        ];
        let files = asked.into_iter().filter_map(|(format, path)| Some((format, path.as_ref()?)));
        let written = files.map(|(format, path)| Ok((format, Destination::prepare(path)?)));
        let printed = if self.out.is_some() { Text } else { self.format.into() };
        Ok(Prepared { printed, written: written.collect::<Result<_, Error>>()? })
    }
}

impl Prepared {
    /// Writes all of them.
    pub(super) fn write(&self, account: &Account, console: &mut Console) -> Result<(), Error> {
        let render = |format| {
            report::render(account, format).map_err(|unwritable| {
                let report::Unwritable { format, why } = unwritable;
                Error::Render { format, why }
            })
        };
        for (format, destination) in &self.written {
            destination.write(&render(*format)?)?;
        }
        console.print(&render(self.printed)?)
    }
}
