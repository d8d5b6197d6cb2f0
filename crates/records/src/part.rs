//! The part of a file: it lies beside the file, and takes its place when it is whole.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions, Permissions};
use std::io;
use std::path::Path;
use tempfile::{Builder, NamedTempFile};

/// How many characters of a file's name are in that of its part; each has four bytes at the most, and a name 255.
const NAMED: usize = 40;
/// How many characters tell the parts of a file apart.
const RANDOM: usize = 6;
const ENDING: &str = ".part";

/// An empty file of a name that no other process has. It is removed unless it is renamed. The process
/// holds it as long as it lives, so that nobody sweeps it.
pub(crate) fn beside(target: &Path, directory: &Path) -> io::Result<NamedTempFile> {
    let prefix = beginning(target);
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(ENDING).rand_bytes(RANDOM);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any new file has them: the process's mask is taken from these.
        builder.permissions(Permissions::from_mode(0o666));
    }
    loop {
        let part = builder.tempfile_in(directory)?;
        // Some file systems have no locks; there, nobody sweeps. Who sweeps locks as well: a part that
        // was swept before it was held is gone now, and never later.
        if part.as_file().lock().is_err() || part.path().exists() {
            return Ok(part);
        }
    }
}

/// Removes the parts in a directory that processes left which were killed: those that nobody holds.
/// What cannot be removed stays.
pub fn sweep_parts(directory: &Path) {
    sweep(directory, ".");
}

/// The same of the parts of one file.
pub(crate) fn sweep_parts_of(target: &Path, directory: &Path) {
    sweep(directory, &beginning(target));
}

/// How the names of a file's parts begin. Of a name that is as long as names can be, the beginning is enough.
fn beginning(target: &Path) -> String {
    let name = target.file_name().unwrap_or(OsStr::new("file"));
    let name: String = name.to_string_lossy().chars().take(NAMED).collect();
    format!(".{name}-")
}

fn sweep(directory: &Path, beginning: &str) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_part = name
            .to_str()
            .is_some_and(|name| name.starts_with(beginning) && is_name_of_a_part(name));
        let is_file = || entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_part && is_file() {
            remove_unless_held(&entry.path());
        }
    }
}

fn is_name_of_a_part(name: &str) -> bool {
    let parts = name
        .strip_suffix(ENDING)
        .and_then(|name| name.strip_prefix('.')?.rsplit_once('-'));
    parts.is_some_and(|(target, random)| {
        !target.is_empty()
            && random.len() == RANDOM
            && random.chars().all(|letter| letter.is_ascii_alphanumeric())
    })
}

fn remove_unless_held(part: &Path) {
    // Network file systems lock for writing what is open for writing.
    let opened = OpenOptions::new().read(true).write(true).open(part);
    if let Ok(file) = opened
        && file.try_lock().is_ok()
    {
        let _ = fs::remove_file(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_process_left_is_removed_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        let held = beside(&at("report.json"), directory.path()).unwrap();
        let left = [".report.json-a1B2c3.part", ".a-b-000000.part"].map(at);
        let others = [
            "x-a1B2c3.part",
            ".x-a1B2c.part",
            ".x-a1B2c3.parts",
            ".-a1B2c3.part",
        ]
        .map(at);
        for file in left.iter().chain(&others) {
            fs::write(file, "half").unwrap();
        }
        fs::create_dir(at(".folder-a1B2c3.part")).unwrap();
        sweep_parts_of(&at("report.json"), directory.path());
        assert_eq!(left.each_ref().map(|file| file.exists()), [false, true]);
        sweep_parts(directory.path());
        assert!(!left[1].exists() && held.path().exists());
        assert!(others.iter().all(|file| file.exists()) && at(".folder-a1B2c3.part").is_dir());
        let part = held.path().to_owned();
        std::mem::forget(held.into_temp_path());
        sweep_parts(directory.path());
        assert!(!part.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_with_the_name_of_a_part_leads_nowhere() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        fs::write(at("own"), "text").unwrap();
        std::os::unix::fs::symlink(at("own"), at(".x-a1B2c3.part")).unwrap();
        sweep_parts(directory.path());
        assert!(at("own").exists() && at(".x-a1B2c3.part").is_symlink());
    }

    #[test]
    fn nobody_sweeps_what_another_is_writing() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("file");
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let part = beside(&target, directory.path()).unwrap();
                        part.persist(&target).unwrap();
                    }
                });
                scope.spawn(|| (0..200).for_each(|_| sweep_parts(directory.path())));
            }
        });
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
