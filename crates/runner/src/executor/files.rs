//! The directory for a job's temporary files, which goes with the job however it ends.

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

const PREFIX: &str = "plumbline-job-";
/// How old a directory is that nobody holds because its process was killed, not because it has just been made.
const ABANDONED: Duration = Duration::from_mins(1);
/// How often the directory of a process that was killed is removed, for another that is dying to leave it, too.
const REMOVALS: usize = 20;
const PAUSE: Duration = Duration::from_millis(10);

/// A directory that this process holds as long as it lives.
pub(super) struct JobFiles {
    directory: TempDir,
    _held: Option<File>,
}

impl JobFiles {
    /// A new one, if there can be one.
    pub(super) fn new() -> Option<Self> {
        let directory = tempfile::Builder::new().prefix(PREFIX).tempdir().ok()?;
        let held = File::open(directory.path()).ok();
        let held = held.filter(|held| held.try_lock().is_ok());
        Some(Self {
            directory,
            _held: held,
        })
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
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
    for entry in fs::read_dir(temporary).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_ours = name.as_encoded_bytes().starts_with(PREFIX.as_bytes());
        if is_ours && is_abandoned(&entry.path()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Whether a directory is old, and nobody holds it.
fn is_abandoned(directory: &Path) -> bool {
    let described = fs::symlink_metadata(directory).ok();
    let changed = described
        .filter(fs::Metadata::is_dir)
        .and_then(|described| described.modified().ok()?.elapsed().ok());
    changed.is_some_and(|age| age > ABANDONED)
        && File::open(directory).is_ok_and(|held| held.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    #[test]
    fn what_a_killed_process_left_is_removed_and_nothing_else() {
        let temporary = tempfile::tempdir().unwrap();
        let made = |name: &str| {
            let path = temporary.path().join(name);
            fs::create_dir(&path).unwrap();
            fs::write(path.join("data"), b"left").unwrap();
            path
        };
        let age = |path: &Path| {
            let directory = File::open(path).unwrap();
            directory.set_modified(SystemTime::UNIX_EPOCH).unwrap();
            directory
        };
        let left = made("plumbline-job-left");
        let held = made("plumbline-job-held");
        let new = made("plumbline-job-new");
        let other = made("something");
        age(&left);
        age(&other);
        let holder = age(&held);
        holder.try_lock().unwrap();
        sweep(temporary.path());
        let there = [&left, &held, &new, &other].map(|path| path.exists());
        assert_eq!(there, [false, true, true, true]);
    }
}
