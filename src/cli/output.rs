//! A file that is written whole or not at all, and known to be writable beforehand.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::error::Error;

/// Where a report goes.
#[derive(Debug)]
pub(crate) struct Destination {
    path: PathBuf,
    /// A device or a pipe: there is no file to put in its place.
    is_stream: bool,
}

impl Destination {
    /// Finds out whether the file can be written, and leaves no trace of the attempt.
    pub(crate) fn prepare(path: &Path) -> Result<Self, Error> {
        let fail = |source: io::Error| Self::failure(path, &source);
        let existing = fs::metadata(path).ok();
        let is_directory = existing.as_ref().is_some_and(fs::Metadata::is_dir);
        if is_directory || path.file_name().is_none() {
            return Err(fail(io::ErrorKind::IsADirectory.into()));
        }
        let is_stream = existing.is_some_and(|existing| !existing.is_file());
        let destination = Self { path: path.to_owned(), is_stream };
        if !is_stream {
            destination.neighbour().map_err(fail)?;
        }
        Ok(destination)
    }

    /// Writes the whole file in one stroke: whoever reads it sees the old or the new one.
    pub(crate) fn write(&self, contents: &str) -> Result<(), Error> {
        self.replace(contents).map_err(|source| Self::failure(&self.path, &source))
    }

    /// The kind alone: the whole error names a file that the user never asked for.
    fn failure(path: &Path, source: &io::Error) -> Error {
        Error::File { path: path.to_owned(), source: io::Error::from(source.kind()) }
    }

    fn replace(&self, contents: &str) -> io::Result<()> {
        if self.is_stream {
            let mut stream = OpenOptions::new().write(true).open(&self.path)?;
            return stream.write_all(contents.as_bytes());
        }
        let mut file = self.neighbour()?;
        file.write_all(contents.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map(|_| ()).map_err(|error| error.error)
    }

    /// An empty file beside the one to be written; it goes away unless it takes its place.
    fn neighbour(&self) -> io::Result<NamedTempFile> {
        let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let mut builder = Builder::new();
        builder.prefix(".straightedge-");
        readable_by_others(&mut builder);
        builder.tempfile_in(parent.unwrap_or(Path::new(".")))
    }
}

/// A report is no secret: the user's mask decides, as for every other file.
#[cfg(unix)]
fn readable_by_others(builder: &mut Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn readable_by_others(_builder: &mut Builder<'_, '_>) {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("report.json");
        fs::write(&path, "old").unwrap();
        let destination = Destination::prepare(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old", "preparing changes nothing");
        destination.write("new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_written_is_known_beforehand() {
        let directory = tempfile::tempdir().unwrap();
        assert!(Destination::prepare(&directory.path().join("missing/report")).is_err());
        assert!(Destination::prepare(directory.path()).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        let null = Path::new("/dev/null");
        Destination::prepare(null).unwrap().write("gone").unwrap();
        assert!(!fs::metadata(null).unwrap().is_file());
    }
}
