//! Writes files in one step.

use crate::RecordError;
use crate::part::{beside, sweep_parts_of};
use std::error::Error;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Writes a file in one step, so that a reader never sees half of it, and makes its directory. A
/// symbolic link stays: what it points to is written. Into a pipe or a device the bytes are
/// written as they are. Parts of the file that processes left which were killed are removed.
///
/// # Errors
/// [`RecordError::Io`]; then no part of a file is left.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), RecordError> {
    write_file_by(path, |to| to.write_all(bytes))
}

/// The same of what `content` writes, which need not be in memory as a whole.
///
/// # Errors
/// [`RecordError::Io`], of the system or of `content`; then no part of a file is left.
pub fn write_file_by(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), RecordError> {
    write(path, content, sweep_parts_of).map_err(RecordError::io(path))
}

/// Fails where [`write_file`] would write no file: to be asked before work whose result is to be written there. A pipe or
/// a device is not tried, as to open one may wait for ever.
///
/// # Errors
/// [`RecordError::Io`].
pub fn check_writable(path: &Path) -> Result<(), RecordError> {
    let check = || {
        if let Target::File(path, _) = Target::of(path)? {
            let directory = directory_of(&path);
            fs::create_dir_all(directory)?;
            beside(&path, directory)?;
        }
        Ok(())
    };
    check().map_err(RecordError::io(path))
}

/// Writes a file that was not there, in one step, and waits until it is on the disk. Gives whether it
/// was written: a file of this name is left as it is.
///
/// # Errors
/// [`RecordError::Io`]; then no part of a file is left.
pub fn write_new_file(path: &Path, bytes: &[u8]) -> Result<bool, RecordError> {
    write_new(path, bytes).map_err(RecordError::io(path))
}

/// Removes what has the name of a file of ours and is neither a file nor a directory: directories of results are
/// shared, a symbolic link may lead anywhere, and a pipe waits for ever.
///
/// # Errors
/// [`RecordError::Io`].
pub fn clear_for_own_file(path: &Path) -> Result<(), RecordError> {
    if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        fs::remove_file(path).map_err(RecordError::io(path))?;
    }
    Ok(())
}

/// As [`write_file`], in a directory of ours: what is there must be a file, see [`clear_for_own_file`]. Parts are left:
/// [`sweep_parts`](crate::sweep_parts) removes those of all files at once.
///
/// # Errors
/// [`RecordError::Io`]; then no part of a file is left.
pub fn write_own_file(path: &Path, bytes: &[u8]) -> Result<(), RecordError> {
    clear_for_own_file(path)?;
    let written = write(path, |to| to.write_all(bytes), |_, _| {});
    written.map_err(RecordError::io(path))
}

/// Whether something was not written for want of room, by what an error says that it comes from.
pub fn is_of_a_full_disk(error: &(dyn Error + 'static)) -> bool {
    std::iter::successors(Some(error), |&error| error.source())
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .any(|error| {
            matches!(
                error.kind(),
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge
            )
        })
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let directory = directory_of(path);
    fs::create_dir_all(directory)?;
    sweep_parts_of(path, directory);
    let mut part = beside(path, directory)?;
    part.write_all(bytes)?;
    part.as_file().sync_all()?;
    match part.persist_noclobber(path) {
        Ok(_) => {}
        Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        Err(failed) => return Err(failed.error),
    }
    // The name is on the disk when the directory is.
    #[cfg(unix)]
    fs::File::open(directory)?.sync_all()?;
    Ok(true)
}

fn write(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    sweep: impl Fn(&Path, &Path),
) -> io::Result<()> {
    match Target::of(path)? {
        Target::File(path, permissions) => {
            sweep(&path, directory_of(&path));
            replace(&path, content, permissions)
        }
        Target::Stream => content(&mut OpenOptions::new().write(true).open(path)?),
    }
}

/// What a path leads to.
enum Target {
    /// A file, behind all links, with the permissions of one that is there.
    File(PathBuf, Option<Permissions>),
    /// A pipe or a device.
    Stream,
}

impl Target {
    fn of(path: &Path) -> io::Result<Self> {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if found.is_file() => Ok(Self::File(
                fs::canonicalize(path)?,
                Some(found.permissions()),
            )),
            Ok(_) => Ok(Self::Stream),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok(Self::File(end_of_links(path), None))
            }
            Err(error) => Err(error),
        }
    }
}

