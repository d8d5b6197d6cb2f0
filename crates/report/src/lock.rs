//! One writer of a directory at a time, and what is read in it: directories of results are shared, and what has the name
//! of a file of ours may be something else.

use crate::error::ReportError;
use records::{clear_for_own_file, read_own_file, sweep_parts};
use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;

/// The file that is locked. It stays: to remove it would let two processes lock two files of one
/// name.
const FILE: &str = ".lock";

/// Makes a directory, and writes into it while no other process does: what several files say
/// together is of one report. What processes left there that were killed is removed, in `figures`, too.
pub(crate) fn alone_in<T>(
    directory: &Path,
    write: impl FnOnce() -> Result<T, ReportError>,
) -> Result<T, ReportError> {
    fs::create_dir_all(directory).map_err(ReportError::io(directory))?;
    let path = directory.join(FILE);
    clear_for_own_file(&path)?;
    let mut options = OpenOptions::new();
    let file = options.create(true).truncate(false).write(true).open(&path);
    // Somebody else's, who shares the directory: to lock it is enough to read it.
    let file = file.or_else(|error| File::open(&path).map_err(|_| error));
    let file = file.map_err(ReportError::io(&path))?;
    match file.lock() {
        Ok(()) => {}
        // Some network file systems have no locks.
        Err(error) if error.kind() == ErrorKind::Unsupported => {}
        Err(error) => return Err(ReportError::io(&path)(error)),
    }
    sweep_parts(directory);
    let figures = directory.join("figures");
    // A link may lead anywhere.
    if !figures.is_symlink() {
        sweep_parts(&figures);
    }
    // Closing the file unlocks it.
    write()
}

/// What is in a file of ours. Of a pipe or a device nothing is read: it may wait for ever, or never end.
pub(crate) fn read(path: &Path) -> Option<Vec<u8>> {
    read_own_file(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[cfg(unix)]
    #[test]
    fn neither_a_link_nor_a_pipe_is_taken_for_a_file_of_ours() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        let pipe = |name: &str| {
            let made = std::process::Command::new("mkfifo").arg(at(name)).status();
            assert!(made.unwrap().success());
        };
        pipe("report.json");
        assert_eq!(read(&at("report.json")), None);
        fs::write(at("README.md"), "text").unwrap();
        assert_eq!(read(&at("README.md")).unwrap(), b"text");
        pipe(FILE);
        alone_in(directory.path(), || Ok(())).unwrap();
        fs::remove_file(at(FILE)).unwrap();
        std::os::unix::fs::symlink("elsewhere", at(FILE)).unwrap();
        // Nor is what a killed process left where a link leads.
        let others = tempfile::tempdir().unwrap();
        let part = others.path().join(".a.svg-abcdef.part");
        fs::write(&part, "part").unwrap();
        std::os::unix::fs::symlink(others.path(), at("figures")).unwrap();
        alone_in(directory.path(), || Ok(())).unwrap();
        assert!(!at("elsewhere").exists() && part.exists());
    }

    #[test]
    fn writers_take_turns() {
        let directory = tempfile::tempdir().unwrap();
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let write = || {
            let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
            most.fetch_max(now, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(5));
            inside.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| alone_in(directory.path(), write).unwrap());
            }
        });
        assert_eq!(most.into_inner(), 1);
    }
}
