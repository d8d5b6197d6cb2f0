//! What the fuzz targets share. A reader gives a value or an error of one line, whatever is in a file; it
//! never panics, hangs or takes more memory than it was given.

use catalog::Options;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use tables::Settings;
use tempfile::TempDir;

/// Bytes of memory that a reader may take for data.
pub const MEMORY: u64 = 8 << 20;

/// A directory in memory, if there is such a place: thousands are written and removed in a second.
///
/// # Panics
/// If it cannot be made.
pub fn directory() -> TempDir {
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    };
    tempfile::tempdir_in(place).expect("a directory can be made")
}

/// Writes a file into the directory.
///
/// # Panics
/// If it cannot be written.
pub fn write(directory: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = directory.path().join(name);
    std::fs::write(&path, bytes).expect("a file can be written");
    path
}

/// An error is one line.
///
/// # Panics
/// If it is more.
pub fn check<T, E: Display>(read: Result<T, E>) -> Option<T> {
    match read {
        Ok(value) => Some(value),
        Err(error) => {
            let error = error.to_string();
            assert!(!error.contains('\n'), "{error}");
            None
        }
    }
}

/// Reads what is at the path as data to learn from, looks it through and prepares it.
pub fn load(path: &Path) {
    let options = Options {
        memory: Some(MEMORY),
        ..Options::default()
    };
    if let Some(loaded) = check(catalog::load(path, &options)) {
        catalog::inspect(&loaded);
        check(loaded.prepared(&Settings::default()));
    }
}

/// Reads a file as [`load`] does, and its columns as predictions.
pub fn read(name: &str, bytes: &[u8]) {
    let directory = directory();
    let path = write(&directory, name, bytes);
    load(&path);
    check(catalog::read_values(&path, &|_| {
        Some(catalog::Wanted::Names)
    }));
}
