//! Numbers in memory: in a vector, or in a mapped file.

use memmap2::Mmap;
use std::fs::File;
use std::io;
use std::ops::{Deref, Range};
use std::path::{self, Path, PathBuf};
use std::sync::Arc;

/// A file whose bytes appear in memory as they are read, and are shared by all processes that map it.
#[derive(Debug, Clone)]
pub struct MappedFile(Arc<Mapped>);

#[derive(Debug)]
struct Mapped {
    map: Mmap,
    path: Option<PathBuf>,
}

impl MappedFile {
    /// Maps a file that nobody changes any more.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn open(file: &File) -> io::Result<Self> {
        Self::map(file, None)
    }

    /// The same of a file at `path`, where other processes find it, too.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn named(file: &File, path: &Path) -> io::Result<Self> {
        Self::map(file, Some(path::absolute(path)?))
    }

    fn map(file: &File, path: Option<PathBuf>) -> io::Result<Self> {
        // SAFETY: a mapping is undefined behaviour if somebody changes the file below it. Callers map
        // files that Plumbline wrote, renamed into place and never writes again, or data of the user's,
        // who is told not to change them during a run.
        #[allow(unsafe_code, reason = "mapping trusts the file not to change")]
        let map = unsafe { Mmap::map(file)? };
        Ok(Self(Arc::new(Mapped { map, path })))
    }

    /// All of its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0.map
    }

    /// Where it is, if it was opened by name.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// Some of its bytes as values of a buffer, without a copy; `None` where the range is outside of
    /// the file, or does not hold whole, aligned values.
    pub fn values<T: bytemuck::Pod>(&self, bytes: Range<usize>) -> Option<Buffer<T>> {
        let values = bytemuck::try_cast_slice::<u8, T>(self.bytes().get(bytes.clone())?).ok()?;
        let _ = values;
        Some(Buffer(Memory::Mapped {
            file: self.clone(),
            bytes,
        }))
    }
}

/// Values one after another, wherever they are.
#[derive(Debug, Clone)]
pub struct Buffer<T>(Memory<T>);

#[derive(Debug, Clone)]
enum Memory<T> {
    Owned(Vec<T>),
    Mapped {
        file: MappedFile,
        bytes: Range<usize>,
    },
}

impl<T> From<Vec<T>> for Buffer<T> {
    fn from(values: Vec<T>) -> Self {
        Self(Memory::Owned(values))
    }
}

impl<T> Buffer<T> {
    /// Tells the system that some of the values need not stay in memory. Those of a mapped file that has a name are read
    /// again when they are looked at; others stay.
    pub(crate) fn release(&self, values: Range<usize>) {
        let Some((file, bytes)) = self.in_file().filter(|(file, _)| file.path().is_some()) else {
            return;
        };
        let start = bytes.start + values.start * size_of::<T>();
        let end = bytes.end.min(bytes.start + values.end * size_of::<T>());
        // SAFETY: the mapping is of a file, shared and read-only: whoever looks at it again, in this thread or another,
        // finds the bytes of the file.
        #[cfg(unix)]
        #[allow(
            unsafe_code,
            reason = "the advice is dangerous only for memory of one's own"
        )]
        let _ = unsafe {
            let advice = memmap2::UncheckedAdvice::DontNeed;
            file.0
                .map
                .unchecked_advise_range(advice, start, end.saturating_sub(start))
        };
        #[cfg(not(unix))]
        let _ = (file, start, end);
    }

    /// The file and the bytes of it that they are, where they lie in one.
    pub fn in_file(&self) -> Option<(&MappedFile, Range<usize>)> {
        match &self.0 {
            Memory::Owned(_) => None,
            Memory::Mapped { file, bytes } => Some((file, bytes.clone())),
        }
    }
}

impl<T: bytemuck::Pod> Deref for Buffer<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Memory::Owned(values) => values,
            // Checked when it was made.
            Memory::Mapped { file, bytes } => bytemuck::cast_slice(&file.bytes()[bytes.clone()]),
        }
    }
}

impl<T: bytemuck::Pod + PartialEq> PartialEq for Buffer<T> {
    fn eq(&self, other: &Self) -> bool {
        self[..] == other[..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn mapped_values_are_those_of_the_file_and_nothing_beyond() {
        let mut file = tempfile::tempfile().unwrap();
        let values = [1.5_f32, -2.0, f32::MAX];
        file.write_all(bytemuck::cast_slice(&values)).unwrap();
        let mapped = MappedFile::open(&file).unwrap();
        let all = mapped.values::<f32>(0..12).unwrap();
        assert_eq!(all, Buffer::from(values.to_vec()));
        assert_eq!(&mapped.values::<f32>(4..8).unwrap()[..], [-2.0]);
        for wrong in [0..13, 4..16, 1..5, 0..6] {
            assert!(mapped.values::<f32>(wrong.clone()).is_none(), "{wrong:?}");
        }
        assert_eq!(mapped.values::<u8>(0..12).unwrap().len(), 12);
    }

    #[test]
    fn what_is_released_is_there_again_when_it_is_looked_at() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let bytes: Vec<u8> = (0..100_000).map(|i| (i % 251) as u8).collect();
        file.write_all(&bytes).unwrap();
        let mapped = MappedFile::named(file.as_file(), file.path()).unwrap();
        let mapped = mapped.values::<u8>(16..100_000);
        for buffer in [mapped.unwrap(), Buffer::from(bytes[16..].to_vec())] {
            assert_eq!(buffer[..], bytes[16..]);
            buffer.release(5_000..200_000);
            buffer.release(0..99_984);
            assert_eq!(buffer[..], bytes[16..]);
        }
    }
}
