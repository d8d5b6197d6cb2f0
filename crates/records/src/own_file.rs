//! Opens files of ours to be read: directories of results are shared, and what has the name of a file of ours may be
//! something else.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Opens a file of ours. A pipe or a device is refused: it may wait for ever, or never end.
///
/// # Errors
/// What the system says, or that it is no regular file.
pub fn open_own_file(path: &Path) -> io::Result<File> {
    let found = fs::metadata(path)?;
    if found.is_file() {
        return File::open(path);
    }
    Err(if found.is_dir() {
        ErrorKind::IsADirectory.into()
    } else {
        io::Error::new(ErrorKind::InvalidInput, "no regular file")
    })
}

/// What is in such a file.
///
/// # Errors
/// As [`open_own_file`].
pub fn read_own_file(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_own_file(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_not_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        fs::write(at("file"), "text").unwrap();
        assert_eq!(read_own_file(&at("file")).unwrap(), b"text");
        let pipe = std::process::Command::new("mkfifo")
            .arg(at("pipe"))
            .status();
        assert!(pipe.unwrap().success());
        for no_file in [at("pipe"), "/dev/zero".into()] {
            let error = read_own_file(&no_file).unwrap_err();
            assert_eq!(error.to_string(), "no regular file");
        }
        let error = read_own_file(directory.path()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::IsADirectory);
        let error = read_own_file(&at("none")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}
