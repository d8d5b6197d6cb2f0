//! Bytes that can be read more than once, from a file or from memory, plain or gzipped.

use crate::LoadError;
use crate::memory::MAPPED_FROM;
use crate::sizes::in_bytes;
use data::MappedFile;
use flate2::read::MultiGzDecoder;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// A regular file, or bytes in memory. Reads are of what is inside a gzip stream, and stop with an
/// error when they come to more than fits in memory: a compressed file can be a thousand times
/// larger than it looks.
pub(crate) struct Source<'a> {
    name: String,
    bytes: Bytes<'a>,
    is_gzip: bool,
    limit: u64,
}

enum Bytes<'a> {
    File { path: PathBuf, size: u64 },
    Memory(&'a [u8]),
}

impl Source<'_> {
    /// A file of which at most `limit` bytes fit in memory.
    pub(crate) fn file(path: &Path, limit: u64) -> Result<Source<'static>, LoadError> {
        let metadata = fs::metadata(path).map_err(|error| missing(path, error))?;
        if !metadata.is_file() {
            return Err(LoadError::NotAFile {
                path: path.to_owned(),
                found: kind(metadata.file_type()),
                expected: "a file is needed here",
            });
        }
        let name = path.display().to_string();
        let size = metadata.len();
        if size == 0 {
            return Err(LoadError::content(&name, "the file is empty"));
        }
        if size > limit {
            let needed = format!("a file of {}", in_bytes(size));
            return Err(LoadError::Memory {
                file: name,
                needed,
                limit,
            });
        }
        let mut magic = [0; 2];
        let mut file = File::open(path).map_err(LoadError::io(path))?;
        let is_gzip = file.read_exact(&mut magic).is_ok() && magic == GZIP_MAGIC;
        let path = path.to_owned();
        Ok(Source {
            name,
            bytes: Bytes::File { path, size },
            is_gzip,
            limit,
        })
    }

    /// Bytes in memory; `name` is for messages.
    pub(crate) fn memory<'a>(name: &str, bytes: &'a [u8], limit: u64) -> Source<'a> {
        Source {
            name: name.to_owned(),
            bytes: Bytes::Memory(bytes),
            is_gzip: bytes.starts_with(&GZIP_MAGIC),
            limit,
        }
    }

    /// The file's name for messages.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Bytes that fit in memory.
    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }

    /// Bytes to be read, where that is known.
    pub(crate) fn size(&self) -> Option<u64> {
        match &self.bytes {
            _ if self.is_gzip => None,
            Bytes::File { size, .. } => Some(*size),
            Bytes::Memory(bytes) => Some(bytes.len() as u64),
        }
    }

    /// Reads from the beginning.
    pub(crate) fn open(&self) -> Result<Box<dyn Read + '_>, LoadError> {
        let bytes: Box<dyn Read> = match &self.bytes {
            Bytes::File { path, .. } => Box::new(File::open(path).map_err(LoadError::io(path))?),
            Bytes::Memory(bytes) => Box::new(*bytes),
        };
        let bytes = if self.is_gzip {
            Box::new(MultiGzDecoder::new(io::BufReader::with_capacity(
                1 << 16,
                bytes,
            )))
        } else {
            bytes
        };
        Ok(Box::new(Bounded {
            left: self.limit,
            bytes,
            source: self,
        }))
    }

    /// Reads from anywhere; of what is there, not of what a gzip stream holds.
    pub(crate) fn seekable(&self) -> Result<Box<dyn ReadSeek + '_>, LoadError> {
        Ok(match &self.bytes {
            Bytes::File { path, .. } => Box::new(File::open(path).map_err(LoadError::io(path))?),
            Bytes::Memory(bytes) => Box::new(io::Cursor::new(*bytes)),
        })
    }

    /// The file itself, where it is plain and so large that its bytes should stay in it.
    pub(crate) fn mapped(&self) -> Result<Option<MappedFile>, LoadError> {
        let Bytes::File { path, size } = &self.bytes else {
            return Ok(None);
        };
        if self.is_gzip || *size < MAPPED_FROM {
            return Ok(None);
        }
        let file = File::open(path).and_then(|file| MappedFile::named(&file, path));
        file.map(Some).map_err(LoadError::io(path))
    }

    /// The first bytes, `most` or all there are.
    pub(crate) fn head(&self, most: usize) -> Result<Vec<u8>, LoadError> {
        let mut head = Vec::new();
        let mut bytes = self.open()?.take(most as u64);
        bytes
            .read_to_end(&mut head)
            .map_err(|error| self.error(error))?;
        Ok(head)
    }

    /// All bytes.
    pub(crate) fn read(&self) -> Result<Vec<u8>, LoadError> {
        let mut all = Vec::new();
        let mut bytes = self.open()?;
        bytes
            .read_to_end(&mut all)
            .map_err(|error| self.error(error))?;
        Ok(all)
    }

    /// What an error of a reader means.
    pub(crate) fn error(&self, error: io::Error) -> LoadError {
        if error.kind() == io::ErrorKind::OutOfMemory {
            return self.no_memory("its bytes");
        }
        match error.downcast::<LoadError>() {
            Ok(error) => error,
            Err(error) if self.is_gzip => LoadError::Gzip {
                file: self.name.clone(),
                reason: error.to_string(),
            },
            Err(source) => LoadError::Io {
                path: PathBuf::from(&self.name),
                source,
            },
        }
    }

    /// `what` takes more than there is.
    pub(crate) fn no_memory(&self, what: &str) -> LoadError {
        let size = match &self.bytes {
            Bytes::File { size, .. } => *size,
            Bytes::Memory(bytes) => bytes.len() as u64,
        };
        let packed = if self.is_gzip { " gzipped" } else { "" };
        LoadError::Memory {
            file: self.name.clone(),
            needed: format!("a{packed} file of {}, and {what} are more", in_bytes(size)),
            limit: self.limit,
        }
    }
}

