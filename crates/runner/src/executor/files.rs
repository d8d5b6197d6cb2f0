//! The directory for a job's temporary files, which goes with the job however it ends.

use catalog::{HeldDirectory, sweep_directories};
use std::fs;
use std::path::Path;
use std::time::Duration;

const PREFIX: &str = "plumbline-job-";
/// How often the directory of a process that was killed is removed, for another that is dying to leave it, too.
const REMOVALS: usize = 20;
const PAUSE: Duration = Duration::from_millis(10);

/// A directory that this process holds as long as it lives.
pub(super) struct JobFiles(HeldDirectory);

impl JobFiles {
    /// A new one, if there can be one.
    pub(super) fn new() -> Option<Self> {
        HeldDirectory::new(&std::env::temp_dir(), PREFIX)
            .ok()
            .map(Self)
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Removes it, although a process that was killed may still be writing there.
    pub(super) fn remove(self) {
        let path = self.path().to_owned();
        drop(self);
        for _ in 0..REMOVALS {
            if !path.exists() {
                return;
            }
            std::thread::sleep(PAUSE);
            let _ = fs::remove_dir_all(&path);
        }
    }
}

/// Removes what was left in `temporary` by processes that were killed before they could.
pub(super) fn sweep(temporary: &Path) {
    sweep_directories(temporary, PREFIX);
}