fn replace(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    permissions: Option<Permissions>,
) -> io::Result<()> {
    let directory = directory_of(path);
    fs::create_dir_all(directory)?;
    let mut part = beside(path, directory)?;
    content(&mut part)?;
    if let Some(permissions) = permissions {
        part.as_file().set_permissions(permissions)?;
    }
    part.persist(path)?;
    Ok(())
}

pub(crate) fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// What a chain of symbolic links points to, where nothing is yet.
fn end_of_links(path: &Path) -> PathBuf {
    let mut end = path.to_owned();
    while let Ok(next) = fs::read_link(&end) {
        end = match end.parent() {
            Some(parent) => parent.join(next),
            None => next,
        };
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_takes_the_place_of_another_and_nothing_else_is_left() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("made/for/it.txt");
        write_file(&path, b"one").unwrap();
        write_file(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names(path.parent().unwrap()), ["it.txt"]);
    }

    #[test]
    fn a_new_file_leaves_what_is_there() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("made/for/it.txt");
        assert!(write_new_file(&path, b"one").unwrap());
        assert!(!write_new_file(&path, b"two").unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(names(path.parent().unwrap()), ["it.txt"]);
    }

    #[test]
    fn a_failure_leaves_no_part_behind() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("taken");
        fs::create_dir(&path).unwrap();
        let error = write_file(&path, b"text").unwrap_err().to_string();
        assert!(error.contains("taken: is a directory"), "{error}");
        assert_eq!(names(directory.path()), ["taken"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_message_names_the_file_and_not_its_part() {
        let error = write_file(Path::new("/proc/self/x"), b"text").unwrap_err();
        let message = error.to_string();
        let ends = message.ends_with("(os error 2)") || message.ends_with("(os error 13)");
        assert!(message.starts_with("/proc/self/x: ") && ends, "{message}");
    }

    #[test]
    fn whether_a_file_can_be_written_is_known_before() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        fs::write(at("file"), "old").unwrap();
        for name in ["file", "new", "made/for/it"] {
            check_writable(&at(name)).unwrap();
        }
        assert_eq!(fs::read(at("file")).unwrap(), b"old");
        assert_eq!(names(directory.path()), ["file", "made"]);
        for name in ["made", "file/below"] {
            let before = check_writable(&at(name)).unwrap_err().to_string();
            assert_eq!(write_file(&at(name), b"").unwrap_err().to_string(), before);
        }
    }

    #[cfg(unix)]
    #[test]
    fn new_files_can_be_read_by_others_and_old_ones_keep_their_mode() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let [ours, usual] = ["ours", "usual"].map(|name| directory.path().join(name));
        write_file(&ours, b"text").unwrap();
        fs::write(&usual, "text").unwrap();
        assert_eq!(mode(&ours), mode(&usual));
        fs::set_permissions(&ours, fs::Permissions::from_mode(0o640)).unwrap();
        write_file(&ours, b"more").unwrap();
        assert_eq!(mode(&ours), 0o640);
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_links() {
        use std::os::unix::fs::symlink;
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        fs::write(at("real"), "old").unwrap();
        symlink("real", at("link")).unwrap();
        symlink(at("link"), at("further")).unwrap();
        symlink("not-yet", at("dangling")).unwrap();
        symlink("round", at("round")).unwrap();
        write_file(&at("further"), b"new").unwrap();
        write_file(&at("dangling"), b"there").unwrap();
        assert_eq!(fs::read(at("real")).unwrap(), b"new");
        assert_eq!(fs::read(at("not-yet")).unwrap(), b"there");
        for link in ["link", "further", "dangling"] {
            assert!(at(link).is_symlink(), "{link}");
        }
        assert!(write_file(&at("round"), b"").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn in_a_directory_of_ours_links_and_pipes_are_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        fs::write(at("elsewhere"), "old").unwrap();
        std::os::unix::fs::symlink("elsewhere", at("link")).unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(at("pipe"))
            .status();
        assert!(made.unwrap().success());
        for name in ["link", "pipe"] {
            write_own_file(&at(name), b"new").unwrap();
            assert!(fs::symlink_metadata(at(name)).unwrap().is_file());
            assert_eq!(fs::read(at(name)).unwrap(), b"new");
        }
        assert_eq!(fs::read(at("elsewhere")).unwrap(), b"old");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pipe_and_a_device_are_written_into() {
        use std::io::Read;
        use std::os::fd::AsRawFd;
        write_file(Path::new("/dev/null"), b"text").unwrap();
        let (mut reader, writer) = io::pipe().unwrap();
        let pipe = format!("/proc/self/fd/{}", writer.as_raw_fd());
        write_file(Path::new(&pipe), b"text").unwrap();
        drop(writer);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "text");
    }
}