/// What an archive needs.
pub(crate) trait ReadSeek: Read + io::Seek {}
impl<T: Read + io::Seek> ReadSeek for T {}

/// Stops at a number of bytes.
struct Bounded<'a> {
    bytes: Box<dyn Read + 'a>,
    left: u64,
    source: &'a Source<'a>,
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        match self.left.checked_sub(count as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::other(self.source.no_memory("its bytes"))),
        }
        Ok(count)
    }
}

/// What is at a path that is no regular file.
pub(crate) fn kind(found: fs::FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if found.is_fifo() {
            return "a named pipe";
        }
        if found.is_socket() {
            return "a socket";
        }
        if found.is_block_device() || found.is_char_device() {
            return "a device";
        }
    }
    if found.is_dir() {
        "a directory"
    } else {
        "no regular file"
    }
}

/// Says of a symbolic link that leads nowhere what it is.
pub(crate) fn missing(path: &Path, error: io::Error) -> LoadError {
    let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    if error.kind() == io::ErrorKind::NotFound && is_link {
        return LoadError::NotAFile {
            path: path.to_owned(),
            found: "a symbolic link that leads nowhere",
            expected: "mend it, or name the file itself",
        };
    }
    LoadError::io(path)(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_gzip_bomb_stops_at_the_limit() {
        let bomb = gzip(&vec![b'1'; 4 << 20]);
        let source = Source::memory("bomb", &bomb, 1 << 20);
        let error = source.read().unwrap_err().to_string();
        assert!(
            error.contains("and its bytes are more; the memory that is free for it is 1.04 MB"),
            "{error}"
        );
        assert_eq!(
            Source::memory("bomb", &bomb, 8 << 20).read().unwrap().len(),
            4 << 20
        );
    }

    #[test]
    fn a_file_larger_than_memory_is_not_opened() {
        let file = tempfile::NamedTempFile::new().unwrap();
        // A hole takes no room.
        file.as_file().set_len(3 << 30).unwrap();
        let error = Source::file(file.path(), 1 << 30).map(|_| ()).unwrap_err();
        let error = error.to_string();
        assert!(
            error.ends_with("a file of 3.23 GB; the memory that is free for it is 1.07 GB"),
            "{error}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_named_and_never_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(at("pipe"))
            .status();
        assert!(made.unwrap().success());
        std::os::unix::fs::symlink(at("nowhere"), at("link")).unwrap();
        std::fs::write(at("empty"), []).unwrap();
        for (name, expected) in [
            ("socket", "socket: a socket; a file is needed here"),
            ("pipe", "pipe: a named pipe; a file is needed here"),
            ("link", "link: a symbolic link that leads nowhere; mend it"),
            ("empty", "empty: the file is empty"),
            (".", ": a directory; a file is needed here"),
            ("absent", "absent: No such file or directory"),
        ] {
            let error = Source::file(&at(name), 100)
                .map(|_| ())
                .unwrap_err()
                .to_string();
            assert!(error.contains(expected), "{error}");
            assert!(!error.contains('\n'));
        }
    }
}
