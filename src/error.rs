//! What can keep a command from being carried out.

use std::io;
use std::path::PathBuf;

use straightedge_evidence::report::Unwritable;
use straightedge_impl::host::load_manager::ProxyError;
use straightedge_impl::host::mapreduce::JobError;
use straightedge_models::engine::instance::UnknownMutant;

/// Why a command was not carried out. Each prints as one line.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A name that nothing has.
    #[error("no {kind} `{name}`{hint}; `straightedge list` names them all")]
    Unknown {
        /// What was looked for, such as `system`.
        kind: &'static str,
        /// The name that was asked for.
        name: String,
        /// The closest name, as ` (did you mean ...?)`, or nothing.
        hint: String,
    },
    /// The command line asks for something that makes no sense.
    #[error("{0}")]
    Usage(String),
    /// The instance has no such mutant.
    #[error("{0}; `straightedge list` names them all")]
    UnknownMutant(#[from] UnknownMutant),
    /// A file that cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    File {
        /// The file's path as it was given.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file that cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file's path as it was given.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The standard output that cannot be written.
    #[error("cannot write to the standard output: {0}")]
    Output(#[from] io::Error),
    /// A job that was not done.
    #[error(transparent)]
    Job(#[from] JobError),
    /// A proxy that does not work.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
    /// A port that cannot be listened on.
    #[error("cannot listen on 127.0.0.1:{port}: {source}; choose another with --port")]
    Port {
        /// The port that was asked for.
        port: u16,
        /// Why not.
        source: io::Error,
    },
    /// A check that panicked.
    #[error("the check of {0} came to an unexpected end; this is a defect of the model or engine")]
    Died(String),
    /// A report that cannot be rendered.
    #[error("cannot render the report as {format}: {why}")]
    Render {
        /// The format's name.
        format: &'static str,
        /// Why not.
        why: String,
    },
}

impl From<Unwritable> for Error {
    fn from(Unwritable { format, why }: Unwritable) -> Self {
        Self::Render { format, why }
    }
}

impl Error {
    /// Whether the reader of the standard output has gone away, which is nobody's fault.
    #[must_use]
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
