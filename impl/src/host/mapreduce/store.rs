//! Outputs, and who may give them their final names.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::{Builder, TempDir, TempPath};

use super::disk;
use super::job::JobError;
use crate::mapreduce::AttemptId;

/// A directory beside the one that the outputs are for. It is gone when it is dropped; if the job
/// is done its outputs have taken their place by then.
#[derive(Debug)]
pub(super) struct Workspace {
    directory: TempDir,
    output: PathBuf,
}

impl Workspace {
    /// Finds out whether the outputs can be put there at all.
    pub(super) fn create(output: &Path) -> Result<Self, JobError> {
        let fail = |source| JobError::Output { path: output.to_owned(), source };
        match fs::read_dir(output).map(|mut entries| entries.next().is_some()) {
            Ok(true) => return Err(JobError::NotEmpty(output.to_owned())),
            Ok(false) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(fail(error)),
        }
        let name = output.file_name().ok_or_else(|| fail(ErrorKind::InvalidFilename.into()))?;
        let parent = output.parent().filter(|parent| !parent.as_os_str().is_empty());
        let prefix = format!(".{}.straightedge-", name.to_string_lossy());
        let directory = Builder::new()
            .prefix(&prefix)
            .tempdir_in(parent.unwrap_or(Path::new(".")))
            .map_err(|error| fail(error.kind().into()))?;
        fs::create_dir(directory.path().join(OUTPUTS)).map_err(fail)?;
        Ok(Self { directory, output: output.to_owned() })
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// All outputs are there: they take their place, in one stroke.
    pub(super) fn finish(self) -> Result<(), JobError> {
        let fail = |source| JobError::Output { path: self.output.clone(), source };
        let outputs = self.path().join(OUTPUTS);
        let sync = |directory: &Path| File::open(directory)?.sync_all();
        sync(&outputs).map_err(fail)?;
        fs::rename(&outputs, &self.output).map_err(fail)?;
        let parent = self.output.parent().filter(|parent| !parent.as_os_str().is_empty());
        sync(parent.unwrap_or(Path::new("."))).map_err(fail)
    }
}

impl Drop for Workspace {
    /// Workers are not waited for: some may be writing.
    fn drop(&mut self) {
        let _ = disk::remove(self.path());
    }
}

const OUTPUTS: &str = "outputs";

/// The name of a reduce's output.
pub(super) fn name(reduce: u32) -> String {
    format!("part-{reduce:05}")
}

/// The file system as far as it knows whom to refuse.
///
/// Whoever holds no permission any more is refused from the moment on at which it was taken back:
/// looking and renaming are one step.
#[derive(Debug)]
pub(super) struct Store {
    outputs: PathBuf,
    permits: Mutex<BTreeMap<u32, AttemptId>>,
}

impl Store {
    pub(super) fn new(workspace: &Workspace) -> Self {
        Self { outputs: workspace.path().join(OUTPUTS), permits: Mutex::default() }
    }

    /// From now on this attempt, and no other, may publish.
    pub(super) fn permit(&self, reduce: u32, attempt: AttemptId) {
        self.with(|permits| permits.insert(reduce, attempt));
    }

    /// From now on it may not. Whether it has.
    pub(super) fn revoke(&self, reduce: u32, attempt: AttemptId) -> bool {
        self.with(|permits| {
            if permits.get(&reduce) == Some(&attempt) {
                permits.remove(&reduce);
            }
            self.outputs.join(name(reduce)).exists()
        })
    }

    /// From now on nobody may.
    pub(super) fn close(&self) {
        self.with(BTreeMap::clear);
    }

    /// Gives a file the final name of a reduce's output, if the attempt may and nothing has that
    /// name. Whether it did.
    pub(super) fn publish(&self, reduce: u32, attempt: AttemptId, file: &Path) -> io::Result<bool> {
        self.with(|permits| {
            if permits.get(&reduce) != Some(&attempt) {
                return Ok(false);
            }
            let file = TempPath::try_from_path(file)?;
            match file.persist_noclobber(self.outputs.join(name(reduce))) {
                Ok(()) => Ok(true),
                Err(refused) if refused.error.kind() == ErrorKind::AlreadyExists => Ok(false),
                Err(failed) => Err(failed.error),
            }
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<u32, AttemptId>) -> T) -> T {
        work(&mut self.permits.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::mapreduce::WorkerId;

    fn attempt(machine: u16) -> AttemptId {
        AttemptId { worker: WorkerId { machine, incarnation: 0 }, number: 1 }
    }

    #[test]
    fn whoever_may_not_is_refused_and_nothing_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let output = directory.path().join("out");
        let workspace = Workspace::create(&output).unwrap();
        let store = Store::new(&workspace);
        let file = workspace.path().join("mine");
        let publish = |reduce, machine: u16| {
            fs::write(&file, machine.to_string()).unwrap();
            store.publish(reduce, attempt(machine), &file).unwrap()
        };
        assert!(!publish(0, 1));
        store.permit(0, attempt(1));
        assert!(!publish(0, 2));
        assert!(!store.revoke(0, attempt(1)));
        assert!(!publish(0, 1));
        store.permit(0, attempt(2));
        assert!(publish(0, 2));
        assert!(!publish(0, 2), "it is there already");
        assert!(store.revoke(0, attempt(2)));
        store.permit(1, attempt(1));
        store.close();
        assert!(!publish(1, 1));
        assert!(!output.exists());
        workspace.finish().unwrap();
        assert_eq!(fs::read_to_string(output.join("part-00000")).unwrap(), "2");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nothing is left behind");
    }

    #[test]
    fn a_directory_that_is_not_empty_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("file"), "").unwrap();
        let error = Workspace::create(directory.path()).unwrap_err().to_string();
        assert!(error.ends_with("is not empty"), "{error}");
        let missing = directory.path().join("no/out");
        assert!(Workspace::create(&missing).is_err());
        assert!(Workspace::create(&directory.path().join("file")).is_err());
    }
}
