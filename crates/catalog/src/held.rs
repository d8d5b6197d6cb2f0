//! A directory for files on their way: it goes with its process, and if that was killed, with the next that looks.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Duration;
use tempfile::{Builder, TempDir};

/// How old a directory is that nobody holds because its process was killed, not because it has just been made.
const ABANDONED: Duration = Duration::from_mins(1);

/// A directory that this process holds as long as it lives, where directories can be held.
#[derive(Debug)]
pub struct HeldDirectory {
    directory: TempDir,
    _held: Option<File>,
}

impl HeldDirectory {
    /// A new one, whose name begins with `prefix`.
    ///
    /// # Errors
    /// If none can be made in `parent`.
    pub fn new(parent: &Path, prefix: &str) -> io::Result<Self> {
        let directory = Builder::new().prefix(prefix).tempdir_in(parent)?;
        let held = File::open(directory.path()).ok();
        let held = held.filter(|held| held.try_lock().is_ok());
        Ok(Self {
            directory,
            _held: held,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }
}

/// Removes the directories with such names that were left in `parent` by processes that were killed before they could.
pub fn sweep_directories(parent: &Path, prefix: &str) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_ours = name.as_encoded_bytes().starts_with(prefix.as_bytes());
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
        let parent = tempfile::tempdir().unwrap();
        let made = |name: &str| {
            let path = parent.path().join(name);
            fs::create_dir(&path).unwrap();
            fs::write(path.join("data"), b"left").unwrap();
            path
        };
        let age = |path: &Path| {
            let directory = File::open(path).unwrap();
            directory.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        };
        let [left, new, other] = ["ours-left", "ours-new", "something"].map(made);
        age(&left);
        age(&other);
        let held = HeldDirectory::new(parent.path(), "ours-").unwrap();
        age(held.path());
        sweep_directories(parent.path(), "ours-");
        let there = [&left, held.path(), &new, &other].map(Path::exists);
        assert_eq!(there, [false, true, true, true]);
        let path = held.path().to_owned();
        drop(held);
        assert!(!path.exists());
    }
}
